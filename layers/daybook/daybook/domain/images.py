"""What an image is, told from its bytes: a client's logo is believed to be nothing else.

PNG, JPEG and WebP are recognised by their headers, which also say how large the picture is: a small file may
unfold to one that no browser can hold. SVG is a program as much as a picture: what could run, or fetch
anything, is refused, and pages only ever show it as an image, which runs nothing either. Without a document
type, which is refused as well, XML has no entities that could unfold.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from daybook.frozen import frozen

MOST_BYTES = 100_000
MOST_PIXELS_A_SIDE = 4096
_NUMBER = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]+)?)\s*(?:px)?\s*")
_SVG = "http://www.w3.org/2000/svg"
# Elements that run, fetch or hold a page of their own.
_FORBIDDEN = frozenset({"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler"})
# Where a value may lead: into the image itself, or to a picture it carries.
_WITHIN = re.compile(r"\s*(#|data:image/(png|jpeg|webp);)", re.IGNORECASE)
_FETCHES = re.compile(r"@import|url\(\s*['\"]?(?!\s*(#|data:image/(png|jpeg|webp);))", re.IGNORECASE)
# JPEG: what begins a frame and so holds its size; C4, C8 and CC among them are something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = 0xFF
# So much of a WebP file tells its size, in each of its three forms.
_WEBP_HEADER = 30


class NoImage(Exception):
    """These bytes are not an image that can be shown; the message says why, for whoever sent it."""


@frozen
class Picture:
    """An image and its size in pixels; 0 by 0 when it has none of its own."""

    content: bytes
    content_type: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """The image in these bytes. Raises NoImage."""
    if len(content) > MOST_BYTES:
        raise NoImage(f"is larger than {MOST_BYTES // 1000} kB")
    content_type, size = _recognised(content)
    if max(size) > MOST_PIXELS_A_SIDE:
        raise NoImage(f"is more than {MOST_PIXELS_A_SIDE} pixels wide or high")
    if content_type != "image/svg+xml" and min(size) == 0:
        raise NoImage("has no size, or is cut short")
    return Picture(content, content_type, *size)


def _recognised(content: bytes) -> tuple[str, tuple[int, int]]:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", _png_size(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _jpeg_size(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp", _webp_size(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "image/svg+xml", _svg_size(content)
    raise NoImage("is neither PNG, JPEG, WebP nor SVG")


def _png_size(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or not content.endswith(b"IEND\xaeB`\x82"):
        return 0, 0
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(content) and content[place] == _MARKER:
        marker = content[place + 1]
        if marker in _FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width), int.from_bytes(height)
        # A marker's length counts itself; filler bytes before a marker are markers without one.
        place += 1 if marker == _MARKER else 2 + max(2, int.from_bytes(content[place + 2 : place + 4]))
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    if len(content) < _WEBP_HEADER:
        return 0, 0
    match content[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
        case b"VP8L" if content[20:21] == b"\x2f":
            bits = int.from_bytes(content[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            width, height = content[26:28], content[28:30]
            return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    return 0, 0


class _Svg:
    """Reads an SVG and refuses what is more than a drawing."""

    def __init__(self) -> None:
        self.root: dict[str, str] | None = None
        self._style: list[str] = []

    def doctype(self, *_: object) -> None:
        raise NoImage("has a document type or entities, which an SVG here must not")

    def instruction(self, *_: object) -> None:
        raise NoImage("has processing instructions, which an SVG here must not")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self.root is None:
            if (namespace, local) != (_SVG, "svg"):
                raise NoImage("is neither PNG, JPEG, WebP nor SVG")
            self.root = attributes
        if local.lower() in _FORBIDDEN:
            raise NoImage(f"contains <{local.lower()}>, which could run or fetch something")
        for attribute, value in attributes.items():
            self._check(attribute.rpartition(" ")[2].lower(), value)

    def text(self, text: str) -> None:
        self._style.append(text)

    def end(self, _: str) -> None:
        if _FETCHES.search("".join(self._style)):
            raise NoImage("has a style that fetches something from elsewhere")
        self._style.clear()

    @staticmethod
    def _check(attribute: str, value: str) -> None:
        if attribute.startswith("on"):
            raise NoImage(f"has {attribute[:20]}, which could run something")
        if attribute in ("href", "src") and not _WITHIN.match(value):
            raise NoImage("leads to something outside itself")
        if _FETCHES.search(value) or "javascript:" in value.lower():
            raise NoImage("fetches or runs something from elsewhere")


def _svg_size(content: bytes) -> tuple[int, int]:
    reader = _Svg()
    # Whatever encoding it claims: as UTF-8 it is read here, and as UTF-8 it is served.
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it so
    except (expat.ExpatError, ValueError):
        raise NoImage("is SVG that cannot be read as XML") from None
    root = reader.root or {}
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    if width and height:
        return width, height
    box = root.get("viewBox", "").replace(",", " ").split()
    return (_length(box[2]), _length(box[3])) if len(box) == 4 else (0, 0)  # noqa: PLR2004 - x, y and size


def _length(text: str) -> int:
    found = _NUMBER.fullmatch(text)
    return round(float(found[1])) if found else 0
