"""The OpenAPI document: what `operations.py` collected, written as OpenAPI 3.1."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daybook.wire.described.base import Error
from describing import (
    EVENT_HEADERS,
    IDEMPOTENCY_KEY,
    PATH_PARAMETERS,
    Described,
    Event,
    Link,
    Media,
    Nothing,
    Parameter,
    Tag,
)
from local.openapi.operations import ROOT, Operation, camel
from local.openapi.schemas import schemas_of

Json = dict[str, Any]
# Replaced by the address the caller used, when the document is served.
SERVERS = [{"url": "/"}]
ABOUT = (ROOT / "local" / "openapi" / "about.md").read_text(encoding="utf-8")

# What every failure means unless an operation says more: its status, name and meaning.
FAILURES = {
    400: ("BadRequest", "The request is not understood or cannot be done; `validation` lists each fault."),
    401: ("Unauthorized", "No API key, or one that is malformed, unknown or revoked."),
    402: ("SubscriptionExpired", "The merchant's subscription to the accounting software has expired."),
    403: ("Forbidden", "The client the key belongs to may not call this API."),
    404: ("NotFound", "There is no such thing, or it is another client's."),
    409: (
        "Conflict",
        "The same request is being answered just now, or somebody else changed the same thing. Try again.",
    ),
    413: ("TooLarge", "The request, or its answer, is too large to be carried; `error` says what to do."),
    415: ("UnsupportedMediaType", "The body is not `application/json`."),
    429: ("TooManyRequests", "More requests than the client's plan allows. Wait, then try again."),
    500: ("Failed", "Something went wrong on our side. Quote `correlationId` when asking for help."),
    503: ("Unavailable", "The accounting software cannot be reached just now. Try again later."),
    504: ("TimedOut", "The answer took too long. Try again; a repetition with the same key does no harm."),
}
_RETRIED = {409: "True", 429: "True", 500: "Unknown", 503: "True", 504: "True"}
_ALWAYS_WITH_KEY = (400, 401, 403, 429, 500, 503, 504)
_WITHOUT_KEY = (400, 429, 500, 504)


@dataclass(frozen=True, slots=True)
class _Made:
    """The schemas that the operations refer to, by operation."""

    requests: Json
    answers: Json


def document_of(operations: list[Operation], events: Mapping[str, Event]) -> Json:
    """The whole document. Raises KeyError for a link to an operation there is not."""
    requests = {
        each.id + each.method: each.described.request
        for each in operations
        if _is_schema(each.described.request)
    }
    answers = {
        each.id + each.method: each.described.answer
        for each in operations
        if _is_schema(each.described.answer)
    }
    asked, answered, parts = schemas_of(
        requests, {**answers, **{name: each.body for name, each in events.items()}, "": Error}
    )
    ids = {each.name for each in operations}
    paths: dict[str, Json] = {}
    spellings: dict[str, list[str]] = {}
    order = {tag: number for number, tag in enumerate(Tag)}
    for operation in sorted(operations, key=lambda each: (order[each.described.tag], each.method == "put")):
        for link in operation.described.links.values():
            if link.operation not in ids:
                raise KeyError(f"{operation.name} leads to {link.operation}, which there is not")
        for number in range(len(operation.paths)):
            written = _operation(operation, number, _Made(asked, answered))
            _spell(written, operation, number, spellings.setdefault(operation.id, []))
            paths.setdefault(operation.paths[number], {})[operation.method] = written
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daybook",
            "version": version(),
            "summary": ABOUT.split("\n")[0],
            "description": ABOUT,
        },
        "servers": SERVERS,
        "security": [{"ApiKey": []}],
        "tags": [{"name": tag.value[0], "description": tag.value[1]} for tag in order],
        "paths": paths,
        "webhooks": {name: {"post": _told(each, answered[name])} for name, each in events.items()},
        "components": _components(parts),
    }


def _components(schemas: Json) -> Json:
    """What operations refer to."""
    return {
        "securitySchemes": {"ApiKey": _security_scheme()},
        "headers": {"RetryAfter": _header("Seconds to wait before the next request.", {"type": "integer"})},
        "responses": {name: failure(status) for status, (name, _) in FAILURES.items()},
        "schemas": schemas,
    }


def version() -> str:
    """The product's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def failure(status: int, meaning: str = "") -> Json:
    """A response for a status that is not a success."""
    _, usual = FAILURES[status]
    example = {
        "statusCode": status,
        "service": "Daybook",
        "error": meaning or usual,
        "correlationId": "7d1f2b8e-3c4a-4f5b-8a69-0e1d2c3b4a59",
        "validation": None,
        "canBeRetried": _RETRIED.get(status, "False"),
        "detailedErrorCode": 0,
    }
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}
    response: Json = {"description": meaning or usual, "content": {"application/json": content}}
    if status == 429:  # noqa: PLR2004 - the one failure that says when to come back
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return response


def _is_schema(kind: object) -> bool:
    return kind is not None and not isinstance(kind, Media | Nothing)


def _security_scheme() -> Json:
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Basic` and the API key in base64, without a user name or a colon before it.",
    }


def _header(description: str, schema: Json) -> Json:
    return {"description": description, "schema": schema}


def _operation(operation: Operation, number: int, made: _Made) -> Json:
    about = operation.described
    path = operation.paths[number]
    written: Json = {"tags": [about.tag.value[0]], "summary": operation.summary}
    parameters = _parameters(operation, number)
    if parameters:
        written["parameters"] = parameters
    if about.request is not None:
        written["requestBody"] = _body(operation, made, with_example=number == 0)
    written["responses"] = _responses(operation, made, with_example=number == 0, has_id="{" in path)
    if about.keyless:
        written["security"] = []
    return written


def _spell(written: Json, operation: Operation, number: int, spellings: list[str]) -> None:
    """Name it: the first spelling of an operation has its id and its words, the others refer to it."""
    spellings.append(f"{operation.method.upper()} {operation.paths[number]}")
    if len(spellings) == 1:
        written["operationId"] = operation.id
        if operation.text:
            written["description"] = operation.text
        return
    written["operationId"] = f"{operation.id}{len(spellings)}"
    written["description"] = f"Another spelling of `{spellings[0]}`."
    written["x-spelling-of"] = operation.id


def _parameters(operation: Operation, number: int) -> list[Json]:
    about = operation.described
    own = {each.name: each for each in about.parameters if each.where == "path"}
    wanted = []
    for name in operation.path_parameters[number]:
        found = own.get(camel(name)) or PATH_PARAMETERS.get(name)
        if found is not None and "{" + found.name + "}" in operation.paths[number]:
            wanted.append(found)
    wanted += [each for each in about.parameters if each.where != "path"]
    if operation.method == "post" and not about.keyless:
        wanted.append(IDEMPOTENCY_KEY)
    return [_parameter(each) for each in wanted]


def _parameter(parameter: Parameter) -> Json:
    written: Json = {"name": parameter.name, "in": parameter.where, "description": parameter.description}
    if parameter.required or parameter.where == "path":
        written["required"] = True
    written["schema"] = dict(parameter.schema)
    if parameter.example is not None:
        written["example"] = parameter.example
    return written


def _body(operation: Operation, made: _Made, *, with_example: bool) -> Json:
    about = operation.described
    if isinstance(about.request, Media):
        return {"required": about.body_required, "content": _media(about.request)}
    content: Json = {"schema": made.requests[operation.id + operation.method]}
    if with_example and about.request_example is not None:
        content["example"] = about.request_example
    return {"required": about.body_required, "content": {"application/json": content}}


def _responses(operation: Operation, made: _Made, *, with_example: bool, has_id: bool) -> Json:
    about = operation.described
    success = "200"
    content: Json = {}
    if isinstance(about.answer, Nothing):
        success = str(about.answer.status)
        if about.answer.status == 200:  # noqa: PLR2004
            content = {"application/json": {"schema": {"type": "object", "maxProperties": 0}, "example": {}}}
    elif isinstance(about.answer, Media):
        content = _media(about.answer)
    else:
        content = {"application/json": {"schema": made.answers[operation.id + operation.method]}}
        if with_example and about.example is not None:
            content["application/json"]["example"] = about.example
    for media in about.also:
        content |= _media(media)
    response: Json = {"description": "Done." if not content else operation.summary + "."}
    if about.headers:
        response["headers"] = {
            name: _header(text, {"type": "string"}) for name, text in about.headers.items()
        }
    if content:
        response["content"] = content
    if about.links:
        response["links"] = {label: _link(link) for label, link in about.links.items()}
    return {success: response, **_failures(operation, has_id=has_id)}


def _failures(operation: Operation, *, has_id: bool) -> Json:
    about = operation.described
    statuses = set(_WITHOUT_KEY if about.keyless else _ALWAYS_WITH_KEY) | set(about.errors)
    if has_id:
        statuses.add(404)
    if operation.method == "post" and not about.keyless:
        statuses.add(409)
    if about.request is not None:
        statuses |= {413, 415}
    return {
        str(status): _refusal(about, status)
        if status in about.errors
        else {"$ref": f"#/components/responses/{FAILURES[status][0]}"}
        for status in sorted(statuses)
    }


def _told(event: Event, schema: Json) -> Json:
    """An event as a request to the partner's own address."""
    return {
        "tags": [Tag.WEBHOOKS.value[0]],
        "summary": event.summary,
        "parameters": [_parameter(each) for each in EVENT_HEADERS],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": event.example}},
        },
        "responses": {
            "2XX": {"description": "Received. Any other answer, and none within 15 seconds, is tried again."}
        },
        "security": [],
    }


def _refusal(about: Described, status: int) -> Json:
    """A failure of this operation; where a person is looking it comes as a page, except from the gateway."""
    response = failure(status, about.errors[status])
    if about.failures_as is not None:
        response["content"] = {**_media(about.failures_as), **response["content"]}
    return response


def _media(media: Media) -> Json:
    content: Json = {"schema": dict(media.schema)}
    if media.example:
        content["example"] = media.example
    return {media.content_type: content}


def _link(link: Link) -> Json:
    return {
        "operationId": camel(link.operation),
        "parameters": {
            camel(name): f"$request.path.{camel(source.removeprefix('path.'))}"
            if source.startswith("path.")
            else f"$response.body#/{source}"
            for name, source in link.parameters.items()
        },
    }
