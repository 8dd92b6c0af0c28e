"""Documents pushed one at a time, not worked out from records: what was asked, and the documents it becomes.

Pure. A request either becomes documents that are right in themselves and in the ledger's reference data, or
every reason why not. A direct document belongs to no business day (specification: api, operations).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import field
from datetime import date
from decimal import Decimal

from daybook.domain.documents import Kind
from daybook.frozen import frozen

# What the strictest ledger's number field holds is more than these letters and the ordinal take.
_REFERENCE_LETTERS = 14
# Numbers that Daybook gives: those of syncs (`domain/rendering.py`) and those of `own_reference`.
_OWN_NUMBER = re.compile(r"[0-9a-f]{5}-\d{6}-|DB-[A-Z2-7]{14}(-|$)")


@frozen
class NewCustomer:
    """A customer to add to a ledger; "" for what is not known. A ledger keeps what it has room for."""

    name: str
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    tax_number: str = ""
    registration_number: str = ""


@frozen
class AskedLine:
    """A line of a sale: amounts before tax; None for what was not given.

    A discount is an amount, or else a percentage of quantity times unit amount.
    """

    description: str
    account: str
    tax_rate: str
    quantity: Decimal
    unit_amount: Decimal
    discount_amount: Decimal | None = None
    discount_percentage: Decimal | None = None
    sub_total: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None


@frozen
class AskedSale:
    """An invoice, a credit note or money received; "" and None for what was not given.

    `account` is the one the money was received into, `received` how much of it according to the request.
    """

    kind: Kind
    number: str
    contact: str
    dated: date
    currency: str
    note: str
    lines: tuple[AskedLine, ...]
    total: Decimal
    sub_total: Decimal | None = None
    tax: Decimal | None = None
    discount: Decimal | None = None
    due: date | None = None
    status: str = ""
    account: str = ""
    received: Decimal | None = None


@frozen
class AskedEntry:
    """A line of a journal: debit positive."""

    description: str
    account: str
    currency: str
    net: Decimal


@frozen
class AskedJournal:
    """A journal."""

    dated: date
    description: str
    lines: tuple[AskedEntry, ...]


@frozen
class AskedAllocation:
    """The part of a payment that settles one document: an invoice, or a credit note that is paid back.

    `amount` is positive; `path` is where the request says so; `settles` the platform's id of the document.
    """

    path: str
    kind: Kind
    settles: str
    amount: Decimal


@frozen
class AskedPayment:
    """A payment of a customer, or (with a negative total) money paid back."""

    dated: date
    currency: str
    account: str
    customer: str
    note: str
    total: Decimal | None
    allocations: tuple[AskedAllocation, ...] = field(default=())


Asked = AskedSale | AskedJournal | AskedPayment | NewCustomer


def own_reference(key: str, ordinal: int = 1) -> str:
    """The number of a push operation's document in the ledger, always the same for the same operation."""
    digest = base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:_REFERENCE_LETTERS]
    return f"DB-{digest}" if ordinal == 1 else f"DB-{digest}-{ordinal}"


def is_own_number(number: str) -> bool:
    """Whether a number looks like one that Daybook gives, so that nobody else may give it."""
    return _OWN_NUMBER.match(number) is not None


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum."""
    return sum(amounts, Decimal(0))
