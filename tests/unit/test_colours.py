"""A client's colour can be read whatever it is (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.colours import (
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    contrast,
    read_colour,
    readable_on,
    shades,
    text_on,
)

LIGHT, DARK = ("#ffffff", "#f4f5f7"), ("#12151b", "#1d222b")
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("written", "read"),
    [("#0a7c66", "#0a7c66"), (" #0A7C66 ", "#0a7c66"), ("#fC0", "#ffcc00"), ("#000", "#000000")],
)
def test_a_colour_is_read(written: str, read: str) -> None:
    assert read_colour(written) == read


@pytest.mark.parametrize(
    "written", ["", "red", "0a7c66", "#0a7c6", "#0a7c666", "#gggggg", "#\u0660\u0660\u0660", "#fff;}"]
)
def test_what_is_no_colour_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="like #0a7c66"):
        read_colour(written)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#777777", "#ffffff", 4.48),  # the best known pair that just fails
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_the_ratios_are_those_of_the_standard() -> None:
    assert (TEXT_CONTRAST, SHAPE_CONTRAST) == (4.5, 3)


@given(colour=colours)
def test_text_on_any_colour_can_be_read(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= TEXT_CONTRAST


@pytest.mark.parametrize(("colour", "text"), [("#ffd400", "#000000"), ("#1d4ed8", "#ffffff")])
def test_text_is_the_easier_to_read(colour: str, text: str) -> None:
    assert text_on(colour) == text


@given(colour=colours, grounds=st.sampled_from([LIGHT, DARK]))
def test_every_use_of_any_colour_can_be_read(colour: str, grounds: tuple[str, ...]) -> None:
    made = shades(colour, grounds)
    for ground in grounds:
        assert contrast(made.ink, ground) >= TEXT_CONTRAST
        assert contrast(made.fill, ground) >= SHAPE_CONTRAST
    assert contrast(made.on_fill, made.fill) >= TEXT_CONTRAST
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in (made.ink, made.fill, made.on_fill))


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable_on("#1d4ed8", LIGHT) == "#1d4ed8"
    assert shades("#1d4ed8", LIGHT).fill == "#1d4ed8"


def test_one_that_cannot_moves_no_further_than_it_must() -> None:
    yellow = readable_on("#ffd400", LIGHT)
    assert TEXT_CONTRAST <= contrast(yellow, LIGHT[1]) < TEXT_CONTRAST + 0.3
    assert yellow < "#ffd400"
    navy = readable_on("#000060", DARK)
    assert TEXT_CONTRAST <= contrast(navy, DARK[1]) < TEXT_CONTRAST + 0.3
