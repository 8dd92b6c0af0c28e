"""Consent that ends, books that close, calls that run out: at every platform, in mid-sync."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.errors import BadRequest
from daybook.platforms import authorised
from daybook.services.receive_again import MOST_RECEIVES
from daybook.store.connections import DEAUTHORIZED
from daybook.store.connections import get as connection_of
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from tests.platforms.benches import benches
from tests.platforms.story import Story
from tests.platforms.world import Bench, PlatformWorld
from tests.scenarios import INVOICE
from tests.scenarios.shapes import line, order, payment
from tests.simulation.model import Selection
from tests.simulators.server import Fault, Request

LOST, EXPIRED = 4040, 4260
# At which calls of a sync things happen.
MOMENTS = (0, 1, 3, 5)
# A long sync: days, and calls a minute.
LONG, CALLS_A_MINUTE = 24, 15
LOCKED_TO, FIRST_OPEN = date(2026, 3, 31), date(2026, 4, 1)

each_platform = pytest.mark.parametrize("bench", benches(), ids=str)
each_moment = pytest.mark.parametrize("call", MOMENTS)


def at_call(world: PlatformWorld, call: int, happen: Callable[[], None]) -> None:
    """Have something happen at the platform just before it gets the call with this number."""
    seen = 0

    def matches(request: Request) -> bool:
        nonlocal seen
        if "token" not in request.path:
            seen += 1
            if seen == call + 1:
                happen()
        return False

    world.simulator.fault = Fault("", matches=matches)


def withdraw(world: PlatformWorld) -> None:
    """End the consent, at once."""
    authorisation = world.simulator.authorisation
    for grant in authorisation.grants.values():
        grant.revoked = True
    authorisation.expire_access()


def goes_on(story: Story) -> None:
    """The rest of the story brings the books to where they must be, nothing twice."""
    # What was under way is written to its end before the day is planned again: that may have been all.
    assert story.world.sync(story.company).status_code in (WRITTEN, NOTHING_TO_WRITE)
    story.push_changes()
    assert story.world.sync(story.company).status_code == WRITTEN
    assert story.world.movements() == story.expected()
    assert set(story.written().values()) == {1}
    assert story.world.sync(story.company).status_code == NOTHING_TO_WRITE
    assert not story.world.simulator.violations


@each_platform
@each_moment
def test_a_token_that_ends_in_mid_sync_is_renewed_once(bench: Bench, call: int) -> None:
    story = Story(bench, INVOICE)
    world, authorisation = story.world, story.world.simulator.authorisation
    try:
        at_call(world, call, authorisation.expire_access)
        assert world.sync(story.company).status_code == WRITTEN
        assert authorisation.calls["refresh_token"] == 1
    finally:
        world.close()


@each_platform
@each_moment
def test_a_consent_withdrawn_in_mid_sync(bench: Bench, call: int) -> None:
    story = Story(bench, INVOICE)
    world, company = story.world, story.company
    try:
        at_call(world, call, lambda: withdraw(world))
        sync = world.sync(company)
        assert sync.status_code == LOST, sync.error_message
        books = connection_of(world.table, company.id, world.ledgers[company.id])
        assert books.status == DEAUTHORIZED
        asked = len(world.simulator.requests)
        with pytest.raises(BadRequest, match="not linked"):
            world.sync(company)
        assert len(world.simulator.requests) == asked  # nobody knocks at a door that is shut
        world.link(company)
        goes_on(story)
    finally:
        world.close()


@each_platform
def test_access_to_the_company_lost(bench: Bench) -> None:
    story = Story(bench, INVOICE)
    world = story.world
    try:
        at_call(world, 2, lambda: bench.shut_out(world.simulator, True))  # noqa: FBT003 - gone
        sync = world.sync(story.company)
        assert sync.status_code == LOST, sync.error_message
        assert bench.title.split()[0] in sync.error_message
        bench.shut_out(world.simulator, False)  # noqa: FBT003 - back
        world.link(story.company)
        goes_on(story)
    finally:
        world.close()


@each_platform
def test_a_subscription_that_ended(bench: Bench) -> None:
    story = Story(bench, INVOICE)
    world = story.world
    try:
        pay = bench.end_subscription(world.simulator)
        sync = world.sync(story.company)
        assert sync.status_code == EXPIRED, sync.error_message
        assert "ubscription" in sync.error_message
        pay()
        goes_on(story)
    finally:
        world.close()


@each_platform
def test_calls_that_run_out_for_long_park_the_message(bench: Bench) -> None:
    story = Story(bench, INVOICE)
    world = story.world
    try:
        seconds = bench.run_out(world.simulator)
        goes_on(story)
        parked = [seconds for seconds in world.parked if seconds]
        assert parked
        assert max(parked) >= seconds
        assert sum(world.waited) <= 2 * len(world.waited)  # no worker sat waiting for it
    finally:
        world.close()


@each_platform
def test_a_long_sync_is_never_given_up_for_want_of_calls(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many days at few calls a minute: it parks again and again; a message is received a few times only."""
    monkeypatch.setattr(authorised(bench.key), "CALLS_A_MINUTE", CALLS_A_MINUTE)
    world = PlatformWorld(bench=bench)
    try:
        company = world.open_company()
        world.configure(company, world.named_there(Selection(INVOICE).choices()))
        sold = [
            order(f"o{day}", [line("5.00")], [payment(f"p{day}", "5.00", on=day)], on=day)
            for day in range(3, 3 + LONG)
        ]
        assert world.push(company, "orders", [body for _, body in sold]).refused == 0
        assert world.sync(company).status_code == WRITTEN
        assert len(world.movements()) == LONG
        assert len(world.parked) > MOST_RECEIVES
        assert max(world.failed.values()) < MOST_RECEIVES
    finally:
        world.close()


@each_platform
def test_documents_of_locked_days_are_dated_to_the_first_open_one(bench: Bench) -> None:
    story = Story(bench, INVOICE, lambda simulator: bench.lock(simulator, LOCKED_TO))
    world = story.world
    try:
        assert world.sync(story.company).status_code == WRITTEN
        entries = world.simulator.ledger.entries
        assert {entry.dated for entry in entries} == {FIRST_OPEN}
        expected: dict[str, Decimal] = {}
        for amounts in story.expected().values():
            for name, amount in amounts.items():
                expected[name] = expected.get(name, Decimal(0)) + amount
        assert world.movements()[FIRST_OPEN.isoformat()] == {name: x for name, x in expected.items() if x}
    finally:
        world.close()
