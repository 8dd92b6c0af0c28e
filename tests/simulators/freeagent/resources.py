"""The collections of the simulated FreeAgent: how each is read in pages, written and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tests.simulators.freeagent import banking, journals, purchases, sales
from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.values import Record, before, day_of, invalid

USUAL_PAGE, LARGEST_PAGE = 25, 100


@dataclass(frozen=True)
class Resource:
    """A collection. `show` has a record, whether its items are shown with it, and whether it is new.

    `level` is the least permission level that may use it.
    """

    singular: str
    level: int
    create: Callable[[Company, Mapping[str, Any]], Record] | None = None
    delete: Callable[[Company, Record], None] | None = None
    show: Callable[[Company, Record, bool, bool], Record] = lambda _company, record, _items, _new: record
    status: Callable[[Company, Record], str] | None = None
    nested: str = ""


def _sales(kind: str, singular: str) -> Resource:
    return Resource(
        singular,
        4,
        lambda company, given: sales.create(company, kind, given),
        lambda company, record: sales.delete(company, kind, record),
        lambda company, record, items, _new: sales.shown(company, kind, record, items=items),
        lambda company, record: sales.status(company, kind, record),
        f"nested_{singular}_items",
    )


def _new_bank_account(company: Company, given: Mapping[str, Any]) -> Record:
    if not given.get("name"):
        raise invalid("name can't be blank")
    record = company.add_bank_account(str(given["name"]), company.currency(given.get("currency")))
    record.update(given)
    return record


RESOURCES: Mapping[str, Resource] = {
    "contacts": Resource("contact", 1, journals.create_contact),
    "invoices": _sales("invoices", "invoice"),
    "credit_notes": _sales("credit_notes", "credit_note"),
    "credit_note_reconciliations": Resource("credit_note_reconciliation", 4, banking.reconcile),
    "bills": Resource(
        "bill",
        5,
        purchases.create,
        purchases.delete,
        lambda company, record, items, new: purchases.shown(company, record, items=items, new=new),
        purchases.status,
        "nested_bill_items",
    ),
    "bank_accounts": Resource(
        "bank_account",
        6,
        _new_bank_account,
        show=lambda company, record, _items, _new: {
            **record,
            "current_balance": company.balances(record["currency"]).get(
                record["name"], record["opening_balance"]
            ),
        },
    ),
    "bank_transaction_explanations": Resource(
        "bank_transaction_explanation", 6, banking.create, banking.delete
    ),
    "journal_sets": Resource("journal_set", 7, journals.create, journals.delete),
}
# Views that are of one status or more.
_STATUS_VIEWS = {
    "open": ("Open",),
    "overdue": ("Overdue",),
    "open_or_overdue": ("Open", "Overdue"),
    "draft": ("Draft",),
    "paid": ("Paid",),
    "refunded": ("Refunded",),
}


def selected(company: Company, collection: str, query: Mapping[str, str]) -> list[Record]:
    """The records that a request asks for, in the order it asks for; `contact` and the like without host."""
    if collection == "bank_transaction_explanations":
        if not query.get("bank_account"):
            raise invalid("bank_account can't be blank")
        company.find("bank_accounts", query["bank_account"])
    wanted = partial(_wanted, company, collection, query)
    found = [record for record in company.held[collection].values() if wanted(record)]
    order = query.get("sort", "name" if collection == "contacts" else "created_at")
    key = order.removeprefix("-")
    assert key in ("name", "created_at", "updated_at"), f"no order {order}"
    if key == "name":
        found.sort(key=lambda each: f"{each.get('organisation_name')}{each.get('last_name')}".lower())
    elif key == "updated_at":
        found.sort(key=lambda each: str(each[key]))
    return found[::-1] if order.startswith("-") else found


def _wanted(company: Company, collection: str, query: Mapping[str, str], record: Record) -> bool:
    for name in ("contact", "bank_account", "tag", "project"):
        if query.get(name) and record.get(name) != query[name]:
            return False
    since, first, last = query.get("updated_since"), query.get("from_date"), query.get("to_date")
    if since and before(record["updated_at"], since):
        return False
    if (first and record["dated_on"] < day_of(first, "from_date")) or (
        last and record["dated_on"] > day_of(last, "to_date")
    ):
        return False
    return _in_view(company, collection, query.get("view", ""), record)


def _in_view(company: Company, collection: str, view: str, record: Record) -> bool:
    if collection == "contacts":
        hidden = record["status"] == "Hidden"
        assert view in ("", "all", "active", "hidden"), f"view {view} is not simulated"
        return view == "all" or hidden == (view == "hidden")
    if collection == "bank_accounts":
        types = {"credit_card_accounts": "CreditCardAccount", "paypal_accounts": "PaypalAccount"}
        types |= {"standard_bank_accounts": "StandardBankAccount", "": record["type"]}
        return bool(types[view] == record["type"])
    if view in ("", "all"):
        return True
    resource = RESOURCES[collection]
    assert view in _STATUS_VIEWS, f"view {view} is not simulated"
    assert resource.status is not None
    return resource.status(company, record) in _STATUS_VIEWS[view]


def page(records: list[Record], url: str, query: Mapping[str, str]) -> tuple[list[Record], dict[str, str]]:
    """One page of records, and the headers that say where the others are."""
    size = min(int(query.get("per_page", USUAL_PAGE)), LARGEST_PAGE)
    number = int(query.get("page", 1))
    last = max(1, -(-len(records) // size))
    others = {"prev": number - 1, "next": number + 1, "first": 1, "last": last}
    links = [
        f'<{url}?{urlencode({**query, "page": other, "per_page": size})}>; rel="{relation}"'
        for relation, other in others.items()
        if 1 <= other <= last and other != number
    ]
    headers = {"X-Total-Count": str(len(records))} | ({"Link": ", ".join(links)} if links else {})
    return records[(number - 1) * size : number * size], headers
