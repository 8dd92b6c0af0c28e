"""What the simulated Xero takes and refuses, and that its ledger follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.xero import XeroSimulator
from tests.simulators.xero.caller import Body, Caller

D = Decimal


@pytest.fixture
def simulator() -> Iterator[XeroSimulator]:
    simulator = XeroSimulator(currencies=["EUR"])
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def xero(simulator: XeroSimulator) -> Iterator[Caller]:
    caller = Caller(simulator)
    yield caller
    caller.pool.clear()


# --- documents and the ledger


def test_an_invoice_its_payment_and_the_refund_of_a_credit_note(xero: Caller) -> None:
    zero = xero.line("10.00", TaxType="ZERORATEDOUTPUT")
    (invoice,) = xero.create("Invoices", xero.invoice(xero.line("120.00"), zero))
    assert (invoice["SubTotal"], invoice["TotalTax"], invoice["Total"]) == (110, 20, 130)
    expected = {"Accounts receivable": D(130), "Sales": D(-110), "VAT": D(-20)}
    assert xero.balances() == expected

    (payment,) = xero.create("Payments", xero.payment("Invoice", invoice["InvoiceID"], "100.00"))
    assert payment["PaymentType"] == "ACCRECPAYMENT"
    held = xero.good("GET", f"/Invoices/{invoice['InvoiceID']}")["Invoices"][0]
    assert (held["AmountDue"], held["Status"]) == (30, "AUTHORISED")
    assert held["Payments"][0]["PaymentID"] == payment["PaymentID"]
    xero.create("Payments", xero.payment("Invoice", invoice["InvoiceID"], "30.00"))
    assert xero.good("GET", "/Invoices/DB-1")["Invoices"][0]["Status"] == "PAID"

    credit = xero.invoice(xero.line("12.00", "Refunds"), Type="ACCRECCREDIT", CreditNoteNumber="CN-1")
    del credit["InvoiceNumber"]
    (note,) = xero.create("CreditNotes", credit)
    refund = xero.payment("CreditNote", note["CreditNoteID"], "12.00")
    assert xero.create("Payments", refund)[0]["PaymentType"] == "ARCREDITPAYMENT"
    after = {"Card clearing": D(118), "Sales": D(-110), "Refunds": D(10), "VAT": D(-18)}
    assert xero.balances() == after


def test_a_bill_its_payment_and_credit_allocated_to_it(xero: Caller) -> None:
    (bill,) = xero.create("Invoices", xero.bill())
    credit = xero.bill(Type="ACCPAYCREDIT", CreditNoteNumber="CN-2")
    credit["LineItems"] = [xero.line("4.00", "Payment fees", TaxType="NONE")]
    del credit["InvoiceNumber"]
    (note,) = xero.create("CreditNotes", credit)
    path = f"/CreditNotes/{note['CreditNoteID']}/Allocations"
    given = {"Amount": D(4), "Date": "2025-03-02", "Invoice": {"InvoiceID": bill["InvoiceID"]}}
    xero.good("PUT", path, {"Allocations": [given]})
    assert "remaining credit" in xero.refused("PUT", path, {"Allocations": [given]})
    assert "exceeds the amount outstanding" in xero.refused(
        "PUT", "/Payments", {"Payments": [xero.payment("Invoice", bill["InvoiceID"], "6.01")]}
    )
    xero.create("Payments", xero.payment("Invoice", bill["InvoiceID"], "6.00"))
    assert xero.balances() == {"Payment fees": D(6), "Card clearing": D(-6)}
    held = xero.good("GET", f"/Invoices/{bill['InvoiceID']}")["Invoices"][0]
    assert (held["Status"], held["AmountCredited"], held["AmountPaid"]) == ("PAID", 4, 6)


def test_money_spent_received_overpaid_and_moved(xero: Caller) -> None:
    contact, account = {"Name": "Payment provider"}, {"AccountID": xero.id_of("Card clearing")}
    given = {
        "Contact": contact,
        "Date": "2025-03-01",
        "BankAccount": account,
    }
    fees = [xero.line("2.00", "Payment fees", TaxType="NONE")]
    xero.create("BankTransactions", {**given, "Type": "SPEND", "LineItems": fees})
    tips = [xero.line("50.00", "Tips payable", TaxType="NONE")]
    xero.create("BankTransactions", {**given, "Type": "RECEIVE", "LineItems": tips})
    more = [{"Description": "Too much", "LineAmount": D("5.00")}]
    xero.create("BankTransactions", {**given, "Type": "RECEIVE-OVERPAYMENT", "LineItems": more})
    accounts = {"From": "Card clearing", "To": "Bank current account"}
    moved = {f"{side}BankAccount": {"AccountID": xero.id_of(name)} for side, name in accounts.items()}
    xero.create("BankTransfers", {**moved, "Amount": D("40.00"), "Date": "2025-03-02"})
    assert xero.balances() == {
        "Card clearing": D(13),
        "Bank current account": D(40),
        "Payment fees": D(2),
        "Tips payable": D(-50),
        "Accounts receivable": D(-5),
    }
    negative = [xero.line("-1.00", "Payment fees", TaxType="NONE")]
    assert "greater than zero" in xero.refused(
        "PUT", "/BankTransactions", {"BankTransactions": [{**given, "Type": "SPEND", "LineItems": negative}]}
    )
    moved["ToBankAccount"] = {"AccountID": xero.id_of("Suspense")}
    assert "BANK" in xero.refused("PUT", "/BankTransfers", {"BankTransfers": [{**moved, "Amount": D(1)}]})


def test_manual_journals(xero: Caller) -> None:
    def journal(*lines: tuple[str, str], **more: Any) -> dict[str, Any]:
        written = [{"AccountID": xero.id_of(name), "LineAmount": D(amount)} for name, amount in lines]
        return {"Narration": "Day", "Status": "POSTED", "Date": "2025-03-01", "JournalLines": written, **more}

    (made,) = xero.create(
        "ManualJournals", journal(("Suspense", "12.00"), ("Sales", "-10.00"), ("VAT", "-2.00"))
    )
    assert xero.balances() == {"Suspense": D(12), "Sales": D(-10), "VAT": D(-2)}
    (taxed,) = xero.create(
        "ManualJournals",
        journal(("Suspense", "12.00"), ("Sales", "-12.00"), LineAmountTypes="Inclusive"),
    )
    assert taxed["JournalLines"][1]["TaxAmount"] == -2
    assert xero.balances()["VAT"] == -4
    for wrong, reason in (
        (journal(("Suspense", "12.00"), ("Sales", "-10.00")), "must equal total credits"),
        (journal(("Card clearing", "1.00"), ("Sales", "-1.00")), "not a valid code"),
        (journal(("Accounts receivable", "1.00"), ("Sales", "-1.00")), "not a valid code"),
        (journal(("Accounts payable", "1.00"), ("Sales", "-1.00")), "not a valid code"),
        (journal(("Sales", "0.00")), "at least two lines"),
    ):
        assert reason in xero.refused("PUT", "/ManualJournals", {"ManualJournals": [wrong]})
    void = {"Narration": "Day", "Status": "VOIDED"}
    xero.good("POST", f"/ManualJournals/{made['ManualJournalID']}", {"ManualJournals": [void]})
    assert xero.balances() == {"Suspense": D(12), "Sales": D(-10), "VAT": D(-2)}


def test_voiding_and_deleting_reverse(xero: Caller) -> None:
    (invoice,) = xero.create("Invoices", xero.invoice())
    (payment,) = xero.create("Payments", xero.payment("Invoice", invoice["InvoiceID"], "1.00"))
    void = {"Invoices": [{"InvoiceID": invoice["InvoiceID"], "Status": "VOIDED"}]}
    assert "allocated to it" in xero.refused("POST", "/Invoices", void)
    xero.good("POST", f"/Payments/{payment['PaymentID']}", {"Status": "DELETED"})
    xero.good("POST", "/Invoices", void)
    assert xero.balances() == {}
    assert "not of valid status" in xero.refused("POST", "/Invoices", void)


def test_the_trial_balance_is_the_ledger(xero: Caller) -> None:
    xero.create("Invoices", xero.invoice())
    (report,) = xero.good("GET", "/Reports/TrialBalance?date=2025-03-31")["Reports"]
    rows = [row["Cells"] for section in report["Rows"] for row in section.get("Rows", [])]
    found = {cells[0]["Value"]: (cells[3]["Value"], cells[4]["Value"]) for cells in rows}
    assert found == {
        "Accounts receivable (1100)": ("120.00", ""),
        "Sales (4000)": ("", "100.00"),
        "VAT (2200)": ("", "20.00"),
    }
    assert xero.good("GET", "/Reports/TrialBalance?date=2025-02-28")["Reports"][0]["Rows"][1:] == []


# --- amounts


@pytest.mark.parametrize(
    ("kind", "amount", "tax_type", "totals"),
    [
        ("Inclusive", "9.99", "OUTPUT2", ("8.32", "1.67", "9.99")),  # 1.665 is rounded up
        ("Exclusive", "9.99", "OUTPUT2", ("9.99", "2.00", "11.99")),
        ("NoTax", "9.99", "OUTPUT2", ("9.99", "0", "9.99")),
        ("Inclusive", "10.00", "TAX003", ("9.09", "0.91", "10.00")),
        ("Exclusive", "10.00", "RROUTPUT", ("10.00", "0.50", "10.50")),
    ],
)
def test_tax(xero: Caller, kind: str, amount: str, tax_type: str, totals: tuple[str, str, str]) -> None:
    line = xero.line(amount, TaxType=tax_type)
    (made,) = xero.create("Invoices", xero.invoice(line, LineAmountTypes=kind))
    assert [made[name] for name in ("SubTotal", "TotalTax", "Total")] == [D(each) for each in totals]


def test_tax_is_rounded_for_each_line(xero: Caller) -> None:
    lines = [xero.line("0.13", TaxType="OUTPUT2")] * 3  # 0.026 each
    (made,) = xero.create("Invoices", xero.invoice(*lines, LineAmountTypes="Exclusive"))
    assert made["TotalTax"] == D("0.09")


def test_tax_may_be_stated_but_not_far_from_what_it_should_be(xero: Caller) -> None:
    (made,) = xero.create("Invoices", xero.invoice(xero.line("120.00", TaxAmount=D("20.03"))))
    assert (made["TotalTax"], made["SubTotal"]) == (D("20.03"), D("99.97"))
    for amount, tax_type in (("30.00", "OUTPUT2"), ("0.01", "ZERORATEDOUTPUT")):
        line = xero.line("120.00", TaxAmount=D(amount), TaxType=tax_type)
        assert "tax amount" in xero.refused(
            "PUT", "/Invoices", {"Invoices": [xero.invoice(line, number="2")]}
        )


# --- refusals


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DueDate": None}, "due date"),
        ({"LineItems": []}, "line items"),
        ({"Contact": {"ContactID": "11111111-1111-1111-1111-111111111111"}}, "contact id"),
        ({"CurrencyCode": "USD"}, "not subscribed"),
        ({"InvoiceNumber": "TAKEN"}, "must be unique"),
        ({"Date": "2024-12-31"}, "period lock date, currently set at 31-Dec-2024"),
        ({"Status": "PAID"}, "not a valid status"),
    ],
)
def test_an_invoice_that_is_not_as_it_must_be(xero: Caller, change: Body, reason: str) -> None:
    xero.create("Invoices", xero.invoice(number="TAKEN"))
    xero.organisation.period_lock = date(2024, 12, 31)
    given = {name: value for name, value in {**xero.invoice(), **change}.items() if value is not None}
    assert reason in xero.refused("PUT", "/Invoices", {"Invoices": [given]})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"AccountID": "Card clearing"}, "not a valid code"),
        ({"AccountID": "Accounts receivable"}, "not a valid code"),
        ({"AccountID": "Rent and rates"}, "archived or has been deleted"),
        ({"TaxType": "INPUT2"}, "cannot be used with account code '4000'"),
        ({"TaxType": "20%"}, "does not exist"),
        ({"LineAmount": D("1.00")}, "expected line total 120.00"),
        ({"Description": ""}, "description"),
    ],
)
def test_a_line_that_is_not_as_it_must_be(xero: Caller, line: Body, reason: str) -> None:
    xero.organisation.account_named("Rent and rates")["Status"] = "ARCHIVED"
    change = {**line, "AccountID": xero.id_of(line["AccountID"])} if "AccountID" in line else dict(line)
    given = xero.invoice(
        xero.line("120.00", **{"TaxType": "NONE", **change} if "TaxType" not in line else change)
    )
    assert reason in xero.refused("PUT", "/Invoices", {"Invoices": [given]})


def test_payments_that_are_refused(xero: Caller) -> None:
    (draft,) = xero.create("Invoices", xero.invoice(Status="DRAFT", number="D"))
    assert xero.balances() == {}
    (made,) = xero.create("Invoices", xero.invoice())
    own = made["InvoiceID"]
    sales = {"Account": {"AccountID": xero.id_of("Sales")}}
    for given, reason in (
        (xero.payment("Invoice", draft["InvoiceID"], "1.00"), "Authorised"),
        (xero.payment("Invoice", own, "120.01"), "exceeds the amount outstanding"),
        (xero.payment("Invoice", own, "0.00"), "greater than 0"),
        ({**xero.payment("Invoice", own, "1.00"), **sales}, "not enabled"),
    ):
        assert reason in xero.refused("PUT", "/Payments", {"Payments": [given]})
    xero.organisation.year_lock = date(2025, 3, 2)
    late = xero.payment("Invoice", own, "1.00")
    assert "end of year lock date" in xero.refused("PUT", "/Payments", {"Payments": [late]})


def test_archived_contacts_and_names_that_are_taken(xero: Caller) -> None:
    same = {"Contacts": [{"Name": "daily SALES"}]}
    assert "must be unique" in xero.refused("PUT", "/Contacts", same)
    xero.organisation.contact_named("Daily sales")["ContactStatus"] = "ARCHIVED"
    assert "un-archived" in xero.refused("PUT", "/Invoices", {"Invoices": [xero.invoice()]})
    assert [each["Name"] for each in xero.good("GET", "/Contacts?page=1")["Contacts"]] == ["Payment provider"]
    assert len(xero.good("GET", "/Contacts?includeArchived=true")["Contacts"]) == 2


def test_accounts_are_made_one_at_a_time(xero: Caller) -> None:
    made = xero.good("PUT", "/Accounts", {"Code": "4400", "Name": "Delivery", "Type": "REVENUE"})["Accounts"][
        0
    ]
    assert (made["Class"], made["Status"]) == ("REVENUE", "ACTIVE")
    for given, reason in (
        ({"Code": "4400", "Name": "Other", "Type": "REVENUE"}, "unique Code"),
        ({"Code": "4401", "Name": "delivery", "Type": "REVENUE"}, "unique Name"),
        ({"Code": "44000000001", "Name": "Other", "Type": "REVENUE"}, "Maximum of 10"),
    ):
        assert reason in xero.refused("PUT", "/Accounts", given)
