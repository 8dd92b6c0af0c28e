"""Instants, and the business days they belong to.

A business day is [syncHour, next syncHour) in the company's time zone: 23, 24 or 25 hours long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from daybook.frozen import frozen

_DAY = timedelta(days=1)
_SHORTEST, _LONGEST = len("2026-03-29"), 40


def parse_time(text: str) -> datetime:
    """Read ISO 8601: aware where it says `Z` or an offset, else naive; a bare date is its midnight.

    Raises ValueError for anything else.
    """
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise ValueError("must be an ISO 8601 date and time")
    if "." not in text:  # nearly always
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    cleaned = text.strip()
    if "." in cleaned:  # fromisoformat takes at most six digits of a second; sources send seven and nine
        head, _, rest = cleaned.partition(".")
        digits = len(rest) - len(rest.lstrip("0123456789"))
        cleaned = f"{head}.{rest[: min(digits, 6)].ljust(6, '0')}{rest[digits:]}"
    try:
        return datetime.fromisoformat(cleaned)
    except ValueError:
        raise ValueError("must be an ISO 8601 date and time") from None


def resolve(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a time that may be local to the company.

    A local time that does not exist takes the offset in force after the change, an ambiguous one the
    offset in force before it (specification: mapping, reading records 2).
    """
    if moment.tzinfo is not None:
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    before = moment.replace(tzinfo=zone, fold=0)
    after = moment.replace(tzinfo=zone, fold=1)
    skipped = before.utcoffset() != after.utcoffset() and (
        before.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
    )
    return (after if skipped else before).astimezone(UTC)


def boundary(day: date, zone: ZoneInfo, sync_hour: int) -> datetime:
    """The instant (UTC) at which a business day begins; one in a skipped hour begins where that hour ends."""
    local = datetime.combine(day, time(sync_hour))
    before = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == local:
        return before
    # In the gap both readings are off by its length; the gap itself ends where the offset changes.
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = before
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == early.astimezone(zone).utcoffset():
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


@frozen
class Epoch:
    """From `first_day` on (whose window opens at `opens` when given) days follow this zone and hour."""

    first_day: date
    zone: str
    sync_hour: int
    opens: datetime | None = None


@frozen
class Calendar:
    """How a company's time is cut into business days, through every change of zone or hour.

    Days already posted keep their windows; the first day under new settings opens where the last of
    them closed, so that no instant is lost or counted twice.
    """

    epochs: tuple[Epoch, ...]
    # The window last asked for, which is the one asked for next: of a day's records most lie on that day.
    _last: list[tuple[datetime, datetime, date]] = field(default_factory=list, compare=False, repr=False)

    @staticmethod
    def of(zone: str, sync_hour: int) -> Calendar:
        """A calendar that has never changed."""
        return Calendar((Epoch(date.min, zone, sync_hour),))

    def window(self, day: date) -> tuple[datetime, datetime]:
        """[start, end) of a business day, in UTC."""
        return self._opening(day), self._opening(day + _DAY)

    def instant(self, moment: datetime) -> datetime:
        """The one instant (UTC) of a time that may be local to the company, whatever zones it has had.

        A local time belongs to the first zone in whose span it lies; one that a change of zone leaves out
        lies at the change.
        """
        if moment.tzinfo is not None:
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        opens: datetime | None = None
        for epoch, following in zip(self.epochs, (*self.epochs[1:], None), strict=True):
            found = resolve(moment, ZoneInfo(epoch.zone))
            found = found if opens is None else max(found, opens)
            opens = following.opens if following is not None else None
            if opens is None or found < opens:
                return found
        raise AssertionError("the last epoch has no end")

    def day_of(self, instant: datetime) -> date:
        """The business day an instant belongs to."""
        for start, end, day in self._last:
            if start <= instant < end:
                return day
        day = self._find_day(instant)
        self._last[:] = [(*self.window(day), day)]
        return day

    def _find_day(self, instant: datetime) -> date:
        for epoch in reversed(self.epochs):
            if epoch.opens is None or instant >= epoch.opens:
                zone = ZoneInfo(epoch.zone)
                day = instant.astimezone(zone).date()
                while boundary(day, zone, epoch.sync_hour) > instant:
                    day -= _DAY
                while boundary(day + _DAY, zone, epoch.sync_hour) <= instant:
                    day += _DAY
                return max(day, epoch.first_day)
        raise AssertionError("the first epoch has no opening, so every instant is in one")

    def days_of_hours(self, utc_date: str, hours: Iterable[str]) -> Iterator[date]:
        """The business days that hours ("00" to "23") of a UTC date touch; a day may come more than once."""
        midnight = datetime.fromisoformat(utc_date).replace(tzinfo=UTC)
        for hour in hours:
            begins = midnight + timedelta(hours=int(hour))
            first, last = self.day_of(begins), self.day_of(begins + timedelta(hours=1, microseconds=-1))
            yield from (first + timedelta(days=days) for days in range((last - first).days + 1))

    def changed(self, zone: str, sync_hour: int, last_posted: date | None) -> Calendar:
        """The calendar from now on: days up to `last_posted` keep theirs, later ones follow the new."""
        latest = self.epochs[-1]
        if (latest.zone, latest.sync_hour) == (zone, sync_hour):
            return self
        if last_posted is None:
            return Calendar.of(zone, sync_hour)
        kept = tuple(epoch for epoch in self.epochs if epoch.first_day <= last_posted)
        opens = self.window(last_posted)[1]
        first = Calendar.of(zone, sync_hour).day_of(opens)
        return Calendar((*kept, Epoch(max(first, last_posted + _DAY), zone, sync_hour, opens)))

    def _opening(self, day: date) -> datetime:
        epoch = self._epoch(day)
        if epoch.opens is not None and epoch.first_day == day:
            return epoch.opens
        return boundary(day, ZoneInfo(epoch.zone), epoch.sync_hour)

    def _epoch(self, day: date) -> Epoch:
        return next(epoch for epoch in reversed(self.epochs) if epoch.first_day <= day)
