"""Time, through the real services: when syncs are due, and that no instant is lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from daybook.services.configure import save_configuration
from daybook.services.schedule import dispatch
from daybook.store import due
from daybook.store.companies import Company
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN, Sync
from local.merchant import Choices
from tests.integration.troubles import START, cash, strike
from tests.scenarios.shapes import line, order, payment
from tests.simulation.world import World

_HOUR = timedelta(hours=1)


def sale(number: int, moment: datetime, amount: str = "1.00") -> dict[str, object]:
    """An order paid in cash at an instant."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    paid = payment(f"p{number}", amount, "Cash", created=text)
    return order(f"o{number}", [line(amount)], [paid], created=text)[1]


def sell_hourly(world: World, company: Company, start: datetime, hours: int) -> None:
    """A sale of 1.00 in the middle of every hour."""
    bodies = [sale(number, start + number * _HOUR + _HOUR / 2) for number in range(hours)]
    world.push(company, "orders", bodies)


def opened(chosen: Choices, moment: datetime) -> tuple[World, Company]:
    """A configured company at an instant."""
    world = World()
    world.clock.moment = moment.astimezone(UTC)
    company = world.open_company()
    world.configure(company, chosen)
    return world, company


def days_written(world: World, company: Company) -> dict[date, Decimal]:
    """Cash by business day, from the documents written."""
    found: dict[date, Decimal] = {}
    for stored in world.runtime.documents.newest_first(company.id):
        for posting, amount in stored.document.effects:
            if posting.key == "cash" and stored.status == "Success":
                day = stored.document.day
                found[day] = found.get(day, Decimal(0)) + amount
    return found


def until(world: World, company: Company, moment: datetime) -> list[Sync]:
    """Strike some minutes after every due time until an instant; the syncs this started, in order."""
    started = []
    while (coming := due.get(world.table, company.id)) and coming.at <= moment:
        world.clock.moment = coming.at + timedelta(minutes=7)
        ended = strike(world, company)
        started += [ended] if ended else []
    world.clock.moment = moment
    return started


def test_the_first_period_is_from_the_start_date_to_the_first_due_time() -> None:
    """Configured 13 July 16:00 with start 1 May: [1 May, 14 July), then [14 July, 15 July)."""
    chosen = replace(START, start="2026-05-01T00:00:00Z", zone="Etc/UTC")
    world, company = opened(chosen, datetime(2026, 7, 13, 16, tzinfo=UTC))
    early, first, last, next_day = (
        datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 5, 1, tzinfo=UTC),
        datetime(2026, 7, 13, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 7, 14, 0, 0, 0, tzinfo=UTC),
    )
    world.push(company, "orders", [sale(n, each) for n, each in enumerate((early, first, last, next_day))])
    (night,) = until(world, company, datetime(2026, 7, 14, 5, tzinfo=UTC))
    assert (night.start, night.finish) == ("2026-05-01T00:00:00Z", "2026-07-14T00:00:00Z")
    assert night.status_code == WRITTEN
    assert days_written(world, company) == {date(2026, 5, 1): 1, date(2026, 7, 13): 1}
    (night,) = until(world, company, datetime(2026, 7, 15, 5, tzinfo=UTC))
    assert (night.start, night.finish) == ("2026-07-14T00:00:00Z", "2026-07-15T00:00:00Z")
    assert cash(world, company) == 3


def test_a_late_run_is_cut_at_the_due_time() -> None:
    """However late the dispatcher asks, the day that has begun since waits."""
    chosen = replace(START, start="2026-05-01T00:00:00Z", zone="Etc/UTC")
    world, company = opened(chosen, datetime(2026, 5, 1, 12, tzinfo=UTC))
    sell_hourly(world, company, datetime(2026, 5, 1, tzinfo=UTC), 48)
    world.clock.moment = datetime(2026, 5, 2, 17, tzinfo=UTC)
    ended = strike(world, company)
    assert ended is not None
    assert ended.finish == "2026-05-02T00:00:00Z"
    assert days_written(world, company) == {date(2026, 5, 1): 24}


def test_monthly_waits_for_the_first_of_the_month() -> None:
    """Every day of the month is written then, each under its own date."""
    world, company = opened(replace(START, zone="Etc/UTC"), datetime(2026, 3, 2, 12, tzinfo=UTC))
    save_configuration(world.runtime, company, {"schedule": {"selectedFrequency": "Monthly"}})
    sell_hourly(world, company, datetime(2026, 3, 2, tzinfo=UTC), 24 * 40)
    for day in (10, 20, 31):
        world.clock.moment = datetime(2026, 3, day, 6, tzinfo=UTC)
        assert strike(world, company) is None
    world.clock.moment = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
    ended = strike(world, company)
    assert ended is not None
    assert (ended.status_code, ended.finish) == (WRITTEN, "2026-04-01T00:00:00Z")
    assert days_written(world, company) == {date(2026, 3, day): 24 for day in range(2, 32)}


@pytest.mark.parametrize(
    ("zone", "hour", "change"),
    [
        ("Asia/Kolkata", 0, date(2026, 3, 29)),  # half past
        ("Asia/Kathmandu", 4, date(2026, 3, 29)),  # a quarter to
        ("Australia/Lord_Howe", 3, date(2026, 4, 5)),  # its clocks move by half an hour
        ("America/St_Johns", 2, date(2026, 3, 8)),  # half past; the hour does not exist
        ("Europe/London", 1, date(2026, 3, 29)),  # the hour does not exist
        ("Europe/London", 1, date(2026, 10, 25)),  # the hour comes twice
        ("Pacific/Kiritimati", 23, date(2026, 3, 29)),
        ("America/Santiago", 0, date(2026, 4, 5)),  # the clocks go back at midnight
        ("America/Santiago", 0, date(2026, 9, 6)),  # midnight does not exist
        ("Africa/Cairo", 0, date(2026, 4, 24)),  # midnight does not exist
    ],
)
def test_due_times_and_days_follow_the_zone(zone: str, hour: int, change: date) -> None:
    """A sync at the end of each day, the days 23 to 25 hours long, nothing lost."""
    here = ZoneInfo(zone)
    begins = datetime.combine(change - timedelta(days=4), time(12), UTC)
    chosen = replace(START, start=f"{change - timedelta(days=5)}T00:00:00Z", zone=zone, sync_hour=hour)
    world, company = opened(chosen, begins)
    sell_hourly(world, company, begins, 24 * 7)
    ended = until(world, company, begins + timedelta(days=9))
    assert {sync.status_code for sync in ended} <= {WRITTEN, NOTHING_TO_WRITE}
    finishes = [datetime.fromisoformat(sync.finish).astimezone(here) for sync in ended]
    first = finishes[0].date()
    assert [each.date() for each in finishes] == [first + timedelta(days=n) for n in range(len(finishes))]
    usual = [each for each in finishes if (each.hour, each.minute) == (hour, 0)]
    assert len(finishes) - len(usual) <= 1  # the night without that hour
    written = days_written(world, company)
    assert sum(written.values()) == 24 * 7
    inner = [amount for _, amount in sorted(written.items())][1:-1]
    assert set(inner) <= {23, 24, 25}
    assert all(sync.start == before.finish for before, sync in pairwise(ended))


@pytest.mark.parametrize(
    ("after", "day", "hours"),
    [("2026-03-27T00:00:00Z", date(2026, 3, 29), 23), ("2026-10-23T00:00:00Z", date(2026, 10, 25), 25)],
)
def test_days_of_23_and_25_hours(after: str, day: date, hours: int) -> None:
    """The nights on which London's clocks change."""
    begins = datetime.fromisoformat(after)
    world, company = opened(replace(START, start=after), begins)
    sell_hourly(world, company, begins, 24 * 5)
    world.clock.moment = begins + timedelta(days=6)
    assert world.sync(company).status_code == WRITTEN
    assert days_written(world, company)[day] == hours


CHANGES = [
    ("Europe/London", 0, "America/New_York", 0),
    ("America/New_York", 0, "Europe/London", 0),
    ("Europe/London", 0, "Pacific/Kiritimati", 0),
    ("Pacific/Kiritimati", 0, "America/Los_Angeles", 4),
    ("Asia/Kathmandu", 3, "Australia/Lord_Howe", 22),
    ("Europe/London", 0, "Europe/London", 6),
    ("Europe/London", 6, "Europe/London", 0),
]


@pytest.mark.parametrize(("zone", "hour", "new_zone", "new_hour"), CHANGES)
@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_zone_changed_between_syncs_loses_and_doubles_nothing(
    zone: str, hour: int, new_zone: str, new_hour: int, output_format: str
) -> None:
    """Changed and changed back, with late records for the days around it."""
    chosen = replace(START, zone=zone, sync_hour=hour, output_format=output_format)
    world, company = opened(chosen, datetime(2026, 3, 3, 12, tzinfo=UTC))
    sell_hourly(world, company, datetime(2026, 3, 4, tzinfo=UTC), 24 * 12)
    until(world, company, datetime(2026, 3, 8, 15, tzinfo=UTC))
    world.configure(company, replace(chosen, zone=new_zone, sync_hour=new_hour))
    until(world, company, datetime(2026, 3, 11, 15, tzinfo=UTC))
    before = days_written(world, company)
    late = [sale(1000 + n, datetime(2026, 3, 7, tzinfo=UTC) + n * 2 * _HOUR, "10.00") for n in range(36)]
    world.push(company, "orders", late)
    world.configure(company, chosen)
    until(world, company, datetime(2026, 3, 19, 15, tzinfo=UTC))
    assert cash(world, company) == 24 * 12 + 360
    after = days_written(world, company)
    assert sum(after.values()) == 24 * 12 + 360
    assert all(after[day] >= amount for day, amount in before.items())
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    assert not world.runtime.days.marks(company.id)


def test_a_start_date_moved_later_and_back() -> None:
    """Later: the days before it are left alone. Earlier: they are written, records from before included."""
    chosen = replace(START, start="2026-03-10T00:00:00Z", zone="Etc/UTC")
    world, company = opened(chosen, datetime(2026, 3, 20, 12, tzinfo=UTC))
    sell_hourly(world, company, datetime(2026, 3, 4, tzinfo=UTC), 24 * 10)
    assert world.sync(company).status_code == WRITTEN
    assert days_written(world, company) == {date(2026, 3, day): 24 for day in range(10, 14)}
    world.configure(company, replace(chosen, start="2026-03-12T00:00:00Z"))
    world.push(company, "orders", [sale(900, datetime(2026, 3, 11, 5, tzinfo=UTC))])
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    world.configure(company, replace(chosen, start="2026-03-06T00:00:00Z"))
    assert world.sync(company).status_code == WRITTEN
    expected = {date(2026, 3, day): 24 for day in range(6, 14)} | {date(2026, 3, 11): 25}
    assert days_written(world, company) == expected
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_a_repeated_hour_is_due_once() -> None:
    """Sync hour 1 in London on 25 October 2026, which has two of them."""
    chosen = replace(START, start="2026-10-20T00:00:00Z", sync_hour=1)
    world, company = opened(chosen, datetime(2026, 10, 24, 12, tzinfo=UTC))
    due_at = due.get(world.table, company.id)
    assert due_at is not None
    assert due_at.at == datetime(2026, 10, 25, 0, tzinfo=UTC)
    started = 0
    for _ in range(30):
        world.clock.advance(minutes=30)
        started += dispatch(world.runtime).requested
    assert started == 1
