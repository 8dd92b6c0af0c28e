"""What every function behind the REST API has in common: how a request is read and an answer written.

A handler registers its operations with `Api.route` and calls a service in each; what the service answers
becomes a 200, what it raises becomes the one error body, here and nowhere else
(specification: api, conventions).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import os
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import field
from email.message import Message
from functools import cached_property
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from daybook import telemetry
from daybook.domain.errors import BadRequest, DaybookError, NotFound, Problem, TooLarge
from daybook.frozen import frozen
from daybook.services.answer_once import Content, answer_once, read_request_key
from daybook.services.identifiers import identifier
from daybook.services.runtime import runtime
from daybook.wire.errors import Failure, Unauthorized, failure_of
from daybook.wire.json_text import malformed, read_json, write_json
from daybook.wire.models import Model, answer
from protection import protection

JSON, HTML = "application/json", "text/html"
# A synchronous invocation of a Lambda function carries 6 MB each way; the rest is for headers and context.
EVENT_LIMIT = 6 * 1024 * 1024
EVENT_OVERHEAD = 64 * 1024
# The path parameters that a log line names; a record's id is the partner's own and may say who a person is.
LOGGED = ("company_id", "connection_id", "dataset_id", "sync_id")
UNPACKED_LIMIT = 20 * 1024 * 1024
# Who compresses by the piece writes a few; a body of hundreds of thousands of empty ones would take minutes.
MOST_MEMBERS = 100
# From so many characters an answer is compressed for those who take it; people wait for pages.
# API Gateway turns base64 back into bytes only when the first type the caller accepts is a binary one of the
# template, which these two are.
COMPRESS_FROM: Mapping[str, int] = MappingProxyType({JSON: 256 * 1024, HTML: 4 * 1024})
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
_SEND_COMPRESSED = (
    "Send it with `Content-Encoding: gzip` (up to 20 MB unpacked) or in several requests of at most "
    "5,000 records."
)

Operation = Callable[..., object]
Answer = Response[str]


@frozen
class NoContent:
    """The answer 204."""


NO_CONTENT = NoContent()


@frozen
class Reply:
    """An answer with headers or a status of its own, or one that holds a secret, shown this once."""

    value: object
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    is_secret: bool = False


@frozen
class Text:
    """An answer that is not JSON: plain text, unless it says otherwise."""

    text: str
    content_type: str = "text/plain; charset=utf-8"


@frozen
class Html(Text):
    """A page for a person."""

    content_type: str = "text/html; charset=utf-8"


@frozen
class Svg(Text):
    """An image."""

    content_type: str = "image/svg+xml"


class Request:
    """A request as an operation sees it."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event
        context = event.get("requestContext") or {}
        self._authorizer: Mapping[str, Any] = context.get("authorizer") or {}
        self.correlation_id: str = context.get("requestId") or "unknown"
        self.method: str = str(event.get("httpMethod") or "").upper()
        self.path = _path(event)
        self.headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        self.parameters: Mapping[str, str] = event.get("queryStringParameters") or {}
        self.base_url = _base_url(self.headers, context, self.path)

    @property
    def client_id(self) -> str:
        """Whose API key was used. Raises Unauthorized when the request came without the authorizer."""
        client_id = self._authorizer.get("clientId")
        if not client_id:
            raise Unauthorized
        return str(client_id)

    @property
    def key_name(self) -> str:
        """The name of the API key used."""
        return str(self._authorizer.get("keyName") or "API key")

    @property
    def request_key(self) -> str | None:
        """The `Idempotency-Key` of a client's POST, None without one. Raises BadRequest."""
        if self.method != "POST" or not self._authorizer.get("clientId"):
            return None
        return read_request_key(self.headers.get("idempotency-key"))

    @cached_property
    def _body(self) -> bytes:
        _check_charset(self.headers.get("content-type") or "")
        return read_body(self._event, self.headers.get("content-encoding", ""))

    def body(self) -> bytes:
        """The body, unpacked; empty when there is none. Raises BadRequest or TooLarge."""
        return self._body

    def json(self) -> object:
        """The body read as JSON; None when there is none. Raises BadRequest or TooLarge."""
        raw = self.body()
        return read_json(raw) if raw.strip() else None


@frozen
class Route:
    """An operation with its method and every spelling of its path, the one to prefer first."""

    method: str
    paths: tuple[str, ...]
    operation: Operation


class Api:
    """The operations of one function; `routes` lists them for the API's own description."""

    def __init__(self, function: str) -> None:
        self.routes: list[Route] = []
        self._function = function
        self._resolver = APIGatewayRestResolver()
        self._logger = Logger(service=function, level=os.environ.get("LOG_LEVEL"))
        self._request = Request({})
        self._resolver.exception_handler(DaybookError)(self._fail)
        self._resolver.exception_handler(Exception)(self._fail_unexpectedly)
        self._resolver.not_found(self._not_found)

    def route(self, method: str, *paths: str) -> Callable[[Operation], Operation]:
        """Register an operation under every spelling of its path.

        It is called with the Request and with the path's parameters by name.
        """

        def register(operation: Operation) -> Operation:
            def call(**path_parameters: str) -> Answer:
                self._logger.append_keys(**{name: _logged(path_parameters.get(name)) for name in LOGGED})
                return self._answer(lambda: _content(operation(self._request, **path_parameters)))

            for path in paths:
                self._resolver.route(path, method)(call)
            self.routes.append(Route(method, paths, operation))
            return operation

        return register

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one event of API Gateway."""
        return telemetry.plain_failures(self._function)(self._handle)(event, context)

    def _handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        started = time.monotonic()
        self._request = Request(event)
        self._logger.clear_state()
        self._logger.append_keys(correlation_id=self._request.correlation_id)
        with telemetry.caused_by(self._request.correlation_id):
            answer = self._resolver.resolve({**event, "path": self._request.path}, context)
        self._logger.info(
            "answered",
            method=self._request.method,
            resource=event.get("resource"),
            status=answer.get("statusCode"),
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        return answer

    def _answer(self, operate: Callable[[], Content]) -> Answer:
        request = self._request
        request_key = request.request_key
        if request_key is None:
            return _carried(request, operate())
        asked = (request.method, request.path, sorted(request.parameters.items()), request.body())
        return _carried(request, answer_once(runtime(), request.client_id, request_key, asked, operate))

    def _fail(self, error: DaybookError) -> Answer:
        failure = failure_of(error, self._request.correlation_id)
        if failure.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._logger.warning("platform trouble", error=type(error).__name__)
        return self._answer_failure(failure, error)

    def _fail_unexpectedly(self, error: Exception) -> Answer:
        self._logger.error("unexpected error", **telemetry.kind_and_place(error))
        return self._answer_failure(failure_of(error, self._request.correlation_id), error)

    def _not_found(self, _: NotFoundError) -> Answer:
        nothing = NotFound(f"operation {self._request.method} {self._request.path[:200]}")
        return self._answer_failure(failure_of(nothing, self._request.correlation_id), nothing)

    def _answer_failure(self, failure: Failure, _error: Exception) -> Answer:
        """The answer of a request that failed."""
        return _failed(failure)


def _logged(identity: str | None) -> str | None:
    """An id as logs name it: what cannot be one of ours may be anything, the name of a person too."""
    try:
        return None if identity is None else identifier(identity, "")
    except NotFound:
        return "no id"


def _check_charset(content_type: str) -> None:
    """Raise BadRequest when the body is said to be in another encoding than UTF-8.

    What else `Content-Type` says is not looked at: a body is JSON or it is refused.
    """
    message = Message()
    message["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    charset = message.get_content_charset("utf-8")
    if charset not in _CHARSETS:
        text = f"The charset {charset[:40]!r} is not supported; send UTF-8."
        raise BadRequest(text, [Problem("Content-Type", text, "header")])


def read_body(event: Mapping[str, Any], encoding: str) -> bytes:
    """The bytes the caller meant.

    Raises BadRequest when they cannot be unpacked, TooLarge beyond the limits.
    """
    body = event.get("body") or ""
    carried = (
        len(body) if event.get("isBase64Encoded") or len(body) < EVENT_LIMIT // 6 else len(json.dumps(body))
    )
    if carried > EVENT_LIMIT - EVENT_OVERHEAD:
        raise TooLarge(f"The body is too large for one request. {_SEND_COMPRESSED}")
    try:
        raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, UnicodeEncodeError):
        raise malformed("is not UTF-8") from None
    match encoding.strip().lower():
        case "" | "identity":
            return raw
        case "gzip" | "x-gzip":
            return unpack(raw)
    message = f"Content-Encoding {encoding[:40]!r} is not supported; use gzip or none."
    raise BadRequest(message, [Problem("Content-Encoding", message, "header")])


def unpack(packed: bytes) -> bytes:
    """Unpack gzip without ever holding more than the limit. Raises BadRequest or TooLarge."""
    parts = []
    left = UNPACKED_LIMIT + 1
    try:
        for _ in range(MOST_MEMBERS):
            if not packed:
                break
            member = zlib.decompressobj(wbits=31)
            part = member.decompress(packed, left)
            left -= len(part)
            parts.append(part)
            if left <= 0:
                raise TooLarge(
                    "The body unpacks to more than 20 MB. "
                    "Send it in several requests of at most 5,000 records."
                )
            if not member.eof:
                raise malformed("ends before its gzip stream does")
            packed = member.unused_data
        if packed:
            raise malformed(f"is made of more than {MOST_MEMBERS} gzip streams")
    except zlib.error:
        raise malformed("is not gzip although Content-Encoding says so") from None
    return b"".join(parts)


def _path(event: Mapping[str, Any]) -> str:
    """The path as the template spells it: without a stage or a custom domain's base path, or a last slash."""
    path = str(event.get("path") or "/").rstrip("/")
    first = str(event.get("resource") or "").split("/")[1:2]
    if first and not first[0].startswith("{"):
        segments = path.split("/")[1:]
        if first[0] in segments:
            path = "/" + "/".join(segments[segments.index(first[0]) :])
    return path or "/"


def _base_url(headers: Mapping[str, str], context: Mapping[str, Any], path: str) -> str:
    """Where this API answers, as the caller reached it, without a trailing slash."""
    host = headers.get("host") or str(context.get("domainName") or "localhost")
    loopback = host.partition(":")[0] in ("localhost", "127.0.0.1")
    scheme = headers.get("x-forwarded-proto") or ("http" if loopback else "https")
    whole = str(context.get("path") or "").rstrip("/")
    prefix = whole.removesuffix(path) if whole.endswith(path) else f"/{context.get('stage')}"
    if loopback and prefix:  # the embedded stack tells its APIs apart by path
        return f"{scheme}://{host}/restapis/{context.get('apiId')}{prefix}/_user_request_"
    return f"{scheme}://{host}{prefix}"


def response_of(value: object) -> Answer:
    """An answer that is small for certain, written out."""
    content = _content(value)
    return _response(content, content.text)


def _content(value: object) -> Content:
    """What an operation gave, written out."""
    reply = value if isinstance(value, Reply) else Reply(value)
    value, headers = reply.value, dict(reply.headers)
    if isinstance(value, NoContent):
        return Content("", "", 204, headers)
    if isinstance(value, Text):
        return Content(value.text, value.content_type, reply.status, headers)
    return Content(write_json(_plain(value)), JSON, reply.status, headers, is_secret=reply.is_secret)


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return answer(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _carried(request: Request, content: Content) -> Answer:
    """An answer that Lambda can carry, compressed where that helps. Raises TooLarge."""
    kind = content.content_type.partition(";")[0]
    if len(content.text) < COMPRESS_FROM.get(kind, COMPRESS_FROM[JSON]):
        return _response(content, content.text)
    packed = None
    carried = len(json.dumps(content.text))
    accepts_bytes = request.headers.get("accept", "").lower().startswith(kind)
    if (
        accepts_bytes
        and kind in COMPRESS_FROM
        and "gzip" in request.headers.get("accept-encoding", "").lower()
    ):
        packed = base64.b64encode(gzip.compress(content.text.encode(), compresslevel=5, mtime=0)).decode()
        carried = len(packed)
    if carried > EVENT_LIMIT - EVENT_OVERHEAD:
        raise TooLarge(
            "The answer is too large for one response. Ask for less at a time: fewer with pageSize where "
            "there are pages, a shorter time with from and to where there are dates."
        )
    if packed is None:
        return _response(content, content.text)
    compressed = _response(content, packed, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    compressed.base64_encoded = True
    return compressed


def _response(content: Content, body: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
    return Response(
        status_code=content.status,
        content_type=content.content_type or None,
        headers={**protection(content.content_type), **content.headers, **headers},
        body=body,
    )


def _failed(failure: Failure) -> Answer:
    retry = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    headers = {**protection(JSON), **retry}
    body = write_json(failure.body())
    return Response(status_code=failure.status_code, content_type=JSON, headers=headers, body=body)
