"""How far a figure that somebody else publishes is known to be right."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

READ_ON = "22 November 2026"


class Found(StrEnum):
    """Whether a figure stood in its source when that was last read."""

    THERE = "yes"
    # AWS's pages of prices take most figures from a script: a copy of such a page holds none.
    QUOTED = "quoted by others; to check"


def how_found(figures: Iterable[Found]) -> str:
    """What to say of a table of such figures."""
    if Found.QUOTED not in set(figures):
        return f"each found in a copy of its source, read on {READ_ON}:"
    return (
        f"compared on {READ_ON} with copies of what is published; what is marked as to check was found only "
        "where others quote it, and is to be checked before it is relied on:"
    )
