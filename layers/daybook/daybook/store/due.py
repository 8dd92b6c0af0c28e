"""Which companies are due for a sync, found by time: an index of them, never a scan.

A company has one item, `COMPANY#<company>` / `DUE`, while its schedule is on. In the index it lies in one of
a few partitions under the instant it is next due, so that whoever is due at an instant, in whatever time
zone, is one range of each partition.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime

from daybook.domain.schedule import Schedule
from daybook.frozen import frozen
from daybook.store.table import ConditionFailed, Delete, Equals, Item, Put, Table

# Ten thousand companies due at the same midnight are spread over these.
SHARDS = 16
_SORT_KEY = "DUE"


@frozen
class Due:
    """A company whose schedule is on, and the instant (UTC) at which its next sync is due."""

    company_id: str
    schedule: Schedule
    at: datetime


def get(table: Table, company_id: str) -> Due | None:
    """When a company is next due; None while its schedule is off."""
    item = table.get(f"COMPANY#{company_id}", _SORT_KEY)
    return _due(item) if item else None


def put(due: Due) -> Put:
    """The write that makes a company due, for use in a transaction."""
    return Put(_item(due))


def clear(company_id: str) -> Delete:
    """The write that takes a company off its schedule, for use in a transaction."""
    return Delete(f"COMPANY#{company_id}", _SORT_KEY)


def forget(table: Table, company_id: str) -> None:
    """Take a company off its schedule; nothing happens when it is off."""
    table.delete(f"COMPANY#{company_id}", _SORT_KEY)


def advance(table: Table, due: Due, at: datetime) -> None:
    """Make a company due at a later instant; nothing happens when its schedule was changed meanwhile."""
    unchanged = Equals("GSI1SK", _sort(due.at, due.company_id))
    try:
        table.put(_item(Due(due.company_id, due.schedule, at)), unchanged)
    except ConditionFailed:
        return


def until(table: Table, shard: int, now: datetime) -> Iterator[Due]:
    """The companies of a shard that are due at `now` or were before, longest due first."""
    items = table.query_all(_partition(shard), between=("0", _sort(now, "~")), index="GSI1")
    return (_due(item) for item in items)


def shard_of(company_id: str) -> int:
    """The shard of a company, always the same."""
    return zlib.crc32(company_id.encode()) % SHARDS


def _partition(shard: int) -> str:
    return f"DUE#{shard:02}"


def _sort(at: datetime, company_id: str) -> str:
    return f"{at.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}#{company_id}"


def _item(due: Due) -> Item:
    return {
        "PK": f"COMPANY#{due.company_id}",
        "SK": _SORT_KEY,
        "GSI1PK": _partition(shard_of(due.company_id)),
        "GSI1SK": _sort(due.at, due.company_id),
        "frequency": due.schedule.frequency,
        "startDate": due.schedule.start_date.isoformat(),
        "syncHour": due.schedule.sync_hour,
        "timeZone": due.schedule.time_zone,
    }


def _due(item: Item) -> Due:
    schedule = Schedule(
        item["frequency"], date.fromisoformat(item["startDate"]), item["syncHour"], item["timeZone"]
    )
    at = datetime.fromisoformat(item["GSI1SK"].partition("#")[0])
    return Due(item["PK"].partition("#")[2], schedule, at)
