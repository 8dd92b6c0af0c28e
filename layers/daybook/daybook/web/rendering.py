"""Pages from templates: texts by key, amounts and dates as the reader writes them, links that stay.

Templates lie in `templates/`, texts in `texts/` (those that clients may put their own in place of) and
`words/<locale>/`. A key or a value that is missing is an error, never an empty place on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from daybook.domain.branding import Brand
from daybook.domain.flow_rows import LOCALES
from daybook.frozen import frozen
from daybook.web import formats
from daybook.web.messages import translated
from daybook.web.static_files import asset_digest

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

_HERE = Path(__file__).parent


@frozen
class Shown:
    """For whom and where a page is shown.

    `base_path` is what stands before every path of ours ("" or "/v1"), `path` this page's own; `nonce` lets
    the page's own style through its content security policy; `texts` are the client's own by key.
    """

    locale: str
    brand: Brand
    base_path: str
    path: str
    nonce: str
    csrf: str = ""
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def url(self, path: str) -> str:
        """A path of ours as this browser reaches it."""
        return f"{self.base_path}{path}"

    def text(self, key: str, /, **values: object) -> str:
        """The text of a key in the reader's language. Raises KeyError for an unknown key."""
        own = self.texts.get(key)
        if own is not None:
            return own
        text = words(self.locale)[key]
        return text.format(**values) if values else text


def render(template: str, shown: Shown, **values: object) -> str:
    """A page's HTML. Raises UndefinedError for a value, KeyError for a text that is missing."""
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            **_language(shown.locale),
            brand=shown.brand,
            csrf=shown.csrf,
            locale=shown.locale,
            locales=LOCALES,
            nonce=shown.nonce,
            path=shown.path,
            t=shown.text,
            url=shown.url,
            asset=lambda name: shown.url(f"/assets/pages/{asset_digest(name)}/{name}"),
        )
    )


def _language(locale: str) -> dict[str, object]:
    def day(value: date) -> str:
        return formats.day(value, locale, words(locale))

    def moment(value: datetime, zone: str) -> str:
        return formats.moment(value, zone, locale, words(locale))

    def money(amount: Decimal, currency: str) -> str:
        return formats.money(amount, currency, locale)

    def number(value: int) -> str:
        return formats.number(value, locale)

    def decimal(value: Decimal) -> str:
        return formats.decimal(value, locale)

    def told(text: str) -> str:
        """What a sync says of a trouble; marked as English where that is all there is."""
        own = translated(text, locale, day)
        return Markup('<span lang="en">{}</span>').format(text) if own is None else own

    def called(name: str) -> str:
        """A name of ours in the reader's language, another's as it is."""
        return translated(name, locale, day) or name

    return {
        "called": called,
        "decimal": decimal,
        "day": day,
        "told": told,
        "moment": moment,
        "money": money,
        "number": number,
    }


@cache
def words(locale: str) -> Mapping[str, str]:
    """Every text of the pages in a locale, by key."""
    found: dict[str, str] = {}
    for path in (_HERE / "texts" / f"{locale}.json", *sorted((_HERE / "words" / locale).glob("*.json"))):
        found.update(json.loads(path.read_text(encoding="utf-8")))
    return MappingProxyType(found)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
