"""What QuickBooks says of a company, in Daybook's terms. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from daybook.domain.ledger import ACTIVE, ARCHIVED, Account, Contact, LedgerCompany, ReferenceData, TaxRate
from daybook.domain.money import ZERO

Record = Mapping[str, Any]

BANK, CREDIT_CARD = "Bank", "Credit Card"
CURRENT_ASSET, CURRENT_LIABILITY = "Other Current Asset", "Other Current Liability"
RECEIVABLE, PAYABLE = "Accounts Receivable", "Accounts Payable"
_TYPES = {
    **dict.fromkeys((BANK, RECEIVABLE, CURRENT_ASSET, "Fixed Asset", "Other Asset"), "Asset"),
    **dict.fromkeys((PAYABLE, CREDIT_CARD, CURRENT_LIABILITY, "Long Term Liability"), "Liability"),
    **dict.fromkeys(("Expense", "Other Expense", "Cost of Goods Sold"), "Expense"),
    **dict.fromkeys(("Income", "Other Income"), "Income"),
    "Equity": "Equity",
}
# How a company's sales tax is worked out, which says what may be written.
NO_TAX, GLOBAL, AUTOMATED, MANUAL = "none", "global", "automated", "manual"
TAXED, UNTAXED = "TAX", "NON"

_TAX_ACCOUNTS = ("GlobalTaxPayable", "SalesTaxPayable")
_NON_POSTING = "Non-Posting"
_OUT_OF_SCOPE = re.compile(r"no (vat|gst|tax)|out of scope|not reportable|bas excluded", re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z_]+/[A-Za-z0-9_+/-]+")
_COUNTRIES = {"UK": "GB", "USA": "US", "UNITED STATES": "US", "UNITED KINGDOM": "GB"}
_ITEM = re.compile(r" \(Daybook (\S+)\)$")
_LONGEST_ITEM = 100


class Lists(NamedTuple):
    """What is read of a company, each as QuickBooks answers it."""

    company: Record
    preferences: Record
    accounts: Sequence[Record]
    tax_codes: Sequence[Record]
    tax_rates: Sequence[Record]
    tax_agencies: Sequence[Record]
    customers: Sequence[Record]
    suppliers: Sequence[Record]
    items: Sequence[Record]


def reference_data(lists: Lists) -> ReferenceData:
    """Everything read of a company.

    `details`: `taxModel` (see above); `noTaxCode`, the tax code of lines without tax; `salesRates` and
    `purchaseRates`, the rates each tax code is made of; `ownNumbers` and `ownPurchaseNumbers`, whether
    QuickBooks keeps the numbers we give sales forms and purchase forms; `multiCurrency`; `items`, our item
    for each account; `accountTypes`, QuickBooks' own.
    """
    preferences = lists.preferences
    base = _reference(_part(preferences, "CurrencyPrefs"), "HomeCurrency") or "USD"
    accounting = _part(preferences, "AccountingInfoPrefs")
    kept = [each for each in lists.accounts if each.get("Id") and each.get("AccountType") != _NON_POSTING]
    country = _country(lists.company)
    model = tax_model(preferences, country)
    rates = {str(each.get("Id")): each for each in lists.tax_rates}
    codes = [each for each in lists.tax_codes if each.get("Id") and each.get("Hidden") is not True]
    sales = {str(each["Id"]): _rates(each, "SalesTaxRateList", rates) for each in codes}
    agencies = {str(each.get("Id")): str(each.get("DisplayName") or "") for each in lists.tax_agencies}
    tax_accounts = {
        rate: _tax_account(kept, agencies.get(_reference(each, "AgencyRef"), ""))
        for rate, each in rates.items()
    }
    return ReferenceData(
        company=LedgerCompany(
            name=str(lists.company.get("CompanyName") or ""),
            base_currency=base,
            country=country,
            time_zone=_zone(lists.company),
            receivable_account=_control(kept, RECEIVABLE, _reference(accounting, "DefaultARAccount"), base),
            payable_account=_control(kept, PAYABLE, _reference(accounting, "DefaultAPAccount"), base),
            lock_date=_day(accounting.get("BookCloseDate")),
        ),
        accounts=tuple(account(each, base) for each in kept),
        tax_rates=_tax_rates(codes, sales, model, tax_accounts | {"": _tax_account(kept, "")}),
        customers=tuple(contact(each) for each in lists.customers if each.get("Id")),
        suppliers=tuple(contact(each) for each in lists.suppliers if each.get("Id")),
        details={
            **_settings(preferences),
            "taxModel": model,
            "noTaxCode": _no_tax_code(codes, sales),
            "salesRates": sales,
            "purchaseRates": {str(each["Id"]): _rates(each, "PurchaseTaxRateList", rates) for each in codes},
            "items": items(lists.items),
            "accountTypes": {str(each["Id"]): str(each.get("AccountType") or "") for each in kept},
        },
    )


def _settings(preferences: Record) -> dict[str, bool]:
    """Those of the company's settings that change what may be written."""
    return {
        "ownNumbers": _is_set(preferences, "SalesFormsPrefs", "CustomTxnNumbers"),
        "ownPurchaseNumbers": _is_set(preferences, "VendorAndPurchasesPrefs", "UseCustomTxnNumbers"),
        "multiCurrency": _part(preferences, "CurrencyPrefs").get("MultiCurrencyEnabled") is True,
    }


def account(record: Record, base_currency: str) -> Account:
    """An account of the chart."""
    kind = str(record.get("AccountType") or "")
    return Account(
        id=str(record["Id"]),
        code=str(record.get("AcctNum") or ""),
        name=str(record.get("FullyQualifiedName") or record.get("Name") or ""),
        type=_TYPES.get(kind, "Asset"),
        status=_status(record),
        is_bank=kind == BANK,
        takes_payments=kind in (BANK, CREDIT_CARD, CURRENT_ASSET, CURRENT_LIABILITY),
        currency=_reference(record, "CurrencyRef") or base_currency,
    )


def contact(record: Record) -> Contact:
    """A customer or supplier."""
    return Contact(str(record["Id"]), str(record.get("DisplayName") or ""), _status(record))


def plain_contacts(records: Iterable[Record]) -> list[Record]:
    """Contacts with no more of them than `contact` reads: the rest says how to reach people."""
    return [
        {name: each[name] for name in ("Id", "DisplayName", "Active") if name in each} for each in records
    ]


def items(records: Iterable[Record]) -> dict[str, str]:
    """Our item for each account, where there is one that still leads to it."""
    found: dict[str, str] = {}
    for each in records:
        named = _ITEM.search(str(each.get("Name") or ""))
        leads_to = _reference(each, "IncomeAccountRef")
        if named and named[1] == leads_to and _status(each) == ACTIVE and each.get("Id"):
            found.setdefault(leads_to, str(each["Id"]))
    return found


def item_name(of: Account) -> str:
    """How our item for an account is called; a name has no colon and no quotation mark there."""
    mark = f" (Daybook {of.id})"
    plain = of.name.replace(":", " ").replace('"', "'").strip()
    return f"{plain[: _LONGEST_ITEM - len(mark)]}{mark}"


def tax_model(preferences: Record, country: str) -> str:
    """How sales tax is worked out: in the United States by QuickBooks or by hand, elsewhere by code."""
    taxes = _part(preferences, "TaxPrefs")
    if taxes.get("UsingSalesTax") is not True:
        return NO_TAX
    if country != "US":
        return GLOBAL
    return AUTOMATED if taxes.get("PartnerTaxEnabled") is not None else MANUAL


def _is_set(preferences: Record, group: str, name: str) -> bool:
    """Whether a preference is set; several that the schema does not have are listed by their names."""
    if _part(preferences, group).get(name) is True:
        return True
    named = _part(preferences, "OtherPrefs").get("NameValue")
    pairs = [each for each in named if isinstance(each, Mapping)] if isinstance(named, list) else []
    return any(
        each.get("Name") in (name, f"{group}.{name}") and str(each.get("Value")).casefold() == "true"
        for each in pairs
    )


def _tax_rates(
    codes: Sequence[Record],
    sales: Mapping[str, list[dict[str, str]]],
    model: str,
    accounts: Mapping[str, str],
) -> tuple[TaxRate, ...]:
    """The codes that sales may bear. A code of several rates is one rate here: their sum.

    `accounts` is where the tax of each rate goes, and under "" that of a code without rates.
    """
    found = []
    for code in codes:
        identity = str(code["Id"])
        if model == GLOBAL and not sales[identity] and code.get("SalesTaxRateList") is None:
            continue
        rate = sum((Decimal(each["percent"]) for each in sales[identity]), ZERO)
        name = str(code.get("Name") or identity)
        first = sales[identity][0]["rate"] if sales[identity] else ""
        tax_account = accounts.get(first) or accounts[""]
        found.append(TaxRate(identity, name, name, rate, tax_account, _status(code)))
    return tuple(found)


def _rates(code: Record, name: str, rates: Mapping[str, Record]) -> list[dict[str, str]]:
    """The rates a code is made of on one side, with their percentages."""
    details = _part(code, name).get("TaxRateDetail")
    listed = [each for each in details if isinstance(each, Mapping)] if isinstance(details, list) else []
    found = [_reference(each, "TaxRateRef") for each in listed]
    return [{"rate": each, "percent": str(_percent(rates.get(each, {})))} for each in found if each]


def _percent(rate: Record) -> Decimal:
    value = rate.get("RateValue")
    if value is None:
        listed = rate.get("EffectiveTaxRate")
        periods = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
        in_force = [each for each in periods if not each.get("EndDate")] or periods
        value = in_force[-1].get("RateValue") if in_force else None
    return Decimal(str(value or 0))


def _no_tax_code(codes: Sequence[Record], sales: Mapping[str, list[dict[str, str]]]) -> str:
    """The code for lines without tax: one outside the tax's scope, else one of nought per cent, else ""."""
    for_sales = [
        each
        for each in codes
        if _status(each) == ACTIVE and (each.get("SalesTaxRateList") or each.get("Taxable") is False)
    ]
    none = [
        each for each in for_sales if all(not Decimal(rate["percent"]) for rate in sales[str(each["Id"])])
    ]
    ordered = sorted(
        none,
        key=lambda each: (
            not _OUT_OF_SCOPE.search(f"{each.get('Name')} {each.get('Description')}"),
            each.get("Taxable") is not False,
        ),
    )
    return str(ordered[0]["Id"]) if ordered else ""


def _control(accounts: Sequence[Record], kind: str, preferred: str, base: str) -> str:
    """The account of what customers owe, or of what is owed to suppliers."""
    found = [
        str(each["Id"])
        for each in accounts
        if each.get("AccountType") == kind
        and _status(each) == ACTIVE
        and (_reference(each, "CurrencyRef") or base) == base
    ]
    return preferred if preferred in found else (found[0] if found else "")


def _tax_account(accounts: Sequence[Record], agency: str) -> str:
    """The account that QuickBooks puts an agency's tax on: named after it, else the first there is."""
    found = [
        each
        for kind in _TAX_ACCOUNTS
        for each in accounts
        if each.get("AccountSubType") == kind and _status(each) == ACTIVE
    ]
    start = f"{agency} ".casefold()
    named = [each for each in found if agency and str(each.get("Name")).casefold().startswith(start)]
    return str((named or found)[0]["Id"]) if found else ""


def _part(record: Record, name: str) -> Record:
    part = record.get(name)
    return part if isinstance(part, Mapping) else {}


def _reference(record: Record, name: str) -> str:
    return str(_part(record, name).get("value") or "")


def _status(record: Record) -> str:
    return ARCHIVED if record.get("Active") is False else ACTIVE


def _country(company: Record) -> str:
    said = str(company.get("Country") or "")
    return _COUNTRIES.get(said.upper(), said.upper())


def _zone(company: Record) -> str:
    said = str(company.get("DefaultTimeZone") or "")
    return said if _ZONE.fullmatch(said) else "Etc/UTC"


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None
