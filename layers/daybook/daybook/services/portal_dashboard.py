"""How a client's syncs go, at a glance: outcomes by day, who fails now, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from daybook.frozen import frozen
from daybook.services.portal_search import failing_now
from daybook.services.runtime import Runtime
from daybook.store import due, find_ended
from daybook.store.ended_syncs import Failing
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN

# The choices of how far back the chart goes.
SPANS = (14, 30, 90)
SHOWN_FAILING = 10
_COUNTED_FAILING = 100
_THREADS = 8


@frozen
class DayOutcome:
    """How many syncs of a UTC day ended how."""

    day: date
    written: int = 0
    nothing: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.written + self.nothing + self.failed


@frozen
class Dashboard:
    """What the first page shows. `failing_count` stops at 100, which `failing_more` then says.

    `oldest_unsynced` is the first business day (ISO date) that is not in some merchant's books, "" for none;
    `waiting_since` when the sync that waits longest to begin was asked for, of whomever, None for none.
    """

    outcomes: Sequence[DayOutcome]
    failing: Sequence[tuple[Failing, str]]
    failing_count: int
    failing_more: bool
    oldest_unsynced: str
    waiting_since: datetime | None

    @property
    def total(self) -> DayOutcome:
        """The whole time as one."""
        days = self.outcomes
        return DayOutcome(
            days[-1].day,
            sum(day.written for day in days),
            sum(day.nothing for day in days),
            sum(day.failed for day in days),
        )


def read_span(text: str) -> int:
    """For how many days the chart is asked."""
    return next((span for span in SPANS if str(span) == text), SPANS[0])


def read_dashboard(runtime: Runtime, client_id: str, span: int) -> Dashboard:
    """A client's last days, and how it stands now."""
    today = runtime.clock.now().date()
    failing, following = failing_now(runtime, client_id, _COUNTED_FAILING)
    return Dashboard(
        read_outcomes(runtime, client_id, today - timedelta(days=span - 1), today),
        failing[:SHOWN_FAILING],
        len(failing),
        bool(following),
        failing[0][0].unsynced if failing else "",
        _waiting_since(runtime),
    )


def read_outcomes(runtime: Runtime, client_id: str, first: date, last: date) -> list[DayOutcome]:
    """How the syncs of each day from first to last ended; days without any too."""
    found = {first + timedelta(days=number): [0, 0, 0] for number in range((last - first).days + 1)}
    for count in find_ended.counts(runtime.table, client_id, first, last):
        numbers = found[count.day]
        for code, number in count.codes.items():
            numbers[{WRITTEN: 0, NOTHING_TO_WRITE: 1}.get(code, 2)] += number
    return [DayOutcome(day, *numbers) for day, numbers in found.items()]


def _waiting_since(runtime: Runtime) -> datetime | None:
    """How long the queue is, in time. All clients share it, so it is nobody's secret."""
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = list(pool.map(runtime.syncs.longest_waiting, range(due.SHARDS)))
    asked = min((each for each in waiting if each), default="")
    return datetime.fromisoformat(asked) if asked else None
