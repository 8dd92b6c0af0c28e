"""Amounts, numbers, dates and times as a reader's language writes them.

Two languages need little; a library of all of them would weigh more than the rest of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from daybook.domain.money import decimals, quantize

_NARROW_SPACE = "\u202f"
_SPACE = "\u00a0"
_MINUS = "\u2212"


def money(amount: Decimal, currency: str, locale: str) -> str:
    """An amount with its currency's decimals: `1,234.50` or `1 234,50`. The currency itself is not named."""
    shown = quantize(abs(amount), currency)
    # Nothing is below zero that is shown as zero.
    sign = _MINUS if amount < 0 and shown else ""
    return f"{sign}{_separated(f'{shown:,.{decimals(currency)}f}', locale)}"


def number(value: int, locale: str) -> str:
    """A count: `12,345` or `12 345`."""
    return _separated(f"{value:,}", locale)


def decimal(value: Decimal, locale: str) -> str:
    """A number with the decimals it has: `9.975` or `9,975`."""
    return _separated(f"{value.normalize():,f}", locale)


def day(value: date, locale: str, words: Mapping[str, str]) -> str:
    """A date: `Mar 29, 2026` or `29 mars 2026`."""
    month = words["common.months"].split()[value.month - 1]
    if locale == "fr-fr":
        first = "1er" if value.day == 1 else str(value.day)
        return _SPACE.join((first, month, str(value.year)))
    return f"{month}{_SPACE}{value.day}, {value.year}"


def moment(value: datetime, zone: str, locale: str, words: Mapping[str, str]) -> str:
    """An instant in a time zone: `Mar 29, 2026, 5:00 AM` or `29 mars 2026 à 05:00`."""
    local = value.astimezone(ZoneInfo(zone))
    local_day = day(local.date(), locale, words)
    if locale == "fr-fr":
        return f"{local_day} à{_SPACE}{local:%H:%M}"
    time = f"{local:%I:%M %p}".lstrip("0")
    return f"{local_day}, {time.replace(' ', _SPACE)}"


def _separated(text: str, locale: str) -> str:
    return text.replace(",", _NARROW_SPACE).replace(".", ",") if locale == "fr-fr" else text
