"""How a client's pages look, as the client sees and changes it."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from daybook.domain.branding import DEFAULT_COLOUR, brand
from daybook.services.branding import image_path
from daybook.store import branding
from daybook.wire.branding import BrandColours, BrandingImageAnswer, ClientBranding

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.branding import Image
    from daybook.wire.branding import BrandingChanges

# Pages that are open and mails that were sent go on showing an image for so long after it was replaced.
_KEPT_SECONDS = 30 * 86400


def show_branding(runtime: Runtime, client_id: str, base_url: str) -> ClientBranding:
    """What is in force for a client. Raises NotFound for a client there is not."""
    chosen = branding.find(runtime.table, client_id)
    made = brand(chosen.name or chosen.client_name, chosen.colour)

    def image(name: str, kept: Image | None) -> BrandingImageAnswer | None:
        if kept is None:
            return None
        url = f"{base_url}{image_path(client_id, name, kept)}"
        return BrandingImageAnswer(
            url=url, content_type=kept.content_type, width=kept.width, height=kept.height
        )

    return ClientBranding(
        name=made.name,
        primary_colour=chosen.colour or DEFAULT_COLOUR,
        colours=BrandColours(
            fill=made.colour,
            on_fill=made.text_colour,
            ink=made.ink,
            dark_fill=made.dark_colour,
            dark_on_fill=made.dark_text_colour,
            dark_ink=made.dark_ink,
        ),
        logo=image("logo", chosen.logo),
        icon=image("icon", chosen.icon),
    )


def change_branding(
    runtime: Runtime, client_id: str, changes: BrandingChanges, base_url: str
) -> ClientBranding:
    """Change what is named; what is in force then. Raises NotFound for a client there is not."""
    before = branding.find(runtime.table, client_id)
    changed: dict[str, str | Image | None] = dict(changes.texts)
    for name, picture in changes.images.items():
        changed[name] = None
        if picture is not None:
            digest = hashlib.sha256(picture.content).hexdigest()
            changed[name] = branding.keep_image(runtime.table, client_id, digest, picture)
    if changed:
        branding.change(runtime.table, client_id, changed)
        _retire(runtime, client_id, before)
    return show_branding(runtime, client_id, base_url)


def _retire(runtime: Runtime, client_id: str, before: branding.Branding) -> None:
    """Let images go that were shown before and are no longer."""
    now = branding.find(runtime.table, client_id)
    expires = math.ceil(runtime.clock.now().timestamp()) + _KEPT_SECONDS
    for image in (before.logo, before.icon):
        if image is not None and not now.shows(image.digest):
            branding.retire_image(runtime.table, client_id, image.digest, expires)
