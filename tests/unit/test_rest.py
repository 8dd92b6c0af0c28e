"""How requests are read and answers written (specification: api, conventions)."""

from __future__ import annotations

import base64
import contextlib
import gzip
import itertools
import json
import zlib
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rest
from daybook.domain.errors import (
    AuthorisationLost,
    BadRequest,
    Conflict,
    NotFound,
    PlatformUnavailable,
    Problem,
    SubscriptionExpired,
    TooLarge,
)
from daybook.wire.json_text import read_json, write_json

NUMBERS = itertools.count()
CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
)


def event(method: str = "GET", path: str = "/things/1", **more: Any) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "path": path,
        "resource": "/meta/things/{proxy+}" if path.startswith("/meta") else "/things/{proxy+}",
        "headers": {"Host": "api.example", **more.pop("headers", {})},
        "queryStringParameters": None,
        "pathParameters": {"proxy": "1"},
        "requestContext": {
            "requestId": "req-1",
            "stage": "prod",
            "path": "/prod" + path,
            "authorizer": {"clientId": "client-1"},
        },
        "body": None,
        "isBase64Encoded": False,
        **more,
    }


def new_api() -> rest.Api:
    """An API whose logger is its own: a logger of the same name would write where an earlier test looked."""
    return rest.Api(f"things-{next(NUMBERS)}")


def api_answering(operation: Any) -> rest.Api:
    api = new_api()
    api.route("GET", "/things/<thing_id>", "/meta/things/<thing_id>")(operation)
    api.route("POST", "/things/<thing_id>")(operation)
    return api


def call(operation: Any, an_event: dict[str, Any]) -> tuple[int, Any, dict[str, Any]]:
    answer = api_answering(operation).handle(an_event, CONTEXT)
    raw = answer["body"]
    if answer["isBase64Encoded"]:
        raw = gzip.decompress(base64.b64decode(raw)).decode()
    return answer["statusCode"], json.loads(raw, parse_float=Decimal) if raw else None, answer


def test_an_answer_is_200_json_with_exact_numbers() -> None:
    status, _, answer = call(lambda _, thing_id: {"id": thing_id, "total": Decimal("10.10")}, event())
    assert status == 200
    assert answer["body"] == '{"id":"1","total":10.10}'
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]


@pytest.mark.parametrize(
    "path", ["/things/1", "/meta/things/1", "/prod/things/1", "/things/1/", "/books/api/things/1"]
)
def test_every_spelling_with_and_without_stage(path: str) -> None:
    assert call(lambda _, thing_id: [thing_id], event(path=path))[:2] == (200, ["1"])


def test_no_content() -> None:
    status, body, _ = call(lambda *_, **__: rest.NO_CONTENT, event())
    assert (status, body) == (204, None)


@pytest.mark.parametrize(
    ("error", "status", "retried"),
    [
        (BadRequest("bad", [Problem("$.name", "is missing", "required")]), 400, "False"),
        (NotFound("company"), 404, "False"),
        (TooLarge("big"), 413, "False"),
        (Conflict("changed"), 409, "True"),
        (PlatformUnavailable("Xero", "is down"), 503, "True"),
        (AuthorisationLost("Xero", "link again"), 400, "False"),
        (SubscriptionExpired("Xero", "renew"), 402, "False"),
    ],
)
def test_an_error_becomes_the_one_error_body(error: Exception, status: int, retried: str) -> None:
    def fail(_: rest.Request, **_path: str) -> object:
        raise error

    got, body, answer = call(fail, event())
    assert got == status
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert set(body) == {
        "statusCode", "service", "error", "correlationId", "validation", "canBeRetried", "detailedErrorCode",
    }  # fmt: skip
    assert (body["statusCode"], body["service"], body["correlationId"]) == (status, "Daybook", "req-1")
    assert (body["canBeRetried"], body["detailedErrorCode"]) == (retried, 0)
    if status == 400 and isinstance(error, BadRequest):
        expected = {"itemId": "$.name", "message": "is missing", "validatorName": "required"}
        assert body["validation"] == {"errors": [expected], "warnings": []}
    else:
        assert body["validation"] is None


def test_an_unexpected_error_reveals_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: rest.Request, **_path: str) -> object:
        raise KeyError("jane@shopper.example")

    status, body, answer = call(fail, event())
    assert status == 500
    assert body["canBeRetried"] == "Unknown"
    assert "jane" not in answer["body"] + capsys.readouterr().out


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("DELETE", "/things/1"), ("GET", "/things/1/2")]
)
def test_an_unknown_operation_is_404(method: str, path: str) -> None:
    status, body, _ = call(lambda *_: {}, event(method, path))
    assert (status, body["statusCode"], body["validation"]) == (404, 404, None)


def test_a_request_without_the_authorizer_is_401() -> None:
    bare = event()
    del bare["requestContext"]["authorizer"]
    assert call(lambda request, **_: request.client_id, bare)[0] == 401


def test_a_large_answer_is_compressed_for_those_who_take_it() -> None:
    rows = [{"id": str(number), "note": "é" * 100} for number in range(4000)]
    status, body, answer = call(
        lambda *_, **__: rows,
        event(headers={"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}),
    )
    assert (status, body) == (200, rows)
    assert answer["isBase64Encoded"]
    assert answer["multiValueHeaders"]["Content-Encoding"] == ["gzip"]
    assert len(json.dumps(answer)) < rest.EVENT_LIMIT


@pytest.mark.parametrize(
    ("accept", "packed"), [("text/html,application/xhtml+xml,*/*;q=0.8", True), ("*/*", False), ("", False)]
)
def test_a_page_is_compressed_for_browsers_that_ask_for_one(accept: str, *, packed: bool) -> None:
    # For any other caller API Gateway would leave the bytes in base64.
    text = "<option>Card clearing</option>" * 4000
    asked = event(headers={"Accept": accept, "Accept-Encoding": "gzip"})
    answer = api_answering(lambda *_, **__: rest.Html(text)).handle(asked, CONTEXT)
    raw = gzip.decompress(base64.b64decode(answer["body"])).decode() if packed else answer["body"]
    assert raw == text
    assert answer["isBase64Encoded"] is packed
    assert ("Content-Encoding" in answer["multiValueHeaders"]) is packed


def test_an_answer_too_large_for_lambda_is_413() -> None:
    status, body, _ = call(lambda *_, **__: "x" * rest.EVENT_LIMIT, event())
    assert status == 413
    assert "pageSize" in body["error"]


def body_of(raw: bytes, *, encoding: str | None = None, plain: bool = False) -> tuple[int, Any]:
    headers = {"Content-Encoding": encoding} if encoding else {}
    sent = {"body": raw.decode() if plain else base64.b64encode(raw).decode(), "isBase64Encoded": not plain}
    return call(lambda request, **_: {"body": request.json()}, event("POST", headers=headers, **sent))[:2]


def test_reads_a_body_that_came_as_text_or_as_bytes() -> None:
    raw = '{"name":"Café","amount":1.10}'.encode()
    for plain in (True, False):
        assert body_of(raw, plain=plain) == (200, {"body": {"name": "Café", "amount": Decimal("1.10")}})


def test_an_empty_body_is_none() -> None:
    assert body_of(b"", plain=True) == (200, {"body": None})
    assert call(lambda request, **_: request.json(), event("POST"))[:2] == (200, None)


def test_unpacks_gzip_of_several_members() -> None:
    assert body_of(gzip.compress(b'{"a":') + gzip.compress(b"1}"), encoding="gzip") == (
        200,
        {"body": {"a": 1}},
    )


@pytest.mark.parametrize(
    ("raw", "encoding", "status"),
    [
        (b"not gzip", "gzip", 400),
        (gzip.compress(b"[1]" * 1000, mtime=0)[:-20], "gzip", 400),
        (b"[1]", "br", 400),
        (gzip.compress(b" " * (rest.UNPACKED_LIMIT + 1), mtime=0), "gzip", 413),
        (b"[" + b" " * 4_800_000 + b"]", None, 413),
        (b"\xff\xfe", None, 400),
        (b"{", None, 400),
        (b'{"a":NaN}', None, 400),
        (b"[-Infinity]", None, 400),
        (b"[1e999999999]", None, 400),
        (b"[" + b"9" * 5000 + b"]", None, 400),
        (b"[" * 100_000, None, 400),
        (b"[" * 200 + b"]" * 200, None, 400),
        (b'["\\ud800"]', None, 400),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_refuses_hostile_bodies(raw: bytes, encoding: str | None, status: int) -> None:
    got, body = body_of(raw, encoding=encoding)
    assert got == status
    assert body["error"]


def test_a_body_of_just_under_the_limit_passes_and_a_plain_text_one_counts_escaped() -> None:
    assert body_of(b"[" + b" " * 4_600_000 + b"]")[0] == 200
    assert body_of(b'["' + b'\\"' * 2_000_000 + b'"]', plain=True)[0] == 413


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(2**24)) for _ in range(8)) + packer.flush()
    with pytest.raises(TooLarge, match="several requests"):
        rest.unpack(bomb)


@pytest.mark.parametrize(
    ("headers", "context", "url"),
    [
        (
            {"Host": "a.example", "X-Forwarded-Proto": "https"},
            {"path": "/prod/things/1"},
            "https://a.example/prod",
        ),
        ({"Host": "books.example"}, {"path": "/things/1"}, "https://books.example"),
        ({"Host": "books.example"}, {"path": "/api/things/1"}, "https://books.example/api"),
        ({"Host": "a.example"}, {"path": "/prod/things/%31"}, "https://a.example/prod"),
        (
            {"Host": "localhost:4566"},
            {"path": "/prod/things/1", "apiId": "abc"},
            "http://localhost:4566/restapis/abc/prod/_user_request_",
        ),
        ({"Host": "127.0.0.1:3000"}, {"path": "/things/1"}, "http://127.0.0.1:3000"),
    ],
)
def test_knows_where_it_answers(headers: dict[str, str], context: dict[str, str], url: str) -> None:
    asked = event(headers=headers)
    asked["requestContext"] = {"stage": "prod", **context}
    assert rest.Request(asked).base_url == url


decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | decimals | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@given(values)
def test_json_comes_back_as_it_went(value: object) -> None:
    assert read_json(write_json(value).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_bad_request(raw: bytes) -> None:
    with contextlib.suppress(BadRequest):
        write_json(read_json(raw))


@pytest.mark.parametrize(("number", "text"), [("1E+3", "1000"), ("0.000001", "0.000001"), ("1.10", "1.10")])
def test_writes_a_decimal_with_its_own_digits(number: str, text: str) -> None:
    assert write_json(Decimal(number)) == text


def test_a_log_line_names_ids_and_nothing_that_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    api = new_api()
    api.route("POST", "/things/<company_id>/<record_id>")(lambda *_, **__: {"secret": "answer"})
    sent = {"body": '{"name":"Jane"}', "headers": {"X-Name": "Jane"}, "queryStringParameters": {"a": "Jane"}}
    api.handle(
        event("POST", "/things/0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60/jane%40shopper.example", **sent), CONTEXT
    )
    logged = capsys.readouterr().out
    line = json.loads(logged.splitlines()[-1])
    assert (line["company_id"], line["correlation_id"], line["status"]) == (
        "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60",
        "req-1",
        200,
    )
    assert not [word for word in ("Jane", "jane", "secret") if word in logged]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=UTF-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("text/plain", 200),
        ("application/x-www-form-urlencoded; charset=us-ascii", 200),
        ("", 200),
        ("é;;=", 200),
        ("application/json; charset=utf-16", 400),
        ("application/json; charset=ISO-8859-1", 400),
        ("application/json; charset=", 400),
        ("text/plain;\r\n charset=latin-1", 400),
        (f"a/b; charset={'x' * 5000}", 400),
    ],
)
def test_a_body_is_utf_8_whatever_else_its_type_says(content_type: str, status: int) -> None:
    sent = event("POST", body="[1]", headers={"Content-Type": content_type})
    got, body, _ = call(lambda request, **_: request.json(), sent)
    assert got == status
    if status == 400:
        assert body["validation"]["errors"][0]["itemId"] == "Content-Type"


def test_says_when_to_try_again_where_it_is_known() -> None:
    for seconds, header in ((90, ["90"]), (None, None)):

        def refuse(_: rest.Request, *, thing_id: str, seconds: int | None = seconds) -> object:
            raise PlatformUnavailable("Xero", f"{thing_id} is busy", seconds)

        status, body, answer = call(refuse, event())
        assert (status, body["canBeRetried"]) == (503, "True")
        assert answer["multiValueHeaders"].get("Retry-After") == header
        assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]


def test_an_answer_may_have_headers_and_a_status_of_its_own() -> None:
    page = rest.Reply(rest.Html("<p>Too late</p>"), {"Cache-Control": "no-store"}, 401)
    answer = api_answering(lambda *_, **__: page).handle(event(), CONTEXT)
    assert (answer["statusCode"], answer["body"]) == (401, "<p>Too late</p>")
    assert answer["multiValueHeaders"]["Cache-Control"] == ["no-store"]
    assert answer["multiValueHeaders"]["Content-Type"] == ["text/html; charset=utf-8"]
