"""Bills and bill credit notes (bills below zero): entered in the ledger as soon as they are made."""

from __future__ import annotations

from collections.abc import Mapping
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
    refuse_unless,
)

MOST_ITEMS = 40


def create(company: Company, given: Mapping[str, Any]) -> Record:
    """A new bill."""
    contact = company.contact(given.get("contact"))
    dated, due_on = day(given, "dated_on"), day(given, "due_on")
    company.check_lock(dated)
    items = given.get("bill_items") or []
    refuse_unless(
        (bool(given.get("reference")), "reference can't be blank"),
        (bool(items), "bill_items can't be blank"),
        (len(items) <= MOST_ITEMS, f"bill_items are more than {MOST_ITEMS}"),
        (due_on >= dated, "due_on is before dated_on"),
    )
    lines = [_item(company, each) for each in items]
    total = sum((line["total_value"] for line in lines), ZERO)
    tax = sum((line["_tax"] for line in lines), ZERO)
    record = company.add(
        "bills",
        {
            "contact": contact["url"],
            "reference": str(given["reference"]),
            "dated_on": dated,
            "due_on": due_on,
            "currency": company.currency(given.get("currency")),
            "exchange_rate": Decimal(1),
            "total_value": total,
            "paid_value": ZERO,
            # FreeAgent shows the tax of a bill with the sign of its effect on the VAT owed.
            "sales_tax_value": -tax,
            **({"comments": given["comments"]} if given.get("comments") else {}),
            "is_paid_by_hire_purchase": False,
            "bill_items": lines,
            "_tax": tax,
        },
    )
    for line in lines:
        line["bill"] = record["url"]
    _post(company, record)
    return record


def _item(company: Company, given: Mapping[str, Any]) -> Record:
    category = company.category(given.get("category"))
    refuse_unless((category["_group"] in company.bill_groups, "category is not a spending category"))
    rate = company.rate(given, category)
    manual = given.get("manual_sales_tax_amount") not in (None, "")
    if given.get("total_value") in (None, "") and given.get("total_value_ex_tax") not in (None, ""):
        net = amount(given, "total_value_ex_tax")
        tax = _manual(given, net) if manual else cents(net * rate / 100)
        total = net + tax
    else:
        total = amount(given, "total_value")
        tax = _manual(given, total) if manual else cents(total * rate / (100 + rate))
    refuse_unless((abs(tax) <= abs(total), "manual_sales_tax_amount is more than the total"))
    company.numbers["bill_items"] += 1
    return {
        "url": f"/v2/bill_items/{company.numbers['bill_items']}",
        "description": given.get("description", ""),
        "category": category["url"],
        "quantity": Decimal(1),
        "unit": given.get("unit") or "-no unit-",
        "total_value": total,
        "total_value_ex_tax": total - tax,
        "sales_tax_status": given.get("sales_tax_status") or "TAXABLE",
        **({"manual_sales_tax_amount": abs(tax)} if manual else {"sales_tax_rate": rate}),
        "sales_tax_value": -tax,
        "_name": category["description"],
        "_tax": tax,
    }


def _manual(given: Mapping[str, Any], total: Decimal) -> Decimal:
    """Tax given by its amount, which is never below zero: the bill's sign is its own."""
    found = amount(given, "manual_sales_tax_amount")
    refuse_unless((found >= 0, "manual_sales_tax_amount must be greater than or equal to 0"))
    return -found if total < 0 else found


def _post(company: Company, record: Record) -> None:
    lines = [(item["_name"], item["total_value_ex_tax"]) for item in record["bill_items"]]
    lines.append((company.code_name(chart.VAT), record["_tax"]))
    lines.append((company.code_name(chart.CREDITORS), -record["total_value"]))
    company.post(record, record["dated_on"], record["currency"], lines)


def due(record: Record) -> Decimal:
    """How much of a bill is yet to be paid, with the bill's sign."""
    return Decimal(record["total_value"] - record["paid_value"])


def settle(company: Company, record: Record, value: Decimal, *, undo: bool = False) -> None:
    """Pay a bill or take a refund: `value` has the bill's sign. Refuses more than is due."""
    if not undo:
        refuse_unless(
            (value * record["total_value"] > 0, "gross_value has the wrong sign"),
            (
                abs(value) <= abs(due(record)) or company.takes_overpayments,
                "gross_value is more than what is due",
            ),
        )
    record["paid_value"] += -value if undo else value
    company.touch(record)


def delete(company: Company, record: Record) -> None:
    """Take a bill away, unless it has payments or is in a locked period."""
    if record["paid_value"] or company.is_locked(record["dated_on"]):
        raise forbidden("It cannot be deleted.")
    company.reverse(record)
    del company.held["bills"][record["url"].rsplit("/", 1)[1]]


def status(company: Company, record: Record) -> str:
    """What FreeAgent calls the state of a bill today."""
    total = record["total_value"]
    if not total:
        return "Zero Value"
    if not due(record):
        return "Paid" if total > 0 else "Refunded"
    return "Overdue" if record["due_on"] < company.today() else "Open"


def shown(company: Company, record: Record, *, items: bool, new: bool = False) -> Record:
    """A bill as it is answered: the documentation has its net value below zero, except when it is new."""
    now = status(company, record)
    net = record["total_value"] - record["_tax"]
    found = {name: value for name, value in record.items() if items or name != "bill_items"}
    return {
        **found,
        "net_value": net if new else -net,
        "due_value": due(record),
        "native_due_value": due(record),
        "status": now,
        "long_status": now,
    }
