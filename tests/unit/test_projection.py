"""Rules of the projection that the forty scenarios do not show, each as a day's movements by account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.cases import Stored
from daybook.domain.catalogue import Catalogue
from daybook.domain.configuration import INVOICE, JOURNAL_ENTRY, Configuration
from daybook.domain.documents import Kind
from daybook.domain.projection import Rules, project
from daybook.domain.reading import read_record
from daybook.domain.resolution import LedgerAccounts
from daybook.domain.times import Calendar
from tests.books import Books
from tests.merchant import Merchant
from tests.scenarios.shapes import at, charge, line, order, payment, product, standard, transaction
from tests.unit.test_convergence import CONFIGURATION, RATES

D1, D2, D3 = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
JOURNAL = replace(CONFIGURATION, output_format=JOURNAL_ENTRY)
Record = tuple[str, dict[str, Any]]


def books_of(*records: Record, configuration: Configuration = JOURNAL, code: int = 2000) -> Merchant:
    """A merchant after one sync of these records."""
    merchant = Merchant(Books("invoice", "payable", RATES | {"nought": "tax-nought"}))
    merchant.push(*product("gift-card", gift_card=True))
    for record in records:
        merchant.push(*record)
    assert merchant.sync(configuration) == code
    return merchant


def amounts(**by_account: str) -> dict[str, Decimal]:
    """Movements by account; a `__` in a name stands for a hyphen."""
    return {name.replace("__", "-"): Decimal(amount) for name, amount in by_account.items()}


def two_rates(*payments: dict[str, Any]) -> Record:
    """An order of 24.00 at 20 % and 10.50 at 5 %, paid by card and more."""
    sold = [standard("24.00", "4.00"), line("10.50", "0.50", {"reduced": "0.50"}, percent="5")]
    return order("o1", sold, [payment("p1", "34.50"), *payments])


def test_a_money_only_refund_is_spread_by_gross_with_its_own_tax() -> None:
    merchant = books_of(two_rates(payment("p2", "-10.00", on=2)))
    # 10.00 over 24.00 and 10.50: 6.96 and 3.04; tax 6.96 x 4 / 24 = 1.16, and 3.04 x 0.50 / 10.50 = 0.14.
    assert merchant.books.movements(D2) == amounts(
        card="-10.00", refund="8.70", tax__standard="1.16", tax__reduced="0.14"
    )


def test_money_only_refunds_never_reverse_more_tax_than_was_charged() -> None:
    small = order(
        "o1",
        [standard("0.10", "0.01")],
        [payment("p1", "0.10"), *(payment(f"r{n}", "-0.05", on=n) for n in (2, 3))],
    )
    merchant = books_of(small)
    assert merchant.books.movements(D2) == amounts(card="-0.05", refund="0.04", tax__standard="0.01")
    assert merchant.books.movements(D3) == amounts(card="-0.05", refund="0.05")


def test_a_refund_beyond_what_was_charged_bears_no_tax() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00"), payment("p2", "-30.00", on=2)])
    )
    assert merchant.books.movements(D2) == amounts(card="-30.00", refund="26.00", tax__standard="4.00")


def test_a_money_only_refund_returns_neither_tip_nor_gift_card() -> None:
    sold = [standard("12.00", "2.00"), line("50.00", product="gift-card", unit_price="50.00")]
    merchant = books_of(
        order("o1", sold, [payment("p1", "65.00"), payment("p2", "-20.00", on=2)], gratuity="3.00")
    )
    assert merchant.books.movements(D2) == amounts(card="-20.00", refund="18.00", tax__standard="2.00")


def test_money_paid_too_much_is_given_back_before_the_sale_is_reduced() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "30.00"), payment("p2", "-12.00", on=2)])
    )
    assert merchant.books.movements(D1)["invoice"] == Decimal(-6)
    assert merchant.books.movements(D2) == amounts(
        card="-12.00", invoice="6.00", refund="5.00", tax__standard="1.00"
    )


def test_lines_returned_on_the_original_order_are_dated_by_its_first_refund() -> None:
    lines = [standard("24.00", "4.00"), standard("-12.00", "-2.00", quantity=-1)]
    paid = [payment("p1", "24.00"), payment("p2", "-12.00", on=3)]
    merchant = books_of(order("o1", lines, paid, total="12.00", refund="-12.00", modified=at(2)))
    assert merchant.books.movements(D1) == amounts(card="24.00", sales="-20.00", tax__standard="-4.00")
    assert merchant.books.movements(D3) == amounts(card="-12.00", refund="10.00", tax__standard="2.00")


def test_a_restocking_fee_is_kept_from_the_return() -> None:
    returned = [standard("-24.00", "-4.00", quantity=-1)]
    merchant = books_of(
        order(
            "r1", returned, [payment("p1", "-20.00")], charges=[charge("Generic", "4.00")], refund="-20.00"
        ),
        configuration=CONFIGURATION,
    )
    assert merchant.books.movements(D1) == amounts(
        card="-20.00", refund="20.00", tax__standard="4.00", serviceCharge="-4.00"
    )
    kinds = [document.kind for document in merchant.books.documents.values()]
    assert kinds == [Kind.CREDIT_NOTE, Kind.REFUND]


def test_cash_handed_out_on_a_card_payment_is_no_overpayment() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "44.00")]),
        transaction("t1", "Unknown", "-20.00", sub_type="cashbackGiven", source=("Payment", "p1")),
    )
    assert merchant.books.movements(D1) == amounts(
        card="44.00", cash="-20.00", sales="-20.00", tax__standard="-4.00"
    )


@pytest.mark.parametrize("arrival", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_payment_joined_by_a_transaction_counts_once_in_any_order(arrival: tuple[int, ...]) -> None:
    records: list[Record] = [
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00", "Cash")]),
        ("payments", payment("p1", "24.00", "Cash")),
        transaction("p1", "Payment", "24.00", source=("Order", "o1")),
    ]
    merchant = books_of(*(records[place] for place in arrival))
    assert merchant.books.movements(D1) == amounts(cash="24.00", sales="-20.00", tax__standard="-4.00")


def test_a_payment_of_no_order_is_an_unallocated_receipt() -> None:
    merchant = books_of(("payments", payment("p1", "24.00", "Cash")))
    assert merchant.books.movements(D1) == amounts(cash="24.00", invoice="-24.00")


@pytest.mark.parametrize(
    ("kind", "sent", "card"),
    [
        ("PaymentFee", "1.75", "-1.75"),
        ("PaymentFee", "-1.75", "-1.75"),
        ("FailedPayout", "-9.00", "9.00"),
        ("Payout", "9.00", "9.00"),
    ],
)
def test_signs_follow_the_merchants_balance(kind: str, sent: str, card: str) -> None:
    assert books_of(transaction("t1", kind, sent)).books.movements(D1)["card"] == Decimal(card)


def test_an_unknown_movement_blocks_its_day_and_no_other() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00")], on=2),
        transaction("t1", "Mystery", "5.00", sub_type="windfall"),
        code=5120,
    )
    assert not merchant.books.movements(D1)
    assert merchant.books.movements(D2)


def test_an_order_that_does_not_add_up_blocks_every_day_it_has_an_event_on() -> None:
    merchant = books_of(
        order(
            "o1",
            [standard("24.00", "4.00")],
            [payment("p1", "10.00"), payment("p2", "14.00", on=2)],
            total="25.00",
        ),
        order("o2", [standard("12.00", "2.00")], [payment("p3", "12.00")], on=3),
        code=5120,
    )
    assert not merchant.books.movements(D1)
    assert not merchant.books.movements(D2)
    assert merchant.books.movements(D3)


@pytest.mark.parametrize(
    ("total", "method", "code"),
    [("24.01", "Card", 2000), ("24.02", "Card", 5120), ("24.05", "Cash", 2000), ("24.06", "Cash", 5120)],
)
def test_rounding_has_limits(total: str, method: str, code: int) -> None:
    sold = order("o1", [standard("24.00", "4.00")], [payment("p1", total, method)], total=total)
    merchant = books_of(sold, code=code)
    if code == 2000:
        assert merchant.books.movements(D1)["rounding"] == Decimal(24) - Decimal(total)


def test_each_currency_has_documents_of_its_own() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00")]),
        order("o2", [standard("12.00", "2.00")], [payment("p2", "12.00", currency="EUR")], currency="EUR"),
        configuration=CONFIGURATION,
    )
    totals = {(d.kind, d.currency): d.total for d in merchant.books.documents.values()}
    assert totals[Kind.INVOICE, "GBP"] == Decimal(24)
    assert totals[Kind.INVOICE, "EUR"] == Decimal(12)


def test_groups_by_location_add_up_to_the_ungrouped_day() -> None:
    elsewhere = order("o2", [standard("12.00", "2.00")], [payment("p2", "12.00")])
    elsewhere[1]["locationRef"] = {"id": "market"}
    records = (order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00")]), elsewhere)
    by_location = replace(CONFIGURATION, group_by_location=True)
    grouped, whole = (
        books_of(*records, configuration=by_location),
        books_of(*records, configuration=CONFIGURATION),
    )
    assert grouped.books.movements(D1) == whole.books.movements(D1)
    invoices = [d.total for d in grouped.books.documents.values() if d.kind is Kind.INVOICE]
    assert sorted(invoices) == [Decimal(12), Decimal(24)]


def test_keys_without_an_account_fall_back() -> None:
    kept = {"sales", "cash", "card", "invoice", "paymentFee"}
    few = replace(JOURNAL, accounts={key: key for key in kept})
    merchant = books_of(
        order(
            "o1",
            [standard("24.00", "4.00")],
            [payment("p1", "30.00", "Cash", on=1)],
            charges=[charge("Shipping", "6.00", "1.00")],
        ),
        order(
            "o2",
            [standard("-12.00", "-2.00", quantity=-1)],
            [payment("p2", "-12.00", "Cash")],
            refund="-12.00",
        ),
        transaction("t1", "Unknown", "-5.00", sub_type="payoutFee"),
        configuration=few,
    )
    assert merchant.books.movements(D1) == amounts(
        cash="18.00", sales="-15.00", tax__standard="-3.00", paymentFee="5.00", card="-5.00"
    )


def test_without_payments_all_that_was_sold_stays_due() -> None:
    only_sales = replace(CONFIGURATION, sync_payments=False, sync_fees=False)
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00"), payment("p2", "-6.00", on=2)]),
        transaction("t1", "PaymentFee", "-1.00"),
        configuration=only_sales,
    )
    assert merchant.books.movements(D1) == amounts(invoice="24.00", sales="-20.00", tax__standard="-4.00")
    assert merchant.books.movements(D2) == amounts(invoice="-6.00", refund="5.00", tax__standard="1.00")


def test_what_is_not_mapped_goes_to_suspense_where_the_company_wants_it() -> None:
    few = replace(
        JOURNAL,
        accounts={key: key for key in ("sales", "card", "invoice")},
        suspense_account="suspense",
        tax_mappings=(),
    )
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00", "Klarna")]), configuration=few
    )
    assert merchant.books.movements(D1) == amounts(suspense="20.00", sales="-20.00")


def test_a_days_documents_are_those_a_bookkeeper_would_write() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "14.00", "Cash"), payment("p2", "10.00")]),
        order("r1", [standard("-12.00", "-2.00", quantity=-1)], [payment("p3", "-12.00")], refund="-12.00"),
        transaction("t1", "PaymentFee", "-0.50"),
        transaction("t2", "PaymentFeeRefund", "0.20"),
        transaction("t3", "Payout", "-5.00"),
        transaction("t4", "Unknown", "100.00", sub_type="loan"),
        configuration=CONFIGURATION,
    )
    written = [(d.kind.value, d.reference, str(d.total)) for d in merchant.books.documents.values()]
    assert written == [
        ("invoice", "t-260302-I1", "24.00"),
        ("creditNote", "t-260302-C1", "12.00"),
        ("payment", "t-260302-P1", "10.00"),
        ("payment", "t-260302-P2", "14.00"),
        ("refund", "t-260302-R1", "12.00"),
        ("bill", "t-260302-B1", "0.50"),
        ("billCreditNote", "t-260302-D1", "0.20"),
        ("billPayment", "t-260302-Q1", "0.50"),
        ("billRefund", "t-260302-E1", "0.20"),
        ("transfer", "t-260302-T1", "5.00"),
        ("journal", "t-260302-J1", "100.00"),
    ]


def test_an_adjustment_has_a_reference_of_its_own() -> None:
    merchant = books_of(
        order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00")]), configuration=CONFIGURATION
    )
    merchant.push(*order("o2", [standard("12.00", "2.00")], [payment("p2", "12.00")]))
    merchant.push("orders", {"id": "o1"})
    assert merchant.sync(CONFIGURATION) == 2000
    assert [reference for reference in merchant.books.documents if reference.endswith("-2")] == [
        "t-260302-C1-2",
        "t-260302-R1-2",
    ]
    assert merchant.books.movements(D1) == amounts(card="12.00", sales="-10.00", tax__standard="-2.00")


@pytest.mark.parametrize("output_format", [INVOICE, JOURNAL_ENTRY])
def test_a_fully_discounted_order_writes_nothing(output_format: str) -> None:
    free = order("o1", [line("0.00", discount="50.00", unit_price="50.00")])
    books_of(free, configuration=replace(CONFIGURATION, output_format=output_format), code=2040)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_local_time_around_a_change_of_zone_counts_on_one_day(zone: str, hour: int) -> None:
    calendar = Calendar.of("Europe/London", 0).changed(zone, 0, D1)
    rules = Rules(
        JOURNAL, Catalogue(), LedgerAccounts({"nought": "tax-nought"}, "invoice", "payable"), calendar
    )
    for local in (f"{D1}T{hour:02}:30:00", f"{D2}T{hour:02}:30:00"):
        _, body = order("o1", [line("10.00")], [payment("p1", "10.00", "Cash", created=local)], created=local)
        records = [Stored("shop", "orders", "o1", read_record("orders", body))]
        days = [D1 + timedelta(days=number) for number in range(-3, 5)]
        cash = [
            amount
            for day in days
            for posting, amount in project(
                day, records, rules, datetime(2027, 1, 1, tzinfo=UTC)
            ).amounts.items()
            if posting.key == "cash"
        ]
        assert cash == [Decimal("10.00")]
