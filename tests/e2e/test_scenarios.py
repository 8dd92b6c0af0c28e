"""All forty scenarios through the deployed application, in both formats (`tests/scenarios/merchants.py`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from local.api_client import Client
from local.merchant import Merchant
from tests.scenarios import INVOICE, JOURNAL
from tests.scenarios.merchants import CATALOGUE, RECORDS, Group, choices, differences, entries, groups

WORKERS = 4


def run(client: Client, group: Group, output_format: str) -> list[str]:
    """Push and sync phase after phase; answers everything that is not as expected."""
    like = group.like
    books = {"baseCurrency": like.ledger_currency, "timeZone": like.zone}
    merchant = Merchant.create(client, f"Scenario {like.id}", ["shop"], books)
    expected: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    wrong: list[str] = []
    for phase in range(group.phases):
        if like.withheld:  # what is withheld is saved while nothing that needs it has been seen
            merchant.configure(choices(group, phase, output_format))
        push(merchant, group, phase, CATALOGUE)
        if not like.withheld:
            merchant.configure(choices(group, phase, output_format))
        push(merchant, group, phase, RECORDS)
        status = merchant.sync("latest")
        wanted = {each.status(phase, output_format) for each in group.scenarios if phase < len(each.phases)}
        if status["syncStatusCode"] not in wanted or len(wanted) > 1:
            text = f"{status['syncStatusCode']} instead of {wanted}: {status['errorMessage']}"
            wrong.append(f"{like.id} phase {phase}: {text}")
        for day, name, amount in entries(group, phase, output_format):
            expected[day][name] += amount
        wrong.extend(differences(group, f"phase {phase}", expected, movements(merchant.books())))
    return wrong


def push(merchant: Merchant, group: Group, phase: int, data_types: tuple[str, ...]) -> None:
    """Push one phase's records of these types, and wait until they are kept."""
    batches: dict[str, list[Any]] = defaultdict(list)
    for scenario in group.scenarios:
        for data_type, body in scenario.phases[phase] if phase < len(scenario.phases) else []:
            batches[data_type].append(body)
    sent = [
        merchant.push("shop", data_type, batches[data_type])
        for data_type in data_types
        if data_type in batches
    ]
    for dataset in merchant.wait_for(sent):
        assert dataset["refused"] == 0, dataset


def movements(books: Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """What every day moved in the ledger, by account."""
    moved_on: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in books["entries"]:
        for line in entry["lines"]:
            moved_on[entry["date"]][line["accountName"]] += line["amount"]
    return moved_on


@pytest.mark.parametrize("output_format", [INVOICE, JOURNAL])
def test_scenarios(client: Client, output_format: str) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        runs = [pool.submit(run, client, group, output_format) for group in groups()]
        wrong = [text for each in runs for text in each.result()]
    assert not wrong, "\n".join(wrong)


def test_no_two_scenarios_share_a_day() -> None:
    seen: set[date] = set()
    for group in groups():
        if len(group.scenarios) > 2:
            for scenario in group.scenarios:
                days = {entry.day for phase in scenario.expected for entry in phase}
                assert not days & seen
                seen |= days
    assert sum(len(group.scenarios) for group in groups()) == 40
