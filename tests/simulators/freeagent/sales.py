"""Invoices and credit notes: made as drafts, entered in the ledger when they are marked as sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.simulators.freeagent import chart
from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.values import (
    ZERO,
    Record,
    amount,
    cents,
    day,
    forbidden,
    invalid,
    number,
    refuse_unless,
)

ITEMS = {"invoices": "invoice_items", "credit_notes": "credit_note_items"}
_SETTLED = {"invoices": ("paid_value", "paid_on"), "credit_notes": ("refunded_value", "refunded_on")}
_STATUSES = {"invoices": {"TAXABLE", "EXEMPT"}, "credit_notes": {"TAXABLE", "EXEMPT", "OUT_OF_SCOPE"}}
_KEPT = ("comments", "client_contact_name", "payment_terms", "po_reference", "ec_status", "bank_account")


def create(company: Company, kind: str, given: Mapping[str, Any]) -> Record:
    """A new draft."""
    assert not given.get("discount_percent"), "discounts are not simulated"
    contact = company.contact(given.get("contact"))
    dated = day(given, "dated_on")
    terms = int(number(given, "payment_terms_in_days"))
    currency = company.currency(given.get("currency"))
    items = [_item(company, kind, contact, each) for each in given.get(ITEMS[kind]) or []]
    for taxed in [item for item in items if item["_tax"]][:1]:
        taxed["_tax"] += company.tax_off
        taxed["_net"] -= company.tax_off
    net = sum((item["_net"] for item in items), ZERO)
    tax = sum((item["_tax"] for item in items), ZERO)
    refuse_unless((kind == "invoices" or net + tax <= 0, "total_value must not be positive"))
    settled, settled_on = _SETTLED[kind]
    return company.add(
        kind,
        {
            "contact": contact["url"],
            "contact_name": contact.get("organisation_name") or contact.get("last_name", ""),
            "reference": _reference(company, given.get("reference")),
            "dated_on": dated,
            "due_on": day(given, "due_on") if given.get("due_on") else dated + timedelta(days=terms),
            "payment_terms_in_days": terms,
            "currency": currency,
            "exchange_rate": Decimal(1),
            **{name: given[name] for name in _KEPT if given.get(name)},
            "omit_header": bool(given.get("omit_header")),
            "net_value": net,
            "sales_tax_value": tax,
            "involves_sales_tax": bool(tax),
            "is_interim_uk_vat": False,
            "total_value": net + tax,
            settled: ZERO,
            settled_on: None,
            ITEMS[kind]: items,
            "_state": "Draft",
        },
    )


def _item(company: Company, kind: str, contact: Record, given: Mapping[str, Any]) -> Record:
    category = company.category(given.get("category") or "/v2/categories/001")
    status = given.get("sales_tax_status") or "TAXABLE"
    refuse_unless(
        (bool(given.get("description")), "description can't be blank"),
        (category["_group"] in company.invoice_groups, "category is not an income category"),
        (status in _STATUSES[kind], "sales_tax_status is not included in the list"),
    )
    # FreeAgent rounds the unit price before it multiplies, and the tax of every line.
    quantity = number(given, "quantity", ZERO)
    net = cents(amount(given, "price") * quantity)
    rate = company.rate(given, category, never=contact.get("charge_sales_tax") == "Never")
    company.numbers["invoice_items"] += 1
    return {
        "url": f"/v2/invoice_items/{company.numbers['invoice_items']}",
        "position": number(given, "position", Decimal(1)),
        "description": given["description"],
        "item_type": given.get("item_type") or "-no unit-",
        "price": amount(given, "price"),
        "quantity": quantity,
        "sales_tax_rate": rate,
        "sales_tax_status": status,
        "category": category["url"],
        "_name": category["description"],
        "_net": net,
        "_tax": cents(net * rate / 100),
    }


def _reference(company: Company, given: Any) -> str:
    taken = {each["reference"] for kind in ITEMS for each in company.held[kind].values()}
    if not given:
        return next(name for name in (f"{n:03}" for n in range(1, 10**6)) if name not in taken)
    refuse_unless((not company.references_unique or given not in taken, "reference has already been taken"))
    return str(given)


def update(company: Company, kind: str, record: Record, given: Mapping[str, Any]) -> Record:
    """Change a draft; what was sent is locked."""
    assert ITEMS[kind] not in given, "changing items is not simulated"
    if record["_state"] != "Draft":
        raise invalid(*(f"{name} is locked and cannot be changed" for name in given))
    for name in given:
        assert name in (*_KEPT, "reference"), f"changing {name} is not simulated"
    record.update(given)
    company.touch(record)
    return record


def transition(company: Company, kind: str, record: Record, to: str) -> Record:
    """Mark as sent, draft or cancelled."""
    noun = "Invoice" if kind == "invoices" else "Credit note"
    if company.is_locked(record["dated_on"]):
        raise forbidden(f"{noun} is locked.")
    state = record["_state"]
    if to == "mark_as_sent":
        if state == "Sent":
            raise forbidden(f"{noun} has already been sent.")
        refuse_unless((bool(record[ITEMS[kind]]), f"{ITEMS[kind]} can't be blank"))
        _post(company, record, ITEMS[kind])
        record["_state"] = "Sent"
    elif to == "mark_as_draft":
        if settled(kind, record):
            raise forbidden(f"{noun} has payments.")
        company.reverse(record)
        record["_state"] = "Draft"
    else:
        if state != "Sent" or record["due_on"] >= company.today():
            raise forbidden(f"{noun} is not overdue.")
        company.reverse(record)
        record["_state"] = "Written-off"
    company.touch(record)
    return record


def _post(company: Company, record: Record, items: str) -> None:
    lines = [(company.code_name(chart.DEBTORS), record["total_value"])]
    lines += [(item["_name"], -item["_net"]) for item in record[items]]
    lines.append((company.code_name(chart.VAT), -record["sales_tax_value"]))
    company.post(record, record["dated_on"], record["currency"], lines)


def delete(company: Company, kind: str, record: Record) -> None:
    """Take a document away, unless it has payments or is in a locked period."""
    if settled(kind, record) or company.is_locked(record["dated_on"]):
        raise forbidden("It cannot be deleted.")
    company.reverse(record)
    del company.held[kind][record["url"].rsplit("/", 1)[1]]


def settled(kind: str, record: Record) -> Decimal:
    """How much of a document is paid or refunded, with the document's sign."""
    return Decimal(record[_SETTLED[kind][0]])


def due(kind: str, record: Record) -> Decimal:
    """How much of it is yet to be paid or refunded, with the document's sign."""
    return Decimal(record["total_value"]) - settled(kind, record)


def settle(company: Company, kind: str, record: Record, value: Decimal, *, undo: bool = False) -> None:
    """Pay or refund: `value` has the document's sign. Refuses drafts, and more than is due."""
    name, on = _SETTLED[kind]
    if not undo:
        refuse_unless(
            (record["_state"] == "Sent", "a draft cannot be paid"),
            (value * record["total_value"] > 0, "gross_value has the wrong sign"),
            (
                abs(value) <= abs(due(kind, record)) or company.takes_overpayments,
                "gross_value is more than what is due",
            ),
        )
    record[name] += -value if undo else value
    record[on] = company.today() if not due(kind, record) else None
    company.touch(record)


def status(company: Company, kind: str, record: Record) -> str:
    """What FreeAgent calls the state of a document today."""
    total, left = record["total_value"], due(kind, record)
    if record["_state"] != "Sent":
        return str(record["_state"])
    if not total:
        return "Zero Value"
    if not left:
        return "Paid" if kind == "invoices" and total > 0 else "Refunded"
    if left * total < 0:
        return "Overpaid"
    return "Overdue" if record["due_on"] < company.today() else "Open"


def shown(company: Company, kind: str, record: Record, *, items: bool) -> Record:
    """A document as it is answered."""
    now = status(company, kind, record)
    found = {name: value for name, value in record.items() if items or name != ITEMS[kind]}
    return {**found, "due_value": due(kind, record), "status": now, "long_status": now}
