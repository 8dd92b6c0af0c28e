"""What Daybook asks of an accounting platform. Adding one means one module that does this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.ledger import (
    ACTIVE,
    ARCHIVED,
    Account,
    Contact,
    LedgerCompany,
    ReferenceData,
    TaxRate,
    Written,
)

__all__ = [
    "ACTIVE",
    "ARCHIVED",
    "Account",
    "Contact",
    "LedgerCompany",
    "NewCustomer",
    "Platform",
    "ReferenceData",
    "TaxRate",
    "Written",
]


class Platform(Protocol):
    """An accounting platform, seen through one merchant's connection.

    Every call may raise PlatformUnavailable, AuthorisationLost or SubscriptionExpired.
    """

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Accounts, tax rates, contacts and the company, archived ones included.

        Where reads are metered, as last read unless that is too long ago or `fresh` is asked for.
        """
        ...

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """The document with this reference, or None when it is certainly absent."""
        ...

    def write(self, document: Document) -> Written:
        """Write one document.

        Raises PlatformRejected (certainly not written) or PlatformUnclear (look it up).
        """
        ...

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the field's own term
        """Add an account to the chart. Raises PlatformRejected."""
        ...

    def create_customer(self, customer: NewCustomer) -> Contact:
        """Add a customer, or answer the one with this name where there is one, so that it may be repeated.

        Raises PlatformRejected (certainly not added) or PlatformUnclear (do it again).
        """
        ...

    def balances(self) -> Sequence[tuple[str, str, Decimal]]:
        """(account id, currency, signed balance, debit positive) of every account that has moved."""
        ...
