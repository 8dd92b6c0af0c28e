"""All forty scenarios through the deployed application, in both output formats.

Scenarios that can share a merchant do: each is moved to days of its own, so that no entry can hide behind
another's. The rest, which need other settings or another currency, have a merchant each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from local.api_client import Client
from local.merchant import Choices, Merchant
from tests.scenarios import INVOICE, JOURNAL, Entry, Scenario, TaxTreatment, scenarios

LEDGER_NAMES = {
    "Cash": "Cash on hand",
    "Bank": "Bank current account",
    "Cash rounding": "Rounding",
    "Card clearing (EUR)": "Card clearing",
}
ALWAYS_CHOSEN = {
    "sales": "Sales",
    "cash": "Cash on hand",
    "card": "Card clearing",
    "invoice": "Accounts receivable",
    "paymentFee": "Payment fees",
}
CATALOGUE = ("taxComponents", "productCategories", "products", "paymentMethods")
SHARED_START = date(2025, 9, 1)
DAYS_APART = timedelta(days=11)
WORKERS = 4
_DATE = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True)
class Group:
    """Scenarios of one merchant. All agree in everything but their records and entries."""

    scenarios: tuple[Scenario, ...]

    @property
    def like(self) -> Scenario:
        return self.scenarios[0]

    @property
    def phases(self) -> int:
        return max(len(scenario.phases) for scenario in self.scenarios)


def groups() -> list[Group]:
    """One merchant for all that can share, one for the two that write nothing, one each for the rest."""
    shared, silent, alone = [], [], []
    for scenario in scenarios():
        if not any(scenario.expected):
            silent.append(scenario)
        elif (
            scenario.ledger_currency == "GBP"
            and not scenario.settings
            and not scenario.withheld
            and "Klarna clearing" not in scenario.accounts
        ):
            shared.append(scenario)
        else:
            alone.append(Group((scenario,)))
    apart = [moved(scenario, place) for place, scenario in enumerate(shared)]
    return [Group(tuple(apart)), Group(tuple(silent)), *alone]


def moved(scenario: Scenario, place: int) -> Scenario:
    """The same scenario on days that no other has; a scenario about certain nights stays where it is."""
    if scenario.first_day.year == 2025:
        return scenario
    shift = SHARED_START + place * DAYS_APART - scenario.first_day
    phases = [
        [
            (data_type, {name: _moved(value, shift) for name, value in body.items()})
            for data_type, body in phase
        ]
        for phase in scenario.phases
    ]
    expected = [[Entry(entry.day + shift, entry.lines) for entry in entries] for entries in scenario.expected]
    return replace(scenario, phases=phases, expected=expected)


def _moved(value: Any, shift: timedelta) -> Any:
    if isinstance(value, list):
        return [_moved(each, shift) for each in value]
    if isinstance(value, dict):
        return {name: _moved(each, shift) for name, each in value.items()}
    if isinstance(value, str) and _DATE.match(value):
        return (date.fromisoformat(value[:10]) + shift).isoformat() + value[10:]
    return value


def rate_name(tax: TaxTreatment) -> str:
    """The Sandbox tax rate a treatment takes."""
    if tax.exempt:
        return "Exempt"
    if tax.components and not tax.percent:
        return "Zero-rated"
    return f"Tax {tax.percent.normalize():f}%"


def choices(group: Group, phase: int, output_format: str) -> Choices:
    """The merchant's configuration in a phase."""
    accounts = dict(ALWAYS_CHOSEN)
    taxes: dict[tuple[str, ...], str] = {}
    for scenario in group.scenarios:
        missing = scenario.unmapped(phase)
        for name, keys in scenario.accounts.items():
            plain = name.split(" [")[0]
            accounts |= {key: LEDGER_NAMES.get(plain, plain) for key in keys if name not in missing}
        taxes |= {
            tax.components: rate_name(tax)
            for tax in scenario.taxes
            if tax.components and tax.account not in missing
        }
    return Choices(
        accounts,
        taxes,
        output_format=output_format,
        start="2025-03-01T00:00:00Z",
        zone=group.like.zone,
        line_groups=["ProductCategory"] if "grouping.invoiceLineLevel" in group.like.settings else [],
        sales_date=group.like.settings.get("sales.salesDate", ""),
    )


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
        push(merchant, group, phase, ("orders", "payments", "transactions", "disputes"))
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


def entries(group: Group, phase: int, output_format: str) -> Iterator[tuple[str, str, Decimal]]:
    """What a phase must add: day, account of Sandbox books, amount."""
    for scenario in group.scenarios:
        tax_accounts = {tax.account: f"{rate_name(tax)} payable" for tax in scenario.taxes if tax.account}
        for entry in scenario.entries(phase, output_format) if phase < len(scenario.phases) else []:
            for name, amount in entry.by_account().items():
                yield entry.day.isoformat(), tax_accounts.get(name, LEDGER_NAMES.get(name, name)), amount


def movements(books: Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """What every day moved in the ledger, by account."""
    moved_on: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in books["entries"]:
        for line in entry["lines"]:
            moved_on[entry["date"]][line["accountName"]] += line["amount"]
    return moved_on


def differences(
    group: Group,
    when: str,
    expected: Mapping[str, Mapping[str, Decimal]],
    actual: Mapping[str, Mapping[str, Decimal]],
) -> Iterator[str]:
    """Days that are not as they must be, with the scenario they belong to."""
    for day in sorted({*expected, *actual}):
        want = {name: amount for name, amount in expected.get(day, {}).items() if amount}
        have = {name: amount for name, amount in actual.get(day, {}).items() if amount}
        if want != have:
            owner = [
                each.id
                for each in group.scenarios
                for phase in each.expected
                for e in phase
                if str(e.day) == day
            ]
            yield f"{owner or group.like.id} {when}, {day}: {have} instead of {want}"


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
