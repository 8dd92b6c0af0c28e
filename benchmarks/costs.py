"""Dollars a merchant costs in a month, at 30, 300 and 3,000 orders a day.

    python -m benchmarks.costs [pushes a day]

Counted: requests, messages, write and read units of two days (`benchmarks.units`), of one where a day has
more than 1,000 orders; thirty days are a month. Worked out: how long functions run, from the processor's time
measured here, since a function of 1,024 MB has 0.58 of a processor, and from the calls that wait for
DynamoDB, which take 4 ms each. Not in it: data sent to the internet, alarms, traces, KMS, webhooks (nobody
subscribes here), and cold starts.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from benchmarks import prices
from benchmarks.measuring import table
from benchmarks.published import how_found
from benchmarks.units import Counted, measure
from daybook.services.write_records import THREADS
from daybook.store import outbox

SIZES = (30, 300, 3000)
MONTH = 30
_LARGE = 1000  # orders a day, of which one day is enough to count
_GB, _PROCESSORS = 1.0, 0.58
_WAIT_SECONDS = 0.004
_LOG_BYTES = 1500  # what an invocation logs: its start, its end, a line of its own
_STORED_MONTHS = 400 / MONTH  # records stay so long (RecordRetentionDays)
# Beside what a message's worker is invoked for: the relay of its message, the authorizer of its request.
_RECEIVED = (outbox.INGEST, outbox.SYNC, outbox.PUSH)


def of_a_month(found: Counted) -> Mapping[str, float]:
    """Dollars a month, by what they are for."""
    months = MONTH / found.days
    pushes = found.messages[outbox.INGEST]
    events = found.messages.get(outbox.EVENTS, 0)
    received = sum(found.messages.get(queue, 0) for queue in _RECEIVED)
    invocations = 2 * pushes + received + events + sum(found.messages.values())
    apart = found.requests.get("put_item", 0) / THREADS
    waits = apart + sum(count for name, count in found.requests.items() if name != "put_item")
    seconds = found.cpu_seconds / _PROCESSORS + waits * _WAIT_SECONDS
    fifo = found.messages.get(outbox.SYNC, 0) + found.messages.get(outbox.PUSH, 0) + events
    dollars = {
        "DynamoDB, writing": found.write_units * prices.WRITE_UNIT.each,
        "DynamoDB, reading": found.read_units * prices.READ_UNIT.each,
        "DynamoDB, keeping": found.floor * 1024 * _STORED_MONTHS / 1e9 * prices.STORED.each,
        "Lambda": seconds * _GB * prices.GB_SECOND.each + invocations * prices.INVOCATION.each,
        "API Gateway": pushes * prices.API_REQUEST.each,
        # Each message is sent, received and deleted.
        "SQS": 3 * (pushes * prices.QUEUE_REQUEST.each + fifo * prices.FIFO_REQUEST.each),
        "EventBridge": events * prices.EVENT.each,
        "Logs": invocations * _LOG_BYTES / 1e9 * prices.LOGGED.each,
    }
    return {what: amount * months for what, amount in dollars.items()}


def report(pushes_a_day: int = 12, sizes: tuple[int, ...] = SIZES) -> str:
    """The measured figures, as Markdown."""
    months = {
        size: of_a_month(measure(size, pushes_a_day, days=(0, 1) if size > _LARGE else (1, 2)))
        for size in sizes
    }
    rows = [[what, *(f"{months[size][what]:.4f}" for size in sizes)] for what in next(iter(months.values()))]
    rows.append(["**a month**", *(f"**{sum(months[size].values()):.2f}**" for size in sizes)])
    return "\n\n".join(
        [
            f"Dollars a merchant and month, {pushes_a_day} pushes a day of each shop and type; two shops.",
            table(["", *(f"{size:,} orders a day" for size in sizes)], rows),
            listed(),
        ]
    )


def listed() -> str:
    """The prices, as Markdown."""
    rows = [
        [price.of, f"{price.dollars:g} for {price.per:,}", price.source, price.found]
        for price in prices.PRICES
    ]
    said = how_found(price.found for price in prices.PRICES)
    return "\n\n".join(
        [
            f"At these prices (us-east-1, free tiers left out), {said}",
            table(["price of", "dollars", "published in", "found there"], rows),
        ]
    )


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
