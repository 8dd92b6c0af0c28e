"""Write and read units of DynamoDB for a thousand orders, from push to posted, beside the floor.

    python -m benchmarks.units [orders a day] [pushes a day]

The demo's cafe (payments, tips, fees, refunds, payouts), its records pushed through the day as they come and
a sync each night, over the embedded DynamoDB. The first of three days is not counted.
"""

from __future__ import annotations

import json
import sys
import time as clock
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from benchmarks.counted_table import CountedClient, counted_table
from benchmarks.measuring import table
from daybook.store import outbox
from daybook.store.syncs import WRITTEN
from local.cafe import DAYS, FIRST_DAY, SHOPS, ZONE
from local.demo import CATALOGUE, choices
from local.generator import Wave, generate
from tests.simulation.world import World

PORT = 4770
_NIGHT = time(1, 30)


@dataclass
class CountedWorld(World):
    """The services over a counted table; how messages are fetched for a test counts nothing."""

    client: CountedClient = field(default_factory=lambda: CountedClient(None))
    messages: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def deliver(self) -> None:
        """Deliver every message, and those that this causes, until none is left."""
        while waiting := self._waiting():
            for message in waiting:
                self.messages[message.queue] += 1
                self.receive(message)
                outbox.sent(self.table, message)

    def _waiting(self) -> list[outbox.Message]:
        with self.client.pause():  # in production the table's stream brings them
            return list(outbox.unsent(self.table, "9999"))


@dataclass(frozen=True, slots=True)
class Counted:
    """What some days took. `floor` is each record as an item of its own, written once as it was sent."""

    orders: int
    records: int
    floor: int
    packed_floor: int
    written: dict[str, float]
    read: dict[str, float]
    requests: dict[str, int]
    messages: dict[str, int]
    cpu_seconds: float
    days: int

    @property
    def write_units(self) -> float:
        """All write units."""
        return sum(self.written.values())

    @property
    def read_units(self) -> float:
        """All read units."""
        return sum(self.read.values())


def measure(
    orders_a_day: int, pushes_a_day: int, port: int = PORT, days: tuple[int, int] = (1, 2)
) -> Counted:
    """Tell the story of so many days and then of so many that are counted."""
    before, counted_days = days
    trade = generate(orders=orders_a_day * DAYS)
    by_day = _by_day(trade.first)
    with counted_table(port) as (dynamo, client):
        world = CountedWorld(table=dynamo, client=client)  # type: ignore[arg-type]
        world.clock.moment = datetime.combine(FIRST_DAY, time(6), ZONE)
        company = world.open_company("Copper Kettle", shops=len(SHOPS))
        for number, shop in enumerate(SHOPS):
            for data_type in CATALOGUE:
                world.push(company, data_type, trade.first.get((shop.id, data_type), []), number)
        world.configure(company, choices("Invoice"))
        counted: list[dict[str, Any]] = []
        began = 0.0
        for number in range(before + counted_days):
            if number == before:
                client.reset()
                world.messages.clear()
                counted, began = [], clock.process_time()
            day = FIRST_DAY + timedelta(days=number)
            for shop, data_type, bodies in _pushes(by_day[day.isoformat()], pushes_a_day):
                dataset = world.push(company, data_type, bodies, shop)
                assert not dataset.refused
                counted += bodies
            world.clock.moment = datetime.combine(day + timedelta(days=1), _NIGHT, ZONE)
            assert world.sync(company).status_code == WRITTEN
        return _counted(client, world, counted, clock.process_time() - began, counted_days)


def _counted(
    client: CountedClient, world: CountedWorld, bodies: list[dict[str, Any]], cpu_seconds: float, days: int
) -> Counted:
    sent = [json.dumps(body, separators=(",", ":"), default=str).encode() for body in bodies]
    return Counted(
        orders=sum("orderLineItems" in body for body in bodies),
        records=len(bodies),
        floor=sum(-(-len(each) // 1024) for each in sent),
        packed_floor=sum(-(-len(zlib.compress(each)) // 1024) for each in sent),
        written=dict(client.written),
        read=dict(client.read),
        requests=dict(client.requests),
        messages=dict(world.messages),
        cpu_seconds=cpu_seconds,
        days=days,
    )


def _by_day(wave: Wave) -> dict[str, dict[tuple[int, str], list[dict[str, Any]]]]:
    """Records by the day on which they were made, shop and type."""
    found: dict[str, dict[tuple[int, str], list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for (shop_id, data_type), bodies in wave.items():
        shop = next(number for number, shop in enumerate(SHOPS) if shop.id == shop_id)
        for body in bodies if data_type not in CATALOGUE else ():
            found[str(body["createdDate"])[:10]][shop, data_type].append(body)
    return found


def _pushes(
    day: dict[tuple[int, str], list[dict[str, Any]]], pushes_a_day: int
) -> Iterator[tuple[int, str, list[dict[str, Any]]]]:
    for (shop, data_type), bodies in day.items():
        size = -(-len(bodies) // pushes_a_day)
        for start in range(0, len(bodies), size):
            yield shop, data_type, bodies[start : start + size]


def report(orders_a_day: int = 1000, pushes_a_day: int = 12) -> str:
    """The measured figures, as Markdown."""
    found = measure(orders_a_day, pushes_a_day)
    thousand = 1000 / found.orders
    kinds = sorted({*found.written, *found.read}, key=lambda kind: -found.written.get(kind, 0))
    rows = [
        [kind, f"{found.written.get(kind, 0) * thousand:,.0f}", f"{found.read.get(kind, 0) * thousand:,.0f}"]
        for kind in kinds
        if max(found.written.get(kind, 0), found.read.get(kind, 0)) * thousand >= 1
    ]
    rows += [
        ["**all**", f"**{found.write_units * thousand:,.0f}**", f"**{found.read_units * thousand:,.0f}**"],
        ["floor: each record as sent, once", f"{found.floor * thousand:,.0f}", ""],
        ["floor: each record compressed, once", f"{found.packed_floor * thousand:,.0f}", ""],
        ["times the floor", f"**{found.write_units / found.floor:.2f}**", ""],
    ]
    return "\n".join(
        [
            f"{orders_a_day:,} orders a day, {pushes_a_day} pushes of each shop and type; per 1,000 orders.",
            f"With payments, fees and refunds those are {found.records * thousand:,.0f} records.",
            "",
            table(["items", "write units", "read units"], rows),
        ]
    )


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
