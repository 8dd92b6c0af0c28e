"""A million merchants' midnights on paper: how long each lasts, what saturates first, and which knob helps.

    python -m benchmarks.scale [merchants]

Every merchant's business day begins at midnight of its own zone and all are due in the same second. What a
night asks of each function is measured (`stage_costs.py`); how AWS and the platforms limit it is published
(`quotas.py`); how long they take to answer is assumed below, and said in docs/scale.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from benchmarks import quotas
from benchmarks.measuring import table
from benchmarks.merchants import ZONES, midnights, orders_by_hour
from benchmarks.pipeline import Course, Stage, run
from benchmarks.published import how_found
from benchmarks.stage_costs import Asked, measure
from daybook.store import outbox
from daybook.store.due import SHARDS

MERCHANTS = 1_000_000
ORDERS_A_DAY = 100
DAY = date(2026, 3, 24)
SECONDS = 2 * 24 * 3600
# Assumed: what a call waits for, in seconds.
TABLE_CALL, QUEUE_CALL, BUS_CALL, PLATFORM_CALL = 0.004, 0.010, 0.020, 0.5
# A function of 1,024 MB has this much of a processor.
PROCESSORS = 0.58
# Calls of a platform in a merchant-day (docs/performance.md), and who keeps books where.
PLATFORM_CALLS = 7.5
ON_XERO = 0.4
NOTIFY_SECONDS = 0.02
UNITS_AN_ORDER = 5  # of writing, docs/performance.md
DISPATCH, RELAY_SYNC, PLAN, RELAY_PUSH, PUSH = "dispatch", "relay to plan", "plan", "relay to push", "push"
RELAY_EVENTS, NOTIFY = "relay of events", "notify"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The knobs. As they stand in template.yaml and in an account that never asked for more."""

    sync_workers: int = 200
    push_workers: int = 200
    notifiers: int = 200
    dispatch_threads: int = 8
    stream_shards: int = 8
    relays_a_shard: int = 10
    outbox_partitions: int = 16
    writes_a_message: int = 2  # where messages lie by their time: one puts, one deletes
    xero_a_minute: float = quotas.XERO_APP.value


def stages(asked: Mapping[str, Asked], deployment: Deployment) -> list[Stage]:
    """The stages of a night in the order of the flow; an item is a merchant, or a message about one."""

    def seconds(name: str, calls: float) -> float:
        return calls * TABLE_CALL + asked[name].cpu / asked[name].items / PROCESSORS

    syncs, pushes, events = (asked[name].items for name in (outbox.SYNC, outbox.PUSH, outbox.EVENTS))
    partitions = quotas.PARTITION_WRITES.value * deployment.outbox_partitions
    hot = partitions / deployment.writes_a_message
    relays = deployment.stream_shards * deployment.relays_a_shard

    def relay(name: str, makes: Mapping[str, float], seconds: float = QUEUE_CALL) -> Stage:
        return Stage(name, relays, seconds + TABLE_CALL, hot, makes, "relay")

    return [
        # Finding who is due asks each shard once, whoever is due.
        Stage(
            DISPATCH,
            deployment.dispatch_threads,
            seconds(DISPATCH, asked[DISPATCH].calls - SHARDS),
            makes={RELAY_SYNC: syncs},
        ),
        relay(RELAY_SYNC, {PLAN: 1}),
        Stage(
            PLAN,
            deployment.sync_workers,
            seconds(outbox.SYNC, asked[outbox.SYNC].calls / syncs),
            makes={RELAY_PUSH: pushes / syncs},
        ),
        relay(RELAY_PUSH, {PUSH: 1}),
        Stage(
            PUSH,
            deployment.push_workers,
            seconds(outbox.PUSH, asked[outbox.PUSH].calls / pushes) + PLATFORM_CALLS * PLATFORM_CALL,
            deployment.xero_a_minute / 60 / (ON_XERO * PLATFORM_CALLS),
            {RELAY_EVENTS: events / pushes},
        ),
        relay(RELAY_EVENTS, {NOTIFY: 1}, QUEUE_CALL + BUS_CALL),
        Stage(NOTIFY, deployment.notifiers, NOTIFY_SECONDS),
    ]


def midnight(asked: Mapping[str, Asked], deployment: Deployment, merchants: float) -> dict[str, Course]:
    """So many merchants due in the same second."""
    return run(stages(asked, deployment), {0: {DISPATCH: merchants}}, SECONDS)


def whole_day(asked: Mapping[str, Asked], deployment: Deployment, merchants: int) -> dict[str, Course]:
    """A day of midnights, zone after zone."""
    arrivals: dict[int, dict[str, float]] = {}
    for second, share in midnights(DAY):
        at = arrivals.setdefault(second, {DISPATCH: 0.0})
        at[DISPATCH] += merchants * share
    return run(stages(asked, deployment), arrivals, SECONDS)


def largest_midnight() -> float:
    """The share of all merchants that is due in the same second at most."""
    by_second: dict[int, float] = {}
    for second, share in midnights(DAY):
        by_second[second] = by_second.get(second, 0.0) + share
    return max(by_second.values())


def first_behind(asked: Mapping[str, Asked], deployment: Deployment) -> Stage:
    """The stage that takes the fewest merchants a second: all others wait for it."""
    per_merchant = midnight(asked, deployment, 1.0)
    every = stages(asked, deployment)
    pooled: dict[str, float] = {}
    for stage in every:
        pool = stage.pool or stage.name
        pooled[pool] = pooled.get(pool, 0.0) + per_merchant[stage.name].taken / stage.rate
    return max(every, key=lambda stage: pooled[stage.pool or stage.name])


def knobs() -> list[tuple[str, Deployment]]:
    """The deployment as it is, then one knob turned after the other, each at what is first behind."""
    found = [("relay: ParallelizationFactor 1, as AWS has it", Deployment(relays_a_shard=1))]

    def turn(what: str, **change: float) -> None:
        found.append((what, replace(found[-1][1], **change)))  # type: ignore[arg-type]

    turn("relay: ParallelizationFactor 10, as template.yaml has it", relays_a_shard=10)
    turn(
        "push and sync workers: MaximumConcurrency 1,000 (account: 3,000)",
        push_workers=1000,
        sync_workers=1000,
    )
    turn("dispatcher: 64 threads, or an invocation for each shard", dispatch_threads=64)
    turn("Xero: 60,000 calls a minute, were it to allow them", xero_a_minute=60_000)
    return found


def report(merchants: int = MERCHANTS) -> str:
    """The worked-out figures, as Markdown."""
    asked = measure(ORDERS_A_DAY)
    largest = largest_midnight()
    per_stage = midnight(asked, Deployment(), merchants * largest)
    rows = [
        [
            stage.name,
            f"{stage.seconds * 1000:,.0f} ms",
            f"{stage.rate:,.0f}",
            f"{per_stage[stage.name].taken:,.0f}",
            f"{per_stage[stage.name].most_waiting:,.0f}",
            spoken(per_stage[stage.name].ended),
        ]
        for stage in stages(asked, Deployment())
    ]
    turned = [
        [
            what,
            first_behind(asked, deployment).name,
            spoken(last(midnight(asked, deployment, merchants * largest))),
            spoken(last(whole_day(asked, deployment, merchants)) - latest_midnight()),
        ]
        for what, deployment in knobs()
    ]
    said = (
        f"{merchants:,} merchants in {len(ZONES)} zones, {ORDERS_A_DAY} orders a day each; the largest "
        f"midnight is that of {merchants * largest:,.0f} merchants."
    )
    return "\n\n".join(
        [
            said,
            table(["stage", "takes", "at most a second", "items", "most waiting", "last done after"], rows),
            table(
                ["knob turned, one after the other", "behind first", "largest midnight", "after the day"],
                turned,
            ),
            ingest(merchants),
            limits(),
        ]
    )


def limits() -> str:
    """The quotas, as Markdown."""
    rows = [[q.what, f"{q.value:,.0f}", q.raised, q.source, q.found] for q in quotas.QUOTAS]
    return "\n\n".join(
        [
            f"Within these quotas, {how_found(q.found for q in quotas.QUOTAS)}",
            table(["quota", "default", "raised", "published in", "found there"], rows),
        ]
    )


def ingest(merchants: int) -> str:
    """The busiest hour of pushes."""
    busiest = max(orders_by_hour(DAY))
    a_second = merchants * ORDERS_A_DAY * busiest / 3600
    return (
        f"The busiest hour brings {busiest:.1%} of a day's orders, {a_second:,.0f} a second; at "
        f"{UNITS_AN_ORDER} write units each (docs/performance.md) {a_second * UNITS_AN_ORDER:,.0f} a second "
        f"of the {quotas.TABLE_WRITES.value:,.0f} that a table has by default."
    )


def last(courses: Mapping[str, Course]) -> int:
    """When everything was done, in seconds."""
    return max(course.ended for course in courses.values())


def latest_midnight() -> int:
    """The second of the day of its last midnight."""
    return max(second for second, _ in midnights(DAY))


def spoken(seconds: float) -> str:
    """A span of time as people say it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
