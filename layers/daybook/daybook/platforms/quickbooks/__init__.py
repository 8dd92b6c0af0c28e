"""QuickBooks Online, through one merchant's connection (docs/platforms/quickbooks.md).

Pure: `reading` (what QuickBooks says of a company), `forms` (which of its forms carries a document),
`payloads` and `taxes` (a document as QuickBooks takes it), `numbers` (what it is found by), `answers` and
`faults` (what QuickBooks says to it), `additions`. Calls: `client`, `finding`, `writing`. `authorisation` is
consent, `books` the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.platforms.quickbooks.authorisation import CALLS_A_MINUTE, OAUTH, tenants
from daybook.platforms.quickbooks.books import QuickBooksBooks

if TYPE_CHECKING:
    from daybook.platforms import Access

__all__ = ["CALLS_A_MINUTE", "OAUTH", "connect", "tenants"]


def connect(access: Access) -> QuickBooksBooks:
    """The company behind a connection. Raises ValueError when it cannot be reached as it stands."""
    return QuickBooksBooks(access)
