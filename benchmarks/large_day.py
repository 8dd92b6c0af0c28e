"""One business day of 50,000 orders through the real services: time and memory of planning and pushing it.

    python -m benchmarks.large_day [orders]

The table is in memory and its items are counted apart, so that what is left is what a function needs.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from daybook.store.outbox import INGEST
from local.demo import choices
from local.generator import generate
from tests.simulation.world import World

DAY = "2026-03-24"
PUSHED_AT_ONCE = 5000
MIB = 1024


def orders(count: int) -> Iterator[dict[str, Any]]:
    """Orders of the cafe, as many as wanted, all on one day."""
    trade = generate(orders=1000)
    plain = [
        body
        for (_, kind), bodies in trade.latest_records().items()
        for body in bodies
        if kind == "orders" and Decimal(str(body["totalAmount"])) > 0 and body["payments"]
    ]
    for number in range(count):
        body = plain[number % len(plain)]
        moment = f"{DAY}T{8 + number % 12:02}:{number % 60:02}:00Z"
        payments = [
            {**payment, "id": f"{number}-{place}", "createdDate": moment, "modifiedDate": moment}
            for place, payment in enumerate(body["payments"])
        ]
        yield {
            **body,
            "id": f"order-{number}",
            "createdDate": moment,
            "sourceModifiedDate": moment,
            "payments": payments,
        }


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    world, trade = World(), generate(orders=1000)
    company = world.open_company()
    for (_, data_type), bodies in trade.first.items():
        if data_type not in ("orders", "payments", "transactions"):
            world.push(company, data_type, bodies)
    world.configure(company, replace(choices("Invoice"), start=f"{DAY}T00:00:00Z"))
    started, batch = time.perf_counter(), []
    for body in orders(count):
        batch.append(body)
        if len(batch) == PUSHED_AT_ONCE:
            world.push(company, "orders", batch)
            batch = []
    if batch:
        world.push(company, "orders", batch)
    print(f"pushed and kept {count} orders in {time.perf_counter() - started:.1f} s ({INGEST})")
    before, started = peak(), time.perf_counter()
    sync = world.sync(company, None, datetime(2026, 3, 25, 12, tzinfo=UTC))
    took = time.perf_counter() - started
    documents = list(world.runtime.documents.newest_first(company.id))
    print(f"synced with {sync.status_code} in {took:.1f} s: {len(documents)} documents, {sync.error_message}")
    print(f"peak memory {peak()} MiB, {before} MiB of it before the sync")


def peak() -> int:
    """The most memory the process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB


if __name__ == "__main__":
    main()
