"""What FreeAgent says of a company, as reference data. Pure.

Its chart is a list of categories with fixed ranges of nominal codes; money is kept in bank accounts, which
are a list of their own. Ids are addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from daybook.domain.ledger import (
    ACTIVE,
    ARCHIVED,
    Account,
    Contact,
    LedgerCompany,
    ReferenceData,
    TaxRate,
)

Record = Mapping[str, Any]

INCOME, COST_OF_SALES, EXPENSES, GENERAL = (
    "income_categories",
    "cost_of_sales_categories",
    "admin_expenses_categories",
    "general_categories",
)
RECEIVABLE, PAYABLE, CONTRA = "681", "796", "998"
VAT = ("819", "817", "818")
EXEMPT = "EXEMPT"

# Categories that nothing can be written to by category alone: fixed assets and stock want an item, 750 a bank
# account, hire purchase an agreement, 900 to 910 a person; the rest is FreeAgent's own.
_WANT_MORE = (
    range(601, 610),
    range(750, 751),
    range(760, 762),
    range(790, 794),
    range(900, 911),
    range(968, 969),
)
# Where each type of account begins, by nominal code.
_TYPES = (
    (1, "Income"),
    (96, "Expense"),
    (600, "Asset"),
    (650, "Liability"),
    (670, "Equity"),
    (671, "Asset"),
    (730, "Liability"),
    (900, "Equity"),
    (990, "Asset"),
)
_FILED = ("filed", "marked_as_filed", "pending")
_COUNTRIES = {"Uk": "GB", "Us": "US"}
_NAMED_COUNTRIES = {
    "Australia": "AU",
    "Canada": "CA",
    "Ireland": "IE",
    "New Zealand": "NZ",
    "South Africa": "ZA",
    "United Kingdom": "GB",
    "United States": "US",
}
_ZONES = {"GB": "Europe/London", "IE": "Europe/Dublin"}


def reference_data(
    company: Record,
    categories: Mapping[str, Iterable[Record]],
    bank_accounts: Iterable[Record],
    contacts: Iterable[Record],
    vat_returns: Iterable[Record] = (),
    account_locks: Iterable[Record] = (),
) -> ReferenceData:
    """A company's reference data.

    `details` tells the ids of categories that invoice items (`invoiced`) and bill items (`billed`) may bear,
    of the one that parts of a document pass through (`through`), of the bank accounts that money may pass
    through (`passing`, the best first), and the company's type.
    """
    base = str(company.get("currency") or "GBP")
    of_kind = {
        kind: [each for each in categories.get(kind, ()) if each.get("url") and _usable(each)]
        for kind in (INCOME, COST_OF_SALES, EXPENSES, GENERAL)
    }
    banks = [each for each in bank_accounts if each.get("url")]
    accounts = [category(each, kind, base) for kind, records in of_kind.items() for each in records]
    by_code = {account.code: account.id for account in accounts}
    taxes = next((by_code[code] for code in VAT if code in by_code), "")
    known = tuple(contact(each) for each in contacts if each.get("url"))
    billed = sorted(of_kind[EXPENSES] + of_kind[COST_OF_SALES], key=_bank_charges_first)
    return ReferenceData(
        company=_company(company, base, by_code, _lock_date(company, vat_returns, account_locks)),
        accounts=(*accounts, *(bank_account(each, base) for each in banks)),
        tax_rates=tax_rates(company, taxes),
        customers=known,
        suppliers=known,
        details={
            "invoiced": [str(each["url"]) for each in of_kind[INCOME]],
            "billed": [str(each["url"]) for each in billed],
            "through": by_code.get(CONTRA, ""),
            "companyType": str(company.get("type") or ""),
            "passing": [str(each["url"]) for each in sorted(banks, key=_clearing_first) if _is_active(each)],
        },
    )


def category(record: Record, kind: str, base_currency: str) -> Account:
    """A category as an account of the chart."""
    code = str(record.get("nominal_code") or "")
    of_code = {INCOME: "Income", COST_OF_SALES: "Expense", EXPENSES: "Expense"}.get(kind) or _type(code)
    is_plain = code not in (RECEIVABLE, PAYABLE, *VAT)
    return Account(
        id=str(record["url"]),
        code=code,
        name=str(record.get("description") or code),
        type=of_code,
        # Money reaches a category by way of a bank account (see `parts`).
        takes_payments=is_plain and of_code in ("Asset", "Liability", "Equity"),
        currency=base_currency,
    )


def bank_account(record: Record, base_currency: str) -> Account:
    """A bank account as an account of the chart; FreeAgent gives it no code."""
    return Account(
        id=str(record["url"]),
        code="",
        name=str(record.get("name") or ""),
        type="Liability" if record.get("type") == "CreditCardAccount" else "Asset",
        status=ACTIVE if _is_active(record) else ARCHIVED,
        is_bank=True,
        takes_payments=True,
        currency=str(record.get("currency") or base_currency),
    )


def tax_rates(company: Record, account: str) -> tuple[TaxRate, ...]:
    """The company's rates of sales tax, and being exempt from it; none where it charges none.

    A rate's id is its percentage. `account` is where the tax of sales goes.
    """
    name = str(company.get("sales_tax_name") or "VAT")
    rates = sorted({rate for each in company.get("sales_tax_rates") or () for rate in _percentage(each)})
    found = [TaxRate(f"{rate:f}", f"{rate:f}", f"{name} {rate:f}%", rate, account) for rate in rates[::-1]]
    return (*found, TaxRate(EXEMPT, EXEMPT, f"{name} exempt", Decimal(0), account)) if found else ()


def contact(record: Record) -> Contact:
    """A contact: customers and suppliers are one list."""
    person = " ".join(str(record.get(part) or "") for part in ("first_name", "last_name")).strip()
    name = str(record.get("organisation_name") or "").strip() or person
    return Contact(str(record["url"]), name, ARCHIVED if record.get("status") == "Hidden" else ACTIVE)


def plain_contacts(records: Iterable[Record]) -> list[Record]:
    """Contacts with no more of them than `contact` reads: the rest says how to reach people."""
    kept = ("url", "organisation_name", "first_name", "last_name", "status")
    return [{name: each[name] for name in kept if name in each} for each in records]


def read_day(value: object) -> date | None:
    """A day as FreeAgent writes it; None for anything else."""
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def decimal(value: object) -> Decimal | None:
    """An amount as FreeAgent writes it, a text or a number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _company(company: Record, base: str, by_code: Mapping[str, str], lock_date: date | None) -> LedgerCompany:
    country = _COUNTRIES.get(str(company.get("type") or "")[:2]) or _NAMED_COUNTRIES.get(
        str(company.get("country") or ""), ""
    )
    return LedgerCompany(
        name=str(company.get("name") or ""),
        base_currency=base,
        country=country,
        time_zone=_ZONES.get(country, "Etc/UTC"),
        receivable_account=by_code.get(RECEIVABLE, ""),
        payable_account=by_code.get(PAYABLE, ""),
        lock_date=lock_date,
    )


def _lock_date(
    company: Record, vat_returns: Iterable[Record], account_locks: Iterable[Record]
) -> date | None:
    """The last day nothing is written to: of a lock, of a VAT return filed, or before the books begin."""
    days = [
        read_day(each.get("period_ends_on")) for each in vat_returns if each.get("filing_status") in _FILED
    ]
    days += [read_day(each.get("locked_to_date")) for each in account_locks]
    start = read_day(company.get("freeagent_start_date"))
    days.append(start - timedelta(days=1) if start else None)
    return max((day for day in days if day is not None), default=None)


def _percentage(value: object) -> tuple[Decimal, ...]:
    """The percentage of a rate: a text or a number by itself, or beside the name of its band."""
    if isinstance(value, Mapping):
        value = value.get("percentage", value.get("rate"))
    rate = decimal(value)
    return () if rate is None else (rate.normalize() + 0,)


def _usable(record: Record) -> bool:
    code = str(record.get("nominal_code") or "")
    return code.isascii() and code.isdigit() and not any(int(code) in codes for codes in _WANT_MORE)


def _type(code: str) -> str:
    return next((kind for first, kind in reversed(_TYPES) if int(code) >= first), "Asset")


def _is_active(record: Record) -> bool:
    return str(record.get("status") or "active").lower() != "hidden"


def _clearing_first(record: Record) -> tuple[bool, bool, str]:
    """Accounts that no bank statement is held against come first."""
    name = str(record.get("name") or "").lower()
    return "clearing" not in name, record.get("is_primary") is True, str(record["url"])


def _bank_charges_first(record: Record) -> tuple[bool, str]:
    code = str(record["nominal_code"])
    return code != "363", code
