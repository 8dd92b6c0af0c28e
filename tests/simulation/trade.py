"""A few records of a few days, as hypothesis draws them: every kind of line, payment and movement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.scenarios.shapes import category, charge, day, line, order, payment, product, transaction

Body = dict[str, Any]
Record = tuple[str, Body]

CATALOGUE: tuple[Record, ...] = (
    category("drinks"),
    category("food"),
    product("gift-card", gift_card=True),
    product("tea", categories=("drinks",)),
    product("pie", categories=("food", "drinks")),
)
LAST_DAY = 5
METHODS = ("Cash", "Card", "OnlineCard", "Prepaid", "StoreCredit", "Invoice")
MOVEMENTS = (
    ("PaymentFee", ""),
    ("PaymentFeeRefund", ""),
    ("Payout", ""),
    ("FailedPayout", ""),
    ("Unknown", "loan"),
    ("Unknown", "payoutFee"),
    ("Unknown", "dispute"),
)

pence = st.integers(1, 2000)
days = st.integers(1, LAST_DAY)
numbers = st.integers(1, 4)


def pounds(amount: int) -> str:
    """An amount in pence, in pounds."""
    return str(Decimal(amount) / 100)


def moment(on: int, number: int) -> str:
    """When things of this number happen on a day: early or late, so that a change of zone moves some of them.

    All of an order and of what is joined to it happens at one time of day.
    """
    return f"{day(on).isoformat()}T{'04:30:00' if number % 2 else '23:30:00'}Z"


@st.composite
def sold_lines(draw: st.DrawFn) -> list[Body]:
    """One to three lines: three treatments, gift cards (some with a tax), now and then one given away."""
    made = []
    for _ in range(draw(st.integers(1, 3))):
        gross = draw(st.one_of(pence, st.just(0)))
        component, percent = draw(
            st.sampled_from([("standard", 20), ("reduced", 5), ("exempt", 0), ("", 0), ("card", 0)])
        )
        tax = gross * percent // (100 + percent)
        if component == "card":
            discount = draw(st.integers(0, 500))
            face = pounds(gross + discount)
            tax = pounds(gross // 6 if draw(st.integers(0, 3)) == 0 else 0)
            sold = {"product": "gift-card", "unit_price": face, "discount": pounds(discount)}
            made.append(line(pounds(gross), tax, {"standard": tax} if Decimal(tax) else {}, **sold))
        else:
            components = {component: pounds(tax)} if component else {}
            sold = draw(st.sampled_from(["", "tea", "pie"]))
            made.append(line(pounds(gross), pounds(tax), components, percent=str(percent), product=sold))
    return made


@st.composite
def orders(draw: st.DrawFn, number: int) -> Record:
    """An order, paid then or on another day, in part, too much or not at all; perhaps given back."""
    on, made = draw(days), draw(sold_lines())
    currency = draw(st.sampled_from(["GBP", "GBP", "GBP", "EUR"]))
    tip = draw(st.sampled_from([0, 0, 100, 250]))
    kind = draw(st.sampled_from(["", "", "Generic", "Shipping", "Overpayment"]))
    charges = [charge(kind, "6.00", "1.00")] if kind else []
    due = sum(int(part["totalAmount"] * 100) for part in (*made, *charges)) + tip
    paid = draw(st.sampled_from([due, due, due, due // 2, due + 300, 0]))
    payments = []
    split = draw(st.integers(0, paid))
    for index, part in enumerate((split, paid - split)):
        if part:
            method = draw(st.sampled_from(METHODS))
            when = on if method == "Invoice" else draw(st.sampled_from([on, on, on, draw(days)]))
            payments.append(
                payment(
                    f"p{number}-{index}",
                    pounds(part),
                    method,
                    currency=currency,
                    created=moment(when, number),
                )
            )
    if draw(st.integers(0, 2)) == 0:
        back, when = draw(st.integers(1, 1500)), draw(st.integers(on, LAST_DAY))
        method = draw(st.sampled_from(METHODS))
        payments.append(
            payment(f"p{number}-back", pounds(-back), method, currency=currency, created=moment(when, number))
        )
    returned = line("-2.40", "-0.40", {"standard": "-0.40"}, percent="20", quantity=-1)
    lines = made if draw(st.integers(0, 4)) else [*made, returned]
    kind, body = order(
        f"o{number}",
        lines,
        payments,
        created=moment(on, number),
        charges=charges,
        gratuity=pounds(tip),
        currency=currency,
    )
    return kind, {**body, "locationRef": {"id": draw(st.sampled_from(["quay", "market"]))}}


@st.composite
def records(draw: st.DrawFn) -> Record:
    """An order, a payment of its own, a transaction that joins such a payment to an order, or a movement."""
    number = draw(numbers)
    match draw(st.sampled_from(["order", "order", "order", "payment", "joined", "movement"])):
        case "order":
            return draw(orders(number))
        case "payment":
            amount = pounds(draw(pence))
            return "payments", payment(f"q{number}", amount, created=moment(draw(days), number))
        case "joined":
            to = draw(numbers.filter(lambda each: each % 2 == number % 2))
            made = transaction(f"q{number}", "Payment", "1.00", on=draw(days), source=("Order", f"o{to}"))
        case _:
            kind, sub_type = draw(st.sampled_from(MOVEMENTS))
            amount = pounds(draw(st.integers(-1500, 1500)))
            made = transaction(f"t{number}", kind, amount, on=1, sub_type=sub_type)
    return "transactions", {**made[1], "createdDate": moment(draw(days), number)}


def modified(record: Record, version: int) -> Record:
    """The record as its source's version of this number; versions come some hours apart."""
    hours = 18 + version * 2
    instant = f"{day(1 + hours // 24).isoformat()}T{hours % 24:02}:{version % 60:02}:00Z"
    return record[0], {**record[1], "sourceModifiedDate": instant, "modifiedDate": instant}
