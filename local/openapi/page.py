"""The page for people, made of the OpenAPI document."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from describing import EVENT_HEADERS
from local.openapi.operations import ROOT

Json = dict[str, Any]
FOLDER = ROOT / "local" / "openapi"
# Replaced by the address the caller used, when the page is served.
ADDRESS = "https://daybook.example/v1"
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


def page_of(document: Json) -> str:
    """The page: every operation under its group, every schema, one example each. It runs no script."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": prose, "kind": kind, "pretty": pretty, "curl": curl, "anchor": anchor}
    operations = list(_canonical(document))
    return environment.get_template("page.html").render(
        address=ADDRESS,
        aliases=_aliases(document),
        document=document,
        events={name: each["post"] for name, each in document["webhooks"].items()},
        headers=EVENT_HEADERS,
        groups=[
            (tag, [each for each in operations if each["tags"] == [tag["name"]]]) for tag in document["tags"]
        ],
        responses=document["components"]["responses"],
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=digest,
    )


def prose(text: str) -> Markup:
    """Our plain text with its `code` and **emphasis** as HTML, a paragraph for each of its own."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        marked = _CODE.sub(r"<code>\1</code>", str(escape(paragraph)))
        paragraphs.append("<p>" + _STRONG.sub(r"<strong>\1</strong>", marked) + "</p>")
    return Markup("\n".join(paragraphs))  # noqa: S704 - escaped above


def kind(schema: Json) -> Markup:
    """What a schema takes, in a few words, with links to the schemas it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{}">{}</a>').format(anchor(name), name)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return Markup(" or ").join(dict.fromkeys(kind(each) for each in schema[key]))
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(each) for each in schema["enum"])
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    stated = schema.get("type", "anything")
    if isinstance(stated, list):
        return Markup(" or ").join(kind({**schema, "type": each}) for each in stated)
    if stated == "array":
        return Markup("list of ") + kind(schema.get("items", {}))
    if stated == "object" and isinstance(schema.get("additionalProperties"), dict):
        return Markup("map of ") + kind(schema["additionalProperties"])
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    word = words.get(stated, stated)
    return escape(f"{word} ({schema['format']})" if stated == "string" and "format" in schema else word)


def pretty(value: object) -> str:
    """An example as JSON to be read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def curl(operation: Json) -> str:
    """How to call an operation from a terminal; `$KEY` is the key in base64."""
    path = operation["path"]
    asked: list[str] = []
    for parameter in operation.get("parameters", ()):
        example = str(parameter.get("example", "..."))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", example)
        elif parameter.get("required") and parameter["in"] == "query":
            asked.append(f"{parameter['name']}={example}")
    lines = ["curl" if operation["method"] == "get" else f"curl -X {operation['method'].upper()}"]
    if operation.get("security") != []:
        lines.append('  -H "Authorization: Basic $KEY"')
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        body = json.dumps(content["example"], ensure_ascii=False)
        lines += ['  -H "Content-Type: application/json"', f"  -d '{body}'"]
    query = f"?{'&'.join(asked)}" if asked else ""
    return " \\\n".join([*lines, f'  "{ADDRESS}{path}{query}"'])


def anchor(name: str) -> str:
    """Where a schema stands on the page."""
    return f"schema-{name}"


def _all(document: Json) -> Iterator[Json]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {**operation, "path": path, "method": method}


def _canonical(document: Json) -> Iterator[Json]:
    return (each for each in _all(document) if "x-spelling-of" not in each)


def _aliases(document: Json) -> dict[str, list[str]]:
    """The other spellings of each operation, by its id."""
    found: dict[str, list[str]] = {}
    for each in _all(document):
        if "x-spelling-of" in each:
            found.setdefault(each["x-spelling-of"], []).append(f"{each['method'].upper()} {each['path']}")
    return found
