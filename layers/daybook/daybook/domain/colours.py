"""Colours that can be read whatever a client chose: contrast as WCAG 2 measures it.

A client gives one colour. Pages use it as a fill (buttons, the bar of progress) and as ink (links), on light
and on dark ground; each use takes the nearest shade that can be made out there, so no colour is refused.
"""

from __future__ import annotations

import re

from daybook.frozen import frozen

# WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (what is not text but must be seen).
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
# How finely a shade is looked for between the colour and black or white.
_STEPS = 64
_HEXADECIMAL = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
# sRGB, IEC 61966-2-1, with the threshold as WCAG writes it.
_THRESHOLD = 0.04045
_BLACK, _WHITE = "#000000", "#ffffff"


@frozen
class Shades:
    """A colour on one ground: `fill` with `on_fill` written on it, and `ink` to write with."""

    fill: str
    on_fill: str
    ink: str


def read_colour(text: str) -> str:
    """A colour written `#rgb` or `#rrggbb`, as `#rrggbb` in lower case. Raises ValueError."""
    found = text.strip().lower()
    if not _HEXADECIMAL.fullmatch(found):
        raise ValueError("is a colour like #0a7c66")
    if len(found) == len("#rgb"):
        found = "#" + "".join(digit * 2 for digit in found[1:])
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour: always at least 4.5 to 1."""
    return max(_WHITE, _BLACK, key=lambda text: contrast(text, colour))


def readable_on(colour: str, grounds: tuple[str, ...], ratio: float = TEXT_CONTRAST) -> str:
    """The shade nearest to a colour that stands out from every one of these grounds.

    The grounds are all light or all dark; the colour is mixed with black or with white as far as it takes.
    """
    end = text_on(grounds[0])
    shades = (_mixed(colour, end, step) for step in range(_STEPS + 1))
    return next(
        (shade for shade in shades if all(contrast(shade, ground) >= ratio for ground in grounds)), end
    )


def shades(colour: str, grounds: tuple[str, ...]) -> Shades:
    """A colour as pages use it on these grounds."""
    fill = readable_on(colour, grounds, SHAPE_CONTRAST)
    return Shades(fill, text_on(fill), readable_on(colour, grounds))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _THRESHOLD else ((part + 0.055) / 1.055) ** 2.4


def _mixed(colour: str, end: str, step: int) -> str:
    pairs = zip(_parts(colour), _parts(end), strict=True)
    return "#" + "".join(f"{round(own + (other - own) * step / _STEPS):02x}" for own, other in pairs)
