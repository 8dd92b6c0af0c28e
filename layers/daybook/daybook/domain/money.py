"""Amounts of money: always Decimal, with as many decimals as the currency has."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

# ISO 4217: every other currency has two decimals.
_LONGEST_NUMBER, _MOST_DECIMALS = 40, 20
_DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
ZERO = Decimal(0)
# Larger than any merchant's day, small enough for every platform and for exact sums in 28 digits.
LARGEST = Decimal(10) ** 15
_EXACTLY = Context(prec=_LONGEST_NUMBER + _MOST_DECIMALS)
# Amounts come again and again, so that what was found of them is remembered; it is the same for equal ones.
_REMEMBERED = 8192
_NUMBERS = (int, str)


def decimals(currency: str) -> int:
    """How many decimals amounts in this currency have (ISO 4217)."""
    return _DECIMALS.get(currency.upper(), 2)


@lru_cache(maxsize=512)
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of this currency: 0.01 of GBP, 1 of JPY, 0.001 of KWD."""
    return Decimal(1).scaleb(-decimals(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's decimals."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


@lru_cache(maxsize=_REMEMBERED)
def fits(amount: Decimal, currency: str) -> bool:
    """Whether the amount has no more decimals than its currency (trailing zeros do not count)."""
    return amount == quantize(amount, currency)


def read_amount(value: object) -> Decimal | None:
    """Read a JSON number or numeric string; None for null and for the empty string.

    Raises ValueError for anything else: booleans, NaN, infinities, text, amounts of 10^15 and more.
    """
    if isinstance(value, Decimal):
        amount = value
    elif value is None or value == "":
        return None
    elif isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise ValueError("must be a number")
    elif isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        raise ValueError("must be a number of at most 40 characters")
    else:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise ValueError("must be a number") from None
    if not amount.is_finite():
        raise ValueError("must be a finite number")
    if not _in_range(amount):
        raise ValueError("must be smaller than 10^15 and have at most 20 decimals")
    return amount


@lru_cache(maxsize=_REMEMBERED)
def _in_range(amount: Decimal) -> bool:
    exponent = amount.normalize(_EXACTLY).as_tuple().exponent
    return abs(amount) < LARGEST and isinstance(exponent, int) and exponent >= -_MOST_DECIMALS


def spread(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split an amount over weights (none negative, sum above zero) so that the parts add up exactly.

    Largest remainder, ties to the earlier part (specification: mapping, reading records 6).
    """
    total = sum(weights, ZERO)
    if total <= 0:
        raise ValueError("weights must add up to more than zero")
    unit = minor_unit(currency)
    sign = -1 if amount < 0 else 1
    exact = [abs(amount) * weight / total / unit for weight in weights]
    units = [part.to_integral_value(ROUND_FLOOR) for part in exact]
    missing = int(abs(amount) / unit - sum(units, ZERO))
    by_remainder = sorted(range(len(exact)), key=lambda index: (units[index] - exact[index], index))
    for index in by_remainder[:missing]:
        units[index] += 1
    return [sign * part * unit for part in units]
