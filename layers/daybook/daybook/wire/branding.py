"""How a client's pages look, on the wire."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from pydantic import Field

from daybook.domain.colours import read_colour
from daybook.domain.errors import BadRequest, Problem
from daybook.domain.images import MOST_BYTES, NoImage, Picture, read_picture
from daybook.frozen import frozen
from daybook.wire.formats import Url
from daybook.wire.models import Model

LONGEST_NAME = 60
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")
# Longer text cannot be an image that is small enough, so that it is not even unpacked.
_LONGEST_DATA = MOST_BYTES * 3 // 2

Colour = Annotated[str, Field(json_schema_extra={"pattern": "^#[0-9a-f]{6}$"})]
ImageData = Annotated[str, Field(max_length=_LONGEST_DATA, json_schema_extra={"contentEncoding": "base64"})]


class BrandingImageAnswer(Model):
    """An image: where it is, what it is, and its size in pixels, 0 when it has none of its own."""

    url: Url
    content_type: str
    width: int
    height: int


class BrandColours(Model):
    """What pages make of the colour: `fill` with `onFill` written on it, `ink` for links; dark ones besides.

    Each is the shade nearest to the colour that can be read there.
    """

    fill: Colour
    on_fill: Colour
    ink: Colour
    dark_fill: Colour
    dark_on_fill: Colour
    dark_ink: Colour


class ClientBranding(Model):
    """How the pages look that merchants and support teams see; null where the default is in force."""

    name: str
    primary_colour: Colour
    colours: BrandColours
    logo: BrandingImageAnswer | None
    icon: BrandingImageAnswer | None


class ClientBrandingChange(Model):
    """What to change; null restores the default, and what is left out stays.

    Images are PNG, JPEG, WebP or SVG of at most 100 kB in base64, or a `data:` URL of that.
    """

    name: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    primary_colour: (
        Annotated[str, Field(json_schema_extra={"pattern": "^#([0-9a-fA-F]{3}){1,2}$"})] | None
    ) = None
    logo: ImageData | None = None
    icon: ImageData | None = None


@frozen
class BrandingChanges:
    """What is to change: texts (`name`, `colour`) and images (`logo`, `icon`); None for the default."""

    texts: Mapping[str, str | None] = field(default_factory=dict)
    images: Mapping[str, Picture | None] = field(default_factory=dict)


def read_branding_changes(body: object) -> BrandingChanges:
    """What to change of a client's branding. Raises BadRequest with a problem for each fault."""
    if body is None:
        return BrandingChanges()
    if not isinstance(body, dict):
        message = "A JSON object is needed as the body."
        raise BadRequest(message, [Problem("$", message, "type")])
    problems: list[Problem] = []
    texts: dict[str, str | None] = {}
    images: dict[str, Picture | None] = {}
    for published, name in (("name", "name"), ("primaryColour", "colour")):
        if published in body:
            texts[name] = _text(published, body[published], problems)
    for name in ("logo", "icon"):
        if name in body:
            images[name] = _picture(name, body[name], problems)
    if problems:
        raise BadRequest(" ".join(problem.message for problem in problems), problems)
    return BrandingChanges(texts, images)


def _text(published: str, value: object, problems: list[Problem]) -> str | None:
    if value is None:
        return None
    if published == "name":
        name = value.strip() if isinstance(value, str) else ""
        if name and len(name) <= LONGEST_NAME and name.isprintable():
            return name
        problems.append(
            Problem("$.name", f"name is a text of 1 to {LONGEST_NAME} characters on one line.", "text")
        )
        return None
    try:
        return read_colour(value if isinstance(value, str) else "")
    except ValueError as refused:
        problems.append(Problem("$.primaryColour", f"primaryColour {refused}.", "colour"))
        return None


def _picture(name: str, value: object, problems: list[Problem]) -> Picture | None:
    if value is None:
        return None
    try:
        return read_picture(_content(value))
    except NoImage as refused:
        problems.append(Problem(f"$.{name}", f"{name} {refused}.", "image"))
        return None


def _content(value: object) -> bytes:
    if not isinstance(value, str):
        raise NoImage("is the image's bytes in base64")
    begins = _DATA_URL.match(value)
    data = "".join(value[begins.end() if begins else 0 :][: _LONGEST_DATA + 1].split())
    if len(data) >= _LONGEST_DATA:
        raise NoImage(f"is larger than {MOST_BYTES // 1000} kB")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise NoImage("is not base64") from None
