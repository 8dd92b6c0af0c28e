"""A sync that cannot run, for a reason that its merchant or partner can mend."""

from __future__ import annotations

UNLINKED_MESSAGE = (
    "The accounting software is not linked any more. Link it again; the days missed are then written."
)
DELETED_MESSAGE = (
    "The company was deleted, so nothing more is written; what was written stays in its books. "
    "Create the company again to go on."
)


class Stopped(Exception):
    """The sync cannot run: the code it ends with, and the reason in words for the merchant."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
