"""Every status code of a sync: when it comes, and that a merchant can act on what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from daybook.domain.documents import Document
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.services import syncs
from daybook.services.companies import delete_company
from daybook.services.configure import save_configuration
from daybook.services.connections import find_connection, unlink
from daybook.services.receive_again import Received, give_up
from daybook.services.retry_push import retry_push
from daybook.services.show_sync import show_status
from daybook.services.sweep import sweep
from daybook.store import connections
from daybook.store.companies import Company
from daybook.store.documents import SENDING
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN, Sync
from tests.integration.troubles import START, cash, open_shop, sell, trouble
from tests.scenarios.shapes import line, order, payment, standard
from tests.simulation.world import World

PLATFORM = "Sandbox books"


@pytest.fixture
def world() -> World:
    """A world whose clock stands at noon on 1 May 2026."""
    return World()


def shown(world: World, sync: Sync) -> tuple[int, str, str]:
    """Code and both messages as the API answers them."""
    status = show_status(world.runtime, sync)
    return status.sync_status_code, status.error_message or "", status.sync_exception_message or ""


def newest(world: World, company: Company) -> Sync:
    """The newest sync."""
    return syncs.latest_sync(world.runtime, company)


def assert_says(world: World, sync: Sync, code: int, *words: str) -> None:
    """The sync ended with this code, its message says these words, and support is told too."""
    found, message, exception = shown(world, sync)
    assert found == code, message
    assert all(word in message for word in words), message
    assert exception
    assert "Traceback" not in message + exception


def test_1000_and_1010_while_it_runs(world: World) -> None:
    """In progress, and after ten minutes long in progress."""
    company = open_shop(world)
    asked = syncs.request_latest(world.runtime, company, None)
    assert shown(world, asked)[0] == 1000
    world.clock.advance(minutes=11)
    assert shown(world, asked)[0] == 1010


def test_2000_written_then_2040_nothing_to_write(world: World) -> None:
    """A day is written once; the ledger's connection shows when it was synced."""
    company = open_shop(world)
    assert shown(world, world.sync(company)) == (WRITTEN, "", "")
    assert newest(world, company).data_pushed
    books = find_connection(world.runtime, company, world.ledgers[company.id])
    assert books.last_sync == newest(world, company).finished
    again = world.sync(company)
    assert shown(world, again) == (NOTHING_TO_WRITE, "", "")
    assert not again.data_pushed


def test_4000_configuration(world: World) -> None:
    """An account that is not selected: the day, the setting and the record are named."""
    company = open_shop(world, kind="Klarna")
    assert_says(world, world.sync(company), 4000, "2026-03-02", "klarna", "Select one", "o1")


def test_4000_when_switched_off_before_it_runs(world: World) -> None:
    """A queued sync does not run against a configuration that was switched off meanwhile."""
    company = open_shop(world)
    asked = syncs.request_latest(world.runtime, company, None)
    save_configuration(world.runtime, company, {"enabled": False})
    world.deliver()
    assert_says(world, syncs.read_sync(world.runtime, company, asked.id), 4000, "Switch it on")


@pytest.mark.parametrize("when", ["planning", "pushing"])
def test_4040_unlinked(world: World, when: str) -> None:
    """Unlinked before it is planned, or between two days of it: nothing more is written, nothing lost."""
    company, troubles = open_shop(world, days=2), trouble(world)
    books = find_connection(world.runtime, company, world.ledgers[company.id])
    asked = syncs.request_latest(world.runtime, company, None)
    if when == "planning":
        unlink(world.runtime, books)
    else:
        troubles.writes = [lambda _document: unlink(world.runtime, books) and None]
    world.deliver()
    assert_says(world, syncs.read_sync(world.runtime, company, asked.id), 4040, "not linked", "Link it again")
    assert cash(world, company) == (0 if when == "planning" else 10)
    connections.update(world.table, company.id, books.id, status="Linked")
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 20


@pytest.mark.parametrize("call", ["reads", "writes"])
def test_4040_when_the_platform_withdraws_access(world: World, call: str) -> None:
    """The connection shows it too, so that nothing is attempted until it is linked again."""
    company, troubles = open_shop(world), trouble(world)
    setattr(troubles, call, [AuthorisationLost(PLATFORM, "Sandbox books does not let us in any more.")])
    assert_says(world, world.sync(company), 4040, "does not let us in", "Link the accounting software again")
    books = find_connection(world.runtime, company, world.ledgers[company.id])
    assert books.status == "Deauthorized"
    assert "Link" in books.errors[0]["errorMessage"]
    assert cash(world, company) == 0


@pytest.mark.parametrize("when", ["planning", "pushing"])
def test_4220_company_deleted(world: World, when: str) -> None:
    """A deleted company's sync ends at once; what was written stays in its books."""
    company, troubles = open_shop(world, days=2), trouble(world)
    asked = syncs.request_latest(world.runtime, company, None)
    if when == "planning":
        delete_company(world.runtime, company)
    else:
        troubles.writes = [lambda _document: delete_company(world.runtime, company)]
    world.deliver()
    ended = world.runtime.syncs.get(company.id, asked.id)
    assert ended is not None
    assert_says(world, ended, 4220, "deleted")
    assert world.runtime.syncs.active(company.id) is None


def test_4200_mapping(world: World) -> None:
    """A tax nobody mapped."""
    company = world.open_company()
    sold = order("o1", [standard("12.00", "2.00")], [payment("p1", "12.00", "Cash")])[1]
    world.push(company, "orders", [sold])
    world.configure(company, START)
    sold["orderLineItems"][0]["taxes"][0]["taxComponentRef"]["id"] = "unheard"
    sold["sourceModifiedDate"] = "2026-03-05T00:00:00Z"
    world.push(company, "orders", [sold])
    assert_says(world, world.sync(company), 4200, "2026-03-02", "unheard", "Map it", "o1")


@pytest.mark.parametrize("call", ["reads", "writes"])
def test_4260_subscription_expired(world: World, call: str) -> None:
    """What was missed is written when the subscription is renewed."""
    company, troubles = open_shop(world), trouble(world)
    setattr(troubles, call, [SubscriptionExpired(PLATFORM, "The subscription to Sandbox books has ended.")])
    assert_says(world, world.sync(company), 4260, "has ended", "Renew")
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 10


def test_5000_when_a_message_was_received_too_often(world: World) -> None:
    """The platform stays away: the sync is given up, and the next one completes it."""
    company, troubles = open_shop(world, days=2), trouble(world)
    away = PlatformUnavailable(PLATFORM, "Sandbox books is being serviced.")
    troubles.writes = [lambda _document: None, away]
    asked = syncs.request_latest(world.runtime, company, None)
    with pytest.raises(PlatformUnavailable):
        world.deliver()
    give_up(world.runtime, Received("push", "r", 5, company.id, asked.id), away.message)
    ended = newest(world, company)
    assert_says(world, ended, 5000, "being serviced", "the next sync writes what is missing")
    assert ended.data_pushed
    world.deliver()
    left, retried = retry_push(world.runtime, company)
    assert left == 3
    assert retried is not None
    world.deliver()
    assert newest(world, company).status_code == WRITTEN
    assert cash(world, company) == 20


def test_5000_when_nothing_moves_for_an_hour(world: World) -> None:
    """A worker that vanished: the sweep ends its sync and the next one writes what is missing, once."""
    company, troubles = open_shop(world), trouble(world)
    troubles.answers = [PlatformUnclear(PLATFORM, "No answer came.")]
    first = syncs.request_latest(world.runtime, company, None)
    with pytest.raises(PlatformUnclear):
        world.deliver()
    second = syncs.request_latest(world.runtime, company, None)
    world.clock.advance(minutes=59)
    assert sweep(world.runtime) == 0
    world.clock.advance(minutes=2)
    assert sweep(world.runtime) == 1
    ended = syncs.read_sync(world.runtime, company, first.id)
    assert_says(world, ended, 5000, "given up")
    assert [each.status for each in world.runtime.documents.newest_first(company.id)][-1] == SENDING
    world.deliver()
    assert syncs.read_sync(world.runtime, company, second.id).status_code == WRITTEN
    assert cash(world, company) == 10
    assert len(set(troubles.sent)) == len(troubles.sent)
    assert sweep(world.runtime) == 0


def somebody_elses(world: World, company: Company) -> object:
    """Another document under our number, written just before ours."""
    inner = world.runtime.connect

    def write(document: Document) -> None:
        book = find_connection(world.runtime, company, world.ledgers[company.id])
        lines = (replace(document.lines[0], net=Decimal("3.00"), tax=Decimal(0)),)
        inner(book).write_one(replace(document, total=Decimal("3.00"), lines=lines))

    return write


def test_5080_duplicate_protection(world: World) -> None:
    """A number that is taken by another document is held until somebody looked; the other days go on."""
    company = open_shop(world, days=2)
    write = somebody_elses(world, company)
    troubles = trouble(world)
    troubles.writes = [write]
    first = world.sync(company)
    taken = next(iter(troubles.sent))
    assert_says(world, first, 5080, "2026-03-02", taken, "3.00", "10.00", "Delete that document")
    assert cash(world, company) == 10
    assert_says(world, world.sync(company), 5080, taken)
    for item in world.table.everything():
        if item["PK"] in (f"BOOKED#{company.id}", f"ENTRIES#{company.id}") and taken in str(item):
            world.table.delete(item["PK"], item["SK"])
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 20
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_5120_data_processing(world: World) -> None:
    """An order that does not add up: which record, and what about it."""
    company = world.open_company()
    wrong = order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")], total="99.00")[1]
    world.push(company, "orders", [wrong])
    world.configure(company, START)
    assert_says(world, world.sync(company), 5120, "2026-03-02", "89.00", "o1", "Send the order again")


def test_5130_writing_and_retry_sends_only_what_failed(world: World) -> None:
    """The platform's reason is shown; what was confirmed stays, what failed is planned and sent anew."""
    company, troubles = open_shop(world, days=2), trouble(world)
    troubles.writes = [PlatformRejected(PLATFORM, "The customer is blocked.")]
    failed = world.sync(company)
    assert_says(world, failed, 5130, "2026-03-02", "The customer is blocked.")
    assert failed.data_pushed
    written = list(troubles.sent)
    assert cash(world, company) == 10
    count, retried = retry_push(world.runtime, company)
    assert count == 2  # the invoice, and the payment that settles it
    world.deliver()
    assert retried is not None
    assert syncs.read_sync(world.runtime, company, retried.id).status_code == WRITTEN
    assert cash(world, company) == 20
    again = troubles.sent[len(written) :]
    assert all("260302" in reference for reference in again)
    assert len(again) == 2
    assert retry_push(world.runtime, company)[0] == 0


def test_a_slow_worker_is_not_swept_away(world: World) -> None:
    """Progress, or a wait that the platform asked for, is no reason to end a sync."""
    company = open_shop(world)
    asked = syncs.request_latest(world.runtime, company, None)
    trouble(world).writes = [PlatformUnavailable(PLATFORM, "Busy.", retry_after=3 * 3600)]
    with pytest.raises(PlatformUnavailable):
        world.deliver()
    later = syncs.iso(world.clock.now() + timedelta(hours=3))
    assert world.runtime.syncs.progressed(company.id, asked.id, later, "Busy.")
    world.clock.advance(hours=2)
    assert sweep(world.runtime) == 0
    world.deliver()
    assert newest(world, company).status_code == WRITTEN


def test_a_sync_whose_first_message_was_given_up_is_started_by_the_sweep(world: World) -> None:
    """Nothing runs and something waits: it is started."""
    company = open_shop(world)
    asked = syncs.request_latest(world.runtime, company, None)
    for item in world.table.everything():
        if item["PK"].startswith("OUTBOX#"):
            world.table.delete(item["PK"], item["SK"])
    world.clock.advance(hours=2)
    assert sweep(world.runtime) == 1
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == WRITTEN


def test_a_worker_that_comes_back_after_the_sweep_does_nothing(world: World) -> None:
    """Its sync has ended: neither its documents nor its end count any more."""
    company, troubles = open_shop(world), trouble(world)
    troubles.writes = [PlatformUnavailable(PLATFORM, "Busy.")]
    syncs.request_latest(world.runtime, company, None)
    with pytest.raises(PlatformUnavailable):
        world.deliver()
    world.clock.advance(hours=2)
    assert sweep(world.runtime) == 1
    world.deliver()  # the old message and the nudge
    assert newest(world, company).status_code == 5000
    assert troubles.sent == []
    sell(world, company, 3)
    assert world.sync(company, None, datetime(2026, 5, 1, tzinfo=UTC)).status_code == WRITTEN
    assert cash(world, company) == 20
