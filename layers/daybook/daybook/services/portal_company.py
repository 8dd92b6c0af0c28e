"""One company: its connections and schedule, the days of a month by how they stand, its syncs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from daybook.domain.configuration import read_configuration
from daybook.domain.schedule import Schedule
from daybook.domain.times import Calendar
from daybook.frozen import frozen
from daybook.services.companies import find_company
from daybook.services.portal_search import Search, SyncPage, search_of_company
from daybook.services.runtime import Runtime
from daybook.store import configurations, connections, due, ended_syncs
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.ended_syncs import Failing
from daybook.store.syncs import Sync

# How a business day stands.
IN_BOOKS, WAITING, IN_TROUBLE, QUIET, AHEAD, BEFORE = (
    "posted",
    "waiting",
    "trouble",
    "quiet",
    "ahead",
    "before",
)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)
# A business day begins and ends less than two days from the UTC date it is named after.
_ZONES = timedelta(days=2)
_MOST_UNFINISHED = 10


@frozen
class Month:
    """The days of a month in weeks from Monday on, None outside it; each day with how it stands."""

    first: date
    weeks: Sequence[Sequence[tuple[date, str] | None]]

    @property
    def previous(self) -> str:
        """The month before, as a page's parameter."""
        return f"{self.first - _DAY:%Y-%m}"

    @property
    def following(self) -> str:
        """The month after."""
        return f"{self.first + timedelta(days=31):%Y-%m}"

    @property
    def states(self) -> list[str]:
        """How the days stand, each state once."""
        found = {day[1] for week in self.weeks for day in week if day}
        return [state for state in (IN_BOOKS, WAITING, IN_TROUBLE, QUIET, AHEAD, BEFORE) if state in found]


@frozen
class CompanyView:
    """A company's page. `schedule` is None before it is configured, `next_due` while its schedule is off."""

    company: Company
    zone: ZoneInfo
    connections: Sequence[Connection]
    schedule: Schedule | None
    enabled: bool
    next_due: datetime | None
    failing: Failing | None
    unfinished: Sequence[Sync]
    month: Month
    syncs: SyncPage


def read_month(text: str, today: date) -> date:
    """The first day of the month asked for, else of this one."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def view_company(
    runtime: Runtime, client_id: str, company_id: str, month: str, search: Search
) -> CompanyView:
    """A client's company. Raises NotFound."""
    company = find_company(runtime, client_id, company_id)
    stored = configurations.current(runtime.table, company.id)
    configuration = read_configuration(stored.body) if stored else None
    schedule = configuration.schedule if configuration else None
    zone = schedule.zone if schedule else ZoneInfo("Etc/UTC")
    failing = ended_syncs.failing(runtime.table, company.id)
    following = due.get(runtime.table, company.id)
    first = read_month(month, runtime.clock.now().astimezone(zone).date())
    return CompanyView(
        company,
        zone,
        connections.list_connections(runtime.table, company.id),
        schedule,
        configuration.enabled if configuration else False,
        following.at if following else None,
        failing,
        runtime.syncs.unfinished(company.id, _MOST_UNFINISHED),
        _month(runtime, company, first, schedule, failing),
        search_of_company(runtime, company, search),
    )


def _month(
    runtime: Runtime, company: Company, first: date, schedule: Schedule | None, failing: Failing | None
) -> Month:
    last = (first + timedelta(days=31)).replace(day=1) - _DAY
    states = _states(runtime, company, first, last, schedule, failing)
    cells: list[tuple[date, str] | None] = [None] * first.weekday()
    cells += [
        (day, states(day)) for day in (first + number * _DAY for number in range((last - first).days + 1))
    ]
    cells += [None] * (-len(cells) % 7)
    return Month(first, [cells[start : start + 7] for start in range(0, len(cells), 7)])


def _states(
    runtime: Runtime,
    company: Company,
    first: date,
    last: date,
    schedule: Schedule | None,
    failing: Failing | None,
) -> Callable[[date], str]:
    """What tells how a day between first and last stands."""
    calendar = runtime.days.calendar(company.id)
    if calendar is None:
        calendar = (
            Calendar.of(schedule.time_zone, schedule.sync_hour) if schedule else Calendar.of("Etc/UTC", 0)
        )
    posted = {day.day for day in runtime.days.posted_between(company.id, first, last) if day.configuration}
    marked = {
        day
        for mark in runtime.days.marks(company.id, first - _ZONES, last + _ZONES)
        for day in calendar.days_of_hours(mark.day, mark.hours)
    }
    trouble = _troubled(runtime, failing)
    today = calendar.day_of(runtime.clock.now())

    def state(day: date) -> str:
        if schedule and day < schedule.start_date:
            return BEFORE
        if day.isoformat() in trouble:
            return IN_TROUBLE
        if day in marked:
            return WAITING
        if day in posted:
            return IN_BOOKS
        return AHEAD if day >= today else QUIET

    return state


def _troubled(runtime: Runtime, failing: Failing | None) -> set[str]:
    """The days (ISO dates) for which the last sync failed."""
    sync = runtime.syncs.get(failing.company_id, failing.sync_id) if failing else None
    if sync is None or failing is None:
        return set()
    return {trouble.day for trouble in sync.blocked} or {failing.unsynced}
