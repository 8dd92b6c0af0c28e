"""From pushed records to books, through the real services over a table in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import pytest

from daybook.domain.errors import BadRequest, NotFound
from daybook.services import syncs
from daybook.services.configure import save_configuration
from daybook.services.connections import erase_connection
from daybook.services.drill_down import read_line
from daybook.services.preview import describe, preview
from daybook.services.tie_out import read_tie_out
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from local.demo import ACCOUNTS, choices
from local.generator import generate
from local.merchant import Choices
from tests.fold import Choice, fold
from tests.scenarios.shapes import at, line, order, payment
from tests.simulation.world import World

TAX_ACCOUNTS = {
    frozenset(["standard"]): "Tax 20% payable",
    frozenset(["reduced"]): "Tax 5% payable",
    frozenset(["exempt"]): "Exempt tax payable",
}
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
FORTNIGHT = (datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC))


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_fortnight_ends_as_its_fold(output_format: str) -> None:
    """The cafe's trade, its late and edited records: every balance is the fold of the latest records."""
    world, trade = World(), generate(orders=200)
    company = world.open_company(shops=2)
    shops = {name: number for number, name in enumerate(sorted({shop for shop, _ in trade.first}))}
    for (shop, data_type), bodies in trade.first.items():
        assert world.push(company, data_type, bodies, shops[shop]).status == "Complete"
    world.configure(company, choices(output_format))
    first = world.sync(company, *FORTNIGHT)
    assert (first.status_code, first.error_message) == (WRITTEN, "")
    for (shop, data_type), bodies in trade.second.items():
        world.push(company, data_type, bodies, shops[shop])
    second = world.sync(company)
    assert (second.status_code, second.error_message) == (WRITTEN, "")
    latest = trade.latest_records()
    flat = [(shop, kind, body) for (shop, kind), bodies in latest.items() for body in bodies]
    found = world.balances(company)
    assert found == fold(flat, Choice(ACCOUNTS, TAX_ACCOUNTS)).balances()
    assert read_tie_out(world.runtime, company, second.id)["agrees"]
    for again in (world.sync(company), world.sync(company, *FORTNIGHT)):
        assert again.status_code == NOTHING_TO_WRITE
    assert sum(found.values(), Decimal(0)) == 0


def test_a_blocked_day_leaves_the_others_alone() -> None:
    """A payment type nobody mapped blocks its own day, by name; mapped, the day is written once."""
    world = World()
    company = world.open_company()
    bodies = [
        order("o1", [line("10.00")], [payment("p1", "10.00", "Cash", on=1)], on=1)[1],
        order("o2", [line("20.00")], [payment("p2", "20.00", "Klarna", on=2)], on=2)[1],
        order("o3", [line("30.00")], [payment("p3", "30.00", "Cash", on=3)], on=3)[1],
    ]
    world.push(company, "orders", bodies)
    accounts = {"sales": "Sales", "refund": "Refunds", "card": "Card clearing", "cash": "Cash on hand"}
    accounts |= {
        "payout": "Bank current account",
        "paymentFee": "Payment fees",
        "invoice": "Accounts receivable",
    }
    chosen = Choices(accounts, start="2026-03-01T00:00:00Z")
    world.configure(company, chosen)
    blocked = world.sync(company)
    assert blocked.status_code == 4000
    assert "klarna" in blocked.error_message
    assert "2026-03-03" in blocked.error_message
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(40), ("GBP", "Sales"): Decimal(-40)}
    assert world.sync(company).status_code == 4000
    world.configure(company, replace(chosen, accounts={**accounts, "klarna": "Klarna clearing"}))
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company)["GBP", "Klarna clearing"] == Decimal(20)
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_a_day_cut_in_the_middle_is_completed() -> None:
    """What came after the cut is written by the next sync, beside what was written before it."""
    world = World()
    company = world.open_company()
    bodies = [
        order(
            "o1",
            [line("10.00")],
            [payment("p1", "10.00", "Cash", created=at(1, "09:00:00"))],
            created=at(1, "09:00:00"),
        )[1],
        order(
            "o2",
            [line("20.00")],
            [payment("p2", "20.00", "Cash", created=at(1, "15:00:00"))],
            created=at(1, "15:00:00"),
        )[1],
    ]
    world.push(company, "orders", bodies)
    world.configure(company, choices("Invoice"))
    world.configure(company, replace(choices("Invoice"), start="2026-03-01T00:00:00Z"))
    assert world.sync(company, None, datetime(2026, 3, 2, 12, tzinfo=UTC)).status_code == WRITTEN
    assert world.balances(company)["GBP", "Cash on hand"] == Decimal(10)
    assert world.sync(company, None, datetime(2026, 3, 2, 18, tzinfo=UTC)).status_code == WRITTEN
    assert world.balances(company)["GBP", "Cash on hand"] == Decimal(30)
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_a_posted_day_keeps_its_configuration_until_restated() -> None:
    """A late record is posted where its day was; a restatement moves the whole day."""
    world = World()
    company = world.open_company()
    sold = order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]
    late = order("o2", [line("5.00")], [payment("p2", "5.00", "Cash")])[1]
    world.push(company, "orders", [sold])
    before = replace(choices("Invoice"), start="2026-03-01T00:00:00Z")
    world.configure(company, before)
    assert world.sync(company).status_code == WRITTEN
    world.configure(
        company,
        replace(before, accounts={**before.accounts, "sales": "Other sales"}, output_format="JournalEntry"),
    )
    world.push(company, "orders", [late])
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(15), ("GBP", "Sales"): Decimal(-15)}
    asked = syncs.request_restate(world.runtime, company, *MARCH)
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == WRITTEN
    assert world.balances(company) == {
        ("GBP", "Cash on hand"): Decimal(15),
        ("GBP", "Other sales"): Decimal(-15),
    }
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_a_restated_day_keeps_the_new_configuration_also_when_nothing_moves() -> None:
    """What the change would have moved comes later: it goes where the restatement said."""
    world = World()
    company = world.open_company()
    before = replace(choices("Invoice"), start="2026-03-01T00:00:00Z")
    world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]])
    world.configure(company, before)
    assert world.sync(company).status_code == WRITTEN
    world.configure(company, replace(before, accounts={**before.accounts, "card": "PayPal clearing"}))
    asked = syncs.request_restate(world.runtime, company, *MARCH)
    world.deliver()
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == NOTHING_TO_WRITE
    world.push(company, "orders", [order("o2", [line("5.00")], [payment("p2", "5.00", "Card")])[1]])
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company)["GBP", "PayPal clearing"] == Decimal(5)


def test_a_later_payment_settles_the_invoice_of_its_day() -> None:
    """Also when both days are written by the same sync, and when an overpayment is paid back."""
    world = World()
    company = world.open_company()
    unpaid = order(
        "o1", [line("10.00")], [payment("p1", "4.00", "Cash", on=2), payment("p2", "6.00", "Cash", on=3)]
    )[1]
    world.push(company, "orders", [unpaid])
    world.configure(company, replace(choices("Invoice"), start="2026-03-01T00:00:00Z"))
    assert world.sync(company).status_code == WRITTEN
    written = list(world.runtime.documents.newest_first(company.id))
    assert {each.document.kind.value for each in written} == {"invoice", "payment"}
    references = {
        each.document.settles_reference for each in written if each.document.kind.value == "payment"
    }
    assert references == {
        each.document.reference for each in written if each.document.kind.value == "invoice"
    }
    assert not world.runtime.days.open_items(company.id, ["2026-03-02"])


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_preview_is_what_the_next_sync_writes(output_format: str) -> None:
    """The same documents, to the byte; and looking changes nothing."""
    world, trade = World(), generate(orders=200)
    company = world.open_company(shops=2)
    shops = {name: number for number, name in enumerate(sorted({shop for shop, _ in trade.first}))}
    for (shop, data_type), bodies in trade.first.items():
        world.push(company, data_type, bodies, shops[shop])
    world.configure(company, choices(output_format))
    before = world.table.everything()
    shown = preview(world.runtime, company, *FORTNIGHT)
    assert world.table.everything() == before
    world.sync(company, *FORTNIGHT)
    stored = [
        each for day in shown["days"] for each in world.runtime.documents.of_day(company.id, day["day"])
    ]
    told = [each for day in shown["days"] for each in day["documents"]]
    assert [describe(each.document) for each in stored] == told
    assert told
    assert not preview(world.runtime, company, *FORTNIGHT)["days"]


def test_a_preview_can_be_seen_before_syncs_are_switched_on() -> None:
    """As docs/migrating.md has it; a sync is refused until then."""
    world = World()
    company = world.open_company()
    world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]])
    with pytest.raises(BadRequest, match="not configured"):
        preview(world.runtime, company, *MARCH)
    world.configure(company, replace(choices("Invoice"), start="2026-03-01T00:00:00Z"))
    save_configuration(world.runtime, company, {"enabled": False})
    (day,) = preview(world.runtime, company, *MARCH)["days"]
    assert [each["kind"] for each in day["documents"]] == ["invoice", "payment"]
    with pytest.raises(BadRequest, match="switched off"):
        syncs.request_historic(world.runtime, company, *MARCH)


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_every_line_lists_its_records(output_format: str) -> None:
    """Of first writings and adjustments alike, the contributions of a line's records add up to the line."""
    world, trade = World(), generate(orders=200)
    company = world.open_company(shops=2)
    shops = {name: number for number, name in enumerate(sorted({shop for shop, _ in trade.first}))}
    world.configure(company, choices(output_format))
    for wave in (trade.first, trade.second):
        for (shop, data_type), bodies in wave.items():
            world.push(company, data_type, bodies, shops[shop])
        world.sync(company)
    seen = 0
    for stored in world.runtime.documents.newest_first(company.id):
        lines = [line.net + line.tax for line in stored.document.lines] or [stored.document.total]
        for number, total in enumerate(lines, 1):
            found = read_line(world.runtime, company, stored.key, str(number))
            assert found["total"] == total, (stored.document.reference, number)
            assert found["records"]
            seen += 1
        with pytest.raises(NotFound):
            read_line(world.runtime, company, stored.key, str(len(lines) + 1))
    assert seen > 100


def test_what_a_removed_connection_sent_stays_in_the_books() -> None:
    """Its records are erased; a late record of another shop moves their day by itself alone."""
    world = World()
    company = world.open_company(shops=2)
    world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]], shop=0)
    world.push(company, "orders", [order("o1", [line("7.00")], [payment("p1", "7.00", "Cash")])[1]], shop=1)
    world.configure(company, replace(choices("Invoice"), start="2026-03-01T00:00:00Z"))
    assert world.sync(company).status_code == WRITTEN
    erase_connection(world.runtime, world.shops(company)[1])
    world.push(company, "orders", [order("o2", [line("5.00")], [payment("p2", "5.00", "Cash")])[1]], shop=0)
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(22), ("GBP", "Sales"): Decimal(-22)}
    world.push(company, "orders", [{"id": "o1"}], shop=0)
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(12), ("GBP", "Sales"): Decimal(-12)}


def test_an_interrupted_worker_writes_nothing_twice() -> None:
    """Whichever call of the table a worker dies before or after, repeated messages end the sync the same."""
    outcomes = []
    for when in ("before", "after"):
        for call in count():
            world = World()
            company = world.open_company()
            world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]])
            world.configure(company, replace(choices("Invoice"), start="2026-03-01T00:00:00Z"))
            syncs.request_latest(world.runtime, company, None)
            fault = Fault(call)
            setattr(world.table, when, fault)
            died = False
            try:
                world.deliver()
            except Interrupted:
                died = True
            setattr(world.table, when, lambda _operation: None)
            world.deliver()
            outcomes.append(world.balances(company))
            assert next(syncs.list_syncs(world.runtime, company)).status_code == WRITTEN
            if not died:
                break
    assert len(outcomes) > 50
    assert all(
        each == {("GBP", "Cash on hand"): Decimal(10), ("GBP", "Sales"): Decimal(-10)} for each in outcomes
    )


class Interrupted(Exception):
    """The process ended."""


@dataclass
class Fault:
    """Ends the process at one call."""

    call: int
    seen: int = 0

    def __call__(self, _operation: str) -> None:
        """Count a call."""
        self.seen += 1
        if self.seen == self.call + 1:
            raise Interrupted
