"""A company has one linked ledger, also when two are authorised at the same instant (specification: api)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from daybook.domain.errors import BadRequest
from daybook.services import connections
from daybook.services.connections import authorise, create_connection
from daybook.services.runtime import Runtime
from daybook.store import companies
from daybook.store import connections as store
from daybook.store.companies import Company
from daybook.store.connections import LINKED, Connection
from daybook.wire.companies import Authorization
from tests.integration.api_calls import api_over


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    return api_over(monkeypatch)[1]


@pytest.fixture
def company(runtime: Runtime) -> Company:
    made = Company(runtime.ids.new(), "client-a", "Twice")
    companies.create(runtime.table, made)
    return made


@pytest.fixture
def ledgers(runtime: Runtime, company: Company) -> list[Connection]:
    first = create_connection(runtime, company, "mqjo")
    second = replace(first, id=runtime.ids.new())
    store.create(runtime.table, second)
    return [first, second]


def linked(runtime: Runtime, company: Company) -> list[str]:
    return [each.id for each in store.list_connections(runtime.table, company.id) if each.status == LINKED]


def test_of_two_authorisations_at_one_instant_one_is_refused(
    runtime: Runtime, company: Company, ledgers: list[Connection]
) -> None:
    both_looked = threading.Barrier(2)
    waited = threading.local()

    def wait_once(operation: str) -> None:
        if operation == "transact" and not getattr(waited, "is_done", False):
            waited.is_done = True
            both_looked.wait(20)  # both saw no other linked ledger, and only now write

    def link(connection: Connection) -> bool:
        try:
            authorise(runtime, company, connection, Authorization())
        except BadRequest as refused:
            return refused.problems[0].validator != "oneAccountingConnection"
        return True

    books_are_open(runtime, company)
    runtime.table.before = wait_once  # type: ignore[attr-defined]
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(link, ledgers))
    assert sorted(outcomes) == [False, True]
    assert linked(runtime, company) == [
        ledger.id for ledger, done in zip(ledgers, outcomes, strict=True) if done
    ]


def books_are_open(runtime: Runtime, company: Company) -> None:
    """Link and unlink a third, so that opening the books is not what comes between."""
    third = create_connection(runtime, company, "mqjo")
    connections.unlink(runtime, authorise(runtime, company, third, Authorization()))
    for each in store.list_connections(runtime.table, company.id):
        store.update(runtime.table, company.id, each.id, status=connections.PENDING)


def test_after_unlinking_another_can_be_linked_and_the_first_again(
    runtime: Runtime, company: Company, ledgers: list[Connection]
) -> None:
    first, second = ledgers
    for ledger, other in ((first, second), (second, first), (first, second)):
        current = store.get(runtime.table, company.id, ledger.id)
        assert authorise(runtime, company, current, Authorization()).status == LINKED
        with pytest.raises(BadRequest):
            authorise(runtime, company, store.get(runtime.table, company.id, other.id), Authorization())
        assert linked(runtime, company) == [ledger.id]
        connections.unlink(runtime, store.get(runtime.table, company.id, ledger.id))


def test_linking_leaves_what_was_written_meanwhile_alone(
    runtime: Runtime, company: Company, ledgers: list[Connection]
) -> None:
    first = ledgers[0]
    store.update(runtime.table, company.id, first.id, last_sync="2026-03-02T09:00:00Z")
    assert authorise(runtime, company, first, Authorization()).last_sync == "2026-03-02T09:00:00Z"
