"""Due times, against a clock that is stepped through minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.schedule import (
    DAILY,
    MONTHLY,
    Schedule,
    due_times,
    first_window_opens,
    known_zone,
    latest_due,
    next_due,
)
from daybook.domain.times import Calendar

# Whole hours, half and quarter hours off, changes at midnight, of half an hour, and of a whole skipped day.
ZONES = (
    "Etc/UTC",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
MINUTE = timedelta(minutes=1)
schedules = st.builds(
    Schedule,
    frequency=st.sampled_from((DAILY, MONTHLY)),
    start_date=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    sync_hour=st.integers(0, 23),
    time_zone=st.sampled_from(ZONES),
)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stepped(schedule: Schedule, after: datetime, until: datetime) -> list[datetime]:
    """Watch a clock on the wall: each date's hour strikes when the clock first shows it or anything later."""
    zone = ZoneInfo(schedule.time_zone)
    struck = []
    seen = set()
    # Begin well before, so that the date showing at `after` is one whose hour was watched.
    moment = (after - timedelta(days=2)).replace(second=0, microsecond=0)
    previous_date = moment.astimezone(zone).date()
    while moment <= until:
        local = moment.astimezone(zone)
        for skipped in range((local.date() - previous_date).days - 1):
            # A whole date that never showed: its hour strikes when the next one begins.
            seen_date = previous_date + timedelta(days=skipped + 1)
            if seen_date not in seen:
                seen.add(seen_date)
                struck.append((seen_date, moment))
        previous_date = local.date()
        if local.hour >= schedule.sync_hour and local.date() not in seen:
            seen.add(local.date())
            struck.append((local.date(), moment))
        moment += MINUTE
    return [
        moment
        for day, moment in struck
        if after < moment <= until
        and day > schedule.start_date
        and (schedule.frequency == DAILY or day.day == 1)
    ]


@settings(max_examples=60, deadline=None)
@given(schedules, instants, st.integers(1, 4))
def test_due_times_are_those_a_clock_on_the_wall_strikes(
    schedule: Schedule, after: datetime, days: int
) -> None:
    after = after.replace(second=0, microsecond=0)
    until = after + timedelta(days=days)
    assert list(due_times(schedule, after, until)) == stepped(schedule, after, until)


@pytest.mark.parametrize(
    ("zone", "hour", "change"),
    [
        ("Europe/London", 1, "2026-03-29"),
        ("Europe/London", 1, "2026-10-25"),
        ("Africa/Cairo", 0, "2026-04-24"),
        ("America/Santiago", 0, "2026-09-06"),
        ("Australia/Lord_Howe", 2, "2026-10-04"),
        ("Australia/Lord_Howe", 1, "2026-04-05"),
    ],
)
def test_a_clock_change_neither_skips_nor_repeats_a_run(zone: str, hour: int, change: str) -> None:
    schedule = Schedule(DAILY, date(2026, 1, 1), hour, zone)
    noon = utc(change) + timedelta(hours=12)
    after, until = noon - timedelta(days=3), noon + timedelta(days=3)
    found = list(due_times(schedule, after, until))
    assert found == stepped(schedule, after, until)
    assert len(found) == 6
    assert all(
        timedelta(hours=22) < later - earlier < timedelta(hours=26) for earlier, later in pairwise(found)
    )


def test_a_skipped_hour_runs_at_the_next_that_exists() -> None:
    schedule = Schedule(DAILY, date(2026, 1, 1), 1, "Europe/London")
    assert next_due(schedule, utc("2026-03-28T12:00")) == utc("2026-03-29T01:00")


def test_a_repeated_hour_runs_once_at_its_first_occurrence() -> None:
    schedule = Schedule(DAILY, date(2026, 1, 1), 1, "Europe/London")
    assert next_due(schedule, utc("2026-10-24T12:00")) == utc("2026-10-25T00:00")
    assert next_due(schedule, utc("2026-10-25T00:00")) == utc("2026-10-26T01:00")


@settings(max_examples=200, deadline=None)
@given(schedules, instants)
def test_the_latest_and_the_next_stand_on_either_side_of_now(schedule: Schedule, now: datetime) -> None:
    latest, upcoming = latest_due(schedule, now), next_due(schedule, now)
    assert upcoming > now
    assert latest is None or latest <= now
    assert list(due_times(schedule, latest or now - timedelta(days=40), upcoming)) == [upcoming]
    if latest is None:
        assert upcoming - timedelta(days=32) <= max(now, first_window_opens(schedule))


@settings(max_examples=200, deadline=None)
@given(schedules, instants)
def test_every_due_time_ends_a_business_day(schedule: Schedule, now: datetime) -> None:
    due = next_due(schedule, now)
    calendar = Calendar.of(schedule.time_zone, schedule.sync_hour)
    last_day = calendar.day_of(due - timedelta(microseconds=1))
    assert calendar.window(last_day)[1] == due


def test_the_first_sync_waits_for_the_first_due_time_after_configuration() -> None:
    # Configured 13 July 16:00, starting 1 May at hour 0: [1 May 00:00, 14 July 00:00).
    schedule = Schedule(DAILY, date(2026, 5, 1), 0, "Etc/UTC")
    assert first_window_opens(schedule) == utc("2026-05-01T00:00")
    assert next_due(schedule, utc("2026-07-13T16:00")) == utc("2026-07-14T00:00")
    assert next_due(schedule, utc("2026-07-14T00:00")) == utc("2026-07-15T00:00")


def test_a_start_in_the_future_is_due_at_the_end_of_its_first_day() -> None:
    schedule = Schedule(DAILY, date(2026, 9, 10), 4, "Europe/London")
    assert next_due(schedule, utc("2026-01-01T00:00")) == utc("2026-09-11T03:00")
    assert latest_due(schedule, utc("2026-09-11T02:59")) is None


def test_monthly_is_due_on_the_first_of_the_month() -> None:
    schedule = Schedule(MONTHLY, date(2026, 1, 15), 4, "America/New_York")
    assert next_due(schedule, utc("2026-01-20T00:00")) == utc("2026-02-01T09:00")
    assert latest_due(schedule, utc("2026-03-01T09:00")) == utc("2026-03-01T09:00")
    assert latest_due(schedule, utc("2026-03-01T08:59")) == utc("2026-02-01T09:00")
    assert latest_due(schedule, utc("2026-01-31T23:00")) is None


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "Europe", "../etc/passwd", "/etc/localtime", "localtime", "posix/Europe/London"]
)
def test_names_of_no_zone_are_unknown(name: str) -> None:
    assert known_zone(name) is None


@pytest.mark.parametrize("name", ["Etc/UTC", "UTC", "Europe/London", "Asia/Kathmandu", "Etc/GMT+5"])
def test_names_of_zones_are_known(name: str) -> None:
    assert known_zone(name) == ZoneInfo(name)
