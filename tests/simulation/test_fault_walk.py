"""Every fault at every call of a sync, one at a time: nothing lost, nothing written twice, the sync ends."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from daybook.services import syncs
from daybook.services.configure import read_configuration, save_configuration
from daybook.services.ingest import push_records
from daybook.services.schedule import dispatch
from daybook.store import configurations
from daybook.store.companies import Company
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, WRITTEN
from local.merchant import selection as posted_selection
from tests.scenarios.shapes import charge, line, order, payment, standard, transaction
from tests.simulation.deployment import Deployment
from tests.simulation.faults import FAULTS, SCHEDULER, CallFailed
from tests.simulation.model import START, Model, Selection
from tests.simulation.proof import (
    check_entries,
    check_listed,
    entries_of,
    kept_configurations,
    moved_by_day,
    spans_of,
)
from tests.simulation.trade import Record, modified
from tests.simulation.walking import walk

# Of each format; a walk that tries fewer has lost its way.
FEWEST_CALLS, FEWEST_RUNS = 250, 900


def trade() -> list[Record]:
    """A day with a sale, goods and money given back, payments, a fee and a payout."""
    lines = [standard("12.00", "2.00"), line("5.00")]
    paid = [payment("p1", "10.00", "Cash", on=3), payment("p2", "8.50", "Card", on=3)]
    back = [payment("p3", "-6.00", "Card", on=3)]
    returned = line("-6.00", "-1.00", {"standard": "-1.00"}, percent="20", quantity=-1)
    return [
        order("o1", lines, paid, on=3, charges=[charge("Shipping", "1.20", "0.20")], gratuity="0.30"),
        order("o2", [returned], back, on=3),
        transaction("f1", "PaymentFee", "-0.40", on=3),
        transaction("t1", "Payout", "-2.00", on=3),
    ]


def changes() -> list[Record]:
    """An edit and a late record of that day."""
    edit = order("o1", [standard("9.60", "1.60")], [payment("p1", "9.60", "Cash", on=3)], on=3)
    late = order("o3", [line("3.00")], [payment("p4", "3.00", "Cash", on=3)], on=3)
    return [modified(edit, 3), modified(late, 3)]


@dataclass
class Story:
    """A merchant's two days with Daybook, in steps; between steps nothing is on its way."""

    output_format: str
    world: Deployment = field(default_factory=Deployment)
    model: Model = field(default_factory=Model)

    def __post_init__(self) -> None:
        """Open the company's books."""
        self.company: Company = self.world.open_company()
        self.selection = Selection(self.output_format)
        self.steps: list[Callable[[], Any]] = [
            self.configure,
            lambda: self.push(trade()),
            self.sync_by_hand,
            lambda: self.push(changes()),
            self.sync_by_schedule,
        ]

    def configure(self) -> None:
        """Save a configuration; of all that this calls, only the schedules may fail here."""
        injector, made = self.world.injector, []

        def ensure_schedule(zone: str, hour: int) -> None:
            injector.start()
            try:
                injector.around(SCHEDULER, lambda: made.append((zone, hour)))
            finally:
                injector.stop()

        def save() -> None:
            injector.stop()
            runtime = self.world.runtime
            options = json.loads(json.dumps(read_configuration(runtime, self.company), default=str))
            body = posted_selection(options, self.selection.choices())
            save_configuration(runtime, self.company, body, ensure_schedule=ensure_schedule)

        self.world.attempt(save)
        assert made
        saved = configurations.current(self.world.table, self.company.id)
        assert saved is not None
        self.model.selections[saved.version] = self.selection

    def push(self, records: list[Record]) -> None:
        """Push records, all of one type together, and have them written."""
        for kind in sorted({kind for kind, _ in records}):
            bodies = [body for each, body in records if each == kind]
            raw = json.dumps(bodies, default=str).encode()
            self.world.attempt(
                lambda kind=kind, raw=raw: push_records(self.world.runtime, self.company.id, None, kind, raw)
            )
            for body in bodies:
                self.model.push((kind, body))
        self.world.deliver()

    def sync_by_hand(self) -> None:
        """Ask for a sync up to now."""
        now = self.world.clock.now()
        self.world.attempt(lambda: syncs.request_latest(self.world.runtime, self.company, now))
        self.world.deliver()

    def sync_by_schedule(self) -> None:
        """Have the next day's sync started by its schedule."""
        self.world.clock.moment = datetime(2026, 5, 2, 2, tzinfo=UTC)
        self.world.attempt(self._strike)
        self.world.deliver()

    def _strike(self) -> None:
        """A strike of the dispatcher; who is left without a sync is due still, for the next strike."""
        if dispatch(self.world.runtime).failed:
            raise CallFailed("left without a sync")

    def snapshot(self) -> tuple[Any, ...]:
        """All there is between two steps."""
        world = self.world
        assert not world.queues.waiting
        state = (world.table.snapshot(), world.clock.moment, world.runtime.ids.made)  # type: ignore[attr-defined]
        return (*state, Counter(world.writes), dict(self.model.standing), dict(self.model.newest))

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        """Go back to a snapshot."""
        world = self.world
        items, world.clock.moment, world.runtime.ids.made, writes, standing, newest = snapshot  # type: ignore[attr-defined]
        world.table.restore(items)
        world.trouble.clear()
        world.queues.waiting.clear()
        world.writes.clear()
        world.writes.update(writes)
        self.model.standing, self.model.newest = dict(standing), dict(newest)

    def check(self) -> None:
        """Zero lost, zero doubled, and every sync ended well."""
        found = list(self.world.runtime.syncs.newest_first(self.company.id))
        assert {(sync.stage, sync.status_code) for sync in found} <= {
            (FINISHED, WRITTEN),
            (FINISHED, NOTHING_TO_WRITE),
        }, [(sync.status_code, sync.exception_message) for sync in found]
        assert found[0].kind == "scheduled"
        entries = entries_of(self.world, self.company)
        check_entries(entries, START)
        # A write whose answer was lost inside the ledger is not counted, but it is in the books.
        assert set(self.world.writes.values()) == {1}
        assert set(self.world.writes) <= {entry.document.reference for entry in entries}
        kept: dict[date, int] = kept_configurations(self.world, self.company)
        expected = self.model.books(self.selection, kept, spans_of(self.world, self.company))
        assert moved_by_day(self.world, self.company) == expected
        self.sync_by_hand()
        assert len(entries_of(self.world, self.company)) == len(entries)
        check_listed(self.world, self.company)


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_every_fault_at_every_call(output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(output_format)
    calls, walked = walk(story)
    runs = walked.total()
    with capsys.disabled():
        print(f"\nfault walk, {output_format}: {calls} calls, {runs} faults, each in a run of its own")  # noqa: T201
        for (kind, what), count in sorted(walked.items()):
            print(f"  {kind}, {what}: {count}")  # noqa: T201
    assert calls >= FEWEST_CALLS
    assert runs >= FEWEST_RUNS
    assert set(walked) == {(kind, what) for kind, faults in FAULTS.items() for what in faults}
