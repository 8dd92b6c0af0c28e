"""What cannot be pushed as a single document is refused whole, by name, before anything is kept."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.api_calls import api_over
from tests.integration.direct_calls import Json, Partner

UNKNOWN = "00000000-0000-7000-8000-000000000000"
Change = Callable[[Partner], Json]


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Partner:
    return Partner(*api_over(monkeypatch, ("companies", "data", "syncs", "sandbox")))


def lines(**changes: object) -> Change:
    return lambda partner: {"lineItems": [partner.line(**changes)]}


def only(**changes: object) -> Change:
    return lambda _partner: changes


def refused(partner: Partner, data_type: str, body: object, *items: str) -> None:
    """Refused for exactly these, and nothing was kept."""
    answer = partner.push(data_type, body)
    assert answer.status == 400, answer.body
    assert [each["itemId"] for each in answer.body["validation"]["errors"]] == list(items), answer.body
    assert all(each["message"] for each in answer.body["validation"]["errors"])
    assert partner.call("GET", f"/companies/{partner.company}/push").body["totalResults"] == 0
    assert partner.deliver() == 0


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (only(customerRef={"id": UNKNOWN}), "$.customerRef.id"),
        (lines(accountRef={"id": UNKNOWN}), "$.lineItems[0].accountRef.id"),
        (lines(taxRateRef={"id": UNKNOWN}), "$.lineItems[0].taxRateRef.id"),
        (lines(subTotal=99), "$.lineItems[0].subTotal"),
        (lines(totalAmount=119.99), "$.lineItems[0].totalAmount"),
        (
            lines(discountAmount=1, discountPercentage=50, subTotal=99, taxAmount=21),
            "$.lineItems[0].discountAmount",
        ),
        (lines(taxAmount=19.999), "$.lineItems[0].taxAmount"),
        (only(totalAmount=121), "$.totalAmount"),
        (only(subTotal=99), "$.subTotal"),
        (only(totalTaxAmount=19), "$.totalTaxAmount"),
        (only(totalDiscount=5), "$.totalDiscount"),
        (only(withholdingTax=[{"name": "x", "amount": 1}]), "$.withholdingTax[0].amount"),
        (only(additionalTaxAmount=1), "$.additionalTaxAmount"),
        (only(currencyRate=1.2), "$.currencyRate"),
        (only(discountPercentage=5), "$.discountPercentage"),
        (only(paymentAllocations=[{"payment": {}}]), "$.paymentAllocations"),
        (only(status="Paid"), "$.status"),
        (only(currency="pounds"), "$.currency"),
        (only(issueDate="2026-02-30"), "$.issueDate"),
        (only(issueDate=None), "$.issueDate"),
        (only(totalAmount=None), "$.totalAmount"),
        (only(lineItems=[]), "$.lineItems"),
        (only(totalAmount="NaN"), "$.totalAmount"),
        (only(totalAmount=True), "$.totalAmount"),
        (only(invoiceNumber="1" * 256), "$.invoiceNumber"),
        (only(invoiceNumber="1\u0007"), "$.invoiceNumber"),
        (only(invoiceNumber="0a1b2-260302-I1"), "$.invoiceNumber"),
        (only(invoiceNumber="DB-ABCDEFGHIJKLMN"), "$.invoiceNumber"),
    ],
)
def test_an_invoice(partner: Partner, change: Change, item: str) -> None:
    refused(partner, "invoices", partner.invoice(**change(partner)), item)


@pytest.mark.parametrize(
    "line",
    [
        {"unitAmount": 9e14, "quantity": 9e14},
        {"unitAmount": 1, "quantity": 1, "discountAmount": 9e14},
        {"unitAmount": "0.00000000000000000001", "quantity": "999999999999999.9"},
        {"unitAmount": 1, "quantity": 1, "discountPercentage": -1e14},
    ],
)
def test_very_large_and_very_precise_amounts(partner: Partner, line: Json) -> None:
    answer = partner.push("invoices", partner.invoice(lineItems=[partner.line(**line)]))
    assert answer.status == 400, answer.body


def test_all_problems_at_once(partner: Partner) -> None:
    wrong = partner.line(accountRef={"id": "y"}, taxAmount=0.001)
    body = partner.invoice(customerRef={"id": "x"}, lineItems=[partner.line(), wrong])
    items = ["$.customerRef.id", "$.lineItems[1].accountRef.id", "$.lineItems[1].taxAmount"]
    refused(partner, "invoices", body, *items)


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (only(totalAmount=60), "$.totalAmount"),
        (only(remainingCredit=120, additionalTaxPercentage=1), "$.additionalTaxPercentage"),
        (only(creditNoteNumber="DB-ABCDEFGHIJKLMN-2"), "$.creditNoteNumber"),
    ],
)
def test_a_credit_note(partner: Partner, change: Change, item: str) -> None:
    refused(partner, "creditNotes", partner.credit_note(**change(partner)), item)


def received(partner: Partner, account: str, amount: float, **changes: object) -> Json:
    return {"payment": {"accountRef": partner.account(account), "totalAmount": amount, **changes}}


@pytest.mark.parametrize(
    ("allocations", "items"),
    [
        (lambda _partner: [], ["$.paymentAllocations"]),
        (lambda p: [received(p, "Sales", 120)], ["$.paymentAllocations[0].payment.accountRef.id"]),
        (lambda p: [received(p, "Cash on hand", 119)], ["$.paymentAllocations"]),
        (lambda p: [received(p, "Cash on hand", 60), received(p, "Card clearing", 60)], ["$"]),
        (lambda p: [received(p, "Cash on hand", 120, currency="EUR")], ["$"]),
        (
            lambda p: [received(p, "Cash on hand", 120, currencyRate=2)],
            ["$.paymentAllocations[0].payment.currencyRate"],
        ),
    ],
)
def test_a_direct_income(partner: Partner, allocations: Any, items: list[str]) -> None:
    refused(partner, "directIncomes", partner.direct_income(paymentAllocations=allocations(partner)), *items)


def test_a_direct_income_of_money_paid_out(partner: Partner) -> None:
    line = partner.line(quantity=-2)
    body = partner.direct_income(lineItems=[line], subTotal=-100, taxAmount=-20, totalAmount=-120)
    body["paymentAllocations"] = [received(partner, "Cash on hand", -120)]
    refused(partner, "directIncomes", body, "$.totalAmount")


def entry(account: str, amount: object, **changes: object) -> Callable[[Partner], Json]:
    return lambda partner: {"netAmount": amount, "accountRef": partner.account(account), **changes}


@pytest.mark.parametrize(
    ("entries", "items"),
    [
        ([entry("Sales", 30), entry("Sales", -29.99)], ["$.journalLines"]),
        (
            [entry("Sales", 0), entry("Sales", 0)],
            ["$.journalLines[0].netAmount", "$.journalLines[1].netAmount"],
        ),
        ([], ["$.journalLines"]),
        (
            [entry("Sales", 1, currency="GBP"), entry("Sales", -1, currency="EUR")],
            ["$.journalLines"],
        ),
        (
            [entry("Sales", 1.001), entry("Sales", -1.001)],
            ["$.journalLines[0].netAmount", "$.journalLines[1].netAmount"],
        ),
    ],
)
def test_a_journal_entry(partner: Partner, entries: list[Any], items: list[str]) -> None:
    body = partner.journal_entry(journalLines=[each(partner) for each in entries])
    refused(partner, "journalEntries", body, *items)


def test_a_journal_entry_needs_a_date_and_accounts(partner: Partner) -> None:
    refused(partner, "journalEntries", partner.journal_entry(postedOn=None), "$")
    body = partner.journal_entry()
    del body["journalLines"][1]["accountRef"]
    refused(partner, "journalEntries", body, "$.journalLines[1].accountRef")


def link(amount: float | None = -120, kind: str = "Invoice", **changes: object) -> Json:
    return {"type": kind, "id": UNKNOWN, "amount": amount, **changes}


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ({"amount": 120, "links": []}, "$.lines[0].links"),
        ({"amount": 120}, "$.lines[0].links"),
        ({"amount": 120, "links": [link(-119)]}, "$.lines[0]"),
        ({"amount": -120, "links": [link(120)]}, "$.lines[0]"),
        ({"amount": 120, "links": [link(-120, "CreditNote")]}, "$.lines[0]"),
        ({"amount": 0, "links": [link(-120), link(120, "CreditNote")]}, "$.lines[0]"),
        ({"amount": 120, "links": [link(-60), link(None)]}, "$.lines[0]"),
        ({"amount": 120, "links": [link(kind="PaymentOnAccount")]}, "$.lines[0].links[0].type"),
        ({"amount": 120, "links": [link(kind="ManualJournal")]}, "$.lines[0].links[0].type"),
        ({"amount": 120, "links": [link(currencyRate=2)]}, "$.lines[0].links[0].currencyRate"),
        ({"amount": 120, "links": [link(-60), link(-60)]}, "$.lines"),
        ({"amount": 120.001, "links": [link(-120.001)]}, "$.lines[0].links[0].amount"),
    ],
)
def test_a_payment(partner: Partner, line: Json, item: str) -> None:
    refused(partner, "payments", partner.payment(UNKNOWN, totalAmount=None, lines=[line]), item)


def test_a_payment_into_an_account_that_holds_no_money(partner: Partner) -> None:
    refused(
        partner, "payments", partner.payment(UNKNOWN, accountRef=partner.account("Sales")), "$.accountRef.id"
    )
    refused(partner, "payments", partner.payment(UNKNOWN, totalAmount=1), "$.totalAmount")


def test_a_customer(partner: Partner) -> None:
    books = partner.ledger.read()
    assert books is not None
    taken = books.data.customers[0].name.upper()
    refused(partner, "customers", {"customerName": taken, "status": "Active"}, "$.customerName")
    refused(partner, "customers", {"customerName": "  "}, "$.customerName")
    refused(partner, "customers", {"customerName": "Harbour", "status": "Archived"}, "$.status")


@pytest.mark.parametrize("minutes", ["0", "-1", "1.5", "x", "9" * 30, "10081"])
def test_a_timeout_that_is_none(partner: Partner, minutes: str) -> None:
    answer = partner.push("invoices", partner.invoice(), f"?timeoutInMinutes={minutes}")
    assert answer.status == 400
    assert answer.body["validation"]["errors"][0]["itemId"] == "timeoutInMinutes"


@pytest.mark.parametrize("body", [None, [], "x", 1, {}, {"lineItems": 1}, {"lineItems": [None]}])
def test_bodies_of_another_shape(partner: Partner, body: object) -> None:
    for data_type in ("invoices", "creditNotes", "customers", "directIncomes", "journalEntries", "payments"):
        assert partner.push(data_type, body).status == 400


def test_text_beyond_what_one_document_holds(partner: Partner) -> None:
    wide = [partner.line(description="x" * 4000) for _ in range(21)]
    refused(partner, "invoices", partner.invoice(lineItems=wide, totalAmount=2520, totalTaxAmount=420), "$")


def test_an_archived_account(partner: Partner) -> None:
    account = partner.account("Sales")
    body = partner.invoice()
    answer = partner.call(
        "PATCH", f"/sandbox/{partner.company}/accounts/{account['id']}", {"status": "Archived"}
    )
    assert answer.status == 200
    refused(partner, "invoices", body, "$.lineItems[0].accountRef.id")


def test_a_number_that_another_push_has(partner: Partner) -> None:
    first = partner.push("invoices", partner.invoice(invoiceNumber="17"))
    assert first.status == 200
    second = partner.push("invoices", partner.invoice(invoiceNumber="17"))
    assert second.status == 400
    assert [each["itemId"] for each in second.body["validation"]["errors"]] == ["$.invoiceNumber"]
    assert partner.push("creditNotes", partner.credit_note(creditNoteNumber="17")).status == 200
    assert partner.deliver() == 2


def test_retrying_with_keys_of_another_shape(partner: Partner) -> None:
    path = f"/companies/{partner.company}/push/retry"
    for body in (
        [],
        {"pushOperationKeys": "x"},
        {"pushOperationKeys": [1]},
        {"pushOperationKeys": ["x"] * 101},
    ):
        assert partner.call("POST", path, body).status == 400


@pytest.mark.parametrize("seed", range(6))
def test_anything_in_the_place_of_anything(partner: Partner, seed: int) -> None:
    """Changed in one or two places, a body is refused, or taken and then written or refused by the ledger."""
    chance = random.Random(seed)  # noqa: S311 - protects nothing
    bodies = {
        "invoices": partner.invoice(invoiceNumber="1", dueDate="2026-04-01"),
        "creditNotes": partner.credit_note(),
        "customers": {"customerName": "Harbour", "status": "Active", "phone": "1"},
        "directIncomes": partner.direct_income(),
        "journalEntries": partner.journal_entry(),
        "payments": partner.payment(UNKNOWN),
    }
    statuses: Counter[int] = Counter()
    for number in range(150):
        data_type = chance.choice(sorted(bodies))
        body = copy.deepcopy(bodies[data_type])
        if data_type == "customers":
            body["customerName"] = f"Harbour {seed} {number}"
        for _ in range(chance.randint(1, 2)):
            change_somewhere(body, chance)
        raw = json.dumps(body).encode()
        answer = partner.call("POST", partner.path(data_type), raw=raw)
        statuses[answer.status] += 1
        assert answer.status in (200, 400), (data_type, body, answer.body)
    partner.deliver()
    page = partner.call("GET", f"/companies/{partner.company}/push?pageSize=2000").body
    assert page["totalResults"] == statuses[200]
    assert {each["status"] for each in page["results"]} <= {"Success", "Failed"}
    assert all(each["errorMessage"] for each in page["results"] if each["status"] == "Failed")
    assert statuses[200] > 10
    assert statuses[400] > 50


ODD: list[Any] = [
    *(None, "", " ", "x", "\u0000", "\ud800", "\u202e", "x" * 5000, "1e999", "NaN", "-0"),
    *(0, -1, 1e-20, 1e15, 10**30, 0.1 + 0.2, True, [], {}, [[]], [None]),
    *({"id": None}, {"id": 1}, {"id": "\ud800"}),
    *("0001-01-01", "9999-12-31", "2026-03-02T00:00:00+99:99", "2026-W10-1", "20260302"),
]


def change_somewhere(body: Any, chance: random.Random) -> None:
    """Put something odd in one place."""
    place = chance.choice(sorted(body) if isinstance(body, dict) else range(len(body)))
    if isinstance(body[place], dict | list) and body[place] and chance.random() < 0.8:
        change_somewhere(body[place], chance)
    else:
        body[place] = copy.deepcopy(chance.choice(ODD))
