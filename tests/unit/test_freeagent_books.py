"""The calls: what is asked of FreeAgent, how few times, and what is made of lost answers and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.json_text import dump
from daybook.domain.ledger import Written
from daybook.platforms import authorised, transport
from daybook.platforms.access import Access, Credentials
from daybook.platforms.freeagent import CALLS_A_MINUTE, OAUTH, connect, tenants
from daybook.platforms.oauth import Tenant, consent_url
from tests.unit.freeagent_examples import (
    ALL,
    API,
    BILL,
    BY_GIFT,
    CREDIT,
    DAY,
    INVOICE,
    JOURNAL,
    PAYMENT,
    SHOPPER,
    SPENT,
    TAKINGS,
    TRANSFER,
    WITH_GIFTS,
    Call,
    FreeAgent,
    books,
    document,
    reference,
)

LOST = PlatformUnclear("FreeAgent", "FreeAgent did not answer in time.")
BUSY = PlatformUnavailable("FreeAgent", "FreeAgent takes no more calls for 60 seconds.", 60)


def refusal(reason: str) -> tuple[int, Any]:
    return 422, {"errors": {"error": {"message": reason}}}


def on(method: str, path: str, answer: Any, times: int = 99) -> Any:
    """A fault: this answer to such calls, so many times."""
    left = [times]

    def given(call: Call) -> Any:
        if call.method != method or path not in call.path or not left[0]:
            return None
        left[0] -= 1
        return answer

    return given


@pytest.mark.parametrize("asked", ALL, ids=lambda each: each.reference)
def test_every_kind_is_written_and_found(asked: Document) -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    assert platform.find(asked.kind, asked.reference, DAY) is None
    (written,) = platform.write([asked])
    assert isinstance(written, Written)
    assert (written.total, written.tax) == (asked.total, asked.tax)
    found = platform.find(asked.kind, asked.reference, DAY)
    assert found is not None
    assert (found.platform_id, found.total) == (written.platform_id, asked.total)
    if asked.kind not in (Kind.INVOICE, Kind.CREDIT_NOTE):  # whose references are unique whatever their day
        assert platform.find(asked.kind, asked.reference, DAY + timedelta(days=1)) is None


@pytest.mark.parametrize("asked", ALL, ids=lambda each: each.reference)
def test_writing_goes_on_wherever_an_answer_was_lost(asked: Document) -> None:
    """Whichever call loses its answer, done or not: the second time everything is there once."""
    whole = FreeAgent()
    books(whole).write([asked])
    steps = len(whole.sent())
    for step in range(steps):
        for is_done in (True, False):
            freeagent = FreeAgent()
            counted = iter(range(99))

            def lost(call: Call, step: int = step, counted: Any = counted) -> Any:
                return LOST if call.method != "GET" and next(counted) == step else None

            setattr(freeagent, "after" if is_done else "before", lost)
            platform = books(freeagent)
            (outcome,) = platform.write([asked])
            assert isinstance(outcome, PlatformUnclear)
            found = platform.find(asked.kind, asked.reference, DAY)
            assert found is None or (is_done and found.total == asked.total)
            assert found is not None or isinstance(platform.write([asked])[0], Written)
            assert totals(freeagent) == totals(whole)


def totals(freeagent: FreeAgent) -> list[tuple[Any, ...]]:
    """What is there: name, amount and status of everything, wherever it was made."""
    return sorted(
        (
            str(each.get("reference") or each.get("tag") or each.get("receipt_reference")),
            str(each.get("total_value") or each.get("gross_value")),
            str(each.get("status")),
        )
        for each in freeagent.kept.values()
    )


def test_an_invoice_is_looked_for_drafted_and_sent() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    platform.reference_data()
    before = len(freeagent.calls)
    platform.write([INVOICE, CREDIT, JOURNAL, BILL, TRANSFER, SPENT, PAYMENT])
    reads = [call.path for call in freeagent.calls[before:] if call.method == "GET"]
    assert reads == ["/v2/invoices", "/v2/credit_notes"]
    assert [f"{method} {path.split('/')[0]}" for method, path in freeagent.sent()] == [
        "POST invoices", "PUT invoices", "POST credit_notes", "PUT credit_notes", "POST journal_sets",
        "POST bills", *["POST bank_transaction_explanations"] * 3,
    ]  # fmt: skip
    assert [each["status"] for each in freeagent.of("invoices")] == ["Open"]


def test_a_draft_stays_one() -> None:
    freeagent = FreeAgent()
    draft = replace(INVOICE, status="Draft")
    platform = books(freeagent)
    (written,) = platform.write([draft])
    assert platform.write([draft]) == [written]
    assert [method for method, _ in freeagent.sent()] == ["POST"]


@pytest.mark.parametrize("asked", [INVOICE, BILL, SPENT])
def test_what_freeagent_makes_of_it_is_compared_before_it_counts(asked: Document) -> None:
    off = {"total_value": "1", "gross_value": "-1", "sales_tax_value": "0", "dated_on": "2026-03-14"}

    def differs(call: Call) -> Any:
        if call.method != "POST":
            return None
        (element,) = call.body
        return 201, {element: off}, {"location": list(freeagent.kept)[-1]}

    freeagent = FreeAgent(after=differs)
    (outcome,) = books(freeagent).write([asked])
    assert isinstance(outcome, PlatformRejected)
    assert "FreeAgent made 1.00" in outcome.message
    assert freeagent.kept == {}


def test_another_tax_within_the_same_total_is_no_agreement() -> None:
    def taxed(call: Call) -> Any:
        made = {"total_value": "3.00", "sales_tax_value": "-0.50", "url": f"{API}/bills/7"}
        return (201, {"bill": made}) if call.method == "POST" else None

    (outcome,) = books(FreeAgent(after=taxed)).write([BILL])
    assert isinstance(outcome, PlatformRejected)
    assert "3.00 with 0.50 tax" in outcome.message


def test_what_cannot_be_taken_back_is_told() -> None:
    def differs(call: Call) -> Any:
        if call.method == "POST":
            return 201, {"bill": {"total_value": "9", "url": f"{API}/bills/7"}}
        return refusal("no") if call.method == "DELETE" else None

    (outcome,) = books(FreeAgent(after=differs)).write([BILL])
    assert outcome == Written(f"{API}/bills/7", Decimal(9), Decimal(0))


def test_a_tax_that_is_missing_from_one_in_parts_is_told() -> None:
    def untaxed(call: Call) -> Any:
        if call.method == "POST" and call.path.endswith("/invoices"):
            made = {"total_value": f"{WITH_GIFTS.total}", "sales_tax_value": "0", "url": f"{API}/invoices/7"}
            return 201, {"invoice": made}
        return refusal("no") if call.method == "DELETE" else None

    (outcome,) = books(FreeAgent(after=untaxed)).write([WITH_GIFTS])
    assert any(each.tax for each in WITH_GIFTS.lines)
    assert outcome == Written(f"{API}/invoices/7", WITH_GIFTS.total, Decimal(0))


def test_a_draft_that_cannot_be_sent_is_deleted() -> None:
    freeagent = FreeAgent(before=on("PUT", "/invoices/", refusal("Dated on is locked")))
    (outcome,) = books(freeagent).write([INVOICE])
    assert isinstance(outcome, PlatformRejected)
    assert freeagent.kept == {}


def test_parts_are_taken_back_when_the_rest_is_refused() -> None:
    freeagent = FreeAgent(before=on("POST", "/invoices", refusal("Contact not found")))
    (outcome,) = books(freeagent).write([WITH_GIFTS])
    assert isinstance(outcome, PlatformRejected)
    assert freeagent.kept == {}


def test_parts_that_cannot_be_taken_back_are_left_for_another_try() -> None:
    def stuck(call: Call) -> Any:
        is_stuck = call.method == "DELETE" or (call.method == "POST" and "explanations" not in call.path)
        return refusal("no") if is_stuck else None

    (outcome,) = books(FreeAgent(before=stuck)).write([TAKINGS])
    assert isinstance(outcome, PlatformUnclear)
    assert "Part of it is in FreeAgent" in outcome.message


def test_out_of_calls_halfway() -> None:
    freeagent = FreeAgent(before=on("POST", "/invoices", BUSY))
    first, second = books(freeagent).write([WITH_GIFTS, JOURNAL])
    assert isinstance(first, PlatformUnclear)
    assert isinstance(second, PlatformUnavailable)
    assert [path for _, path in freeagent.sent()] == ["journal_sets", "invoices"]
    assert books(FreeAgent(before=on("POST", "", BUSY))).write([BILL, JOURNAL]) == [BUSY, BUSY]


def test_somebody_elses_document_is_left_alone() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    platform.write([replace(INVOICE, lines=INVOICE.lines[:1], total=Decimal(120))])
    (outcome,) = platform.write([INVOICE])
    assert isinstance(outcome, PlatformUnclear)
    assert len(freeagent.of("invoices")) == 1
    found = platform.find(Kind.INVOICE, INVOICE.reference, DAY)
    assert found is not None
    assert found.total == 120


def test_parts_of_another_plan_are_left_alone() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    platform.write([replace(JOURNAL, reference=f"{WITH_GIFTS.reference}.1")])
    (outcome,) = platform.write([WITH_GIFTS])
    assert isinstance(outcome, PlatformUnclear)
    assert len(freeagent.kept) == 1


def test_two_with_one_reference_are_nobodys() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    platform.write([SPENT])
    platform.write([SPENT])
    found = platform.find(SPENT.kind, SPENT.reference, DAY)
    assert found is not None
    assert found.total == 2 * SPENT.total


def test_debts_in_journals_are_those_of_stand_ins() -> None:
    freeagent = FreeAgent()
    books(freeagent).write([TAKINGS])
    (invoice,) = freeagent.of("invoices")
    assert invoice["contact"] == SHOPPER
    assert invoice["reference"] == f"{TAKINGS.reference}.4"


def test_reference_data_is_read_once_and_again_after_a_refusal() -> None:
    freeagent = FreeAgent(before=on("POST", "/bills", refusal("Category is not valid")))
    platform = books(freeagent)
    assert platform.reference_data() == reference()
    platform.reference_data()
    assert [call.path for call in freeagent.calls] == [
        "/v2/company", "/v2/categories", "/v2/bank_accounts", "/v2/contacts", "/v2/vat_returns",
        "/v2/account_locks",
    ]  # fmt: skip
    platform.write([BILL])
    platform.reference_data()
    assert len([call for call in freeagent.calls if call.path == "/v2/company"]) == 2


def test_companies_without_vat_returns() -> None:
    platform = books(FreeAgent(before=on("GET", "/vat_returns", (403, {}))))
    assert platform.reference_data().company.lock_date == date(2026, 1, 31)


def test_users_who_may_not_see_locks() -> None:
    platform = books(FreeAgent(before=on("GET", "/account_locks", (403, {}))))
    assert platform.reference_data().company.lock_date == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((403, {"errors": {"error": {"message": "API access is disabled"}}}), SubscriptionExpired),
        ((403, {}), AuthorisationLost),
        ((404, {}), PlatformUnavailable),
        ((200, []), PlatformUnavailable),
        ((200, {"company": 1}), PlatformUnavailable),
        (BUSY, PlatformUnavailable),
    ],
)
def test_books_that_cannot_be_read(answer: Any, error: type[Exception]) -> None:
    platform = books(FreeAgent(before=on("GET", "/company", answer)))
    with pytest.raises(error):
        platform.reference_data()
    assert [type(each) for each in platform.write([BILL, JOURNAL])] == [error, error]


def test_lists_are_read_to_their_last_page() -> None:
    def paged(call: Call) -> Any:
        if call.path != "/v2/contacts":
            return None
        assert call.query == {"view": "all", "page": call.query["page"], "per_page": "100"}
        link = f'<{API}/contacts?page=2>; rel="next"' if call.query["page"] == "1" else '<x>; rel="prev"'
        contacts = [{"url": f"{API}/contacts/{call.query['page']}", "organisation_name": "A"}]
        return 200, {"contacts": contacts}, {"link": link}

    assert len(books(FreeAgent(before=paged)).reference_data().customers) == 2


def test_a_list_without_an_end_is_not_taken_for_absence() -> None:
    endless = on("GET", "/journal_sets", (200, {"journal_sets": []}, {"link": '<x>; rel="next"'}), 999)
    with pytest.raises(PlatformUnavailable, match="more than can be read"):
        books(FreeAgent(before=endless)).find(Kind.JOURNAL, "J", DAY)


def test_what_is_looked_through() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    platform.reference_data()
    platform.find(Kind.INVOICE, "I1", DAY)
    platform.find(Kind.INVOICE, "I2", date(2999, 1, 1))
    platform.find(Kind.PAYMENT, "P1", DAY)
    first, ahead, *banks = freeagent.calls[6:]
    assert first.query["updated_since"] == "2026-03-13T00:00:00.000Z"
    assert "updated_since" not in ahead.query
    assert len(banks) == 5
    assert {(each.query["from_date"], each.query["to_date"]) for each in banks} == {
        ("2026-03-14", "2026-03-14")
    }


def test_additions() -> None:
    freeagent = FreeAgent()
    platform = books(freeagent)
    account = platform.create_account("Events", "", "Income")
    assert (account.name, account.code, account.type) == ("Events", "049", "Income")
    assert account.id.startswith(f"{API}/categories/")
    assert platform.create_account("Vouchers", "740", "Liability").takes_payments
    assert platform.create_customer(NewCustomer("daily SALES")).id == SHOPPER
    assert platform.create_customer(NewCustomer("Bakery")).name == "Bakery"
    assert platform.create_customer(NewCustomer("former")).name == "former"
    assert [path for _, path in freeagent.sent()] == ["categories", "categories", "contacts", "contacts"]


@dataclass
class _Answer:
    status: int
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("company", "identity"),
    [
        ({"subdomain": "cafe", "name": "Cafe"}, "cafe"),
        ({"url": f"{API}/company", "name": "Cafe"}, f"{API}/company"),
    ],
)
def test_the_company_of_a_consent(monkeypatch: pytest.MonkeyPatch, company: Any, identity: str) -> None:
    asked = []

    class Pool:
        def request(self, method: str, url: str, **sent: Any) -> _Answer:
            asked.append((method, url, sent["headers"]["Authorization"], sent["headers"]["User-Agent"]))
            return _Answer(200, dump({"company": company}).encode())

    monkeypatch.setattr(transport, "pool", Pool)
    assert tenants("https://sandbox.example/v2", "t", {}) == [Tenant(identity, "Cafe")]
    assert asked == [("GET", "https://sandbox.example/v2/company", "Bearer t", "Daybook")]


@pytest.mark.parametrize(("status", "error"), [(401, AuthorisationLost), (404, PlatformUnavailable)])
def test_a_consent_that_reaches_nothing(
    monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    class Pool:
        def request(self, *_: str, **__: Any) -> _Answer:
            return _Answer(status, b"{}")

    monkeypatch.setattr(transport, "pool", Pool)
    with pytest.raises(error):
        tenants("", "t", {})


def test_how_it_is_authorised() -> None:
    url = consent_url(OAUTH, Credentials("client", "secret"), "state", "https://d.example/back", "v")
    assert url.startswith("https://api.freeagent.com/v2/approve_app?")
    assert set(parse_qs(urlsplit(url).query)) == {"response_type", "client_id", "redirect_uri", "state"}
    assert authorised("fbrh").OAUTH is OAUTH
    assert CALLS_A_MINUTE < 120
    with pytest.raises(ValueError, match="tokens"):
        connect(Access("company", "connection"))


def test_gift_cards_spent_are_two_explanations() -> None:
    freeagent = FreeAgent()
    books(freeagent).write([BY_GIFT])
    values = [each["gross_value"] for each in freeagent.of("bank_transaction_explanations")]
    assert values == ["-25.00", "25.00"]
    assert document(Kind.BILL, "x").total == 0
