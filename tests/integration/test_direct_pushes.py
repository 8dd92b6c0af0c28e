"""Documents pushed one at a time, from the request to the ledger (specification: api, operations)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.ledger import ACTIVE
from tests.integration.api_calls import api_over
from tests.integration.direct_calls import Partner


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Partner:
    return Partner(*api_over(monkeypatch))


def pounds(**amounts: str) -> dict[str, Decimal]:
    return {name.replace("_", " "): Decimal(amount) for name, amount in amounts.items()}


SALE = pounds(Accounts_receivable="120", Sales="-100") | {"Tax 20% payable": Decimal(-20)}


def test_an_invoice(partner: Partner) -> None:
    written = partner.push_through("invoices", partner.invoice(note="Wedding", dueDate="2026-04-01"))
    assert (written["status"], written["statusCode"], written["dataType"]) == ("Success", 200, "invoices")
    assert partner.balances() == SALE
    (entry,) = partner.ledger.entries()
    assert written["changes"] == [
        {"type": "Created", "recordRef": {"id": entry.id, "dataType": "invoices"}, "attachmentId": None}
    ]
    assert entry.document.reference == written["reference"]
    assert str(entry.document.dated) == "2026-03-02", "a date is the one that is written, in every zone"
    assert str(entry.document.due) == "2026-04-01"
    assert entry.document.description == "Wedding"
    assert entry.document.direct


def test_an_invoice_takes_the_number_it_was_given(partner: Partner) -> None:
    written = partner.push_through("invoices", partner.invoice(invoiceNumber="2026-17"))
    assert written["reference"] == "2026-17"
    (entry,) = partner.ledger.entries()
    assert entry.document.reference == "2026-17"


def test_a_credit_note(partner: Partner) -> None:
    partner.push_through("creditNotes", partner.credit_note(creditNoteNumber="C1"))
    assert partner.balances() == {name: -amount for name, amount in SALE.items()}


def test_money_received(partner: Partner) -> None:
    partner.push_through("directIncomes", partner.direct_income(reference="Till 3", note="Market"))
    assert partner.balances() == pounds(Cash_on_hand="120", Sales="-100") | {"Tax 20% payable": Decimal(-20)}
    assert next(iter(partner.ledger.entries())).document.description == "Till 3: Market"


def test_a_journal_entry(partner: Partner) -> None:
    partner.push_through("journalEntries", partner.journal_entry())
    assert partner.balances() == pounds(Promotions_expense="30", Sales="-30")


def test_a_customer(partner: Partner) -> None:
    body = {"customerName": "  Harbour Office ", "status": "Active", "emailAddress": "post@harbour.example"}
    written = partner.push_through("customers", body)
    assert (written["status"], written["dataType"]) == ("Success", "customers")
    books = partner.ledger.read()
    assert books is not None
    added = {each.id: (each.name, each.status) for each in books.data.customers}
    assert added[written["changes"][0]["recordRef"]["id"]] == ("Harbour Office", ACTIVE)


def test_payments_of_several_invoices_and_a_credit_note(partner: Partner) -> None:
    one, two = (
        partner.push_through("invoices", partner.invoice())["changes"][0]["recordRef"]["id"] for _ in range(2)
    )
    note = partner.push_through("creditNotes", partner.credit_note())["changes"][0]["recordRef"]["id"]
    lines = [
        {
            "amount": 170,
            "links": [
                {"type": "Invoice", "id": one, "amount": -120},
                {"type": "Invoice", "id": two, "amount": -50},
            ],
        },
        {"amount": -20, "links": [{"type": "CreditNote", "id": note, "amount": 20}]},
    ]
    written = partner.push_through("payments", partner.payment(one, 150, lines=lines))
    assert written["status"] == "Success"
    assert len(written["changes"]) == 3
    opens = {standing.id: standing.open for standing in partner.ledger.standings().values()}
    assert (opens[one], opens[two], opens[note]) == (0, 70, 100)
    assert partner.balances()["Cash on hand"] == 150


def test_a_single_link_leaves_the_amount_to_its_line(partner: Partner) -> None:
    invoice = partner.push_through("invoices", partner.invoice())["changes"][0]["recordRef"]["id"]
    lines = [{"amount": 120, "links": [{"type": "Invoice", "id": invoice}]}]
    partner.push_through("payments", partner.payment(invoice, lines=lines))
    assert "Accounts receivable" not in partner.balances()


def test_amounts_are_worked_out_where_they_are_not_given(partner: Partner) -> None:
    """3 x 9.99 less 10 %: 26.97, and 20 % tax of it rounded to the penny."""
    line = partner.line(unitAmount=Decimal("9.99"), quantity=3, discountPercentage=10)
    line = {**line, "unitAmount": 9.99}
    partner.push_through(
        "invoices", partner.invoice(lineItems=[line], totalAmount=32.36, totalTaxAmount=5.39)
    )
    assert partner.balances()["Accounts receivable"] == Decimal("32.36")
    assert partner.balances()["Tax 20% payable"] == Decimal("-5.39")


def test_what_only_describes_is_named_in_a_warning(partner: Partner) -> None:
    line = partner.line(trackingCategoryRefs=[{"id": "west"}])
    answer = partner.push("invoices", partner.invoice(lineItems=[line], salesOrderRefs=[{"id": "1"}]))
    assert [each["itemId"] for each in answer.body["validation"]["warnings"]] == [
        "$.salesOrderRefs",
        "$.lineItems[0].trackingCategoryRefs",
    ]


def test_push_history_lists_them_newest_first(partner: Partner) -> None:
    keys = [partner.push("invoices", partner.invoice()).body["pushOperationKey"] for _ in range(3)]
    page = partner.call("GET", f"/companies/{partner.company}/push").body
    assert [each["pushOperationKey"] for each in page["results"]] == keys[::-1]
    assert {each["status"] for each in page["results"]} == {"Pending"}


def test_a_refusal_of_the_platform_ends_it_failed_and_a_retry_writes_it(partner: Partner) -> None:
    lock(partner, "2026-03-31")
    failed = partner.push_through("invoices", partner.invoice(invoiceNumber="17"))
    assert (failed["status"], failed["statusCode"]) == ("Failed", 400)
    assert "locked up to and including 2026-03-31" in failed["errorMessage"]
    assert partner.balances() == {}
    lock(partner, None)
    key = failed["pushOperationKey"]
    retried = retry(partner, key)
    assert (retried["retried"], retried["sync"], retried["notRetried"]) == (1, None, [])
    assert retried["pushOperations"][0]["status"] == "Pending"
    partner.deliver()
    assert partner.operation(key)["status"] == "Success"
    assert partner.balances() == SALE
    assert retry(partner, key)["notRetried"][0]["pushOperationKey"] == key, "it is written and done with"
    assert partner.deliver() == 0
    statuses = [body["detail"]["status"] for body in partner.events if "pushOperationKey" in body["detail"]]
    assert statuses == ["Failed", "Success"]


def test_a_retry_names_what_it_leaves_alone(partner: Partner) -> None:
    lock(partner, "2026-03-31")
    failed = partner.push_through("invoices", partner.invoice())
    answer = partner.call("POST", f"/companies/{partner.company}/push/retry").body
    assert (answer["retried"], answer["sync"], answer["pushOperations"]) == (0, None, [])
    (left,) = answer["notRetried"]
    assert left["pushOperationKey"] == failed["pushOperationKey"]
    assert "pushOperationKeys" in left["reason"]
    unknown = retry(partner, "not-a-key")
    assert unknown["notRetried"][0]["reason"].startswith("There is no failed push operation")


def test_a_part_that_is_refused_leaves_the_written_ones_and_is_retried_alone(partner: Partner) -> None:
    one, two = (
        partner.push_through("invoices", partner.invoice())["changes"][0]["recordRef"]["id"] for _ in range(2)
    )
    partner.push_through("payments", partner.payment(two, 100))
    links = [{"type": "Invoice", "id": each, "amount": -120} for each in (one, two)]
    lines = [{"amount": 240, "links": links}]
    failed = partner.push_through("payments", partner.payment(one, 240, lines=lines))
    assert failed["status"] == "Failed"
    assert "only 20.00 of" in failed["errorMessage"] or "only 20 of" in failed["errorMessage"]
    assert len(failed["changes"]) == 1
    before = partner.balances()
    retry(partner, failed["pushOperationKey"])
    partner.deliver()
    assert partner.operation(failed["pushOperationKey"])["status"] == "Failed"
    assert partner.balances() == before, "the first part was written once"


@pytest.mark.parametrize("minutes", [None, 5])
def test_it_times_out_only_when_asked_to_and_not_sent(partner: Partner, minutes: int | None) -> None:
    query = f"?timeoutInMinutes={minutes}" if minutes else ""
    asked = partner.push("invoices", partner.invoice(invoiceNumber="17"), query).body
    assert asked["timeoutInMinutes"] == minutes
    partner.runtime.clock.moment += timedelta(minutes=5)  # type: ignore[attr-defined]
    shown = partner.operation(asked["pushOperationKey"])
    partner.deliver()
    if minutes is None:
        assert shown["status"] == "Pending"
        assert partner.balances() == SALE
        return
    assert (shown["status"], shown["statusCode"]) == ("TimedOut", 408)
    assert partner.balances() == {}
    assert partner.push("invoices", partner.invoice(invoiceNumber="17")).status == 200, "its number is free"


def test_a_timed_out_one_is_retried_with_its_time_anew(partner: Partner) -> None:
    asked = partner.push("invoices", partner.invoice(), "?timeoutInMinutes=5").body
    partner.runtime.clock.moment += timedelta(minutes=6)  # type: ignore[attr-defined]
    partner.deliver()
    assert retry(partner, asked["pushOperationKey"])["retried"] == 1
    partner.deliver()
    assert partner.operation(asked["pushOperationKey"])["status"] == "Success"


def test_an_unlinked_ledger_is_left_alone(partner: Partner) -> None:
    asked = partner.push("invoices", partner.invoice()).body
    path = f"/companies/{partner.company}/connections/{partner.connection}"
    partner.call("PATCH", path, {"status": "Unlinked"})
    partner.deliver()
    assert partner.operation(asked["pushOperationKey"])["status"] == "Failed"
    assert retry(partner, asked["pushOperationKey"])["notRetried"][0]["reason"].startswith("Its accounting")
    partner.call("PUT", f"{path}/authorization", {})
    assert retry(partner, asked["pushOperationKey"])["retried"] == 1
    partner.deliver()
    assert partner.balances() == SALE


def test_another_clients_ids_are_unknown_ids(partner: Partner) -> None:
    asked = partner.push("invoices", partner.invoice()).body
    stranger = Partner(partner.call.as_client("client-b"), partner.runtime)
    unknown = partner.company.replace(partner.company[:8], "00000000")
    for data_type in ("invoices", "creditNotes", "customers", "directIncomes", "journalEntries", "payments"):
        answers = [
            stranger.call("POST", f"/companies/{company}/connections/{connection}/push/{data_type}", {})
            for company, connection in (
                (partner.company, partner.connection),
                (unknown, partner.connection),
                (stranger.company, partner.connection),
            )
        ]
        assert [answer.status for answer in answers] == [404, 404, 404]
        assert answers[0].body == answers[1].body
    path = f"/companies/{stranger.company}/push"
    assert stranger.call("GET", f"{path}/{asked['pushOperationKey']}").status == 404
    body: Any = {"pushOperationKeys": [asked["pushOperationKey"]]}
    assert stranger.call("POST", f"{path}/retry", body).body["retried"] == 0


def test_a_ledger_that_is_not_linked_is_400(partner: Partner) -> None:
    path = f"/companies/{partner.company}/connections/{partner.connection}"
    partner.call("PATCH", path, {"status": "Unlinked"})
    assert partner.push("customers", {"customerName": "Harbour", "status": "Active"}).status == 400


def lock(partner: Partner, until: str | None) -> None:
    books = partner.ledger.read()
    assert books is not None
    assert partner.ledger.lock(books.version, date.fromisoformat(until) if until else None)


def retry(partner: Partner, *keys: str) -> Any:
    path = f"/companies/{partner.company}/push/retry"
    return partner.call("POST", path, {"pushOperationKeys": list(keys)}).body
