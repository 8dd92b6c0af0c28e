"""JSON that stays exact, and JSON that is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.json_text import JsonError, dump, load, read


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xef\xbb\xbf[]", "byte order mark"),
        (b"[", "not JSON"),
        (b"", "not JSON"),
        (b"[] []", "not JSON"),
        (b"\xff", "not UTF-8"),
        ("[]".encode("utf-16"), "not UTF-8"),
        (b"[NaN]", "not a number"),
        (b"[-Infinity]", "not a number"),
        (b'{"a":1,"a":2}', "twice"),
        (b'[{"b":{"a":1,"a":1}}]', "twice"),
        (b'["\\ud800"]', "surrogate"),
        (b'[{"\\uDEAD":1}]', "surrogate"),
        (b"[" + b"9" * 100 + b"]", "out of any range"),
        (b"[1e999999999]", "out of any range"),
        (b"[1e-999999999]", "out of any range"),
        (b"[0." + b"1" * 100 + b"]", "out of any range"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_hostile_bytes_are_refused(raw: bytes, message: str) -> None:
    with pytest.raises(JsonError, match=message):
        load(raw)


def test_whole_surrogate_pairs_are_text() -> None:
    assert load(b'["\\ud83d\\ude00"]') == ["😀"]


def test_zero_with_any_exponent_is_zero() -> None:
    assert load(b"[0e999999999, -0.00]") == [0, 0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": Decimal("1.50"), "a": [Decimal(10), 10, None, True]}, '{"a":[10,10,null,true],"b":1.5}'),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.00"), "0"),
        (Decimal(100), "100"),
        ("é\n", '"é\\n"'),
    ],
)
def test_equal_content_has_one_spelling(value: object, text: str) -> None:
    assert dump(value) == text


def test_what_is_nested_too_deeply_is_not_written() -> None:
    value: list[object] = []
    for _ in range(60):
        value = [value]
    with pytest.raises(JsonError, match="nested"):
        dump(value)


def test_what_json_does_not_hold_is_not_written() -> None:
    with pytest.raises(TypeError):
        dump({"a": {1, 2}})


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    text = dump(value)
    assert load(text.encode()) == value
    assert read(text) == value
    assert dump(read(text)) == text
