"""No company stays stuck: what runs no more makes room for the next sync, whatever left it so."""

from __future__ import annotations

import pytest

from daybook.domain.instants import iso
from daybook.services import syncs
from daybook.services.companies import delete_company
from daybook.services.next_sync import start_message
from daybook.services.sweep import sweep
from daybook.store.companies import Company
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, Sync
from tests.integration.troubles import open_shop
from tests.simulation.memory import MemoryTable
from tests.simulation.world import World


def name_as_running(world: World, company: Company, sync_id: str) -> None:
    """Have a company run a sync that does not run, as a table restored from a backup may say."""
    since = iso(world.clock.now())
    queued = Sync(sync_id, company.id, "latest", since, since, since)
    table = MemoryTable()
    other = World(table=table, clock=world.clock)
    other.runtime.syncs.request(queued, start_message(other.runtime, company.id))
    other.runtime.syncs.start_next(company.id, since)
    (active,) = [item for item in table.everything() if item["SK"] == "ACTIVE"]
    world.table.put(active)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_sync_that_ended_or_never_was_makes_room_for_the_next(*, is_known: bool) -> None:
    world = World()
    company = open_shop(world)
    ended = world.sync(company)
    name_as_running(world, company, ended.id if is_known else world.runtime.ids.new())
    waiting = syncs.request_latest(world.runtime, company, None)
    world.deliver()
    assert syncs.read_sync(world.runtime, company, waiting.id).stage != FINISHED
    world.clock.advance(minutes=61)
    assert sweep(world.runtime) == 1
    world.deliver()
    assert syncs.read_sync(world.runtime, company, waiting.id).status_code == NOTHING_TO_WRITE
    assert syncs.read_sync(world.runtime, company, ended.id) == ended
    world.clock.advance(hours=2)
    assert sweep(world.runtime) == 0


def test_one_that_started_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the index and the clearing another sync may have begun to run."""
    world = World()
    company = open_shop(world)
    ended = world.sync(company)
    name_as_running(world, company, ended.id)
    (found,) = [item for item in world.table.everything() if item["SK"] == "ACTIVE"]
    world.clock.advance(minutes=61)
    read = world.runtime.syncs.table.get

    def overtaken(pk: str, sk: str) -> object:
        if pk.startswith("SYNCS#"):
            world.table.put({**found, "sync": "another"})
        return read(pk, sk)

    monkeypatch.setattr(world.table, "get", overtaken)
    assert sweep(world.runtime) == 0
    assert world.runtime.syncs.active(company.id) == "another"


def test_nothing_is_started_for_a_company_that_is_gone() -> None:
    world = World()
    company = open_shop(world)
    name_as_running(world, company, world.runtime.ids.new())
    delete_company(world.runtime, company)
    world.clock.advance(minutes=61)
    sweep(world.runtime)
    world.deliver()
    assert world.runtime.syncs.active(company.id) is None


def test_whatever_is_wrong_with_one_the_others_are_seen_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six shops are stuck; what is stored of one cannot be read, and that is the failure told."""
    world = World()
    shops = [open_shop(world) for _ in range(6)]
    for shop in shops:
        name_as_running(world, shop, world.runtime.ids.new())
    world.clock.advance(minutes=61)
    read = world.table.get

    def unreadable(pk: str, sk: str) -> object:
        if pk == f"SYNCS#{shops[2].id}":
            raise KeyError("stage")
        return read(pk, sk)

    monkeypatch.setattr(world.table, "get", unreadable)
    with pytest.raises(KeyError):
        sweep(world.runtime)
    assert [world.runtime.syncs.active(shop.id) is None for shop in shops] == [
        shop is not shops[2] for shop in shops
    ]
