"""A merchant's ledger as Daybook sees it: what can be posted to, and what becomes of a document there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from daybook.domain.documents import Document, Kind
from daybook.domain.money import ZERO
from daybook.frozen import frozen

ACTIVE = "Active"
ARCHIVED = "Archived"
DRAFT = "Draft"
SUBMITTED = "Submitted"
PARTIALLY_PAID = "PartiallyPaid"
PAID = "Paid"


@frozen
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


@frozen
class TaxRate:
    """A tax rate of the merchant's ledger; `rate` in per cent; `account` is where its tax goes."""

    id: str
    code: str
    name: str
    rate: Decimal
    account: str
    status: str = ACTIVE


@frozen
class Contact:
    """A customer or a supplier."""

    id: str
    name: str
    status: str = ACTIVE


@frozen
class LedgerCompany:
    """The merchant's company in the accounting software. Nothing dated up to `lock_date` is taken."""

    name: str
    base_currency: str
    country: str
    time_zone: str
    receivable_account: str
    payable_account: str
    lock_date: date | None = None


@frozen
class ReferenceData:
    """Everything one needs to know of a ledger before writing to it.

    `details` is what only the platform itself makes use of (JSON values): its settings, ids of its own.
    """

    company: LedgerCompany
    accounts: tuple[Account, ...]
    tax_rates: tuple[TaxRate, ...]
    customers: tuple[Contact, ...]
    suppliers: tuple[Contact, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


class Books(NamedTuple):
    """A ledger's reference data, and the version of it: every change gives it another."""

    data: ReferenceData
    version: int


@frozen
class Written:
    """The platform's word on a document: its id there, and the total and tax it holds.

    `tax` is None where the platform says nothing of it: of a journal, a payment, a transfer.
    """

    platform_id: str
    total: Decimal
    tax: Decimal | None = None


@frozen
class EntryLine:
    """One account's part of an entry: debit positive. `contact` where it is owed by or to somebody."""

    account: str
    amount: Decimal
    description: str = ""
    contact: str = ""


@frozen
class Entry:
    """A booked document: what was written, and what it does to the accounts (the lines add up to zero)."""

    id: str
    document: Document
    tax: Decimal
    lines: tuple[EntryLine, ...]


@frozen
class Standing:
    """How a booked document stands: what later payments, and a search by its reference, need to know.

    `open` is what is still to be paid; zero for kinds that are not settled by another document.
    """

    id: str
    kind: Kind
    reference: str
    dated: date
    currency: str
    total: Decimal
    tax: Decimal
    contact: str
    status: str
    open: Decimal


@frozen
class Settlement:
    """A booked document before and after another one settled part of it."""

    before: Standing
    after: Standing


def tax_together(held: Iterable[Written]) -> Decimal | None:
    """The tax that the platform holds of several documents; None where it says nothing of any."""
    stated = [each.tax for each in held if each.tax is not None]
    return sum(stated, ZERO) if stated else None


def tax_of_whole(document: Document, parts: Sequence[Document], held: Sequence[Written]) -> Decimal | None:
    """The tax held of a document that is written as others: its own, but for what theirs are off."""
    stated = [(part.tax, each.tax) for part, each in zip(parts, held, strict=True) if each.tax is not None]
    if document.tax is None or not stated:
        return None
    return document.tax + sum((theirs - (ours or ZERO) for ours, theirs in stated), ZERO)


def difference(document: Document, held: Written) -> str:
    """How what a platform holds of a document differs from it, to the last unit; "" when it does not.

    A tax that the platform does not state, or that such a document does not have, is not compared.
    """
    total, tax, reference = document.total, document.tax, document.reference
    if tax is not None and held.tax is not None and held.tax != tax:
        return (
            f"The accounting software holds a total of {held.total} with a tax of {held.tax} for "
            f"{reference}, which is {total} with a tax of {tax} here."
        )
    if held.total != total:
        return (
            f"The accounting software holds a total of {held.total} for {reference}, which is {total} here."
        )
    return ""


def trial_balance(entries: Iterable[Entry]) -> Mapping[str, Mapping[str, Decimal]]:
    """Currency -> account id -> balance (debit positive) of every account that was ever posted to."""
    balances: dict[str, dict[str, Decimal]] = {}
    for entry in entries:
        by_account = balances.setdefault(entry.document.currency, {})
        for line in entry.lines:
            by_account[line.account] = by_account.get(line.account, ZERO) + line.amount
    return balances
