"""Whether a client's model holds all that was answered, as far as the model knows of it.

The current client takes any object that it cannot read for a property that was left out, without an error;
the v1 client does the like with some lists. Only the answer's own JSON tells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

import pydantic


def lost(model: Any, answered: Any, at: str = "$") -> Iterator[str]:
    """Each property of the answered JSON that the model should hold and does not, by its path."""
    if answered is None:
        return
    if model is None:
        yield f"{at} is lost"
    elif isinstance(answered, dict):
        yield from _lost_of_object(model, answered, at)
    elif isinstance(answered, list):
        if not isinstance(model, list) or len(model) != len(answered):
            yield f"{at} has another length"
            return
        for number, (held, each) in enumerate(zip(model, answered, strict=True)):
            yield from lost(held, each, f"{at}[{number}]")
    elif not same(model, answered):
        yield f"{at} is {model!r} instead of {answered!r}"


def _lost_of_object(model: Any, answered: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(model, dict):
        for name, each in answered.items():
            yield from lost(model.get(name), each, f"{at}.{name}")
        return
    known = properties(model)
    if not known and answered:
        yield f"{at} has vanished"
    for name, attribute in known.items():
        yield from lost(getattr(model, attribute), answered.get(name), f"{at}.{name}")


def properties(model: Any) -> dict[str, str]:
    """The properties a model knows: name in JSON to name in Python."""
    if isinstance(model, pydantic.BaseModel):
        return {held.alias or name: name for name, held in type(model).model_fields.items()}
    if dataclasses.is_dataclass(model):
        named = [held for held in dataclasses.fields(model) if "dataclasses_json" in held.metadata]
        return {held.metadata["dataclasses_json"]["letter_case"](held.name): held.name for held in named}
    return {}


def same(held: Any, answered: Any) -> bool:
    """Whether a model's value is the answered one: enumerations by their value, amounts by their worth."""
    value = held.value if isinstance(held, Enum) else held
    if isinstance(value, Decimal) and not isinstance(answered, bool):
        return value == Decimal(str(answered))
    return bool(value == answered)
