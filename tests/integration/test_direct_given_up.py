"""Documents pushed by themselves that meet trouble: tried again, given up in the end, retried by name."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import messages
from daybook.domain.documents import Document
from daybook.domain.errors import (
    AuthorisationLost,
    BadRequest,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.services import syncs
from daybook.services.companies import delete_company
from daybook.services.connections import authorise
from daybook.services.receive_again import MOST_RECEIVES, Received, receive_again
from daybook.services.retry_direct_push import retry_direct_pushes
from daybook.services.sweep import sweep
from daybook.services.write_direct_push import write_direct_push
from daybook.store import direct_pushes, outbox, queues
from daybook.store.companies import Company
from daybook.store.documents import FAILED, PENDING, SENDING
from daybook.store.syncs import WRITTEN
from daybook.store.table import ConditionFailed
from daybook.wire.companies import Authorization
from tests.integration.direct_world import ask, booked, books, lose, retry, shown
from tests.integration.troubles import Troubles, open_shop, trouble
from tests.simulation.world import World

PLATFORM = "Sandbox books"


@pytest.fixture
def world() -> World:
    made = World()
    made.clock.moment = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return made


@pytest.fixture
def company(world: World) -> Company:
    return open_shop(world)


@pytest.fixture
def troubles(world: World, company: Company) -> Troubles:
    assert company.id in world.ledgers
    return trouble(world)


@pytest.mark.parametrize("lost", [AuthorisationLost, SubscriptionExpired])
def test_lost_access_ends_it_until_it_is_back(
    world: World, company: Company, troubles: Troubles, lost: type[AuthorisationLost]
) -> None:
    push = ask(world, company)
    troubles.writes = [lost(PLATFORM, "No more.")]
    world.deliver()
    assert shown(world, push).status == "Failed"
    connection = books(world, company)
    if lost is AuthorisationLost:
        assert connection.status == "Deauthorized"
        assert retry_direct_pushes(world.runtime, company, [push.key])[0] == []
        authorise(world.runtime, company, connection, Authorization())
    retry(world, company, push)
    world.deliver()
    assert shown(world, push).status == "Success"


def test_a_deleted_companys_push_goes_nowhere(world: World, company: Company) -> None:
    ask(world, company)
    waiting = [each for each in outbox.unsent(world.table, "9999") if each.queue == outbox.PUSH]
    delete_company(world.runtime, company)
    for message in waiting:
        write_direct_push(world.runtime, company.id, message.body["pushOperationKey"])
    assert not booked(world, company)


@pytest.mark.parametrize("told", ["and not written", "Do not push it anew"])
def test_a_message_that_is_given_up_ends_its_push(
    world: World, company: Company, troubles: Troubles, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    hidden: list[int] = []
    monkeypatch.setattr(queues, "hide", lambda _queue, _receipt, seconds: hidden.append(seconds))
    push = ask(world, company)
    error: Exception = PlatformUnavailable(PLATFORM, "Busy.", 900)
    if told.startswith("Do not"):  # it was sent, and nobody knows what became of it
        error = PlatformUnclear(PLATFORM, "Busy.")
        troubles.answers = [error]
        with pytest.raises(PlatformUnclear):
            world.deliver()
    for receives in range(1, MOST_RECEIVES + 1):
        message = Received("push", "r", receives, company.id, "", push.key)
        receive_again(world.runtime, message, error)
        status = shown(world, push).status
        assert status == ("Failed" if receives == MOST_RECEIVES else "Pending")
    assert len(hidden) == MOST_RECEIVES - 1
    assert told in (shown(world, push).error_message or "")
    retry(world, company, push)
    world.deliver()
    assert shown(world, push).status == "Success"
    assert set(booked(world, company).values()) == {1}


def test_a_running_sync_is_not_ended_with_it(
    world: World, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "hide", lambda *_: None)
    asked = syncs.request_latest(world.runtime, company, None)
    push = ask(world, company)
    for receives in (1, MOST_RECEIVES):
        message = Received("push", "r", receives, company.id, "", push.key)
        receive_again(world.runtime, message, PlatformUnavailable(PLATFORM, "Busy."))
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == WRITTEN


def test_a_lost_message_is_sent_again_and_in_the_end_given_up(world: World, company: Company) -> None:
    push = ask(world, company)
    lose(world)
    world.clock.advance(minutes=59)
    assert sweep(world.runtime) == 0
    world.clock.advance(minutes=2)
    assert sweep(world.runtime) == 1
    assert sweep(world.runtime) == 0
    lose(world)
    world.clock.advance(hours=24)
    assert sweep(world.runtime) == 1
    failed = shown(world, push)
    assert failed.status == "Failed"
    retry(world, company, push)
    lose(world)
    world.clock.advance(hours=2)
    assert sweep(world.runtime) == 1
    world.deliver()
    assert shown(world, push).status == "Success"
    world.clock.advance(hours=30)
    assert sweep(world.runtime) == 0


def test_the_worker_reads_its_message(
    world: World, company: Company, troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first receive without an answer is tried again later; the second writes it."""
    hidden: list[int] = []
    app = importlib.import_module("push_worker.app")
    monkeypatch.setattr(app, "runtime", lambda: world.runtime)
    monkeypatch.setattr(messages, "runtime", lambda: world.runtime)
    monkeypatch.setattr(queues, "hide", lambda _queue, _receipt, seconds: hidden.append(seconds))
    push = ask(world, company)
    troubles.writes = [PlatformUnavailable(PLATFORM, "Busy.", 900)]
    (message,) = [each for each in outbox.unsent(world.table, "9999") if each.queue == outbox.PUSH]
    assert message.group == world.ledgers[company.id]
    record = {
        "messageId": "m",
        "receiptHandle": "r",
        "body": json.dumps(message.body),
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": message.group},
        "eventSource": "aws:sqs",
    }
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 300_000)
    answered = app.handler({"Records": [record]}, context)
    assert answered == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert hidden[0] >= 900
    waiting = shown(world, push)
    assert (waiting.status, waiting.error_message) == ("Pending", "Busy.")
    assert app.handler({"Records": [record]}, context) == {"batchItemFailures": []}
    assert shown(world, push).status == "Success"


def test_statuses_of_parts(world: World, company: Company, troubles: Troubles) -> None:
    """What may have been sent stays so marked when its push ends, and a retry does not forget it."""
    push = ask(world, company)
    troubles.answers = [PlatformUnclear(PLATFORM, "No answer came.")]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    world.clock.advance(hours=25)
    sweep(world.runtime)
    found = direct_pushes.find(world.table, company.id, push.key)
    assert found is not None
    assert (found.status, found.parts[0].status) == (FAILED, SENDING)
    retry(world, company, push)
    found = direct_pushes.find(world.table, company.id, push.key)
    assert found is not None
    assert (found.status, found.parts[0].status) == (PENDING, SENDING)
    world.deliver()
    assert len(troubles.sent) == 1


def test_given_up_in_the_midst_of_its_writing(world: World, company: Company, troubles: Troubles) -> None:
    """A worker so slow that it was taken for gone: the retry finds what it wrote, and sends nothing again."""
    push = ask(world, company)

    def meanwhile(_document: Document) -> None:
        world.clock.advance(hours=25)
        assert sweep(world.runtime) == 1

    troubles.writes = [meanwhile]
    with pytest.raises(ConditionFailed):
        world.deliver()
    world.deliver()
    assert shown(world, push).status == "Failed"
    retry(world, company, push)
    world.deliver()
    assert shown(world, push).status == "Success"
    assert len(troubles.sent) == 1


def test_what_may_have_been_sent_neither_times_out_nor_frees_its_number(
    world: World, company: Company, troubles: Troubles
) -> None:
    push = ask(world, company, minutes=5, invoiceNumber="17")
    troubles.answers = [PlatformUnclear(PLATFORM, "No answer came.")]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    world.clock.advance(minutes=6)
    assert shown(world, push).status == "Pending"
    lose(world)
    world.clock.advance(hours=25)
    sweep(world.runtime)
    assert shown(world, push).status == "Failed"
    with pytest.raises(BadRequest, match="the number 17 was given to another document"):
        ask(world, company, invoiceNumber="17")
    retry(world, company, push)
    world.deliver()
    assert booked(world, company) == {"17": 1}
    assert len(troubles.sent) == 1
