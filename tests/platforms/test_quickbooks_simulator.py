"""The simulated QuickBooks itself: what its ledger comes to, what it refuses, what it answers again."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.simulators.authorisation import CLIENT_ID
from tests.simulators.quickbooks import QuickBooksSimulator, second_opinion
from tests.simulators.quickbooks.client import HTTP, Body, Books, link, payment
from tests.simulators.quickbooks.company import DOCUMENTS
from tests.simulators.quickbooks.simulator import Limits
from tests.simulators.server import dump


@pytest.fixture
def books() -> Iterator[Books]:
    opened = Books(QuickBooksSimulator(currencies=()))
    yield opened
    opened.simulator.stop()


@pytest.fixture
def international() -> Iterator[Books]:
    opened = Books(QuickBooksSimulator())
    yield opened
    opened.simulator.stop()


@pytest.fixture
def american() -> Iterator[Books]:
    simulator = QuickBooksSimulator("US", "USD", currencies=())
    simulator.settings.automated_sales_tax = True
    opened = Books(simulator)
    yield opened
    opened.simulator.stop()


def test_an_invoice_and_its_payment(books: Books) -> None:
    invoice = books.create("Invoice", books.invoice())
    assert (invoice["TotalAmt"], invoice["TxnTaxDetail"]["TotalTax"]) == (120, 20)
    books.create(
        "Payment",
        payment(
            books, "70", link("Invoice", invoice, "70"), DepositToAccountRef=books.account("Cash on hand")
        ),
    )
    books.create("Payment", payment(books, "30", link("Invoice", invoice, "30")))
    assert books.simulator.balances("GBP") == {
        "Accounts receivable": 20,
        "Cash on hand": 70,
        "Undeposited Funds": 30,
        "Sales": -100,
        "Tax 20% payable": -20,
    }
    assert books.call("GET", f"invoice/{invoice['Id']}")[1]["Invoice"]["Balance"] == 20
    too_much = payment(books, "21", link("Invoice", invoice, "21"))
    assert books.refused("Payment", too_much) == "6000"
    assert books.refused("Payment", payment(books, "5", link("Invoice", invoice, "10"))) == "6000"


def test_tax_can_be_overridden_by_rate_and_must_add_up(books: Books) -> None:
    rate = next(
        detail["TaxRateRef"]
        for detail in books.simulator.company.named("TaxCode", "Tax 20%")["SalesTaxRateList"]["TaxRateDetail"]
    )
    detail = {"TaxRateRef": {"value": rate["value"]}, "PercentBased": True, "NetAmountTaxable": 100}
    line = {"Amount": Decimal("19.99"), "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
    tax = {"TotalTax": Decimal("19.99"), "TaxLine": [line]}
    made = books.create("Invoice", books.invoice(TxnTaxDetail=tax, GlobalTaxCalculation="TaxExcluded"))
    assert made["TotalAmt"] == Decimal("119.99")
    assert books.simulator.balances("GBP")["Tax 20% payable"] == Decimal("-19.99")
    wrong = {**tax, "TotalTax": Decimal("19.98")}
    assert books.refused("Invoice", books.invoice("INV-2", TxnTaxDetail=wrong)) == "6000"
    inclusive = books.invoice("INV-3", "16.67", GlobalTaxCalculation="TaxInclusive")
    inclusive["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] = Decimal(20)
    assert books.create("Invoice", inclusive)["TotalAmt"] == 20
    inclusive["DocNumber"], inclusive["Line"][0]["Amount"] = "INV-3-2", Decimal("16.70")
    assert books.create("Invoice", inclusive)["TxnTaxDetail"]["TotalTax"] == Decimal("3.33")
    out_of_scope = books.invoice("INV-4", GlobalTaxCalculation="NotApplicable")
    assert books.create("Invoice", out_of_scope)["TotalAmt"] == 100
    untaxed = books.invoice("INV-5")
    del untaxed["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"]
    assert books.refused("Invoice", untaxed) == "6000"


def test_a_credit_memo_refunded_by_a_journal_and_a_payment_of_nought(books: Books) -> None:
    memo = books.create("CreditMemo", books.invoice("CN-1"))
    journal = books.create(
        "JournalEntry",
        books.journal(
            "CN-1-R",
            books.journal_line("Accounts receivable", "120", Entity=books.customer_entity()),
            books.journal_line("Cash on hand", "-120"),
        ),
    )
    lines = (link("CreditMemo", memo, "120"), link("JournalEntry", journal, "120"))
    for alone in lines:
        assert books.refused("Payment", payment(books, "0", alone)) == "6000"
    books.create("Payment", payment(books, "0", *lines))
    assert books.simulator.balances("GBP") == {"Cash on hand": -120, "Sales": 100, "Tax 20% payable": 20}
    read = books.call("GET", f"creditmemo/{memo['Id']}")[1]["CreditMemo"]
    assert (read["RemainingCredit"], read["SyncToken"]) == (0, "1")


def test_bills_deposits_purchases_and_transfers(books: Books) -> None:
    vendor = books.ref("Vendor", "Payment provider")
    dated = {"TxnDate": "2026-03-02"}
    bill = books.create(
        "Bill",
        {**dated, "VendorRef": vendor, "DocNumber": "F-1", "Line": [books.expense("Payment fees", "10")]},
    )
    paid = {
        **dated,
        "VendorRef": vendor,
        "PayType": "Check",
        "TotalAmt": 10,
        "Line": [link("Bill", bill, "10")],
    }
    wrong = {**paid, "CheckPayment": {"BankAccountRef": books.account("Sales")}}
    assert books.refused("BillPayment", wrong) == "6000"
    books.create("BillPayment", {**paid, "CheckPayment": {"BankAccountRef": books.account("Card clearing")}})
    back = {"AccountRef": books.account("Payment fees")}
    line = {"Amount": 3, "DetailType": "DepositLineDetail", "DepositLineDetail": back}
    into = books.account("Card clearing")
    books.create("Deposit", {**dated, "DepositToAccountRef": into, "Line": [line]})
    spent = {"PaymentType": "Cash", "AccountRef": books.account("Cash on hand"), "DocNumber": "P-1"}
    books.create("Purchase", {**dated, **spent, "Line": [books.expense("Packaging", "20", "Tax 20%")]})
    moved = {"FromAccountRef": into, "ToAccountRef": books.account("Bank current account"), "Amount": 50}
    books.create("Transfer", {**dated, **moved})
    assert books.refused("Transfer", {**moved, "ToAccountRef": books.account("Sales")}) == "6000"
    assert books.simulator.balances("GBP") == {
        "Payment fees": 7,
        "Card clearing": -57,
        "Bank current account": 50,
        "Packaging": 20,
        "Tax 20% payable": 4,
        "Cash on hand": -24,
    }
    rows = books.call("GET", "reports/TrialBalance", end_date="2026-03-02")[1]["Rows"]["Row"]
    assert [column["value"] for column in rows[-1]["Summary"]["ColData"]] == ["TOTAL", "81.00", "81.00"]


def test_credits_of_suppliers_refunds_at_once_and_undeposited_money(books: Books) -> None:
    books.create(
        "RefundReceipt", {**books.invoice("R"), "DepositToAccountRef": books.account("Cash on hand")}
    )
    vendor = {"VendorRef": books.ref("Vendor", "Payment provider")}
    bill = books.create("Bill", {**vendor, "Line": [books.expense("Payment fees", "10", "Tax 20%")]})
    credit = books.create("VendorCredit", {**vendor, "Line": [books.expense("Payment fees", "4", "Tax 20%")]})
    paid = {
        **vendor,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": books.account("Card clearing")},
        "Line": [link("Bill", bill, "12"), link("VendorCredit", credit, "4.80")],
    }
    assert books.refused("BillPayment", {**paid, "TotalAmt": 12}) == "6000"
    books.create("BillPayment", {**paid, "TotalAmt": Decimal("7.20")})
    received = books.create("Payment", payment(books, "30"))
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": received["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    bank = books.account("Bank current account")
    books.create("Deposit", {"DepositToAccountRef": bank, "Line": [line]})
    assert books.simulator.balances("GBP") == {
        "Cash on hand": -120,
        "Sales": 100,
        "Tax 20% payable": Decimal("21.20"),
        "Payment fees": 6,
        "Card clearing": Decimal("-7.20"),
        "Accounts receivable": -30,
        "Bank current account": 30,
    }


def test_journals_that_do_not_hold_are_refused(books: Books) -> None:
    cash, sales = books.journal_line("Cash on hand", "10"), books.journal_line("Sales", "-10")
    nobody = books.journal_line("Accounts receivable", "10")
    vendor = {"Type": "Vendor", "EntityRef": books.ref("Vendor", "Payment provider")}
    owed = books.journal_line("Accounts receivable", "10", Entity=books.customer_entity())
    owing = books.journal_line("Accounts payable", "-10", Entity=vendor)
    assert (
        books.refused("JournalEntry", books.journal("J", cash, books.journal_line("Sales", "-9"))) == "6000"
    )
    assert books.refused("JournalEntry", books.journal("J", nobody, sales)) == "6000"
    assert books.refused("JournalEntry", books.journal("J", owed, owing)) == "6000"
    for _ in range(2):  # nobody minds two journals of one number
        made = books.create("JournalEntry", books.journal("J", cash, sales))
        assert (made["DocNumber"], made["TotalAmt"]) == ("J", 0)
    books.simulator.settings.warns_of_duplicates = frozenset({"journals"})
    assert books.refused("JournalEntry", books.journal("J", cash, sales)) == "6140"


def test_what_is_refused_by_numbers_dates_and_references(books: Books) -> None:
    settings = books.simulator.settings
    books.create("Invoice", books.invoice())
    assert books.refused("Invoice", books.invoice()) == "6140"
    assert books.refused("CreditMemo", books.invoice()) == "6140"
    assert books.create("Invoice", books.invoice(), include="allowduplicatedocnum")
    assert books.refused("Invoice", books.invoice("x" * 22)) == "2050"
    assert books.refused("Invoice", books.invoice("A", CustomerRef={"value": "999"})) == "2500"
    books.simulator.company.named("Account", "Sales")["Active"] = False
    assert books.refused("Invoice", books.invoice("A")) == "610"
    books.simulator.company.named("Account", "Sales")["Active"] = True
    settings.closing_date = date(2026, 3, 2)
    assert books.refused("Invoice", books.invoice("A")) == "6210"
    assert books.create("Invoice", books.invoice("A", TxnDate="2026-03-03"))
    settings.custom_numbers = False
    assert books.create("Invoice", books.invoice("B", TxnDate="2026-03-03"))["DocNumber"] == "B"
    settings.ignores_numbers = True
    assert books.create("Invoice", books.invoice("B", TxnDate="2026-03-03"))["DocNumber"] == "1001"
    settings.subscription_ended = True
    assert books.refused("Invoice", books.invoice("C", TxnDate="2026-03-03")) == "6190"
    settings.admin_lost = True
    status, answer = books.call("GET", "preferences")
    assert (status, answer["Fault"]["Error"][0]["code"]) == (401, "120")


def test_names_are_unique_over_kinds(books: Books) -> None:
    assert books.refused("Vendor", {"DisplayName": "daily SALES"}) == "6240"
    assert books.refused("Account", {"Name": "Sales", "AccountType": "Income"}) == "6240"
    assert books.refused("Account", {"Name": "Sales"}) == "6010"
    assert books.refused("Item", {"Name": "Food", "Type": "Service"}) == "2020"
    made = books.create("Item", {"Name": "Food", "IncomeAccountRef": books.account("Gift card liability")})
    assert made["Type"] == "Service"
    change = {"Id": made["Id"], "SyncToken": "7", "sparse": True, "Active": False}
    assert books.refused("Item", change) == "5010"
    assert books.create("Item", {**change, "SyncToken": "0"})["Active"] is False
    assert "Item" not in books.query("select * from Item where Name = 'Food'")
    assert books.query("select * from Item where Name = 'Food' and Active in (true, false)")["Item"]


def test_queries(books: Books) -> None:
    books.create("Invoice", books.invoice("A"))
    books.create("Invoice", books.invoice("B", TxnDate="2026-03-03"))
    found = books.query("select * from Invoice where DocNumber = 'B' and TxnDate >= '2026-03-01'")
    assert [each["DocNumber"] for each in found["Invoice"]] == ["B"]
    assert books.query(r"SELECT * FROM Account WHERE Name = 'Owner\'s drawings'")["Account"]
    page = books.query("select * from Account startposition 3 maxresults 2")
    assert (page["startPosition"], page["maxResults"], len(page["Account"])) == (3, 2, 2)
    assert books.query("select count(*) from Account")["totalCount"] > 50
    for wrong in (
        "select * from Deposit where PrivateNote = 'x'",
        "select * from Invoice where A = 'x' or B = 'y'",
        "select * from Account maxresults 1001",
        "select * from Nothing",
    ):
        status, answer = books.call("GET", "query", query=wrong)
        assert (status, answer["Fault"]["Error"][0]["code"]) == (400, "4001")


def test_a_batch_answers_each_item_in_order(books: Books) -> None:
    items = [
        {"bId": "1", "operation": "create", "Invoice": books.invoice("A")},
        {"bId": "2", "operation": "create", "Invoice": books.invoice("A")},
        {"bId": "3", "Query": "select * from CompanyInfo"},
    ]
    status, answer = books.call("POST", "batch", {"BatchItemRequest": items}, requestid="day-1")
    made, refused, asked = answer["BatchItemResponse"]
    assert (status, made["bId"], made["Invoice"]["TotalAmt"]) == (200, "1", 120)
    assert refused["Fault"]["Error"][0]["code"] == "6140"
    assert asked["QueryResponse"]["CompanyInfo"][0]["Country"] == "GB"
    assert books.call("POST", "batch", {"BatchItemRequest": items}, requestid="day-1")[1] == answer
    query = {"Query": "select * from CompanyInfo"}
    many = {"BatchItemRequest": [{**query, "bId": str(number)} for number in range(31)]}
    assert books.call("POST", "batch", many)[1]["Fault"]["Error"][0]["code"] == "1040"


def test_the_same_requestid_is_answered_again(books: Books) -> None:
    simulator = books.simulator
    first = books.create("Invoice", books.invoice("A"), requestid="r")
    assert books.create("Invoice", books.invoice("A"), requestid="r") == first
    assert (simulator.replays, simulator.changed_replays) == (1, 0)
    assert books.create("Invoice", books.invoice("B"), requestid="r") == first
    assert (simulator.replays, simulator.changed_replays, len(simulator.ledger.entries)) == (2, 1, 1)
    simulator.replays_requests = False
    assert books.refused("Invoice", books.invoice("A"), requestid="r") == "6140"


def test_consent_tells_the_company(books: Books) -> None:
    back = "http://127.0.0.1/callback"
    asked = {"client_id": CLIENT_ID, "response_type": "code", "state": "s", "redirect_uri": back}
    url = f"{books.simulator.url}/connect/oauth2?{urlencode(asked)}"
    location = HTTP.request("GET", url, redirect=False, retries=False).headers["Location"]
    told = parse_qs(urlsplit(location).query)
    assert (told["realmId"], told["state"]) == ([books.simulator.realm], ["s"])
    code = {"grant_type": "authorization_code", "code": told["code"][0], "redirect_uri": back}
    assert books.token(**code)[0] == 200
    assert books.token(**code)[0] == 400
    books.simulator.add_company("2", "Another", "GB", "GBP")
    books.simulator.realm = "2"
    assert books.call("GET", "preferences")[0] == 403  # the token is another company's


def test_tokens_and_limits(books: Books) -> None:
    simulator = books.simulator
    simulator.authorisation.now += 3600
    status, answer = books.call("GET", "preferences")
    assert (status, answer["fault"]["error"][0]["code"]) == (401, "3200")
    old = books.given["refresh_token"]
    status, books.given = books.token(grant_type="refresh_token", refresh_token=old)
    assert status == 200
    assert books.token(grant_type="refresh_token", refresh_token=old) == (400, {"error": "invalid_grant"})
    simulator.limits.minute = 2
    codes = [books.call("GET", "preferences")[0] for _ in range(3)]
    assert codes == [200, 200, 429]
    simulator.limits = Limits(second=1, batches=1, clock=lambda: clock)
    clock, batch = 0.0, {"BatchItemRequest": [{"bId": "1", "Query": "select * from Item"}]}
    assert [books.call("POST", "batch", batch)[0] for _ in range(2)] == [200, 429]
    clock = 2.0
    assert books.call("GET", "preferences")[0] == 200
    assert books.call("GET", "preferences")[0] == 429
    clock = 59.0
    assert books.call("POST", "batch", batch)[0] == 429


def test_foreign_currency_needs_a_customer_of_that_currency(international: Books) -> None:
    foreign: Body = {"CurrencyRef": {"value": "EUR"}}
    assert international.refused("Invoice", international.invoice("A")) == "2020"
    assert international.refused("Invoice", international.invoice("A", **foreign)) == "6000"
    customer = international.create("Customer", {"DisplayName": "Daily sales (EUR)", **foreign})
    international.create(
        "Invoice", international.invoice("A", CustomerRef={"value": customer["Id"]}, **foreign)
    )
    assert international.simulator.balances("EUR")["Accounts receivable - EUR"] == 120
    international.simulator.settings.multicurrency = False
    assert international.refused("Invoice", international.invoice("B", **foreign)) == "6000"


def test_automated_sales_tax(american: Books) -> None:
    def invoice(number: str, **tax: Any) -> Body:
        body = american.invoice(number, TxnTaxDetail=tax)
        body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
        return body

    assert american.refused("Invoice", american.invoice("A")) == "6100"
    assert american.create("Invoice", invoice("A", TotalTax=7))["TxnTaxDetail"]["TotalTax"] == 8
    own = {"TotalTax": 7, "UseAutomatedSalesTax": False}
    assert american.create("Invoice", invoice("B", **own))["TotalAmt"] == 107
    american.simulator.settings.allows_tax_override = False
    assert american.create("Invoice", invoice("C", **own))["TotalAmt"] == 108


def test_requests_are_held_against_the_official_schema(books: Books) -> None:
    if books.simulator.checks.unvalidated:
        pytest.skip(f"not validated: {books.simulator.checks.unvalidated}")
    books.create("Invoice", books.invoice("A"))
    assert books.simulator.violations == []
    unlike: tuple[Body, ...] = ({"Colour": "red"}, {"TxnDate": "2 March"}, {"TotalAmt": "12"}, {"Line": {}})
    for wrong in unlike:
        assert books.refused("Invoice", books.invoice("B", **wrong)) == "2010"
    assert len(books.simulator.violations) == 4
    assert books.simulator.checks.validated["requests"] == 1
    assert books.simulator.checks.validated["answers"] == 5


def test_a_published_client_reads_what_is_held(books: Books) -> None:
    if not second_opinion.is_there():
        pytest.skip("python-quickbooks is not installed")
    fill(books)
    assert second_opinion.read(books.simulator.company) == len(DOCUMENTS)
    invoices = importlib.import_module("quickbooks.objects.invoice")
    (held,) = books.simulator.company.held["Invoice"].values()
    read = invoices.Invoice.from_json(json.loads(dump(held)))
    assert (read.TotalAmt, read.TxnTaxDetail.TotalTax, read.Line[0].Amount) == (120, 20, 100)
    assert read.Line[0].SalesItemLineDetail.ItemRef.name == "Services"


def fill(books: Books) -> None:
    """A document of each kind."""
    cash, bank = books.account("Cash on hand"), books.account("Bank current account")
    vendor = {"VendorRef": books.ref("Vendor", "Payment provider")}
    invoice = books.create("Invoice", books.invoice("I"))
    books.create("CreditMemo", books.invoice("C"))
    books.create("RefundReceipt", {**books.invoice("R"), "DepositToAccountRef": cash})
    books.create("Payment", payment(books, "70", link("Invoice", invoice, "70")))
    bill = books.create("Bill", {**vendor, "Line": [books.expense("Payment fees", "10")]})
    paid = {**vendor, "PayType": "Check", "TotalAmt": 10, "CheckPayment": {"BankAccountRef": bank}}
    books.create("BillPayment", {**paid, "Line": [link("Bill", bill, "10")]})
    books.create("VendorCredit", {**vendor, "Line": [books.expense("Payment fees", "10")]})
    back = {"AccountRef": books.account("Payment fees")}
    line = {"Amount": 3, "DetailType": "DepositLineDetail", "DepositLineDetail": back}
    books.create("Deposit", {"DepositToAccountRef": bank, "Line": [line]})
    spent = {"PaymentType": "Cash", "AccountRef": cash}
    books.create("Purchase", {**spent, "Line": [books.expense("Packaging", "20")]})
    books.create("Transfer", {"FromAccountRef": cash, "ToAccountRef": bank, "Amount": 50})
    lines = (books.journal_line("Cash on hand", "10"), books.journal_line("Sales", "-10"))
    books.create("JournalEntry", books.journal("J", *lines))
