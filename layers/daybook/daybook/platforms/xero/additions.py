"""Accounts and contacts to add to an organisation. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from daybook.domain.direct import NewCustomer
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Account
from daybook.platforms.xero.authorisation import PLATFORM_NAME

LONGEST_CODE, LONGEST_ACCOUNT, LONGEST_CONTACT = 10, 150, 255

# Our types of account: Xero's type, and where codes for it begin in the charts that Xero hands out.
_TYPES = {
    "Asset": ("CURRENT", 600),
    "Expense": ("EXPENSE", 400),
    "Income": ("REVENUE", 200),
    "Liability": ("CURRLIAB", 800),
    "Equity": ("EQUITY", 960),
}
# Money is paid into and out of these: clearing accounts, gift cards.
_PAID_INTO = ("Asset", "Liability")


def new_account(name: str, code: str, kind: str, known: Iterable[Account]) -> dict[str, Any]:
    """What creates an account; without a code it gets one that is free. Raises PlatformRejected."""
    name, code = name.strip(), code.strip()
    if kind not in _TYPES:
        raise _rejected(f"An account's type is one of {', '.join(_TYPES)}.")
    if not name or len(name) > LONGEST_ACCOUNT:
        raise _rejected(f"An account needs a name of at most {LONGEST_ACCOUNT} characters.")
    if len(code) > LONGEST_CODE:
        raise _rejected(f"An account's code has at most {LONGEST_CODE} characters in Xero.")
    codes = set()
    for each in known:
        codes.add(each.code)
        if each.name.casefold() == name.casefold() or (code and each.code == code):
            raise _rejected(f'There is an account "{each.name}" with the code {each.code} already.')
    of_xero, first = _TYPES[kind]
    return {
        "Name": name,
        "Code": code or _free(codes, first),
        "Type": of_xero,
        "EnablePaymentsToAccount": kind in _PAID_INTO,
    }


def new_contact(customer: NewCustomer) -> dict[str, Any]:
    """What creates a customer. Raises PlatformRejected."""
    name = customer.name.strip()
    if not name or len(name) > LONGEST_CONTACT:
        raise _rejected(f"A customer needs a name of at most {LONGEST_CONTACT} characters.")
    first, _, last = customer.contact_name.strip().rpartition(" ")
    given = {
        "FirstName": first or last,
        "LastName": last if first else "",
        "EmailAddress": customer.email,
        "TaxNumber": customer.tax_number,
        "CompanyNumber": customer.registration_number,
    }
    contact: dict[str, Any] = {"Name": name} | {field: value for field, value in given.items() if value}
    if customer.phone:
        contact["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": customer.phone}]
    return contact


def _free(taken: set[str], first: int) -> str:
    code = first
    while str(code) in taken:
        code += 1
    return str(code)


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
