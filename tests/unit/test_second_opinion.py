"""Random trade of every kind: the projection of each day must be what the independent fold says.

The cafe is a tidy shop. Here orders are paid early, late, twice or not at all, goods come back with and
without money, and providers charge, lend, hold back and dispute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from daybook.domain.cases import Stored, assemble
from daybook.domain.catalogue import Catalogue
from daybook.domain.configuration import FEE_KEYS, SALE_CLOSED, SALE_CREATED, SALES_KEYS, TaxMapping
from daybook.domain.projection import Rules, project
from daybook.domain.reading import identity, read_record
from daybook.domain.resolution import LedgerAccounts
from daybook.domain.tie_out import source_totals
from daybook.domain.times import Calendar
from daybook.domain.totals import posted_totals
from tests.fold import Choice, fold
from tests.scenarios.shapes import Body, Record, charge, line, order, payment, product, transaction
from tests.unit.test_cafe import CONFIGURATION

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
CUT = datetime(2026, 12, 31, tzinfo=UTC)
KEYS = (
    *(*SALES_KEYS, "sales-a", "sales-b"),
    *(*FEE_KEYS, "payout"),
    *("cash", "card", "invoice", "storeCredit", "prepaidPayment", "custom-app", "custom"),
    *("paid-sales", "paid-refund", "paid-payout"),
)
KINDS = ("Cash", "Card", "Card", "StoreCredit", "Prepaid", "Invoice", "Custom", "Sales", "Payout")
SUB_TYPES = [key for key in FEE_KEYS if key not in ("paymentFee", "paymentFeeRefund", "disputeLoss")]
PERCENT = {"standard": 20, "reduced": 5, "exempt": 0, "": 0}


class Trade:
    """Random records of one connection."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - made-up trade, not a secret
        self.records: list[Record] = [
            product("card", gift_card=True),
            product("pie", categories=["z", "a", "b"]),
            product("tea", categories=["b"]),
            product("mug"),
        ]
        for number in range(25):
            self.order(f"o{number}")
        for number in range(12):
            self.movement(f"t{number}")
        self.records.append(("payments", payment("lone", "7.31", created=self.moment())))
        for status in ("Lost", "Won", "Accepted"):
            body = {"id": status, "totalAmount": Decimal("31.40"), "currency": "GBP", "status": status}
            when = self.moment()
            self.records.append(("disputes", {**body, "createdDate": when, "sourceModifiedDate": when}))

    def moment(self, after: str = "") -> str:
        """A time in March, as UTC, with an offset or with neither; or one some days after another."""
        base = datetime(2026, 3, 2, tzinfo=UTC)
        if after:
            base = datetime.fromisoformat(after).replace(tzinfo=UTC)
        moment = base + timedelta(seconds=self.chance.randrange(86400 * (3 if after else 28)))
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + self.chance.choice(("Z", "Z", "+00:00", ""))

    def line(self, number: int, *, back: bool = False) -> Body:
        """A line, sold or brought back."""
        gross = self.chance.randrange(1, 9000)
        component = self.chance.choice(("standard", "standard", "reduced", "exempt", ""))
        name = self.chance.choice(("pie", "tea", "mug", "card" if component in ("", "standard") else "mug"))
        percent = PERCENT[component]
        tax = (2 * gross * percent + 100 + percent) // (2 * (100 + percent))
        sign = -1 if back else 1
        pence = [Decimal(sign * each).scaleb(-2) for each in (gross, tax)]
        return line(
            str(pence[0]),
            str(pence[1]),
            {component: str(pence[1])} if component else {},
            quantity=sign,
            percent=str(percent),
            product=name,
            unit_price=str(Decimal(gross + (250 if name == "card" else 0)).scaleb(-2))
            if name == "card"
            else "",
            discount=str(sign * Decimal("2.50")) if name == "card" else "",
            number=number,
        )

    def order(self, identifier: str) -> None:
        """An order with whatever may befall it."""
        chance = self.chance
        created = self.moment()
        lines = [self.line(number) for number in range(chance.randrange(1, 4))]
        kind = chance.random() * 10
        if kind < 1:
            lines = [self.line(number, back=True) for number in range(2)]
        elif kind < 3:
            lines.append(self.line(9, back=True))
        charges = (
            [charge(chance.choice(("Generic", "Shipping")), "6.00", "1.00")] if chance.random() < 0.3 else []
        )
        tip = chance.choice(("0", "0", "3.00"))
        value = sum((each["totalAmount"] for each in (*lines, *charges)), Decimal(tip))
        payments = list(self.payments(identifier, created, value))
        made = order(
            identifier,
            lines,
            [],
            created=created,
            closed=self.moment(created) if chance.random() < 0.8 else "",
            charges=charges,
            gratuity=tip,
            modified=self.moment(created),
        )[1]
        self.records.append(("orders", made))
        for number, each in enumerate(payments):
            if chance.random() < 0.7:
                made["payments"].append(each)
            if each not in made["payments"] or number % 2:
                self.records.append(("payments", each))
                joining = transaction(
                    each["id"], "Payment" if each["amount"] > 0 else "Refund", str(each["amount"])
                )
                joining[1].update(
                    createdDate=each["createdDate"], transactionSourceRef={"type": "Order", "id": identifier}
                )
                self.records.append(joining)

    def payments(self, identifier: str, created: str, value: Decimal) -> Iterator[Body]:
        """Payments of an order: in parts, too little or too much, and money given back."""
        chance = self.chance
        paid = value * chance.choice((0, 50, 100, 100, 100, 120)) / 100
        parts = [paid - (paid / 3).quantize(Decimal("0.01")), (paid / 3).quantize(Decimal("0.01"))]
        for number, part in enumerate(parts if chance.random() < 0.5 else [paid]):
            amount = part.quantize(Decimal("0.01"))
            if amount:
                yield self.payment(f"{identifier}-{number}", amount, created)
        if chance.random() < 0.3 and paid > 0:
            back = (paid * chance.choice((10, 100, 130)) / 100).quantize(Decimal("0.01"))
            yield self.payment(f"{identifier}-back", -back, created)

    def payment(self, identifier: str, amount: Decimal, created: str) -> Body:
        """A payment around an order's time."""
        early = (datetime.fromisoformat(created) - timedelta(days=1)).isoformat()
        when = self.moment(created if self.chance.random() < 0.8 else early)
        kind = self.chance.choice(KINDS if amount > 0 else ("Cash", "Card", "StoreCredit", "Refund"))
        status = self.chance.choice(("Paid", "paid", "PAID", "Paid", "Paid", "Failed"))
        method = self.chance.choice(("app", "other")) if kind == "Custom" else ""
        return payment(identifier, str(amount), kind, created=when, status=status, method=method)

    def movement(self, identifier: str) -> None:
        """Something at the provider."""
        amount = str(Decimal(self.chance.randrange(-9000, 9000)).scaleb(-2))
        kind = self.chance.choice(
            ("Payout", "FailedPayout", "Transfer", "PaymentFee", "PaymentFeeRefund", "Unknown")
        )
        sub_type = self.chance.choice(SUB_TYPES) if kind == "Unknown" else ""
        made = transaction(identifier, kind, amount, sub_type=sub_type)
        made[1]["createdDate"] = self.moment()
        self.records.append(made)


@pytest.mark.parametrize("seed", range(24))
def test_every_day_of_random_trade(seed: int) -> None:
    records = Trade(seed).records
    zone, sync_hour = ZONES[seed % 4], (0, 0, 4, 22)[seed // 4 % 4]
    sales_date = (SALE_CREATED, SALE_CLOSED)[seed // 2 % 2]
    configuration = replace(
        CONFIGURATION,
        accounts={key: key for key in KEYS},
        tax_mappings=tuple(TaxMapping(frozenset([each]), each) for each in PERCENT if each),
        sales_date=sales_date,
        group_by_category=seed % 2 == 1,
    )
    taxes = {each: f"tax-{each}" for each in PERCENT if each}
    rules = Rules(
        configuration,
        Catalogue(
            frozenset({"shop/card"}),
            {"shop/pie": ("z", "a", "b"), "shop/tea": ("b",), "shop/mug": (), "shop/card": ()},
        ),
        LedgerAccounts({**taxes, "nought": "tax-nought"}, "invoice", "payable"),
        Calendar.of(zone, sync_hour),
    )
    choice = Choice(
        dict(configuration.accounts),
        {frozenset([each]): account for each, account in taxes.items()},
        zone=zone,
        sync_hour=sync_hour,
        sales_date=sales_date,
        categories=configuration.group_by_category,
    )
    ledger = fold([("shop", data_type, body) for data_type, body in records], choice)
    stored = [Stored("shop", kind, identity(kind, body), read_record(kind, body)) for kind, body in records]
    for day in (date(2026, 2, 27) + timedelta(days=number) for number in range(45)):
        projection = project(day, stored, rules, CUT)
        assert not projection.blockers
        sums: dict[tuple[str, str], Any] = {}
        for posting, amount in projection.amounts.items():
            place = (posting.currency, posting.ledger_account)
            sums[place] = sums.get(place, 0) + amount
        assert {place: amount for place, amount in sums.items() if amount} == ledger.day(day), day
        source = source_totals(day, assemble(stored, rules.calendar), rules, CUT)
        assert source == posted_totals(projection.amounts), day
