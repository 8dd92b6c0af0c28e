"""Records go when their retention is over, and the books do not move (docs/erasure.md)."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.retention import Closed
from daybook.domain.times import Calendar
from daybook.services import syncs
from daybook.services.drill_down import read_line
from daybook.services.ingest import push_records
from daybook.services.retention import retire_past
from daybook.services.tie_out import read_tie_out
from daybook.store import companies, datasets, records, retention
from daybook.store.companies import Company
from daybook.store.syncs import NOTHING_TO_WRITE, SUCCESSFUL, WRITTEN
from daybook.wire.messages import RetireMessage
from local.demo import choices
from tests.scenarios.shapes import line, order, payment, transaction
from tests.simulation.world import World

START = replace(choices("Invoice"), start="2026-03-01T00:00:00Z")
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 10


def at(day: int) -> datetime:
    """Nine in the morning of a day; day 1 is 2 March 2026."""
    return BEGIN + timedelta(days=day, hours=9)


def sold(name: str, on: int, amount: str = "10.00", paid_on: int | None = None) -> dict[str, Any]:
    """A sale, paid at once or on a later day."""
    paid = payment(f"p-{name}", amount, "Cash", on=on if paid_on is None else paid_on)
    return order(name, [line(amount)], [paid], on=on)[1]


@dataclass
class Shop:
    """A merchant with a shop, and what its books should hold."""

    world: World = field(default_factory=World)
    expected: dict[str, tuple[Decimal, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open it on the first morning, with a sale."""
        self.world.clock.moment = at(1)
        self.company: Company = self.world.open_company()
        self.push("first", 0)
        self.world.configure(self.company, START)

    def push(self, name: str, on: int, amount: str = "10.00", paid_on: int | None = None) -> bool:
        """Push a sale, or another version of it; whether it was taken."""
        version = sold(name, on, amount, paid_on) | {"sourceModifiedDate": self.world.clock.now().isoformat()}
        self.world.clock.advance(seconds=1)
        dataset = self.world.push(self.company, "orders", [version])
        if not dataset.refused:
            self.expected[name] = Decimal(amount), max(on, paid_on or on)
        return not dataset.refused

    def delete(self, name: str) -> bool:
        """Push the deletion of a sale; whether it was taken."""
        dataset = self.world.push(self.company, "orders", [{"id": name}])
        if not dataset.refused:
            self.expected.pop(name, None)
        return not dataset.refused

    def sync(self, kind: str = "latest") -> int:
        """Sync up to now; how it ended."""
        if kind == "latest":
            return self.world.sync(self.company).status_code
        now = self.world.clock.now()
        ask = syncs.request_restate if kind == "restate" else syncs.request_historic
        asked = ask(self.world.runtime, self.company, BEGIN, now)
        self.world.deliver()
        return syncs.read_sync(self.world.runtime, self.company, asked.id).status_code

    def retire(self) -> None:
        for _ in range(2):
            self.world.clock.advance(days=1)
            self.world.retire(DAYS)

    def kept(self) -> set[str]:
        (shop,) = self.world.shops(self.company)
        return {
            each.identity for each in records.iterate(self.world.table, self.company.id, shop.id, "orders")
        }

    def closed(self) -> Closed:
        return retention.get(self.world.table, self.company.id).closed

    def is_whole(self) -> None:
        total = sum((amount for amount, _ in self.expected.values()), Decimal(0))
        books = self.world.balances(self.company)
        assert books.get(("GBP", "Cash on hand"), 0) == total
        assert books.get(("GBP", "Sales"), 0) == -total


def old_shop(*names: str) -> Shop:
    """A shop whose sales of 2 March are posted, proven and past their retention."""
    shop = Shop()
    for name in names or ("one",):
        shop.push(name, 1)
    shop.world.clock.moment = at(2)
    assert shop.sync() == WRITTEN
    shop.world.clock.moment = at(1 + DAYS + 2)
    return shop


def test_records_go_and_the_books_stay() -> None:
    """What is kept for accounting too: totals, documents, tie-outs and what a line is made of."""
    shop = old_shop()
    company, runtime = shop.company, shop.world.runtime
    sync = syncs.latest_sync(runtime, company)
    proof = read_tie_out(runtime, company, sync.id)
    shop.retire()
    assert shop.kept() == set()
    partitions = {item["PK"].partition("#")[0] for item in shop.world.table.everything()}
    assert not partitions & {"DAY", "LINK"}
    shop.is_whole()
    assert read_tie_out(runtime, company, sync.id) == proof
    for stored in runtime.documents.newest_first(company.id):
        assert read_line(runtime, company, stored.key, "1")["records"]
    for kind in ("latest", "historic", "restate"):
        assert shop.sync(kind) == NOTHING_TO_WRITE
        shop.is_whole()


def test_0_days_keep_records_for_ever() -> None:
    shop = old_shop()
    for _ in range(3):
        shop.world.clock.advance(days=400)
        assert shop.world.retire(0) == 0
    assert shop.kept() == {"first", "one"}


def test_a_record_that_is_not_posted_stays_however_old() -> None:
    """Its day's failed sync, its missing sync, and all after it keep theirs."""
    shop = old_shop()
    late = shop.push("late", 2)
    assert late
    shop.world.clock.advance(days=400)
    shop.retire()
    assert shop.kept() == {"late"}
    assert shop.sync() == WRITTEN
    shop.is_whole()
    shop.retire()
    assert shop.kept() == set()
    shop.is_whole()


def test_a_blocked_day_keeps_its_records() -> None:
    """And the days after it wait for it."""
    shop = old_shop()
    klarna = order("k", [line("5.00")], [payment("pk", "5.00", "Klarna", on=1)], on=1)[1]
    shop.world.push(shop.company, "orders", [klarna])
    assert shop.sync() not in SUCCESSFUL
    shop.retire()
    assert shop.kept() == {"k", "one"}


def test_records_of_before_the_start_date_are_never_posted_and_stay() -> None:
    shop = Shop()
    shop.world.clock.moment = at(2)
    shop.world.configure(shop.company, replace(START, start="2026-03-02T00:00:00Z"))
    shop.push("one", 1)
    shop.sync()
    shop.world.clock.moment = at(40)
    shop.retire()
    assert shop.kept() == {"first"}
    shop.world.configure(shop.company, replace(START, start="2026-03-01T00:00:00Z"))
    assert shop.sync() == WRITTEN
    shop.is_whole()
    shop.retire()
    assert shop.kept() == set()
    shop.is_whole()


@pytest.mark.parametrize("change", ["same day", "moved", "deleted", "new"])
def test_what_comes_for_a_closed_day_is_refused_and_said_so(change: str) -> None:
    shop = old_shop()
    shop.retire()
    today = (shop.world.clock.now() - BEGIN).days
    if change == "deleted":
        assert not shop.delete("one")
    else:
        name, on = ("other", 1) if change == "new" else ("one", today if change == "moved" else 1)
        assert not shop.push(name, on, "99.00")
    newest = next(iter(_datasets(shop)))
    assert newest.refused == 1
    assert "closed" in newest.errors[0]["message"]
    assert newest.errors[0]["itemId"] in ("one", "other")
    for kind in ("latest", "restate"):
        shop.world.clock.advance(days=1)
        assert shop.sync(kind) == NOTHING_TO_WRITE
        shop.is_whole()


def _datasets(shop: Shop) -> Iterator[Any]:
    return datasets.newest_first(shop.world.table, shop.company.id)


def test_an_order_waits_for_all_it_is_joined_to() -> None:
    """A refund today of an order long ago still needs that order."""
    shop = old_shop("one", "two")
    yesterday = (shop.world.clock.now() - BEGIN).days - 1
    refund = transaction("r1", "Refund", "-4.00", on=yesterday, source=("Order", "one"))[1]
    assert not shop.world.push(shop.company, "transactions", [refund]).refused
    shop.sync()
    shop.retire()
    assert shop.kept() == {"one"}
    shop.world.clock.advance(days=DAYS + 3)
    shop.sync()
    shop.push("last", (shop.world.clock.now() - BEGIN).days - 1)
    shop.world.clock.advance(days=1)
    shop.sync()
    shop.retire()
    assert "one" not in shop.kept()


def test_what_was_moved_from_a_day_stays_until_that_day_is_closed_too() -> None:
    """What was posted of it there is taken back by that day's sync, which must still know the record."""
    shop = Shop()
    shop.push("one", 9)
    shop.world.clock.moment = at(10)
    assert shop.sync() == WRITTEN
    assert shop.push("one", 1)
    shop.world.clock.moment = at(1 + DAYS + 2)
    assert shop.sync() == WRITTEN
    shop.retire()
    assert shop.kept() == {"one"}
    shop.is_whole()


def test_a_closed_day_stays_as_posted_though_an_order_of_it_is_still_open() -> None:
    shop = old_shop()
    assert shop.push("span", 4, "10.00", paid_on=DAYS + 2)
    assert shop.sync() == WRITTEN
    shop.retire()
    shop.world.clock.advance(days=1)
    shop.world.retire(DAYS)
    assert shop.closed().spans[0].last == at(4).date()
    before = shop.world.runtime.documents.of_day(shop.company.id, "2026-03-05")
    assert shop.push("span", 4, "12.00", paid_on=DAYS + 2)
    shop.sync()
    assert shop.world.runtime.documents.of_day(shop.company.id, "2026-03-05") == before


def test_what_is_announced_is_closed_only_when_all_under_way_has_ended() -> None:
    shop = old_shop()
    for minutes, closed in ((0, False), (10, False), (6, True)):
        shop.world.clock.advance(minutes=minutes)
        retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True)
        assert bool(shop.closed().spans) == closed


def test_a_sync_under_way_puts_closing_off() -> None:
    shop = old_shop()
    shop.world.clock.advance(days=1)
    shop.world.retire(DAYS)
    syncs.request_restate(shop.world.runtime, shop.company, BEGIN, shop.world.clock.now())
    shop.world.runtime.syncs.start_next(shop.company.id, syncs.iso(shop.world.clock.now()))
    shop.world.clock.advance(days=1)
    retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True)
    assert not shop.closed().spans
    assert shop.kept() == {"first", "one"}


def _look(shop: Shop) -> RetireMessage:
    return RetireMessage(company_id=shop.company.id, retire_from="")


def test_what_was_being_written_when_a_day_was_announced_is_posted() -> None:
    """A record is written before the mark that says so: the day closes only when both must be there."""
    shop = old_shop()
    shop.world.clock.advance(days=1)
    (connection,) = shop.world.shops(shop.company)
    raw = json.dumps([sold("late", 1)], default=str).encode()
    push_records(shop.world.runtime, shop.company.id, connection.id, "orders", raw)
    looked = False

    def look(operation: str) -> None:
        nonlocal looked
        if operation == "put" and not looked and "late" in shop.kept():
            looked = True
            retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True)

    shop.world.table.after = look
    shop.world.deliver()
    shop.world.table.after = lambda _operation: None
    assert looked
    shop.expected["late"] = Decimal("10.00"), 1
    shop.world.clock.advance(days=1)
    shop.world.retire(DAYS)
    assert "late" in shop.kept()
    assert shop.sync() == WRITTEN
    shop.is_whole()


class Interrupted(Exception):
    """The process ended."""


def test_an_interrupted_worker_goes_on_when_it_is_called_again() -> None:
    """Whichever call of the table it dies after; what is half gone is neither reversed nor posted again."""
    shop = old_shop("one", "two", "three")
    shop.world.clock.advance(days=1)
    shop.world.retire(DAYS)
    shop.world.clock.advance(days=1)
    kept = shop.world.table.snapshot()
    for call in itertools.count(0, 2):
        shop.world.table.restore(kept)
        counted = itertools.count()

        def fail(_operation: str, counted: Iterator[int] = counted, call: int = call) -> None:
            if next(counted) == call:
                raise Interrupted

        shop.world.table.after = fail
        died = False
        try:
            retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True)
        except Interrupted:
            died = True
        shop.world.table.after = lambda _operation: None
        assert shop.sync("restate") in SUCCESSFUL
        shop.is_whole()
        retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True)
        assert shop.kept() == set()
        if not died:
            break
    assert call > 10


def test_a_worker_out_of_time_says_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daybook.services.retire_records._AT_ONCE", 2)
    shop = old_shop(*(f"o{number}" for number in range(9)))
    shop.world.clock.advance(days=1)
    shop.world.retire(DAYS)
    shop.world.clock.advance(days=1)
    assert shop.world.retire(DAYS, has_time=lambda: False) >= 5
    assert shop.kept() == set()


def test_a_deleted_company_is_left_to_its_erasure() -> None:
    shop = old_shop()
    companies.delete(shop.world.table, shop.company, "2026-03-14T00:00:00Z")
    before = shop.world.table.everything()
    assert retire_past(shop.world.runtime, _look(shop), DAYS, lambda: True) == ""
    assert shop.world.table.everything() == before


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_pushed_and_asked_for_the_books_hold_every_sale_once(seed: int) -> None:
    """Random stories: retention at any moment, late and repeated versions, moves, deletions, every sync."""
    chance = random.Random(seed)  # noqa: S311 - a story told the same way every time
    shop, made = Shop(), 0
    for _ in range(60):
        today = (shop.world.clock.now() - BEGIN).days
        name = chance.choice(sorted(shop.expected) or ["first"])
        match chance.randrange(9):
            case 0 | 1:
                made += 1
                day = max(0, today - 1 - chance.randrange(14))
                later = min(today - 1, day + chance.randrange(20)) if chance.random() < 0.2 else None
                shop.push(f"{'span' if later is not None else 'o'}{made}", day, f"{made}.00", later)
            case 2 if not name.startswith("span"):
                shop.push(name, max(0, today - 1 - chance.randrange(25)), f"{chance.randrange(1, 50)}.00")
            case 3 if not name.startswith("span"):
                shop.delete(name)
            case 4 | 5:
                shop.world.clock.advance(days=chance.randrange(1, 6))
            case 6:
                shop.world.retire(DAYS)
            case _:
                assert shop.sync(chance.choice(["latest", "historic", "restate"])) in SUCCESSFUL
    for _ in range(3):
        shop.world.clock.advance(days=1)
        assert shop.sync() in SUCCESSFUL
        shop.is_whole()
        shop.world.retire(DAYS)
    assert shop.sync("restate") in SUCCESSFUL
    shop.is_whole()
    kept, calendar = shop.kept(), Calendar.of("Etc/UTC", 0)
    (connection,) = shop.world.shops(shop.company)
    closed = shop.closed()
    for each in records.iterate(shop.world.table, shop.company.id, connection.id, "orders"):
        days = {calendar.day_of(datetime.fromisoformat(time).replace(tzinfo=UTC)) for time in each.times}
        assert each.previous or not all(day in closed for day in days)
    assert closed.spans
    assert len(kept) < len(shop.expected)
