"""One business day of 50,000 orders through the real services: time and memory of planning and pushing it.

    python -m benchmarks.large_day [orders]

The table is in memory and its items are counted apart, so that what is left is what a function needs.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks.cafe_day import DAY, orders
from daybook.store.outbox import INGEST
from local.demo import choices
from local.generator import generate
from tests.simulation.world import World

PUSHED_AT_ONCE = 5000
MIB = 1024


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
