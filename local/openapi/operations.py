"""The operations as the code registers them, each with what is said of it."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from describing import Described, Event, Link, PerValue

if TYPE_CHECKING:
    from rest import Api

ROOT = Path(__file__).resolve().parents[2]
_PARAMETER = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation under one method: `paths` has every spelling, `{camelCase}` for its parameters.

    `path_parameters` are the parameters of each spelling, by the names the code gives them.
    """

    name: str
    function: str
    method: str
    paths: tuple[str, ...]
    path_parameters: tuple[tuple[str, ...], ...]
    summary: str
    text: str
    described: Described

    @property
    def id(self) -> str:
        """The operation's id in the document."""
        return camel(self.name)


def camel(name: str) -> str:
    """`list_records.taxComponents` as `listRecordsTaxComponents`."""
    words = re.split(r"[_.\-]", name)
    return words[0] + "".join(word[0].upper() + word[1:] for word in words[1:] if word)


def apps() -> dict[str, Api]:
    """What each function behind the REST API registers, by the function's name."""
    found = {}
    for path in sorted((ROOT / "functions").glob("*/app.py")):
        api = getattr(importlib.import_module(f"{path.parent.name}.app"), "api", None)
        if api is not None and hasattr(api, "routes"):
            found[path.parent.name] = api
    return found


def undescribed() -> list[str]:
    """The operations nothing is said of, as `function.operation`."""
    return [
        f"{name}.{route.operation.__name__}"
        for name, api in apps().items()
        for route in api.routes
        if route.operation not in _descriptions(name)
    ]


def all_operations() -> list[Operation]:
    """Every described operation, in the order of the code. Raises ValueError where a name is not unique."""
    found: list[Operation] = []
    names: dict[tuple[str, str], str] = {}
    for function, api in apps().items():
        descriptions = _descriptions(function)
        described: list[Operation] = []
        for route in api.routes:
            about = descriptions.get(route.operation)
            if about is not None:
                described += _expanded(function, route, about)
        for operation in described:
            key = (operation.name, operation.method)
            if names.setdefault(key, function) != function:
                raise ValueError(f"{operation.name} is an operation of {names[key]} and of {function}")
        found += described
    return found


def all_events() -> dict[str, Event]:
    """What is sent to webhooks, by the event's type."""
    found: dict[str, Event] = {}
    for function in apps():
        if (ROOT / "functions" / function / "description.py").exists():
            found |= getattr(importlib.import_module(f"{function}.description"), "EVENTS", {})
    return found


def _descriptions(function: str) -> dict[Any, Described | PerValue]:
    if not (ROOT / "functions" / function / "description.py").exists():
        return {}
    operations: dict[Any, Described | PerValue] = importlib.import_module(
        f"{function}.description"
    ).OPERATIONS
    return operations


def _expanded(function: str, route: Any, about: Described | PerValue) -> Iterator[Operation]:
    name = route.operation.__name__
    summary, _, text = (inspect.getdoc(route.operation) or "").partition("\n")
    if isinstance(about, Described):
        yield _operation(function, route, name, about, (summary, text), route.paths)
        return
    for value, described in about.values.items():
        paths = tuple(path.replace(f"<{about.parameter}>", value) for path in route.paths)
        links = {
            label: Link(link.operation.replace("*", value), link.parameters)
            for label, link in described.links.items()
        }
        own = replace(described, links=links)
        yield _operation(function, route, f"{name}.{value}", own, (summary, text), paths)


def _operation(
    function: str, route: Any, name: str, about: Described, words: tuple[str, str], paths: tuple[str, ...]
) -> Operation:
    return Operation(
        name=name,
        function=function,
        method=route.method.lower(),
        paths=tuple(_PARAMETER.sub(lambda found: f"{{{camel(found[1])}}}", path) for path in paths),
        path_parameters=tuple(tuple(_PARAMETER.findall(path)) for path in paths),
        summary=about.summary or words[0].rstrip("."),
        text=re.sub(r"(?<!\n)\n(?!\n)", " ", words[1].strip()),
        described=about,
    )
