"""What Daybook asks of an accounting platform. Adding one means one module that does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from daybook.domain.documents import Document, Kind

ACTIVE = "Active"
ARCHIVED = "Archived"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the merchant's ledger.

    `type` is Asset, Expense, Income, Liability or Equity; `is_bank` for accounts that hold money;
    `takes_payments` for those that invoices can be paid into.
    """

    id: str
    code: str
    name: str
    type: str
    status: str = ACTIVE
    is_bank: bool = False
    takes_payments: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax rate of the merchant's ledger; `rate` in per cent; `account` the liability account its tax goes to."""

    id: str
    code: str
    name: str
    rate: Decimal
    account: str
    status: str = ACTIVE


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer or a supplier."""

    id: str
    name: str
    status: str = ACTIVE


@dataclass(frozen=True, slots=True)
class LedgerCompany:
    """The merchant's company in the accounting software. Entries dated on or before `lock_date` are refused."""

    name: str
    base_currency: str
    country: str
    time_zone: str
    receivable_account: str
    payable_account: str
    lock_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """Everything one needs to know of a ledger before writing to it."""

    company: LedgerCompany
    accounts: tuple[Account, ...]
    tax_rates: tuple[TaxRate, ...]
    customers: tuple[Contact, ...]
    suppliers: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The platform's word on a document: its id there, and the total and tax it holds."""

    platform_id: str
    total: Decimal
    tax: Decimal = field(default_factory=lambda: Decimal(0))


class Platform(Protocol):
    """An accounting platform, seen through one merchant's connection.

    Every call may raise PlatformUnavailable, AuthorisationLost or SubscriptionExpired.
    """

    def reference_data(self) -> ReferenceData:
        """Accounts, tax rates, contacts and the company, archived ones included."""
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

    def balances(self) -> Sequence[tuple[str, str, Decimal]]:
        """(account id, currency, signed balance, debit positive) of every account that has moved."""
        ...
