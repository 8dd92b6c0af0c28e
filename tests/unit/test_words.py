"""The texts of the pages: whole in both languages, used, and written as each language is."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from daybook.domain.flow_rows import LOCALES, ROWS, TEXT_KEYS
from daybook.web.rendering import _environment

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "layers" / "daybook" / "daybook" / "web"
AREAS = sorted(path.stem for path in (WEB / "words" / LOCALES[0]).glob("*.json"))
ENGLISH, FRENCH = LOCALES
# The same in both languages, and right in both.
SAME = {
    "common.language.en-us", "common.language.fr-fr", "books.section.journal", "books.section.documents",
    "books.column.code", "books.column.date", "books.column.description", "books.column.document",
    "configure-content-payments-accounts-entries-paypal", "configure-content-payments-accounts-entries-swish",
    "configure-content-payments-accounts-entries-vipps", "flow.preview.total",
}  # fmt: skip
# Words that no French text has; names of products and platforms are not among them.
ENGLISH_WORDS = frozenset(
    re.findall(
        r"\w+",
        """the your you and with this that are was were from been have has not when where which what who will
    choose save back next sales account accounts tax rate rates invoice invoices payment fee fees error
    day week month sync syncs settings it its they them there here went wrong try again""",
    )
)
_KEY = re.compile(rf"(?:{'|'.join(AREAS)})\.[a-z0-9.{{}}-]+", re.IGNORECASE)
_CALL = re.compile(r"\bt\(\s*(?P<first>\"[^\"]*\"|'[^']*')(?P<rest>(?:\s*~\s*[^,~)]+(?:\([^)]*\))?)*)")


def read(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    return found


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"given twice: {[key for key in keys if keys.count(key) > 1]}"
    return dict(pairs)


@cache
def own(locale: str) -> dict[str, str]:
    """Every text that has no published key."""
    found: dict[str, str] = {}
    for area in AREAS:
        found |= read(WEB / "words" / locale / f"{area}.json")
    return found


@cache
def texts(locale: str) -> dict[str, str]:
    """Every text."""
    return read(WEB / "texts" / f"{locale}.json") | own(locale)


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((WEB / "templates").rglob("*.html")):
        yield str(path.relative_to(WEB)), path.read_text(encoding="utf-8")


@cache
def used() -> tuple[frozenset[str], frozenset[str]]:
    """Keys that templates and code name, and patterns of keys that they put together."""
    keys, patterns = set(), set()
    for _, template in templates():
        for call in _CALL.finditer(template):
            parts = re.findall(r"~\s*(\"[^\"]*\"|'[^']*'|[^~\s]+)", call["rest"])
            pieces = [re.escape(call["first"][1:-1])]
            pieces += [re.escape(part[1:-1]) if part[0] in "\"'" else ".+" for part in parts]
            (patterns if parts else keys).add("".join(pieces) if parts else call["first"][1:-1])
        keys |= {text for text in re.findall(r"[\"']([\w.=-]+)[\"']", template) if text in texts(ENGLISH)}
    for folder in ("functions", "layers/daybook/daybook"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    keys.add(node.value)
                    if _begins_keys(node.value):
                        patterns.add(f"{re.escape(node.value.removesuffix('.'))}\\..+")
                elif isinstance(node, ast.JoinedStr):
                    pieces = [
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                        for part in node.values
                    ]
                    if isinstance(node.values[0], ast.Constant):
                        patterns.add("".join(pieces))
    return frozenset(keys), frozenset(patterns)


def _begins_keys(text: str) -> bool:
    """Whether code has the beginning of keys here, to put the rest to it."""
    begins = f"{text.removesuffix('.')}."
    return (
        text not in texts(ENGLISH)
        and begins.count(".") > 1
        and begins.startswith(tuple(f"{area}." for area in AREAS))
        and any(key.startswith(begins) for key in texts(ENGLISH))
    )


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_each_area_has_its_own_keys_in_both_languages() -> None:
    assert sorted(path.stem for path in (WEB / "words" / FRENCH).glob("*.json")) == AREAS
    for area in AREAS:
        english, french = (read(WEB / "words" / locale / f"{area}.json") for locale in LOCALES)
        assert list(english) == list(french), area
        assert [key for key in english if not key.startswith(f"{area}.")] == [], area


def test_published_texts_have_their_keys_in_both_languages() -> None:
    for locale in LOCALES:
        assert list(read(WEB / "texts" / f"{locale}.json")) == list(TEXT_KEYS)


def test_both_languages_have_the_same_placeholders() -> None:
    differ = {
        key: (text, texts(FRENCH)[key])
        for key, text in texts(ENGLISH).items()
        if placeholders(text) != placeholders(texts(FRENCH)[key])
    }
    assert differ == {}


def test_no_text_is_empty_or_badly_spaced() -> None:
    for locale in LOCALES:
        for key, text in texts(locale).items():
            assert text == text.strip(), key
            assert text, key
            assert "  " not in text, key


def test_every_text_is_used() -> None:
    keys, patterns = used()
    whole = [re.compile(pattern) for pattern in patterns if "." in pattern]
    unused = [
        key
        for key in texts(ENGLISH)
        if key not in keys and not any(pattern.fullmatch(key) for pattern in whole)
    ]
    assert unused == []


def test_every_text_that_is_used_is_there() -> None:
    keys, patterns = used()
    named = {key for key in keys if _KEY.fullmatch(key) and not _begins_keys(key)}
    named -= {f"{area}.app" for area in AREAS}
    asked = {
        call["first"][1:-1]
        for _, template in templates()
        for call in _CALL.finditer(template)
        if not call["rest"]
    }
    assert sorted((named | asked) - set(texts(ENGLISH))) == []
    begins = tuple(f"{area}\\." for area in AREAS)
    lost = [
        pattern
        for pattern in patterns
        if pattern.startswith(begins) and not any(re.fullmatch(pattern, key) for key in texts(ENGLISH))
    ]
    assert lost == []


def test_templates_hold_no_text_of_their_own() -> None:
    held = {}
    for name, template in templates():
        plain = re.sub(r"\{% block kind %\}[\w -]+\{% endblock %\}", "", template)
        plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", plain, flags=re.DOTALL)
        plain = re.sub(r"<(style|script|svg)\b.*?</\1>", "", plain, flags=re.DOTALL)
        said = re.findall(r"(?:aria-label|alt|title|placeholder)=\"([^\"]*)\"", plain)
        # A macro may give attributes alone, which stand in no tag here.
        said.append(re.sub(r"<[^>]*>|&\w+;|[\w-]+=(\"[^\"]*\"|\S+)", " ", plain))
        found = [word for text in said for word in re.findall(r"[^\W\d_]{2,}", text)]
        if found:
            held[name] = found
    assert held == {}


def test_nothing_english_is_left_in_french() -> None:
    same = {
        key
        for key, text in texts(FRENCH).items()
        if text == texts(ENGLISH)[key] and re.search(r"[^\W\d_]{2,}", re.sub(r"\{.*?\}", "", text))
    }
    assert same - SAME == set()
    mixed = {
        key: text
        for key, text in texts(FRENCH).items()
        if set(re.findall(r"[a-z]+", re.sub(r"\{.*?\}", "", text).lower())) & ENGLISH_WORDS
    }
    assert mixed == {}


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("a typewriter's apostrophe or quotation mark", r"['\"]"),
        ("no unbreakable space before : ; ? ! %", r"(?<![\u00a0\u202f:;?!%\d])[;?!%:]|(?<=\d)%"),
        ("a breakable space before : ; ? ! % or »", r" [:;?!%»]"),
        ("no unbreakable space within « »", r"«[^\u00a0\u202f]|[^\u00a0\u202f]»"),
        ("three dots for an ellipsis", r"\.\.\."),
        ("an oe that is one letter", r"oe(?=u|il)"),
    ],
)
def test_french_is_set_as_french(fault: str, pattern: str) -> None:
    found = {
        key: text
        for key, text in (texts(FRENCH) | read(WEB / "sentences" / f"{FRENCH}.json")).items()
        if re.search(pattern, re.sub(r"\{.*?\}|https?:\S+", "x", text))
    }
    assert found == {}, fault


def test_english_has_its_own_apostrophes() -> None:
    assert {key: text for key, text in texts(ENGLISH).items() if re.search(r"['\"]|\.\.\.", text)} == {}


def test_the_documentation_shows_every_published_text_and_row() -> None:
    shown = (ROOT / "docs" / "white-label.md").read_text(encoding="utf-8").splitlines()
    english, french = (texts(locale) for locale in LOCALES)
    rows = [f"| `{key}` | {english[key]} | {french[key]} |" for key in TEXT_KEYS]
    rows += [f"| `{row.key}` | `{row.label}` | {'always shown' if row.required else ''} |" for row in ROWS]
    assert [row for row in rows if row not in shown] == []


def test_every_template_can_be_read() -> None:
    environment = _environment()
    names = environment.list_templates()
    assert len(names) > 30
    for name in names:
        environment.get_template(name)
