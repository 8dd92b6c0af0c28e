"""A DynamoDB whose answers are added up: requests, write units and read units, by the kind of item.

Write units are what DynamoDB answered itself (`ReturnConsumedCapacity`), here the embedded one, which counts
by the published rules: a unit for each started KB of the larger of an item's old and new form, twice that in
a transaction, and the index beside it. Of reads it answers one unit whatever their size; they are counted
here from the bytes that came back: a unit for each started 4 KB of a get or of all items of a query.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from daybook.store.dynamodb import DynamoTable
from local import deploy, ministack
from local.settings import LocalStack

TABLE = "counted"
_READ_BLOCK, _WRITE_BLOCK = 4096, 1024
_READS = ("get_item", "query", "batch_get_item")


class CountedClient:
    """A DynamoDB client that adds up what its calls consume."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self.written: Counter[str] = Counter()  # by the kind of item, as far as one call tells
        self.read: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.answered = 0.0
        self.paused = False

    def __getattr__(self, name: str) -> Any:
        """The operation of this name, counted."""
        operation = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            answer = operation(**arguments, ReturnConsumedCapacity="INDEXES")
            if not self.paused:
                with self._lock:
                    self._count(name, arguments, answer)
            return answer

        return call

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Count nothing of what is done within."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False

    def reset(self) -> None:
        """Begin again from nought."""
        self.written.clear()
        self.read.clear()
        self.requests.clear()
        self.answered = 0.0

    def _count(self, name: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self.requests[name] += 1
        if name in _READS:
            self.read.update(dict(_reads(name, arguments, answer)))
            return
        consumed = answer.get("ConsumedCapacity", [])
        for each in consumed if isinstance(consumed, list) else [consumed]:
            self.answered += each["CapacityUnits"]
        parts = Counter(dict(_writes(name, arguments)))
        units = sum(
            each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed])
        )
        for kind, weight in parts.items():  # what one call consumed, over the kinds of item in it
            self.written[kind] += units * weight / (parts.total() or 1)


def kind_of(key: Mapping[str, Any]) -> str:
    """The kind of item, as `store/layout.py` names it: the first word of its partition, or of both keys."""
    partition, sort = key["PK"]["S"].split("#")[0], key["SK"]["S"].split("#")[0]
    if partition == "RECORD":
        return f"RECORD {key['PK']['S'].rpartition('#')[2]}"
    return f"COMPANY {sort}" if partition == "COMPANY" else partition


def item_bytes(item: Mapping[str, Any]) -> int:
    """An item's size as it is billed."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(bytes(value))
        case "L":
            return 3 + sum(1 + _value_bytes(part) for part in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(part) for name, part in value.items())
        case "SS":
            return sum(len(part.encode()) for part in value)
    return 1


def _units(size: int, block: int) -> int:
    return max(1, -(-size // block))


def _reads(name: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    if name == "get_item":
        yield kind_of(arguments["Key"]), _units(item_bytes(answer.get("Item", {})), _READ_BLOCK)
    elif name == "query":
        partition = arguments["ExpressionAttributeValues"][":pk"]
        kind = kind_of({"PK": partition, "SK": arguments["ExpressionAttributeValues"].get(":sk", {"S": "*"})})
        share = 0.5 if "IndexName" in arguments else 1
        yield kind, share * _units(sum(map(item_bytes, answer["Items"])), _READ_BLOCK)
    else:
        by_kind: Counter[str] = Counter()
        for asked in arguments["RequestItems"].values():
            found = {
                (item["PK"]["S"], item["SK"]["S"]): item
                for items in answer["Responses"].values()
                for item in items
            }
            for key in asked["Keys"]:
                item = found.get((key["PK"]["S"], key["SK"]["S"]), {})
                by_kind[kind_of(key)] += _units(item_bytes(item), _READ_BLOCK)
        yield from by_kind.items()


def _writes(name: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The kinds of item in a call, each with about its share."""
    by_kind: Counter[str] = Counter()
    if name == "batch_write_item":
        for requests in arguments["RequestItems"].values():
            for request in requests:
                item = request.get("PutRequest", {}).get("Item") or request["DeleteRequest"]["Key"]
                by_kind[kind_of(item)] += _units(item_bytes(item), _WRITE_BLOCK)
    elif name == "transact_write_items":
        for write in arguments["TransactItems"]:
            ((verb, target),) = write.items()
            item = target.get("Item") or target["Key"]
            if verb != "ConditionCheck":
                by_kind[kind_of(item)] += _units(item_bytes(item), _WRITE_BLOCK)
    else:
        item = arguments.get("Item") or arguments["Key"]
        by_kind[kind_of(item)] += 1
    yield from by_kind.items()


@contextmanager
def counted_table(port: int) -> Iterator[tuple[DynamoTable, CountedClient]]:
    """An empty table of the embedded AWS, with the keys and the index of the template's."""
    with TemporaryDirectory() as folder:
        stack = LocalStack(Path(folder), port)
        process = ministack.start(stack)
        try:
            client = deploy.client(stack, "dynamodb")
            names = ("PK", "SK", "GSI1PK", "GSI1SK")
            client.create_table(
                TableName=TABLE,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
                KeySchema=_keys("PK", "SK"),
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": "GSI1",
                        "KeySchema": _keys("GSI1PK", "GSI1SK"),
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
            )
            counted = CountedClient(client)
            yield DynamoTable(counted, TABLE), counted  # type: ignore[arg-type]
        finally:
            ministack.stop(stack)
            if process is not None:
                process.wait(timeout=60)


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
