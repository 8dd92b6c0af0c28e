"""How the simulated Xero is called: batches, keys, lists, tokens, limits, the official description."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.xero import Limits, XeroSimulator
from tests.simulators.xero.caller import Caller
from tests.simulators.xero.official import official
from tests.simulators.xero.second_opinion import read

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


# --- several at once, numbers, keys


def test_each_for_itself_or_all_or_none(xero: Caller) -> None:
    both = {"Invoices": [xero.invoice(number="A"), xero.invoice(number="B", CurrencyCode="USD")]}
    assert "not subscribed" in xero.refused("PUT", "/Invoices", both)
    assert xero.good("GET", "/Invoices?InvoiceNumbers=A,B")["Invoices"] == []
    good, bad = xero.good("PUT", "/Invoices?summarizeErrors=false", both)["Invoices"]
    assert (good["StatusAttributeString"], good["HasErrors"], good["Total"]) == ("OK", False, 120)
    assert (bad["StatusAttributeString"], bad["HasErrors"]) == ("ERROR", True)
    assert "USD" in bad["ValidationErrors"][0]["Message"]
    assert len(xero.simulator.ledger.entries) == 1


def test_numbers_of_bills_are_not_unique_and_post_overwrites(xero: Caller) -> None:
    xero.create("Invoices", xero.bill())
    xero.create("Invoices", xero.bill())
    assert xero.balances()["Accounts payable"] == -20
    xero.create("Invoices", xero.invoice())
    xero.good("POST", "/Invoices", {"Invoices": [xero.invoice(xero.line("60.00"))]})
    assert xero.balances()["Sales"] == -50
    found = xero.good("GET", '/Invoices?where=Type=="ACCREC"&page=1')
    assert [each["Total"] for each in found["Invoices"]] == [60]
    assert found["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 1}


def test_a_key_does_a_request_once(xero: Caller) -> None:
    def send(number: str) -> tuple[int, Any, Any]:
        body = {"Invoices": [xero.bill(InvoiceNumber=number)]}
        return xero.send("PUT", "/Invoices", body, Idempotency_Key="k1")

    first, again, other = send("1"), send("1"), send("2")
    assert first[1]["Invoices"] == again[1]["Invoices"]
    assert xero.balances()["Accounts payable"] == -10
    assert (other[0], other[1]["Type"]) == (400, "IdempotencyException")
    xero.simulator.authorisation.now += xero.simulator.idempotency_seconds
    xero.token, _ = xero.simulator.consented()
    send("1")
    assert xero.balances()["Accounts payable"] == -20


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('where=InvoiceNumber=="A"', "A"),
        ('where=InvoiceNumber.StartsWith("A") OR Total<61', "AB"),
        ('where=(Type=="ACCREC" AND Date>=DateTime(2025,3,2)) AND Status!="VOIDED"', "BC"),
        ('where=Date==DateTime.Parse("2025-03-01")', "A"),
        ("searchTerm=b", "B"),
        ("InvoiceNumbers=C,A", "AC"),
        ("Statuses=DRAFT", "C"),
        ("createdByMyApp=true&order=Date DESC", "CBA"),
        ("page=2&pageSize=2", "C"),
    ],
)
def test_finding_invoices(xero: Caller, query: str, found: str) -> None:
    xero.create(
        "Invoices",
        xero.invoice(number="A"),
        xero.invoice(xero.line("60.00"), number="B", Date="2025-03-02"),
        xero.invoice(number="C", Date="2025-03-03", Status="DRAFT"),
    )
    answer = xero.good("GET", f"/Invoices?{query}")
    assert "".join(each["InvoiceNumber"] for each in answer["Invoices"]) == found
    assert all(bool(each["LineItems"]) == ("page" in query) for each in answer["Invoices"])


# --- tokens, organisations, limits


def test_tokens_and_organisations(simulator: XeroSimulator, xero: Caller) -> None:
    other = XeroSimulator(names=["Elsewhere"]).organisations[0]
    assert xero.send("GET", "/Accounts", xero_tenant_id=other.id)[0] == 403
    (connection,) = xero.good("GET", "/connections")
    assert connection["tenantId"] == xero.organisation.id
    assert xero.send("DELETE", f"/connections/{connection['id']}")[0] == 204
    assert xero.send("GET", "/Accounts")[0] == 403
    simulator.authorisation.now += 1800
    assert xero.send("GET", "/Accounts")[0] == 401


def test_limits(simulator: XeroSimulator, xero: Caller) -> None:
    simulator.limits = Limits(minute=2, day=3)
    assert xero.send("GET", "/Accounts")[2]["X-MinLimit-Remaining"] == "1"
    xero.good("GET", "/TaxRates")
    status, _, headers = xero.send("GET", "/TaxRates")
    assert (status, headers["X-Rate-Limit-Problem"], headers["Retry-After"]) == (429, "minute", "60")
    simulator.authorisation.now += 60
    assert xero.send("GET", "/Currencies")[2]["X-DayLimit-Remaining"] == "0"
    status, _, headers = xero.send("GET", "/Accounts")
    assert (status, headers["X-Rate-Limit-Problem"], headers["Retry-After"]) == (429, "day", str(86_400 - 60))
    simulator.limits = Limits(concurrent=0)
    assert xero.send("GET", "/Accounts")[2]["X-Rate-Limit-Problem"] == "concurrent"


# --- the official description


needs_description = pytest.mark.skipif(
    official() is None, reason="the official description is not here: set DAYBOOK_SPECS"
)


@needs_description
def test_every_list_is_as_the_official_description_says(xero: Caller) -> None:
    xero.create("Invoices", xero.invoice())
    paths = ("Organisation", "Organisation/Actions", "Currencies", "Accounts", "TaxRates", "Contacts?page=1")
    for path in (*paths, "Invoices?page=1", "CreditNotes", "Payments", "BankTransactions", "BankTransfers"):
        xero.good("GET", f"/{path}")
    for path in ("ManualJournals", "Reports/TrialBalance"):
        xero.good("GET", f"/{path}")
    assert xero.simulator.violations == []
    assert xero.simulator.checks.validated == {"requests": 14, "answers": 14}
    assert "14 requests and 14 answers checked" in xero.simulator.checks.summary()


@needs_description
@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("PUT", "/Invoices", {"Invoices": [{"Refrence": "1"}]}, "Refrence"),
        ("PUT", "/Invoices", {"Invoices": [{"LineItems": [{"Account": "200"}]}]}, "Account"),
        ("PUT", "/Invoices", {"Invoices": [{"SubTotal": D(1)}]}, "SubTotal"),
        ("PUT", "/Invoices", {"Invoices": [{"InvoiceID": "5"}]}, "uuid"),
        ("PUT", "/Invoices", {"Invoices": [{"Reference": None}]}, "None is not of type"),
        ("PUT", "/BankTransactions", {"BankTransactions": [{"Type": "SPEND"}]}, "required"),
        (
            "PUT",
            "/BankTransfers?summarizeErrors=false",
            {"BankTransfers": []},
            "summarizeErrors is not declared",
        ),
        ("GET", "/Invoices?page=first", None, "not integer"),
        ("GET", "/Invoices?number=1", None, "not declared"),
        ("GET", "/Bills", None, "not an operation"),
    ],
)
def test_what_is_not_described_is_refused(
    xero: Caller, method: str, path: str, body: Any, reason: str
) -> None:
    assert reason in xero.refused(method, path, body)
    assert any(reason in each for each in xero.simulator.violations)


def test_the_vendors_library_reads_the_documents(xero: Caller) -> None:
    pytest.importorskip("xero_python", reason="xero-python is not installed")
    (made,) = xero.create("Invoices", xero.invoice())
    xero.create("Invoices", xero.bill())
    xero.create("Payments", xero.payment("Invoice", made["InvoiceID"], "120.00"))
    lines = [{"AccountID": xero.id_of("Suspense"), "LineAmount": D(each)} for each in ("1.50", "-1.50")]
    journal = {"Narration": "Day", "Status": "POSTED", "Date": "2025-03-01", "JournalLines": lines}
    xero.create("ManualJournals", journal)
    found = read(xero.organisation)
    sale, bill = (reading.model for reading in found["Invoices"])
    assert (sale["invoice_number"], sale["status"], sale["date"]) == ("DB-1", "PAID", date(2025, 3, 1))
    assert [D(str(each)) for each in (sale["total"], sale["total_tax"], bill["amount_due"])] == [120, 20, 10]
    assert sale["line_items"][0]["tax_type"] == "OUTPUT2"
    (payment,), (entry,) = found["Payments"], found["ManualJournals"]
    assert (D(str(payment.model["amount"])), payment.total) == (120, 120)
    assert [D(str(line["line_amount"])) for line in entry.model["journal_lines"]] == [D("1.5"), D("-1.5")]
