"""Whatever a shop calls a way of paying: its payments go where that way of paying was told to, or nowhere.

The type of a payment is free text, so it may be a name that Daybook has for something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daybook.domain.account_keys import is_payment_key, wording
from daybook.domain.configuration import (
    FEE_KEYS,
    JOURNAL_ENTRY,
    PAYMENT_KEYS,
    SALES_KEYS,
    Configuration,
    payment_key,
    section_of,
)
from daybook.domain.labels import label
from tests.books import Books
from tests.fold import Choice, fold
from tests.merchant import SHOP, Merchant
from tests.scenarios.shapes import Record, order, payment, product, standard, transaction
from tests.unit.test_convergence import CONFIGURATION, RATES

# Every account key there is that no way of paying has a right to.
TAKEN = (*SALES_KEYS, "sales-food", *FEE_KEYS, "payout")
WAYS = tuple(key for key in PAYMENT_KEYS if key != "payout")
EVERYTHING = {key: key for key in (*TAKEN, *WAYS)}
D1, D2 = date(2026, 3, 2), date(2026, 3, 3)


def spelled(key: str, how: str) -> str:
    """A key as a shop's program may write it."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)
    return {
        "as it is": key,
        "capital": key[:1].upper() + key[1:],
        "apart": words.title(),
        "joined": words.lower().replace(" ", "_"),
        "loud": key.upper(),
    }[how]


types = st.builds(
    spelled,
    st.sampled_from([*TAKEN, *WAYS, "custom-food", "paid-sales", "klarna", "unknown", "tax", "receivable"]),
    st.sampled_from(["as it is", "capital", "apart", "joined", "loud"]),
)


def books_of(accounts: Mapping[str, str], *records: Record, code: int = 2000, **more: Any) -> Merchant:
    """A merchant after one sync in journals, with these accounts selected."""
    merchant = Merchant(Books("invoice", "payable", RATES | {"nought": "tax-nought"}))
    merchant.push(*product("gift-card", gift_card=True))
    for record in records:
        merchant.push(*record)
    assert merchant.sync(chosen(accounts, **more)) == code
    return merchant


def chosen(accounts: Mapping[str, str], **more: Any) -> Configuration:
    """A configuration with these accounts."""
    return replace(CONFIGURATION, accounts=dict(accounts), **{"output_format": JOURNAL_ENTRY, **more})


def trade(kind: str) -> list[Record]:
    """A sale, a sale paid the day before, money back and a payment for nothing known, all by one way."""
    sold = standard("24.00", "4.00")
    return [
        order("o1", [sold], [payment("p1", "27.00", kind), payment("p2", "-6.00", kind, on=2)], gratuity="3"),
        order("o2", [sold], [payment("p3", "24.00", kind, on=1)], on=2, total="24.01"),
        order("o3", [standard("-12.00", "-2.00", quantity=-1)], [payment("p4", "-12.00", kind)]),
        ("payments", payment("p5", "7.31", kind)),
        transaction("t1", "PaymentFee", "-0.50"),
        transaction("t2", "Unknown", "100.00", sub_type="loan"),
        transaction("t3", "Payout", "-5.00"),
    ]


@pytest.mark.parametrize("kind", ["Refund", "Sales", "Shipping", "Loan", "Rounding", "Gratuity", "Deposits"])
def test_a_type_with_the_name_of_something_else_blocks_its_day(kind: str) -> None:
    sold = order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00", kind)])
    merchant = books_of(EVERYTHING, sold, code=4000)
    assert merchant.books.documents == {}


@pytest.mark.parametrize("kind", ["Refund", "Sales", "Shipping", "Loan", "Rounding", "Gratuity", "Deposits"])
def test_it_is_written_to_the_account_selected_for_it(kind: str) -> None:
    sold = order("o1", [standard("24.00", "4.00")], [payment("p1", "24.00", kind)])
    merchant = books_of({**EVERYTHING, payment_key(kind): "voucher box"}, sold)
    assert merchant.books.movements(D1) == {
        "voucher box": Decimal(24),
        "sales": Decimal(-20),
        "tax-standard": Decimal(-4),
    }


@settings(max_examples=200, deadline=None)
@given(types)
@example("Payout")
@example("Payment Fee")
def test_a_type_is_never_read_as_anything_but_a_way_of_paying(kind: str) -> None:
    key = payment_key(kind)
    assert section_of(key) == "payments"
    assert key != "payout"
    assert is_payment_key(key), "no account could be selected for it"
    if key not in WAYS:
        books_of(EVERYTHING, *trade(kind), code=4000)


@settings(max_examples=100, deadline=None)
@given(types, st.sampled_from([{}, {"output_format": "Invoice"}]))
@example("Sales", {})
@example("Gratuity", {})
@example("Deposits", {})
@example("Payout", {})
@example("Dispute Fee", {})
def test_every_way_of_paying_ends_as_the_fold(kind: str, more: dict[str, Any]) -> None:
    accounts = {**EVERYTHING, **{f"paid-{key}": f"box of {key}" for key in TAKEN}}
    accounts.setdefault(payment_key(kind), "another box")
    merchant = books_of(accounts, *trade(kind), **more)
    choice = Choice(accounts, {frozenset([component]): account for component, account in RATES.items()})
    expected = fold(
        [(SHOP, data_type, dict(body)) for (data_type, _), body in merchant.records.items()], choice
    )
    for day in (D1, D2):
        assert merchant.books.movements(day) == {
            account: amount for (_, account), amount in expected.day(day).items()
        }


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("Sales", "paid-sales"),
        ("SALES", "paid-sales"),
        ("Payment Fee", "paid-paymentFee"),
        ("payment_fee", "paid-paymentFee"),
        ("Payout", "paid-payout"),
        ("PAY OUT", "paid-payout"),
        # What is no key is a name of its own as ever, and stays what it was in days that are posted.
        ("PAYMENTFEE", "paymentfee"),
        ("Sales-Food", "salesFood"),
        ("Paid-Sales", "paidSales"),
        ("Invoice", "invoice"),
    ],
)
def test_only_a_name_that_is_taken_gets_another(kind: str, key: str) -> None:
    assert payment_key(kind) == key


def test_words_say_that_it_is_the_shops_own_name() -> None:
    assert label("paid-sales") == "'Sales'"
    assert wording("paid-paymentFee", {}).label == "Paid by 'Payment fee'"
