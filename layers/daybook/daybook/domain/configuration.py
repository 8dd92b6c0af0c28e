"""What a merchant has chosen: formats, accounts, tax rates, grouping and schedule.

The stored body is a configuration in its published, nested shape, holding selections only: no options and no
labels. `read_configuration` turns it into values the projection reads (specification: mapping).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from daybook.domain.schedule import DAILY, DEFAULT_TIME_ZONE, Schedule
from daybook.frozen import frozen

JOURNAL_ENTRY = "JournalEntry"
INVOICE = "Invoice"

DRAFT = "Draft"
SUBMITTED = "Submitted"
INVOICE_STATUSES = (SUBMITTED, DRAFT)
GROUPING_PERIODS = ("Daily",)
BY_LOCATION = "Location"
BY_COUNTRY = "Country"
BY_PRODUCT_CATEGORY = "ProductCategory"
SALE_CREATED = "created"
SALE_CLOSED = "closed"

# Which section of the configuration holds which account (specification: mapping, after the table of facts).
# Every other key is a way of paying, and belongs to the payments.
SALES_KEYS = (
    "sales",
    "sales-other",
    "refund",
    "gratuity",
    "prepaid",
    "prepaidDiscount",
    "serviceCharge",
    "shipping",
    "overpayment",
    "rounding",
    "deposits",
)
FEE_KEYS = (
    "paymentFee",
    "paymentFeeTax",
    "paymentFeeRefund",
    "payoutFee",
    "loan",
    "loanPayment",
    "loanFee",
    "cashback",
    "dispute",
    "disputeFee",
    "disputeLoss",
    "reserve",
)
PAYMENT_KEYS = (
    "card",
    "cash",
    "payout",
    "invoice",
    "onlineCard",
    "custom",
    "storeCredit",
    "prepaidPayment",
    "paypal",
    "paypalQr",
    "mobile",
    "vipps",
    "swish",
    "manual",
)
CATEGORY_PREFIX = "sales-"
CUSTOM_PREFIX = "custom-"
# Before the name of a way of paying that is called like something else. No type in camel case has a hyphen.
PAID_PREFIX = "paid-"

# Where a key without an account turns to (specification: mapping, keys without an account fall back).
_FALLBACKS = {
    **dict.fromkeys(("serviceCharge", "shipping", "overpayment", "rounding", "prepaidDiscount"), "sales"),
    "refund": "sales",
    "deposits": "invoice",
    **dict.fromkeys(("paymentFeeTax", "payoutFee", "paymentFeeRefund"), "paymentFee"),
    **dict.fromkeys(("disputeFee", "disputeLoss"), "paymentFee"),
}


@frozen
class TaxMapping:
    """A line with exactly these tax components takes this rate of the ledger."""

    commerce_ids: frozenset[str]
    rate_id: str


@frozen
class LineRates:
    """The ledger's tax rates for one line: one for the whole line, or one for each of its components."""

    line: str = ""
    components: Mapping[str, str] = field(default_factory=dict)


@frozen
class Configuration:
    """A company's choices. Empty text means not chosen.

    `accounts` maps an account key of any section to a ledger account; `percentage_rates` maps a tax
    percentage (0 to 100) to the ledger's rate for lines that name no component.
    """

    enabled: bool
    output_format: str
    sync_sales: bool
    sync_payments: bool
    sync_fees: bool
    accounts: Mapping[str, str]
    tax_mappings: tuple[TaxMapping, ...]
    percentage_rates: Mapping[Decimal, str]
    default_zero_rate: str
    customer: str
    supplier: str
    invoice_status: str
    grouping_period: str
    group_by_location: bool
    group_by_country: bool
    group_by_category: bool
    sales_date: str
    suspense_account: str
    schedule: Schedule

    @property
    def is_journal(self) -> bool:
        """Whether days are written as journals rather than as invoices and their like."""
        return self.output_format == JOURNAL_ENTRY


def section_of(key: str) -> str:
    """The section of the configuration that holds this account key: sales, fees or payments."""
    if key in SALES_KEYS or key.startswith(CATEGORY_PREFIX):
        return "sales"
    return "fees" if key in FEE_KEYS else "payments"


@lru_cache(maxsize=1024)
def payment_key(payment_type: str, method_id: str | None = None) -> str:
    """The account key of a payment: its type in camel case, or of a custom method that method's own.

    `OnlineCard` and `onlineCard` are `onlineCard`; `Klarna` is `klarna`; `Prepaid`, a gift card redeemed, is
    `prepaidPayment`, since `prepaid` is the liability of cards sold (specification: mapping, projection).
    A type is free text: one that reads as the key of something else has a key of its own, `paid-sales`.
    """
    key = in_camel_case(payment_type)
    if key == "custom" and method_id:
        return CUSTOM_PREFIX + method_id
    return apart_from_others(key)


def in_camel_case(name: str) -> str:
    """Spell a way of paying as its account key is spelled, whatever else that key may be used for."""
    words = [word for word in "".join(c if c.isalnum() else " " for c in name).split(" ") if word]
    joined = "".join(word if index == 0 else word[0].upper() + word[1:] for index, word in enumerate(words))
    joined = joined.lower() if joined.isupper() else joined[:1].lower() + joined[1:]
    if joined.lower() == "prepaid":
        return "prepaidPayment"
    known = {key.lower(): key for key in PAYMENT_KEYS}
    return known.get(joined.lower(), joined)


def apart_from_others(key: str) -> str:
    """The key of a way of paying called `key`: another one where that is no way of paying (docs/adr/0035)."""
    return PAID_PREFIX + key if key == "payout" or section_of(key) != "payments" else key


def account_for(configuration: Configuration, key: str) -> str | None:
    """The ledger account of a key, or of the key it falls back to; None when the key blocks its day."""
    while True:
        account = configuration.accounts.get(key)
        if account:
            return account
        fallback = fallback_of(key)
        if fallback is None:
            return None
        key = fallback


def fallback_of(key: str) -> str | None:
    """The key whose account is used where this one has none; None where there is no such key."""
    if key in _FALLBACKS:
        return _FALLBACKS[key]
    if key.startswith(CUSTOM_PREFIX):
        return "custom"
    if key.startswith(CATEGORY_PREFIX) and key != "sales-other":
        return "sales-other"
    return None


def rate_for(
    configuration: Configuration,
    components: Collection[str],
    percentage: Decimal | None,
    *,
    taxed: bool,
) -> LineRates | None:
    """The ledger's tax rates for a line, or None when its tax treatment is not mapped.

    `taxed` is whether the line bears a tax amount other than zero. A line is known by its components where
    it names any: exactly those of a mapping, else (journals only) each of them alone. A line without any tax
    takes the default zero rate (specification: mapping, reading records 7).
    """
    if components:
        wanted = frozenset(components)
        for mapping in configuration.tax_mappings:
            if mapping.commerce_ids == wanted:
                return LineRates(mapping.rate_id)
        singles = component_rates(configuration, wanted)
        if configuration.is_journal and len(singles) == len(wanted):
            return LineRates(components=singles)
        return None
    if not taxed and not percentage:
        zero = configuration.default_zero_rate or configuration.percentage_rates.get(Decimal(0), "")
        return LineRates(zero) if zero else None
    rate = configuration.percentage_rates.get(percentage, "") if percentage else ""
    return LineRates(rate) if rate else None


def component_rates(configuration: Configuration, components: Collection[str]) -> Mapping[str, str]:
    """The rate each component is mapped to alone; components without such a mapping are left out."""
    alone = {
        next(iter(mapping.commerce_ids)): mapping.rate_id
        for mapping in configuration.tax_mappings
        if len(mapping.commerce_ids) == 1
    }
    return {component: alone[component] for component in sorted(components) if component in alone}


def read_configuration(body: Mapping[str, object]) -> Configuration:
    """Read a stored body. What is not there takes its default; a stored body is valid by construction."""
    chosen = _part(body, "configuration")
    sales, fees = _part(chosen, "sales"), _part(chosen, "fees")
    payments = _part(chosen, "payments")
    new_rates = _part(sales, "newTaxRates")
    grouping = _part(sales, "grouping")
    levels = _part(grouping, "groupingLevels")
    by_invoice = _texts(_part(levels, "invoiceLevel"), "selectedGroupByOptions")
    by_line = _texts(_part(levels, "invoiceLineLevel"), "selectedGroupByOptions")
    is_journal = _text(_part(chosen, "mapSettings"), "outputFormat") == JOURNAL_ENTRY
    return Configuration(
        enabled=body.get("enable") is True,
        output_format=JOURNAL_ENTRY if is_journal else INVOICE,
        sync_sales=sales.get("syncSales") is True,
        sync_payments=payments.get("syncPayments") is True,
        sync_fees=fees.get("syncFees") is True,
        accounts={**_accounts(payments), **_accounts(fees), **_accounts(sales)},
        tax_mappings=_tax_mappings(new_rates),
        percentage_rates=_percentage_rates(sales),
        default_zero_rate=_text(new_rates, "selectedDefaultZeroTaxRateId"),
        customer=_text(_part(sales, "salesCustomer"), "selectedCustomerId"),
        supplier=_text(_part(fees, "feesSupplier"), "selectedSupplierId"),
        invoice_status=_text(_part(sales, "invoiceStatus"), "selectedInvoiceStatus"),
        grouping_period=_text(_part(grouping, "groupingPeriod"), "selectedGroupingPeriod"),
        group_by_location=BY_LOCATION in by_invoice,
        group_by_country=BY_COUNTRY in by_invoice,
        group_by_category=BY_PRODUCT_CATEGORY in by_line,
        sales_date=_text(sales, "salesDate") or SALE_CREATED,
        suspense_account=_text(chosen, "suspenseAccountId"),
        schedule=_schedule(_part(body, "schedule")),
    )


def _schedule(part: Mapping[str, object]) -> Schedule:
    start, hour = _text(part, "startDate"), part.get("syncHour")
    return Schedule(
        frequency=_text(part, "selectedFrequency") or DAILY,
        start_date=date.fromisoformat(start[:10]) if start else date.max,
        sync_hour=int(hour) if isinstance(hour, int | Decimal) else 0,
        time_zone=_text(part, "timeZone") or DEFAULT_TIME_ZONE,
    )


def _accounts(section: Mapping[str, object]) -> dict[str, str]:
    accounts = _part(section, "accounts")
    selected = {key: _text(_part(accounts, key), "selectedAccountId") for key in accounts}
    return {key: account for key, account in selected.items() if account}


def _percentage_rates(sales: Mapping[str, object]) -> dict[Decimal, str]:
    rates = _part(sales, "taxRates")
    selected = {_percentage(key): _text(_part(rates, key), "selectedTaxRateId") for key in rates}
    return {percentage: rate for percentage, rate in selected.items() if percentage is not None and rate}


def _percentage(key: str) -> Decimal | None:
    try:
        return Decimal(key)
    except InvalidOperation:  # a body that is still to be checked
        return None


def _tax_mappings(new_rates: Mapping[str, object]) -> tuple[TaxMapping, ...]:
    rows = new_rates.get("taxRateMappings")
    mappings = (
        TaxMapping(
            frozenset(_texts(row, "selectedCommerceTaxRateIds")), _text(row, "selectedAccountingTaxRateId")
        )
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping)
    )
    return tuple(mapping for mapping in mappings if mapping.commerce_ids and mapping.rate_id)


def _part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _texts(body: Mapping[str, object], name: str) -> list[str]:
    values = body.get(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
