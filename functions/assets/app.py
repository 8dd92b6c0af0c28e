"""What pages load besides themselves: the stylesheet, the script, clients' images.

Their addresses change when they do, so that browsers keep them for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from daybook.domain.errors import NotFound
from daybook.services.branding import client_image
from daybook.services.runtime import runtime
from daybook.web.static_files import FOR_EVER, static_file
from rest import Api, Reply, Request, Text

pages = Api("assets")
handler = pages.handle

# An image runs and fetches nothing, also when it is opened by itself.
_IMAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
)
_TYPES: Mapping[str, str] = MappingProxyType(
    {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
)


@pages.route("GET", "/assets/pages/<digest>/<name>")
def read_asset(_request: Request, digest: str, name: str) -> object:
    """A file that pages load."""
    kind = _TYPES.get(name.rpartition(".")[2])
    text = static_file(digest, name) if kind else None
    if text is None or kind is None:
        raise NotFound("file")
    return Reply(Text(text, kind), {"Cache-Control": FOR_EVER})


@pages.route("GET", "/assets/clients/<client_id>/<digest>/<image>")
def read_client_image(_request: Request, client_id: str, digest: str, image: str) -> object:
    """A logo or an icon of a client; anybody may see it."""
    if image not in ("logo.svg", "icon.svg"):
        raise NotFound("image")
    drawn = Text(client_image(runtime(), client_id, digest), "image/svg+xml; charset=utf-8")
    return Reply(drawn, {"Cache-Control": FOR_EVER, "Content-Security-Policy": _IMAGE_POLICY})
