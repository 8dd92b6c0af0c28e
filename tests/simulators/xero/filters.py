"""Which records a list answers: `where`, `order`, pages, If-Modified-Since."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from tests.simulators.xero.organisation import Record
from tests.simulators.xero.refusals import unusable

Test = Callable[[Record], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<call>Guid|DateTime\.Parse|DateTime)\s*\(\s*(?P<inner>[^)]*)\)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<joint>&&|\|\||AND\b|OR\b|and\b|or\b)
      | (?P<compare>==|!=|>=|<=|>|<|=)
      | (?P<bracket>[()])
      | (?P<name>[A-Za-z][\w.]*)
    )""",
    re.VERBOSE,
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_METHODS: dict[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": lambda text, part: part in text,
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
}


class _Where:
    """Reads a `where` expression: comparisons joined by AND and OR, with brackets."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, Any]] = []
        place = 0
        while place < len(text.rstrip()):
            found = _TOKEN.match(text, place)
            if found is None:
                raise unusable(16, "QueryParseException", f"Syntax error at {place}: {text[place:]}")
            self.tokens.append(_token(found))
            place = found.end()
        self.place = 0

    def whole(self) -> Test:
        test = self._either()
        if self.place != len(self.tokens):
            raise unusable(16, "QueryParseException", "Syntax error: something follows the condition")
        return test

    def _next(self) -> tuple[str, Any]:
        if self.place >= len(self.tokens):
            raise unusable(16, "QueryParseException", "Syntax error: the condition ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def _at(self, kind: str, *values: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place] in [(kind, each) for each in values]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._at("joint", "or"):
            self.place += 1
            tests.append(self._both())
        return lambda record: any(test(record) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._at("joint", "and"):
            self.place += 1
            tests.append(self._one())
        return lambda record: all(test(record) for test in tests)

    def _one(self) -> Test:
        if self._at("bracket", "("):
            self.place += 1
            test = self._either()
            self._closed()
            return test
        kind, name = self._next()
        if kind != "name":
            raise unusable(16, "QueryParseException", f"Syntax error: a field was expected, not {name}")
        path, _, method = name.rpartition(".")
        if method in _METHODS:
            return self._method(path, method)
        kind, compare = self._next()
        if kind != "compare":
            raise unusable(16, "QueryParseException", f"Operator '{compare}' is not known")
        kind, wanted = self._next()
        if kind not in ("value", "constant"):
            raise unusable(16, "QueryParseException", f"Unknown identifier '{wanted}'")
        return lambda record: _compared(value_at(record, name), compare, wanted)

    def _method(self, path: str, method: str) -> Test:
        if not self._at("bracket", "("):
            raise unusable(16, "QueryParseException", f"{method} needs brackets")
        self.place += 1
        _, part = self._next()
        self._closed()
        return lambda record: _METHODS[method](str(value_at(record, path) or ""), str(part))

    def _closed(self) -> None:
        if self._next() != ("bracket", ")"):
            raise unusable(16, "QueryParseException", "')' expected")


def _token(found: re.Match[str]) -> tuple[str, Any]:
    kind = str(found.lastgroup)
    text = found[kind]
    if found["text"] is not None:
        return "value", re.sub(r"\\(.)", r"\1", found["text"][1:-1])
    if found["call"] is not None:
        return "value", _called(found["call"], found["inner"])
    if found["number"] is not None:
        return "value", Decimal(text)
    if found["joint"] is not None:
        return "joint", {"&&": "and", "||": "or"}.get(text, text.lower())
    if kind == "name" and text in _CONSTANTS:
        return "constant", _CONSTANTS[text]
    return kind, text


def _called(call: str, inner: str) -> Any:
    text = inner.strip().strip('"')
    try:
        if call == "Guid":
            return text.lower()
        if call == "DateTime.Parse":
            return datetime.fromisoformat(text).date()
        year, month, day = [int(part) for part in text.split(",")][:3]
        return date(year, month, day)
    except ValueError:
        raise unusable(16, "QueryParseException", f"{call}({inner}) is not valid") from None


def value_at(record: Record, path: str) -> Any:
    """A field of a record, or of a record within it."""
    held: Any = record
    for name in path.split("."):
        held = held.get(name) if isinstance(held, Mapping) else None
    return held


def _compared(left: Any, compare: str, right: Any) -> bool:
    if isinstance(left, datetime):
        left = left.date()
    if left is None or right is None:
        return compare in ("==", "=", "!=") and _COMPARED[compare](left, right)
    try:
        return _COMPARED[compare](left, right)
    except TypeError:
        raise unusable(16, "QueryParseException", f"{left} and {right} cannot be compared") from None


def fields_of(text: str) -> set[str]:
    """The top-level fields that a `where` names."""
    names = [value for kind, value in _Where(text).tokens if kind == "name"]
    return {name.split(".")[0] for name in names}


def chosen(records: Iterable[Record], query: Mapping[str, str], headers: Mapping[str, str]) -> list[Record]:
    """The records that `where` and If-Modified-Since admit, in the order asked for."""
    found = list(records)
    if query.get("where"):
        test = _Where(query["where"]).whole()
        found = [record for record in found if test(record)]
    since = headers.get("if-modified-since")
    if since:
        after = _instant(since)
        found = [record for record in found if record.get("UpdatedDateUTC", after) >= after]
    field, _, direction = query.get("order", "").partition(" ")
    if field:
        present = [record for record in found if value_at(record, field) is not None]
        absent = [record for record in found if value_at(record, field) is None]
        present.sort(key=lambda record: value_at(record, field), reverse=direction.upper() == "DESC")
        found = [*present, *absent]
    return found


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def listed(query: Mapping[str, str], name: str) -> list[str]:
    """The values of a query parameter that takes several."""
    return [each.strip() for each in query.get(name, "").split(",") if each.strip()]


def paged(
    records: Sequence[Record], query: Mapping[str, str]
) -> tuple[Sequence[Record], dict[str, int] | None]:
    """One page of records, and where it stands; everything when no page is asked for."""
    if "page" not in query:
        return records, None
    page, size = int(query["page"]), min(int(query.get("pageSize", "100")), 1000)
    if page < 1 or size < 1:
        raise unusable(17, "QueryParseException", "page and pageSize must be at least 1")
    place = {
        "page": page,
        "pageSize": size,
        "pageCount": -(-len(records) // size),
        "itemCount": len(records),
    }
    return records[(page - 1) * size : page * size], place
