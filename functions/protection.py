"""Headers that tell a browser, a proxy and a cache what not to do with an answer.

Every answer of a function carries them; an operation that knows better gives a header of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# A page may show its own styles and images and send its own forms; nothing else is fetched, run or framed.
_PAGE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_DATA = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_ALWAYS = MappingProxyType(
    {
        # Answers hold keys, one-time links and merchants' figures: nobody between keeps them.
        "Cache-Control": "no-store",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        # The address of a page may be a one-time link.
        "Referrer-Policy": "no-referrer",
    }
)


def protection(content_type: str) -> Mapping[str, str]:
    """The headers for an answer of this type."""
    policy = _PAGE if content_type.startswith("text/html") else _DATA
    return {**_ALWAYS, "Content-Security-Policy": policy}
