"""What is written to a ledger: postings, and the documents that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from daybook.domain.money import ZERO
from daybook.frozen import frozen


class Posting(NamedTuple):
    """Where an amount goes: the unit in which a day's projection and what was posted are compared.

    Amounts are signed, debit positive. `account` is the ledger account of the line; a tax posting names
    the tax rate's own account in `tax_account` and shares every other field with the line it belongs to.
    `settles` is the business day (ISO date) whose invoice a receipt belongs to.
    """

    currency: str
    group: str
    role: str
    key: str
    account: str
    tax_rate: str
    tax_account: str
    settles: str

    @property
    def ledger_account(self) -> str:
        """The account whose balance this posting moves."""
        return self.tax_account or self.account


class Kind(StrEnum):
    """The kinds of document (specification: mapping, documents of a day)."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "creditNote"
    REFUND = "refund"
    BILL = "bill"
    BILL_PAYMENT = "billPayment"
    BILL_CREDIT_NOTE = "billCreditNote"
    BILL_REFUND = "billRefund"
    SPEND_MONEY = "spendMoney"
    RECEIVE_MONEY = "receiveMoney"
    TRANSFER = "transfer"
    JOURNAL = "journal"


# The kinds whose lines bear tax. A journal's is a line of its own, and what moves money alone has none.
TAXED = frozenset(
    {
        Kind.INVOICE,
        Kind.CREDIT_NOTE,
        Kind.BILL,
        Kind.BILL_CREDIT_NOTE,
        Kind.SPEND_MONEY,
        Kind.RECEIVE_MONEY,
    }
)


@frozen
class DocumentLine:
    """A line. In a journal `net` is signed (debit positive) and `tax` zero; elsewhere both add to the total.

    `tax_rate` is the platform's tax rate id, or "" for none.
    """

    description: str
    account: str
    net: Decimal
    tax: Decimal = Decimal(0)
    tax_rate: str = ""


@frozen
class Document:
    """One thing to write, complete: writing it needs nothing but this and the connection.

    `reference` is unique in the ledger and deterministic. `contact` is the customer's or supplier's id.
    `account` is the money account of a payment, refund, spend or receive money, and the one a transfer
    takes from; `to_account` the one it goes to. `settles` is the platform's id of the document a payment or
    refund belongs to; `settles_reference` that document's own reference. `total` includes tax (of a journal:
    the sum of its debits). A `direct` document was pushed by itself and belongs to no business day: its `day`
    is its date, and it has no effects. `due` is when an invoice is to be paid, where that was said.
    """

    kind: Kind
    reference: str
    day: date
    dated: date
    currency: str
    description: str
    total: Decimal
    lines: tuple[DocumentLine, ...] = ()
    contact: str = ""
    account: str = ""
    to_account: str = ""
    status: str = ""
    settles: str = ""
    settles_reference: str = ""
    effects: tuple[tuple[Posting, Decimal], ...] = ()
    direct: bool = False
    due: date | None = None

    @property
    def tax(self) -> Decimal | None:
        """The tax of its lines together; None for a kind whose lines bear none."""
        return sum((line.tax for line in self.lines), ZERO) if self.kind in TAXED else None


@frozen
class OpenItem:
    """A confirmed invoice, bill or credit note that is not settled in full; `open` is what is left of it."""

    kind: Kind
    day: str
    currency: str
    group: str
    platform_id: str
    reference: str
    open: Decimal


def add_effects(
    amounts: dict[Posting, Decimal], effects: Iterable[tuple[Posting, Decimal]]
) -> dict[Posting, Decimal]:
    """Amounts after these effects, without zeros."""
    total = dict(amounts)
    for posting, amount in effects:
        total[posting] = total.get(posting, ZERO) + amount
    return {posting: amount for posting, amount in total.items() if amount}
