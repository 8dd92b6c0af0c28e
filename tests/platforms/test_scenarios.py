"""All forty scenarios written to every platform, in both formats: each day as it must be, per account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from daybook.store.companies import Company
from tests.platforms import counts
from tests.platforms.benches import FOREIGN, benches
from tests.platforms.world import Bench, Difference, PlatformWorld
from tests.scenarios import INVOICE, JOURNAL
from tests.scenarios.merchants import CATALOGUE, RECORDS, Group, choices, differences, entries, groups
from tests.simulation.world import Clock

# Later than any day of theirs.
AFTERWARDS = datetime(2026, 11, 1, 12, tzinfo=UTC)
PAGES = Path(__file__).resolve().parents[2] / "docs" / "platforms"
ALL = 40


def groups_at(bench: Bench) -> Iterator[tuple[Group, Difference | None]]:
    """The merchants of a platform: those of its differences each for themselves."""
    for group in groups():
        alike = tuple(each for each in group.scenarios if each.id not in bench.differences)
        if alike:
            yield Group(alike), None
        for each in group.scenarios:
            if each.id in bench.differences:
                yield Group((each,)), bench.differences[each.id]


def merchants() -> Iterator[Any]:
    """Platform, merchant, difference and format, for all tests."""
    for bench in benches():
        for group, difference in groups_at(bench):
            for output_format in (INVOICE, JOURNAL):
                name = f"{bench}-from-{group.like.id}-{output_format}"
                yield pytest.param(bench, group, difference, output_format, id=name)


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


def run(world: PlatformWorld, group: Group, difference: Difference, output_format: str) -> list[str]:
    """Push and sync phase after phase; everything that is not as expected."""
    difference.prepare(world.simulator)
    company = world.open_company(f"Scenario {group.like.id}")
    expected: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    wrong: list[str] = []

    def configure(phase: int) -> None:
        chosen = choices(group, phase, output_format)
        named = {key: difference.accounts.get(name, name) for key, name in chosen.accounts.items()}
        world.configure(company, world.named_there(replace(chosen, accounts=named)))

    for phase in range(group.phases):
        if group.like.withheld:
            configure(phase)
        push(world, company, group, phase, CATALOGUE)
        if not group.like.withheld:
            configure(phase)
        push(world, company, group, phase, RECORDS)
        sync = world.sync(company)
        when = f"phase {phase}"
        if output_format in difference.refused:
            if sync.status_code != 5130 or difference.words not in sync.error_message:
                wrong.append(f"{group.like.id} {when}: {sync.status_code} {sync.error_message}")
        else:
            wanted = {
                each.status(phase, output_format) for each in group.scenarios if phase < len(each.phases)
            }
            if sync.status_code not in wanted or len(wanted) > 1:
                text = f"{sync.status_code} instead of {wanted}: {sync.error_message}"
                wrong.append(f"{group.like.id} {when}: {text}")
            for day, name, amount in entries(
                group, phase, output_format, lambda tax: world.bench.tax_account(tax, output_format)
            ):
                expected[day][difference.accounts.get(name, name)] += amount
        wrong.extend(differences(group, when, expected, world.movements()))
        wrong.extend(world.simulator.violations)
    return wrong


@pytest.mark.parametrize(("bench", "group", "difference", "output_format"), list(merchants()))
def test_scenarios(bench: Bench, group: Group, difference: Difference | None, output_format: str) -> None:
    world = PlatformWorld(
        clock=Clock(AFTERWARDS), bench=bench, currency=group.like.ledger_currency, zone=group.like.zone
    )
    try:
        wrong = run(world, group, difference or Difference(""), output_format)
    finally:
        world.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("bench", [each for each in benches() if each.name != "freeagent"], ids=str)
def test_a_currency_that_is_not_set_up_there_is_named(bench: Bench) -> None:
    """Nothing of that day is written, and the merchant reads why in the platform's own words.

    FreeAgent takes invoices in any currency; there it is the payment that waits for a bank account.
    """
    ((group, difference),) = [each for each in groups_at(bench) if each[0].like.id == FOREIGN]
    assert difference is not None
    as_it_is = replace(difference, prepare=Difference("").prepare, accounts={}, refused=(INVOICE, JOURNAL))
    world = PlatformWorld(clock=Clock(AFTERWARDS), bench=bench)
    try:
        assert not run(world, group, as_it_is, INVOICE)
    finally:
        world.close()


@pytest.mark.parametrize("bench", benches(), ids=str)
def test_every_scenario_is_run_and_its_differences_are_documented(bench: Bench) -> None:
    page = " ".join((PAGES / f"{bench}.md").read_text(encoding="utf-8").split())
    run_there = [scenario.id for group, _ in groups_at(bench) for scenario in group.scenarios]
    assert len(run_there) == len(set(run_there)) == ALL
    assert set(bench.differences) <= set(run_there)
    for difference in bench.differences.values():
        assert difference.reason in page.replace("**", "")
    refused = {each: found.refused for each, found in bench.differences.items() if found.refused}
    told = "; ".join(f"{each} is refused in {', '.join(formats)}" for each, formats in refused.items())
    counts.say(
        f"scenarios, {bench}: {ALL} in two formats, each day exact per account"
        f" ({', '.join(map(str, bench.differences))} after a set-up of its own{f'; {told}' if told else ''})"
    )
