"""What is brought back from a copy of the table: what was lost by accident, nothing removed on purpose."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from daybook.services import syncs
from daybook.services.companies import delete_company, replace_company, update_company
from daybook.services.connections import erase_connection
from daybook.services.sweep import sweep
from daybook.store import (
    clients,
    companies,
    configurations,
    connections,
    due,
    keys,
    layout,
    retention,
    tokens,
    webhooks,
)
from daybook.store.companies import Company
from daybook.store.documents import SENDING
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, WRITTEN
from daybook.store.table import Item
from daybook.wire.companies import CompanyRequest, CompanyUpdate
from local.restore import KEPT, REMOVED, Account, Restore, company_of, connection_of, kind_of
from tests.integration.erased import START, open_company, sold
from tests.simulation.memory import MemoryTable
from tests.simulation.world import CLIENT, World

# Marks and the revision of the catalogue, which have syncs look again, and what a read of the books notes.
LOOKED_AT_AGAIN = ("MARKS", "COMPANY CATALOGUE")


@dataclass
class Shop:
    """A merchant of three sold days, and a copy of the table."""

    world: World
    company: Company
    copy: MemoryTable

    @property
    def table(self) -> MemoryTable:
        """The table that the product works on."""
        return self.world.table

    def lose(self, wanted: Callable[[Item], bool]) -> list[Item]:
        """Lose items by accident."""
        gone = [item for item in self.table.everything() if wanted(item)]
        self.table.batch_delete([(item["PK"], item["SK"]) for item in gone])
        assert gone
        return gone

    def lose_kind(self, kind: str) -> list[Item]:
        """Lose all items of a kind."""
        return self.lose(lambda item: kind_of(item) == kind)

    def make_copy(self) -> None:
        """Have the copy be of this moment."""
        self.copy.restore(self.table.snapshot())

    def restore(self, company_id: str = "") -> Account:
        """Bring back what may be."""
        return Restore(self.copy, self.table, company_id).bring_back(self.copy.everything())

    def posted(self) -> tuple[Any, ...]:
        """What stands in the books."""
        return tuple(sorted(self.world.balances(self.company).items()))

    def cash(self) -> Decimal:
        """What was taken in cash."""
        return self.world.balances(self.company)["GBP", "Cash on hand"]


@pytest.fixture
def shop() -> Shop:
    world = World()
    clients.create(world.table, clients.Client(CLIENT, "Till Makers"))
    company = world.open_company(shops=2)
    world.push(company, "orders", [sold(number, on=number) for number in (1, 2, 3)])
    world.configure(company, START)
    world.sync(company)
    made = Shop(world, company, MemoryTable())
    made.make_copy()
    return made


def test_every_kind_of_item_is_kept_or_removed() -> None:
    """A kind that somebody adds must be named in `local/restore.py`."""
    world = World()
    clients.create(world.table, clients.Client(CLIENT, "Till Makers"))
    company = open_company(world)
    world.push(company, "orders", [])
    made = {kind_of(item) for item in world.table.everything()}
    given = {"moment": datetime(2026, 3, 1), "shard": 1, "number": 1, "version": 1, "part": 1}  # noqa: DTZ001
    for name, function in inspect.getmembers(layout, inspect.isfunction):
        if function.__module__ != layout.__name__ or name.startswith(("read_", "transaction", "deletions")):
            continue
        needed = {
            each.name: given.get(each.name, "x")
            for each in inspect.signature(function).parameters.values()
            if each.default is inspect.Parameter.empty
        }
        key = function(**needed)
        if isinstance(key, tuple) and "place" not in needed:
            made.add(kind_of({"PK": key[0], "SK": key[1]}))
    made.discard("OUTBOX#")
    assert not set(KEPT) & set(REMOVED)
    unnamed = {"QUEUED", "COMPANY ACTIVE", "COMPANY FAILING", "COMPANY DUE"}
    assert made - set(KEPT) - set(REMOVED) == set()
    assert set(KEPT) | set(REMOVED) <= made | unnamed


def test_what_was_removed_on_purpose_stays_away(shop: Shop) -> None:
    """Keys revoked, connections and subscriptions deleted, a company erased: the table stays as it is."""
    world, table = shop.world, shop.table
    now = "2026-05-01T12:00:00Z"
    for name in ("a", "b"):
        keys.create_key(table, keys.ApiKey(CLIENT, name, name, f"digest-{name}", now))
    books = shop.world.ledgers[shop.company.id]
    tokens.keep(table, shop.company.id, books, tokens.StoredTokens("sealed", "sealed", 0))
    hook = webhooks.Subscription("w-1", CLIENT, "https://hooks.example", now, ())
    webhooks.create(table, hook)
    other = open_company(world)
    second = world.shops(shop.company)[1]
    world.push(shop.company, "orders", [sold(9, on=4)], shop=1)
    shop.make_copy()

    keys.delete_key(table, CLIENT, "a")
    webhooks.delete(table, CLIENT, "w-1")
    delete_company(world.runtime, other)
    erase_connection(world.runtime, second)
    world.erase()
    erase_connection(world.runtime, connections.get(table, shop.company.id, books))
    world.erase()
    before = table.everything()
    account = shop.restore()
    assert not account.brought
    assert table.everything() == before
    assert keys.find_key(table, "digest-a") is None
    assert keys.find_key(table, "digest-b") is not None
    left = {what for what, _ in account.left}
    assert left >= {"API keys", "connections", "tokens of connections", "subscriptions to events", "records"}
    assert any(second.id in each for each in account.by_hand)
    assert not any(other.id in each for each in account.by_hand)
    reasons = " ".join(account.lines())
    assert "their company was deleted" in reasons
    assert "their connection is not there" in reasons


@pytest.mark.parametrize("only_one", [True, False])
def test_what_was_lost_comes_back_and_nothing_is_posted_twice(shop: Shop, *, only_one: bool) -> None:
    company, stands = shop.company, shop.posted()
    gone = shop.lose(lambda item: kind_of(item) in KEPT and company_of(item) == company.id)
    account = shop.restore(company.id if only_one else "")
    assert sum(account.brought.values()) == len(gone)
    assert set(account.brought) == {KEPT[kind_of(item)] for item in gone}
    there = {(item["PK"], item["SK"]): item for item in shop.table.everything()}
    for item in gone:
        if kind_of(item) not in LOOKED_AT_AGAIN:
            assert there[item["PK"], item["SK"]] == item
    assert shop.posted() == stands
    assert shop.world.sync(company).status_code == NOTHING_TO_WRITE
    assert shop.posted() == stands
    assert companies.named(shop.table, CLIENT, "corner", 5)
    assert not shop.restore().brought


@pytest.mark.parametrize("kind", sorted(KEPT))
def test_each_kind_that_is_kept_comes_back_alone(kind: str) -> None:
    """Also where the rest of its company is there."""
    world = World()
    clients.create(world.table, clients.Client(CLIENT, "Till Makers"))
    company = open_company(world)
    world.deliver()
    for family, key, rest in (
        ("COMPANY", "CATALOGUE", {"revision": 1}),
        ("COMPANY", "SHAPES", {"shapes": {"separate"}}),
        ("DIRECT", "2026-03-02", {"status": "Success"}),
        ("DIRECTNUMBER", "2026-03-02", {"key": "2026-03-02"}),
    ):
        world.table.put({"PK": f"{family}#{company.id}", "SK": key, **rest})
    made = Shop(world, company, MemoryTable())
    made.make_copy()
    gone = made.lose_kind(kind)
    account = made.restore()
    assert account.brought == {KEPT[kind]: len(gone)}, account.left
    assert sorted(map(str, gone)) == sorted(str(_there(made, item)) for item in gone)


def _there(shop: Shop, item: Item) -> Item | None:
    found = shop.table.get(item["PK"], item["SK"])
    # Bringing records back counts a change of the catalogue.
    return {**found, "revision": item["revision"]} if found and "revision" in item else found


def test_days_whose_records_were_lost_are_looked_at_again(shop: Shop) -> None:
    """A sync in between did not meet the sale and forgot that its day had changed."""
    shop.world.push(shop.company, "orders", [sold(4, on=2, amount="1.00")])
    shop.make_copy()
    shop.lose(lambda item: kind_of(item) == "RECORD" and item["SK"] == "o4")
    shop.world.sync(shop.company)
    assert not list(shop.world.runtime.days.marks(shop.company.id))
    assert shop.cash() == 30
    shop.restore()
    assert shop.world.sync(shop.company).status_code == WRITTEN
    assert shop.cash() == 31


def test_nothing_that_was_under_way_comes_back(shop: Shop) -> None:
    """Else a company would wait for ever for a sync that ended, or a document would be settled again."""
    world, company = shop.world, shop.company
    world.push(company, "orders", [sold(4, on=4)])
    running = syncs.request_latest(world.runtime, company, None)
    started = world.runtime.syncs.start_next(company.id, "2026-05-01T12:00:00Z")
    assert started is not None
    queued = syncs.request_latest(world.runtime, company, None)
    shop.table.put({"PK": f"OPEN#{company.id}", "SK": "2026-03-02#x", "open": "1.00"})
    shop.make_copy()
    world.deliver()
    world.clock.advance(minutes=61)
    sweep(world.runtime)
    world.deliver()
    shop.lose(lambda item: kind_of(item) == "OPEN")
    shop.lose(lambda item: kind_of(item) == "SYNCS" and item["SK"] == running.id)
    account = shop.restore()
    assert world.runtime.syncs.active(company.id) is None
    assert not list(world.runtime.syncs.waiting(due.shard_of(company.id), "9999"))
    assert world.runtime.syncs.get(company.id, running.id) is None
    assert not list(world.runtime.days.every_open_item(company.id))
    assert {what for what, _ in account.left} >= {"running syncs", "queued syncs", "open documents", "syncs"}
    ended = world.runtime.syncs.get(company.id, queued.id)
    assert ended is not None
    assert ended.stage == FINISHED
    assert world.sync(company).stage == FINISHED


def test_only_one_companys(shop: Shop) -> None:
    other = shop.world.open_company(name="Bakery")
    shop.world.push(other, "orders", [sold(1)])
    shop.make_copy()
    shop.lose_kind("RECORD")
    shop.restore(other.id)
    brought = [item for item in shop.table.everything() if kind_of(item) == "RECORD"]
    assert {company_of(item) for item in brought} == {other.id}


def test_a_merchant_links_again_and_the_account_says_so(shop: Shop) -> None:
    """Tokens lie under their connection's id and are not brought back; that is said of one company too."""
    books = shop.world.ledgers[shop.company.id]
    tokens.keep(shop.table, shop.company.id, books, tokens.StoredTokens("sealed", "sealed", 0))
    shop.make_copy()
    shop.lose_kind("TOKENS")
    account = shop.restore(shop.company.id)
    assert tokens.get(shop.table, books) is None
    assert account.by_hand == [f"company {shop.company.id}: have connection {books} linked again"]
    assert any("linked again" in each for each in account.lines())


def test_the_name_a_company_has_now_is_the_one_it_is_found_by(shop: Shop) -> None:
    update_company(shop.world.runtime, shop.company, CompanyUpdate.model_validate({"name": "Harbour Cafe"}))
    shop.restore()
    assert not companies.named(shop.table, CLIENT, "corner", 5)
    request = CompanyRequest.model_validate({"name": "Corner Cafe"})
    renamed = companies.get(shop.table, CLIENT, shop.company.id)
    replace_company(shop.world.runtime, renamed, request)
    shop.lose_kind("CLIENT NAME")
    shop.restore()
    assert companies.named(shop.table, CLIENT, "corner", 5)


def test_the_configuration_in_force_is_the_last_that_was_saved(shop: Shop) -> None:
    """Also when it was saved after the copy: an older one could never be changed again."""
    stored = configurations.current(shop.table, shop.company.id)
    assert stored is not None
    saved = stored.saved
    later = configurations.save(shop.table, shop.company.id, stored.body, stored.version, saved)
    shop.lose(lambda item: item["SK"] == "CONFIGURATION")
    shop.restore()
    now = configurations.current(shop.table, shop.company.id)
    assert now is not None
    assert now.version == later
    configurations.save(shop.table, shop.company.id, stored.body, later, saved)


@pytest.mark.parametrize("enable", [True, False])
def test_a_schedule_that_was_lost_is_made_from_the_configuration(shop: Shop, *, enable: bool) -> None:
    company_id = shop.company.id
    stored = configurations.current(shop.table, company_id)
    assert stored is not None
    schedule = {"frequency": "Daily", "startDate": "2026-03-01", "syncHour": 3, "timeZone": "Europe/London"}
    on = {**stored.body, "enable": True, "schedule": {**stored.body["schedule"], **schedule}}
    write = due.put(due.Due(company_id, _schedule(on), datetime.fromisoformat("2026-05-02T02:00:00Z")))
    configurations.save(shop.table, company_id, on, stored.version, stored.saved, write)
    shop.make_copy()
    configurations.save(shop.table, company_id, {**on, "enable": enable}, stored.version + 1, stored.saved)
    shop.lose_kind("COMPANY DUE")
    account = shop.restore()
    assert (due.get(shop.table, company_id) is not None) == enable
    assert account.brought == ({"schedules": 1} if enable else {})


def _schedule(body: dict[str, Any]) -> Any:
    from daybook.domain.configuration import read_configuration

    return read_configuration(body).schedule


def test_a_day_that_was_posted_to_after_the_copy_is_left_alone(shop: Shop) -> None:
    """What it had posted then would be too little, and its documents would be written twice."""
    shop.world.push(shop.company, "orders", [sold(5, on=2)])
    shop.world.sync(shop.company)
    shop.lose_kind("POSTED")
    account = shop.restore()
    days = {item["SK"] for item in shop.table.everything() if kind_of(item) == "POSTED"}
    assert days == {"2026-03-02", "2026-03-04"}
    assert any("written to after the copy" in each for each in account.lines())


def test_a_document_whose_fate_was_open_is_not_settled_twice(shop: Shop) -> None:
    """The copy says that it may have been sent; since then it was confirmed and is counted in its day."""
    day = next(item for item in shop.table.everything() if kind_of(item) == "POSTED")
    written = next(
        item
        for item in shop.table.everything()
        if kind_of(item) == "DOCUMENTS" and item["SK"].startswith(day["SK"])
    )
    shop.copy.put({**written, "status": SENDING})
    shop.copy.put({**day, "version": day["version"] - 1})
    shop.lose(lambda item: item == written)
    shop.restore()
    assert shop.table.get(written["PK"], written["SK"]) is None
    shop.copy.put(day)
    shop.restore()
    found = shop.table.get(written["PK"], written["SK"])
    assert found is not None
    assert found["status"] == SENDING


def test_what_was_retired_stays_so(shop: Shop) -> None:
    for _ in range(2):
        shop.world.retire(30)
        shop.world.clock.advance(days=1)
    assert retention.get(shop.table, shop.company.id).closed.spans
    retired = [item for item in shop.table.everything() if "retired" in item]
    assert retired
    before = [item for item in shop.table.everything() if kind_of(item) in ("RECORD", "DAY", "LINK")]
    account = shop.restore()
    after = [item for item in shop.table.everything() if kind_of(item) in ("RECORD", "DAY", "LINK")]
    assert after == before
    assert ("entries of days", "their records were retired since") in account.left


def test_who_is_interrupted_begins_again(shop: Shop) -> None:
    gone = shop.lose_kind("RECORD") + shop.lose_kind("DAY")
    calls = 0

    def fail(operation: str) -> None:
        nonlocal calls
        calls += operation == "put"
        if calls == 3:
            raise ConnectionError

    shop.table.before = fail
    with pytest.raises(ConnectionError):
        shop.restore()
    shop.table.before = lambda _operation: None
    shop.restore()
    assert all(shop.table.get(item["PK"], item["SK"]) == item for item in gone)
    marked = {mark.day for mark in shop.world.runtime.days.marks(shop.company.id)}
    assert marked == {item["PK"][-10:] for item in gone if kind_of(item) == "DAY"}


def test_a_connection_that_is_gone_takes_its_records_along(shop: Shop) -> None:
    """Whether it was deleted or lost cannot be told: the account names it, and nothing of it comes back."""
    home = shop.world.shops(shop.company)[0]
    shop.lose(lambda item: kind_of(item) == "COMPANY CONNECTION" and item["SK"].endswith(home.id))
    shop.lose(lambda item: connection_of(item, kind_of(item)) == home.id)
    account = shop.restore()
    assert not account.brought
    (said,) = account.by_hand
    assert home.id in said


def test_what_a_later_release_keeps_is_left_out_and_told_of(shop: Shop) -> None:
    shop.copy.put({"PK": "NEWKIND#x", "SK": "x"})
    account = shop.restore()
    assert account.left["items", "this release does not know their kind"] == 1
