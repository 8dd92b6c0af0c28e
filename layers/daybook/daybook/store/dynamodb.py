"""The table, kept by DynamoDB."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from daybook.store import environment
from daybook.store.aws import client
from daybook.store.expressions import conditional
from daybook.store.table import (
    MOST_IN_TRANSACTION,
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Page,
    Put,
    Update,
    Write,
)
from daybook.store.values import Typed, decode_item, encode, encode_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Answer = TypeVar("Answer")

# What BatchGetItem and BatchWriteItem take at once.
_MOST_TO_GET = 100
_MOST_TO_WRITE = 25
# Before trying again what was left unprocessed, or met another transaction: 0.05 s, doubled each time.
_FIRST_WAIT = 0.05
_TRIES = 8
_CONFLICTS = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}


class DynamoTable:
    """The Table of `table.py` over one client; several threads may use it."""

    def __init__(
        self, client: DynamoDBClient, name: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, or None."""
        answer = self._client.get_item(TableName=self._name, Key=_key(pk, sk), ConsistentRead=True)
        return decode_item(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """Write a whole item. Raises ConditionFailed."""
        arguments = {"TableName": self._name, "Item": encode_item(item), **conditional(condition)}
        self._retrying(lambda: self._client.put_item(**arguments))

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        """Remove an item; nothing happens when there is none. Raises ConditionFailed."""
        arguments = {"TableName": self._name, "Key": _key(pk, sk), **conditional(condition)}
        self._retrying(lambda: self._client.delete_item(**arguments))

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
        added = {**(numbers or {}), **{name: values for name, values in (sets or {}).items() if values}}
        arguments: dict[str, Any] = {"TableName": self._name, "ReturnValues": "ALL_NEW"}
        arguments |= _updating(pk, sk, added, put or {}, condition)
        answer = self._retrying(lambda: self._client.update_item(**arguments))
        return decode_item(answer["Attributes"])

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
        prefix = index or ""
        expression, names, values = "#pk = :pk", {"#pk": f"{prefix}PK"}, {":pk": encode(pk)}
        if begins or between:
            names["#sk"] = f"{prefix}SK"
        if begins:
            expression, values = f"{expression} AND begins_with(#sk, :sk)", values | {":sk": encode(begins)}
        elif between:
            expression += " AND #sk BETWEEN :low AND :high"
            values |= {":low": encode(between[0]), ":high": encode(between[1])}
        arguments: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": forward,
        }
        arguments |= {"IndexName": index} if index else {"ConsistentRead": True}
        arguments |= {"Limit": limit} if limit is not None else {}
        arguments |= {"ExclusiveStartKey": encode_item(after)} if after else {}
        answer = self._client.query(**arguments)
        last = answer.get("LastEvaluatedKey")
        return Page([decode_item(item) for item in answer["Items"]], decode_item(last) if last else None)

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
        after: Item | None = None
        while True:
            page = self.query(pk, begins=begins, between=between, index=index, after=after, forward=forward)
            yield from page.items
            after = page.after
            if after is None:
                return

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those of the items that exist, by key."""
        found: dict[Key, Item] = {}
        for chunk in _chunks([_key(*key) for key in dict.fromkeys(keys)], _MOST_TO_GET):
            wanted: Any = {self._name: {"Keys": chunk, "ConsistentRead": True}}
            for wait in self._waits():
                answer = self._client.batch_get_item(RequestItems=wanted)
                for typed in answer["Responses"].get(self._name, []):
                    item = decode_item(typed)
                    found[item["PK"], item["SK"]] = item
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
                wait("BatchGetItem")
        return found

    def batch_put(self, items: Iterable[Item]) -> None:
        """Write items without conditions; of two with the same key the later one stays."""
        latest = {(item["PK"], item["SK"]): item for item in items}
        self._batch_write([{"PutRequest": {"Item": encode_item(item)}} for item in latest.values()])

    def batch_delete(self, keys: Iterable[Key]) -> None:
        """Remove items."""
        self._batch_write([{"DeleteRequest": {"Key": _key(*key)}} for key in dict.fromkeys(keys)])

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all of these or none; at most 100, each about another item. Raises ConditionFailed."""
        if len(writes) > MOST_IN_TRANSACTION:
            raise ValueError(f"a transaction takes {MOST_IN_TRANSACTION} writes, not {len(writes)}")
        if writes:
            items: Any = [self._transacted(write) for write in writes]
            self._retrying(lambda: self._client.transact_write_items(TransactItems=items))

    def _transacted(self, write: Write) -> dict[str, Any]:
        target = {"TableName": self._name, **conditional(write.condition)}
        match write:
            case Put(item):
                return {"Put": {**target, "Item": encode_item(item)}}
            case Update(pk, sk, put, condition, add):
                return {"Update": {"TableName": self._name, **_updating(pk, sk, add, put, condition)}}
            case Delete(pk, sk):
                return {"Delete": {**target, "Key": _key(pk, sk)}}
            case Check(pk, sk):
                return {"ConditionCheck": {**target, "Key": _key(pk, sk)}}

    def _batch_write(self, requests: list[dict[str, Any]]) -> None:
        for chunk in _chunks(requests, _MOST_TO_WRITE):
            wanted: Any = {self._name: chunk}
            for wait in self._waits():
                wanted = self._client.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
                if not wanted:
                    break
                wait("BatchWriteItem")

    def _retrying(self, call: Callable[[], Answer]) -> Answer:
        """Call; try again after meeting another transaction. Raises ConditionFailed."""
        for wait in self._waits():
            try:
                return call()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
                if code == "ConditionalCheckFailedException":
                    raise ConditionFailed(_item_of(error.response)) from error
                for index, reason in enumerate(reasons):
                    if reason.get("Code") == "ConditionalCheckFailed":
                        raise ConditionFailed(_item_of(reason), index) from error
                if code not in _CONFLICTS and not any(reason.get("Code") in _CONFLICTS for reason in reasons):
                    raise
            wait("a conflicting transaction")
        raise AssertionError("the last wait raises")

    def _waits(self) -> Iterator[Callable[[str], None]]:
        """For each try, what to call before the next one; after the last try it raises TimeoutError."""
        for attempt in range(_TRIES):
            seconds = _FIRST_WAIT * 2**attempt

            def wait(what: str, seconds: float = seconds, last: bool = attempt == _TRIES - 1) -> None:  # noqa: FBT001
                if last:
                    raise TimeoutError(f"{what}: the table did not keep up in {_TRIES} tries")
                self._sleep(seconds * random.uniform(0.5, 1))  # noqa: S311 - spreads load, protects nothing

            yield wait


@cache
def table() -> DynamoTable:
    """The table this function was given."""
    return DynamoTable(client("dynamodb"), environment.table_name())


def _key(pk: str, sk: str) -> dict[str, Typed]:
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def _updating(
    pk: str, sk: str, added: Mapping[str, Any], put: Mapping[str, Any], condition: Condition | None
) -> dict[str, Any]:
    """The arguments that add to some attributes of an item and set others."""
    conditions = conditional(condition)
    names: dict[str, str] = conditions.pop("ExpressionAttributeNames", {})
    values: dict[str, Typed] = conditions.pop("ExpressionAttributeValues", {})
    expression = []
    for verb, between, attributes in (("ADD", " ", added), ("SET", " = ", put)):
        parts = []
        for attribute, value in attributes.items():
            place = len(names)
            names[f"#a{place}"], values[f":a{place}"] = attribute, encode(value)
            parts.append(f"#a{place}{between}:a{place}")
        if parts:
            expression.append(f"{verb} {', '.join(parts)}")
    arguments: dict[str, Any] = {"Key": _key(pk, sk), **conditions}
    if expression:
        arguments["UpdateExpression"] = " ".join(expression)
    if names:
        arguments |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    return arguments


def _item_of(answer: Mapping[str, Any]) -> Item | None:
    return decode_item(answer["Item"]) if answer.get("Item") else None


def _chunks(parts: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(parts), size):
        yield parts[start : start + size]
