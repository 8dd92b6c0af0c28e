"""Integrations as they are answered, and the images that stand for them."""

from __future__ import annotations

from html import escape

from daybook.wire.formats import SourceType, Url, Uuid
from daybook.wire.models import Model

IMAGES = ("full", "square", "button", "button-hover")


class SupportedFeature(Model):
    """One thing an integration can do with a type of data."""

    feature_type: str
    feature_state: str = "Release"


class DataTypeFeature(Model):
    """What an integration can do with a type of data, by its published name."""

    data_type: str
    supported_features: list[SupportedFeature]


class Integration(Model):
    """A platform companies can be connected to."""

    key: str
    name: str
    logo_url: Url
    enabled: bool
    integration_id: Uuid
    source_id: Uuid
    source_type: SourceType
    is_offline_connector: bool = False
    is_beta: bool = False
    data_provided_by: str = ""
    datatype_features: list[DataTypeFeature]


class Image(Model):
    """Where an image is, and what it shows."""

    src: Url
    alt: str


class BrandingImage(Model):
    """An image of a branding."""

    image: Image


class Logo(Model):
    """A platform's logo in two shapes."""

    full: BrandingImage
    square: BrandingImage


class Button(Model):
    """A button that leads to a platform."""

    default: BrandingImage
    hover: BrandingImage


class Branding(Model):
    """The images that stand for a platform."""

    logo: Logo
    button: Button
    source_id: Uuid


def draw(name: str, colour: str, image: str) -> str:
    """An image of a platform as SVG: its name on its colour, or its first letter on a square."""
    square = image == "square"
    text = name[0] if square else f"Connect to {name}" if image.startswith("button") else name
    size = 64 if square else 20
    width = 96 if square else 48 + 11 * len(text)
    height = 96 if square else 56
    shade = ' fill-opacity="0.85"' if image == "button-hover" else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><title>{escape(text)}</title>'
        f'<rect width="{width}" height="{height}" rx="8" fill="{colour}"{shade}/>'
        f'<text x="50%" y="50%" dominant-baseline="central" text-anchor="middle" fill="#fff" '
        f'font-family="system-ui,sans-serif" font-weight="600" font-size="{size}">{escape(text)}</text></svg>'
    )
