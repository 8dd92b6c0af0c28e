"""Business days: every instant is in exactly one, through clock changes and changed settings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daybook.domain.times import Calendar, boundary, parse_time, resolve

LONDON = ZoneInfo("Europe/London")
ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


def utc(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T09:30:00Z", utc(2026, 3, 2, 9, 30)),
        ("2026-03-02T09:30:00+01:00", utc(2026, 3, 2, 8, 30)),
        ("2026-03-02T09:30:00.1234567Z", utc(2026, 3, 2, 9, 30, 0, 123456)),
        ("2026-03-02T09:30:00.5+01:00", utc(2026, 3, 2, 8, 30, 0, 500000)),
    ],
)
def test_times_with_an_offset_are_instants(text: str, expected: datetime) -> None:
    assert parse_time(text) == expected


def test_times_without_one_are_the_companys_own() -> None:
    assert parse_time("2026-07-01").tzinfo is None
    assert resolve(parse_time("2026-07-01T00:00:00"), LONDON) == utc(2026, 6, 30, 23)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-02T25:00:00Z", "2" * 50])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_time(text)


def test_a_time_that_does_not_exist_takes_the_later_offset() -> None:
    assert resolve(datetime(2025, 3, 30, 1, 30), LONDON) == utc(2025, 3, 30, 0, 30)  # noqa: DTZ001 - local on purpose


def test_a_time_that_comes_twice_takes_the_earlier_offset() -> None:
    assert resolve(datetime(2025, 10, 26, 1, 30), LONDON) == utc(2025, 10, 26, 0, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)]
)
def test_days_have_23_24_or_25_hours(day: date, hours: int) -> None:
    start, end = Calendar.of("Europe/London", 0).window(day)
    assert end - start == timedelta(hours=hours)


def test_a_day_begins_where_a_skipped_hour_ends() -> None:
    assert boundary(date(2025, 3, 30), LONDON, 1) == utc(2025, 3, 30, 1)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.integers(0, 23))  # noqa: DTZ001
def test_every_instant_lies_in_its_own_day(moment: datetime, zone: str, hour: int) -> None:
    calendar, instant = Calendar.of(zone, hour), moment.replace(tzinfo=UTC)
    start, end = calendar.window(calendar.day_of(instant))
    assert start <= instant < end


@given(
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 20)), max_size=4),
)
@example("Europe/London", 10, [("Pacific/Kiritimati", 0, 0), ("Europe/London", 0, 1)])
def test_changed_settings_lose_and_double_nothing(
    zone: str, hour: int, changes: list[tuple[str, int, int]]
) -> None:
    calendar, posted = Calendar.of(zone, hour), date(2026, 3, 20)
    kept = {}
    for new_zone, new_hour, later in changes:
        posted += timedelta(days=later)
        kept |= {posted - timedelta(days=n): calendar.window(posted - timedelta(days=n)) for n in range(10)}
        calendar = calendar.changed(new_zone, new_hour, posted)
    assert all(calendar.window(day) == window for day, window in kept.items())
    day = date(2026, 3, 10)
    for _ in range(120):
        start, end = calendar.window(day)
        if start < end:
            assert calendar.day_of(start) == day
            assert calendar.day_of(end - timedelta(microseconds=1)) == day
        assert end == calendar.window(day + timedelta(days=1))[0]
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Asia/Tokyo", "2026-03-10T20:00:00", utc(2026, 3, 10, 20)),  # in the span of the first zone
        ("Asia/Tokyo", "2026-03-11T12:00:00", utc(2026, 3, 11, 3)),  # in that of the second
        (
            "Asia/Tokyo",
            "2026-03-11T03:00:00",
            utc(2026, 3, 11),
        ),  # left out by the change, and so at the change
        ("America/New_York", "2026-03-10T22:00:00", utc(2026, 3, 10, 22)),  # in both, and so in the first
    ],
)
def test_a_local_time_is_one_instant_whatever_zones_there_were(
    zone: str, local: str, expected: datetime
) -> None:
    calendar = Calendar.of("Europe/London", 0).changed(zone, 0, date(2026, 3, 10))
    assert calendar.instant(parse_time(local)) == expected
