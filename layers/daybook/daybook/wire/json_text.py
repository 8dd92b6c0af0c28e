"""JSON as it crosses the edge: numbers are Decimal both ways, and nothing sent can do harm."""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.json_text import JsonError, load

# Deeper than any record or configuration; later code walks what was read by recursion.
DEEPEST = 40
# json has no way to write a Decimal as a number: it is written as a text that nobody else can write (the
# token is new in every process and never leaves it), and the quotes are then taken away.
_TOKEN = secrets.token_hex(16)
_MARKED = re.compile(f'"{_TOKEN}([^"]*)"')


def read_json(raw: bytes) -> object:
    """Read JSON in UTF-8: objects, lists, str, int, Decimal, bool, None.

    Raises BadRequest for what `domain/json_text.py` refuses, and for nesting deeper than 40.
    """
    try:
        value = load(raw)
    except JsonError as error:
        raise malformed(str(error)) from None
    _check_depth(value)
    return value


def write_json(value: object, indent: int | None = None) -> str:
    """Write JSON, compact unless indented. Decimals become numbers with exactly their digits, no exponent."""
    separators = (",", ":" if indent is None else ": ")
    text = json.dumps(
        value, ensure_ascii=False, separators=separators, allow_nan=False, default=_mark, indent=indent
    )
    return _MARKED.sub(r"\1", text)


def malformed(fault: str) -> BadRequest:
    """The error for a body that cannot be read."""
    return BadRequest(f"The body {fault}.", [Problem("$", f"The body {fault}.", "json")])


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


def _mark(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{_TOKEN}{value:f}"
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
