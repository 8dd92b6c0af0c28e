"""Ten thousand companies due at the same midnight: dispatched, synced, none skipped and none doubled.

    python -m benchmarks.midnight [companies]

One company is set up through the services and copied under other ids; each has a small day to write.
"""

from __future__ import annotations

import copy
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from daybook.services.schedule import dispatch
from daybook.store.companies import Company
from local.demo import choices
from tests.scenarios.shapes import order, payment, standard
from tests.simulation.world import World


def main() -> None:
    """Set up, let midnight strike, and count."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    world = World()
    world.clock.moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    template = world.open_company()
    world.configure(template, replace(choices("Invoice"), start="2026-03-02T00:00:00Z"))
    sold = order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00")])[1]
    world.push(template, "orders", [sold])
    started = time.perf_counter()
    companies = [template, *copies(world, template, count - 1)]
    print(f"{len(companies)} companies set up in {time.perf_counter() - started:.1f} s")

    world.clock.moment = datetime(2026, 3, 3, 0, 0, 5, tzinfo=UTC)
    started = time.perf_counter()
    dispatched = dispatch(world.runtime)
    again = dispatch(world.runtime)
    took = time.perf_counter() - started
    print(f"dispatched {dispatched.requested} in {took:.1f} s, and {again.requested} when asked again")

    started = time.perf_counter()
    world.deliver()
    print(f"synced in {time.perf_counter() - started:.1f} s, one after the other")
    codes = Counter(
        sync.status_code for each in companies for sync in world.runtime.syncs.newest_first(each.id)
    )
    invoices = Counter(len(list(world.runtime.documents.newest_first(each.id))) for each in companies)
    print(f"syncs by status: {dict(codes)}; companies by documents written: {dict(invoices)}")
    assert codes == {2000: count}
    assert len(invoices) == 1


def copies(world: World, template: Company, count: int) -> list[Company]:
    """As many companies like the template, item by item, under ids of their own."""
    items = [item for item in world.table.everything() if template.id in item["PK"] + item["SK"]]
    made = []
    for _ in range(count):
        company_id = world.runtime.ids.new()
        world.table.batch_put(renamed(item, template.id, company_id) for item in items)
        made.append(replace(template, id=company_id))
    return made


def renamed(value: Any, old: str, new: str) -> Any:
    """A value with one id in place of another."""
    match value:
        case str():
            return value.replace(old, new)
        case dict():
            return {renamed(name, old, new): renamed(part, old, new) for name, part in value.items()}
        case list():
            return [renamed(part, old, new) for part in value]
    return copy.copy(value)


if __name__ == "__main__":
    main()
