"""Calling the functions of the API as API Gateway does, over a table in memory."""

from __future__ import annotations

import base64
import gzip
import importlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import rest
from daybook.services.runtime import Runtime, over, time_ordered_id
from tests.described import check_answer
from tests.simulation.memory import MemoryTable

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
)
FUNCTIONS = ("companies", "data", "syncs")


@dataclass
class SteppingClock:
    """A clock that goes on by a second whenever it is looked at."""

    moment: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant it is."""
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class CountedIds:
    """Ids in order of their making."""

    clock: SteppingClock
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new(self) -> str:
        """An id never given before."""
        return time_ordered_id(self.clock.now(), next(self.numbers).to_bytes(10))


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, list[str]]


@dataclass
class Caller:
    """A client of the API; `handlers` are the functions its paths lead to.

    Every answer is held against the API's own description, unless the operations are a test's own.
    """

    handlers: dict[str, Callable[[dict[str, Any], object], dict[str, Any]]]
    client_id: str = "client-a"
    is_described: bool = True

    def as_client(self, client_id: str) -> Caller:
        """Another client of the same API."""
        return Caller(self.handlers, client_id, self.is_described)

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        encoding: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call an operation."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        split = urlsplit(path)
        answer = self.handlers[function_of(split.path)](
            {
                "httpMethod": method,
                "path": split.path,
                "resource": "/{proxy+}",
                "headers": {
                    "Host": "api.example",
                    **({"Content-Encoding": encoding} if encoding else {}),
                    **(headers or {}),
                },
                "queryStringParameters": dict(parse_qsl(split.query, keep_blank_values=True)) or None,
                "pathParameters": None,
                "requestContext": {
                    "requestId": "req-1",
                    "stage": "v1",
                    "path": f"/v1{split.path}",
                    "authorizer": {"clientId": self.client_id, "keyName": "first key"},
                },
                "body": base64.b64encode(sent).decode() if sent else None,
                "isBase64Encoded": bool(sent),
            },
            CONTEXT,
        )
        text = answer["body"]
        if answer["isBase64Encoded"]:
            text = gzip.decompress(base64.b64decode(text)).decode()
        headers = answer["multiValueHeaders"]
        is_json = headers.get("Content-Type") == ["application/json"]
        body = json.loads(text, parse_float=Decimal) if is_json else text
        if self.is_described:
            check_answer(method, split.path, answer["statusCode"], headers.get("Content-Type", [""])[0], body)
        return Answer(answer["statusCode"], body, headers)


def function_of(path: str) -> str:
    """The function the template sends a path to."""
    for start, name in (
        ("/apiKeys", "keys"),
        ("/config/companies", "configuration"),
        ("/config/sync", "sync_flow"),
        ("/sync/commerce/config/ui", "sync_flow"),
        ("/clients/", "sync_flow"),
        ("/portal/links", "sync_flow"),
        ("/sandbox", "sandbox"),
        ("/webhooks", "webhooks"),
        ("/link/", "linking"),
        ("/oauth/", "linking"),
        ("/flow/", "flow"),
        ("/assets/clients", "assets"),
        ("/assets/pages", "assets"),
    ):
        if path.startswith(start):
            return name
    if "/data/" in path or path.startswith("/data") or ("/connections/" in path and "/push/" in path):
        return "data"
    if "/pull/" in path or path.endswith("/dataStatus"):
        return "data"
    return (
        "syncs" if ("/sync/" in path and path != "/meta/companies/sync") or "/push" in path else "companies"
    )


def api_over(monkeypatch: Any, functions: tuple[str, ...] = FUNCTIONS) -> tuple[Caller, Runtime]:
    """The API over a new table in memory."""
    clock = SteppingClock()
    runtime = over(MemoryTable(), clock, CountedIds(clock))
    handlers = {}
    monkeypatch.setattr(rest, "runtime", lambda: runtime)
    monkeypatch.setattr("pages.runtime", lambda: runtime)
    for name in functions:
        module = importlib.import_module(f"{name}.app")
        monkeypatch.setattr(module, "runtime", lambda: runtime)
        handlers[name] = module.handler
    return Caller(handlers), runtime
