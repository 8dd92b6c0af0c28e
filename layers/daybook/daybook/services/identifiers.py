"""Ids as callers give them."""

from __future__ import annotations

import re

from daybook.domain.errors import NotFound

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def identifier(text: str, what: str) -> str:
    """An id in the form it is stored in, a lower-case UUID. Raises NotFound: nothing else can be an id."""
    lowered = text.strip().lower()
    if not _UUID.fullmatch(lowered):
        raise NotFound(what)
    return lowered
