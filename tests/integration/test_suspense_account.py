"""What is in suspense takes the first mapping it gets, and the rest of its day's configuration is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.errors import PlatformRejected
from daybook.services.configure import save_configuration
from daybook.services.connections import find_connection
from daybook.services.preview import preview
from daybook.store.companies import Company
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from tests.integration.troubles import START, open_shop, sell, trouble
from tests.scenarios.shapes import order, payment, standard
from tests.simulation.world import World

PLATFORM = "Sandbox books"
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def world() -> World:
    """A world in the morning of 3 March 2026."""
    made = World()
    made.clock.moment = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return made


def with_suspense(world: World, company: Company, body: dict[str, Any]) -> None:
    """Save a change of the configuration."""
    save_configuration(world.runtime, company, body)


def account_named(world: World, company: Company, name: str) -> str:
    """The id of an account."""
    books = world.runtime.platform_for(find_connection(world.runtime, company, world.ledgers[company.id]))
    return next(account.id for account in books.reference_data().accounts if account.name == name)


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_what_is_in_suspense_takes_its_first_mapping(world: World, output_format: str) -> None:
    """By adjustment, at the next sync; the rest of the day's configuration is kept, for good."""
    chosen = replace(START, output_format=output_format)
    company = open_shop(world, chosen, days=1, kind="Klarna")
    suspense = account_named(world, company, "Suspense")
    with_suspense(world, company, {"configuration": {"suspenseAccountId": suspense}})
    world.clock.advance(days=1)
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company)["GBP", "Suspense"] == 10
    assert world.sync(company).status_code == NOTHING_TO_WRITE
    mapped = {**START.accounts, "klarna": "Mobile payments clearing", "sales": "Other sales"}
    world.configure(company, replace(chosen, accounts=mapped))
    shown = preview(world.runtime, company, *MARCH)
    assert [day["day"] for day in shown["days"]] == ["2026-03-02"]
    assert world.sync(company).status_code == WRITTEN
    expected = {("GBP", "Mobile payments clearing"): Decimal(10), ("GBP", "Sales"): Decimal(-10)}
    assert world.balances(company) == expected
    world.configure(company, replace(chosen, accounts={**mapped, "klarna": "Card clearing"}))
    sell(world, company, 1, amount="5.00", kind="Klarna")
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company) == {key: amount / 10 * 15 for key, amount in expected.items()}
    assert world.sync(company).status_code == NOTHING_TO_WRITE


@pytest.mark.parametrize("output_format", ["Invoice", "JournalEntry"])
def test_a_tax_in_suspense_takes_its_first_mapping(world: World, output_format: str) -> None:
    """Of the line only the tax is in suspense."""
    company = world.open_company()
    chosen = replace(START, output_format=output_format)
    world.configure(company, chosen)
    sold = order("o1", [standard("12.00", "2.00")], [payment("p1", "12.00", "Cash")])[1]
    sold["orderLineItems"][0]["taxes"][0]["taxComponentRef"]["id"] = "unheard"
    world.push(company, "orders", [sold])
    suspense = account_named(world, company, "Suspense")
    with_suspense(world, company, {"configuration": {"suspenseAccountId": suspense}})
    world.clock.advance(days=1)
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company)["GBP", "Suspense"] == -2
    world.configure(company, replace(chosen, taxes={**chosen.taxes, ("unheard",): "Tax 20%"}))
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company) == {
        ("GBP", "Cash on hand"): Decimal(12),
        ("GBP", "Sales"): Decimal(-10),
        ("GBP", "Tax 20% payable"): Decimal(-2),
    }
    assert world.sync(company).status_code == NOTHING_TO_WRITE


def test_suspense_that_fails_to_leave_is_tried_again(world: World) -> None:
    """The day has no changed record; it is marked all the same."""
    company, troubles = open_shop(world, kind="Klarna"), trouble(world)
    suspense = account_named(world, company, "Suspense")
    with_suspense(world, company, {"configuration": {"suspenseAccountId": suspense}})
    world.clock.advance(days=1)
    assert world.sync(company).status_code == WRITTEN
    world.configure(company, replace(START, accounts={**START.accounts, "klarna": "Card clearing"}))
    troubles.writes = [PlatformRejected(PLATFORM, "No.")]
    assert world.sync(company).status_code == 5130
    assert world.sync(company).status_code == WRITTEN
    assert world.balances(company)["GBP", "Card clearing"] == 10
