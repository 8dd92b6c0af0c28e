"""Sandbox books through their function: written out, locked, accounts archived, connections linked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from beancount import loader

from daybook.domain.documents import Kind
from daybook.domain.errors import PlatformRejected
from daybook.platforms.sandbox.chart import account_id
from daybook.services import connections
from daybook.services.runtime import Runtime, TimeOrderedIds, over
from daybook.store import clients, companies
from daybook.store.companies import Company
from sandbox import app
from tests.simulation.memory import MemoryTable
from tests.simulation.sandbox import COMPANY, DAY, Cafe, document, line

CLIENT = "5f0c2a34-6d2e-4a83-9d52-2d1f8fd7c001"
NOBODY = "00000000-0000-4000-8000-000000000000"
CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
)

Call = Callable[..., SimpleNamespace]


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    runtime = over(MemoryTable(), Noon(), TimeOrderedIds(Noon()))
    companies.create(runtime.table, Company(COMPANY, CLIENT, "Corner Café"))
    clients.create(runtime.table, clients.Client(CLIENT, "Till Makers"))
    monkeypatch.setattr(app, "runtime", lambda: runtime)
    monkeypatch.setattr("pages.runtime", lambda: runtime)
    return runtime


@pytest.fixture
def cafe(runtime: Runtime) -> Cafe:
    table = runtime.table
    assert isinstance(table, MemoryTable)
    cafe = Cafe(table)
    cafe.books.write_one(document(Kind.JOURNAL, "J-1", line("Cash on hand", "5.10"), line("Sales", "-5.10")))
    return cafe


@pytest.fixture
def call(runtime: Runtime) -> Call:  # noqa: ARG001 - the function uses it
    def call(
        path: str,
        body: object = None,
        client: str | None = CLIENT,
        *,
        method: str = "",
        headers: dict[str, str] | None = None,
        **parameters: str,
    ) -> SimpleNamespace:
        event: dict[str, Any] = {
            "httpMethod": method or ("GET" if body is None else "PATCH"),
            "path": f"/sandbox/{path}",
            "resource": "/sandbox/{companyId}/{proxy+}",
            "headers": {"Host": "api.example", **(headers or {})},
            "queryStringParameters": parameters or None,
            "requestContext": {
                "requestId": "req-1",
                "stage": "prod",
                "path": f"/prod/sandbox/{path}",
                "authorizer": {"clientId": client} if client else None,
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = app.handler(event, CONTEXT)
        headers = answer.get("multiValueHeaders") or answer["headers"]
        content_type = str(headers["Content-Type"])
        text = answer["body"]
        value = json.loads(text, parse_float=Decimal) if "json" in content_type else None
        return SimpleNamespace(status=answer["statusCode"], type=content_type, text=text, json=value)

    return call


@pytest.mark.usefixtures("cafe")
def test_the_books_in_three_formats(call: Call) -> None:
    books = call(f"{COMPANY}/books")
    assert (books.status, "application/json" in books.type) == (200, True)
    assert books.json["trialBalance"][0]["debits"] == Decimal("5.10")
    assert books.json["company"]["name"] == "Corner Café"
    text = call(f"{COMPANY}/books", format="beancount")
    assert (text.status, "text/plain" in text.type) == (200, True)
    assert loader.load_string(text.text)[1] == []
    text = call(f"{COMPANY}/books", format="hledger")
    assert text.status == 200
    assert "account Assets:Cash-on-hand" in text.text


@pytest.mark.usefixtures("cafe")
def test_a_range_of_dates(call: Call) -> None:
    assert len(call(f"{COMPANY}/books", **{"from": str(DAY), "to": str(DAY)}).json["entries"]) == 1
    assert call(f"{COMPANY}/books", **{"from": "2026-03-15"}).json["entries"] == []


@pytest.mark.usefixtures("cafe")
@pytest.mark.parametrize(
    ("parameters", "item"),
    [
        ({"format": "gnucash"}, "format"),
        ({"from": "14/03/2026"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "20260314"}, "from"),
        ({"from": "2026-03-15", "to": "2026-03-14"}, "from"),
    ],
)
def test_what_cannot_be_asked(call: Call, parameters: dict[str, str], item: str) -> None:
    answer = call(f"{COMPANY}/books", **parameters)
    assert answer.status == 400
    assert [error["itemId"] for error in answer.json["validation"]["errors"]] == [item]


@pytest.mark.usefixtures("cafe")
@pytest.mark.parametrize("client", ["another client", None])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("books", None),
        ("books", {"lockDate": "2026-03-14"}),
        (f"accounts/{account_id(COMPANY, 'Sales')}", {"status": "Archived"}),
    ],
)
def test_only_the_companys_own_client_sees_it(
    call: Call, cafe: Cafe, client: str | None, path: str, body: object
) -> None:
    before = cafe.ledger.read()
    assert call(f"{COMPANY}/{path}", body, client).status == (404 if client else 401)
    assert cafe.ledger.read() == before


def test_a_company_without_books(call: Call) -> None:
    assert call(f"{COMPANY}/books").status == 404
    assert call(f"{COMPANY}/books", {"lockDate": None}).status == 404
    assert call(f"{NOBODY}/books").status == 404
    assert call("nonsense/books").status == 404


def test_the_lock_date_is_set_and_lifted(call: Call, cafe: Cafe) -> None:
    invoice = document(Kind.INVOICE, "INV-1", line("Sales", "1.00"))
    answer = call(f"{COMPANY}/books", {"lockDate": str(DAY), "unknown": 1})
    assert (answer.status, answer.json["lockDate"]) == (200, str(DAY))
    with pytest.raises(PlatformRejected, match="locked"):
        cafe.books.write_one(invoice)
    assert call(f"{COMPANY}/books", {}).json["lockDate"] == str(DAY)
    assert call(f"{COMPANY}/books", {"lockDate": None}).json["lockDate"] is None
    cafe.books.write_one(invoice)
    assert call(f"{COMPANY}/books", {"lockDate": ""}).json["lockDate"] is None


@pytest.mark.usefixtures("cafe")
@pytest.mark.parametrize(
    "lock_date", ["2026-02-30", "soon", "2026-03-14T00:00:00Z", 20260314, ["2026-03-14"]]
)
def test_what_is_no_lock_date(call: Call, lock_date: object) -> None:
    answer = call(f"{COMPANY}/books", {"lockDate": lock_date})
    assert answer.status == 400
    assert answer.json["validation"]["errors"][0]["itemId"] == "$.lockDate"


def test_an_account_is_archived_and_restored(call: Call, cafe: Cafe) -> None:
    invoice = document(Kind.INVOICE, "INV-1", line("Sales", "1.00"))
    path = f"{COMPANY}/accounts/{account_id(COMPANY, 'Sales')}"
    answer = call(path, {"status": "Archived"})
    assert (answer.status, answer.json["name"], answer.json["status"]) == (200, "Sales", "Archived")
    with pytest.raises(PlatformRejected, match="archived"):
        cafe.books.write_one(invoice)
    assert call(path, {"status": "Active"}).json["status"] == "Active"
    cafe.books.write_one(invoice)


@pytest.mark.usefixtures("cafe")
def test_what_cannot_be_changed_of_an_account(call: Call) -> None:
    sales = f"{COMPANY}/accounts/{account_id(COMPANY, 'Sales')}"
    assert call(sales, {"status": "Closed"}).status == 400
    assert call(sales, {}).status == 400
    assert call(sales, []).status == 400
    assert call(f"{COMPANY}/accounts/{NOBODY}", {"status": "Active"}).status == 404
    assert call(f"{COMPANY}/accounts/nonsense", {"status": "Active"}).status == 404
    receivable = f"{COMPANY}/accounts/{account_id(COMPANY, 'Accounts receivable')}"
    assert call(receivable, {"status": "Archived"}).status == 400


def test_following_the_link_links_the_connection_and_opens_the_books(call: Call, runtime: Runtime) -> None:
    company = companies.find(runtime.table, COMPANY)
    connection = connections.create_connection(runtime, company, "mqjo")
    assert connection.status == "PendingAuth"
    path = connection.link_url.removeprefix("/sandbox/")
    for _ in range(2):
        answer = call(path, client=None)
        assert (answer.status, "text/html" in answer.type) == (200, True)
        assert "Corner Café is linked to" in answer.text
    assert connections.find_connection(runtime, company, connection.id).status == "Linked"
    assert call(f"{COMPANY}/books").json["company"]["baseCurrency"] == "GBP"


def test_an_old_link_does_not_undo_an_unlinking_until_somebody_asks(call: Call, runtime: Runtime) -> None:
    company = companies.find(runtime.table, COMPANY)
    connection = connections.create_connection(runtime, company, "mqjo")
    path = connection.link_url.removeprefix("/sandbox/")
    call(path, client=None)
    connections.unlink(runtime, connections.find_connection(runtime, company, connection.id))
    page = call(path, client=None)
    assert (page.status, '<form method="post">' in page.text) == (200, True)
    assert connections.find_connection(runtime, company, connection.id).status == "Unlinked"
    assert "is linked to" in call(path, client=None, method="POST").text
    assert connections.find_connection(runtime, company, connection.id).status == "Linked"


@pytest.mark.parametrize("name", ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"])
def test_a_page_fetched_ahead_links_nothing(call: Call, runtime: Runtime, name: str) -> None:
    company = companies.find(runtime.table, COMPANY)
    connection = connections.create_connection(runtime, company, "mqjo")
    path = connection.link_url.removeprefix("/sandbox/")
    assert call(path, client=None, headers={name: "prefetch;prerender"}).status == 200
    assert connections.find_connection(runtime, company, connection.id).status == "PendingAuth"


def test_a_link_that_leads_nowhere(call: Call, runtime: Runtime) -> None:
    company = companies.find(runtime.table, COMPANY)
    other = connections.create_connection(runtime, company, "gbol")
    for path in (f"{COMPANY}/link/{NOBODY}", f"{NOBODY}/link/{other.id}", f"{COMPANY}/link/{other.id}"):
        assert call(path, client=None).status == 404
        assert call(path, client=None, method="POST").status == 404


def test_books_too_large_for_one_answer(call: Call, cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.EVENT_LIMIT", 300_000)
    for number in range(70):
        lines = (line("Cash on hand", "1.00"), line("Sales", "-1.00"))
        cafe.books.write_one(document(Kind.JOURNAL, f"L-{number}", *lines, description="x" * 4000))
    answer = call(f"{COMPANY}/books", format="beancount")
    assert answer.status == 413
    assert "from and to" in answer.json["error"]
