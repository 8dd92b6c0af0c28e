"""Xero, through one merchant's connection (docs/platforms/xero.md).

Pure: `reading` (what Xero says of an organisation), `payloads` (a document as Xero takes it), `answers` (what
Xero says to it), `parts` (what Xero cannot carry whole), `additions`. Calls: `client`, `finding`, `writing`.
`authorisation` is consent, `books` the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.platforms.xero.authorisation import CALLS_A_MINUTE, OAUTH, disconnect, tenants
from daybook.platforms.xero.books import XeroBooks

if TYPE_CHECKING:
    from daybook.platforms import Access

__all__ = ["CALLS_A_MINUTE", "OAUTH", "connect", "disconnect", "tenants"]


def connect(access: Access) -> XeroBooks:
    """The organisation behind a connection. Raises ValueError when it cannot be reached as it stands."""
    return XeroBooks(access)
