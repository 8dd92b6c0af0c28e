"""A story of two days for tests of what can go wrong: sold, synced, edited, synced, nothing left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from daybook.store.companies import Company
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, WRITTEN
from tests.platforms.world import Bench, PlatformWorld
from tests.scenarios import INVOICE
from tests.scenarios.shapes import line, order, payment, product, transaction
from tests.simulation.model import Model, Selection
from tests.simulation.proof import kept_configurations, spans_of
from tests.simulation.test_fault_walk import changes, trade
from tests.simulation.trade import Record
from tests.simulation.world import Clock
from tests.simulators.server import Fault

NEXT_NIGHT = datetime(2026, 5, 2, 2, tzinfo=UTC)


def next_day() -> list[Record]:
    """A gift card sold and spent, with another card payment: the day after those of `trade`."""
    sold = order(
        "g1",
        [line("20.00", product="gift-card"), line("3.00")],
        [payment("p8", "18.00", "Card", on=4), payment("p9", "5.00", "Prepaid", on=4)],
        on=4,
    )
    return [sold, transaction("f2", "PaymentFee", "-0.30", on=4)]


def as_it_is(_simulator: Any) -> None:
    """Nothing is changed."""


@dataclass
class Story:
    """Two days of a merchant, an edit and a late record, in a new world."""

    bench: Bench
    output_format: str
    prepare: Callable[[Any], None] = as_it_is

    def __post_init__(self) -> None:
        """Link the company, choose its accounts, and push what it sold."""
        self.world = PlatformWorld(clock=Clock(), bench=self.bench)
        self.prepare(self.world.simulator)
        # Of so many runs the scenarios hold the answers against the official description for all.
        self.world.simulator.checks.answers_too = False
        self.model = Model()
        self.selection = Selection(self.output_format)
        self.company: Company = self.world.open_company()
        self.push([product("gift-card", gift_card=True)])
        self.model.standing.clear()
        self.world.configure(self.company, self.world.named_there(self.selection.choices()))
        self.model.selections[1] = self.selection
        self.push([*trade(), *(next_day() if self.output_format == INVOICE else [])])

    def push(self, records: list[Record]) -> None:
        """Push records."""
        for kind in sorted({kind for kind, _ in records}):
            bodies = [body for each, body in records if each == kind]
            assert self.world.push(self.company, kind, bodies).refused == 0
            for body in bodies:
                self.model.push((kind, body))

    def push_changes(self) -> None:
        """An edit and a late record of the first day."""
        self.push(changes())

    def run(self, fault: Fault | None) -> int:
        """All that follows, with a fault at one call; how many calls the platform got."""
        simulator = self.world.simulator
        before = len(simulator.requests)
        simulator.fault = fault
        self.world.sync(self.company)
        self.push_changes()
        self.world.clock.moment = max(NEXT_NIGHT, self.world.clock.moment)
        self.world.sync(self.company)
        simulator.fault = None
        self.check()
        return sum("token" not in request.path for request in simulator.requests[before:])

    def check(self) -> None:
        """The books are as the fold has them, every sync ended well, and the next has nothing to write."""
        world = self.world
        found = list(world.runtime.syncs.newest_first(self.company.id))
        ended = {(sync.stage, sync.status_code) for sync in found}
        problems = [(sync.status_code, sync.error_message) for sync in found]
        assert ended <= {(FINISHED, WRITTEN), (FINISHED, NOTHING_TO_WRITE)}, problems
        assert world.movements() == self.expected()
        assert not world.simulator.violations
        entries = len(world.simulator.ledger.entries)
        assert world.sync(self.company).status_code == NOTHING_TO_WRITE
        assert len(world.simulator.ledger.entries) == entries

    def expected(self) -> dict[str, dict[str, Decimal]]:
        """What the fold of the records has moved, by day and account."""
        moved: dict[str, dict[str, Decimal]] = {}
        kept = kept_configurations(self.world, self.company)
        for day, amounts in self.model.books(
            self.selection, kept, spans_of(self.world, self.company)
        ).items():
            on = moved.setdefault(day.isoformat(), {})
            for (_, account), amount in amounts.items():
                name = self.bench.folded.get(account, account)
                on[name] = on.get(name, Decimal(0)) + amount
        return moved

    def written(self) -> Counter[str]:
        """How often the books hold each of our references."""
        return Counter(self.bench.references(self.world.simulator))
