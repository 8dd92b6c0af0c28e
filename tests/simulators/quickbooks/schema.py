"""Requests and answers held against the official schema (the XSD of the v3 API).

The JSON of the API has the schema's names: what is an attribute there is a property here, the text of a
reference is its `value`, and what may occur more than once is a list. So JSON is turned into the XML it
stands for and that is validated. The schema is found at DAYBOOK_SPECS and is not part of this repository.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

HERE = Path(__file__).resolve()
SPECS = Path(os.environ.get("DAYBOOK_SPECS") or HERE.parents[4] / "shared" / "specs")
DEFINITION = SPECS / "accounting" / "qbo_xsd" / "IntuitRestServiceDef.xsd"
_HEAD = "IntuitObject"  # stands for any entity
_NUMBERS = {"decimal", "int", "integer", "positiveInteger", "long"}


class Unlike(Exception):
    """A body is not as the schema says; `str` of it says where."""


def why_not() -> str:
    """Why nothing can be validated here, or ""."""
    if not DEFINITION.exists():
        return f"no official schema at {DEFINITION} (DAYBOOK_SPECS)"
    try:
        import xmlschema  # noqa: F401
    except ImportError:
        return "the package xmlschema is not installed"
    return ""


@functools.cache
def schema() -> Any:
    """The schema."""
    import xmlschema

    return xmlschema.XMLSchema(str(DEFINITION), allow="local")


def check(name: str, body: Any) -> None:
    """Validate a body as the element with this name. Raises Unlike."""
    declared = schema().elements[name]
    made = _element(declared, body, name)
    for error in schema().iter_errors(made):
        raise Unlike(f"{name}: {error.path}: {error.reason}")


class Checks:
    """Counts what was held against the schema, and keeps what was wrong in requests.

    `answers_too` may be turned off where the same answers come very often: holding them takes long.
    """

    def __init__(self) -> None:
        self.answers_too = True
        self.unvalidated = why_not()
        self.validated: Counter[str] = Counter()
        self.violations: list[str] = []

    def summary(self) -> str:
        """One line for a person: how much was validated, or that nothing was, and why."""
        if self.unvalidated:
            return f"QuickBooks: not held against the official schema: {self.unvalidated}"
        counted = f"{self.validated['requests']} requests and {self.validated['answers']} answers"
        return f"QuickBooks: {counted} valid by the official schema, {len(self.violations)} requests were not"


def _element(declared: Any, value: Any, where: str) -> ET.Element:
    made = ET.Element(declared.name)
    kind = declared.type
    if kind.is_simple():
        made.text = _text(kind, value, where)
    elif kind.local_name == "IntuitAnyType":
        pass  # anything at all
    elif not isinstance(value, dict):
        raise Unlike(f"{where}: an object is wanted, not {value!r}")
    elif kind.has_simple_content():
        _attributes(made, kind, value, where, also={"value"})
        if "value" not in value:
            raise Unlike(f"{where}: value is missing")
        made.text = _scalar(value["value"], "string", f"{where}.value")
    else:
        children = list(_children(kind))
        names = {name for _, name, _ in children}
        _attributes(made, kind, value, where, also=names)
        for child, name, several in children:
            made.extend(_of(child, name, value, where, several=several))
    return made


def _children(kind: Any) -> Iterator[tuple[Any, str, bool]]:
    """The elements within a type: (declaration, name, whether JSON has a list of them)."""
    for child in kind.content.iter_elements():
        several = child.max_occurs is None or child.max_occurs > 1
        if child.local_name == _HEAD:
            for member in schema().maps.substitution_groups[child.name]:
                yield member, member.local_name, several
        elif child.local_name is not None:
            yield child, child.local_name, several


def _of(child: Any, name: str, holder: dict[str, Any], where: str, *, several: bool) -> list[ET.Element]:
    path = f"{where}.{name}"
    if name not in holder:
        needed = child.min_occurs and child.type is not None and child.type.local_name == "IntuitAnyType"
        # TransferEx, for internal use only, is required by the schema and in no documented body.
        return [ET.Element(child.name)] if needed else []
    value = holder[name]
    if several != isinstance(value, list):
        raise Unlike(f"{path}: {'a list' if several else 'no list'} is wanted")
    values = value if several else [value]
    return [_element(child, each, f"{path}[{place}]") for place, each in enumerate(values)]


def _attributes(made: ET.Element, kind: Any, value: dict[str, Any], where: str, *, also: set[str]) -> None:
    for name, given in value.items():
        if name in kind.attributes:
            made.set(name, _text(kind.attributes[name].type, given, f"{where}.{name}"))
        elif name not in also:
            raise Unlike(f"{where}: there is no property {name}")


def _text(kind: Any, value: Any, where: str) -> str:
    base = getattr(kind, "primitive_type", None) or kind
    own = getattr(kind, "root_type", kind)
    names = {getattr(each, "local_name", None) for each in (kind, base, own)}
    if "boolean" in names:
        return _scalar(value, "boolean", where)
    return _scalar(value, "number" if names & _NUMBERS else "string", where)


def _scalar(value: Any, wanted: str, where: str) -> str:
    if wanted == "boolean" and isinstance(value, bool):
        return "true" if value else "false"
    if wanted == "number" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if wanted == "string" and isinstance(value, str):
        return value
    raise Unlike(f"{where}: a {wanted} is wanted, not {value!r}")
