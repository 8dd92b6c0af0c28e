"""A name is only ever a name: in plain-text exports, on pages and in images."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daybook.domain.branding import Brand
from daybook.platforms.sandbox import plain_text
from daybook.web.rendering import Shown, render
from daybook.wire.integrations import IMAGES, draw

HOSTILE = (
    '"\n2020-01-01 open Assets:Theirs\r\n include "/etc/passwd" ; [2020-01-01] date:2020-01-01, \u2028\x85 \\'
)
MARKUP = "<script>alert(1)</script>\"'&<img src=x onerror=y>"


@given(st.text())
@example(HOSTILE)
def test_a_text_stays_within_its_line_of_an_export(text: str) -> None:
    written = [
        write(text) for write in (plain_text._quoted, plain_text._comment, plain_text._tag, plain_text._plain)
    ]
    assert [line for line in written if len(line.splitlines()) > 1] == []
    assert "," not in plain_text._tag(text)
    assert not {";", "(", ")", "|"} & set(plain_text._plain(text))
    assert not {":", "[", "]"} & set(plain_text._comment(text))


@given(st.text())
@example(HOSTILE)
def test_a_text_stays_within_its_quotes(text: str) -> None:
    quoted = plain_text._quoted(text)
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', quoted)


@given(st.text())
@example(HOSTILE)
def test_an_account_has_a_name_of_letters_digits_and_hyphens(text: str) -> None:
    component = plain_text._component(text)
    assert all(each.isalnum() or each == "-" for each in component)
    assert component


def test_a_page_shows_markup_as_text() -> None:
    shown = Shown(locale="en-us", brand=Brand(MARKUP), base_path="", path="/", nonce="n")
    page = render("error.html", shown, title=MARKUP, message=MARKUP, way_back=None, reference=MARKUP)
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_shows_markup_as_text(image: str) -> None:
    drawn = draw(MARKUP, "#112233", image)
    kinds = {element.tag.rpartition("}")[2] for element in ET.fromstring(drawn).iter()}  # noqa: S314 - our own
    assert not kinds & {"script", "img", "image", "foreignObject"}
