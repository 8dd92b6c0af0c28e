"""Versions as HTTP names them: `ETag` in an answer, `If-Match` in a request (RFC 9110, 8.8.3 and 13.1.1)."""

from __future__ import annotations

import re

from daybook.domain.errors import BadRequest, Problem
from daybook.frozen import frozen

HEADER = "If-Match"
# A W/ is forgiven: a proxy that compresses answers puts it there.
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


@frozen
class IfMatch:
    """The versions a caller accepts; `is_any` accepts every one there is."""

    tags: frozenset[str]
    is_any: bool = False

    def accepts(self, version: int) -> bool:
        """Whether this version is one of them; 0 stands for none there is yet."""
        return version > 0 if self.is_any else str(version) in self.tags


def entity_tag(version: int) -> dict[str, str]:
    """The header that names a version."""
    return {"ETag": f'"{version}"'}


def read_if_match(text: str | None) -> IfMatch | None:
    """What `If-Match` says, None without it. Raises BadRequest."""
    if text is None:
        return None
    if text.strip() == "*":
        return IfMatch(frozenset(), is_any=True)
    found = [_TAG.fullmatch(part.strip()) for part in text.split(",")]
    if not all(found):
        message = f'{HEADER} must be an ETag as it was answered, in its quotes, such as "3", or *.'
        raise BadRequest(message, [Problem(HEADER, message, "header")])
    return IfMatch(frozenset(tag[1] for tag in found if tag))
