"""Requests and answers held against the official OpenAPI description of the Accounting and Identity APIs.

The description is read from DAYBOOK_SPECS (by default ../shared/specs beside the repository), once in a
process. Where it is not there nothing is checked. A field or query parameter that is not described is an
error: a misspelt field is silently ignored by Xero, and is the mistake most often made.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

API = "/api.xro/2.0"
_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "specs"
# What Xero answers beside what is described: the envelope, and dates in a form that can be read.
_UNDESCRIBED = "^(Id|Status|ProviderName|DateTimeUTC|DateString|DueDateString|HasErrors|HasValidationErrors)$"
_FORMATS = FormatChecker(formats=["uuid"])


def specifications() -> Path:
    """Where the official descriptions are, if they are there."""
    return Path(os.environ.get("DAYBOOK_SPECS") or _BESIDE) / "accounting"


class Official:
    """The official description, ready to hold requests and answers against."""

    def __init__(self, folder: Path) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        text = (folder / "xero_accounting.yaml").read_text(encoding="utf-8")
        self._api = yaml.load(text, Loader=loader)  # noqa: S506 - either is the safe loader
        text = (folder / "xero-identity.yaml").read_text(encoding="utf-8")
        self._identity = yaml.load(text, Loader=loader)  # noqa: S506 - as above
        schemas = self._api["components"]["schemas"]
        self._asked = {name: _schema(schema, asked=True) for name, schema in schemas.items()}
        self._answered = {name: _schema(schema, asked=False) for name, schema in schemas.items()}
        # In an error the elements come back as they were sent, with what is wrong beside it.
        self._answered["Element"]["additionalProperties"] = True
        self._connections = {
            name: _schema(schema, asked=False)
            for name, schema in self._identity["components"]["schemas"].items()
        }
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path.count("{"), item)
            for path, item in self._api["paths"].items()
        ]
        self._paths.sort(key=lambda each: each[1])
        self._validators: dict[tuple[str, bool], Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation of a request, the path without the API's own."""
        for pattern, _, item in self._paths:
            if pattern.fullmatch(path):
                found: dict[str, Any] | None = item.get(method.lower())
                return found
        return None

    def fields(self, schema: str) -> set[str]:
        """The fields of an object."""
        return set(self._api["components"]["schemas"][schema]["properties"])

    def request(self, method: str, path: str, query: dict[str, str], body: Any) -> list[str]:
        """What is wrong with a request."""
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path} is not an operation"]
        declared = self._query(operation)
        wrong = [f"query parameter {name} is not declared" for name in query if name not in declared]
        wrong += [
            f"query parameter {name} is not {kind}: {query[name]}"
            for name, kind in declared.items()
            if name in query and not _fits(query[name], kind)
        ]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return wrong if body is None else [*wrong, "a body is not taken"]
        return [*wrong, *self._faults(_name(content["schema"]), body, asked=True)]

    def _query(self, operation: dict[str, Any]) -> dict[str, str]:
        known = self._api["components"]["parameters"]
        parameters = [
            known[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each
            for each in operation.get("parameters", [])
        ]
        return {each["name"]: each["schema"].get("type", "") for each in parameters if each["in"] == "query"}

    def answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer; a body is not looked at where none is described."""
        operation = self.operation(method, path)
        described = (operation or {}).get("responses", {}).get(str(status))
        if described is None:
            # Errors are described for writes only, though reads fail in the same form.
            return self._faults("Error", body, asked=False) if status == 400 else []
        if "$ref" in described:
            described = self._api["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        content = described.get("content", {}).get("application/json")
        return [] if content is None else self._faults(_name(content["schema"]), body, asked=False)

    def connections(self, body: Any) -> list[str]:
        """What is wrong with a list of connections."""
        schema = {"type": "array", "items": self._connections["Connection"]}
        return _messages(Draft202012Validator(schema, format_checker=_FORMATS), body)

    def _faults(self, name: str, body: Any, *, asked: bool) -> list[str]:
        if (name, asked) not in self._validators:
            schemas = self._asked if asked else self._answered
            whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
            self._validators[name, asked] = Draft202012Validator(whole, format_checker=_FORMATS)
        return _messages(self._validators[name, asked], body)


@cache
def official() -> Official | None:
    """The official description, or None when it is not there."""
    folder = specifications()
    return Official(folder) if (folder / "xero_accounting.yaml").exists() else None


class Checks:
    """Holds requests and answers against the description, counts them, and keeps what is wrong."""

    def __init__(self) -> None:
        self.validated: Counter[str] = Counter()
        self.violations: list[str] = []

    def summary(self) -> str:
        """One line for a person: how many were checked, or that none were."""
        if official() is None:
            return f"Xero: not checked against the official description, which is not at {specifications()}"
        counted = f"{self.validated['requests']} requests and {self.validated['answers']} answers"
        return f"Xero: {counted} checked against the official description, {len(self.violations)} violations"

    def note(self, kind: str, what: str, wrong: list[str]) -> list[str]:
        """Count one that was checked, and keep what is wrong with it."""
        self.validated[kind] += 1
        self.violations += [f"{kind[:-1]} {what}: {each}" for each in wrong]
        return wrong


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[1]


def _messages(validator: Draft202012Validator, body: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


def _fits(text: str, kind: str) -> bool:
    if kind == "integer":
        return text.isdecimal()
    return text in ("true", "false") if kind == "boolean" else True


def _schema(schema: dict[str, Any], *, asked: bool) -> dict[str, Any]:
    """An OpenAPI 3.0 schema as JSON Schema that admits no property it does not name.

    A request may hold none that only answers have (readOnly).
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    found = {name: value for name, value in schema.items() if name in _CONSTRAINTS}
    if schema.get("nullable") and "type" in found:
        found["type"] = [found["type"], "null"]
    if "items" in schema:
        found["items"] = _schema(schema["items"], asked=asked)
    if "properties" in schema:
        properties = {
            name: _schema(value, asked=asked)
            for name, value in schema["properties"].items()
            if not (asked and value.get("readOnly"))
        }
        found |= {"properties": properties, "additionalProperties": False}
        if not asked:
            found["patternProperties"] = {_UNDESCRIBED: {}}
    return found


_CONSTRAINTS = (
    "type",
    "enum",
    "format",
    "maxLength",
    "minLength",
    "minimum",
    "maximum",
    "pattern",
    "required",
)
