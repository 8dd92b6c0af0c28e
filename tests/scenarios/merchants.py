"""The forty scenarios shared out among merchants, so that each can be run through a whole application.

Scenarios that can share a merchant do: each is moved to days of its own, so that no entry can hide behind
another's. The rest, which need other settings or another currency, have a merchant each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from local.merchant import Choices
from tests.scenarios import Entry, Scenario, TaxTreatment, scenarios

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
RECORDS = ("orders", "payments", "transactions", "disputes")
SHARED_START = date(2025, 9, 1)
DAYS_APART = timedelta(days=11)
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


def sandbox_tax_account(tax: TaxTreatment) -> str:
    """Where Sandbox books keeps the tax of a treatment."""
    return f"{rate_name(tax)} payable"


def entries(
    group: Group,
    phase: int,
    output_format: str,
    tax_account: Callable[[TaxTreatment], str] = sandbox_tax_account,
) -> Iterator[tuple[str, str, Decimal]]:
    """What a phase must add: day, account, amount. `tax_account` tells where the tax of a treatment goes."""
    for scenario in group.scenarios:
        tax_accounts = {tax.account: tax_account(tax) for tax in scenario.taxes if tax.account}
        for entry in scenario.entries(phase, output_format) if phase < len(scenario.phases) else []:
            for name, amount in entry.by_account().items():
                yield entry.day.isoformat(), tax_accounts.get(name, LEDGER_NAMES.get(name, name)), amount


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
