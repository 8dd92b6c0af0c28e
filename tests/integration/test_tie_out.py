"""What the ledger holds otherwise than it was written: said, document by document, until it is put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from daybook.domain.documents import Kind
from daybook.domain.errors import PlatformUnavailable, PlatformUnclear
from daybook.domain.ledger import Written
from daybook.services.tie_out import read_tie_out
from daybook.store.companies import Company
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN, Sync
from tests.integration.page_calls import browser_over
from tests.integration.portal_world import enter, place, visited
from tests.integration.troubles import START, Troubles, sell, trouble
from tests.scenarios.shapes import line, order, payment, standard
from tests.simulation.world import World

DATA = 5120
DAY = date(2026, 3, 3)
PENNY = Decimal("0.01")
PLATFORM = "Sandbox books"

Holding = Callable[[Kind, Written], Written]


def as_written(_kind: Kind, held: Written) -> Written:
    return held


def pennies_apart(kind: Kind, held: Written) -> Written:
    """Two payments, one a penny over and the other a penny under."""
    off = {Decimal(10): PENNY, Decimal(20): -PENNY}.get(held.total, Decimal(0))
    return replace(held, total=held.total + off) if kind is Kind.PAYMENT else held


def more_tax(kind: Kind, held: Written) -> Written:
    """The same total, another part of it tax."""
    if kind is not Kind.INVOICE:
        return held
    assert held.tax is not None
    return replace(held, tax=held.tax + PENNY)


@pytest.fixture
def world() -> World:
    made = visited()
    made.clock.moment = datetime(2026, 3, 4, 9, tzinfo=UTC)
    return made


@pytest.fixture
def company(world: World) -> Company:
    """A merchant who on 3 March sold for 30.00, of which 2.00 tax; 10.00 were paid in cash, 20.00 by card."""
    opened = world.open_company()
    paid = [payment("p1", "10.00", "Cash", on=2), payment("p2", "20.00", "Card", on=2)]
    sold = order("o1", [standard("12.00", "2.00"), line("18.00")], paid, on=2)
    world.push(opened, "orders", [sold[1]])
    world.configure(opened, START)
    return opened


@pytest.fixture
def troubles(world: World, company: Company) -> Troubles:
    assert company.id in world.ledgers
    return trouble(world)


def rows(world: World, company: Company, sync: Sync) -> dict[str, tuple[Decimal, Decimal, bool]]:
    """What was written beside what the ledger answered, by measure."""
    found: dict[str, tuple[Decimal, Decimal, bool]] = {}
    for part in read_tie_out(world.runtime, company, sync.id)["days"]:
        for row in part["rows"]:
            if row["platform"] is not None:
                found[row["measure"]] = (row["documents"], row["platform"], row["agrees"])
    return found


def written(world: World, company: Company, kind: Kind) -> list[StoredDocument]:
    stored = world.runtime.documents.of_day(company.id, DAY.isoformat())
    return [each for each in stored if each.document.kind is kind]


def test_what_is_held_as_written_agrees(world: World, company: Company) -> None:
    sync = world.sync(company)
    assert sync.status_code == WRITTEN
    assert rows(world, company, sync) == {
        "Written as invoice": (30, 30, True),
        "Tax written as invoice": (2, 2, True),
        "Written as payment": (30, 30, True),
    }
    assert read_tie_out(world.runtime, company, sync.id)["agrees"]


def test_a_penny_over_does_not_make_up_for_a_penny_under(
    world: World, company: Company, troubles: Troubles
) -> None:
    troubles.holds = pennies_apart
    sync = world.sync(company)
    assert sync.status_code == DATA
    assert rows(world, company, sync)["Written as payment"] == (30, 30, False)
    assert not read_tie_out(world.runtime, company, sync.id)["agrees"]
    payments = written(world, company, Kind.PAYMENT)
    assert len(payments) == 2
    for each in payments:
        assert each.status == SUCCESS
        assert f"a total of {each.platform_total} for {each.document.reference}" in sync.error_message


def test_another_tax_within_the_same_total_is_a_difference(
    world: World, company: Company, troubles: Troubles
) -> None:
    troubles.holds = more_tax
    sync = world.sync(company)
    assert sync.status_code == DATA
    found = rows(world, company, sync)
    assert found["Written as invoice"] == (30, 30, True)
    assert found["Tax written as invoice"] == (2, Decimal("2.01"), False)
    (invoice,) = written(world, company, Kind.INVOICE)
    reference = invoice.document.reference
    assert invoice.error == (
        f"The accounting software holds a total of 30.00 with a tax of 2.01 for {reference}, which is 30.00 "
        "with a tax of 2.00 here."
    )
    assert invoice.error in sync.error_message


def test_a_tax_that_is_not_told_is_not_compared(world: World, company: Company, troubles: Troubles) -> None:
    troubles.holds = lambda _, held: replace(held, tax=None)
    sync = world.sync(company)
    assert sync.status_code == WRITTEN
    assert set(rows(world, company, sync)) == {"Written as invoice", "Written as payment"}


@pytest.mark.parametrize("holds", [pennies_apart, more_tax])
def test_it_is_said_until_it_is_put_right(
    world: World, company: Company, troubles: Troubles, holds: Holding
) -> None:
    """The day is looked at again, with what was sold late on it, and nothing is written twice."""
    troubles.holds = holds
    first = world.sync(company)
    assert first.status_code == DATA
    sell(world, company, 2, amount="5.00")
    again = world.sync(company)
    assert again.status_code == DATA
    differing = [each for each in written(world, company, Kind.PAYMENT) if each.error]
    differing += [each for each in written(world, company, Kind.INVOICE) if each.error]
    assert [each for each in differing if each.document.reference not in again.error_message] == []
    assert not all(agrees for _, _, agrees in rows(world, company, again).values())
    late = len(troubles.sent)
    assert len(set(troubles.sent)) == late
    for fails in (PlatformUnavailable(PLATFORM, "Down."), PlatformUnclear(PLATFORM, "Lost.")):
        troubles.finds = [fails] * 9
        assert world.sync(company).status_code == DATA
    troubles.finds = []
    troubles.holds = as_written
    ended = world.sync(company)
    assert (ended.status_code, ended.error_message) == (NOTHING_TO_WRITE, "")
    assert read_tie_out(world.runtime, company, ended.id)["agrees"]
    assert not [each for each in written(world, company, Kind.INVOICE) if each.error]
    assert len(troubles.sent) == late
    assert not world.runtime.days.marks(company.id, DAY)


def test_one_that_is_found_after_its_answer_was_lost_is_compared_too(
    world: World, company: Company, troubles: Troubles
) -> None:
    troubles.holds = more_tax
    troubles.answers = [PlatformUnclear(PLATFORM, "Lost.")]
    with pytest.raises(PlatformUnclear):
        world.sync(company)
    world.deliver()
    (sync,) = world.runtime.syncs.newest_first(company.id)
    assert sync.status_code == DATA
    assert not rows(world, company, sync)["Tax written as invoice"][2]


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en-us", ("Differs", "with a tax of 2.01")), ("fr-fr", ("Diffère", "dont 2.01 de TVA"))],
)
def test_the_page_of_the_sync_shows_it(
    world: World,
    company: Company,
    troubles: Troubles,
    monkeypatch: pytest.MonkeyPatch,
    locale: str,
    said: tuple[str, str],
) -> None:
    troubles.holds = more_tax
    sync = world.sync(company)
    browser = browser_over(monkeypatch, world.runtime, portal="/portal/")
    enter(world, browser, locale=locale)
    page = browser.get(place(sync))
    assert page.status == 200
    (invoice,) = written(world, company, Kind.INVOICE)
    for words in (*said, invoice.document.reference):
        assert words in page.text
    assert ("Tax written as invoice" in page.text) == (locale == "en-us")
