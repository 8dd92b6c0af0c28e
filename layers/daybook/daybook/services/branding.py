"""How a client's pages look."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from daybook.domain.branding import Brand, brand
from daybook.store import branding

if TYPE_CHECKING:
    from daybook.domain.images import Picture
    from daybook.services.runtime import Runtime
    from daybook.store.branding import Image

DAYBOOK = Brand("Daybook")
_SVG = "image/svg+xml"


def brand_of(runtime: Runtime, client_id: str) -> Brand:
    """What a client's pages show of it; our own name where no client is known. Raises NotFound."""
    if not client_id:
        return DAYBOOK
    chosen = branding.find(runtime.table, client_id)
    logo, icon = image_path(client_id, "logo", chosen.logo), image_path(client_id, "icon", chosen.icon)
    return brand(chosen.name or chosen.client_name, chosen.colour, logo, icon)


def image_path(client_id: str, name: str, image: Image | None) -> str:
    """Where an image of a client is, "" when there is none."""
    return f"/assets/clients/{client_id}/{image.digest}/{name}.svg" if image else ""


def client_image(runtime: Runtime, client_id: str, digest: str) -> str:
    """An image of a client as SVG. Raises NotFound."""
    return as_svg(branding.picture(runtime.table, client_id, digest))


def as_svg(picture: Picture) -> str:
    """An image as SVG, which is text: one of another kind lies within it (docs/adr/0029)."""
    if picture.content_type == _SVG:
        return picture.content.decode("utf-8-sig")
    data = base64.b64encode(picture.content).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {picture.width} {picture.height}">'
        f'<image {size} href="data:{picture.content_type};base64,{data}"/></svg>'
    )
