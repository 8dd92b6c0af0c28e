"""Calls of each accounting platform in a merchant's day, beside the fewest that its batches would allow.

    python -m benchmarks.calls [orders]

The demo's cafe, fourteen nights, at the simulated platforms; every call is counted where it arrives, sign-in
apart. The fewest: of each list as many together as the platform takes, what settles another thing after it.
"""

from __future__ import annotations

import sys
from collections import Counter

from benchmarks.measuring import table
from daybook.store.syncs import WRITTEN
from local.generator import generate
from tests.platforms.benches import benches
from tests.platforms.test_demo import NIGHTS, Cafe
from tests.scenarios import INVOICE, JOURNAL


def measure(orders: int) -> dict[tuple[str, str], dict[str, float]]:
    """(platform, format) to what an average merchant-day took: reads, writes, least, documents."""
    trade = generate(orders=orders)
    found = {}
    for bench in benches():
        for output_format in (INVOICE, JOURNAL):
            cafe = Cafe(bench, output_format, trade.first)
            try:
                days = Counter(cafe.sync(night) for night in NIGHTS)[WRITTEN]
                counted = {**cafe.calls, "documents": cafe.documents()}
                found[str(bench), output_format] = {name: count / days for name, count in counted.items()}
            finally:
                cafe.world.close()
    return found


def report(orders: int = 3000) -> str:
    """The measured figures, as Markdown."""
    rows = [
        [
            platform,
            output_format,
            f"{day['documents']:.1f}",
            f"{day['reads']:.1f}",
            f"{day['writes']:.1f}",
            f"{day['least']:.1f}",
            f"{day['writes'] / day['least']:.2f}",
        ]
        for (platform, output_format), day in measure(orders).items()
    ]
    head = ["platform", "format", "documents", "reads", "writes", "fewest writes", "times the fewest"]
    return f"{orders:,} orders in {len(NIGHTS)} nights; per merchant and day.\n\n" + table(head, rows)


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
