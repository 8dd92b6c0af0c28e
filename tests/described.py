"""Holds answers against the API's own description: every answer of every integration test passes here."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker

Json = dict[str, Any]
DESCRIPTION = Path(__file__).resolve().parents[1] / "functions" / "description" / "openapi.json"


@cache
def document() -> Json:
    """The description as it is served; `make openapi` writes it, and a test fails while it is stale."""
    read: Json = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return read


def operation_of(method: str, path: str) -> Json | None:
    """What the description says of the operation a request reaches; None when it is none."""
    for pattern, methods in _paths():
        if method.lower() in methods and pattern.fullmatch(path):
            found: Json = methods[method.lower()]
            return found
    return None


def check_answer(method: str, path: str, status: int, content_type: str, body: object) -> None:
    """Fail when an answer is not as described: its status, its type or its body."""
    operation = operation_of(method, path)
    if operation is None:
        return
    name = f"{method} {path} ({operation['operationId']}) answered {status}"
    response = operation["responses"].get(str(status))
    assert response is not None, f"{name}, which is not described: {body}"
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content", {})
    if not content:
        assert not body, f"{name} with a body where none is described: {body}"
        return
    assert content_type in content, f"{name} as {content_type!r}, which is not described"
    faults = [
        f"{error.json_path}: {error.message[:300]}"
        for error in _validator(operation["operationId"], str(status), content_type).iter_errors(body)
    ]
    assert not faults, f"{name}, not as described: {faults}"


def check_event(event: Json) -> None:
    """Fail when an event is not as described."""
    name = event.get("eventType") or event["RuleType"].replace(" ", "")
    about = document()["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
    faults = [
        f"{error.json_path}: {error.message[:300]}"
        for error in validator_of(about["schema"]).iter_errors(event)
    ]
    assert not faults, f"{name}, not as described: {faults}"


def validator_of(schema: Json) -> OAS31Validator:
    """A validator of one of the description's schemas."""
    return OAS31Validator(
        {**schema, "components": document()["components"]}, format_checker=oas31_format_checker
    )


@cache
def _validator(operation_id: str, status: str, content_type: str) -> OAS31Validator:
    response = next(
        operation["responses"][status]
        for methods in document()["paths"].values()
        for operation in methods.values()
        if operation["operationId"] == operation_id
    )
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return validator_of(response["content"][content_type]["schema"])


@cache
def _paths() -> list[tuple[re.Pattern[str], Json]]:
    """A pattern for each path, those with the fewest parameters first: `latest` before `{syncId}`."""
    paths = document()["paths"]
    return [
        (re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", path))), paths[path])
        for path in sorted(paths, key=lambda each: (each.count("{"), each))
    ]
