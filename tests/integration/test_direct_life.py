"""What happens to documents pushed by themselves on their way: troubles, repeats, syncs beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.direct_documents import written_for
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    BadRequest,
    PlatformRejected,
    PlatformUnclear,
)
from daybook.platforms.interface import Platform
from daybook.services.request_direct_push import request_direct_push
from daybook.services.tie_out import read_tie_out
from daybook.services.write_direct_push import write_direct_push
from daybook.store import direct_pushes
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.direct_pushes import DirectPush
from daybook.store.documents import SUCCESS
from daybook.store.ledger import Ledger
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from daybook.wire.direct_requests import PaymentRequest
from daybook.wire.models import read
from tests.integration.direct_world import ask, booked, books, invoice, retry, shown
from tests.integration.troubles import START, Troubles, cash, open_shop, sell, trouble
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
    ledger.write_one(theirs)
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
        inner.write_one(replace(document, total=Decimal(3), lines=(changed,)))
        raise PlatformUnclear(PLATFORM, "No answer came.")

    troubles.writes = [theirs]
    with pytest.raises(PlatformUnclear):
        world.deliver()
    world.deliver()
    failed = shown(world, push)
    assert failed.status == "Failed"
    assert "with a total of 3" in (failed.error_message or "")
    assert booked(world, company) == {content.reference: 1}


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


@pytest.mark.parametrize("changes", [{}, {"invoiceNumber": "17"}])
def test_two_requests_under_one_key_at_once_are_one_push(
    world: World, company: Company, changes: dict[str, str]
) -> None:
    """The second is taken in whole while the first is being checked against the ledger."""
    connect, within = world.runtime.connect, list[DirectPush]()

    def interrupted(connection: Connection) -> Platform:
        world.runtime = replace(world.runtime, connect=connect)
        within.append(ask(world, company, "a-key", **changes))
        return connect(connection)

    world.runtime = replace(world.runtime, connect=interrupted)
    first = ask(world, company, "a-key", **changes)
    assert [push.key for push in within] == [first.key]
    world.deliver()
    assert set(booked(world, company).values()) == {1}


def test_a_redelivered_message_finds_nothing_to_do(
    world: World, company: Company, troubles: Troubles
) -> None:
    push = ask(world, company)
    world.deliver()
    for _ in range(2):
        write_direct_push(world.runtime, company.id, push.key)
    write_direct_push(world.runtime, company.id, "0" * 8)
    assert len(troubles.sent) == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"total": Decimal("7.01")}, "holds a total of 7.01 for "),
        ({"tax": Decimal("0.01")}, "holds a total of 7 with a tax of 0.01 for "),
    ],
)
def test_a_platform_that_books_something_else_is_told_of(
    world: World, company: Company, troubles: Troubles, changed: dict[str, Decimal], told: str
) -> None:
    troubles.holds = lambda _, held: replace(held, **changed)
    push = ask(world, company)
    world.deliver()
    done = shown(world, push)
    assert done.status == "Success"
    assert told in (done.error_message or "")
    assert len(troubles.sent) == 1


def test_what_is_kept_comes_back_as_it_was(world: World, company: Company) -> None:
    push = ask(world, company, "a-key", 9, invoiceNumber="17", dueDate="2026-04-01", salesOrderRefs=[1])
    assert direct_pushes.find(world.table, company.id, push.key) == push
    content = push.parts[0].content
    assert isinstance(content, Document)
    assert (content.kind, content.direct, str(content.due)) == (Kind.INVOICE, True, "2026-04-01")


def test_refused_although_it_is_there_it_is_ours(world: World, company: Company, troubles: Troubles) -> None:
    """A client of a platform that sent twice by itself is told the second time that the number is taken."""
    push = ask(world, company)
    troubles.answers = [PlatformRejected(PLATFORM, "This number is taken.")]
    world.deliver()
    assert shown(world, push).status == "Success"
    assert set(booked(world, company).values()) == {1}


def test_what_was_written_of_a_payment_is_not_sent_again(
    world: World, company: Company, troubles: Troubles
) -> None:
    """Its second document is refused at first; also where the ledger would take the first one twice."""
    pushes = [ask(world, company) for _ in range(2)]
    world.deliver()
    ids = [shown(world, push).changes[0].record_ref.id for push in pushes]
    known = Ledger(world.table, company.id).read()
    assert known is not None
    account = next(each.id for each in known.data.accounts if each.name == "Cash on hand")
    lines = [{"amount": 7, "links": [{"type": "Invoice", "id": each}]} for each in ids]
    asked = read(PaymentRequest, {"date": "2026-03-03", "accountRef": {"id": account}, "lines": lines})
    push = request_direct_push(world.runtime, books(world, company), asked, "", 0)
    troubles.sent.clear()
    troubles.writes = [lambda _document: None, PlatformRejected(PLATFORM, "No.")]
    world.deliver()
    assert (shown(world, push).status, len(shown(world, push).changes)) == ("Failed", 1)
    retry(world, company, push)
    world.deliver()
    assert (shown(world, push).status, len(shown(world, push).changes)) == ("Success", 2)
    assert len(troubles.sent) == len(set(troubles.sent)) == 2
