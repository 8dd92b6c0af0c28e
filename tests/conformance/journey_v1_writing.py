"""The end of the journey with the v1 client: single documents into the books, and farewell."""

from __future__ import annotations

from typing import Any

from codatsynccommerce.models import shared

from local.api_client import wait_until
from tests.conformance.calls import Call
from tests.conformance.published import V1
from tests.conformance.steps import Journey, books, step
from tests.conformance.trade import DAY

UNLINKED = shared.UpdateConnection(status=shared.DataConnectionStatus.UNLINKED)
LINKED = shared.UpdateConnection(status=shared.DataConnectionStatus.LINKED)


def line(journey: Journey) -> dict[str, Any]:
    """A line of 20.00 on the account for sales."""
    account = {"id": journey.known.sales}
    return {"quantity": 2, "unitAmount": 10, "subTotal": 20, "totalAmount": 20, "accountRef": account}


def written(journey: Journey, push: Any) -> Any:
    """Wait until what was pushed is in the books; its record's identifier there."""
    assert push.push_operation_key
    path = f"/companies/{journey.known.company}/push/{push.push_operation_key}"

    def ended() -> Any:
        held = journey.api.get(path)
        return held if held["status"] != "Pending" else None

    held = wait_until(ended, "a pushed document")
    assert held["status"] == "Success", held
    return held["changes"][0]["recordRef"]["id"]


@step(V1, "accounting_customers.create_accounting_customer")
def a_customer(call: Call, journey: Journey) -> None:
    nameless = shared.AccountingCustomer.from_dict({"status": "Active", "customerName": ""})
    call.refused(400, "a name of no letters", **books(journey), accounting_customer=nameless)
    customer = {"status": "Active", "customerName": "The Mill's Friends", "emailAddress": "m@example.org"}
    made = call(**books(journey), accounting_customer=shared.AccountingCustomer.from_dict(customer))
    journey.known.customer = written(journey, made)


@step(V1, "accounting_invoices.create_accounting_invoice")
def an_invoice(call: Call, journey: Journey) -> None:
    invoice = {
        "amountDue": 20,
        "issueDate": DAY,
        "status": "Submitted",
        "totalAmount": 20,
        "totalTaxAmount": 0,
        "subTotal": 20,
        "currency": "GBP",
        "customerRef": {"id": journey.known.customer},
        "invoiceNumber": "M-1",
        "lineItems": [line(journey)],
    }
    undated = shared.AccountingInvoice.from_dict({**invoice, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_invoice=undated)
    made = call(**books(journey), accounting_invoice=shared.AccountingInvoice.from_dict(invoice))
    journey.known.invoice = written(journey, made)


@step(V1, "accounting_credit_notes.create_accounting_credit_note")
def a_credit_note(call: Call, journey: Journey) -> None:
    credit = {
        "discountPercentage": 0,
        "remainingCredit": 20,
        "status": "Submitted",
        "subTotal": 20,
        "totalAmount": 20,
        "totalDiscount": 0,
        "totalTaxAmount": 0,
        "currency": "GBP",
        "issueDate": DAY,
        "customerRef": {"id": journey.known.customer},
        "lineItems": [line(journey)],
    }
    undated = shared.AccountingCreditNote.from_dict({**credit, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_credit_note=undated)
    made = call(**books(journey), accounting_credit_note=shared.AccountingCreditNote.from_dict(credit))
    written(journey, made)


@step(V1, "accounting_direct_incomes.create_accounting_direct_income")
def a_direct_income(call: Call, journey: Journey) -> None:
    allocation = {
        "allocation": {"totalAmount": 20},
        "payment": {"accountRef": {"id": journey.known.bank}, "totalAmount": 20},
    }
    income = {
        "currency": "GBP",
        "issueDate": DAY,
        "lineItems": [line(journey)],
        "paymentAllocations": [allocation],
        "subTotal": 20,
        "taxAmount": 0,
        "totalAmount": 20,
    }
    undated = shared.AccountingDirectIncome.from_dict({**income, "issueDate": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_direct_income=undated)
    made = call(**books(journey), accounting_direct_income=shared.AccountingDirectIncome.from_dict(income))
    written(journey, made)


@step(V1, "accounting_journal_entries.create_accounting_journal_entry")
def a_journal_entry(call: Call, journey: Journey) -> None:
    def lines(*amounts: int) -> list[dict[str, Any]]:
        accounts = (journey.known.bank, journey.known.sales)
        return [
            {"netAmount": amount, "currency": "GBP", "accountRef": {"id": account}}
            for account, amount in zip(accounts, amounts, strict=True)
        ]

    uneven = {"postedOn": DAY, "description": "Uneven", "journalLines": lines(20, -19)}
    bad = shared.AccountingJournalEntry.from_dict(uneven)
    call.refused(400, "lines that do not balance", **books(journey), accounting_journal_entry=bad)
    entry = {**uneven, "description": "Even", "journalLines": lines(20, -20)}
    made = call(**books(journey), accounting_journal_entry=shared.AccountingJournalEntry.from_dict(entry))
    written(journey, made)


@step(V1, "accounting_payments.create_accounting_payment")
def a_payment(call: Call, journey: Journey) -> None:
    paid = {
        "date": DAY,
        "totalAmount": 20,
        "currency": "GBP",
        "customerRef": {"id": journey.known.customer},
        "accountRef": {"id": journey.known.bank},
        "lines": [
            {
                "amount": 20,
                "allocatedOnDate": DAY,
                "links": [{"type": "Invoice", "id": journey.known.invoice, "amount": -20}],
            }
        ],
    }
    undated = shared.AccountingPayment.from_dict({**paid, "date": "one fine day"})
    call.refused(400, "not a date", **books(journey), accounting_payment=undated)
    made = call(**books(journey), accounting_payment=shared.AccountingPayment.from_dict(paid))
    written(journey, made)


@step(V1, "connections.unlink")
def unlink(call: Call, journey: Journey) -> None:
    call.refused(400, "a status nobody can ask for", **books(journey), update_connection=LINKED)
    found = call(**books(journey), update_connection=UNLINKED)
    assert found.status == shared.DataConnectionStatus.UNLINKED


@step(V1, "connections.get_connection")
def link_again(call: Call, journey: Journey) -> None:
    path = f"/companies/{journey.known.company}/connections/{journey.known.books}"
    journey.api.put(f"{path}/authorization", {})
    assert call(**books(journey)).status == shared.DataConnectionStatus.LINKED


@step(V1, "company_management.update_connection")
def unlink_in_the_other_spelling(call: Call, journey: Journey) -> None:
    call.refused(400, "a status nobody can ask for", **books(journey), update_connection=LINKED)
    found = call(**books(journey), update_connection=UNLINKED)
    assert found.status == shared.DataConnectionStatus.UNLINKED


@step(V1, "connections.delete_connection")
def no_more_books(call: Call, journey: Journey) -> None:
    call(**books(journey))
    call.refused(404, "deleted connection", **books(journey))


@step(V1, "companies.delete_company")
def no_more_merchant(call: Call, journey: Journey) -> None:
    call(company_id=journey.known.company)
    call.refused(404, "deleted company", company_id=journey.known.company)
