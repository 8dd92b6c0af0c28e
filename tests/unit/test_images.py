"""A client's images are images, and nothing but."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.images import MOST_BYTES, NoImage, read_picture

# The smallest files of their kinds: 1 by 1, and 3 by 2 for JPEG.
WEBP_LOSSY = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
WEBP_LOSSLESS = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080002000301011100ffd9")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"{}><path d="M0 0h9v9z"/>{}</svg>'


def png(width: int = 4, height: int = 3) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * min(width, 64)) * min(height, 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_extended(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size


WHOLE = (png(), JPEG, WEBP_LOSSY, webp_extended(20, 20), SVG.format("", "").encode())


@pytest.mark.parametrize(
    ("content", "content_type", "size"),
    [
        (png(), "image/png", (4, 3)),
        (JPEG, "image/jpeg", (3, 2)),
        (WEBP_LOSSY, "image/webp", (1, 1)),
        (WEBP_LOSSLESS, "image/webp", (1, 1)),
        (webp_extended(640, 200), "image/webp", (640, 200)),
        (SVG.format("", "").encode(), "image/svg+xml", (120, 30)),
        (SVG.format(' width="60px" height="15"', "").encode(), "image/svg+xml", (60, 15)),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG.format("", "").encode(), "image/svg+xml", (120, 30)),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", (0, 0)),
    ],
)
def test_an_image_is_known_by_its_bytes(content: bytes, content_type: str, size: tuple[int, int]) -> None:
    read = read_picture(content)
    assert (read.content, read.content_type, (read.width, read.height)) == (content, content_type, size)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither"),
        (b"GIF89a" + bytes(50), "neither"),
        (b"%PDF-1.7", "neither"),
        (b"<!DOCTYPE html><html></html>", "document type"),
        (b"<html><body>hello</body></html>", "neither"),
        (b"<svg/>", "neither"),
        (png()[:-4], "cut short"),
        (png(0, 5), "no size"),
        (png(5000, 5), "4096"),
        (webp_extended(16000, 16000), "4096"),
        (b"\xff\xd8\xff\xe0", "cut short"),
        (b"RIFF\0\0\0\0WEBPVP8L", "cut short"),
        (png() + bytes(MOST_BYTES), "larger"),
        (b"<svg", "read as XML"),
        (SVG.format("", "<title>Caf\xe9</title>").encode("latin-1"), "read as XML"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + SVG.format("", "\xe9").encode("latin-1"), "XML"),
    ],
)
def test_what_is_none_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NoImage, match=reason):
        read_picture(content)


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        "<foreignObject><b>hello</b></foreignObject>",
        '<path onload="alert(1)"/>',
        '<path ONCLICK="alert(1)"/>',
        '<image href="https://other.example/x.png"/>',
        '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="//other.example/x.png"/>',
        '<use href="other.svg#a"/>',
        '<a href="javascript:alert(1)"><path/></a>',
        '<image href="data:text/html;base64,PGI+"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<set attributeName="fill" to="javascript:alert(1)"/>',
        '<path fill="url(https://other.example/#a)"/>',
        "<style>@import 'https://other.example/x.css';</style>",
        "<style>path{fill:u&#114;l(https://other.example/x)}</style>",
        "<style><![CDATA[path{background:url( 'https://other.example/x')}]]></style>",
        '<iframe src="x"/>',
    ],
)
def test_an_svg_that_runs_or_fetches_is_refused(inner: str) -> None:
    with pytest.raises(NoImage):
        read_picture(SVG.format("", inner).encode())


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("", "&a;"),
        '<!DOCTYPE svg SYSTEM "https://other.example/x.dtd">' + SVG.format("", ""),
        '<?xml-stylesheet href="https://other.example/x.css"?>' + SVG.format("", ""),
    ],
)
def test_an_svg_has_no_document_type_and_no_instructions(document: str) -> None:
    with pytest.raises(NoImage, match="must not"):
        read_picture(document.encode())


@pytest.mark.parametrize(
    "inner",
    [
        '<defs><linearGradient id="a"/></defs><path fill="url(#a)"/>',
        '<use href="#a"/>',
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        "<style>path{fill:#0a7c66}</style><title>Our logo</title>",
    ],
)
def test_a_drawing_is_taken(inner: str) -> None:
    assert read_picture(SVG.format("", inner).encode()).width == 120


def is_taken(content: bytes) -> bool:
    try:
        return bool(read_picture(content).content)
    except NoImage:
        return False


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF1234WEBPVP8", b"<"]),
)
def test_any_bytes_are_taken_or_refused(rest: bytes, begins: bytes) -> None:
    assert is_taken(begins + rest) in (True, False)


@given(st.sampled_from(WHOLE), st.integers(0), st.integers(0, 255))
def test_a_broken_file_of_any_kind_is_taken_or_refused(whole: bytes, place: int, byte: int) -> None:
    broken = bytearray(whole)
    broken[place % len(broken)] = byte
    assert is_taken(bytes(broken)) in (True, False)
