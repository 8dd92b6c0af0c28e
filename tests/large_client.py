"""A client with very many companies and syncs: the items are made when they are read, and counted.

Every company syncs once a day at midnight. In each thousand one fails every day, and nine others have one
failure in ten days; of the rest every second sync finds nothing to write.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from daybook.services.runtime import time_ordered_id
from daybook.store import companies, ended_syncs
from daybook.store.companies import Company
from daybook.store.ended_syncs import Failing
from daybook.store.syncs import FINISHED, SCHEDULED, Sync
from daybook.store.table import Item, Key, Page, Put
from tests.simulation.memory import MemoryTable, _size, _Stored

CLIENT = "00000000-0000-4000-8000-0000000000cc"
LAST = date(2026, 5, 1)
_UNIT = 4096


@dataclass
class Reads:
    """What was read: how many calls and items, and the read units that DynamoDB would charge."""

    calls: int = 0
    items: int = 0
    units: float = 0


@dataclass
class LargeClient(MemoryTable):
    """The table of such a client. `reads` counts since it was last replaced."""

    company_count: int = 1000
    days: int = 10
    reads: Reads = field(default_factory=Reads)

    def __post_init__(self) -> None:
        """Write what is not made on reading."""
        MemoryTable.__init__(self)
        self.ids = [company_id(number) for number in range(self.company_count)]
        for number, each in enumerate(self.ids):
            companies.create(self, Company(each, CLIENT, f"Shop {number:05} of the High Street"))
        for back in range(self.days):
            self._count_day(LAST - timedelta(days=back))
        for number in range(0, self.company_count, 1000):
            self._fail(number)
        self.reads = Reads()

    @property
    def total(self) -> int:
        """How many syncs ended."""
        return self.company_count * self.days

    def query(self, pk: str, **asked: Any) -> Page:
        """As in DynamoDB, and counted."""
        page = super().query(pk, **asked)
        self._charge(page.items, together=True, share=0.5 if asked.get("index") else 1)
        return page

    def get(self, pk: str, sk: str) -> Item | None:
        """As in DynamoDB, and counted."""
        item = super().get(pk, sk)
        self._charge([item] if item else [])
        return item

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """As in DynamoDB, and counted."""
        found = super().batch_get(keys)
        self._charge(found.values())
        return found

    def _charge(self, items: Iterable[Item], share: float = 1, *, together: bool = False) -> None:
        sizes = [_size(item) for item in items]
        self.reads.calls += 1
        self.reads.items += len(sizes)
        charged = [sum(sizes)] if together else sizes
        self.reads.units += share * sum(max(1, math.ceil(size / _UNIT)) for size in charged)

    def _partition(self, pk: str, index: str | None) -> list[_Stored]:
        if not index or not pk.startswith("ENDED#"):
            return super()._partition(pk, index)
        day, shard = date.fromisoformat(pk.split("#")[2]), int(pk.split("#")[3])
        if not LAST - timedelta(days=self.days) < day <= LAST:
            return []
        return [self._entry(day, number) for number in _of_shard(day, self.company_count).get(shard, [])]

    def _entry(self, day: date, number: int) -> _Stored:
        (entry, _) = ended_syncs.ended_writes(CLIENT, sync_of(day, number, self.ids[number]))
        assert isinstance(entry, Put)
        stored = _Stored(entry.item)
        stored.size = _size(entry.item)
        return stored

    def _count_day(self, day: date) -> None:
        for shard, numbers in _of_shard(day, self.company_count).items():
            counted: dict[str, int] = {}
            for number in numbers:
                code = str(code_of(day, number))
                counted[code] = counted.get(code, 0) + 1
            self.add(f"COUNTED#{CLIENT}", f"{day}#{shard:02}", counted)

    def _fail(self, number: int) -> None:
        sync, at = sync_of(LAST, number, self.ids[number]), f"{LAST}T00:01:00Z"
        failure = Failing(self.ids[number], sync.id, sync.status_code, at, self.days, str(LAST), at)
        self.put(ended_syncs.failing_put(CLIENT, failure).item)


def company_id(number: int) -> str:
    """The id of the company of a number."""
    return time_ordered_id(datetime(2025, 1, 1, tzinfo=UTC), number.to_bytes(10))


def code_of(day: date, number: int) -> int:
    """How a company's sync of a day ended."""
    place = number % 1000
    if place == 0 or (place < 10 and (day.toordinal() + number) % 10 == 0):
        return (4000, 4040, 5130)[number // 1000 % 3]
    return 2000 if number % 2 else 2040


def sync_of(day: date, number: int, company: str) -> Sync:
    """A company's sync of a day."""
    due = f"{day}T00:00:00Z"
    start = f"{day - timedelta(days=1)}T00:00:00Z"
    return Sync(
        sync_id(day, number),
        company,
        SCHEDULED,
        due,
        start,
        due,
        stage=FINISHED,
        status_code=code_of(day, number),
        started=f"{day}T00:00:10Z",
        finished=f"{day}T00:01:00Z",
    )


def sync_id(day: date, number: int) -> str:
    """Ids of syncs due at one instant differ by chance alone, as in production."""
    due = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return time_ordered_id(due, sha256(f"{day}/{number}".encode()).digest())


@cache
def _of_shard(day: date, company_count: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number in range(company_count):
        found.setdefault(ended_syncs.shard_of(sync_id(day, number)), []).append(number)
    return found
