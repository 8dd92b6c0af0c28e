"""New accounts, customers, suppliers and items; changes to them; unique names."""

from __future__ import annotations

import re

from tests.simulators.quickbooks import chart, faults
from tests.simulators.quickbooks.company import Body, Company, add_control_accounts, contact, reference

_PEOPLE = ("Customer", "Vendor")
_MAY_CHANGE = {"Active", "PrivateNote", "Description", "AcctNum", "DocNumber", "Notes"}


def create(company: Company, kind: str, body: Body) -> Body:
    """A new entry of a list. Raises Refused."""
    if kind == "Account":
        return _account(company, body)
    if kind in _PEOPLE:
        return _person(company, kind, body)
    if kind == "Item":
        return _item(company, body)
    raise faults.unsupported(f"create {kind}")


def update(company: Company, kind: str, body: Body) -> Body:
    """Change what moves no balance. Raises Refused."""
    held = company.get(kind, body["Id"])
    if "SyncToken" not in body:
        raise faults.missing("SyncToken")
    if body["SyncToken"] != held["SyncToken"]:
        raise faults.stale()
    given = {name: value for name, value in body.items() if name not in ("Id", "SyncToken", "sparse")}
    changed = {name: value for name, value in given.items() if held.get(name) != value}
    if not body.get("sparse") or set(changed) - _MAY_CHANGE:
        raise faults.unsupported(f"update of {', '.join(sorted(changed))} of {kind}")
    held.update(changed)
    company.touch(held)
    return held


def _account(company: Company, body: Body) -> Body:
    name = _name(body, "Name", 100)
    if re.search(r'[:"]', name):
        raise faults.business("The name of an account cannot contain a colon or double quotes.")
    kind, sub_type = _type(body)
    parent = company.refer("Account", body, "ParentRef", needed=False)
    if parent and parent["AccountType"] != kind:
        raise faults.business("A sub-account has the type of its parent.")
    full = f"{parent['FullyQualifiedName']}:{name}" if parent else name
    _unique(company, ("Account",), "FullyQualifiedName", full, "account")
    number = body.get("AcctNum", "")
    if len(number) > 20:
        raise faults.wrong_length("AcctNum", 20, len(number))
    if number and number in {each.get("AcctNum") for each in company.held["Account"].values()}:
        raise faults.business("The account number is already in use.")
    currency = body.get("CurrencyRef", {}).get("value", company.currency)
    _currency(company, currency)
    stored = {
        **body,
        "FullyQualifiedName": full,
        "SubAccount": parent is not None,
        "Active": True,
        "Classification": chart.CLASSIFICATIONS[kind],
        "AccountType": kind,
        "AccountSubType": sub_type,
        "CurrencyRef": {"value": currency, "name": currency},
    }
    return company.add("Account", stored)


def _type(body: Body) -> tuple[str, str]:
    kind, sub_type = body.get("AccountType"), body.get("AccountSubType")
    if not kind and not sub_type:
        raise faults.Refused(
            "6010",
            "Invalid Account.AccountType && Account.SubType",
            "Either an Account.AccountType or an Account.AccountSubType must be specified",
        )
    if not kind:
        kind = next((each for each, subs in chart.SUB_TYPES.items() if sub_type in subs), "")
    if kind not in chart.CLASSIFICATIONS or (sub_type and sub_type not in chart.SUB_TYPES[kind]):
        raise faults.Refused(
            "2170",
            "Invalid Enumeration",
            f"Invalid Enumeration : {kind} / {sub_type}",
            "AccountSubType",
        )
    return kind, sub_type or chart.SUB_TYPES[kind][0]


def _person(company: Company, kind: str, body: Body) -> Body:
    if not any(body.get(part) for part in ("DisplayName", "GivenName", "FamilyName", "Title", "Suffix")):
        raise faults.Refused(
            "6080",
            "No Name Provided",
            "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty",
        )
    name = body.get("DisplayName") or " ".join(
        body[part] for part in ("Title", "GivenName", "FamilyName", "Suffix") if body.get(part)
    )
    if len(name) > 500:
        raise faults.wrong_length("DisplayName", 500, len(name))
    if re.search(r"[:\t\n]", name):
        raise faults.business("A display name cannot contain a colon, a tab or a new line.")
    _unique(company, _PEOPLE, "DisplayName", name, "customer, vendor or employee")
    currency = body.get("CurrencyRef", {}).get("value", company.currency)
    _currency(company, currency)
    held = {each["CurrencyRef"]["value"] for each in company.held["Account"].values()}
    if currency not in held:
        add_control_accounts(company, currency)
    return company.add(kind, {**body, **contact(company, name, currency)})


def _item(company: Company, body: Body) -> Body:
    name = _name(body, "Name", 100)
    if re.search(r"[:\t\n]", name):
        raise faults.business("The name of an item cannot contain a colon, a tab or a new line.")
    kind = body.get("Type", "Service")
    if kind not in ("Service", "NonInventory"):
        raise faults.unsupported(f"create Item of the type {kind}")
    income = company.referred("Account", body, "IncomeAccountRef")
    if income["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE, chart.BANK, chart.CARD):
        raise faults.business(f"An item cannot sell to an account of the type {income['AccountType']}.")
    if company.settings.income_items_only and income["AccountType"] != "Income":
        raise faults.business("An item sells to an income account.")
    _unique(company, ("Item",), "Name", name, "product or service")
    stored = {**body, "FullyQualifiedName": name, "Active": True, "Type": kind}
    return company.add("Item", {**stored, "IncomeAccountRef": reference(income)})


def _name(body: Body, element: str, longest: int) -> str:
    name = str(body.get(element, "")).strip()
    if not name:
        raise faults.missing(element)
    if len(name) > longest:
        raise faults.wrong_length(element, longest, len(name))
    return name


def _unique(company: Company, kinds: tuple[str, ...], element: str, name: str, whose: str) -> None:
    """Nothing active or inactive has the name, in any letter case."""
    for kind in kinds:
        for held in company.held[kind].values():
            if held[element].casefold() == name.casefold():
                raise faults.duplicate_name(whose)


def _currency(company: Company, currency: str) -> None:
    if currency not in company.currencies:
        raise faults.business(f"The currency {currency} is not in use in this company.")
