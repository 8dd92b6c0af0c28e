"""What remains of a company that was deleted: nothing but that there was one (docs/erasure.md)."""

from __future__ import annotations

import inspect
import itertools
import json
import pathlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.domain.errors import NotFound
from daybook.services import ingest, syncs
from daybook.services.companies import delete_company, find_company, update_company
from daybook.services.connections import erase_connection
from daybook.services.erase import erase_company
from daybook.services.erase import erase_connection as erase_part
from daybook.store import (
    companies,
    connections,
    datasets,
    erasure,
    layout,
    queues,
)
from daybook.store.companies import Company
from daybook.store.dynamodb import DynamoTable
from daybook.store.syncs import WRITTEN
from daybook.store.table import ConditionFailed
from daybook.wire.companies import CompanyUpdate
from tests.integration.erased import (
    PERSONAL,
    START,
    everything,
    families,
    left_of,
    open_company,
    readable,
    remaining,
    schema,
    sold,
    text,
)
from tests.simulation.world import CLIENT, World

STORE = pathlib.Path(layout.__file__).parent
# Whose items these are, as no company's: a client's own, and what is about several companies.
OF_NO_COMPANY = {"BRANDING", "CLIENT", "COUNTED", "KEY", "LINKSTATE", "SESSION", "DELIVERIES"}


@pytest.fixture(params=["dynamodb", "memory"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world over the table as moto plays it, and over the one in memory."""
    if request.param == "memory":
        yield World()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.Session(region_name="eu-west-1").client("dynamodb")
        client.create_table(**schema())
        yield World(table=DynamoTable(client, "daybook", sleep=lambda _: None))  # type: ignore[arg-type]


def test_nothing_of_a_deleted_company_remains(world: World) -> None:
    """But its tombstone and the news of its deletion; another company is as it was."""
    other = world.open_company(name="Corner Cafe")
    world.push(other, "orders", [sold(1, to="Somebody else")])
    company = open_company(world)
    every = {*erasure.OF_COMPANY, *erasure.OF_MANY, *erasure.LAST}
    assert every <= families(world)
    before = remaining(world, other.id)
    links = [each.id for each in connections.list_connections(world.table, company.id)]
    delete_company(world.runtime, company)
    with pytest.raises(NotFound):
        find_company(world.runtime, CLIENT, company.id)
    world.deliver()
    assert erase_company(world.runtime, company.id, lambda: True) == queues.LONGEST_DELAY
    world.clock.advance(minutes=15)
    assert erase_company(world.runtime, company.id, lambda: True) == queues.LONGEST_DELAY
    kept = [key for key in remaining(world, company.id, PERSONAL, *links) if key not in left_of(company)]
    # That it was deleted, for as long as the client may have to be told again.
    assert [family for family, _ in kept] == [f"EVENTS#{company.id}"]
    world.erase()
    assert remaining(world, company.id, PERSONAL, *links) == left_of(company)
    assert remaining(world, other.id) == before
    deletion = companies.deletion(world.table, company.id)
    assert deletion is not None
    assert deletion.deleted < deletion.erased
    (tombstone,) = (item for item in everything(world) if text(item["SK"]) == f"COMPANY#{company.id}")
    assert {name for name, value in tombstone.items() if _text_of(value)} == {
        *("PK", "SK", "created", "deleted", "deletedAt", "emptiedAt", "erasedAt")
    }


def _text_of(value: Any) -> Any:
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def test_every_kind_of_key_is_erased_or_belongs_to_no_company() -> None:
    """A key that somebody adds must be named in `store/erasure.py`, or below as no company's."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in STORE.glob("*.py"))
    made = set(re.findall(r'f"([A-Z]+)#\{(?:[a-z]+\.)?(?:company_id|subject)\}', sources))
    for name, function in inspect.getmembers(layout, inspect.isfunction):
        if function.__module__ == layout.__name__ and not name.startswith(
            ("read_", "transaction", "deletions")
        ):
            made.add(_family(function))
    covered = {*erasure.OF_COMPANY, *erasure.OF_MANY, *erasure.LAST}
    assert made - OF_NO_COMPANY <= covered
    assert covered <= made
    assert not covered & OF_NO_COMPANY


def _family(key: Any) -> str:
    """The family of the keys that a function of the layout makes."""
    given = {"moment": datetime(2026, 3, 1), "shard": 1, "number": 1, "version": 1, "part": 1}  # noqa: DTZ001
    needed = [
        name
        for name, each in inspect.signature(key).parameters.items()
        if each.default is inspect.Parameter.empty
    ]
    made = key(**{name: given.get(name, "x") for name in needed})
    return (made if isinstance(made, str) else made[0]).partition("#")[0]


def test_deleting_takes_the_same_few_calls_however_much_there_is() -> None:
    """The request leaves a message, and looks whose access to accounting software has to end."""
    world = World()
    calls = []
    for orders in (1, 400):
        company = world.open_company()
        world.push(company, "orders", [sold(number) for number in range(orders)])
        seen: list[str] = []
        world.table.before = seen.append
        delete_company(world.runtime, company)
        world.table.before = lambda _operation: None
        calls.append(seen)
    assert calls == [["transact", "query"]] * 2


def test_a_company_too_large_for_one_message_is_erased_by_several() -> None:
    """Each goes on where the one before ran out of time."""
    world = World()
    company = world.open_company(name=PERSONAL)
    world.push(company, "orders", [sold(number) for number in range(900)])
    delete_company(world.runtime, company)
    assert world.erase(has_time=lambda: False) > 5
    assert remaining(world, company.id, PERSONAL) == left_of(company)


class Interrupted(Exception):
    """The process ended."""


def test_an_interrupted_worker_finishes_when_it_is_called_again() -> None:
    """Whichever call of the table it dies before or after."""
    world = World()
    company = open_company(world)
    delete_company(world.runtime, company)
    world.deliver()
    kept, received = world.table.snapshot(), world.erasures
    ended = 0
    for when in ("before", "after"):
        for call in itertools.count(0, 7):
            world.table.restore(kept)
            world.erasures = list(received)
            world.clock.moment += timedelta(hours=1)  # all in flight has ended: one pass does everything
            counted = itertools.count()

            def fail(_operation: str, counted: Iterator[int] = counted, call: int = call) -> None:
                if next(counted) == call:
                    raise Interrupted

            setattr(world.table, when, fail)
            died = False
            try:
                world.erase()
            except Interrupted:
                died = True
            setattr(world.table, when, lambda _operation: None)
            world.erasures = list(received)
            world.erase()
            assert [
                key for key in remaining(world, company.id, PERSONAL) if key[0][:6] != "EVENTS"
            ] == left_of(company)
            if not died:
                break
            ended += 1
    assert ended > 20


@pytest.mark.parametrize("work", ["ingest", "sync"])
def test_what_was_under_way_when_a_company_is_deleted_leaves_nothing(work: str) -> None:
    """Deleted, and looked through for the first time, between any two calls of a worker that goes on."""
    for call in itertools.count():
        world = World()
        company = world.open_company(name=PERSONAL)
        world.push(company, "orders", [sold(1)])
        world.configure(company, START)
        if work == "ingest":
            raw = json.dumps([sold(2, on=2)], default=str).encode()
            ingest.push_records(world.runtime, company.id, None, "orders", raw)
        else:
            syncs.request_latest(world.runtime, company, None)
        counted = itertools.count()

        def delete(
            _operation: str,
            world: World = world,
            company: Company = company,
            counted: Iterator[int] = counted,
            call: int = call,
        ) -> None:
            if next(counted) == call:
                world.table.after = lambda _operation: None
                delete_company(world.runtime, company)
                assert erase_company(world.runtime, company.id, lambda: True)

        world.table.after = delete
        for _ in range(5):  # a worker that fails is called again
            try:
                world.deliver()
                break
            except (NotFound, ConditionFailed):
                continue
        if next(counted) <= call:
            break
        world.erase()
        assert remaining(world, company.id, PERSONAL) == left_of(company), call
    assert call > 10


def test_an_ingest_that_outlives_the_erasure_is_erased_too() -> None:
    """However late it writes."""
    for call in itertools.count():
        world = World()
        company = world.open_company(name=PERSONAL)
        raw = json.dumps([sold(1)], default=str).encode()
        ingest.push_records(world.runtime, company.id, None, "orders", raw)
        counted = itertools.count()

        def erased(
            _operation: str,
            world: World = world,
            company: Company = company,
            counted: Iterator[int] = counted,
            call: int = call,
        ) -> None:
            if next(counted) == call:
                world.table.after = lambda _operation: None
                delete_company(world.runtime, company)
                world.erase()

        world.table.after = erased
        with suppress(NotFound, ConditionFailed):
            world.deliver()
        if next(counted) <= call:
            break
        world.erase()
        assert remaining(world, company.id, PERSONAL) == left_of(company), call
    assert call > 10


def test_a_deleted_company_cannot_be_changed() -> None:
    """A request that found it a moment before does not bring its name back."""
    world = World()
    company = world.open_company(name=PERSONAL)
    delete_company(world.runtime, company)
    with pytest.raises(NotFound):
        update_company(world.runtime, company, CompanyUpdate.model_validate({"name": PERSONAL}))
    with pytest.raises(NotFound):
        delete_company(world.runtime, company)
    assert PERSONAL not in readable(world.table.get(*layout.client_company(CLIENT, company.id)))


def test_a_company_that_stands_is_never_erased() -> None:
    """Whatever a message says."""
    world = World()
    company = world.open_company()
    before = world.table.everything()
    assert erase_company(world.runtime, company.id, lambda: True) is None
    assert erase_company(world.runtime, "0" * 36, lambda: True) is None
    assert world.table.everything() == before


def test_a_deleted_connection_takes_what_came_through_it_along(world: World) -> None:
    """Records, links, entries and datasets; the other connection and what was posted stay."""
    company = world.open_company(shops=2)
    gone, stays = world.shops(company)
    world.push(company, "orders", [sold(1)], shop=0)
    world.push(company, "orders", [sold(2)], shop=1)
    world.configure(company, START)
    assert world.sync(company).status_code == WRITTEN
    balances = world.balances(company)
    raw = json.dumps([sold(3)], default=str).encode()
    waiting = ingest.push_records(world.runtime, company.id, gone.id, "orders", raw)
    erase_connection(world.runtime, gone)
    world.erase()
    with pytest.raises(NotFound):
        datasets.get(world.table, company.id, waiting.id)
    assert {family for family, _ in (key[0].split("#", 1) for key in named(world, gone.id))} <= {"PARTS"}
    assert {"RECORD", "DAY", "DATASETS", "LINK"} <= {
        key[0].partition("#")[0] for key in named(world, stays.id)
    }
    start = datetime(2026, 3, 1, tzinfo=world.clock.now().tzinfo)
    world.push(company, "orders", [sold(4)], shop=0)
    assert world.sync(company, start, start + timedelta(days=5)).status_code == WRITTEN
    assert {name: abs(amount) for name, amount in world.balances(company).items()} == {
        name: abs(amount) + 10 for name, amount in balances.items()
    }


def named(world: World, connection_id: str) -> list[tuple[str, str]]:
    """The keys of what names a connection, syncs and events on their way left out."""
    return [key for key in remaining(world, connection_id) if key[0].partition("#")[0] != "SYNCS"]


def test_a_sync_meets_all_of_a_deleted_connection_or_nothing() -> None:
    """However far its erasure has got: an order without its payment would be read as something else."""
    world = World()
    company = world.open_company(shops=2)
    gone, _ = world.shops(company)
    world.push(company, "orders", [sold(number) for number in range(3)], shop=0)
    world.push(company, "orders", [sold(9)], shop=1)
    world.configure(company, START)
    assert world.sync(company).status_code == WRITTEN
    erase_connection(world.runtime, gone)
    world.deliver()
    balances, kept = world.balances(company), world.table.snapshot()
    start = datetime(2026, 3, 1, tzinfo=world.clock.now().tzinfo)
    for call in itertools.count(0, 3):
        world.table.restore(kept)
        counted = itertools.count()

        def fail(_operation: str, counted: Iterator[int] = counted, call: int = call) -> None:
            if next(counted) == call:
                raise Interrupted

        world.table.after = fail
        died = False
        try:
            erase_part(world.runtime, company.id, gone.id, lambda: True)
        except Interrupted:
            died = True
        world.table.after = lambda _operation: None
        syncs.request_restate(world.runtime, company, start, start + timedelta(days=5))
        world.deliver()
        assert world.balances(company) == balances, call
        if not died:
            break
    assert call > 6
