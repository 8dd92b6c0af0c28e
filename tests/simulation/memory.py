"""The table in memory, for simulations: the same contract as DynamoDB's, its limits, and faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from daybook.store.table import (
    MOST_IN_TRANSACTION,
    Absent,
    All,
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Equals,
    Exists,
    Item,
    Key,
    LessThanOrAbsent,
    Page,
    Put,
    Update,
    Write,
)
from daybook.store.values import decode_item, encode_item

# DynamoDB's limits on an item, and on the items of one transaction and of one page of a query.
MOST_IN_ITEM = 400 * 1024
MOST_IN_TRANSACTION_BYTES = 4 * 1024 * 1024
MOST_IN_PAGE = 1024 * 1024


def _nothing(_operation: str) -> None:
    pass


class _Stored(dict[str, Any]):
    """An item in the table, with its size in bytes. It is never changed in place."""

    size: int = 0


class MemoryTable:
    """Table in memory.

    `before` and `after` are called around every operation with its name and may raise: then nothing was done,
    or it was done and its answer lost. They may be replaced at any time.
    """

    def __init__(self, page_items: int | None = None) -> None:
        self.before: Callable[[str], None] = _nothing
        self.after: Callable[[str], None] = _nothing
        self._items: dict[str, dict[str, _Stored]] = {}
        self._indexed: dict[str, dict[Key, _Stored]] = {}
        self._lock = threading.RLock()
        self._page_items = page_items

    def get(self, pk: str, sk: str) -> Item | None:
        with self._operation("get"):
            item = self._find(pk, sk)
            return _copy(item)

    def put(self, item: Item, condition: Condition | None = None) -> None:
        with self._operation("put"):
            self._demand(item["PK"], item["SK"], condition)
            self._write(item)

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        with self._operation("delete"):
            self._demand(pk, sk, condition)
            self._remove(pk, sk)

    def add(
        self,
        pk: str,
        sk: str,
        numbers: Mapping[str, int] | None = None,
        sets: Mapping[str, set[str]] | None = None,
        put: Mapping[str, Any] | None = None,
        condition: Condition | None = None,
    ) -> Item:
        with self._operation("add"):
            self._demand(pk, sk, condition)
            item = {**(self._find(pk, sk) or {"PK": pk, "SK": sk}), **(put or {})}
            for name, number in (numbers or {}).items():
                item[name] = item.get(name, 0) + number
            for name, values in (sets or {}).items():
                if values:
                    item[name] = item.get(name, set()) | values
            self._write(item)
            return _copy(item)

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
        with self._operation("query"):
            found = self._partition(pk, index)
            sort_key = f"{index or ''}SK"

            def order(item: Item) -> tuple[bytes, ...]:
                return tuple(item[name].encode() for name in (sort_key, "SK", "PK"))

            found.sort(key=order, reverse=not forward)
            if begins is not None:
                found = [item for item in found if item[sort_key].startswith(begins)]
            elif between is not None:
                low, high = (bound.encode() for bound in between)
                found = [item for item in found if low <= item[sort_key].encode() <= high]
            if after is not None:
                start = order(after)
                found = [item for item in found if (order(item) > start if forward else order(item) < start)]
            return self._page(found, limit, index)

    def query_all(
        self,
        pk: str,
        *,
        begins: str | None = None,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        forward: bool = True,
    ) -> Iterator[Item]:
        page = self.query(pk, begins=begins, between=between, index=index, forward=forward)
        while True:
            yield from page.items
            if page.after is None:
                return
            page = self.query(
                pk, begins=begins, between=between, index=index, after=page.after, forward=forward
            )

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        with self._operation("batch_get"):
            found = {(pk, sk): self._find(pk, sk) for pk, sk in keys}
            return {key: _copy(item) for key, item in found.items() if item is not None}

    def batch_put(self, items: Iterable[Item]) -> None:
        for item in items:  # one operation each: a batch may stop halfway
            with self._operation("batch_put"):
                self._write(item)

    def batch_delete(self, keys: Iterable[Key]) -> None:
        for pk, sk in keys:
            with self._operation("batch_delete"):
                self._remove(pk, sk)

    def transact(self, writes: Sequence[Write]) -> None:
        with self._operation("transact"):
            keys = [_key_of(write) for write in writes]
            if len(writes) > MOST_IN_TRANSACTION or len(set(keys)) != len(keys):
                raise ValueError("a transaction takes 100 writes, each about another item")
            size = sum(_size(write.item) for write in writes if isinstance(write, Put))
            if size > MOST_IN_TRANSACTION_BYTES:
                raise ValueError("a transaction takes 4 MB")
            for index, (write, key) in enumerate(zip(writes, keys, strict=True)):
                self._demand(*key, write.condition, index)
            for write in writes:
                match write:
                    case Put(item):
                        self._write(item)
                    case Update(pk, sk, put, _, add):
                        item = {**(self._find(pk, sk) or {"PK": pk, "SK": sk}), **put}
                        item |= {name: item.get(name, 0) + number for name, number in add.items()}
                        self._write(item)
                    case Delete(pk, sk):
                        self._remove(pk, sk)
                    case Check():
                        pass

    def everything(self) -> list[Item]:
        """All items, in the order of their keys, for comparing two tables."""
        with self._lock:
            return [_copy(item) for pk in sorted(self._items) for _, item in sorted(self._items[pk].items())]

    def snapshot(self) -> dict[str, dict[str, _Stored]]:
        """All items as they are, for `restore`. Items are never changed in place, so that this is cheap."""
        with self._lock:
            return {pk: dict(items) for pk, items in self._items.items()}

    def restore(self, snapshot: Mapping[str, Mapping[str, _Stored]]) -> None:
        """Have the items of a snapshot, and no others."""
        with self._lock:
            self._items = {pk: dict(items) for pk, items in snapshot.items()}
            self._indexed = {}
            for item in (item for items in snapshot.values() for item in items.values()):
                if "GSI1PK" in item:
                    self._indexed.setdefault(item["GSI1PK"], {})[item["PK"], item["SK"]] = item

    @contextmanager
    def _operation(self, name: str) -> Iterator[None]:
        """Run one operation alone, with the faults around it."""
        self.before(name)
        with self._lock:
            yield
        self.after(name)

    def _find(self, pk: str, sk: str) -> Item | None:
        return self._items.get(pk, {}).get(sk)

    def _partition(self, pk: str, index: str | None) -> list[_Stored]:
        if index is None:
            return list(self._items.get(pk, {}).values())
        return list(self._indexed.get(pk, {}).values())

    def _page(self, found: list[_Stored], limit: int | None, index: str | None) -> Page:
        most = min(limit or len(found), self._page_items or len(found))
        taken: list[_Stored] = []
        size = 0
        for item in found:
            size += item.size
            if len(taken) == most or (taken and size > MOST_IN_PAGE):
                break
            taken.append(item)
        rest = len(taken) < len(found) or (limit is not None and len(taken) == limit)
        names = ["PK", "SK"] + ([f"{index}PK", f"{index}SK"] if index else [])
        after = {name: taken[-1][name] for name in names} if rest and taken else None
        return Page(_copy(taken), after)

    def _write(self, item: Item) -> None:
        names = ["PK", "SK", *(name for name in ("GSI1PK", "GSI1SK") if name in item)]
        if not all(isinstance(item[name], str) and item[name] for name in names):
            raise ValueError("keys must be text and not empty")
        # Encoding refuses what DynamoDB would, and copies.
        stored = _Stored(decode_item(encode_item(item)))
        stored.size = _size(item)
        if stored.size > MOST_IN_ITEM:
            raise ValueError(f"an item holds 400 KB: {item['PK']} {item['SK']}")
        self._remove(item["PK"], item["SK"])
        self._items.setdefault(item["PK"], {})[item["SK"]] = stored
        if "GSI1PK" in stored and "GSI1SK" in stored:
            self._indexed.setdefault(stored["GSI1PK"], {})[stored["PK"], stored["SK"]] = stored

    def _remove(self, pk: str, sk: str) -> None:
        gone = self._items.get(pk, {}).pop(sk, None)
        if gone is not None and "GSI1PK" in gone:
            self._indexed.get(gone["GSI1PK"], {}).pop((pk, sk), None)

    def _demand(self, pk: str, sk: str, condition: Condition | None, index: int = 0) -> None:
        item = self._find(pk, sk)
        if condition is not None and not _holds(condition, item):
            raise ConditionFailed(_copy(item), index)


def _holds(condition: Condition, item: Item | None) -> bool:
    match condition:
        case Absent():
            return item is None
        case Exists():
            return item is not None
        case Equals(attribute, value):
            return item is not None and attribute in item and item[attribute] == value
        case LessThanOrAbsent(attribute, value):
            return item is None or attribute not in item or item[attribute] < value
        case All(conditions):
            return all(_holds(part, item) for part in conditions)


def _key_of(write: Write) -> Key:
    return (write.item["PK"], write.item["SK"]) if isinstance(write, Put) else (write.pk, write.sk)


def _copy(value: Any) -> Any:
    """A copy of what an item holds, so that whoever is given it may change it."""
    if isinstance(value, dict):
        return {name: _copy(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_copy(part) for part in value]
    return set(value) if isinstance(value, set) else value


def _size(value: object) -> int:
    """About what DynamoDB counts for a value or an item."""
    match value:
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case dict():
            return 3 + sum(_size(name) + _size(part) + 1 for name, part in value.items())
        case list() | set() | tuple():
            return 3 + sum(_size(part) + 1 for part in value)
    return 21
