"""The API's own description: the document for machines, and the page for people."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

from rest import JSON, Api, Html, Request, Text

api = Api("description")
handler = api.handle

# What `make openapi` leaves to be replaced by the address the caller used.
SERVERS = '"servers":[{"url":"/"}]'
ADDRESS = "https://daybook.example/v1"


@api.route("GET", "/openapi.json")
def get_description(request: Request) -> object:
    """The description of this API for machines.

    OpenAPI 3.1. Its `servers` name the address under which it was asked for.
    """
    servers = json.dumps([{"url": request.base_url}], separators=(",", ":"))
    return Text(_read("openapi.json").replace(SERVERS, f'"servers":{servers}', 1), JSON)


@api.route("GET", "/docs")
def read_documentation(request: Request) -> object:
    """The description of this API for people.

    The page you may be reading: it needs no script and nothing from elsewhere.
    """
    return Html(_read("docs.html").replace(ADDRESS, escape(request.base_url)))


@cache
def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
