"""Two parties at once: while one works, the other does all of its work at one call of the table, at each."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from daybook.services import syncs
from daybook.services.companies import delete_company
from daybook.services.connections import authorise, find_connection, ledger_connection_id, unlink
from daybook.services.ingest import ingest_dataset, push_records
from daybook.services.plan_sync import start_sync
from daybook.services.push_documents import push_documents
from daybook.store import companies
from daybook.store.companies import Company
from daybook.store.documents import SUCCESS
from daybook.store.outbox import PUSH, SYNC
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, SUCCESSFUL, WRITTEN, Sync
from daybook.wire.companies import Authorization
from tests.scenarios.shapes import line, order, payment, transaction
from tests.simulation.deployment import Deployment
from tests.simulation.model import Selection
from tests.simulation.proof import check_entries, check_one_at_a_time, entries_of

FORMATS = ("Invoice", "JournalEntry")
BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
CONFIGURATION, DEAUTHORISED, DELETED = 4000, 4040, 4220


def sold(number: int, price: str, on: int = 1) -> dict[str, Any]:
    """An order paid in cash."""
    paid = payment(f"p{number}", price, "Cash", on=on)
    return order(f"o{number}", [line(price)], [paid], on=on)[1]


@dataclass
class Race:
    """A merchant, and the state from which each of the runs begins."""

    output_format: str = "JournalEntry"
    world: Deployment = field(default_factory=Deployment)
    runs: int = 0

    def __post_init__(self) -> None:
        """Sell on two days; nothing is synced yet."""
        self.company: Company = self.world.open_company()
        self.world.push(self.company, "orders", [sold(1, "10.00"), sold(2, "20.00", on=2)])
        self.world.push(self.company, "transactions", [transaction("f1", "PaymentFee", "-0.40")[1]])
        self.chosen = replace(Selection(self.output_format).choices(), start="2026-03-01")
        self.world.configure(self.company, self.chosen)
        self.runtime = self.world.runtime

    def ask(self) -> Sync:
        """Ask for a sync of everything."""
        return syncs.request_latest(self.runtime, self.company, END)

    def plan(self) -> None:
        """Do what the sync worker does."""
        start_sync(self.runtime, self.company.id)

    def push_documents(self) -> None:
        """Do what the push worker does with the newest sync."""
        newest = syncs.latest_sync(self.runtime, self.company)
        push_documents(self.runtime, self.company.id, newest.id, lambda: True)

    def until(self, queue: str) -> None:
        """Work until the next message is one of this queue."""
        self.world.relay_waiting()
        while not [each for each in self.world.queues.receivable() if each.queue == queue]:
            assert self.world.work()
            self.world.relay_waiting()

    def at_every_call(
        self, one: Callable[[], Any], other: Callable[[], Any], check: Callable[[], None]
    ) -> None:
        """Have `other` happen before each call of the table that `one` makes, then the rest, the check."""
        state = self.world.table.snapshot(), list(self.world.queues.waiting), self.world.clock.moment
        call = 0
        while True:
            self._return_to(state)
            done = self._run(one, other, call)
            if not done:
                other()
            self.world.deliver()
            check()
            call += 1
            self.runs += 1
            if not done:
                break
        self._return_to(state)

    def _return_to(self, state: tuple[Any, list[Any], datetime]) -> None:
        self.world.table.restore(state[0])
        self.world.queues.waiting[:], self.world.clock.moment = list(state[1]), state[2]
        self.world.writes.clear()

    def _run(self, one: Callable[[], Any], other: Callable[[], Any], call: int) -> bool:
        """Whether there was such a call for `other` to come before."""
        table, seen = self.world.table, 0
        hook = table.before

        def before(operation: str) -> None:
            nonlocal seen
            seen += 1
            if seen == call + 1:
                table.before = hook
                self.world.clock.advance(seconds=1)
                other()
            hook(operation)

        table.before = before
        try:
            self.world.attempt(one)
        finally:
            table.before = hook
        return seen > call

    def finish(self) -> Sync:
        """One more sync of everything, and what it ends as."""
        return self.world.sync(self.company, None, END)

    def is_whole(self, cash: int, status: tuple[int, ...] = SUCCESSFUL) -> None:
        """Every sync has ended as it may; after one more the books are whole, and then nothing is missing."""
        found = list(syncs.list_syncs(self.runtime, self.company))
        assert all(sync.stage == FINISHED and sync.status_code in status for sync in found), [
            (sync.kind, sync.stage, sync.status_code, sync.exception_message) for sync in found
        ]
        assert self.finish().status_code in SUCCESSFUL
        entries = entries_of(self.world, self.company)
        check_entries(entries, date(2026, 3, 1))
        assert self.world.balances(self.company)["GBP", "Cash on hand"] == Decimal(cash)
        assert not sum(self.world.balances(self.company).values(), Decimal(0))
        assert max(self.world.writes.values(), default=1) == 1
        assert self.finish().status_code == NOTHING_TO_WRITE
        assert len(entries_of(self.world, self.company)) == len(entries)


@pytest.mark.parametrize("output_format", FORMATS)
def test_records_written_while_a_sync_reads_their_day(output_format: str) -> None:
    race = Race(output_format)
    race.ask()
    late_records = partial(late_by_worker, race)
    race.at_every_call(race.plan, late_records, lambda: race.is_whole(35))
    race.until(PUSH)
    race.at_every_call(race.push_documents, late_records, lambda: race.is_whole(35))
    assert race.runs > 60


def late_by_worker(race: Race) -> None:
    """A late record of the first day, pushed and written, while nothing else is worked off."""
    raw = json.dumps([sold(3, "5.00")], default=str).encode()
    dataset = push_records(race.runtime, race.company.id, None, "orders", raw)
    ingest_dataset(race.runtime, race.company.id, dataset.id)


def test_two_syncs_asked_at_once() -> None:
    race = Race()
    race.at_every_call(race.ask, race.ask, lambda: race.is_whole(30))
    race.ask()
    race.ask()
    race.at_every_call(race.plan, race.plan, lambda: race.is_whole(30))
    assert race.runs > 40


def test_a_schedule_beside_a_manual_run() -> None:
    race = Race()
    strike = partial(syncs.request_scheduled, race.runtime, race.company.id, datetime(2026, 3, 5, tzinfo=UTC))
    race.at_every_call(race.ask, strike, lambda: race.is_whole(30))
    race.at_every_call(strike, race.ask, lambda: race.is_whole(30))

    def strike_and_plan() -> None:
        strike()
        race.plan()

    race.ask()
    race.at_every_call(race.plan, strike_and_plan, lambda: race.is_whole(30))
    race.until(PUSH)
    race.at_every_call(race.push_documents, strike_and_plan, lambda: race.is_whole(30))
    assert race.runs > 60


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_push_worker_that_outlives_its_visibility_timeout(output_format: str) -> None:
    """Two workers push the same sync: what the other has written is adopted, nothing fails."""
    race = Race(output_format)
    race.ask()
    race.until(PUSH)

    def check() -> None:
        days = ("2026-03-02", "2026-03-03")
        stored = [each for day in days for each in race.runtime.documents.of_day(race.company.id, day)]
        assert {each.status for each in stored} == {SUCCESS}
        race.is_whole(30, (WRITTEN,))

    race.at_every_call(race.push_documents, race.push_documents, check)
    assert race.runs > 30


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("pushes", [False, True])
def test_a_planning_worker_that_outlives_its_visibility_timeout(output_format: str, pushes: bool) -> None:  # noqa: FBT001
    """Two workers plan the same sync; what the second planned may be written before the first goes on."""
    race = Race(output_format)
    race.ask()
    race.until(SYNC)

    def other() -> None:
        late_by_worker(race)
        race.plan()
        if pushes:
            race.push_documents()

    race.at_every_call(race.plan, other, lambda: race.is_whole(35))
    assert race.runs > 30


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_configuration_saved_while_a_sync_runs(output_format: str) -> None:
    """Each day is posted under the configuration that it says it keeps, whole."""
    race = Race(output_format)
    accounts = {**race.chosen.accounts, "sales": "Other sales"}
    changed = replace(race.chosen, accounts=accounts)

    def check() -> None:
        race.is_whole(30)
        balances = race.world.balances(race.company)
        kept = {
            day.day: day.configuration
            for day in race.runtime.days.posted_between(race.company.id, date.min, date.max)
        }
        sales = {"Sales": Decimal(0), "Other sales": Decimal(0)}
        for day, price in ((date(2026, 3, 2), 10), (date(2026, 3, 3), 20)):
            sales["Sales" if kept[day] == 1 else "Other sales"] -= price
        assert {name: balances.get(("GBP", name), Decimal(0)) for name in sales} == sales

    race.ask()
    save = partial(race.world.configure, race.company, changed)
    race.at_every_call(race.plan, save, check)
    race.until(PUSH)
    race.at_every_call(race.push_documents, save, check)
    assert race.runs > 60


@pytest.mark.parametrize("output_format", FORMATS)
def test_unlinked_while_a_sync_runs(output_format: str) -> None:
    """It ends well or as de-authorised; linked again, the rest is written."""
    race = Race(output_format)
    connection_id = ledger_connection_id(race.runtime, race.company)

    def unlinked() -> None:
        unlink(race.runtime, find_connection(race.runtime, race.company, connection_id))

    def check() -> None:
        connection = find_connection(race.runtime, race.company, connection_id)
        authorise(race.runtime, race.company, connection, Authorization.model_validate({}))
        race.is_whole(30, (*SUCCESSFUL, DEAUTHORISED))

    race.ask()
    race.at_every_call(race.plan, unlinked, check)
    race.until(PUSH)
    race.at_every_call(race.push_documents, unlinked, check)
    assert race.runs > 60


def test_deleted_while_a_sync_runs() -> None:
    """The sync ends, and whatever was written was written once."""
    race = Race()

    def delete() -> None:
        delete_company(race.runtime, companies.find(race.runtime.table, race.company.id))

    def check() -> None:
        check_one_at_a_time(race.world, race.company)
        (sync,) = race.runtime.syncs.newest_first(race.company.id)
        assert sync.stage == FINISHED
        assert sync.status_code in (*SUCCESSFUL, CONFIGURATION, DEAUTHORISED, DELETED)
        check_entries(entries_of(race.world, race.company), date(2026, 3, 1))

    race.ask()
    race.at_every_call(race.plan, delete, check)
    race.until(PUSH)
    race.at_every_call(race.push_documents, delete, check)
    assert race.runs > 60


@pytest.mark.parametrize("seed", range(10))
def test_historic_and_the_schedule_overlapping(seed: int) -> None:
    """Ten random ways: ranges, order and interleaving of messages. Nothing is written twice."""
    chance = random.Random(seed)  # noqa: S311 - a story told the same way every time
    race = Race(chance.choice(FORMATS))
    race.world.push(race.company, "orders", [sold(10 + day, "1.00", on=day) for day in range(1, 8)])
    for _ in range(6):
        start = BEGIN + timedelta(hours=chance.randrange(160))
        finish = start + timedelta(hours=1 + chance.randrange(100))
        if chance.random() < 0.5:
            syncs.request_historic(race.runtime, race.company, start, finish)
        else:
            due = datetime(2026, 3, chance.randrange(3, 9), tzinfo=UTC)
            syncs.request_scheduled(race.runtime, race.company.id, due)
        for _ in range(chance.randrange(5)):
            race.world.work(chance.randrange(3))
    race.world.deliver()
    race.is_whole(37)
