"""Sandbox books fail as they are told to, and mend when they are told to (specification: flow and portal)."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from daybook.domain.documents import Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.platforms.sandbox.books import SandboxBooks
from daybook.platforms.sandbox.chart import new_books
from daybook.platforms.sandbox.faults import FAULTS
from daybook.services.runtime import Runtime
from daybook.store import clients, companies
from daybook.store.ledger import Ledger
from daybook.wire.sandbox import Fault
from tests.integration.api_calls import Caller, api_over
from tests.simulation.sandbox import COMPANY, DAY, document, line

PATH = f"/sandbox/{COMPANY}/books"
INVOICE = document(Kind.INVOICE, "INV-1", line("Sales", "20.00"))
PAYMENT = document(
    Kind.PAYMENT, "PAY-1", settles_reference="INV-1", account="Cash on hand", total=Decimal("20.00")
)
RAISED = {
    "unavailable": PlatformUnavailable,
    "accessLost": AuthorisationLost,
    "expired": SubscriptionExpired,
    "refused": PlatformRejected,
    "unanswered": PlatformUnclear,
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    call, runtime = api_over(monkeypatch, ("sandbox",))
    clients.create(runtime.table, clients.Client("client-a", "Till Makers"))
    companies.create(runtime.table, companies.Company(COMPANY, "client-a", "Harbour Cafe"))
    Ledger(runtime.table, COMPANY).open(new_books(COMPANY, "Harbour Cafe"))
    return call, runtime


def test_every_fault_is_known_on_the_wire() -> None:
    assert set(get_args(Fault)) == {"", *FAULTS} == {"", *RAISED}


@pytest.mark.parametrize("fault", FAULTS)
def test_books_fail_until_the_fault_is_lifted(api: tuple[Caller, Runtime], fault: str) -> None:
    call, runtime = api
    books = SandboxBooks(COMPANY, Ledger(runtime.table, COMPANY))
    assert books.reference_data().company.name == "Harbour Cafe"
    answer = call("PATCH", PATH, {"fault": fault})
    assert (answer.status, answer.body["fault"]) == (200, fault)
    with pytest.raises(RAISED[fault]) as raised:
        books.write_one(INVOICE)
    assert "switched" in raised.value.message
    assert (books.find(Kind.INVOICE, "INV-1", DAY) is not None) == (fault == "unanswered")
    assert call("PATCH", PATH, {"fault": None}).body["fault"] is None
    if fault != "unanswered":
        books.write_one(INVOICE)
    books.write_one(PAYMENT)
    assert books.find(Kind.PAYMENT, "PAY-1", DAY) is not None


@pytest.mark.parametrize("fault", ["unavailable", "accessLost", "expired"])
def test_books_out_of_reach_are_not_read_either(api: tuple[Caller, Runtime], fault: str) -> None:
    call, runtime = api
    call("PATCH", PATH, {"fault": fault})
    with pytest.raises(PlatformError):
        SandboxBooks(COMPANY, Ledger(runtime.table, COMPANY)).reference_data()
    assert call("GET", PATH).body["company"]["fault"] == fault, "the books themselves are there to look at"


def test_the_fault_and_the_lock_date_are_apart(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    both = call("PATCH", PATH, {"fault": "refused", "lockDate": "2026-02-28"}).body
    assert (both["fault"], both["lockDate"]) == ("refused", "2026-02-28")
    assert call("PATCH", PATH, {"lockDate": None}).body["fault"] == "refused"
    assert call("PATCH", PATH, {}).body == {**both, "lockDate": None}
    books = SandboxBooks(COMPANY, Ledger(runtime.table, COMPANY))
    books.create_supplier("Baker")
    assert call("GET", PATH).body["company"]["fault"] == "refused", "other changes leave it as it is"
    answer = call("PATCH", PATH, {"fault": "fire", "lockDate": "2026-01-31"})
    assert answer.status == 400
    assert call("GET", PATH).body["company"]["lockDate"] is None
