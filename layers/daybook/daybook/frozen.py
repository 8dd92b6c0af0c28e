"""Frozen dataclasses with slots that cost a quarter to make.

`dataclass(frozen=True, slots=True)` compiles six methods of every class at every cold start: half of what our
own modules took to import (docs/adr/0031). Here `__init__` alone is compiled, the others are alike for all
classes. It fills the slots directly, so that making an instance is faster, too. All else is as there:
`replace`, `fields`, `asdict`, `match`, comparison by value, and FrozenInstanceError for a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, cast, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Made]) -> type[Made]:
    """Make a class a frozen dataclass with slots. There is no `__post_init__`."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    members = fields(made)
    made.__init__ = _init(made, members)
    made.__eq__, made.__hash__ = _comparison([each.name for each in members if each.compare])
    made.__repr__, made.__reduce__ = _repr, _reduce
    made.__setattr__ = made.__delattr__ = _refuse
    return cast("type[Made]", made)


def _init(made: Any, members: Iterable[Field[Any]]) -> Callable[..., None]:
    """What fills the slots of an instance, written out as one would by hand."""
    scope: dict[str, Any] = {"_missing": MISSING}
    parameters, body = ["self"], ["pass"]
    for each in members:
        name, value = each.name, each.name
        scope[f"_set_{name}"] = getattr(made, name).__set__
        if each.default is not MISSING:
            scope[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        elif each.default_factory is not MISSING:
            scope[f"_make_{name}"] = each.default_factory
            parameters.append(f"{name}=_missing")
            value = f"_make_{name}() if {name} is _missing else {name}"
        else:
            parameters.append(name)
        body.append(f"_set_{name}(self, {value})")
    # The names of a class's own fields, as the standard library does it.
    exec(f"def __init__({', '.join(parameters)}):\n {'; '.join(body)}", scope)  # noqa: S102
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _comparison(names: list[str]) -> tuple[Callable[[Any, object], bool], Callable[[Any], int]]:
    values: Callable[[Any], Any] = attrgetter(*names) if names else lambda _: ()

    def is_equal(self: Any, other: Any) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return is_equal, hashed


def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({shown})"


def _reduce(self: Any) -> tuple[Any, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, each.name) for each in fields(self))


def _refuse(self: Any, name: str, *_: Any) -> NoReturn:
    raise FrozenInstanceError(f"cannot change {name!r} of {type(self).__qualname__}")
