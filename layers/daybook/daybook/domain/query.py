"""The query language of list operations, and their order (specification: api, conventions).

    name~cafe && {status=Linked || status=PendingAuth}
    dataConnections.status!=Linked
    created>=2026-01-01

`&&` binds tighter than `||`; braces group; a value with `&&`, `||` or `}` in it stands in double quotes. A
dot leads into an object or into each element of a list: a comparison holds when it holds for one of them.
Property names and texts are compared without regard to letter case, numbers as numbers, dates as instants
(an unqualified one is taken as UTC).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import unquote

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.times import parse_time
from daybook.frozen import frozen

LONGEST_QUERY = 2048
# Far more nesting than a person writes; keeps the parser's recursion shallow.
_DEEPEST = 50
_PROPERTY = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
_OPERATOR = re.compile(r"!=|>=|<=|=|~|>|<")
_VALUE = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>.*?)(?=&&|\|\||\}|$)', re.DOTALL)
_SPACE = re.compile(r"\s*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Predicate = Callable[[Mapping[str, object]], bool]
Item = TypeVar("Item", bound=Mapping[str, object])


@frozen
class Query:
    """A parsed query: whether an item matches, and the properties it looks at (first steps, lower case)."""

    properties: frozenset[str]
    matches: Predicate


@frozen
class Order:
    """By which property (its steps, lower case) a list is sorted, and whether descending."""

    steps: tuple[str, ...]
    descending: bool


ANYTHING = Query(frozenset(), lambda _: True)


def parse_query(text: str) -> Query:
    """Parse a query; the empty one matches everything. Raises BadRequest.

    A text with percent signs but without any operator was encoded twice and is decoded once more.
    """
    if len(text) > LONGEST_QUERY:
        raise _refused(f"is longer than {LONGEST_QUERY} characters")
    if "%" in text and not _OPERATOR.search(text):
        text = unquote(text)
    if not text.strip():
        return ANYTHING
    parser = _Parser(text)
    predicate = parser.either(0)
    if parser.rest():
        raise _refused(f"cannot be understood from {parser.rest()!r} on")
    return Query(frozenset(parser.properties), predicate)


def parse_order(text: str) -> tuple[Order, ...]:
    """Parse `orderBy`: property names separated by commas, `-` before a descending one. Raises BadRequest."""
    orders = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        steps = name.removeprefix("-").lower()
        if not _PROPERTY.fullmatch(steps):
            message = f"orderBy names no property: {name!r}; write it like name or -created"
            raise BadRequest(message, [Problem("orderBy", message, "orderBy")])
        orders.append(Order(tuple(steps.split(".")), name.startswith("-")))
    return tuple(orders)


def in_order(items: Iterable[Item], orders: tuple[Order, ...]) -> list[Item]:
    """Sort items, those without the property first; equal ones keep their order."""
    ordered = list(items)
    for order in reversed(orders):
        ordered.sort(key=lambda item: _rank(next(_values(item, order.steps), None)), reverse=order.descending)
    return ordered


def _refused(fault: str) -> BadRequest:
    message = f"The query {fault}. Write it like name=Cafe or {{status=Linked && created>2026-01-01}}."
    return BadRequest(message, [Problem("query", message, "query")])


class _Parser:
    """Recursive descent over the text of one query."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.properties: set[str] = set()

    def rest(self) -> str:
        """What is not read yet."""
        return self._text[self._position :].strip()

    def either(self, depth: int) -> Predicate:
        """Parse alternatives."""
        parts = [self._both(depth)]
        while self._accept("||"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def _both(self, depth: int) -> Predicate:
        parts = [self._one(depth)]
        while self._accept("&&"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _one(self, depth: int) -> Predicate:
        if not self._accept("{"):
            return self._comparison()
        if depth >= _DEEPEST:
            raise _refused(f"is nested more than {_DEEPEST} deep")
        inner = self.either(depth + 1)
        if not self._accept("}"):
            raise _refused("lacks a closing brace")
        return inner

    def _comparison(self) -> Predicate:
        name = self._match(_PROPERTY)
        if name is None:
            raise _refused(f"needs a property name instead of {self.rest()!r}")
        operator = self._match(_OPERATOR)
        if operator is None:
            raise _refused(f"needs one of = != ~ > < >= <= after {name.group()}")
        value = self._match(_VALUE)
        quoted = value and value.group("quoted")
        expected = quoted if quoted is not None else value.group("plain").strip() if value else ""
        steps = tuple(name.group().lower().split("."))
        self.properties.add(steps[0])
        return _predicate(steps, operator.group(), expected)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        space = _SPACE.match(self._text, self._position)
        match = pattern.match(self._text, space.end() if space else self._position)
        if match:
            self._position = match.end()
        return match

    def _accept(self, sign: str) -> bool:
        return self._match(re.compile(re.escape(sign))) is not None


def _predicate(steps: tuple[str, ...], operator: str, expected: str) -> Predicate:
    if operator == "!=":
        return lambda item: not any(_holds(value, "=", expected) for value in _values(item, steps))
    return lambda item: any(_holds(value, operator, expected) for value in _values(item, steps))


def _values(item: object, steps: tuple[str, ...]) -> Iterator[object]:
    if isinstance(item, list | tuple):
        for element in item:
            yield from _values(element, steps)
    elif not steps:
        yield item
    elif isinstance(item, Mapping):
        for name, value in item.items():
            if str(name).lower() == steps[0]:
                yield from _values(value, steps[1:])


def _holds(value: object, operator: str, expected: str) -> bool:
    if value is None:
        return operator == "=" and expected.lower() in ("", "null")
    if operator == "~":
        return expected.lower() in _text(value)
    left, right = _rank(value), _rank(expected)
    if left[0] != right[0]:
        left, right = (0, 0, _text(value)), (0, 0, expected.lower())
    match operator:
        case "=":
            return left == right
        case ">":
            return left > right
        case "<":
            return left < right
        case ">=":
            return left >= right
    return left <= right


def _rank(value: object) -> tuple[int, Decimal | int, str]:
    """A key by which any two values can be compared: nothing, numbers, dates, texts, in that order."""
    if value is None:
        return (0, 0, "")
    if isinstance(value, int | Decimal | str) and not isinstance(value, bool):
        number = _number(value)
        if number is not None:
            return (1, number, "")
        instant = _instant(value) if isinstance(value, str) else None
        if instant is not None:
            return (2, instant, "")
    return (3, 0, _text(value))


def _number(value: int | Decimal | str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _instant(text: str) -> Decimal | None:
    try:
        moment = parse_time(text)
    except ValueError:
        return None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return Decimal(since.days * 86_400 + since.seconds) + Decimal(since.microseconds).scaleb(-6)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower()
