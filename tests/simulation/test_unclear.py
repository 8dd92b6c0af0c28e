"""Documents of unclear fate: held, looked up by their reference, adopted or sent again; a day waits alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from daybook.services import syncs
from daybook.services.push_history import list_push_operations
from daybook.store.companies import Company
from daybook.store.documents import CANCELLED, SENDING, SUCCESS, StoredDocument
from daybook.store.syncs import NOTHING_TO_WRITE, PLANNING, WRITTEN
from daybook.wire.paging import read_listing
from tests.scenarios.shapes import line, order, payment
from tests.simulation.deployment import Deployment
from tests.simulation.faults import ANSWER_LOST, PLATFORM_WRITE, TIMED_OUT, Fault
from tests.simulation.model import Selection

DUPLICATE_PROTECTION = 5080
BOOKED = {("GBP", "Cash on hand"): Decimal(30), ("GBP", "Sales"): Decimal(-30)}


def opened() -> tuple[Deployment, Company]:
    """A merchant who sold for 10 and for 20 on two days, in journals."""
    world = Deployment()
    company = world.open_company()
    for number, price in ((1, "10.00"), (2, "20.00")):
        paid = payment(f"p{number}", price, "Cash", on=number)
        world.push(company, "orders", [order(f"o{number}", [line(price)], [paid], on=number)[1]])
    world.configure(company, replace(Selection("JournalEntry").choices(), start="2026-03-01"))
    return world, company


def stop_in_the_first_write(world: Deployment, company: Company, what: str) -> None:
    """Ask for a sync and have its first write meet a fault."""
    syncs.request_latest(world.runtime, company, None)
    world.work()
    world.injector.arm(None)
    kinds = world.injector.calls
    snapshot = world.table.snapshot(), list(world.queues.waiting)
    world.work()
    call = kinds.index(PLATFORM_WRITE)
    world.table.restore(snapshot[0])
    world.queues.waiting[:] = snapshot[1]
    world.writes.clear()
    world.injector.arm(Fault(call, what))
    world.work()
    assert world.injector.happened == [f"{PLATFORM_WRITE}: {what}"]


def documents(world: Deployment, company: Company) -> list[StoredDocument]:
    return [
        each
        for day in ("2026-03-02", "2026-03-03")
        for each in world.runtime.documents.of_day(company.id, day)
    ]


def shown(world: Deployment, company: Company) -> list[dict[str, Any]]:
    answer = list_push_operations(world.runtime, company, read_listing({}), "/push")
    rows: Any = answer["results"]
    return list(rows)


@pytest.mark.parametrize(("what", "arrived"), [(ANSWER_LOST, True), (TIMED_OUT, False)])
def test_it_is_held_then_adopted_or_sent_again(what: str, arrived: bool) -> None:  # noqa: FBT001
    world, company = opened()
    stop_in_the_first_write(world, company, what)
    held = documents(world, company)[0]
    assert (held.status, bool(world.writes)) == (SENDING, arrived)
    pending = [each for each in shown(world, company) if each["errorMessage"]]
    assert [each["status"] for each in pending] == ["Pending"]
    assert "looked up" in pending[0]["errorMessage"]
    world.deliver()
    assert {each.status for each in documents(world, company)} == {SUCCESS}
    assert not [each for each in shown(world, company) if each["errorMessage"]]
    assert set(world.writes.values()) == {1}
    assert world.balances(company) == BOOKED
    assert next(syncs.list_syncs(world.runtime, company)).status_code == WRITTEN


@pytest.mark.parametrize("what", [ANSWER_LOST, TIMED_OUT])
def test_a_day_with_one_waits_alone(what: str) -> None:
    """The next sync cannot look it up: it leaves that day as it is, says so, and writes the others."""
    world, company = opened()
    stop_in_the_first_write(world, company, what)
    held = documents(world, company)[0]
    give_up(world, company)
    world.unreachable.add(held.document.reference)
    blocked = world.sync(company)
    assert blocked.status_code == DUPLICATE_PROTECTION
    assert "2026-03-02" in blocked.error_message
    assert held.document.reference in blocked.error_message
    assert "2026-03-03" not in blocked.error_message
    assert world.balances(company)["GBP", "Cash on hand"] == (
        30 if world.writes[held.document.reference] else 20
    )
    assert documents(world, company)[0].status == SENDING
    world.unreachable.clear()
    assert world.sync(company).status_code in (WRITTEN, NOTHING_TO_WRITE)
    assert world.balances(company) == BOOKED
    assert set(world.writes.values()) == {1}
    assert documents(world, company)[0].status == (SUCCESS if what == ANSWER_LOST else CANCELLED)


def give_up(world: Deployment, company: Company) -> None:
    """End the running sync as the sweeper does, its messages lost."""
    from daybook.services.finish_sync import end_early

    world.queues.waiting.clear()
    active = world.runtime.syncs.active(company.id)
    assert active is not None
    sync = world.runtime.syncs.get(company.id, active)
    assert sync is not None
    assert sync.stage != PLANNING
    end_early(world.runtime, sync, 5000, "Given up.")
    world.deliver()
