"""What Xero says of an organisation, in Daybook's terms. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.domain.ledger import ACTIVE, ARCHIVED, Account, Contact, LedgerCompany, ReferenceData, TaxRate
from daybook.platforms.xero.zones import zone

Record = Mapping[str, Any]

_CLASSES = {
    "ASSET": "Asset",
    "EQUITY": "Equity",
    "EXPENSE": "Expense",
    "LIABILITY": "Liability",
    "REVENUE": "Income",
}
# The class of an account by its type, for answers that leave the class out.
_TYPES = {
    **dict.fromkeys(("BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT"), "Asset"),
    **dict.fromkeys(("DEPRECIATN", "DIRECTCOSTS", "EXPENSE", "OVERHEADS"), "Expense"),
    **dict.fromkeys(("OTHERINCOME", "REVENUE", "SALES"), "Income"),
    **dict.fromkeys(("CURRLIAB", "LIABILITY", "PAYG", "TERMLIAB"), "Liability"),
    "EQUITY": "Equity",
}
BANK = "BANK"
RECEIVABLE, PAYABLE, TAX, ROUNDING = "DEBTORS", "CREDITORS", "GST", "ROUNDING"
# Accounts that Xero keeps for itself are nobody's to choose, but for these.
_SHOWN = ("", RECEIVABLE, PAYABLE, TAX, ROUNDING)
_GONE = "DELETED"

_MILLISECONDS = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def reference_data(
    organisation: Record,
    accounts: Iterable[Record],
    tax_rates: Iterable[Record],
    contacts: Iterable[Record],
) -> ReferenceData:
    """Everything read of an organisation.

    A contact is a customer and a supplier at once: Xero calls it either once it has an invoice or bill.
    `details`: `taxTypes` are the types of account that each tax rate may stand on, `rounding` the id of the
    account Xero keeps for rounding.
    """
    base = str(organisation.get("BaseCurrency") or "")
    kept = [each for each in accounts if each.get("AccountID") and each.get("Status") != _GONE]
    system = {str(each.get("SystemAccount")): str(each["AccountID"]) for each in kept}
    rates = [each for each in tax_rates if each.get("TaxType") and each.get("Status") != _GONE]
    known = tuple(contact(each) for each in contacts if each.get("ContactID"))
    return ReferenceData(
        company=LedgerCompany(
            name=str(organisation.get("Name") or ""),
            base_currency=base,
            country=str(organisation.get("CountryCode") or ""),
            time_zone=zone(str(organisation.get("Timezone") or "")),
            receivable_account=system.get(RECEIVABLE, ""),
            payable_account=system.get(PAYABLE, ""),
            lock_date=lock_date(organisation),
        ),
        accounts=tuple(account(each, base) for each in kept if (each.get("SystemAccount") or "") in _SHOWN),
        tax_rates=tuple(
            tax_rate(each, system.get(TAX, ""))
            for each in rates
            if each.get("CanApplyToRevenue") is not False
        ),
        customers=known,
        suppliers=known,
        details={
            "taxTypes": {str(each["TaxType"]): _applies_to(each) for each in rates},
            "rounding": system.get(ROUNDING, ""),
        },
    )


def account(record: Record, base_currency: str) -> Account:
    """An account of the chart."""
    is_bank = record.get("Type") == BANK
    kind = _CLASSES.get(str(record.get("Class")), "") or _TYPES.get(str(record.get("Type")), "Asset")
    return Account(
        id=str(record["AccountID"]),
        code=str(record.get("Code") or ""),
        name=str(record.get("Name") or ""),
        type=kind,
        status=_status(record.get("Status")),
        is_bank=is_bank,
        takes_payments=is_bank or record.get("EnablePaymentsToAccount") is True,
        currency=str(record.get("CurrencyCode") or base_currency),
    )


def tax_rate(record: Record, tax_account: str) -> TaxRate:
    """A tax rate; the tax of all of them goes to one account."""
    return TaxRate(
        id=str(record["TaxType"]),
        code=str(record["TaxType"]),
        name=str(record.get("Name") or record["TaxType"]),
        rate=Decimal(str(record.get("EffectiveRate") or 0)),
        account=tax_account,
        status=_status(record.get("Status")),
    )


def contact(record: Record) -> Contact:
    """A customer or supplier."""
    return Contact(
        str(record["ContactID"]), str(record.get("Name") or ""), _status(record.get("ContactStatus"))
    )


def plain_contacts(records: Iterable[Record]) -> list[Record]:
    """Contacts with no more of them than `contact` reads: the rest says how to reach people."""
    return [
        {name: each[name] for name in ("ContactID", "Name", "ContactStatus") if name in each}
        for each in records
    ]


def lock_date(organisation: Record) -> date | None:
    """The last day nothing may be written to: the later of the two that Xero has."""
    named = (organisation.get("PeriodLockDate"), organisation.get("EndOfYearLockDate"))
    days = [day for day in map(read_day, named) if day is not None]
    return max(days, default=None)


def read_day(value: object) -> date | None:
    """A day as Xero writes it, `/Date(1546214400000+0000)/` or `2018-12-31T00:00:00`; None for neither."""
    text = str(value or "")
    found = _MILLISECONDS.fullmatch(text)
    try:
        if found is not None:
            return (_EPOCH + timedelta(milliseconds=int(found[1]))).date()
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError):
        return None


def _applies_to(record: Record) -> list[str]:
    """The types of account a tax rate may stand on; where Xero does not say, it may."""
    named = {
        "Asset": "CanApplyToAssets",
        "Equity": "CanApplyToEquity",
        "Expense": "CanApplyToExpenses",
        "Liability": "CanApplyToLiabilities",
        "Income": "CanApplyToRevenue",
    }
    return [kind for kind, name in named.items() if record.get(name) is not False]


def _status(value: object) -> str:
    return ACTIVE if value in (None, "", "ACTIVE") else ARCHIVED
