"""The API's own description, served: no key needed, at the address the caller used."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from description import app
from tests.integration.api_calls import CONTEXT

ROOT = Path(__file__).resolve().parents[2]


def get(
    path: str, headers: dict[str, str] | None = None, context: dict[str, str] | None = None
) -> dict[str, Any]:
    """Ask without a key: API Gateway calls no authorizer for these paths."""
    event = {
        "httpMethod": "GET",
        "path": path,
        "resource": path,
        "headers": {"Host": "api.example", **(headers or {})},
        "queryStringParameters": None,
        "requestContext": {"requestId": "req-1", "stage": "v1", "path": f"/v1{path}", **(context or {})},
        "body": None,
        "isBase64Encoded": False,
    }
    return app.handler(event, CONTEXT)


@pytest.mark.parametrize(
    ("headers", "context", "address"),
    [
        ({}, {}, "https://api.example/v1"),
        ({"Host": "books.example"}, {"path": "/openapi.json"}, "https://books.example"),
        (
            {"Host": "localhost:4566"},
            {"apiId": "a1"},
            "http://localhost:4566/restapis/a1/v1/_user_request_",
        ),
    ],
    ids=["stage", "custom domain", "embedded stack"],
)
def test_the_document_names_the_address_it_was_asked_at(
    headers: dict[str, str], context: dict[str, str], address: str
) -> None:
    answer = get("/openapi.json", headers, context)
    assert answer["statusCode"] == 200
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert json.loads(answer["body"])["servers"] == [{"url": address}]


def test_it_is_compressed_for_who_takes_that() -> None:
    answer = get("/openapi.json", {"Accept": "application/json", "Accept-Encoding": "gzip"})
    assert answer["isBase64Encoded"]
    unpacked = gzip.decompress(base64.b64decode(answer["body"]))
    assert json.loads(unpacked)["openapi"] == "3.1.0"
    assert len(answer["body"]) < 100_000


def test_a_host_that_holds_markup_stays_text() -> None:
    hostile = 'x"><script>alert(1)</script>'
    page = get("/docs", {"Host": hostile})
    assert page["statusCode"] == 200
    assert page["multiValueHeaders"]["Content-Type"] == ["text/html; charset=utf-8"]
    assert "<script" not in page["body"]
    document = json.loads(get("/openapi.json", {"Host": hostile})["body"])
    assert document["servers"] == [{"url": f"https://{hostile}/v1"}]


def test_the_page_calls_the_address_it_was_asked_at() -> None:
    page = get("/docs")["body"]
    assert "https://api.example/v1/companies" in page
    assert app.ADDRESS not in page


def test_no_function_pays_for_its_description() -> None:
    """What describes is imported by the generator alone."""
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(f'{{name}}.app')\n"
        "found = [name for name in sys.modules if name.endswith('.description') or name == 'describing'\n"
        "         or name.startswith('daybook.wire.described')]\n"
        "assert not found, found\n"
    )
    paths = {"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT / 'layers' / 'daybook'}"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=paths,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
