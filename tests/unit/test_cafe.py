"""The projection of the cafe's whole fortnight agrees, day by day, with the independent fold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from daybook.domain.cases import Stored
from daybook.domain.catalogue import Catalogue
from daybook.domain.configuration import INVOICE, Configuration, TaxMapping
from daybook.domain.projection import Rules, project
from daybook.domain.reading import identity, read_record
from daybook.domain.records import Product
from daybook.domain.resolution import LedgerAccounts
from daybook.domain.schedule import DAILY, Schedule
from daybook.domain.times import Calendar
from local.cafe import DAYS, FIRST_DAY, RATES
from local.demo import ACCOUNTS
from local.generator import generate
from tests.fold import Choice, fold

CUT = datetime(2026, 12, 31, tzinfo=UTC)
ZONE = "Europe/London"
KEYS = {key: key for key in (*ACCOUNTS, "deposits")}

CONFIGURATION = Configuration(
    enabled=True,
    output_format=INVOICE,
    sync_sales=True,
    sync_payments=True,
    sync_fees=True,
    accounts=KEYS,
    tax_mappings=tuple(TaxMapping(frozenset([component]), component) for component in RATES),
    percentage_rates={},
    default_zero_rate="nought",
    customer="customer",
    supplier="supplier",
    invoice_status="Submitted",
    grouping_period="Daily",
    group_by_location=False,
    group_by_country=False,
    group_by_category=False,
    sales_date="created",
    suspense_account="",
    schedule=Schedule(DAILY, FIRST_DAY, 0, ZONE),
)


@pytest.mark.parametrize("sync_hour", [0, 4])
@pytest.mark.parametrize("seed", [7, 8])
def test_projection_is_the_fold(seed: int, sync_hour: int) -> None:
    flat = [
        (shop, data_type, body)
        for (shop, data_type), bodies in generate(seed, 600).latest_records().items()
        for body in bodies
    ]
    tax_accounts = {component: f"tax-{component}" for component in RATES}
    by_component = {frozenset([component]): account for component, account in tax_accounts.items()}
    ledger = fold(flat, Choice(KEYS, by_component, zone=ZONE, sync_hour=sync_hour))
    stored = [Stored(shop, kind, identity(kind, body), read_record(kind, body)) for shop, kind, body in flat]
    gift_cards = frozenset(
        f"{item.connection}/{item.record.id}"
        for item in stored
        if isinstance(item.record, Product) and item.record.is_gift_card
    )
    rules = Rules(
        CONFIGURATION,
        Catalogue(gift_cards, {}),
        LedgerAccounts({**tax_accounts, "nought": "tax-nought"}, "invoice", "payable"),
        Calendar.of(ZONE, sync_hour),
    )
    for day in (FIRST_DAY + timedelta(days=number) for number in range(-1, DAYS + 5)):
        projection = project(day, stored, rules, CUT)
        assert not projection.blockers
        sums: dict[tuple[str, str], Decimal] = {}
        for posting, amount in projection.amounts.items():
            place = (posting.currency, posting.ledger_account)
            sums[place] = sums.get(place, Decimal(0)) + amount
        assert {place: amount for place, amount in sums.items() if amount} == ledger.day(day), day
