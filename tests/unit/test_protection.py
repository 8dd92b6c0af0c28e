"""What a browser and a cache are told with every answer, and bodies packed to exhaust."""

from __future__ import annotations

import gzip
import time
from types import SimpleNamespace
from typing import Any

import pytest

import rest
from daybook.domain.errors import BadRequest, NotFound

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r"
)
FOR_ALL = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def headers_of(answer: object) -> dict[str, str]:
    api = rest.Api("test")

    @api.route("GET", "/thing")
    def give(_request: rest.Request) -> object:
        """Something."""
        if isinstance(answer, Exception):
            raise answer
        return answer

    event: dict[str, Any] = {"httpMethod": "GET", "path": "/thing", "requestContext": {}, "headers": {}}
    given = api.handle(event, CONTEXT)["multiValueHeaders"]
    return {name: values[0] for name, values in given.items()}


@pytest.mark.parametrize(
    "answer",
    [
        {"a": 1},
        rest.Text("text"),
        rest.NO_CONTENT,
        NotFound("company"),
        KeyError("a fault of ours"),
        rest.Html("x"),
    ],
)
def test_every_answer_protects_itself(answer: object) -> None:
    given = headers_of(answer)
    assert given.items() >= FOR_ALL.items()
    policy = given["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy


def test_a_page_sends_its_forms_to_nobody_else() -> None:
    policy = headers_of(rest.Html("<p>page</p>"))["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "base-uri 'none'" in policy


def test_an_operation_may_know_better() -> None:
    given = headers_of(rest.Reply(rest.Svg("<svg/>"), {"Cache-Control": "public, max-age=60"}))
    assert given["Cache-Control"] == "public, max-age=60"


def test_a_body_of_countless_gzip_streams_is_refused_at_once() -> None:
    packed = gzip.compress(b"") * 200_000
    started = time.process_time()
    with pytest.raises(BadRequest):
        rest.unpack(packed)
    assert time.process_time() - started < 2
    assert rest.unpack(gzip.compress(b"a") * rest.MOST_MEMBERS) == b"a" * rest.MOST_MEMBERS
