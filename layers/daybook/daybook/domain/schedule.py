"""When a company's syncs are due (specification: sync, schedule).

A company's days end at its sync hour, local time; a run is due at that end, each day or on the first of each
month. The instants follow the zone's clock changes: a skipped hour is due at the next time that exists, a
repeated one once, at its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daybook.domain.times import boundary
from daybook.frozen import frozen

DAILY = "Daily"
MONTHLY = "Monthly"
FREQUENCIES = (DAILY, MONTHLY)
DEFAULT_TIME_ZONE = "Etc/UTC"

# Found beside the zones, but names of no place.
_NOT_ZONES = frozenset({"", "localtime", "posixrules", "Factory", "leapseconds", "tzdata.zi"})
_DAY = timedelta(days=1)
# Zones lie between UTC-12 and UTC+14, so a local date is at most this far from the UTC date.
_LOCAL_DATE_SLACK = timedelta(days=2)


@frozen
class Schedule:
    """How often a company syncs, from which business day on, and where its days begin.

    `start_date` is the first business day ever written; `sync_hour` is 0 to 23, local to `time_zone` (IANA).
    """

    frequency: str
    start_date: date
    sync_hour: int
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)


def known_zone(name: str) -> ZoneInfo | None:
    """Answer the IANA time zone of this name; None when there is none, or a file that is no zone."""
    if name in _NOT_ZONES or name.startswith(("posix/", "right/")):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a path, a folder, a file of another kind
        return None


def is_due_day(schedule: Schedule, day: date) -> bool:
    """Whether a run is due at the moment this local date's sync hour strikes."""
    return schedule.frequency == DAILY or day.day == 1


def due_times(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant (UTC, in order) in (after, until] at which a run is due.

    None is due before the first business day has ended.
    """
    first = max((after - _LOCAL_DATE_SLACK).date(), schedule.start_date + _DAY)
    last = (until + _LOCAL_DATE_SLACK).date()
    day = first
    while day <= last:
        if is_due_day(schedule, day):
            due = boundary(day, schedule.zone, schedule.sync_hour)
            if after < due <= until:
                yield due
        day += _DAY


def latest_due(schedule: Schedule, now: datetime) -> datetime | None:
    """The last instant (UTC) at or before `now` at which a run was due, or None when none was yet."""
    longest_period = timedelta(days=1 if schedule.frequency == DAILY else 31) + _LOCAL_DATE_SLACK
    latest = None
    for due in due_times(schedule, now - longest_period, now):
        latest = due
    return latest


def next_due(schedule: Schedule, now: datetime) -> datetime:
    """The first instant (UTC) after `now` at which a run is due."""
    start = max(now.date(), schedule.start_date)
    longest_period = timedelta(days=1 if schedule.frequency == DAILY else 31) + _LOCAL_DATE_SLACK
    until = max(now, now + (start - now.date())) + longest_period
    return next(due_times(schedule, now, until))


def first_window_opens(schedule: Schedule) -> datetime:
    """The instant (UTC) from which records count: the opening of the first business day."""
    return boundary(schedule.start_date, schedule.zone, schedule.sync_hour)
