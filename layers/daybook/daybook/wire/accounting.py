"""A ledger's data as it is answered, and an account to be added to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from daybook.wire.datasets import Validation
from daybook.wire.formats import UtcTime, Uuid
from daybook.wire.models import Model

Text = Annotated[str, Field(max_length=500)]
AccountType = Literal["Asset", "Expense", "Income", "Liability", "Equity"]


class Metadata(Model):
    """Whether a thing was deleted in the ledger."""

    is_deleted: bool = False


class AccountRequest(Model):
    """An account to add; what the ledger decides for itself is accepted and ignored."""

    name: Annotated[Text, Field(min_length=1)]
    nominal_code: Text = ""
    type: AccountType


class Account(Model):
    """An account of the ledger."""

    id: str
    nominal_code: str | None
    name: str
    description: str | None = None
    fully_qualified_category: str
    fully_qualified_name: str
    currency: str
    current_balance: Decimal | None = None
    type: str
    status: str
    is_bank_account: bool
    valid_datatype_links: list[dict[str, Any]] = Field(default_factory=list)
    metadata: Metadata = Metadata()


class BankAccount(Model):
    """An account that holds money."""

    id: str
    account_name: str
    account_type: Literal["Credit", "Debit", "Unknown"] = "Debit"
    nominal_code: str | None
    currency: str
    balance: Decimal | None = None
    status: str
    metadata: Metadata = Metadata()


class RateComponent(Model):
    """A part of a tax rate, in per cent."""

    name: str
    rate: Decimal
    is_compound: bool = False


class TaxRate(Model):
    """A tax rate of the ledger, in per cent."""

    id: str
    code: str
    name: str
    effective_tax_rate: Decimal
    total_tax_rate: Decimal
    components: list[RateComponent]
    status: str
    metadata: Metadata = Metadata()


class Customer(Model):
    """A customer of the ledger."""

    id: str
    customer_name: str
    status: str
    addresses: list[dict[str, Any]] = Field(default_factory=list)
    metadata: Metadata = Metadata()


class Supplier(Model):
    """A supplier of the ledger."""

    id: str
    supplier_name: str
    status: str
    addresses: list[dict[str, Any]] = Field(default_factory=list)
    metadata: Metadata = Metadata()


class CompanyInfo(Model):
    """The merchant's company as the accounting software knows it."""

    company_name: str
    company_legal_name: str | None = None
    accounting_platform_ref: str
    base_currency: str
    ledger_lock_date: str | None
    created_date: str | None = None
    addresses: list[dict[str, Any]] = Field(default_factory=list)
    phone_numbers: list[dict[str, Any]] = Field(default_factory=list)
    web_links: list[dict[str, Any]] = Field(default_factory=list)


class RecordRef(Model):
    """What a push changed."""

    id: str
    data_type: str


class Change(Model):
    """One change a push made."""

    type: Literal["Created", "Modified", "Deleted"] = "Created"
    record_ref: RecordRef
    attachment_id: str | None = None


class PushOperation(Model):
    """One thing written to a ledger, or meant to be: a document of a sync, or an account."""

    push_operation_key: Uuid
    company_id: Uuid
    data_connection_key: Uuid
    data_type: str
    status: Literal["Pending", "Failed", "Success", "TimedOut"]
    status_code: int
    requested_on_utc: UtcTime
    completed_on_utc: UtcTime | None = None
    timeout_in_minutes: int | None = None
    timeout_in_seconds: int | None = None
    error_message: str | None = None
    validation: Validation | None = None
    changes: list[Change] = Field(default_factory=list)
    data: dict[str, Any] | None = None
    sync_id: str | None = None
    reference: str | None = None
