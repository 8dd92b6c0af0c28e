"""What Daybook asks of its one table, in the words of the store; `dynamodb.py` does it.

Items are plain dicts with the keys "PK" and "SK". Values are str, int, bytes, bool, None, list, dict and
non-empty set[str]; a Decimal is written as text, since DynamoDB keeps neither its zeros nor its type.
Every read of the table itself sees all earlier writes; a read of the index may lag behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from daybook.frozen import frozen

Item = dict[str, Any]
Key = tuple[str, str]


@frozen
class Absent:
    """There is no such item yet."""


@frozen
class Exists:
    """There is such an item."""


@frozen
class Equals:
    """The item exists and its attribute has this value (a missing attribute equals nothing)."""

    attribute: str
    value: str | int


@frozen
class LessThanOrAbsent:
    """The item or its attribute does not exist, or the attribute is less than this value."""

    attribute: str
    value: str | int


@frozen
class All:
    """Every one of these holds."""

    conditions: tuple[Absent | Exists | Equals | LessThanOrAbsent, ...]


Condition = Absent | Exists | Equals | LessThanOrAbsent | All


class ConditionFailed(Exception):
    """A write was refused by its condition and nothing was written; `item` is what stands in its place.

    After a transaction `index` is the place of the first write refused.
    """

    def __init__(self, item: Item | None = None, index: int = 0) -> None:
        super().__init__("the item is not as the write expected it")
        self.item = item
        self.index = index


@frozen
class Put:
    """Write a whole item, in a transaction."""

    item: Item
    condition: Condition | None = None


@frozen
class Update:
    """Set attributes of an item, add to its numbers and leave its others as they are, in a transaction.

    The item is made at need.
    """

    pk: str
    sk: str
    put: Mapping[str, Any]
    condition: Condition | None = None
    add: Mapping[str, int] = field(default_factory=dict)


@frozen
class Delete:
    """Remove an item, in a transaction."""

    pk: str
    sk: str
    condition: Condition | None = None


@frozen
class Check:
    """Write nothing, but refuse the transaction unless the condition holds."""

    pk: str
    sk: str
    condition: Condition


Write = Put | Update | Delete | Check

# TransactWriteItems takes no more.
MOST_IN_TRANSACTION = 100


@frozen
class Page:
    """Part of an answer; `after` (opaque) is where the rest begins, None at the end."""

    items: list[Item]
    after: Item | None = None


class Table(Protocol):
    """One DynamoDB table with the index GSI1 (GSI1PK, GSI1SK)."""

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, or None."""
        ...

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """Write a whole item. Raises ConditionFailed."""
        ...

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        """Remove an item; nothing happens when there is none. Raises ConditionFailed."""
        ...

    def add(
        self,
        pk: str,
        sk: str,
        numbers: Mapping[str, int] | None = None,
        sets: Mapping[str, set[str]] | None = None,
        put: Mapping[str, Any] | None = None,
        condition: Condition | None = None,
    ) -> Item:
        """Add to numbers and to sets and set attributes, creating the item at need; answers it as it is then.

        Raises ConditionFailed.
        """
        ...

    def query(
        self,
        pk: str,
        *,
        begins: str | None = None,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        limit: int | None = None,
        after: Item | None = None,
        forward: bool = True,
    ) -> Page:
        """Items of one partition in the order of their sort key, one page of at most 1 MB."""
        ...

    def query_all(
        self,
        pk: str,
        *,
        begins: str | None = None,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        forward: bool = True,
    ) -> Iterator[Item]:
        """Like query, through all pages."""
        ...

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those of the items that exist, by key."""
        ...

    def batch_put(self, items: Iterable[Item]) -> None:
        """Write items without conditions; of two with the same key the later one stays."""
        ...

    def batch_delete(self, keys: Iterable[Key]) -> None:
        """Remove items."""
        ...

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all of these or none; at most 100, each about another item. Raises ConditionFailed."""
        ...
