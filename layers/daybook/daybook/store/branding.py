"""What a client chose for how its pages look: a few words in one item, each image in one of its own.

An image lies under the digest of its bytes and never changes, so browsers may keep it for ever. One that is
no longer shown stays for a while, for pages that are still open and for mails that show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daybook.domain.errors import NotFound
from daybook.domain.images import Picture
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Table

_IMAGES = ("logo", "icon")


@frozen
class Image:
    """An image of a client: the digest it lies under, its type and its size in pixels (0 when unknown)."""

    digest: str
    content_type: str
    width: int
    height: int


@frozen
class Branding:
    """What a client chose; "" and None where it chose nothing. `client_name` is what we call it."""

    client_name: str
    name: str = ""
    colour: str = ""
    logo: Image | None = None
    icon: Image | None = None

    def shows(self, digest: str) -> bool:
        """Whether one of its images lies under this digest."""
        return any(image and image.digest == digest for image in (self.logo, self.icon))


def find(table: Table, client_id: str) -> Branding:
    """What a client chose. Raises NotFound for a client there is not."""
    client, chosen = layout.client(client_id), layout.branding(client_id)
    items = table.batch_get([client, chosen])
    if client not in items:
        raise NotFound("client")
    return _branding(items[client]["name"], items.get(chosen, {}))


def change(table: Table, client_id: str, changes: Mapping[str, str | Image | None]) -> None:
    """Set `name`, `colour`, `logo` or `icon`; None for no choice. What is not named stays."""
    put = {name: _attribute(value) for name, value in changes.items()}
    table.add(*layout.branding(client_id), put=put)


def keep_image(table: Table, client_id: str, digest: str, picture: Picture) -> Image:
    """Keep an image under its digest."""
    pk, sk = layout.branding_image(client_id, digest)
    image = Image(digest, picture.content_type, picture.width, picture.height)
    table.put({"PK": pk, "SK": sk, "content": picture.content, **_described(image)})
    return image


def retire_image(table: Table, client_id: str, digest: str, expires: int) -> None:
    """Have an image removed some time after this second of Unix time."""
    table.add(*layout.branding_image(client_id, digest), put={"expires": expires})


def picture(table: Table, client_id: str, digest: str) -> Picture:
    """An image. Raises NotFound."""
    item = table.get(*layout.branding_image(client_id, digest))
    if item is None or "content" not in item:
        raise NotFound("image")
    return Picture(bytes(item["content"]), item["type"], item["width"], item["height"])


def _attribute(value: str | Image | None) -> Any:
    return {"digest": value.digest, **_described(value)} if isinstance(value, Image) else value


def _described(image: Image) -> dict[str, Any]:
    return {"type": image.content_type, "width": image.width, "height": image.height}


def _branding(client_name: str, item: Mapping[str, Any]) -> Branding:
    logo, icon = (_image(item.get(name)) for name in _IMAGES)
    return Branding(client_name, item.get("name") or "", item.get("colour") or "", logo, icon)


def _image(kept: Mapping[str, Any] | None) -> Image | None:
    return Image(kept["digest"], kept["type"], kept["width"], kept["height"]) if kept else None
