"""How a client's pages look: its name, its images and its colour (specification: flow and portal)."""

from __future__ import annotations

from functools import lru_cache

from daybook.domain.colours import shades
from daybook.frozen import frozen

# A blue that is readable under white and on both backgrounds.
DEFAULT_COLOUR = "#1d4ed8"
# What a colour is seen against: the lightest and the darkest background of the stylesheet, by day, by night.
LIGHT = ("#ffffff", "#eceef2")
DARK = ("#0e1116", "#232933")


@frozen
class Brand:
    """What a page shows of a client; images are paths of this API, "" for none. Colours are `#rrggbb`.

    `colour` is that of buttons and marks, `text_colour` that of text on it, `ink` that of links; those for
    dark pages besides.
    """

    name: str
    logo: str = ""
    icon: str = ""
    colour: str = DEFAULT_COLOUR
    text_colour: str = "#ffffff"
    ink: str = DEFAULT_COLOUR
    dark_colour: str = "#93b4ff"
    dark_text_colour: str = "#000000"
    dark_ink: str = "#93b4ff"


@lru_cache(maxsize=256)
def brand(name: str, colour: str = "", logo: str = "", icon: str = "") -> Brand:
    """The look of pages in a colour, in the shades of it that can be read; "" for our own."""
    if not colour:
        return Brand(name, logo, icon)
    light, dark = shades(colour, LIGHT), shades(colour, DARK)
    return Brand(
        name,
        logo,
        icon,
        light.fill,
        light.on_fill,
        light.ink,
        dark.fill,
        dark.on_fill,
        dark.ink,
    )
