"""What happens to syncs over weeks: retries, rounds, locks, links, and schedules that give up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.configuration import read_configuration
from daybook.domain.errors import PlatformRejected
from daybook.services import plan_sync, syncs
from daybook.services.configure import save_configuration
from daybook.services.connections import authorise, find_connection, unlink
from daybook.services.retry_push import retry_push
from daybook.services.sandbox import update_books
from daybook.services.tie_out import read_tie_out
from daybook.store import configurations, due
from daybook.store.companies import Company
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from daybook.wire.companies import Authorization
from daybook.wire.sandbox import BooksUpdate
from tests.integration.troubles import START, cash, open_shop, raised, sell, strike, trouble
from tests.scenarios.shapes import line, order, payment
from tests.simulation.world import World

PLATFORM = "Sandbox books"
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def world() -> World:
    """A world in the morning of 3 March 2026."""
    made = World()
    made.clock.moment = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return made


def enabled(world: World, company: Company) -> bool:
    """Whether the schedule is on."""
    stored = configurations.current(world.table, company.id)
    assert stored is not None
    return read_configuration(stored.body).enabled


def test_a_failed_run_is_retried_at_the_next_due_time_with_the_days_it_missed(world: World) -> None:
    """Three days of refusals; the fourth night writes all four days, each once."""
    company, troubles = open_shop(world), trouble(world)
    for day in (2, 3, 4):
        troubles.writes = [PlatformRejected(PLATFORM, "No.")] * 9
        world.clock.moment = datetime(2026, 3, day + 2, 0, 5, tzinfo=UTC)
        ended = strike(world, company)
        assert ended is not None
        assert ended.status_code == 5130
        sell(world, company, day)
    troubles.writes = []
    world.clock.advance(days=1)
    ended = strike(world, company)
    assert ended is not None
    assert ended.status_code == WRITTEN
    assert cash(world, company) == 40
    assert strike(world, company) is None


def fail_for(world: World, company: Company, days: int) -> list[int]:
    """Strike on as many days while the day of the sale is blocked; the status codes."""
    codes = []
    for _ in range(days):
        world.clock.advance(days=1)
        ended = strike(world, company)
        codes.append(ended.status_code if ended else 0)
    return codes


def test_after_31_failing_days_the_schedule_is_switched_off(world: World) -> None:
    """The partner and the merchant are told; switched on again with a new start date, it never looks back."""
    company = open_shop(world, days=1, kind="Klarna")
    assert fail_for(world, company, 30) == [4000] * 30
    assert enabled(world, company)
    assert not raised(world, "sync.disabled")
    assert fail_for(world, company, 1) == [4000]
    assert not enabled(world, company)
    assert due.get(world.table, company.id) is None
    (told,) = raised(world, "sync.disabled")
    assert "start date" in told.body["detail"]["message"]
    assert told.body["detail"]["companyId"] == company.id
    newest = syncs.latest_sync(world.runtime, company)
    assert "31 days in a row" in newest.error_message
    assert "klarna" in newest.error_message
    assert fail_for(world, company, 3) == [0, 0, 0]
    today = world.clock.now().date()
    sell(world, company, (today - date(2026, 3, 1)).days)
    schedule = {"startDate": f"{today}T00:00:00Z"}
    save_configuration(world.runtime, company, {"enabled": True, "schedule": schedule})
    assert fail_for(world, company, 1) == [WRITTEN]
    assert cash(world, company) == 10
    assert enabled(world, company)
    assert world.sync(company, *MARCH).status_code == NOTHING_TO_WRITE


def test_a_success_in_between_starts_the_count_anew(world: World) -> None:
    """Also one that was asked for by hand."""
    company, troubles = open_shop(world, kind="Klarna"), trouble(world)
    assert fail_for(world, company, 20) == [4000] * 20
    accounts = {**START.accounts, "klarna": "Mobile payments clearing"}
    world.configure(company, replace(START, accounts=accounts))
    assert world.sync(company).status_code == WRITTEN
    sell(world, company, 5)
    for _ in range(20):
        troubles.writes = [PlatformRejected(PLATFORM, "No.")] * 2
        assert fail_for(world, company, 1) == [5130]
    assert enabled(world, company)


def test_a_monthly_schedule_is_switched_off_after_two_failures(world: World) -> None:
    """The second one is more than a month after the days began to be missed."""
    company = open_shop(world, kind="Klarna")
    save_configuration(world.runtime, company, {"schedule": {"selectedFrequency": "Monthly"}})
    for month in (4, 5):
        assert enabled(world, company)
        world.clock.moment = datetime(2026, month, 1, 3, tzinfo=UTC)
        ended = strike(world, company)
        assert ended is not None
        assert ended.status_code == 4000
    assert not enabled(world, company)
    assert "2 months" in ended.error_message


def test_unlinked_fails_once_then_waits_for_the_link(world: World) -> None:
    """Re-linking resumes with the missed days."""
    company = open_shop(world)
    books = find_connection(world.runtime, company, world.ledgers[company.id])
    unlink(world.runtime, books)
    assert fail_for(world, company, 5) == [4040, 0, 0, 0, 0]
    sell(world, company, 2, 4)
    books = find_connection(world.runtime, company, books.id)
    authorise(world.runtime, company, books, Authorization.model_validate({}))
    assert fail_for(world, company, 1) == [WRITTEN]
    assert cash(world, company) == 30
    unlink(world.runtime, find_connection(world.runtime, company, books.id))
    assert fail_for(world, company, 2) == [4040, 0]


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_locked_days_are_corrected_on_the_first_open_day(world: World, output_format: str) -> None:
    """The adjustment says which day it corrects; the business day it belongs to stays the same."""
    company = open_shop(world, replace(START, output_format=output_format), days=2)
    world.clock.advance(days=2)
    assert world.sync(company).status_code == WRITTEN
    update_books(world.runtime, company, BooksUpdate.model_validate({"lockDate": "2026-03-15"}))
    sell(world, company, 1, amount="5.00")
    ended = world.sync(company)
    assert ended.status_code == WRITTEN
    late = [
        each.document for each in world.runtime.documents.newest_first(company.id) if each.sync_id == ended.id
    ]
    assert late
    assert {document.dated for document in late} == {date(2026, 3, 16)}
    assert {document.day for document in late} == {date(2026, 3, 2)}
    assert all("corrects 2026-03-02" in document.description for document in late)
    assert cash(world, company) == 25
    assert read_tie_out(world.runtime, company, ended.id)["agrees"]


def test_a_lock_that_comes_between_planning_and_writing(world: World) -> None:
    """The platform's refusal is shown; the next sync knows of the lock and dates the day after it."""
    company, troubles = open_shop(world), trouble(world)
    lock = BooksUpdate.model_validate({"lockDate": "2026-03-15"})
    troubles.writes = [lambda _document: update_books(world.runtime, company, lock) and None]
    refused = world.sync(company)
    assert refused.status_code == 5130
    assert "locked" in refused.error_message
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 10


@pytest.mark.parametrize("trouble_day", [0, 40])
def test_months_are_caught_up_in_rounds(
    world: World, trouble_day: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sync, bounded rounds, the right end; a day that fails in an early round is told at the end."""
    rounds: list[int] = []
    plan_round = plan_sync.plan_round

    def counted(runtime: Any, sync: Any, has_time: Any) -> None:
        plan_round(runtime, sync, has_time)
        latest = runtime.syncs.get(sync.company_id, sync.id)
        rounds.append(len(latest.examined))

    monkeypatch.setattr(plan_sync, "plan_round", counted)
    company = open_shop(world, days=100)
    if trouble_day:
        sell(world, company, trouble_day, kind="Klarna", amount="7.00")
    world.clock.moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    ended = world.sync(company)
    assert ended.status_code == (4000 if trouble_day else WRITTEN)
    assert max(rounds) == plan_sync.DAYS_IN_ROUND
    assert len(rounds) == 4
    assert cash(world, company) == (990 if trouble_day else 1000)
    assert len(read_tie_out(world.runtime, company, ended.id)["days"]) == (99 if trouble_day else 100)
    assert len(ended.marks) <= plan_sync.DAYS_IN_ROUND + 1
    again = world.sync(company)
    assert again.status_code == (4000 if trouble_day else NOTHING_TO_WRITE)
    left = [mark.day for mark in world.runtime.days.marks(company.id)]
    assert left == (["2026-04-10"] if trouble_day else [])


def test_of_very_many_troubles_the_most_pressing_are_kept(world: World) -> None:
    """The rest is counted, so that a sync always fits where it is stored."""
    company, troubles = open_shop(world, days=120, kind="Klarna"), trouble(world)
    world.clock.moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    sell(world, company, 119)
    troubles.writes = [PlatformRejected(PLATFORM, "No.")] * 2
    ended = world.sync(company)
    assert ended.status_code == 4000  # that day is blocked as a whole, so nothing was refused
    assert (len(ended.blocked), ended.omitted) == (100, 20)
    assert "And 117 more." in ended.error_message
    sell(world, company, 121)
    ended = world.sync(company)
    assert ended.status_code == 5130
    assert ended.error_message.startswith("2026-06-30")
    assert (len(ended.blocked), ended.omitted) == (100, 22)


def test_a_round_ends_when_its_function_runs_out_of_time(world: World) -> None:
    """The days left are planned by another message."""
    company = open_shop(world, days=5)
    world.clock.advance(days=10)
    asked = syncs.request_latest(world.runtime, company, None)
    plan_sync.start_sync(world.runtime, company.id, lambda: False)
    begun = syncs.read_sync(world.runtime, company, asked.id)
    assert begun.examined == ("2026-03-02",)
    assert begun.more
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == WRITTEN
    assert cash(world, company) == 50


def test_a_record_that_changes_while_planning_is_interrupted_is_not_lost(world: World) -> None:
    """The resumed planning goes on with the marks it began with."""
    company = open_shop(world, days=3)
    world.clock.advance(days=5)
    syncs.request_latest(world.runtime, company, None)
    plan_day = plan_sync._plan_day
    calls: list[date] = []

    def interrupted(runtime: Any, sync: Any, context: Any, day: date, catalogue: str) -> Any:
        calls.append(day)
        if len(calls) == 2:
            message = "the process ended"
            raise RuntimeError(message)
        return plan_day(runtime, sync, context, day, catalogue)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_sync, "_plan_day", interrupted)
        with pytest.raises(RuntimeError):
            world.deliver()
    sell(world, company, 1, amount="5.00")
    world.deliver()
    assert cash(world, company) == 30
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 35


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_restatement_that_fails_is_completed_by_the_next_sync(world: World, output_format: str) -> None:
    """What was refused of it is sent again, though no record changed."""
    chosen = replace(START, output_format=output_format)
    company, troubles = open_shop(world, chosen, days=2), trouble(world)
    world.clock.advance(days=2)
    assert world.sync(company).status_code == WRITTEN
    world.configure(company, replace(chosen, accounts={**chosen.accounts, "sales": "Other sales"}))
    asked = syncs.request_restate(world.runtime, company, *MARCH)
    troubles.writes = [PlatformRejected(PLATFORM, "No.")]
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == 5130
    _, retried = retry_push(world.runtime, company)
    world.deliver()
    assert retried is not None
    assert syncs.read_sync(world.runtime, company, retried.id).status_code == WRITTEN
    assert world.balances(company) == {
        ("GBP", "Cash on hand"): Decimal(20),
        ("GBP", "Other sales"): Decimal(-20),
    }
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    assert not world.runtime.days.marks(company.id)


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_day_waits_for_what_came_after_the_cut(world: World, output_format: str) -> None:
    """A sync that ended before an order leaves the days of its payments and returns to be looked at again."""
    lines = [line("10.00"), line("-2.00", quantity=-1, number=2)]
    paid = [payment("p1", "6.00", "Cash", on=2), payment("p2", "-2.00", "Cash", on=3)]
    sold = order("o1", lines, paid, on=5)[1]
    found = []
    for cut in (None, datetime(2026, 3, 5, tzinfo=UTC)):
        world.clock.moment = datetime(2026, 3, 20, tzinfo=UTC)
        company = world.open_company()
        world.configure(company, replace(START, output_format=output_format))
        world.push(company, "orders", [sold])
        if cut is not None:
            world.sync(company, MARCH[0], cut)
        world.sync(company)
        found.append(world.balances(company))
        assert not world.runtime.days.marks(company.id)
    assert found[0] == found[1]


def test_retry_without_a_failure_does_nothing(world: World) -> None:
    """Nothing failed: nothing is asked for."""
    company = open_shop(world)
    assert retry_push(world.runtime, company) == (0, None)
    world.clock.advance(days=1)
    world.sync(company)
    assert retry_push(world.runtime, company) == (0, None)


def test_records_after_the_cut_wait(world: World) -> None:
    """A day whose only change is beyond the cut is not looked at before its time."""
    company = open_shop(world)
    later = order("o9", [line("9.00")], [payment("p9", "9.00", "Cash", on=9)], on=9)[1]
    world.push(company, "orders", [later])
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 10
    world.clock.advance(days=20)
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 19
