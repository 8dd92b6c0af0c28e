"""Sandbox books: a double-entry ledger of our own that behaves like the accounting software of others.

`chart` is what new books contain, `posting` turns a document into an entry or says why not, `books` is the
platform, `plain_text` and `contents` write a whole ledger out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.platforms.sandbox.books import SandboxBooks

if TYPE_CHECKING:
    from daybook.platforms import Access


def connect(access: Access) -> SandboxBooks:
    """The books of one company. Raises ValueError when there is nowhere to keep them."""
    if access.ledger is None:
        raise ValueError("Sandbox books needs a ledger to keep its entries in")
    return SandboxBooks(access.company_id, access.ledger)
