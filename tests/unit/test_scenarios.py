"""The forty scenarios of the specification, through the pure core, in both output formats."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.configuration import Configuration, TaxMapping
from daybook.domain.schedule import DAILY, Schedule
from tests.books import Books
from tests.merchant import Merchant
from tests.scenarios import INVOICE, JOURNAL, Scenario, scenarios

RECEIVABLE, PAYABLE = "Accounts receivable", "Accounts payable"
FORMATS = (INVOICE, JOURNAL)


def configuration_of(scenario: Scenario, output_format: str, phase: int) -> Configuration:
    """Accounts and tax rates bear the names of the expected entries."""
    missing = scenario.unmapped(phase)
    accounts = {
        key: name.split(" [")[0]
        for name, keys in scenario.accounts.items()
        if name not in missing
        for key in keys
    }
    accounts.setdefault("invoice", RECEIVABLE)
    mappings = tuple(
        TaxMapping(frozenset(tax.components), rate_id(tax.percent, tax.account))
        for tax in scenario.taxes
        if tax.components and tax.account not in missing
    )
    zero = next((rate_id(tax.percent, tax.account) for tax in scenario.taxes if not tax.components), "")
    return Configuration(
        enabled=True,
        output_format=output_format,
        sync_sales=True,
        sync_payments=True,
        sync_fees=True,
        accounts=accounts,
        tax_mappings=mappings,
        percentage_rates={},
        default_zero_rate=zero,
        customer="customer",
        supplier="supplier",
        invoice_status="Submitted",
        grouping_period="Daily",
        group_by_location=False,
        group_by_country=False,
        group_by_category=any(key.startswith("sales-") for key in accounts),
        sales_date=scenario.settings.get("sales.salesDate", "created"),
        suspense_account="",
        schedule=Schedule(DAILY, date(2025, 1, 1), 0, scenario.zone),
    )


def rate_id(percent: Decimal, account: str) -> str:
    """The id of a tax rate."""
    return f"rate {percent} {account}"


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: f"{scenario.id}-{scenario.title}")
def test_scenario(scenario: Scenario, output_format: str) -> None:
    """Each phase adds exactly the expected entries, and syncing again adds nothing."""
    rates = {rate_id(tax.percent, tax.account): tax.account or "Tax nil" for tax in scenario.taxes}
    merchant = Merchant(Books(RECEIVABLE, PAYABLE, rates), scenario.zone)
    expected: dict[date, dict[str, Decimal]] = {}
    for phase, records in enumerate(scenario.phases):
        for data_type, body in records:
            merchant.push(data_type, body)
        configuration = configuration_of(scenario, output_format, phase)
        assert merchant.sync(configuration) == scenario.status(phase, output_format)
        for entry in scenario.entries(phase, output_format):
            day = expected.setdefault(entry.day, {})
            for account, amount in entry.by_account().items():
                day[account] = day.get(account, Decimal(0)) + amount
        for day, lines in expected.items():
            assert merchant.books.movements(day) == {
                account: amount for account, amount in lines.items() if amount
            }
        written = len(merchant.books.documents)
        merchant.sync(configuration)
        assert len(merchant.books.documents) == written
    assert {day for day in merchant.touched if merchant.books.movements(day)} == {
        d for d, x in expected.items() if any(x.values())
    }


def test_there_are_forty() -> None:
    """The table is whole."""
    assert len(scenarios()) == len({scenario.id for scenario in scenarios()}) == 40
