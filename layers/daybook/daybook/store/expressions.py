"""Conditions in DynamoDB's expression language."""

from __future__ import annotations

from typing import Any

from daybook.store.table import Absent, All, Condition, Equals, Exists, LessThanOrAbsent
from daybook.store.values import encode


def conditional(condition: Condition | None) -> dict[str, Any]:
    """The arguments that make a write conditional; none for no condition."""
    if condition is None:
        return {}
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    arguments: dict[str, Any] = {
        "ConditionExpression": _expression(condition, names, values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if names:
        arguments["ExpressionAttributeNames"] = names
    if values:
        arguments["ExpressionAttributeValues"] = values
    return arguments


def _expression(condition: Condition, names: dict[str, str], values: dict[str, Any]) -> str:
    match condition:
        case Absent():
            return "attribute_not_exists(PK)"
        case Exists():
            return "attribute_exists(PK)"
        case Equals(attribute, value):
            name, placeholder = _bind(attribute, value, names, values)
            return f"{name} = {placeholder}"
        case LessThanOrAbsent(attribute, value):
            name, placeholder = _bind(attribute, value, names, values)
            return f"(attribute_not_exists({name}) OR {name} < {placeholder})"
        case All(conditions):
            return " AND ".join(_expression(part, names, values) for part in conditions)


def _bind(attribute: str, value: str | int, names: dict[str, str], values: dict[str, Any]) -> tuple[str, str]:
    number = len(names)
    names[f"#c{number}"] = attribute
    values[f":c{number}"] = encode(value)
    return f"#c{number}", f":c{number}"
