"""JSON whose numbers stay exact: Decimal in, Decimal out, and one spelling for equal content."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

# Deeper and longer than any record or configuration; beyond them is an attack or an accident.
_MOST_DEPTH = 50
_MOST_DIGITS = 60
_MOST_EXPONENT = 60
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_REMEMBERED = 8192  # texts of numbers
_OWN = json.JSONDecoder(parse_float=lru_cache(maxsize=_REMEMBERED)(Decimal))


class JsonError(ValueError):
    """Bytes that are not JSON, or not JSON anyone should send; the message says what to mend."""


def load(raw: bytes) -> object:
    """Read JSON: fractions become Decimal. Raises JsonError.

    Refused beyond what is no JSON: NaN and infinities, the same name twice in an object, half of a
    surrogate pair, numbers of more than 60 digits, encodings other than UTF-8.
    """
    if raw.startswith(_BYTE_ORDER_MARK):
        raise JsonError("begins with a byte order mark: send UTF-8 without one")
    try:
        value: object = json.loads(
            raw.decode(),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
        if _SURROGATE.search(raw):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError as error:
        raise JsonError(f"is not UTF-8 (at byte {error.start})") from None
    except UnicodeEncodeError:
        raise JsonError("holds half of a surrogate pair: send whole characters") from None
    except RecursionError:
        raise JsonError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise JsonError(f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    return value


def read(text: str) -> Any:
    """Read what `dump` wrote: like `load`, without the precautions."""
    return _OWN.decode(text)


def dump(value: object) -> str:
    """Compact JSON with sorted names; equal content gives equal text (`1.50` and `1.5` are both `1.5`).

    Raises JsonError when nested too deeply, TypeError for what JSON does not hold.
    """
    return _text(value, 0)


def _text(value: object, depth: int) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return plain(value)
    if depth == _MOST_DEPTH:
        raise JsonError("is nested too deeply")
    if isinstance(value, Mapping):
        parts = (
            f"{json.dumps(name, ensure_ascii=False)}:{_text(value[name], depth + 1)}"
            for name in sorted(value)
        )
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(part, depth + 1) for part in value) + "]"
    raise TypeError(f"JSON holds no {type(value).__name__}")


def plain(number: Decimal) -> str:
    """The shortest text of a number without an exponent: `1.5`, `-20`, `0`."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonError(f"gives {twice[:40]!r} twice in one object")
    return found


# Prices come again and again: what a text is worth is remembered.
@lru_cache(maxsize=_REMEMBERED)
def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > _MOST_DIGITS or (number and abs(number.adjusted()) > _MOST_EXPONENT):
        raise JsonError(f"holds a number out of any range: {text[:20]}...")
    return number or Decimal(0)


@lru_cache(maxsize=_REMEMBERED)
def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise JsonError(f"holds a number out of any range: {text[:20]}...")
    return int(text)


def _constant(text: str) -> object:
    raise JsonError(f"holds {text}, which is not a number")
