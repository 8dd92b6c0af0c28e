"""DynamoDB's typed JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Typed = dict[str, Any]


def encode(value: object) -> Typed:
    """A value as DynamoDB writes it. Raises TypeError for a type the table does not hold."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [encode(part) for part in value]}
        case dict():
            return {"M": {str(name): encode(part) for name, part in value.items()}}
        case set() | frozenset() if value and all(isinstance(part, str) for part in value):
            return {"SS": sorted(value)}
    raise TypeError(f"the table does not hold {type(value).__name__} (write a Decimal as text): {value!r}")


def decode(typed: Mapping[str, Any]) -> Any:
    """The value DynamoDB wrote."""
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return int(value)
        case "NULL":
            return None
        case "B":
            return bytes(value)
        case "L":
            return [decode(part) for part in value]
        case "M":
            return {name: decode(part) for name, part in value.items()}
        case "SS":
            return set(value)
    return value  # S and BOOL


def encode_item(item: Mapping[str, object]) -> dict[str, Typed]:
    """An item as DynamoDB writes it."""
    return {name: encode(value) for name, value in item.items()}


def decode_item(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The item DynamoDB wrote."""
    return {name: decode(value) for name, value in item.items()}
