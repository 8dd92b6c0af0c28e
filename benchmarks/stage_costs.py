"""What each stage of a merchant's night asks of its function: calls of the table, and the processor's time.

The real services over the table in memory, whose calls are counted; what they wait for is added by the model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.cafe_day import DAY, orders
from daybook.services.schedule import dispatch
from daybook.store import outbox
from daybook.store.syncs import WRITTEN
from local.demo import CATALOGUE, choices
from local.generator import generate
from tests.simulation.memory import MemoryTable
from tests.simulation.world import World

_FORTNIGHT = 1000  # orders; only its catalogue is used
_CALLS = frozenset(
    {"get", "put", "delete", "add", "query", "query_all", "batch_get", "batch_put", "transact"}
)


@dataclass
class Asked:
    """What was asked of a function, all of a merchant's night together."""

    items: int = 0
    calls: int = 0
    cpu: float = 0.0


class CountingTable:
    """The table in memory, counting who calls it."""

    def __init__(self) -> None:
        self._table = MemoryTable()
        self.asked = Asked()

    def __getattr__(self, name: str) -> Any:
        """The method of this name, counted."""
        if name in _CALLS:
            self.asked.calls += 1
        return getattr(self._table, name)


@dataclass
class Night(World):
    """A merchant's world, in which each message is put down to its queue."""

    stages: dict[str, Asked] = field(default_factory=dict)

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        """Put what is done within down to a stage."""
        table: Any = self.table
        table.asked = asked = self.stages.setdefault(stage, Asked())
        began = time.process_time()
        yield
        asked.cpu += time.process_time() - began
        asked.items += 1
        table.asked = Asked()

    def receive(self, message: outbox.Message) -> None:
        """Do what the worker of a queue does."""
        with self.measured(message.queue):
            super().receive(message)


def measure(orders_a_day: int) -> dict[str, Asked]:
    """A merchant's midnight: dispatched, planned, pushed and finished, after a day of so many orders."""
    night = Night(table=CountingTable())  # type: ignore[arg-type]
    night.clock.moment = datetime(DAY.year, DAY.month, DAY.day, 6, tzinfo=UTC)
    company = night.open_company()
    for (_, data_type), bodies in generate(orders=_FORTNIGHT).first.items():
        if data_type in CATALOGUE:
            night.push(company, data_type, bodies)
    night.configure(company, replace(choices("Invoice"), start=f"{DAY}T00:00:00Z"))
    night.push(company, "orders", list(orders(orders_a_day)))
    night.clock.moment = datetime(DAY.year, DAY.month, DAY.day + 1, 0, 0, 5, tzinfo=UTC)
    night.stages.clear()
    with night.measured("dispatch"):
        assert dispatch(night.runtime).requested == 1
    night.deliver()
    assert next(night.runtime.syncs.newest_first(company.id)).status_code == WRITTEN
    return night.stages
