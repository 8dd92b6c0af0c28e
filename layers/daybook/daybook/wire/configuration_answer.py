"""A configuration as partners read it: every option of the ledger beside what is selected, in both shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any

from daybook.domain.account_keys import accounts_taken, classification, is_required, wording
from daybook.domain.configuration import (
    CATEGORY_PREFIX,
    CUSTOM_PREFIX,
    FEE_KEYS,
    GROUPING_PERIODS,
    INVOICE_STATUSES,
    JOURNAL_ENTRY,
    PAYMENT_KEYS,
    SALE_CREATED,
    SALES_KEYS,
)
from daybook.domain.ledger import Account, Contact, ReferenceData, TaxRate
from daybook.domain.schedule import FREQUENCIES
from daybook.domain.selection import LEVEL_OPTIONS
from daybook.domain.validation import active, tax_rate_options, zero_rate_options
from daybook.frozen import frozen

Body = Mapping[str, Any]
Json = dict[str, Any]
# The percentages every partner's settings page has a row for.
USUAL_PERCENTAGES = ("0", "5", "10", "20")


@frozen
class Offer:
    """What there is to choose from.

    `reference` is the merchant's ledger (None before one is linked); `categories`, `methods` and `components`
    map the ids of the merchant's product categories, payment methods and tax components to their names,
    `fractions` those of tax components to their rates;
    `payment_keys` and `percentages` are those met in the records.
    """

    reference: ReferenceData | None
    categories: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    fractions: Mapping[str, Decimal | None] = field(default_factory=dict)
    payment_keys: tuple[str, ...] = ()
    percentages: tuple[str, ...] = ()


def answer_of(company_id: str, body: Body, offer: Offer, *, configured: bool) -> Json:
    """Write the answer to GET and POST configuration."""
    chosen = body["configuration"]
    payments = _payments(chosen, offer)
    sections: Json = {
        "mapSettings": dict(chosen["mapSettings"]),
        "sales": _sales(chosen, offer),
        "payments": payments,
        "newPayments": payments,
        "fees": _fees(chosen, offer),
    }
    if "suspenseAccountId" in chosen:
        sections["suspenseAccountId"] = chosen["suspenseAccountId"]
    company = offer.reference.company if offer.reference else None
    country = {"countryCode": company.country} if company else {}
    return {
        "companyId": company_id,
        "accountingSoftwareCompanyName": company.name if company else "",
        "enable": body["enable"],
        "enabled": body["enable"],
        "configured": configured,
        "schedule": _schedule(body["schedule"]),
        "configuration": {**country, **sections},
        **sections,
    }


def _schedule(schedule: Body) -> Json:
    start = schedule.get("startDate")
    return {
        "selectedFrequency": schedule.get("selectedFrequency"),
        "frequencyOptions": list(FREQUENCIES),
        "startDate": f"{start}T00:00:00Z" if start else None,
        "syncHour": schedule["syncHour"],
        "timeZone": schedule["timeZone"],
    }


def _sales(chosen: Body, offer: Offer) -> Json:
    sales = chosen["sales"]
    categories = [CATEGORY_PREFIX + category for category in offer.categories]
    reference = offer.reference
    return {
        "syncSales": sales["syncSales"],
        "accounts": _accounts((*SALES_KEYS, *categories), sales["accounts"], chosen, offer, offer.categories),
        "invoiceStatus": {
            "selectedInvoiceStatus": sales.get("invoiceStatus", {}).get("selectedInvoiceStatus"),
            "invoiceStatusOptions": list(INVOICE_STATUSES),
        },
        "salesCustomer": {
            "selectedCustomerId": sales.get("salesCustomer", {}).get("selectedCustomerId"),
            "customerOptions": _named(active(reference.customers)) if reference else [],
        },
        "taxRates": _tax_rates(sales.get("taxRates", {}), chosen, offer),
        "newTaxRates": _new_tax_rates(sales.get("newTaxRates", {}), chosen, offer),
        "grouping": _grouping(sales.get("grouping", {})),
        "salesDate": sales.get("salesDate", SALE_CREATED),
    }


def _payments(chosen: Body, offer: Offer) -> Json:
    payments = chosen["payments"]
    custom = [CUSTOM_PREFIX + method for method in offer.methods]
    keys = (*PAYMENT_KEYS, *offer.payment_keys, *custom)
    return {
        "syncPayments": payments["syncPayments"],
        "accounts": _accounts(keys, payments["accounts"], chosen, offer, offer.methods),
    }


def _fees(chosen: Body, offer: Offer) -> Json:
    fees = chosen["fees"]
    return {
        "syncFees": fees["syncFees"],
        "accounts": _accounts(FEE_KEYS, fees["accounts"], chosen, offer, {}),
        "feesSupplier": {
            "selectedSupplierId": fees.get("feesSupplier", {}).get("selectedSupplierId"),
            "supplierOptions": _named(active(offer.reference.suppliers)) if offer.reference else [],
        },
    }


def _accounts(
    keys: Iterable[str], selected: Body, chosen: Body, offer: Offer, names: Mapping[str, str]
) -> Json:
    return {
        key: {
            "labelText": wording(key, names).label,
            "descriptionText": wording(key, names).description,
            "selectedAccountId": selected.get(key, {}).get("selectedAccountId"),
            "required": is_required(key),
            "accountOptions": _account_options(key, chosen, offer.reference),
        }
        for key in dict.fromkeys((*keys, *selected))
    }


def _account_options(key: str, chosen: Body, reference: ReferenceData | None) -> list[Json]:
    if reference is None:
        return []
    return [
        {
            "id": account.id,
            "name": account.name,
            "nominalCode": account.code,
            "classification": classification(account),
        }
        for account in accounts_taken(reference, key, journal=_is_journal(chosen))
    ]


def _is_journal(chosen: Body) -> bool:
    return bool(chosen["mapSettings"]["outputFormat"] == JOURNAL_ENTRY)


def _tax_rates(selected: Body, chosen: Body, offer: Offer) -> Json:
    options = _tax_rate_options(chosen, offer)
    return {
        key: {"selectedTaxRateId": selected.get(key, {}).get("selectedTaxRateId"), "taxRateOptions": options}
        for key in dict.fromkeys((*USUAL_PERCENTAGES, *offer.percentages, *selected))
    }


def _new_tax_rates(selected: Body, chosen: Body, offer: Offer) -> Json:
    mappings = selected.get("taxRateMappings", [])
    mapped = {component for row in mappings for component in row["selectedCommerceTaxRateIds"]}
    components = {component: component for component in sorted(mapped)} | dict(offer.components)
    return {
        "accountingTaxRateOptions": _tax_rate_options(chosen, offer),
        "commerceTaxRateOptions": [{"id": key, "name": name} for key, name in components.items()],
        "taxRateMappings": [dict(row) for row in mappings],
        "selectedDefaultZeroTaxRateId": selected.get("selectedDefaultZeroTaxRateId"),
        "defaultZeroTaxRateOptions": _named(zero_rate_options(offer.reference)) if offer.reference else [],
    }


def _tax_rate_options(chosen: Body, offer: Offer) -> list[Json]:
    if offer.reference is None:
        return []
    return _named(tax_rate_options(offer.reference, journal=_is_journal(chosen)))


def _grouping(selected: Body) -> Json:
    levels = selected.get("groupingLevels", {})
    return {
        "groupingPeriod": {
            "selectedGroupingPeriod": selected.get("groupingPeriod", {}).get("selectedGroupingPeriod"),
            "groupingPeriodOptions": list(GROUPING_PERIODS),
        },
        "groupingLevels": {
            level: {
                "selectedGroupByOptions": list(levels.get(level, {}).get("selectedGroupByOptions", [])),
                "groupByOptions": list(options),
            }
            for level, options in LEVEL_OPTIONS.items()
        },
    }


def _named(items: Iterable[Account | Contact | TaxRate]) -> list[Json]:
    return [{"id": item.id, "name": item.name} for item in items]
