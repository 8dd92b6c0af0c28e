"""Letting go of records past their retention, never before they are posted and proven (docs/erasure.md).

Once a day it is looked which business days are past their retention and have no mark: a mark goes only when
a sync has looked at its day, and everything was posted and agreed. These days are announced, so that records
of them are refused; when whatever was under way then has ended and they still have no mark, they are closed,
and no sync looks at them again. Then a record is retired whose every day is closed, with all it is joined to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from daybook.domain.configuration import read_configuration
from daybook.domain.instants import iso
from daybook.domain.retention import Span, closable
from daybook.domain.suspense import is_in_suspense
from daybook.domain.times import Calendar
from daybook.services.erase import SETTLED
from daybook.services.retire_records import ClosedDays, retire_records
from daybook.services.runtime import Runtime
from daybook.store import companies, configurations, environment, queues, suspense
from daybook.store import due as shards
from daybook.store import retention as store
from daybook.store.outbox import ERASE, outbox_put
from daybook.store.retention import Retention
from daybook.store.table import Absent, Check, ConditionFailed
from daybook.wire.messages import RetireMessage, body_of

_DAY = timedelta(days=1)
# A business day lies within so many days of the UTC date it is named after.
_ZONES = timedelta(days=3)
# Daily, so that what is announced has long settled at the next look.
_EVERY = timedelta(days=1)


def request_due(runtime: Runtime) -> int:
    """Have every company looked at whose time has come; how many these were."""
    if not environment.record_retention_days():
        return 0
    now, count = runtime.clock.now(), 0
    for shard in range(shards.SHARDS):
        for retention in store.due(runtime.table, shard, iso(now)):
            body = body_of(RetireMessage(company_id=retention.company_id, retire_from=""))
            message = outbox_put(ERASE, retention.company_id, body, runtime.ids.new(), iso(now))
            later = store.changed(replace(retention, next=iso(now + _EVERY)))
            try:
                runtime.table.transact([later, message])
            except ConditionFailed:  # another looked, or it was erased: the index lags
                continue
            count += 1
    return count


def retire(runtime: Runtime, message: RetireMessage, has_time: Callable[[], bool]) -> None:
    """Close what can be closed and retire what there is time for; another message goes on with the rest."""
    after = retire_past(runtime, message, environment.record_retention_days(), has_time)
    if after:
        again = RetireMessage(company_id=message.company_id, retire_from=after)
        queues.send(ERASE, body_of(again), message.company_id)


def retire_past(runtime: Runtime, message: RetireMessage, days: int, has_time: Callable[[], bool]) -> str:
    """As `retire`, of records older than so many days (0: none); where to go on, "" when nothing is left."""
    if days == 0 or companies.deletion(runtime.table, message.company_id) is not None:
        return ""
    calendar = runtime.days.calendar(message.company_id)
    if calendar is None:
        return ""
    retention = store.get(runtime.table, message.company_id)
    if not message.retire_from:
        retention = _close(runtime, retention, calendar, runtime.clock.now() - timedelta(days=days))
    return retire_records(runtime, retention, calendar, message.retire_from, has_time)


def refusing_for(runtime: Runtime, company_id: str) -> ClosedDays | None:
    """The days of which no record is taken any more; None when there are none."""
    retention = store.get(runtime.table, company_id)
    calendar = runtime.days.calendar(company_id) if retention.refusing.spans else None
    return ClosedDays(retention.refusing, calendar) if calendar else None


def _close(runtime: Runtime, retention: Retention, calendar: Calendar, cut: datetime) -> Retention:
    """Close what was announced and is still well, and announce what comes next."""
    found = _closable(runtime, retention, calendar, cut)
    closes = _settled(runtime, retention, found)
    closing = _rest(found, closes)
    closed = retention.closed.with_span(closes) if closes else retention.closed
    if (closed, closing) == (retention.closed, retention.closing):
        return retention
    announced = iso(runtime.clock.now()) if closing else ""
    changed = replace(retention, closed=closed, closing=closing, announced=announced)
    # A sync that runs may be at work on one of these days.
    idle = Check(f"COMPANY#{retention.company_id}", "ACTIVE", Absent())
    try:
        runtime.table.transact([store.changed(changed), idle])
    except ConditionFailed:  # tomorrow
        return retention
    changed = replace(changed, version=changed.version + 1)
    if closes and _closable(runtime, retention, calendar, cut) != found:  # marked while it was looked at
        reopened = replace(changed, closed=retention.closed, closing=None)
        runtime.table.transact([store.changed(reopened)])
        return replace(reopened, version=reopened.version + 1)
    return changed


def _settled(runtime: Runtime, retention: Retention, found: Span | None) -> Span | None:
    """The days that were announced, if whatever was under way then has ended and they are still well."""
    announced = retention.closing
    if found is None or announced is None:
        return None
    if datetime.fromisoformat(retention.announced) > runtime.clock.now() - SETTLED:
        return None
    first, last = max(found.first, announced.first), min(found.last, announced.last)
    return Span(first, last) if first <= last else None


def _rest(found: Span | None, closes: Span | None) -> Span | None:
    if found is None or closes is None:
        return found
    return Span(closes.last + _DAY, found.last) if closes.last < found.last else None


def _closable(runtime: Runtime, retention: Retention, calendar: Calendar, cut: datetime) -> Span | None:
    """The days from the start date on that are past the cut and before whatever is not posted and proven."""
    company_id = retention.company_id
    stored = configurations.current(runtime.table, company_id)
    last_posted = runtime.days.last_posted(company_id)
    if stored is None or last_posted is None:
        return None
    first = retention.closed.first_open(read_configuration(stored.body).schedule.start_date)
    last = min(calendar.day_of(cut) - _DAY, last_posted)
    if first > last:
        return None
    marks = runtime.days.marks(company_id, max(first, date.min + _ZONES) - _ZONES)
    held = {day for mark in marks for day in calendar.days_of_hours(mark.day, mark.hours)}
    return closable(first, last, held | set(_in_suspense(runtime, company_id)))


def _in_suspense(runtime: Runtime, company_id: str) -> Iterator[date]:
    """The days with something in suspense, which a mapping yet to be made will move."""
    for held in suspense.every(runtime.table, company_id):
        day = date.fromisoformat(held.day)
        if is_in_suspense(runtime.days.posted(company_id, day).amounts, held.account):
            yield day
