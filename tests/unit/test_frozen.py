"""`frozen` makes what `dataclass(frozen=True, slots=True)` makes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from daybook.frozen import frozen


@frozen
class Empty:
    """Nothing."""


@frozen
class Point:
    """Two numbers and what is known of them."""

    x: int
    y: int = 2
    notes: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False)

    @property
    def sum(self) -> int:
        return self.x + self.y


@frozen
class Named(Point):
    """A point with a name, and another default."""

    y: int = 3
    name: str = "n"


@dataclass(frozen=True, slots=True)
class Standard:
    """As Point, made by the standard library."""

    x: int
    y: int = 2
    notes: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


def test_it_is_made_shown_and_taken_apart_as_the_standard_one_is() -> None:
    mine, standard = Point(1, secret="s"), Standard(1, secret="s")
    assert repr(mine) == repr(standard).replace("Standard", "Point")
    assert asdict(mine) == asdict(standard)
    assert [each.name for each in fields(mine)] == [each.name for each in fields(standard)]
    assert Point.__match_args__ == Standard.__match_args__
    assert Point.__slots__ == Standard.__slots__
    assert mine.sum == 3


def test_every_instance_has_a_default_of_its_own() -> None:
    assert Point(1).notes == {}
    assert Point(1).notes is not Point(1).notes
    assert Point(1, notes={"a": 1}).notes == {"a": 1}


@pytest.mark.parametrize("arguments", [{}, {"x": 1, "z": 2}])
def test_too_few_and_too_many_arguments_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Point\.__init__"):
        Point(**arguments)


def test_it_compares_by_value_within_its_own_class() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != Named(1, 2)
    assert Point(1) != (1, 2, {}, "")
    assert Empty() == Empty()
    assert {Empty(): 1}[Empty()] == 1
    assert hash(Named(1, notes=())) == hash(Named(1, notes=()))  # type: ignore[arg-type]
    assert hash(Named(1, notes=())) != hash(Named(2, notes=()))  # type: ignore[arg-type]


def test_nothing_of_it_can_be_changed_added_or_removed() -> None:
    point: Any = Point(1)
    for name in ("x", "other"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(point, name, 3)
    with pytest.raises(FrozenInstanceError, match="x"):
        del point.x
    assert point == Point(1)


def test_a_changed_copy_a_plain_copy_and_a_pickled_one() -> None:
    point = Named(1, name="a")
    assert replace(point, x=5) == Named(5, name="a")
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point  # noqa: S301
    assert (point.y, point.name) == (3, "a")


def test_it_is_matched_by_place_and_by_name() -> None:
    match Point(1, 7):
        case Point(x, y=7):
            assert x == 1
        case _:
            pytest.fail("it did not match")
