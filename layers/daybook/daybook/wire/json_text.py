"""JSON as it crosses the edge: numbers are Decimal both ways, and nothing sent can do harm."""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any, NoReturn

from daybook.domain.errors import BadRequest, Problem

# Deeper than any record or configuration; later code walks what was read by recursion.
DEEPEST = 40
LONGEST_NUMBER = 100
# json has no way to write a Decimal as a number: it is written as a text that nobody else can write (the
# token is new in every process and never leaves it), and the quotes are then taken away.
_TOKEN = secrets.token_hex(16)
_MARKED = re.compile(f'"{_TOKEN}([^"]*)"')


def read_json(raw: bytes) -> object:
    """Read JSON in UTF-8 (a byte-order mark is allowed): objects, lists, str, int, Decimal, bool, None.

    Of a repeated name the last value counts. Raises BadRequest for anything else: other encodings, NaN and
    infinities, half of a surrogate pair, nesting deeper than 40, numbers of more than 100 characters.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise malformed(f"is not UTF-8 (byte {error.start})") from None
    try:
        value = json.loads(text, parse_float=_number, parse_int=_integer, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise malformed(f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise malformed(f"is nested more than {DEEPEST} deep") from None
    _check_depth(value)
    if "\\ud" in text.lower():
        _check_surrogates(value)
    return value


def write_json(value: object) -> str:
    """Write compact JSON. Decimals become numbers with exactly their digits, without an exponent."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_mark)
    return _MARKED.sub(r"\1", text)


def malformed(fault: str) -> BadRequest:
    """The error for a body that cannot be read."""
    return BadRequest(f"The body {fault}.", [Problem("$", f"The body {fault}.", "json")])


def _number(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise malformed(f"holds a number of more than {LONGEST_NUMBER} characters")
    number = Decimal(text)
    if abs(number.adjusted()) > LONGEST_NUMBER:
        raise malformed("holds a number beyond all measure")
    return number


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise malformed(f"holds a number of more than {LONGEST_NUMBER} characters")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise malformed(f"holds {text}, which is no number")


def _check_depth(value: object) -> None:
    level: list[Any] = [value]
    for _ in range(DEEPEST + 1):
        containers = [item for item in level if isinstance(item, dict | list)]
        if not containers:
            return
        level = [
            inner for item in containers for inner in (item.values() if isinstance(item, dict) else item)
        ]
    raise malformed(f"is nested more than {DEEPEST} deep")


def _check_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise malformed("holds half of a surrogate pair") from None


def _mark(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{_TOKEN}{value:f}"
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
