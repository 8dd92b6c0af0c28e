"""The pages of Sandbox books, from the flow's session and from the portal's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from daybook.domain.documents import Kind
from daybook.platforms.sandbox.books import SandboxBooks
from daybook.platforms.sandbox.chart import new_books
from daybook.services import show_books
from daybook.services.runtime import Runtime, over
from daybook.services.sessions import FLOW, PORTAL, Session, open_session, session_ends
from daybook.store import clients, companies
from daybook.store.ledger import Ledger
from tests.integration.api_calls import CountedIds, SteppingClock
from tests.integration.page_calls import PREFIX, Browser, Page, browser_over
from tests.simulation.memory import MemoryTable
from tests.simulation.sandbox import COMPANY, DAY, document, line

OTHER = "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c12"
BOOKS, FROM_PORTAL = f"/flow/{COMPANY}/books", f"/portal/companies/{COMPANY}/books"
SECTIONS = ("", "/balances", "/journal", "/documents", "/accounts")


@pytest.fixture
def runtime() -> Runtime:
    """A merchant's books with an invoice paid in part, a bill and a journal entry a month later."""
    clock = SteppingClock()
    made = over(MemoryTable(), clock, CountedIds(clock))
    clients.create(made.table, clients.Client("client-a", "Till Makers"))
    clients.create(made.table, clients.Client("client-b", "Others"))
    for identity in (COMPANY, OTHER):
        companies.create(made.table, companies.Company(identity, "client-a", "Harbour & Café"))
    ledger = Ledger(made.table, COMPANY)
    ledger.open(new_books(COMPANY, "Harbour & Café"))
    books = SandboxBooks(COMPANY, ledger)
    invoice = books.write_one(document(Kind.INVOICE, "INV-1", line("Sales", "1000.00", "200.00", "Tax 20%")))
    books.write_one(
        document(
            Kind.PAYMENT,
            "PAY-1",
            settles=invoice.platform_id,
            account="Cash on hand",
            total=Decimal("700.50"),
        )
    )
    books.write_one(document(Kind.BILL, "BILL-1", line("Payment fees", "30.00")))
    later = DAY + timedelta(days=31)
    lines = (line("Cash on hand", "5.00"), line("Rounding", "-5.00"))
    books.write_one(document(Kind.JOURNAL, "JNL-1", *lines, dated=later))
    return made


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> Browser:
    return browser_over(monkeypatch, runtime, books="/")


def enter(
    browser: Browser, runtime: Runtime, kind: str = FLOW, client: str = "client-a", locale: str = "en-us"
) -> None:
    """Have a session as the flow and the portal give it."""
    company_id, path = (COMPANY, f"flow/{COMPANY}") if kind == FLOW else ("", "portal")
    session = Session(kind, client, company_id, locale, session_ends(runtime, kind))
    browser.cookies[f"daybook-{kind}", f"{PREFIX}/{path}"] = open_session(runtime, session)


def cells(page: Page) -> list[list[str]]:
    """The rows of figures of a page's tables."""
    rows = re.findall(r"<tr.*?</tr>", page.html, re.DOTALL)
    found = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in found]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("locale", ["en-us", "fr-fr"])
def test_every_page_is_shown_from_the_flow_and_from_the_portal(
    browser: Browser, runtime: Runtime, section: str, locale: str
) -> None:
    for kind, root in ((FLOW, BOOKS), (PORTAL, FROM_PORTAL)):
        enter(browser, runtime, kind, locale=locale)
        page = browser.get(f"{root}{section}")
        assert page.status == 200, page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert "Harbour &amp; Café" in page.html
        inside = [href for _, href in page.links if href.startswith("/")]
        assert len(inside) >= 8
        assert all(href.startswith(f"{PREFIX}{root.rpartition('/')[0]}") for href in inside), inside
        for _, href in page.links:
            if "/books" in href and "/export/" not in href:
                assert browser.get(href.removeprefix(PREFIX)).status == 200


@pytest.mark.parametrize("section", [*SECTIONS, "/export/books.beancount"])
def test_nobody_else_sees_them(browser: Browser, runtime: Runtime, section: str) -> None:
    assert browser.get(f"{BOOKS}{section}").status == 401
    assert browser.get(f"{FROM_PORTAL}{section}").status == 401
    enter(browser, runtime)
    assert browser.get(f"{FROM_PORTAL}{section}").status == 401
    assert browser.get(f"/flow/{OTHER}/books{section}").status == 401
    enter(browser, runtime, PORTAL, client="client-b")
    answers = [
        browser.get(f"/portal/companies/{identity}/books{section}")
        for identity in (COMPANY, "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c99", "x")
    ]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert len({answer.text for answer in answers}) == 1


def test_books_that_were_never_opened_are_not_there(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime, PORTAL)
    for section in (*SECTIONS, "/export/books.journal", "/export/other.txt"):
        assert browser.get(f"/portal/companies/{OTHER}/books{section}").status == 404


def test_the_trial_balance_agrees(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime)
    page = browser.get(BOOKS)
    rows = cells(page)
    assert ["1050", "Cash on hand", "705.50", "", "705.50", ""] in rows
    assert ["1100", "Accounts receivable", "1,200.00", "700.50", "499.50", ""] in rows
    assert ["4000", "Sales", "", "1,000.00", "", "1,000.00"] in rows
    assert rows[-1] == ["Totals", "1,935.50", "1,935.50", "1,235.00", "1,235.00"]
    assert "Debits and credits agree." in page.text
    french = enter(browser, runtime, locale="fr-fr") or browser.get(BOOKS)
    assert ["1100", "Accounts receivable", "1 200,00", "700,50", "499,50", ""] in cells(french)
    assert "La balance est équilibrée" in french.text


def test_a_period_shows_what_moved_in_it(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime)
    page = browser.get(f"{BOOKS}?from=2026-04-01&to=2026-04-30")
    assert "From Apr 1, 2026 to Apr 30, 2026" in page.text
    assert "Net movement" in page.text
    assert cells(page)[-1] == ["Totals", "5.00", "5.00", "5.00", "5.00"]
    until = browser.get(f"{BOOKS}?to=2026-03-31")
    assert "Net movement" not in until.text
    assert cells(until)[-1][1:3] == ["1,930.50", "1,930.50"]
    assert "Nothing is booked in this period." in browser.get(f"{BOOKS}?from=2027-01-01").text


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("from=2026-02-30", "from", "Enter a date"),
        ("to=yesterday", "to", "Enter a date"),
        ("to=20260331", "to", "Enter a date"),
        ("from=2026-03-02&to=2026-03-01", "from", "must not be after"),
    ],
)
def test_a_wrong_period_is_told_beside_its_field(
    browser: Browser, runtime: Runtime, query: str, field: str, said: str
) -> None:
    enter(browser, runtime)
    for section in ("", "/journal"):
        page = browser.get(f"{BOOKS}{section}?{query}")
        assert page.status == 422
        assert page.html.count(said) == 2
        assert f'id="{field}-error"' in page.html
        assert dict(pair.split("=") for pair in query.split("&"))[field] in page.html
        assert "<table" not in page.html


def test_customers_and_suppliers_have_balances(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime)
    rows = cells(browser.get(f"{BOOKS}/balances"))
    assert ["Daily sales", "1,200.00", "700.50", "499.50", ""] in rows
    assert ["Payment provider", "", "30.00", "", "30.00"] in rows


def test_the_journal_shows_entries_the_newest_first(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime)
    page = browser.get(f"{BOOKS}/journal")
    assert page.text.index("JNL-1") < page.text.index("INV-1")
    assert ["1100", "Accounts receivable Daily sales", "Trade of 2026-03-14", "1,200.00", ""] in cells(page)
    assert ["4000", "Sales", "Sales of the day", "", "1,000.00"] in cells(page)


def test_documents_are_shown_as_they_stand(browser: Browser, runtime: Runtime) -> None:
    enter(browser, runtime)
    rows = {row[1]: row for row in cells(browser.get(f"{BOOKS}/documents")) if len(row) == 8}
    invoice = [
        "Mar 14, 2026",
        "Invoice INV-1",
        "Daily sales",
        "Partly paid",
        "200.00",
        "1,200.00",
        "499.50",
        "GBP",
    ]
    assert [cell.replace("\xa0", " ") for cell in rows["Invoice INV-1"]] == invoice
    assert rows["Payment PAY-1"][3:] == ["Booked", "", "700.50", "", "GBP"]
    assert rows["Bill BILL-1"][3] == "Unpaid"


def test_a_long_journal_has_pages_and_loses_nothing(
    browser: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_books, "ENTRIES_A_PAGE", 2)
    books = SandboxBooks(COMPANY, Ledger(runtime.table, COMPANY))
    for number in range(5):
        lines = (line("Cash on hand", "1.00"), line("Rounding", "-1.00"))
        books.write_one(document(Kind.JOURNAL, f"MORE-{number}", *lines, dated=date(2026, 3, 20)))
    enter(browser, runtime)
    page, seen = browser.get(f"{BOOKS}/documents?to=2026-12-31"), []
    for _ in range(20):
        seen += re.findall(r"\b(?:MORE|INV|PAY|BILL|JNL)-\d", page.text)
        older = [href for text, href in page.links if text == "Older entries"]
        if not older:
            break
        assert "to=2026-12-31" in older[0]
        page = browser.get(older[0].removeprefix(PREFIX).replace("&amp;", "&"))
    assert sorted(seen) == sorted(
        [*(f"MORE-{number}" for number in range(5)), "INV-1", "PAY-1", "BILL-1", "JNL-1"]
    )
    assert any(text == "Newest entries" for text, _ in page.links)


@pytest.mark.parametrize("begins", ["x", "2026-03-14", "2026-03-14#", "~", "2026-03-14#" + "g" * 36])
def test_a_place_there_is_not_is_refused(browser: Browser, runtime: Runtime, begins: str) -> None:
    enter(browser, runtime)
    path = f"{BOOKS}/journal?begins={begins.replace('#', '%23')}"
    assert browser.get(path).status == 400
    enter(browser, runtime, locale="fr-fr")
    page = browser.get(path)
    assert page.status == 400
    assert "Vérifiez votre saisie" in page.text
    assert "no such place" not in page.text, "what only English has is not shown in French"


def test_too_much_to_add_up_is_said_and_not_added_up(
    browser: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_books, "MOST_ENTRIES", 3)
    enter(browser, runtime)
    for section in ("", "/balances"):
        page = browser.get(f"{BOOKS}{section}")
        assert "Choose a shorter period" in page.text
        assert "<table" not in page.html
    assert "<table" in browser.get(f"{BOOKS}?from=2026-04-01").html


def test_the_books_are_given_to_keep(browser: Browser, runtime: Runtime) -> None:
    for kind, root in ((FLOW, BOOKS), (PORTAL, FROM_PORTAL)):
        enter(browser, runtime, kind)
        text = browser.get(f"{root}/export/books.beancount")
        assert (text.status, text.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert text.headers["Content-Disposition"] == 'attachment; filename="books.beancount"'
        assert " open Assets:" in text.html
        assert "account" in browser.get(f"{root}/export/books.journal").html
        assert browser.get(f"{root}/export/books.exe").status == 404


def test_the_chart_and_the_lock_date_are_shown(browser: Browser, runtime: Runtime) -> None:
    ledger = Ledger(runtime.table, COMPANY)
    books = ledger.read()
    assert books is not None
    assert ledger.lock(books.version, date(2026, 2, 28))
    enter(browser, runtime)
    page = browser.get(f"{BOOKS}/accounts")
    assert "Locked up to Feb 28, 2026" in page.text.replace("\xa0", " ")
    assert ["1000", "Bank current account", "Asset", "Holds money"] in cells(page)
    assert ["T9.975", "Tax 9.975%", "9.975%", "Tax 9.975% payable"] in cells(page)
    enter(browser, runtime, locale="fr-fr")
    french = browser.get(f"{BOOKS}/accounts")
    assert ["T9.975", "Tax 9.975%", "9,975\xa0%", "Tax 9.975% payable"] in [
        [cell.replace("9,975 %", "9,975\xa0%") for cell in row] for row in cells(french)
    ]
