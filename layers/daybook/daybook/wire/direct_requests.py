"""Documents pushed one at a time, as the version 1 specification sends them.

A property that changes what would be booked and that no document of ours can hold is refused by name; one
that only describes (a tracking category, an address) is taken and named in a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from daybook.domain.direct import AskedAllocation, AskedEntry, AskedJournal, AskedPayment, NewCustomer
from daybook.domain.documents import Kind
from daybook.domain.errors import BadRequest, Problem
from daybook.wire.direct_sales import CreditNoteRequest, DirectIncomeRequest, InvoiceRequest
from daybook.wire.direct_values import (
    DATE_LENGTH,
    MOST_LINES,
    MOST_LINKS,
    Amount,
    AskedModel,
    CurrencyCode,
    CurrencyRate,
    Day,
    Identity,
    Name,
    Note,
    Ref,
    Warnings,
    date_of,
    fault,
    joined,
)
from daybook.wire.models import Model

_LONGEST_TIMEOUT = 7 * 24 * 60


class JournalLine(AskedModel):
    """A line of a journal: debit positive."""

    not_written = ("tracking",)

    description: Note = ""
    net_amount: Amount
    currency: CurrencyCode | None = None
    account_ref: Ref
    tracking: object = None


class JournalEntryRequest(AskedModel):
    """A journal entry to write."""

    data_type = "journalEntries"
    not_written = ("journal_ref", "record_ref", "supplemental_data")

    description: Note = ""
    posted_on: Day = ""
    created_on: Day = ""
    journal_lines: Annotated[list[JournalLine], Field(max_length=MOST_LINES)]
    journal_ref: object = None
    record_ref: object = None
    supplemental_data: object = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if not (self.posted_on or self.created_on):
            raise fault("date", "postedOn is needed: the date of the entry")
        return self

    def warnings(self, path: str = "$") -> Warnings:
        """Also those of the lines."""
        yield from super().warnings(path)
        for index, line in enumerate(self.journal_lines):
            yield from line.warnings(f"{path}.journalLines[{index}]")

    def asked(self) -> AskedJournal:
        """The document."""
        lines = tuple(
            AskedEntry(line.description, line.account_ref.id, line.currency or "", line.net_amount)
            for line in self.journal_lines
        )
        return AskedJournal(date_of(self.posted_on or self.created_on), self.description, lines)


class PaymentLink(Model):
    """What a line of a payment settles; `amount` is what it does to that document's balance."""

    type: Literal["Invoice", "CreditNote"]
    id: Annotated[Identity, Field(min_length=1)]
    amount: Amount | None = None
    currency_rate: CurrencyRate | None = None


class PaymentLine(Model):
    """A part of a payment: its amount and the links of it are of opposite sign and add up to nothing."""

    amount: Amount
    links: Annotated[list[PaymentLink], Field(min_length=1, max_length=MOST_LINKS)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if len({link.type for link in self.links}) > 1:
            raise fault(
                "links", "settling an invoice by a credit note is not written; link one type in a line"
            )
        amounts = self.amounts()
        if None in amounts or sum(filter(None, amounts), self.amount):
            raise fault("links", "the amounts of links and the line's amount must add up to zero")
        wrong = [amount for amount in amounts if amount is not None and amount * self.side >= 0]
        if wrong:
            raise fault("links", "an invoice's link has an amount below zero, a credit note's above zero")
        return self

    @property
    def side(self) -> int:
        """1 where money comes in for an invoice, -1 where it goes out for a credit note."""
        return 1 if self.links[0].type == "Invoice" else -1

    def amounts(self) -> list[Decimal | None]:
        """The amounts of the links; a single one may leave it to the line."""
        if len(self.links) == 1 and self.links[0].amount is None:
            return [-self.amount]
        return [link.amount for link in self.links]


class PaymentRequest(AskedModel):
    """A customer's payment, allocated to what it pays."""

    data_type = "payments"
    not_written = ("payment_method_ref", "supplemental_data")

    date: Day
    account_ref: Ref
    customer_ref: Ref = Ref()
    currency: CurrencyCode | None = None
    currency_rate: CurrencyRate | None = None
    total_amount: Amount | None = None
    reference: Note = ""
    note: Note = ""
    lines: Annotated[list[PaymentLine], Field(min_length=1, max_length=MOST_LINKS)]
    payment_method_ref: object = None
    supplemental_data: object = None

    def asked(self) -> AskedPayment:
        """The payment."""
        return AskedPayment(
            dated=date_of(self.date),
            currency=self.currency or "",
            account=self.account_ref.id,
            customer=self.customer_ref.id,
            note=joined(self.reference, self.note),
            total=self.total_amount,
            allocations=tuple(self._allocations()),
        )

    def _allocations(self) -> Iterator[AskedAllocation]:
        for index, line in enumerate(self.lines):
            kind = Kind.PAYMENT if line.side > 0 else Kind.REFUND
            for place, (link, amount) in enumerate(zip(line.links, line.amounts(), strict=True)):
                path = f"$.lines[{index}].links[{place}].amount"
                yield AskedAllocation(path, kind, link.id, abs(amount or Decimal(0)))


class CustomerRequest(AskedModel):
    """A customer to add."""

    data_type = "customers"
    not_written = ("addresses", "contacts", "default_currency", "supplemental_data")

    customer_name: Name
    contact_name: Identity = ""
    email_address: Identity = ""
    phone: Identity = ""
    tax_number: Identity = ""
    registration_number: Identity = ""
    status: Literal["Active", "Unknown"] = "Active"
    addresses: object = None
    contacts: object = None
    default_currency: object = None
    supplemental_data: object = None

    def asked(self) -> NewCustomer:
        """The customer."""
        return NewCustomer(
            name=self.customer_name,
            contact_name=self.contact_name,
            email=self.email_address,
            phone=self.phone,
            tax_number=self.tax_number,
            registration_number=self.registration_number,
        )


DirectRequest = (
    InvoiceRequest
    | CreditNoteRequest
    | DirectIncomeRequest
    | JournalEntryRequest
    | PaymentRequest
    | CustomerRequest
)


def read_timeout(parameters: Mapping[str, str]) -> int:
    """`timeoutInMinutes`, 0 when it is not given. Raises BadRequest."""
    text = parameters.get("timeoutInMinutes", "").strip()
    if not text:
        return 0
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < DATE_LENGTH else 0
    if not 1 <= minutes <= _LONGEST_TIMEOUT:
        message = f"must be a whole number of minutes from 1 to {_LONGEST_TIMEOUT}"
        raise BadRequest(f"timeoutInMinutes: {message}.", [Problem("timeoutInMinutes", message, "timeout")])
    return minutes
