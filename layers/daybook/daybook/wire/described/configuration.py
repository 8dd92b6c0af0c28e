"""A configuration as it is answered: every option of the merchant's books beside what is selected."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daybook.wire.described.base import Described
from daybook.wire.formats import UtcTime, Uuid, one_of


class Option(Described):
    """Something to select."""

    id: str
    name: str


class AccountOption(Described):
    """An account to select."""

    id: str
    name: str
    nominal_code: str | None
    classification: str


class AccountOfKey(Described):
    """Where amounts of one kind go."""

    label_text: str
    description_text: str
    selected_account_id: str | None
    required: bool
    account_options: list[AccountOption]


Accounts = Annotated[
    dict[str, AccountOfKey], Field(description="By kind of amount, such as `newSales` or `cash`.")
]


class InvoiceStatus(Described):
    """The status that invoices get."""

    selected_invoice_status: str | None
    invoice_status_options: list[str]


class SalesCustomer(Described):
    """The customer that sales are booked to."""

    selected_customer_id: str | None
    customer_options: list[Option]


class TaxRateOfPercentage(Described):
    """The tax rate for one percentage."""

    selected_tax_rate_id: str | None
    tax_rate_options: list[Option]


class ComponentMapping(Described):
    """The tax rate for a combination of tax components."""

    selected_commerce_tax_rate_ids: list[str] = Field(default_factory=list)
    selected_accounting_tax_rate_id: str | None = None


class ComponentTaxRates(Described):
    """Tax rates by tax component, for merchants whose sales name them."""

    accounting_tax_rate_options: list[Option]
    commerce_tax_rate_options: list[Option]
    tax_rate_mappings: list[ComponentMapping]
    selected_default_zero_tax_rate_id: str | None
    default_zero_tax_rate_options: list[Option]


class GroupingPeriod(Described):
    """The period that one set of documents covers."""

    selected_grouping_period: str | None
    grouping_period_options: list[str]


class GroupedBy(Described):
    """What documents or their lines are grouped by."""

    selected_group_by_options: list[str]
    group_by_options: list[str]


class GroupingOfLevels(Described):
    """Grouping of documents and of their lines."""

    invoice_level: GroupedBy
    invoice_line_level: GroupedBy


class SalesGrouping(Described):
    """Grouping by time and by other properties."""

    grouping_period: GroupingPeriod
    grouping_levels: GroupingOfLevels


class SalesConfiguration(Described):
    """Where sales go."""

    sync_sales: bool
    accounts: Accounts
    invoice_status: InvoiceStatus
    sales_customer: SalesCustomer
    tax_rates: dict[str, TaxRateOfPercentage] = Field(description="By percentage.")
    new_tax_rates: ComponentTaxRates
    grouping: SalesGrouping
    sales_date: str


class PaymentsConfiguration(Described):
    """Where payments go, by way of paying: the payment's type in camel case.

    `custom-` and its id is a payment method of the partner's own. `paid-` stands before a type that is
    otherwise the key of something else: payments of the type `Sales` go to the account of `paid-sales`.
    """

    sync_payments: bool
    accounts: Accounts


class FeesSupplier(Described):
    """The supplier that fees are booked to."""

    selected_supplier_id: str | None
    supplier_options: list[Option]


class FeesConfiguration(Described):
    """Where fees go."""

    sync_fees: bool
    accounts: Accounts
    fees_supplier: FeesSupplier


class OutputFormat(Described):
    """How entries are written; null means as invoices."""

    output_format: Annotated[str, one_of("JournalEntry")] | None


class Choices(Described):
    """The choices of one company."""

    map_settings: OutputFormat
    sales: SalesConfiguration
    payments: PaymentsConfiguration
    new_payments: PaymentsConfiguration
    fees: FeesConfiguration
    suspense_account_id: str | None = None


class NestedChoices(Choices):
    """The choices as the current shape has them."""

    country_code: str = ""


class Schedule(Described):
    """When syncs run: every day from `startDate` at `syncHour` in `timeZone`."""

    selected_frequency: str | None
    frequency_options: list[str]
    start_date: UtcTime | None
    sync_hour: int = Field(ge=0, le=23)
    time_zone: str


class Configuration(Choices):
    """The configuration in both published shapes at once: nested in `configuration`, and flat beside it."""

    company_id: Uuid
    accounting_software_company_name: str
    enable: bool
    enabled: bool
    configured: bool = Field(description="Whether it is saved and complete, so that a sync can run.")
    schedule: Schedule
    configuration: NestedChoices
