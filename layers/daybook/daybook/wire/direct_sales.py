"""Invoices, credit notes and direct incomes pushed one at a time (the version 1 specification's shapes)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from daybook.domain.direct import AskedLine, AskedSale
from daybook.domain.documents import Kind
from daybook.wire.direct_values import (
    MOST_LINES,
    MOST_LINKS,
    Amount,
    AskedModel,
    CurrencyCode,
    CurrencyRate,
    Day,
    Discount,
    NoAllocations,
    NoAmount,
    Note,
    Number,
    Ref,
    Warnings,
    fault,
    joined,
)
from daybook.wire.models import Model


class Withholding(Model):
    """Tax withheld, which no document of ours can hold."""

    amount: NoAmount = Decimal(0)


class SaleLine(AskedModel):
    """A line of an invoice, credit note or direct income; amounts before tax unless they say otherwise."""

    not_written = ("item_ref", "tracking_category_refs", "tracking")

    description: Note = ""
    unit_amount: Amount
    quantity: Amount
    discount_amount: Amount | None = None
    discount_percentage: Amount | None = None
    sub_total: Amount | None = None
    tax_amount: Amount | None = None
    total_amount: Amount | None = None
    account_ref: Ref
    tax_rate_ref: Ref = Ref()
    item_ref: object = None
    tracking_category_refs: object = None
    tracking: object = None

    def asked(self) -> AskedLine:
        """The line."""
        return AskedLine(
            description=self.description,
            account=self.account_ref.id,
            tax_rate=self.tax_rate_ref.id,
            quantity=self.quantity,
            unit_amount=self.unit_amount,
            discount_amount=self.discount_amount,
            discount_percentage=self.discount_percentage,
            sub_total=self.sub_total,
            tax=self.tax_amount,
            total=self.total_amount,
        )


class _Sale(AskedModel):
    """What invoices, credit notes and direct incomes have in common."""

    issue_date: Day
    currency: CurrencyCode | None = None
    currency_rate: CurrencyRate | None = None
    line_items: Annotated[list[SaleLine], Field(min_length=1, max_length=MOST_LINES)]
    sub_total: Amount | None = None
    total_amount: Amount
    note: Note = ""
    supplemental_data: object = None

    def warnings(self, path: str = "$") -> Warnings:
        """Also those of the lines."""
        yield from super().warnings(path)
        for index, line in enumerate(self.line_items):
            yield from line.warnings(f"{path}.lineItems[{index}]")


class _ToCustomer(_Sale):
    """What invoices and credit notes have in common."""

    customer_ref: Ref
    status: Literal["Draft", "Submitted"] = "Submitted"
    total_tax_amount: Amount | None = None
    total_discount: Amount | None = None
    discount_percentage: Discount | None = None
    additional_tax_amount: NoAmount | None = None
    additional_tax_percentage: NoAmount | None = None
    withholding_tax: list[Withholding] = Field(default_factory=list)
    payment_allocations: NoAllocations = Field(default_factory=list)

    def sale(self, kind: Kind, number: str, due: str = "") -> AskedSale:
        """The document."""
        return AskedSale(
            kind=kind,
            number=number,
            contact=self.customer_ref.id,
            dated=date.fromisoformat(self.issue_date),
            currency=self.currency or "",
            note=self.note,
            lines=tuple(line.asked() for line in self.line_items),
            total=self.total_amount,
            sub_total=self.sub_total,
            tax=self.total_tax_amount,
            discount=self.total_discount,
            due=date.fromisoformat(due) if due else None,
            status="Draft" if self.status == "Draft" else "",
        )


class InvoiceRequest(_ToCustomer):
    """An invoice to write."""

    data_type = "invoices"
    not_written = ("sales_order_refs", "supplemental_data")

    invoice_number: Number = ""
    due_date: Day = ""
    sales_order_refs: object = None

    @property
    def number(self) -> str:
        """The number that the request gives."""
        return self.invoice_number

    def asked(self) -> AskedSale:
        """The document."""
        return self.sale(Kind.INVOICE, self.number, self.due_date)


class CreditNoteRequest(_ToCustomer):
    """A credit note to write."""

    data_type = "creditNotes"
    not_written = ("supplemental_data",)

    credit_note_number: Number = ""

    @property
    def number(self) -> str:
        """The number that the request gives."""
        return self.credit_note_number

    def asked(self) -> AskedSale:
        """The document."""
        return self.sale(Kind.CREDIT_NOTE, self.number)


class Received(Model):
    """Money received: into which account, and how much."""

    account_ref: Ref = Ref()
    currency: CurrencyCode | None = None
    currency_rate: CurrencyRate | None = None
    total_amount: Amount | None = None


class Allocated(Model):
    """How much of the money received is for the document."""

    currency: CurrencyCode | None = None
    currency_rate: CurrencyRate | None = None
    total_amount: Amount | None = None


class Allocation(Model):
    """Money received for a document."""

    payment: Received
    allocation: Allocated = Allocated()

    @property
    def amount(self) -> Decimal | None:
        """How much of it is for the document, where that is said."""
        return (
            self.payment.total_amount
            if self.allocation.total_amount is None
            else self.allocation.total_amount
        )


class DirectIncomeRequest(_Sale):
    """Money received at once for what was sold."""

    data_type = "directIncomes"
    not_written = ("supplemental_data",)

    currency: CurrencyCode
    reference: Note = ""
    contact_ref: Ref = Ref()
    tax_amount: Amount | None = None
    payment_allocations: Annotated[list[Allocation], Field(min_length=1, max_length=MOST_LINKS)]

    @model_validator(mode="after")
    def _into_one_account(self) -> Self:
        payments = [each.payment for each in self.payment_allocations]
        if len({payment.account_ref.id for payment in payments}) > 1:
            raise fault("account", "paymentAllocations name several accounts; money is received into one")
        currencies = {each.currency or self.currency for each in payments}
        currencies |= {each.allocation.currency or self.currency for each in self.payment_allocations}
        if currencies != {self.currency}:
            raise fault("unsupported", "paymentAllocations are in another currency than the document")
        return self

    def asked(self) -> AskedSale:
        """The document."""
        amounts = [each.amount for each in self.payment_allocations]
        said = [amount for amount in amounts if amount is not None]
        return AskedSale(
            kind=Kind.RECEIVE_MONEY,
            number="",
            contact=self.contact_ref.id,
            dated=date.fromisoformat(self.issue_date),
            currency=self.currency,
            note=joined(self.reference, self.note),
            lines=tuple(line.asked() for line in self.line_items),
            total=self.total_amount,
            sub_total=self.sub_total,
            tax=self.tax_amount,
            account=self.payment_allocations[0].payment.account_ref.id,
            received=sum(said, Decimal(0)) if len(said) == len(amounts) else None,
        )
