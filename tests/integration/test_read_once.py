"""What a page may remember of the table while it is made, and what it must read again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.store.dynamodb import DynamoTable
from daybook.store.read_once import ReadOnce, reading_once
from daybook.store.table import Absent, ConditionFailed, Delete, Put, Table
from tests.integration.test_table_contract import schema

READS = ("GetItem", "Query", "BatchGetItem")


class Counted:
    """A table of DynamoDB, and how many reads were sent to it."""

    def __init__(self, client: Any) -> None:
        self.sent = 0
        self.table: Table = DynamoTable(ReadOnce.of(client), "daybook", sleep=lambda _: None)
        client.meta.events.register("before-call.dynamodb", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.sent += model.name in READS


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """A table with one item."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.Session(region_name="eu-west-1").client("dynamodb")
        client.create_table(**schema())
        made = Counted(client)
        made.table.put({"PK": "p", "SK": "s", "words": ["a"]})
        yield made


def read(table: Table) -> list[Any]:
    """The item, each way there is."""
    return [table.get("p", "s"), *table.query_all("p"), *table.query("p", begins="s").items]


def test_the_same_is_read_once(counted: Counted) -> None:
    with reading_once():
        first = read(counted.table)
        assert counted.sent == 3
        assert read(counted.table) == first
    assert counted.sent == 3


def test_outside_everything_is_read_anew(counted: Counted) -> None:
    read(counted.table)
    read(counted.table)
    assert counted.sent == 6


def test_nothing_is_left_for_the_next_page(counted: Counted) -> None:
    with reading_once():
        read(counted.table)
    with reading_once():
        read(counted.table)
    assert counted.sent == 6


def test_what_was_read_may_be_changed_by_its_reader(counted: Counted) -> None:
    with reading_once():
        for item in read(counted.table):
            item["words"].append("b")
        assert all(item["words"] == ["a"] for item in read(counted.table))


@pytest.mark.parametrize("way", ["put", "add", "delete", "transact", "batch_put", "batch_delete"])
def test_after_a_write_it_is_read_again(counted: Counted, way: str) -> None:
    table = counted.table
    item = {"PK": "p", "SK": "t"}
    writes = {
        "put": lambda: table.put(item),
        "add": lambda: table.add("p", "t", {"n": 1}),
        "delete": lambda: table.delete("p", "s"),
        "transact": lambda: table.transact([Put(item), Delete("p", "s")]),
        "batch_put": lambda: table.batch_put([item]),
        "batch_delete": lambda: table.batch_delete([("p", "s")]),
    }
    with reading_once():
        before = [item["SK"] for item in table.query_all("p")]
        writes[way]()
        assert [item["SK"] for item in table.query_all("p")] != before


def test_after_a_refused_write_it_is_read_again(counted: Counted) -> None:
    """Somebody else was first: what they wrote is what the caller wants to see."""
    with reading_once():
        read(counted.table)
        with pytest.raises(ConditionFailed):
            counted.table.put({"PK": "p", "SK": "s"}, Absent())
        read(counted.table)
    assert counted.sent == 6


def test_another_thread_remembers_nothing(counted: Counted) -> None:
    with reading_once(), ThreadPoolExecutor(1) as threads:
        for _ in range(2):
            threads.submit(read, counted.table).result()
    assert counted.sent == 6
