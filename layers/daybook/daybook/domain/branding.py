"""How a client's pages look: its name, images and colour (specification: flow and portal, white label)."""

from __future__ import annotations

from dataclasses import dataclass

# A blue that is readable under white and on both backgrounds.
DEFAULT_COLOUR = "#1d4ed8"


@dataclass(frozen=True, slots=True)
class Brand:
    """What a page shows of a client; images are paths of this API, "" for none. Colours are `#rrggbb`.

    `colour` is that of buttons and marks, `text_colour` that of text on it; those for dark pages besides.
    """

    name: str
    logo: str = ""
    icon: str = ""
    colour: str = DEFAULT_COLOUR
    text_colour: str = "#ffffff"
    dark_colour: str = "#93b4ff"
    dark_text_colour: str = "#0b1220"
