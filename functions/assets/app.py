"""What pages load besides themselves: the stylesheet and the script. Their addresses change when they do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from daybook.domain.errors import NotFound
from daybook.web.static_files import FOR_EVER, static_file
from rest import Api, Reply, Request, Text

pages = Api("assets")
handler = pages.handle

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
