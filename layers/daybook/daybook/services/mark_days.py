"""Having days looked at though no record of theirs changed: those to restate, and those in suspense.

They are marked like days whose records changed, so that one that comes out badly is tried again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from daybook.domain.suspense import is_in_suspense
from daybook.services.runtime import Runtime
from daybook.services.work_out_day import Context
from daybook.store import records, suspense
from daybook.store.suspense import SuspenseDay

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def mark_suspense(runtime: Runtime, context: Context) -> None:
    """Mark every day that was last held against an older configuration; the mark before the note of it."""
    for held in suspense.before(runtime.table, context.company_id, context.version):
        day = date.fromisoformat(held.day)
        posted = runtime.days.posted(context.company_id, day)
        if posted.amounts and not is_in_suspense(posted.amounts, held.account):
            suspense.forget(runtime.table, context.company_id, held.day)
            continue
        mark_days(runtime, context, [day])
        looked_at = SuspenseDay(held.day, held.account, context.version)
        runtime.table.put(suspense.put(context.company_id, looked_at).item)


def mark_days(runtime: Runtime, context: Context, days: Iterable[date]) -> None:
    """Mark every hour of these business days as changed."""
    hours: dict[str, set[str]] = {}
    for day in days:
        start, end = context.calendar.window(day)
        moment = start.replace(minute=0, second=0, microsecond=0)
        while moment < end:
            hours.setdefault(moment.date().isoformat(), set()).add(f"{moment.hour:02}")
            moment += _HOUR
    version = (runtime.clock.now() - _EPOCH) // timedelta(microseconds=1)
    records.mark(runtime.table, context.company_id, hours, version)
