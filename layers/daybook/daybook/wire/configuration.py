"""A configuration as partners post it, in either published shape or in both.

Only selections are read; options and labels echoed back are unknown properties, and ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from daybook.wire.models import Model, read

Text = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
# More than any merchant has; a stored configuration must fit into one item of 400 KB.
MOST_ENTRIES = 500


class AccountChoice(Model):
    """The account selected for a key."""

    selected_account_id: Text | None = None


Accounts = Annotated[dict[Text, AccountChoice], Field(max_length=MOST_ENTRIES)]


class TaxRateChoice(Model):
    """The ledger's tax rate selected for a percentage."""

    selected_tax_rate_id: Text | None = None


class TaxRateMapping(Model):
    """The ledger's tax rate selected for a combination of tax components."""

    selected_commerce_tax_rate_ids: Annotated[list[Text], Field(max_length=50)] | None = None
    selected_accounting_tax_rate_id: Text | None = None


class NewTaxRates(Model):
    """Tax rates by component."""

    tax_rate_mappings: Annotated[list[TaxRateMapping], Field(max_length=MOST_ENTRIES)] | None = None
    selected_default_zero_tax_rate_id: Text | None = None


class InvoiceStatusChoice(Model):
    """The status invoices get."""

    selected_invoice_status: Text | None = None


class CustomerChoice(Model):
    """The customer sales are booked to."""

    selected_customer_id: Text | None = None


class SupplierChoice(Model):
    """The supplier fees are booked to."""

    selected_supplier_id: Text | None = None


class GroupingPeriodChoice(Model):
    """The period one set of documents covers."""

    selected_grouping_period: Text | None = None


class GroupByChoice(Model):
    """What one level of documents is grouped by."""

    selected_group_by_options: Annotated[list[Text], Field(max_length=50)] | None = None


class GroupingLevels(Model):
    """Grouping of invoices and of their lines."""

    invoice_level: GroupByChoice | None = None
    invoice_line_level: GroupByChoice | None = None


class Grouping(Model):
    """Grouping by time and by other properties."""

    grouping_period: GroupingPeriodChoice | None = None
    grouping_levels: GroupingLevels | None = None


class Sales(Model):
    """The choices for sales."""

    sync_sales: bool | None = None
    accounts: Accounts | None = None
    invoice_status: InvoiceStatusChoice | None = None
    sales_customer: CustomerChoice | None = None
    tax_rates: Annotated[dict[Text, TaxRateChoice], Field(max_length=MOST_ENTRIES)] | None = None
    new_tax_rates: NewTaxRates | None = None
    grouping: Grouping | None = None
    sales_date: Text | None = None


class Payments(Model):
    """The choices for payments, under either of their two names."""

    sync_payments: bool | None = None
    accounts: Accounts | None = None


class Fees(Model):
    """The choices for fees."""

    sync_fees: bool | None = None
    accounts: Accounts | None = None
    fees_supplier: SupplierChoice | None = None


class MapSettings(Model):
    """How entries are written; nothing means invoices."""

    output_format: Literal["JournalEntry", "Invoice"] | None = None


class Sections(Model):
    """What the flat shape has at the top, and the nested one inside `configuration`."""

    map_settings: MapSettings | None = None
    sales: Sales | None = None
    payments: Payments | None = None
    new_payments: Payments | None = None
    fees: Fees | None = None
    suspense_account_id: Text | None = None


class PostedSchedule(Model):
    """When syncs run."""

    selected_frequency: Text | None = None
    start_date: Text | None = None
    sync_hour: int | None = None
    time_zone: Text | None = None


class PostedConfiguration(Sections):
    """The whole request."""

    enable: bool | None = None
    enabled: bool | None = None
    schedule: PostedSchedule | None = None
    configuration: Sections | None = None


def read_posted(body: object) -> dict[str, Any]:
    """Read a posted configuration: what was given, under the published names, nulls left out.

    Raises BadRequest with one problem for each value of the wrong type and each unknown output format.
    """
    return read(PostedConfiguration, body).model_dump(by_alias=True, exclude_unset=True)
