"""Amounts, numbers, dates and times as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.web import formats
from daybook.web.rendering import words

ENGLISH, FRENCH = "en-us", "fr-fr"


@pytest.mark.parametrize(
    ("amount", "currency", "english", "french"),
    [
        ("1234567.5", "GBP", "1,234,567.50", "1\u202f234\u202f567,50"),
        ("0", "EUR", "0.00", "0,00"),
        ("-0.004", "EUR", "0.00", "0,00"),
        ("-1234.005", "EUR", "\u22121,234.01", "\u22121\u202f234,01"),
        ("1234.5", "JPY", "1,235", "1\u202f235"),
        ("1.2345", "KWD", "1.235", "1,235"),
        ("999.99", "CAD", "999.99", "999,99"),
    ],
)
def test_amounts(amount: str, currency: str, english: str, french: str) -> None:
    assert formats.money(Decimal(amount), currency, ENGLISH) == english
    assert formats.money(Decimal(amount), currency, FRENCH) == french


@given(amount=st.decimals(-(10**14), 10**14, places=2), locale=st.sampled_from([ENGLISH, FRENCH]))
def test_an_amount_can_be_read_back(amount: Decimal, locale: str) -> None:
    written = formats.money(amount, "EUR", locale).replace("\u2212", "-").replace("\u202f", "")
    plain = written.replace(",", ".") if locale == FRENCH else written.replace(",", "")
    assert Decimal(plain) == amount
    assert " " not in written, "an amount is never broken over two lines"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [("20", "20", "20"), ("9.9750", "9.975", "9,975"), ("100", "100", "100"), ("0.00", "0", "0")],
)
def test_rates_have_the_decimals_they_need(value: str, english: str, french: str) -> None:
    assert formats.decimal(Decimal(value), ENGLISH) == english
    assert formats.decimal(Decimal(value), FRENCH) == french


def test_counts() -> None:
    assert formats.number(1234567, ENGLISH) == "1,234,567"
    assert formats.number(1234567, FRENCH) == "1\u202f234\u202f567"
    assert formats.number(999, FRENCH) == "999"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (date(2026, 3, 1), "Mar 1, 2026", "1er mars 2026"),
        (date(2026, 12, 31), "Dec 31, 2026", "31 décembre 2026"),
        (date(2024, 2, 29), "Feb 29, 2024", "29 février 2024"),
    ],
)
def test_dates(value: date, english: str, french: str) -> None:
    assert formats.day(value, ENGLISH, words(ENGLISH)).replace("\xa0", " ") == english
    assert formats.day(value, FRENCH, words(FRENCH)).replace("\xa0", " ") == french


@pytest.mark.parametrize(
    ("value", "zone", "english", "french"),
    [
        ((2026, 3, 28, 23, 30), "Europe/Paris", "Mar 29, 2026, 12:30 AM", "29 mars 2026 à 00:30"),
        ((2026, 3, 29, 1, 0), "Europe/Paris", "Mar 29, 2026, 3:00 AM", "29 mars 2026 à 03:00"),
        ((2026, 7, 1, 16, 5), "America/Toronto", "Jul 1, 2026, 12:05 PM", "1er juillet 2026 à 12:05"),
        ((2026, 1, 1, 0, 0), "Pacific/Kiritimati", "Jan 1, 2026, 2:00 PM", "1er janvier 2026 à 14:00"),
    ],
)
def test_instants_are_local(
    value: tuple[int, int, int, int, int], zone: str, english: str, french: str
) -> None:
    moment = datetime(*value, tzinfo=UTC)
    assert formats.moment(moment, zone, ENGLISH, words(ENGLISH)).replace("\xa0", " ") == english
    assert formats.moment(moment, zone, FRENCH, words(FRENCH)).replace("\xa0", " ") == french


def test_each_language_has_twelve_months() -> None:
    assert [len(words(locale)["common.months"].split()) for locale in (ENGLISH, FRENCH)] == [12, 12]
