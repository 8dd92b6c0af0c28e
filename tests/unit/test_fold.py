"""The second opinion itself: it balances, it is deterministic, and it agrees with the forty scenarios."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from local.demo import ACCOUNTS
from local.generator import Wave, generate
from tests.fold import Choice, fold
from tests.scenarios import Scenario, scenarios

KEYS = [key for key in ACCOUNTS if not key.startswith("custom-")] + ["custom"]


def cafe_choice() -> Choice:
    """Every key an account of its own name."""
    taxes = {frozenset([component]): f"tax-{component}" for component in ("standard", "reduced", "exempt")}
    return Choice({key: key for key in KEYS}, taxes)


def flat(wave: Wave) -> list[tuple[str, str, dict[str, Any]]]:
    """A wave as the fold takes it."""
    return [(shop, data_type, body) for (shop, data_type), bodies in wave.items() for body in bodies]


def test_every_day_of_the_cafe_balances() -> None:
    ledger = fold(flat(generate().latest_records()), cafe_choice())
    for day, postings in ledger.days.items():
        by_currency: dict[str, Decimal] = defaultdict(Decimal)
        for (currency, _), amount in postings.items():
            by_currency[currency] += amount
        assert set(by_currency.values()) == {Decimal(0)}, day


def test_the_cafe_uses_every_key_it_is_meant_to() -> None:
    ledger = fold(flat(generate().latest_records()), cafe_choice())
    moved = {account for postings in ledger.days.values() for _, account in postings}
    assert moved == {*KEYS, "tax-standard", "tax-reduced"} - {"rounding"}


def test_the_same_seed_makes_the_same_trade() -> None:
    assert generate(3, 200) == generate(3, 200)
    assert generate(3, 200).first != generate(4, 200).first


def test_latest_records_are_the_waves_without_repeats_and_outdated_versions() -> None:
    trade = generate()
    newest: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    deleted = set()
    for shop, data_type, body in flat(trade.first) + flat(trade.second):
        key = (shop, data_type, body.get("type", "") if data_type == "transactions" else "", body["id"])
        if len(body) == 1:
            deleted.add(key)
        elif key not in newest or body["sourceModifiedDate"] > newest[key]["sourceModifiedDate"]:
            newest[key] = body
    expected = {key: body for key, body in newest.items() if key not in deleted}
    actual = {
        (shop, data_type, body.get("type", "") if data_type == "transactions" else "", body["id"]): body
        for shop, data_type, body in flat(trade.latest_records())
    }
    assert len(deleted) == 1
    assert actual == expected


def latest(scenario: Scenario) -> list[tuple[str, str, dict[str, Any]]]:
    """The last version of each record over all phases of a scenario."""
    found: dict[tuple[str, ...], tuple[str, str, dict[str, Any]]] = {}
    for records in scenario.phases:
        for data_type, body in records:
            key = (data_type, body["id"], body.get("type", ""), body.get("subType", ""))
            found[key] = ("shop", data_type, body)
            if len(body) == 1:
                del found[key]
    return list(found.values())


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: f"{scenario.id}")
def test_the_fold_agrees_with_the_scenario(scenario: Scenario) -> None:
    accounts = {key: name.split(" [")[0] for name, keys in scenario.accounts.items() for key in keys}
    choice = Choice(
        accounts,
        {frozenset(tax.components): tax.account for tax in scenario.taxes if tax.components},
        zone=scenario.zone,
        sales_date=scenario.settings.get("sales.salesDate", "created"),
        categories="grouping.invoiceLineLevel" in scenario.settings,
    )
    choice.accounts.setdefault("invoice", "Accounts receivable")
    expected: dict[Any, dict[Any, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for phase in scenario.expected:
        for entry in phase:
            for name, amount in entry.by_account().items():
                expected[entry.day][scenario.currency, name] += amount
    ledger = fold(latest(scenario), choice)
    actual = {day: postings for day in ledger.days if (postings := ledger.day(day))}
    wanted = {
        day: net
        for day, postings in expected.items()
        if (net := {place: amount for place, amount in postings.items() if amount})
    }
    assert actual == wanted
