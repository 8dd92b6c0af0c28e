"""The whole of a Sandbox ledger, as it is answered in JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, get_args

from pydantic import Field

from daybook.wire.described.base import Described
from daybook.wire.formats import Currency, Day, one_of
from daybook.wire.sandbox import Fault as SandboxFault

Status = Annotated[str, one_of("Active", "Archived")]
FAULTS = tuple(fault for fault in get_args(SandboxFault) if fault)
Fault = Annotated[str, one_of(*FAULTS)]


class BooksCompany(Described):
    """Whose books they are, and their settings."""

    name: str
    base_currency: Currency
    country: str
    time_zone: str
    lock_date: Day | None = Field(description="Nothing can be booked up to this day.")
    fault: Fault | None = Field(description="What the books are switched to fail at.")


class BooksAccount(Described):
    """An account of the chart."""

    id: str
    code: str
    name: str
    type: str
    status: Status
    is_bank: bool
    takes_payments: bool


class BooksTaxRate(Described):
    """A tax rate, in per cent, and the account its tax is owed on."""

    id: str
    code: str
    name: str
    rate: Decimal
    account_id: str
    status: Status


class ContactBalance(Described):
    """What a contact owes (positive) or is owed."""

    currency: Currency
    balance: Decimal


class BooksContact(Described):
    """A customer or a supplier."""

    id: str
    name: str
    status: Status
    balances: list[ContactBalance]


class AccountBalance(Described):
    """An account's balance, debit positive."""

    account_id: str
    code: str
    name: str
    type: str
    balance: Decimal


class TrialBalance(Described):
    """Every balance in one currency; debits equal credits."""

    currency: Currency
    debits: Decimal
    credits: Decimal
    accounts: list[AccountBalance]


class EntryLine(Described):
    """A line of an entry, debit positive."""

    account_id: str
    account_name: str
    amount: Decimal
    description: str
    contact_id: str | None


class BooksEntry(Described):
    """What a document booked; its lines add up to zero."""

    document_id: str
    kind: str
    reference: str
    date: Day
    currency: Currency
    description: str
    lines: list[EntryLine]


class BooksLine(Described):
    """A line of a document."""

    account_id: str
    account_name: str
    net: Decimal
    tax: Decimal
    tax_rate_id: str | None
    description: str


class BooksDocument(Described):
    """A document; `direct` ones were pushed by themselves and belong to no business day."""

    id: str
    kind: str
    reference: str
    direct: bool = False
    day: Day | None
    date: Day
    due_date: Day | None = None
    currency: Currency
    description: str
    status: str
    total: Decimal
    tax: Decimal
    open: Decimal = Field(description="What is still to be paid.")
    contact_id: str | None
    account_id: str | None
    to_account_id: str | None
    settles: str | None
    settles_reference: str | None
    lines: list[BooksLine]


class BooksContents(Described):
    """A whole ledger, or what was booked between two dates."""

    company: BooksCompany
    first: Day | None = Field(alias="from")
    last: Day | None = Field(alias="to")
    accounts: list[BooksAccount]
    tax_rates: list[BooksTaxRate]
    customers: list[BooksContact]
    suppliers: list[BooksContact]
    trial_balance: list[TrialBalance]
    entries: list[BooksEntry]
    documents: list[BooksDocument]


class BooksUpdateRequest(Described):
    """A new lock date and a new fault; the empty text or null lifts either, and left out it stays."""

    lock_date: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] | None = None
    fault: Annotated[str, one_of("", *FAULTS)] | None = None
