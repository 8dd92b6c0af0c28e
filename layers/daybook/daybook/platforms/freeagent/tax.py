"""Getting the source's tax out of FreeAgent's arithmetic, to the penny. Pure.

An invoice item's tax is always worked out there, from its price and rate. A day's tax is the sum of what
every sale was charged, and differs from that by pennies. The net amount is then split: as much of it as makes
exactly the source's tax bears the rate, the rest bears none. Net, tax and total are the source's, on the same
account.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from daybook.domain.money import ZERO

PENNY = Decimal("0.01")
_PER_CENT = Decimal(100)
# What the rounding of single sales can add up to; beyond it the rate is the wrong one.
_MOST_OFF, _SHARE_OFF = Decimal("0.05"), Decimal("0.01")


class Item(NamedTuple):
    """A net amount that bears its line's rate of tax, or none."""

    net: Decimal
    taxed: bool


def tax_on_top(net: Decimal, rate: Decimal) -> Decimal:
    """The tax FreeAgent adds to a price without tax; `rate` in per cent."""
    return (net * rate / _PER_CENT).quantize(PENNY, ROUND_HALF_UP)


def tax_within(total: Decimal, rate: Decimal) -> Decimal:
    """The tax FreeAgent takes out of an amount that includes it."""
    return (total * rate / (_PER_CENT + rate)).quantize(PENNY, ROUND_HALF_UP)


def is_plausible(net: Decimal, tax: Decimal, rate: Decimal) -> bool:
    """Whether rounding explains that this is the tax on this net amount."""
    return abs(tax - net * rate / _PER_CENT) <= max(_MOST_OFF, abs(net) * _SHARE_OFF)


def items(net: Decimal, tax: Decimal, rate: Decimal) -> tuple[Item, ...]:
    """The items whose net amounts add up to `net`, and whose tax in FreeAgent to `tax`.

    Raises ValueError when there are none: a tax without a rate, or a rate above 100 per cent.
    """
    if tax_on_top(net, rate) == tax:
        return (Item(net, taxed=True),)
    if not rate:
        raise ValueError("no tax comes of a rate of nothing")
    bearing = _nearest(net, tax, rate)
    if tax_on_top(bearing, rate) != tax:
        raise ValueError("no amount of pennies has this tax")
    parts = (Item(bearing, taxed=True), Item(net - bearing, taxed=False))
    return tuple(part for part in parts if part.net)


def _nearest(net: Decimal, tax: Decimal, rate: Decimal) -> Decimal:
    """The amount nearest to `net` that has this tax; half a penny of tax less than it is too little."""
    half = PENNY / 2
    ends = sorted((sign * half + tax) * _PER_CENT / rate for sign in (-1, 1))
    wanted = min(max(net, ends[0]), ends[1]).quantize(PENNY, ROUND_HALF_UP)
    near = [wanted, wanted - PENNY, wanted + PENNY]
    return next((amount for amount in near if tax_on_top(amount, rate) == tax), ZERO)
