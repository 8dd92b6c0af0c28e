"""All forty scenarios written to every platform, in both formats: each day as it must be, per account."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from daybook.store.companies import Company
from tests.platforms.benches import benches
from tests.platforms.world import Bench, PlatformWorld
from tests.scenarios import INVOICE, JOURNAL
from tests.scenarios.merchants import CATALOGUE, RECORDS, Group, choices, differences, entries, groups
from tests.simulation.world import Clock

# Later than any day of theirs.
AFTERWARDS = datetime(2026, 11, 1, 12, tzinfo=UTC)


def push(world: PlatformWorld, company: Company, group: Group, phase: int, types: tuple[str, ...]) -> None:
    """Push one phase's records of these types."""
    batches: dict[str, list[Any]] = defaultdict(list)
    for scenario in group.scenarios:
        for data_type, body in scenario.phases[phase] if phase < len(scenario.phases) else []:
            batches[data_type].append(body)
    for data_type in types:
        if data_type in batches:
            dataset = world.push(company, data_type, batches[data_type])
            assert dataset.refused == 0, dataset


def run(world: PlatformWorld, group: Group, output_format: str) -> list[str]:
    """Push and sync phase after phase; everything that is not as expected."""
    company = world.open_company(f"Scenario {group.like.id}")
    expected: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    wrong: list[str] = []
    for phase in range(group.phases):
        if group.like.withheld:
            world.configure(company, choices(group, phase, output_format))
        push(world, company, group, phase, CATALOGUE)
        if not group.like.withheld:
            world.configure(company, choices(group, phase, output_format))
        push(world, company, group, phase, RECORDS)
        sync = world.sync(company)
        wanted = {each.status(phase, output_format) for each in group.scenarios if phase < len(each.phases)}
        if sync.status_code not in wanted or len(wanted) > 1:
            text = f"{sync.status_code} instead of {wanted}: {sync.error_message}"
            wrong.append(f"{group.like.id} phase {phase}: {text}")
        for day, name, amount in entries(group, phase, output_format, world.bench.tax_account):
            expected[day][name] += amount
        wrong.extend(differences(group, f"phase {phase}", expected, world.movements()))
        wrong.extend(world.simulator.violations)
    return wrong


@pytest.mark.parametrize("output_format", [INVOICE, JOURNAL])
@pytest.mark.parametrize("group", groups(), ids=lambda group: f"from-{group.like.id}")
@pytest.mark.parametrize("bench", benches(), ids=str)
def test_scenarios(bench: Bench, group: Group, output_format: str) -> None:
    world = PlatformWorld(
        clock=Clock(AFTERWARDS), bench=bench, currency=group.like.ledger_currency, zone=group.like.zone
    )
    try:
        wrong = run(world, group, output_format)
    finally:
        world.close()
    assert not wrong, "\n".join(wrong)
