"""Retiring the records of closed days: nothing but their names stays, so that none is taken for new.

A record goes with all it is joined to, when every day that any of them has, or ever had, an effect on is
closed: an order waits for its latest refund.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice

from daybook.domain.retention import Closed, groups
from daybook.domain.times import Calendar
from daybook.frozen import frozen
from daybook.services.runtime import Runtime
from daybook.store import cases, layout, records, stored_record
from daybook.store import retention as store
from daybook.store.retention import Retention
from daybook.store.stored_record import Name, StoredRecord
from daybook.store.table import Key

# Entries of a day lie up to so many UTC dates before or after it.
_AROUND = timedelta(days=2)
# So many entries are read at a time, each of up to a hundred records.
_AT_ONCE, _THREADS = 50, 16
_JOINABLE = ("orders", "payments")
# Also looked for is what no sync makes use of yet: a transaction whose payment is still to come.
_EVERY_SHAPE = {cases.SEPARATE, cases.SHARED, cases.JOINING, cases.CASH}


def retire_records(
    runtime: Runtime, retention: Retention, calendar: Calendar, since: str, has_time: Callable[[], bool]
) -> str:
    """Retire what can be, from a time on (ISO, UTC; "" for all); where to go on, "" when through."""
    work = _Work(runtime, retention.company_id, ClosedDays(retention.closed, calendar))
    worked = False
    for span in retention.closed.spans:
        for utc_date in store.dates(
            runtime.table, work.company_id, span.first - _AROUND, span.last + _AROUND
        ):
            if utc_date < since[:10]:
                continue
            begin = since[11:] if utc_date == since[:10] else ""
            for at in work.retire_date(utc_date, begin):
                if worked and not has_time():
                    return f"{utc_date}T{at}"
                worked = True
    return ""


@frozen
class ClosedDays:
    """What a record has to do with closed days."""

    closed: Closed
    calendar: Calendar

    def hours(self, record: StoredRecord) -> frozenset[str]:
        """Those of the hours of its times that touch a closed day."""
        return frozenset(hour for hour in records.hours_of(record) if any(self._closed(hour)))

    def all_of(self, record: StoredRecord) -> bool:
        """Whether every day that it has, or ever had, an effect on is closed."""
        hours = (*records.hours_of(record), *record.previous)
        return bool(hours) and all(all(self._closed(hour)) for hour in hours)

    def _closed(self, hour: str) -> Iterator[bool]:
        for utc_date, of_date in records.spread_hours([hour]).items():
            for day in self.calendar.days_of_hours(utc_date, of_date):
                yield day in self.closed


@frozen
class _Work:
    runtime: Runtime
    company_id: str
    closed: ClosedDays

    def retire_date(self, utc_date: str, begin: str) -> Iterator[str]:
        """Retire what is entered on a date, some at a time; before each the time of day it begins at."""
        table = self.runtime.table
        partition = layout.day(self.company_id, utc_date)
        entries = table.query_all(partition, between=(begin or "0", "~"))
        left = False
        while taken := {
            (item["PK"], item["SK"]): records.names_in(item) for item in islice(entries, _AT_ONCE)
        }:
            yield next(iter(taken))[1][:8]
            retired = self._retire({name for names in taken.values() for name in names})
            gone = [key for key, names in taken.items() if retired.issuperset(names)]
            table.batch_delete(gone)
            left = left or len(gone) < len(taken)
        if not left and not begin:
            store.note_emptied(table, self.company_id, utc_date)

    def _retire(self, names: set[Name]) -> set[Name]:
        """Those of the records that are retired now."""
        found = stored_record.read_many(self.runtime.table, self.company_id, names)
        gathering = cases.Gathering(self.runtime.table, self.company_id, _EVERY_SHAPE)
        gathering.add(record for record in found.values() if not record.retired)
        going = [
            record
            for group in groups((record, _marks(record)) for record in gathering.found.values())
            if all(self.closed.all_of(record) for record in group)
            for record in group
        ]
        with ThreadPoolExecutor(_THREADS) as pool:
            done = pool.map(
                lambda record: stored_record.retire(self.runtime.table, self.company_id, record), going
            )
            gone = [record for record, is_gone in zip(going, done, strict=True) if is_gone]
        self.runtime.table.batch_delete(key for record in gone for key in self._links(record))
        return {record.name for record in gone} | {name for name, each in found.items() if each.retired}

    def _links(self, record: StoredRecord) -> Iterator[Key]:
        home = (self.company_id, record.connection_id)
        if record.data_type == "orders":
            yield layout.order_link(*home, record.identity)
        for kind, joined_id in record.joins:
            if kind == "payments":
                yield layout.payment_link(*home, joined_id)
                yield layout.cashback_link(*home, joined_id)


def _marks(record: StoredRecord) -> Iterator[tuple[str, str, str]]:
    """What records share that are joined: the order, or the payment, that each is or names."""
    if record.data_type in _JOINABLE:
        yield record.connection_id, record.data_type, record.identity
    elif record.data_type == "transactions":
        # A transaction may itself be a payment's.
        yield record.connection_id, "payments", record.identity.rpartition("/")[2]
    for kind, joined_id in record.joins:
        yield record.connection_id, kind, joined_id
