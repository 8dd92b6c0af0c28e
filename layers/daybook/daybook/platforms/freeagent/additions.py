"""Categories and contacts to add to a company. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from daybook.domain.direct import NewCustomer
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Account
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME

LONGEST_NAME = 255


class _Group(NamedTuple):
    """A group of categories: its nominal codes, and where the statutory accounts report a new one of them."""

    name: str
    codes: range
    reported: str = ""


# Our types of account. A new expense is reported under the most general name its company's type knows.
_GROUPS = {
    "Income": _Group("income", range(1, 50)),
    "Expense": _Group("admin_expenses", range(200, 400)),
    "Asset": _Group("current_assets", range(671, 721), "debtors"),
    "Liability": _Group("liabilities", range(731, 781), "creditors"),
    "Equity": _Group("equities", range(921, 961)),
}
_REPORTED_EXPENSES = {
    "UkSoleTrader": "other_business_expenses",
    "UkUnincorporatedLandlord": "other_business_expenses",
    "UkLimitedCompany": "sundry_expenses",
    "UkLimitedLiabilityPartnership": "sundry_expenses",
}
# Codes in these ranges that FreeAgent keeps for itself though it may not list them.
_KEPT = (681, 682, 750, 760, 761)


def new_category(
    name: str, code: str, kind: str, company_type: str, known: Iterable[Account]
) -> dict[str, Any]:
    """What creates a category; without a code it gets one that is free. Raises PlatformRejected."""
    name, code = name.strip(), code.strip()
    group = _GROUPS.get(kind)
    if group is None:
        raise _rejected(f"An account's type is one of {', '.join(_GROUPS)}.")
    if not name or len(name) > LONGEST_NAME:
        raise _rejected(f"An account needs a name of at most {LONGEST_NAME} characters.")
    codes = set()
    for each in known:
        codes.add(each.code)
        if each.name.casefold() == name.casefold() or (code and each.code == code):
            called = f"with the code {each.code}" if each.code else "among the bank accounts"
            raise _rejected(f'There is an account "{each.name}" {called} already.')
    free = [f"{number:03}" for number in group.codes if number not in _KEPT and f"{number:03}" not in codes]
    if code and code not in free:
        first, last = group.codes[0], group.codes[-1]
        raise _rejected(f"FreeAgent gives this type of account codes from {first:03} to {last:03}.")
    if not free:
        raise _rejected("FreeAgent has no free code left for this type of account.")
    return {
        "description": name,
        "nominal_code": code or (free[-1] if kind == "Income" else free[0]),
        "category_group": group.name,
        **_reporting(kind, group, company_type),
    }


def new_contact(customer: NewCustomer) -> dict[str, Any]:
    """What creates a customer. Raises PlatformRejected."""
    name = customer.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise _rejected(f"A customer needs a name of at most {LONGEST_NAME} characters.")
    first, _, last = customer.contact_name.strip().rpartition(" ")
    known = {
        "organisation_name": name,
        "first_name": first or last,
        "last_name": last if first else "",
        "email": customer.email,
        "phone_number": customer.phone,
        "sales_tax_registration_number": customer.tax_number,
    }
    return {field: value for field, value in known.items() if value}


def _reporting(kind: str, group: _Group, company_type: str) -> dict[str, Any]:
    if kind != "Expense":
        return {"tax_reporting_name": group.reported} if group.reported else {}
    return {
        "tax_reporting_name": _REPORTED_EXPENSES.get(company_type, "other_expenses"),
        "allowable_for_tax": True,
        "auto_sales_tax_rate": "Outside of the scope of VAT",
    }


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
