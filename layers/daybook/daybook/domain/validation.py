"""Why a configuration cannot be saved (specification: mapping, saving a configuration is refused)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from daybook.domain.account_keys import REQUIRED_KEYS, accounts_taken, suspense_accounts, wording
from daybook.domain.configuration import (
    DRAFT,
    GROUPING_PERIODS,
    INVOICE_STATUSES,
    JOURNAL_ENTRY,
    SALE_CLOSED,
    SALE_CREATED,
    rate_for,
    read_configuration,
)
from daybook.domain.errors import Problem
from daybook.domain.ledger import ACTIVE, Account, Contact, ReferenceData, TaxRate
from daybook.domain.observations import TreatmentInUse
from daybook.domain.schedule import FREQUENCIES, known_zone
from daybook.domain.selection import LEVEL_OPTIONS
from daybook.frozen import frozen

Body = Mapping[str, Any]
Offered = TypeVar("Offered", Contact, TaxRate)
_LAST_HOUR = 23
_SWITCHES = {"sales": "syncSales", "payments": "syncPayments", "fees": "syncFees"}


@frozen
class Situation:
    """What a configuration is checked against.

    `reference` is the merchant's ledger, None when none was ever linked; `in_use` the tax treatments of the
    records pushed so far.
    """

    has_accounting: bool
    has_commerce: bool
    reference: ReferenceData | None
    in_use: tuple[TreatmentInUse, ...] = ()


def problems_of(body: Body, situation: Situation, root: str = "$.configuration") -> list[Problem]:
    """List everything that keeps this body from being saved; `root` is the JSON path of its sections."""
    chosen = body["configuration"]
    problems = [
        *_links(situation),
        *_schedule(body["schedule"]),
        *_switches(chosen, root),
        *_sales(chosen["sales"], root + ".sales"),
        *_required(chosen, root),
    ]
    if situation.reference is not None:
        problems += _options(chosen, situation.reference, root)
    problems += _in_use(body, situation.in_use, root)
    return problems


def _links(situation: Situation) -> Iterator[Problem]:
    if not situation.has_accounting:
        message = "The company has no linked accounting connection. Link one before saving its configuration."
        yield Problem("$", message, "connection")
    if not situation.has_commerce:
        message = "The company has no linked commerce connection. Link one before saving its configuration."
        yield Problem("$", message, "connection")


def _schedule(schedule: Body) -> Iterator[Problem]:
    path = "$.schedule"
    frequency = schedule.get("selectedFrequency")
    if frequency not in FREQUENCIES:
        yield _not_among(f"{path}.selectedFrequency", "a frequency", frequency, FREQUENCIES)
    if "startDate" not in schedule:
        message = "Give the date of the first day to be synced."
        yield Problem(f"{path}.startDate", message, "required")
    elif not _is_date(schedule["startDate"]):
        message = f"{schedule['startDate']!r} is not an ISO 8601 date."
        yield Problem(f"{path}.startDate", message, "date")
    if not 0 <= schedule["syncHour"] <= _LAST_HOUR:
        yield Problem(f"{path}.syncHour", f"{schedule['syncHour']} is not an hour from 0 to 23.", "range")
    if known_zone(schedule["timeZone"]) is None:
        message = f"{schedule['timeZone']!r} is not an IANA time zone, such as Europe/London."
        yield Problem(f"{path}.timeZone", message, "timeZone")


def _is_date(text: str) -> bool:
    try:
        # The first and the last year leave no room for the zones' offsets.
        return date(1900, 1, 1) <= date.fromisoformat(text) <= date(9000, 1, 1)
    except ValueError:
        return False


def _switches(chosen: Body, root: str) -> Iterator[Problem]:
    sales, payments = chosen["sales"]["syncSales"], chosen["payments"]["syncPayments"]
    if chosen["fees"]["syncFees"] and not payments:
        message = "Fees can only be synced together with payments. Switch payments on or fees off."
        yield Problem(f"{root}.fees.syncFees", message, "dependency")
    if payments and not sales:
        message = "Payments can only be synced together with sales. Switch sales on or payments off."
        yield Problem(f"{root}.payments.syncPayments", message, "dependency")
    status = chosen["sales"].get("invoiceStatus", {}).get("selectedInvoiceStatus")
    if payments and status == DRAFT:
        message = "Draft invoices take no payments. Select another invoice status or switch payments off."
        yield Problem(f"{root}.sales.invoiceStatus.selectedInvoiceStatus", message, "dependency")
    accounts = chosen["payments"]["accounts"]
    if payments and "payout" in accounts and accounts["payout"] == accounts.get("card"):
        message = "Payouts must arrive in another account than the one that card payments wait in."
        yield Problem(f"{root}.payments.accounts.payout.selectedAccountId", message, "distinct")


def _sales(sales: Body, path: str) -> Iterator[Problem]:
    if sales.get("salesDate", SALE_CREATED) not in (SALE_CREATED, SALE_CLOSED):
        yield _not_among(
            f"{path}.salesDate", "a date of sales", sales["salesDate"], (SALE_CREATED, SALE_CLOSED)
        )
    levels = sales.get("grouping", {}).get("groupingLevels", {})
    for level, options in LEVEL_OPTIONS.items():
        for index, option in enumerate(levels.get(level, {}).get("selectedGroupByOptions", [])):
            if option not in options:
                where = f"{path}.grouping.groupingLevels.{level}.selectedGroupByOptions[{index}]"
                yield _not_among(where, "a grouping", option, options)
    for key in sales.get("taxRates", {}):
        if not _is_percentage(key):
            yield Problem(f"{path}.taxRates.{key}", f"{key!r} is not a percentage from 0 to 100.", "range")
    yield from _contradictions(sales.get("newTaxRates", {}).get("taxRateMappings", []), path)
    if sales["syncSales"]:
        yield from _sales_choices(sales, path)


def _sales_choices(sales: Body, path: str) -> Iterator[Problem]:
    """Check what sales cannot do without, beside their account."""
    if not sales.get("salesCustomer"):
        message = "Select the customer that sales are booked to."
        yield Problem(f"{path}.salesCustomer.selectedCustomerId", message, "required")
    status = sales.get("invoiceStatus", {}).get("selectedInvoiceStatus")
    if status not in INVOICE_STATUSES:
        where = f"{path}.invoiceStatus.selectedInvoiceStatus"
        yield _not_among(where, "an invoice status", status, INVOICE_STATUSES)
    period = sales.get("grouping", {}).get("groupingPeriod", {}).get("selectedGroupingPeriod")
    if period not in GROUPING_PERIODS:
        where = f"{path}.grouping.groupingPeriod.selectedGroupingPeriod"
        yield _not_among(where, "a grouping period", period, GROUPING_PERIODS)


def _is_percentage(key: str) -> bool:
    try:
        return 0 <= Decimal(key) <= 100  # noqa: PLR2004 - per cent
    except InvalidOperation:
        return False


def _contradictions(mappings: Iterable[Body], path: str) -> Iterator[Problem]:
    rates: dict[tuple[str, ...], str] = {}
    for index, mapping in enumerate(mappings):
        combination = tuple(mapping["selectedCommerceTaxRateIds"])
        rate = rates.setdefault(combination, mapping["selectedAccountingTaxRateId"])
        if rate != mapping["selectedAccountingTaxRateId"]:
            where = f"{path}.newTaxRates.taxRateMappings[{index}]"
            message = f"The combination {', '.join(combination)} is already mapped to another tax rate."
            yield Problem(where, message, "distinct")


def _required(chosen: Body, root: str) -> Iterator[Problem]:
    for section, key in REQUIRED_KEYS.items():
        if chosen[section][_SWITCHES[section]] and key not in chosen[section]["accounts"]:
            message = f"Select an account for {wording(key, {}).label}."
            yield Problem(f"{root}.{section}.accounts.{key}.selectedAccountId", message, "required")
    if chosen["fees"]["syncFees"] and not chosen["fees"].get("feesSupplier"):
        message = "Select the supplier that fees are booked to."
        yield Problem(f"{root}.fees.feesSupplier.selectedSupplierId", message, "required")


def _options(chosen: Body, reference: ReferenceData, root: str) -> Iterator[Problem]:
    """Check that what is selected in the sections that are on can still be selected."""
    journal = chosen["mapSettings"]["outputFormat"] == JOURNAL_ENTRY
    for section, switch in _SWITCHES.items():
        for key, entry in chosen[section]["accounts"].items() if chosen[section][switch] else ():
            selected = entry["selectedAccountId"]
            taken = accounts_taken(reference, key, journal=journal)
            where = f"{root}.{section}.accounts.{key}.selectedAccountId"
            what = f"an account for {wording(key, {}).label}"
            yield from _offered(where, what, selected, taken, reference.accounts)
    sales, fees = chosen["sales"], chosen["fees"]
    if sales["syncSales"]:
        yield from _offered(
            f"{root}.sales.salesCustomer.selectedCustomerId",
            "a customer",
            sales.get("salesCustomer", {}).get("selectedCustomerId"),
            active(reference.customers),
            reference.customers,
        )
        yield from _tax_rate_options(sales, reference, root + ".sales", journal=journal)
    if fees["syncFees"]:
        yield from _offered(
            f"{root}.fees.feesSupplier.selectedSupplierId",
            "a supplier",
            fees.get("feesSupplier", {}).get("selectedSupplierId"),
            active(reference.suppliers),
            reference.suppliers,
        )
    suspense = chosen.get("suspenseAccountId")
    waiting = suspense_accounts(reference.accounts, reference)
    yield from _offered(
        f"{root}.suspenseAccountId", "a suspense account", suspense, waiting, reference.accounts
    )


def _tax_rate_options(
    sales: Body, reference: ReferenceData, path: str, *, journal: bool
) -> Iterator[Problem]:
    known: tuple[TaxRate | Account, ...] = (*reference.tax_rates, *reference.accounts)
    rates = tax_rate_options(reference, journal=journal)
    for key, entry in sales.get("taxRates", {}).items():
        where = f"{path}.taxRates.{key}.selectedTaxRateId"
        yield from _offered(where, "a tax rate", entry["selectedTaxRateId"], rates, known)
    new_rates = sales.get("newTaxRates", {})
    for index, mapping in enumerate(new_rates.get("taxRateMappings", [])):
        where = f"{path}.newTaxRates.taxRateMappings[{index}].selectedAccountingTaxRateId"
        yield from _offered(where, "a tax rate", mapping["selectedAccountingTaxRateId"], rates, known)
    where = f"{path}.newTaxRates.selectedDefaultZeroTaxRateId"
    zero = new_rates.get("selectedDefaultZeroTaxRateId")
    yield from _offered(where, "a tax rate of 0 %", zero, zero_rate_options(reference), known)


def tax_rate_options(reference: ReferenceData, *, journal: bool) -> tuple[TaxRate | Account, ...]:
    """List what a tax can be mapped to: rates, and in journals also the liability accounts to hold it."""
    company = reference.company
    liabilities = (
        account
        for account in reference.accounts
        if journal
        and account.status == ACTIVE
        and account.type == "Liability"
        and account.id != company.payable_account
    )
    return (*active(reference.tax_rates), *liabilities)


def zero_rate_options(reference: ReferenceData) -> tuple[TaxRate, ...]:
    """List the ledger's tax rates of 0 %."""
    return tuple(rate for rate in active(reference.tax_rates) if rate.rate == 0)


def active(items: Iterable[Offered]) -> tuple[Offered, ...]:
    """Leave out what is archived."""
    return tuple(item for item in items if item.status == ACTIVE)


def _offered(
    path: str,
    what: str,
    selected: str | None,
    options: Iterable[Account | Contact | TaxRate],
    known: Iterable[Account | Contact | TaxRate],
) -> Iterator[Problem]:
    if not selected or any(option.id == selected for option in options):
        return
    name = next((item.name for item in known if item.id == selected), None)
    if name is None:
        fault = f"{selected!r} is not in the ledger."
    else:
        fault = f"{name!r} is archived or cannot be used here."
    yield Problem(path, f"{fault} Choose {what} from the options.", "option")


def _not_among(path: str, what: str, value: object, options: Iterable[str]) -> Problem:
    listed = ", ".join(options)
    if value is None:
        return Problem(path, f"Select {what}: {listed}.", "required")
    return Problem(path, f"{value!r} is not {what}. Select one of: {listed}.", "option")


def _in_use(body: Body, in_use: Iterable[TreatmentInUse], root: str) -> Iterator[Problem]:
    if not body["configuration"]["sales"]["syncSales"] or body["configuration"].get("suspenseAccountId"):
        return
    configuration = read_configuration({**body, "schedule": {}})
    for use in in_use:
        is_mappable = use.components or use.percentage or not use.taxed
        if is_mappable and rate_for(configuration, use.components, use.percentage, taxed=use.taxed) is None:
            yield _unmapped(use, root + ".sales")


def _unmapped(use: TreatmentInUse, path: str) -> Problem:
    if use.components:
        named = " and ".join(repr(component) for component in use.components)
        where, what = f"{path}.newTaxRates.taxRateMappings", f"the tax {named}"
    elif use.percentage:
        where, what = f"{path}.taxRates.{use.percentage:f}", f"a tax of {use.percentage:f} %"
    else:
        where, what = f"{path}.newTaxRates.selectedDefaultZeroTaxRateId", "no tax"
    return Problem(where, f"There are sales with {what}. Select the tax rate they take.", "mapping")
