"""The tax given back is a row of the tie-out, added up from the records by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.cases import Stored, assemble
from daybook.domain.catalogue import Catalogue
from daybook.domain.configuration import TaxMapping
from daybook.domain.projection import Rules, project
from daybook.domain.reading import identity, read_record
from daybook.domain.resolution import LedgerAccounts
from daybook.domain.tie_out import source_totals
from daybook.domain.times import Calendar
from daybook.domain.totals import REFUNDS, REFUNDS_TAX, SALES_TAX, Totals, posted_totals, rows
from tests.merchant import CUT
from tests.scenarios.shapes import Body, Record, charge, line, order, payment, standard
from tests.unit.test_convergence import CONFIGURATION, RATES

D1, D2, D3 = (date(2026, 3, number) for number in (2, 3, 4))
BOTH = TaxMapping(frozenset({"standard", "reduced"}), "standard")
RULES = Rules(
    replace(CONFIGURATION, tax_mappings=(*CONFIGURATION.tax_mappings, BOTH)),
    Catalogue(frozenset({"shop/gift-card"}), {}),
    LedgerAccounts({**RATES, "nought": "tax-nought"}, "invoice", "payable"),
    Calendar.of("Europe/London", 0),
)
BACK = standard("-12.00", "-2.00", quantity=-1)


def both_sides(day: date, *records: Record) -> tuple[Totals, Totals]:
    """What the records of a day add up to, and what its postings do."""
    stored = [Stored("shop", kind, identity(kind, body), read_record(kind, body)) for kind, body in records]
    projection = project(day, stored, RULES, CUT)
    assert not projection.blockers
    return source_totals(day, assemble(stored, RULES.calendar), RULES, CUT), posted_totals(projection.amounts)


def tax_of(day: date, *records: Record) -> tuple[str, str]:
    """The tax given back on a day, as both sides have it."""
    source, posted = both_sides(day, *records)
    name = ("GBP", REFUNDS_TAX)
    return str(source.get(name, Decimal(0))), str(posted.get(name, Decimal(0)))


def test_tax_of_returned_lines() -> None:
    returned = order("r1", [BACK], [payment("p1", "-12.00")])
    assert tax_of(D1, returned) == ("2.00", "2.00")


def test_a_restocking_fee_keeps_its_tax() -> None:
    returned = order("r1", [BACK], [payment("p1", "-9.00")], charges=[charge("Generic", "3.00", "0.50")])
    assert tax_of(D1, returned) == ("1.50", "1.50")


def test_tax_of_money_given_back_is_that_of_the_order() -> None:
    sold = [standard("24.00", "4.00"), line("10.50", "0.50", {"reduced": "0.50"}, percent="5")]
    sold += [line("30.00", product="gift-card", unit_price="30.00")]
    back = [payment("p2", "-10.00", on=2), payment("p3", "-60.00", on=3)]
    shop = order("o1", sold, [payment("p1", "64.50"), *back])
    # 10.00 over 24.00 and 10.50: 6.96 and 3.04, with tax 1.16 and 0.14; then all that is left of 4.50.
    assert tax_of(D1, shop) == ("0", "0")
    assert tax_of(D2, shop) == ("1.30", "1.30")
    assert tax_of(D3, shop) == ("3.20", "3.20")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_gift_card_has_no_tax_whatever_its_record_says(sign: int) -> None:
    """It is a debt at face value (specification: mapping, gift card sold); both sides must say so."""
    card = standard(
        f"{12 * sign}.00", f"{2 * sign}.00", quantity=sign, product="gift-card", unit_price="12.00"
    )
    mug = standard(f"{6 * sign}.00", f"{sign}.00", quantity=sign)
    source, posted = both_sides(D1, order("o1", [card, mug], [payment("p1", f"{18 * sign}.00")]))
    assert source == posted
    assert source["GBP", SALES_TAX if sign > 0 else REFUNDS_TAX] == 1


def test_tax_lost_between_refund_and_books_is_seen() -> None:
    """Net and tax come to the same gross: only a row of its own tells that the tax was not given back."""
    returned = order("r1", [BACK], [payment("p1", "-12.00")])
    stored = [Stored("shop", "orders", "r1", read_record(*returned))]
    amounts = project(D1, stored, RULES, CUT).amounts
    as_net = {
        (posting._replace(tax_account="", tax_rate="lost") if posting.tax_account else posting): amount
        for posting, amount in amounts.items()
    }
    source = source_totals(D1, assemble(stored, RULES.calendar), RULES, CUT)
    table = rows(source, posted_totals(as_net))["GBP"]
    assert {row.measure for row in table if not row.agrees} == {REFUNDS_TAX}
    assert [row.measure for row in table][:2] == [REFUNDS, REFUNDS_TAX]


pence = st.integers(1, 3000)


@st.composite
def refunded(draw: st.DrawFn) -> Record:
    """An order of some treatments, paid in part, in full or too much, and given back bit by bit."""
    sold: list[Body] = []
    for number in range(draw(st.integers(1, 4))):
        gross, rate = (
            draw(pence),
            draw(st.sampled_from(["standard", "reduced", "exempt", "", "card", "both"])),
        )
        percent = {"standard": 20, "reduced": 5, "both": 25}.get(rate, 0)
        tax = gross * percent // (100 + percent)
        parts = {"both": {"standard": tax - tax // 5, "reduced": tax // 5}, "": {}, "card": {}}
        named = {name: str(Decimal(part) / 100) for name, part in parts.get(rate, {rate: tax}).items()}
        card = {"product": "gift-card", "unit_price": str(Decimal(gross) / 100)} if rate == "card" else {}
        sold.append(
            line(
                str(Decimal(gross) / 100),
                str(Decimal(tax) / 100),
                named,
                percent=str(percent),
                number=number,
                **card,  # type: ignore[arg-type]
            )
        )
    charges = [charge("Shipping", "6.00", "1.00")] if draw(st.booleans()) else []
    due = int(100 * sum(part["totalAmount"] for part in (*sold, *charges)))
    paid = draw(st.sampled_from([due, due, due // 2, due + 300]))
    payments = [payment("p", str(Decimal(paid) / 100), on=draw(st.integers(1, 2)))] if paid else []
    for number in range(draw(st.integers(1, 4))):
        back = str(-Decimal(draw(pence)) / 100)
        payments.append(payment(f"r{number}", back, on=draw(st.integers(1, 4))))
    return order("o1", sold, payments, charges=charges)


@settings(max_examples=200, deadline=None)
@given(refunded())
def test_both_sides_agree_whatever_is_given_back(shop: Record) -> None:
    for day in (D1 + timedelta(days=number) for number in range(5)):
        source, posted = both_sides(day, shop)
        assert source == posted
