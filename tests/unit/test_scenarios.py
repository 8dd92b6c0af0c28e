"""The forty scenarios of the specification, through the pure core, in both output formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from daybook.domain.cases import Stored
from daybook.domain.configuration import Configuration, TaxMapping
from daybook.domain.documents import Posting
from daybook.domain.invoices import render_invoices
from daybook.domain.projection import Rules, project
from daybook.domain.reading import identity, is_deletion, read_record
from daybook.domain.records import Product, event_times
from daybook.domain.rendering import Plan, add_effects, difference, render_journals
from daybook.domain.resolution import PRECEDENCE, Catalogue, LedgerAccounts
from daybook.domain.schedule import DAILY, Schedule
from daybook.domain.times import Calendar, resolve
from tests.books import Books
from tests.scenarios import INVOICE, JOURNAL, Scenario, scenarios

CUT = datetime(2027, 1, 1, tzinfo=UTC)
RECEIVABLE, PAYABLE = "Accounts receivable", "Accounts payable"
FORMATS = (INVOICE, JOURNAL)


@dataclass
class Merchant:
    """A merchant whose days are synced in memory: records by identity, what is posted, and the books."""

    scenario: Scenario
    output_format: str
    books: Books
    records: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    posted: dict[date, dict[Posting, Decimal]] = field(default_factory=dict)
    revisions: dict[date, int] = field(default_factory=dict)
    touched: set[date] = field(default_factory=set)

    def push(self, data_type: str, body: Mapping[str, object]) -> None:
        """Take a record; a later one replaces an earlier one, an id alone deletes."""
        key = (data_type, identity(data_type, body))
        for version in (self.records.pop(key, None), None if is_deletion(data_type, body) else body):
            if version is not None:
                self.touched |= {
                    self.calendar.day_of(resolve(moment, self.calendar.zone))
                    for moment in event_times(read_record(data_type, version))
                }
        if not is_deletion(data_type, body):
            self.records[key] = body

    @property
    def calendar(self) -> Calendar:
        """The merchant's days."""
        return Calendar.of(self.scenario.zone, 0)

    def sync(self, phase: int) -> int:
        """Write what the touched days lack; the status code the sync would end with."""
        stored = [Stored("shop", kind, key, read_record(kind, body)) for (kind, key), body in self.records.items()]
        products = [item.record for item in stored if isinstance(item.record, Product)]
        rules = Rules(
            configuration_of(self.scenario, self.output_format, phase),
            Catalogue(
                frozenset(f"shop/{product.id}" for product in products if product.is_gift_card),
                {f"shop/{product.id}": product.category_ids for product in products},
            ),
            LedgerAccounts(self.books.tax_accounts, RECEIVABLE, PAYABLE),
            self.calendar,
        )
        codes: list[int] = []
        for day in sorted(self.touched):
            codes.append(self._day(day, stored, rules))
        return next((code for code in (*PRECEDENCE, 2000) if code in codes), 2040)

    def _day(self, day: date, stored: list[Stored], rules: Rules) -> int:
        projection = project(day, stored, rules, CUT)
        if projection.blockers:
            return min(blocker.code for blocker in projection.blockers)
        for currency in {posting.currency for posting in projection.amounts}:
            assert not sum(a for p, a in projection.amounts.items() if p.currency == currency)
        posted = self.posted.get(day, {})
        changes = difference(projection.amounts, posted)
        if not changes:
            return 2040
        revision = self.revisions[day] = self.revisions.get(day, 0) + 1
        open_items = tuple(self.books.open.values())
        plan = Plan("t", day, day, revision, rules.configuration, rules.ledger, frozenset(), open_items, posted)
        rendering = render_invoices(changes, plan) if self.output_format == INVOICE else render_journals(changes, plan)
        for document in rendering.documents:
            self.books.write(document)
            posted = add_effects(posted, document.effects)
        self.posted[day] = add_effects(posted, rendering.silent.items())
        assert not difference(projection.amounts, self.posted[day])
        return 2000 if rendering.documents else 2040


def configuration_of(scenario: Scenario, output_format: str, phase: int) -> Configuration:
    """Accounts and tax rates bear the names of the expected entries."""
    missing = scenario.unmapped(phase)
    accounts = {key: name.split(" [")[0] for name, keys in scenario.accounts.items() if name not in missing for key in keys}
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
    merchant = Merchant(scenario, output_format, Books(RECEIVABLE, PAYABLE, rates))
    expected: dict[date, dict[str, Decimal]] = {}
    for phase, records in enumerate(scenario.phases):
        for data_type, body in records:
            merchant.push(data_type, body)
        assert merchant.sync(phase) == scenario.status(phase, output_format)
        for entry in scenario.entries(phase, output_format):
            day = expected.setdefault(entry.day, {})
            for account, amount in entry.by_account().items():
                day[account] = day.get(account, Decimal(0)) + amount
        for day, lines in expected.items():
            assert merchant.books.movements(day) == {account: amount for account, amount in lines.items() if amount}
        written = len(merchant.books.documents)
        merchant.sync(phase)
        assert len(merchant.books.documents) == written
    assert {day for day in merchant.touched if merchant.books.movements(day)} == {d for d, x in expected.items() if any(x.values())}


def test_there_are_forty() -> None:
    """The table is whole."""
    assert len(scenarios()) == len({scenario.id for scenario in scenarios()}) == 40
