"""The page about sales: its fields, and what a merchant's answers mean to the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from daybook.domain.account_keys import suspense_accounts
from daybook.domain.configuration import (
    BY_COUNTRY,
    BY_LOCATION,
    BY_PRODUCT_CATEGORY,
    CATEGORY_PREFIX,
    GROUPING_PERIODS,
    INVOICE_STATUSES,
    SALE_CLOSED,
    SALE_CREATED,
    SALES_KEYS,
)
from daybook.domain.flow_rows import ROWS
from daybook.domain.suggestions import suggest_customer
from daybook.domain.validation import active
from daybook.frozen import frozen
from daybook.services.flow_fields import (
    Field,
    Group,
    Option,
    Rows,
    Typed,
    account_fields,
    account_groups,
    is_journal,
    settled,
    with_value,
)
from daybook.services.flow_taxes import read_mappings, tax_rows, zero_field
from daybook.services.said import named, said

if TYPE_CHECKING:
    from daybook.services.flow_setup import Setup

# More customers than this are not listed: a merchant types the name.
MOST_LISTED = 200
_LEVELS = (("by-location", "invoiceLevel", BY_LOCATION), ("by-country", "invoiceLevel", BY_COUNTRY))


@frozen
class SalesPage:
    """What the page about sales shows."""

    is_on: bool
    format: str
    accounts: Rows
    taxes: Rows
    zero: Field
    customer: Field
    status: Field
    period: Field
    sales_date: Field
    suspense: Field
    categories: bool
    by: Mapping[str, bool]
    not_listed: int

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the page's order."""
        rows = (*self.accounts.usual, *self.accounts.more, *self.taxes.usual, self.zero, *self.taxes.more)
        return (*rows, self.customer, self.status, self.period, self.sales_date, self.suspense)


def sales_page(setup: Setup, visible: Iterable[str], typed: Typed) -> SalesPage:
    """The page, with what was typed in place of what is chosen."""
    sales = setup.chosen["sales"]
    shown = frozenset(visible)
    on = typed("sync")
    names = setup.offer.categories
    customer, not_listed = _customer(setup, typed)
    usual, more = _keys(setup, shown)
    taxes = tax_rows(setup, typed)
    grouping = sales.get("grouping", {}).get("groupingLevels", {})
    is_typed = on is not None
    return SalesPage(
        is_on=on == "on" if is_typed else sales["syncSales"] or not setup.is_touched("sales"),
        format="journal" if is_journal(setup, typed) else "invoice",
        accounts=Rows(
            account_fields(setup, "sales", usual, names, typed),
            account_fields(setup, "sales", more, names, typed),
        ),
        taxes=taxes,
        zero=zero_field(setup, typed),
        customer=customer,
        status=_status(setup, typed),
        period=_period(setup, typed),
        sales_date=_sales_date(setup, typed),
        suspense=_suspense(setup, typed),
        categories=bool(names),
        by={
            name: typed(name) == "yes"
            if is_typed
            else option in grouping.get(level, {}).get("selectedGroupByOptions", [])
            for name, level, option in (*_LEVELS, ("by-category", "invoiceLineLevel", BY_PRODUCT_CATEGORY))
        },
        not_listed=not_listed,
    )


def read_sales(shown: SalesPage, form: Callable[[str], str | None]) -> dict[str, Any]:
    """What was answered, as it is posted to the configuration; a field that was not sent says nothing."""

    def sent(field: Field) -> bool:
        return form(field.id) is not None

    accounts = {
        each.key: {"selectedAccountId": form(each.id)}
        for each in (*shown.accounts.usual, *shown.accounts.more)
        if sent(each)
    }
    percentages = {
        each.key.removeprefix("percentage:"): {"selectedTaxRateId": form(each.id)}
        for each in (*shown.taxes.usual, *shown.taxes.more)
        if each.key.startswith("percentage:") and sent(each)
    }
    sales: dict[str, Any] = {
        "syncSales": form("sync") == "on",
        "accounts": accounts,
        "taxRates": percentages,
        "newTaxRates": {
            "taxRateMappings": read_mappings(shown.taxes, form),
            "selectedDefaultZeroTaxRateId": form(shown.zero.id) or "",
        },
        "salesCustomer": {"selectedCustomerId": form("customer") or ""},
        "invoiceStatus": {"selectedInvoiceStatus": form("status") or ""},
        "grouping": _read_grouping(form),
    }
    if form("sales-date"):
        sales["salesDate"] = form("sales-date")
    chosen: dict[str, Any] = {
        "mapSettings": {"outputFormat": "JournalEntry" if form("format") == "journal" else "Invoice"},
        "sales": sales,
    }
    if sent(shown.suspense):
        chosen["suspenseAccountId"] = form(shown.suspense.id)
    return {"configuration": chosen}


def _read_grouping(form: Callable[[str], str | None]) -> dict[str, Any]:
    """Which entries a day is divided into."""
    levels = [option for name, _, option in _LEVELS if form(name) == "yes"]
    lines = [BY_PRODUCT_CATEGORY] if form("by-category") == "yes" else []
    return {
        "groupingPeriod": {"selectedGroupingPeriod": form("period") or ""},
        "groupingLevels": {
            "invoiceLevel": {"selectedGroupByOptions": levels},
            "invoiceLineLevel": {"selectedGroupByOptions": lines},
        },
    }


def _keys(setup: Setup, visible: frozenset[str]) -> tuple[list[str], list[str]]:
    """The account keys that every merchant sees, and those for some."""
    categories = [CATEGORY_PREFIX + category for category in setup.offer.categories]
    selected = setup.chosen["sales"]["accounts"]
    usual = [key for key in SALES_KEYS if f"sales-accounts-{key}" in visible and key != "sales-other"]
    if categories:
        other = ["sales-other"] if "sales-accounts-sales-other" in visible else []
        usual[1:1] = [*categories, *other]
    listed = {row.key for row in ROWS}
    unlisted = [key for key in SALES_KEYS if f"sales-accounts-{key}" not in listed]
    all_shown = listed <= visible
    return usual, [key for key in unlisted if all_shown or key in selected]


def _customer(setup: Setup, typed: Typed) -> tuple[Field, int]:
    """The field of the sales customer, and how many customers are not listed in it."""
    reference = setup.offer.reference
    customers = active(reference.customers) if reference else ()
    chosen = setup.chosen["sales"].get("salesCustomer", {}).get("selectedCustomerId") or ""
    proposed = suggest_customer(reference) if reference and not setup.is_touched("sales") else ""
    value, is_suggested = settled(typed("customer"), chosen, proposed)
    ordered = sorted(customers, key=lambda each: (each.id != value, each.name.casefold()))
    listed = ordered[:MOST_LISTED]
    options = tuple(
        Option(each.id, named(each.name)) for each in sorted(listed, key=lambda each: each.name.casefold())
    )
    known = {each.id: each.name for each in reference.customers} if reference else {}
    field = Field(
        id="customer",
        path=".sales.salesCustomer.selectedCustomerId",
        label=said("flow.customer"),
        value=value,
        groups=with_value((Group(None, options),) if options else (), value, known),
        hint=said("flow.customer.hint"),
        is_required=True,
        is_suggested=is_suggested,
    )
    return field, len(ordered) - len(listed)


def _status(setup: Setup, typed: Typed) -> Field:
    chosen = setup.chosen["sales"].get("invoiceStatus", {}).get("selectedInvoiceStatus") or ""
    value, _ = settled(typed("status"), chosen, INVOICE_STATUSES[0])
    return Field(
        id="status",
        path=".sales.invoiceStatus.selectedInvoiceStatus",
        label=said("configure-content-sales-other-entries-invoiceStatus"),
        value=value,
        groups=(Group(None, tuple(Option(each, said(f"flow.status.{each}")) for each in INVOICE_STATUSES)),),
        hint=said("flow.status.hint"),
        is_required=True,
    )


def _period(setup: Setup, typed: Typed) -> Field:
    chosen = setup.chosen["sales"].get("grouping", {}).get("groupingPeriod", {})
    value, _ = settled(typed("period"), chosen.get("selectedGroupingPeriod") or "", GROUPING_PERIODS[0])
    return Field(
        id="period",
        path=".sales.grouping.groupingPeriod.selectedGroupingPeriod",
        label=said("configure-content-sales-other-entries-groupingPeriod"),
        value=value,
        groups=(Group(None, tuple(Option(each, said(f"flow.period.{each}")) for each in GROUPING_PERIODS)),),
        is_required=True,
    )


def _sales_date(setup: Setup, typed: Typed) -> Field:
    dates = (SALE_CREATED, SALE_CLOSED)
    value, _ = settled(typed("sales-date"), setup.chosen["sales"].get("salesDate", SALE_CREATED), "")
    return Field(
        id="sales-date",
        path=".sales.salesDate",
        label=said("flow.sales-date"),
        value=value,
        groups=(Group(None, tuple(Option(each, said(f"flow.sales-date.{each}")) for each in dates)),),
        hint=said("flow.sales-date.hint"),
    )


def _suspense(setup: Setup, typed: Typed) -> Field:
    reference = setup.offer.reference
    value, _ = settled(typed("suspense"), setup.chosen.get("suspenseAccountId") or "", "")
    taken = suspense_accounts(reference.accounts, reference) if reference else ()
    known = {each.id: each.name for each in reference.accounts} if reference else {}
    return Field(
        id="suspense",
        path=".suspenseAccountId",
        label=said("flow.suspense"),
        value=value,
        groups=with_value(account_groups(taken, "dispute"), value, known),
        hint=said("flow.suspense.hint"),
    )
