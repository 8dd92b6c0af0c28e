"""A way of paying with the name of something else: pushed, blocked, selected, written and proven."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from daybook.services.configure import read_configuration
from daybook.services.tie_out import read_tie_out
from daybook.store.syncs import WRITTEN
from daybook.store.table import Item
from tests.integration.page_calls import browser_over
from tests.integration.portal_world import enter, place, visited
from tests.integration.stage_world import STAGES, StageWorld, chosen
from tests.integration.troubles import START, open_shop
from tests.scenarios.shapes import line, order, payment, standard
from tests.simulation.world import World


def test_it_is_selected_apart_from_what_it_is_called_like() -> None:
    world = World()
    company = open_shop(world, days=1, kind="Refund")
    returned = order("r1", [standard("-12.00", "-2.00", quantity=-1)], [payment("p9", "-12.00", "Cash")])[1]
    world.push(company, "orders", [returned])
    blocked = world.sync(company)
    assert blocked.status_code == 4000
    assert "No account is selected for 'paid-refund'" in blocked.error_message
    offered = read_configuration(world.runtime, company)["configuration"]
    assert offered["payments"]["accounts"]["paid-refund"]["labelText"] == "Paid by 'Refund'"
    assert "refund" not in offered["payments"]["accounts"]
    assert offered["payments"]["accounts"]["paid-refund"]["accountOptions"]
    world.configure(company, replace(START, accounts={**START.accounts, "paid-refund": "Klarna clearing"}))
    saved = read_configuration(world.runtime, company)["configuration"]
    selected = saved["payments"]["accounts"]["paid-refund"]["selectedAccountId"]
    assert selected
    assert selected != saved["sales"]["accounts"]["refund"]["selectedAccountId"]
    written = world.sync(company)
    assert (written.status_code, written.error_message) == (WRITTEN, "")
    assert world.balances(company)["GBP", "Klarna clearing"] == Decimal("10.00")
    assert world.balances(company)["GBP", "Refunds"] == Decimal("10.00")
    proof = read_tie_out(world.runtime, company, written.id)
    assert proof["agrees"]
    rows = {row["measure"]: row for day in proof["days"] for row in day["rows"]}
    assert rows["Paid by 'Refund'"]["documents"] == Decimal("10.00")
    for measure, amount in (("Refunds, tax included", "12.00"), ("Tax on refunds", "2.00")):
        assert rows[measure]["source"] == rows[measure]["documents"] == Decimal(amount)


@pytest.mark.parametrize(
    ("locale", "rows"),
    [
        ("en-us", ("Paid by 'Payment fee'", "Tax on refunds")),
        ("fr-fr", ("Réglé par : 'Payment fee'", "TVA sur remboursements")),
    ],
)
def test_support_sees_it_and_the_tax_given_back(
    monkeypatch: pytest.MonkeyPatch, locale: str, rows: tuple[str, str]
) -> None:
    world = visited()
    company = open_shop(world, days=1, kind="Payment Fee")
    returned = order("r1", [standard("-12.00", "-2.00", quantity=-1)], [payment("p9", "-12.00", "Cash")])[1]
    world.push(company, "orders", [returned])
    accounts = {**START.accounts, "paid-paymentFee": "Klarna clearing"}
    world.configure(company, replace(START, accounts=accounts))
    browser = browser_over(monkeypatch, world.runtime, portal="/portal/")
    enter(world, browser, locale=locale)
    text = browser.get(place(world.sync(company))).text.replace("\xa0", " ")
    for row in rows:
        assert row in text


def test_notes_of_an_earlier_release_offer_it_too() -> None:
    """They name what was met by what it is called like, which selects something else."""
    world = World()
    company = open_shop(world, days=1, kind="Payout")
    table, key = world.runtime.table, f"COMPANY#{company.id}"
    kept: list[Item] = list(table.query_all(key, begins="OBSERVED#payment#"))
    for item in kept:
        table.delete(key, item["SK"])
    table.batch_put({**item, "SK": "OBSERVED#payment#payout"} for item in kept)
    accounts = read_configuration(world.runtime, company)["configuration"]["payments"]["accounts"]
    assert accounts["paid-payout"]["selectedAccountId"] is None
    assert accounts["payout"]["selectedAccountId"] is not None


@pytest.mark.parametrize(
    ("locale", "called"), [("en-us", "Paid by “Sales”"), ("fr-fr", "Réglé par « Sales »")]
)
def test_merchants_select_it_on_their_page(monkeypatch: pytest.MonkeyPatch, locale: str, called: str) -> None:
    world = StageWorld(monkeypatch, locale=locale)
    world.push([order("a", [line("24.00")], [payment("p", "24.00", "Sales", on=0)], on=0)])
    for stage in STAGES[:2]:
        world.send(stage)
    page = world.show("payments")
    assert called in page.text.replace("\xa0", " ")
    assert chosen(page, "account-paid-sales") == ""
    world.submit(page, account_paid_sales=world.account("Klarna clearing"))
    world.send("schedule")
    saved: dict[str, Any] = world.saved()["configuration"]
    assert saved["payments"]["accounts"]["paid-sales"]["selectedAccountId"] == world.account(
        "Klarna clearing"
    )
    assert saved["sales"]["accounts"]["sales"]["selectedAccountId"] == world.account("Sales")
