"""Amounts: read exactly, rounded by currency, shared out to the last minor unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.money import decimals, fits, minor_unit, quantize, read_amount, spread


@pytest.mark.parametrize(("currency", "places"), [("GBP", 2), ("JPY", 0), ("KWD", 3), ("jod", 3), ("XXX", 2)])
def test_the_currency_decides_the_decimals(currency: str, places: int) -> None:
    assert decimals(currency) == places
    assert minor_unit(currency) == Decimal(1).scaleb(-places)


@pytest.mark.parametrize(
    ("value", "amount"),
    [("12.30", "12.30"), (5, "5"), (Decimal("-0.01"), "-0.01"), ("1e2", "100"), ("", None), (None, None)],
)
def test_numbers_and_numeric_texts_are_read(value: object, amount: str | None) -> None:
    assert read_amount(value) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "value", [True, "NaN", Decimal("Infinity"), "twelve", [], "1" * 41, 10**15, "1e-21", "1_000x", 1.5]
)
def test_everything_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        read_amount(value)


def test_half_a_minor_unit_rounds_up() -> None:
    assert quantize(Decimal("0.005"), "GBP") == Decimal("0.01")
    assert quantize(Decimal("-0.005"), "GBP") == Decimal("-0.01")
    assert quantize(Decimal("0.5"), "JPY") == Decimal(1)


def test_trailing_zeros_are_no_decimals() -> None:
    assert fits(Decimal("1.500"), "GBP")
    assert not fits(Decimal("1.505"), "GBP")
    assert not fits(Decimal("1.5"), "JPY")


def test_the_largest_remainder_gets_the_penny_and_the_earlier_of_equals() -> None:
    thirds = spread(Decimal("10.00"), [Decimal(10)] * 3, "GBP")
    assert thirds == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert spread(Decimal("-0.05"), [Decimal(1), Decimal(3)], "GBP") == [Decimal("-0.01"), Decimal("-0.04")]


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.sampled_from(["GBP", "JPY"]),
)
def test_the_parts_add_up_and_none_is_a_unit_off(amount: int, weights: list[int], currency: str) -> None:
    if not sum(weights):
        weights[0] = 1
    money = amount * minor_unit(currency)
    parts = spread(money, [Decimal(weight) for weight in weights], currency)
    assert sum(parts) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - money * weight / sum(weights)) < minor_unit(currency)


def test_weights_that_come_to_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        spread(Decimal(1), [Decimal(0)], "GBP")
