"""The query language: select * from Entity where A = 'x' and B >= 'y' startposition n maxresults m."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.quickbooks import faults

Body = dict[str, Any]
NAMES = ("Account", "TaxCode", "TaxRate", "TaxAgency", "Customer", "Vendor", "Item")
MOST, BY_DEFAULT = 1000, 100
# Texts that can be read but not asked for.
_NOT_ASKABLE = {"PrivateNote", "Line", "LinkedTxn", "TxnTaxDetail", "Description", "CustomerMemo"}
_NUMBERED = {"Invoice", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit", "Purchase", "JournalEntry"}
_NUMBERED_ALSO = {"BillPayment"}

_SHAPE = re.compile(
    r"\s*select\s+(?P<what>\*|count\(\*\)|[\w.,\s]+?)\s+from\s+(?P<entity>\w+)"
    r"(?:\s+where\s+(?P<where>.+?))?"
    r"(?:\s+order\s*by\s+(?P<order>[\w.]+)(?P<way>\s+asc|\s+desc)?)?"
    r"(?:\s+startposition\s+(?P<start>\d+))?"
    r"(?:\s+maxresults\s+(?P<most>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = r"'(?:[^'\\]|\\.)*'"
_CONDITION = re.compile(
    rf"\s*(?P<name>[\w.]+)\s*(?P<how><=|>=|=|<|>|\bin\b|\blike\b)\s*"
    rf"(?P<value>{_TEXT}|\(\s*(?:{_TEXT}|\w+)(?:\s*,\s*(?:{_TEXT}|\w+))*\s*\)|true|false|-?[\d.]+)\s*",
    re.IGNORECASE,
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, asked: bool(held == asked),
    "<": lambda held, asked: bool(held < asked),
    ">": lambda held, asked: bool(held > asked),
    "<=": lambda held, asked: bool(held <= asked),
    ">=": lambda held, asked: bool(held >= asked),
}


@dataclass(frozen=True)
class Condition:
    """A property compared with one value, or with several (in)."""

    name: str
    how: str
    values: tuple[str, ...]

    def holds(self, body: Body) -> bool:
        """Whether an entity fulfils it; an entity without the property does not."""
        held = _held(body, self.name)
        if held is None:
            return False
        if self.how == "like":
            pattern = ".*".join(re.escape(part) for part in self.values[0].split("%"))
            return re.fullmatch(pattern, str(held), re.IGNORECASE | re.DOTALL) is not None
        if self.how == "in":
            return any(held == _alike(held, value) for value in self.values)
        return _COMPARED[self.how](held, _alike(held, self.values[0]))


@dataclass(frozen=True)
class Query:
    """A query, understood."""

    entity: str
    counts: bool
    conditions: tuple[Condition, ...]
    order: str
    descending: bool
    start: int
    most: int

    def run(self, held: Iterable[Body]) -> Body:
        """The QueryResponse property."""
        found = [body for body in held if self._wanted(body)]
        if self.counts:
            return {"totalCount": len(found)}
        if self.order:
            found.sort(key=lambda body: _held(body, self.order) or "", reverse=self.descending)
        page = found[self.start - 1 : self.start - 1 + self.most]
        if not page:
            return {}
        return {self.entity: page, "startPosition": self.start, "maxResults": len(page)}

    def _wanted(self, body: Body) -> bool:
        says_active = any(condition.name == "Active" for condition in self.conditions)
        if not says_active and body.get("Active") is False:
            return False  # inactive ones are left out unless they are asked for
        return all(condition.holds(body) for condition in self.conditions)


def parse(text: str, entities: Iterable[str]) -> Query:
    """Understand a query. Raises Refused."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise faults.bad_query(f"Error parsing query: {text}")
    entity = next((name for name in entities if name.lower() == found["entity"].lower()), "")
    if not entity:
        raise faults.bad_query(f"Invalid context declaration: {found['entity']}")
    most = int(found["most"] or BY_DEFAULT)
    start = int(found["start"] or 1)
    if most > MOST:
        raise faults.bad_query(f"value {most} is too large. max allowed value is {MOST}.")
    if start < 1:
        raise faults.bad_query("startposition must be 1 or more")
    conditions = tuple(_conditions(found["where"] or "", entity))
    descending = (found["way"] or "").strip().lower() == "desc"
    counts = found["what"].lower().startswith("count")
    return Query(entity, counts, conditions, found["order"] or "", descending, start, most)


def _conditions(text: str, entity: str) -> Iterable[Condition]:
    place = 0
    while place < len(text):
        found = _CONDITION.match(text, place)
        if found is None:
            raise faults.bad_query(f"Error parsing query near: {text[place:]}")
        yield _condition(found, entity)
        place = found.end()
        if place < len(text):
            joined = re.compile(r"and\b", re.IGNORECASE).match(text, place)
            if joined is None:
                raise faults.bad_query(f"conditions are joined by AND only, near: {text[place:]}")
            place = joined.end()


def _condition(found: re.Match[str], entity: str) -> Condition:
    name = found["name"]
    numbered = entity in _NUMBERED | _NUMBERED_ALSO
    if name.split(".")[0] in _NOT_ASKABLE or (name == "DocNumber" and not numbered):
        raise faults.bad_query(f"property '{name}' is not queryable")
    parts = re.findall(rf"{_TEXT}|[\w.-]+", found["value"])
    values = tuple(re.sub(r"\\(.)", r"\1", part[1:-1]) if part[0] == "'" else part for part in parts)
    return Condition(name, found["how"].lower(), values)


def _held(body: Body, name: str) -> Any:
    held: Any = body
    for part in name.split("."):
        held = held.get(part) if isinstance(held, dict) else None
    return held["value"] if isinstance(held, dict) and "value" in held else held


def _alike(held: Any, asked: str) -> Any:
    if isinstance(held, bool):
        return asked.lower() == "true"
    return Decimal(asked) if isinstance(held, int | Decimal) else asked
