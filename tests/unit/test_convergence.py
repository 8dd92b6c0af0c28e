"""Whatever is pushed, edited and deleted, and whenever syncs run: the books end as the fold of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.configuration import INVOICE, JOURNAL_ENTRY, Configuration, TaxMapping
from daybook.domain.schedule import DAILY, Schedule
from tests.books import Books
from tests.fold import Choice, fold
from tests.merchant import SHOP, Merchant
from tests.scenarios.shapes import at, charge, line, order, payment, product, transaction

KEYS = (
    *(
        "sales",
        "refund",
        "gratuity",
        "prepaid",
        "prepaidDiscount",
        "serviceCharge",
        "shipping",
        "overpayment",
    ),
    *("rounding", "deposits", "paymentFee", "paymentFeeRefund", "payoutFee", "loan", "dispute", "cashback"),
    *("cash", "card", "onlineCard", "invoice", "prepaidPayment", "storeCredit", "payout", "custom-klarna"),
)
RATES = {"standard": "tax-standard", "reduced": "tax-reduced", "exempt": "tax-exempt"}
CONFIGURATION = Configuration(
    enabled=True,
    output_format=INVOICE,
    sync_sales=True,
    sync_payments=True,
    sync_fees=True,
    accounts={key: key for key in KEYS},
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
    schedule=Schedule(DAILY, date(2026, 1, 1), 0, "Europe/London"),
)
CHOICE = Choice(
    {key: key for key in KEYS}, {frozenset([component]): account for component, account in RATES.items()}
)

pence = st.integers(1, 2000)
days = st.integers(1, 5)
methods = st.sampled_from(["Cash", "Card", "OnlineCard", "Prepaid", "StoreCredit", "Invoice"])


def pounds(amount: int) -> str:
    """An amount in pence, in pounds."""
    return str(Decimal(amount) / 100)


@st.composite
def sold_lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to four lines: three treatments, gift cards, now and then one given away."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        gross = draw(st.one_of(pence, st.just(0)))
        component, percent = draw(
            st.sampled_from([("standard", 20), ("reduced", 5), ("exempt", 0), ("", 0), ("card", 0)])
        )
        tax = gross * percent // (100 + percent)
        if component == "card":
            discount = draw(st.integers(0, 500))
            face = pounds(gross + discount)
            made.append(line(pounds(gross), product="gift-card", unit_price=face, discount=pounds(discount)))
        else:
            components = {component: pounds(tax)} if component else {}
            made.append(line(pounds(gross), pounds(tax), components, percent=str(percent)))
    return made


@st.composite
def orders(draw: st.DrawFn, number: int) -> tuple[str, dict[str, Any]]:
    """An order, sold on one day, paid then or later, in part, too much or not at all; perhaps refunded."""
    on, made = draw(days), draw(sold_lines())
    tip = draw(st.sampled_from([0, 0, 100, 250]))
    charges = (
        [charge(draw(st.sampled_from(["Generic", "Shipping", "Overpayment"])), "6.00", "1.00")]
        if draw(st.booleans())
        else []
    )
    due = sum(int(part["totalAmount"] * 100) for part in (*made, *charges)) + tip
    paid = draw(st.sampled_from([due, due, due, due // 2, due + 300, 0]))
    payments = []
    if paid:
        split = draw(st.integers(0, paid))
        for index, part in enumerate((split, paid - split)):
            if part:
                method = draw(methods)
                when = on if method == "Invoice" else draw(st.sampled_from([on, on, on, draw(days)]))
                payments.append(payment(f"p{number}-{index}", pounds(part), method, on=when))
    returned = (
        []
        if draw(st.integers(0, 4))
        else [line("-2.40", "-0.40", {"standard": "-0.40"}, percent="20", quantity=-1)]
    )
    if draw(st.integers(0, 2)) == 0:
        refund = draw(st.integers(1, 1500))
        when = draw(st.integers(on, 5))
        payments.append(payment(f"p{number}-refund", pounds(-refund), draw(methods), on=when))
    return order(
        f"o{number}",
        [*made, *returned],
        payments,
        on=on,
        charges=charges,
        gratuity=pounds(tip),
        modified=at(draw(days), "18:00:00"),
    )


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Pushes, edits and deletions of a few orders, payments and transactions, with syncs between."""
    made: list[tuple[str, Any]] = []
    for _ in range(draw(st.integers(1, 12))):
        number = draw(st.integers(1, 4))
        match draw(
            st.sampled_from(["order", "order", "order", "payment", "joined", "movement", "delete", "sync"])
        ):
            case "order":
                made.append(("push", draw(orders(number))))
            case "payment":
                made.append(
                    ("push", ("payments", payment(f"q{number}", pounds(draw(pence)), "Card", on=draw(days))))
                )
            case "joined":
                source = ("Order", f"o{draw(st.integers(1, 4))}")
                made.append(
                    ("push", transaction(f"q{number}", "Payment", "1.00", on=draw(days), source=source))
                )
            case "movement":
                kind, sub_type = draw(
                    st.sampled_from(
                        [
                            ("PaymentFee", ""),
                            ("PaymentFeeRefund", ""),
                            ("Payout", ""),
                            ("FailedPayout", ""),
                            ("Unknown", "loan"),
                            ("Unknown", "payoutFee"),
                            ("Unknown", "dispute"),
                        ]
                    )
                )
                amount = pounds(draw(st.integers(-1500, 1500)))
                made.append(
                    ("push", transaction(f"t{number}", kind, amount, on=draw(days), sub_type=sub_type))
                )
            case "delete":
                made.append(("push", ("orders", {"id": f"o{number}"})))
            case "sync":
                made.append(("sync", draw(st.sampled_from([INVOICE, JOURNAL_ENTRY]))))
    return made


@settings(max_examples=150, deadline=None)
@given(steps(), st.sampled_from([INVOICE, JOURNAL_ENTRY]), st.booleans())
def test_the_books_end_as_the_fold(script: list[tuple[str, Any]], output_format: str, switches: bool) -> None:  # noqa: FBT001
    configuration = replace(CONFIGURATION, output_format=output_format)
    merchant = Merchant(Books("invoice", "payable", RATES | {"nought": "tax-nought"}))
    merchant.push(*product("gift-card", gift_card=True))
    for what, record in script:
        if what == "push":
            merchant.push(*record)
        else:
            now = replace(CONFIGURATION, output_format=record if switches else output_format)
            assert merchant.sync(now) in (2000, 2040)
    assert merchant.sync(configuration) in (2000, 2040)
    expected = fold([(SHOP, kind, dict(body)) for (kind, _), body in merchant.records.items()], CHOICE)
    for day in merchant.touched:
        assert merchant.books.movements(day) == {
            account: amount for (_, account), amount in expected.day(day).items()
        }
    written = len(merchant.books.documents)
    assert merchant.sync(configuration) == 2040
    assert len(merchant.books.documents) == written


def test_a_day_of_journals_turns_into_invoices() -> None:
    """Two tax components with a rate each make a journal; mapped together, an invoice; nothing is lost."""
    each = tuple(TaxMapping(frozenset([component]), component) for component in ("standard", "reduced"))
    journal = replace(CONFIGURATION, output_format=JOURNAL_ENTRY, tax_mappings=each)
    together = (TaxMapping(frozenset(["standard", "reduced"]), "standard"),)
    merchant = Merchant(Books("invoice", "payable", RATES | {"nought": "tax-nought"}))
    both = line("115.00", "15.00", {"standard": "10.00", "reduced": "5.00"}, percent="15")
    merchant.push(*order("o1", [both], [payment("p1", "115.00", "Cash")]))
    assert merchant.sync(journal) == 2000
    assert merchant.books.movements(date(2026, 3, 2))["tax-reduced"] == Decimal(-5)
    assert merchant.sync(replace(CONFIGURATION, tax_mappings=together)) == 2000
    assert merchant.books.movements(date(2026, 3, 2)) == {
        "cash": Decimal(115),
        "sales": Decimal(-100),
        "tax-standard": Decimal(-15),
    }
    assert merchant.sync(replace(CONFIGURATION, tax_mappings=together)) == 2040
