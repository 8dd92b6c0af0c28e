"""What happens to documents pushed by themselves on their way: troubles, repeats, syncs beside them."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

import messages
from daybook.domain.direct_documents import written_for
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    BadRequest,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.services import syncs
from daybook.services.companies import delete_company
from daybook.services.connections import authorise, find_connection
from daybook.services.push_history import show_direct_push
from daybook.services.receive_again import MOST_RECEIVES, Received, receive_again
from daybook.services.request_direct_push import request_direct_push
from daybook.services.retry_direct_push import retry_direct_pushes
from daybook.services.sweep import sweep
from daybook.services.tie_out import read_tie_out
from daybook.services.write_direct_push import write_direct_push
from daybook.store import direct_pushes, outbox, queues
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.direct_pushes import DirectPush
from daybook.store.documents import FAILED, PENDING, SENDING, SUCCESS
from daybook.store.ledger import Ledger
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from daybook.wire.accounting import PushOperation
from daybook.wire.companies import Authorization
from daybook.wire.direct_requests import DirectRequest, PaymentRequest
from daybook.wire.direct_sales import InvoiceRequest
from daybook.wire.models import read
from tests.integration.troubles import START, TroubledBooks, Troubles, cash, open_shop, sell, trouble
from tests.scenarios.shapes import line, order
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


def books(world: World, company: Company) -> Connection:
    return find_connection(world.runtime, company, world.ledgers[company.id])


def invoice(world: World, company: Company, **changes: Any) -> DirectRequest:
    """An invoice of 7.00."""
    known = Ledger(world.table, company.id).read()
    assert known is not None
    account = next(each.id for each in known.data.accounts if each.name == "Sales")
    body = {
        "customerRef": {"id": known.data.customers[0].id},
        "issueDate": "2026-03-02",
        "lineItems": [{"unitAmount": 7, "quantity": 1, "accountRef": {"id": account}}],
        "totalAmount": 7,
    }
    return read(InvoiceRequest, {**body, **changes})


def ask(world: World, company: Company, key: str = "", minutes: int = 0, **changes: Any) -> DirectPush:
    asked = invoice(world, company, **changes)
    return request_direct_push(world.runtime, books(world, company), asked, key, minutes)


def shown(world: World, push: DirectPush) -> PushOperation:
    found = direct_pushes.find(world.table, push.company_id, push.key)
    assert found is not None
    return show_direct_push(world.runtime, found)


def booked(world: World, company: Company) -> Counter[str]:
    """How often each reference was booked directly."""
    entries = Ledger(world.table, company.id).entries()
    return Counter(entry.document.reference for entry in entries if entry.document.direct)


def retry(world: World, company: Company, push: DirectPush) -> None:
    retried, refused = retry_direct_pushes(world.runtime, company, [push.key])
    assert (len(retried), refused) == (1, [])


def test_no_day_knows_of_it(world: World, company: Company) -> None:
    """A sync before, a direct invoice of the same day, a sync after: the day is as it was, and proven."""
    first = world.sync(company)
    assert first.status_code == WRITTEN
    push = ask(world, company)
    world.deliver()
    assert shown(world, push).status == "Success"
    sell(world, company, 1, amount="3.00")
    second = world.sync(company)
    assert second.status_code == WRITTEN
    assert read_tie_out(world.runtime, company, second.id)["agrees"]
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    assert cash(world, company) == 13
    assert world.balances(company)["GBP", "Accounts receivable"] == 7
    posted = world.runtime.days.posted(company.id, date(2026, 3, 2))
    assert {abs(amount) for amount in posted.amounts.values()} == {13}
    assert push.key not in {stored.key for stored in world.runtime.documents.newest_first(company.id)}


def test_an_invoice_of_a_sync_is_not_paid_directly(world: World) -> None:
    """The sync pays it from the records when they come."""
    company = world.open_company()
    world.push(company, "orders", [_unpaid()])
    world.configure(company, START)
    world.sync(company)
    (item,) = world.runtime.days.every_open_item(company.id)
    known = Ledger(world.table, company.id).read()
    assert known is not None
    account = next(each.id for each in known.data.accounts if each.name == "Cash on hand")
    lines = [{"amount": 1, "links": [{"type": "Invoice", "id": item.platform_id}]}]
    body = {"date": "2026-03-03", "accountRef": {"id": account}, "lines": lines}
    with pytest.raises(BadRequest, match="was written by a sync"):
        request_direct_push(world.runtime, books(world, company), read(PaymentRequest, body), "", 0)


def _unpaid() -> Any:
    return order("o1", [line("10.00")], [], on=1)[1]


def test_a_lost_answer_is_looked_up(world: World, company: Company, troubles: Troubles) -> None:
    push = ask(world, company)
    troubles.answers = [PlatformUnclear(PLATFORM, "No answer came.")]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    pending = shown(world, push)
    assert (pending.status, pending.error_message) == (
        "Pending",
        "No answer came. It is looked up in the accounting software before it is sent again.",
    )
    world.deliver()
    assert shown(world, push).status == "Success"
    assert len(troubles.sent) == 1
    assert set(booked(world, company).values()) == {1}


def test_a_lost_request_is_sent_again(world: World, company: Company, troubles: Troubles) -> None:
    push = ask(world, company, invoiceNumber="17")
    troubles.writes = [PlatformUnclear(PLATFORM, "No answer came.")]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    world.deliver()
    assert shown(world, push).status == "Success"
    assert booked(world, company) == {"17": 1}


def test_a_number_in_use_in_the_ledger_is_never_taken_for_ours(world: World, company: Company) -> None:
    """Same number, same total, but booked by somebody else before we sent anything."""
    ledger = world.runtime.platform_for(books(world, company))
    theirs = replace(_document(world, company), reference="17")
    ledger.write(theirs)
    push = ask(world, company, invoiceNumber="17")
    world.deliver()
    failed = shown(world, push)
    assert failed.status == "Failed"
    assert "already has a document numbered 17" in (failed.error_message or "")
    assert failed.changes == []
    assert len(list(Ledger(world.table, company.id).entries())) == 1
    again = ask(world, company, invoiceNumber="18")
    world.deliver()
    assert shown(world, again).status == "Success"


def _document(world: World, company: Company) -> Document:
    known = Ledger(world.table, company.id).read()
    assert known is not None
    (content,) = written_for(invoice(world, company).asked(), known.data, "k")
    assert isinstance(content, Document)
    return content


def test_ours_changed_by_hand_is_neither_adopted_nor_sent_again(
    world: World, company: Company, troubles: Troubles
) -> None:
    push = ask(world, company)
    content = push.parts[0].content
    assert isinstance(content, Document)

    def theirs(document: Document) -> None:
        inner = world.runtime.platform_for(books(world, company))
        changed = replace(document.lines[0], net=Decimal(3))
        inner.write(replace(document, total=Decimal(3), lines=(changed,)))
        raise PlatformUnclear(PLATFORM, "No answer came.")

    troubles.writes = [theirs]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    world.deliver()
    failed = shown(world, push)
    assert failed.status == "Failed"
    assert "with a total of 3" in (failed.error_message or "")
    assert booked(world, company) == {content.reference: 1}


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


def lose(world: World) -> None:
    for message in list(outbox.unsent(world.table, "9999")):
        outbox.sent(world.table, message)


def test_the_same_request_under_the_same_key_is_one_push(world: World, company: Company) -> None:
    first = ask(world, company, "a-key")
    assert ask(world, company, "a-key").key == first.key
    world.deliver()
    world.clock.advance(days=30)
    assert ask(world, company, "a-key").status == SUCCESS, "also when the kept answer is long gone"
    others = [
        ask(world, company, "b-key"),
        ask(world, company, "a-key", note="other"),
        ask(world, company),
        ask(world, company),
    ]
    assert len({first.key, *(push.key for push in others)}) == 5


def test_a_redelivered_message_finds_nothing_to_do(
    world: World, company: Company, troubles: Troubles
) -> None:
    push = ask(world, company)
    world.deliver()
    for _ in range(2):
        write_direct_push(world.runtime, company.id, push.key)
    write_direct_push(world.runtime, company.id, "0" * 8)
    assert len(troubles.sent) == 1


def test_a_platform_that_books_another_total_is_told_of(
    world: World, company: Company, troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = TroubledBooks.write
    monkeypatch.setattr(
        TroubledBooks, "write", lambda self, document: replace(write(self, document), total=Decimal("7.01"))
    )
    push = ask(world, company)
    world.deliver()
    done = shown(world, push)
    assert done.status == "Success"
    assert "holds a total of 7.01, which is 7 here" in (done.error_message or "")
    assert len(troubles.sent) == 1


def test_what_is_kept_comes_back_as_it_was(world: World, company: Company) -> None:
    push = ask(world, company, "a-key", 9, invoiceNumber="17", dueDate="2026-04-01", salesOrderRefs=[1])
    assert direct_pushes.find(world.table, company.id, push.key) == push
    content = push.parts[0].content
    assert isinstance(content, Document)
    assert (content.kind, content.direct, str(content.due)) == (Kind.INVOICE, True, "2026-04-01")


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


def test_refused_although_it_is_there_it_is_ours(world: World, company: Company, troubles: Troubles) -> None:
    """A client of a platform that sent twice by itself is told the second time that the number is taken."""
    push = ask(world, company)
    troubles.answers = [PlatformRejected(PLATFORM, "This number is taken.")]
    world.deliver()
    assert shown(world, push).status == "Success"
    assert set(booked(world, company).values()) == {1}


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
