"""Accounts, contacts and items to add to a company. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from daybook.domain.direct import NewCustomer
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Account
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.quickbooks.reading import item_name

LONGEST_CODE, LONGEST_ACCOUNT, LONGEST_CONTACT = 20, 100, 500
_LONGEST_PART_OF_NAME, _LONGEST_PHONE = 100, 30

# Our types of account: QuickBooks' type and detail type. Money can be paid into an asset account made so.
_TYPES = {
    "Asset": ("Other Current Asset", "OtherCurrentAssets"),
    "Expense": ("Expense", "OtherMiscellaneousServiceCost"),
    "Income": ("Income", "SalesOfProductIncome"),
    "Liability": ("Other Current Liability", "OtherCurrentLiabilities"),
    "Equity": ("Equity", "OwnersEquity"),
}


def new_account(name: str, code: str, kind: str, known: Iterable[Account]) -> dict[str, Any]:
    """What creates an account. Raises PlatformRejected."""
    name, code = name.strip(), code.strip()
    if kind not in _TYPES:
        raise _rejected(f"An account's type is one of {', '.join(_TYPES)}.")
    if not name or len(name) > LONGEST_ACCOUNT or ":" in name or '"' in name:
        raise _rejected(
            f"An account needs a name of at most {LONGEST_ACCOUNT} characters, without colons and quotation "
            "marks."
        )
    if len(code) > LONGEST_CODE:
        raise _rejected(f"An account's number has at most {LONGEST_CODE} characters in QuickBooks.")
    for each in known:
        if each.name.casefold() == name.casefold() or (code and each.code == code):
            raise _rejected(f'There is an account "{each.name}" already.')
    of_quickbooks, detail = _TYPES[kind]
    account = {"Name": name, "AccountType": of_quickbooks, "AccountSubType": detail}
    return account | ({"AcctNum": code} if code else {})


def new_customer(customer: NewCustomer) -> dict[str, Any]:
    """What creates a customer. Raises PlatformRejected."""
    first, _, last = customer.contact_name.strip().rpartition(" ")
    given = {
        "GivenName": (first or last)[:_LONGEST_PART_OF_NAME],
        "FamilyName": (last if first else "")[:_LONGEST_PART_OF_NAME],
        "PrimaryTaxIdentifier": customer.tax_number,
        "BusinessNumber": customer.registration_number,
    }
    made = new_contact(customer.name) | {name: value for name, value in given.items() if value}
    if customer.email:
        made["PrimaryEmailAddr"] = {"Address": customer.email}
    if customer.phone:
        made["PrimaryPhone"] = {"FreeFormNumber": customer.phone[:_LONGEST_PHONE]}
    return made


def new_contact(name: str) -> dict[str, Any]:
    """What creates a customer or supplier of which only the name is known. Raises PlatformRejected."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_CONTACT or ":" in name:
        raise _rejected(
            f"A customer needs a name of at most {LONGEST_CONTACT} characters, without colons, in QuickBooks."
        )
    return {"DisplayName": name}


def new_item(account: Account) -> dict[str, Any]:
    """What creates the item that leads sales lines to an account: there, a line names no account itself."""
    return {"Name": item_name(account), "Type": "Service", "IncomeAccountRef": {"value": account.id}}


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
