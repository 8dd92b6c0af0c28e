"""What every table must do, asked of DynamoDB (as moto plays it) and of the table in memory alike."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.store.dynamodb import DynamoTable
from daybook.store.table import (
    Absent,
    All,
    Check,
    ConditionFailed,
    Delete,
    Equals,
    Exists,
    LessThanOrAbsent,
    Put,
    Table,
    Update,
)
from tests.simulation.memory import MemoryTable

NAMES = ("PK", "SK", "GSI1PK", "GSI1SK")


def schema() -> dict[str, Any]:
    """The table of the template, as far as the store depends on it."""
    kinds = ("HASH", "RANGE") * 2
    keys = [{"AttributeName": name, "KeyType": kind} for name, kind in zip(NAMES, kinds, strict=True)]
    return {
        "TableName": "daybook",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in NAMES],
        "KeySchema": keys[:2],
        "GlobalSecondaryIndexes": [
            {"IndexName": "GSI1", "KeySchema": keys[2:], "Projection": {"ProjectionType": "ALL"}}
        ],
    }


@pytest.fixture(params=["dynamodb", "memory"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """An empty table."""
    if request.param == "memory":
        yield MemoryTable()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.Session(region_name="eu-west-1").client("dynamodb")
        client.create_table(**schema())
        yield DynamoTable(client, "daybook", sleep=lambda _: None)


def item(sk: str, pk: str = "P", **attributes: object) -> dict[str, Any]:
    return {"PK": pk, "SK": sk, **attributes}


def test_values_come_back_as_they_were(table: Table) -> None:
    values = {
        "text": "é\x1f✓",
        "empty": "",
        "whole": -(10**15),
        "true": True,
        "nothing": None,
        "bytes": b"\x00\xff",
        "list": [1, "a", [None], {}],
        "map": {"a": {"b": False}},
        "set": {"x", "y"},
    }
    table.put(item("1", **values))
    found = table.get("P", "1")
    assert found == item("1", **values)
    assert found is not None
    assert {name: type(found[name]) for name in values} == {
        name: type(value) for name, value in values.items()
    }


def test_there_is_nothing_until_it_is_put_and_after_it_is_deleted(table: Table) -> None:
    assert table.get("P", "1") is None
    table.put(item("1"))
    table.delete("P", "1")
    table.delete("P", "1")
    assert table.get("P", "1") is None


def test_a_decimal_and_an_empty_set_are_refused(table: Table) -> None:
    for value in (Decimal("1.50"), set(), 1.5):
        with pytest.raises(TypeError, match="the table does not hold"):
            table.put(item("1", value=value))


@pytest.mark.parametrize(
    ("condition", "when_absent", "when_there"),
    [
        (Absent(), True, False),
        (Exists(), False, True),
        (Equals("number", 5), False, True),
        (Equals("number", 4), False, False),
        (Equals("missing", 5), False, False),
        (Equals("text", "b"), False, True),
        (LessThanOrAbsent("number", 6), True, True),
        (LessThanOrAbsent("number", 5), True, False),
        (LessThanOrAbsent("missing", 0), True, True),
        (LessThanOrAbsent("text", "c"), True, True),
        (All((Exists(), Equals("number", 5), Equals("text", "b"))), False, True),
        (All((Exists(), Equals("number", 5), Equals("text", "c"))), False, False),
    ],
    ids=str,
)
def test_conditions(table: Table, condition: Any, when_absent: bool, when_there: bool) -> None:  # noqa: FBT001 - from the table above
    there = item("1", number=5, text="b")
    changed = item("1", number=5, text="b", changed=True)
    for expected, before in ((when_absent, None), (when_there, there)):
        operations = [
            lambda: table.put(changed, condition),
            lambda: table.transact([Put(changed, condition)]),
            lambda: table.delete("P", "1", condition),
            lambda: table.transact([Update("P", "1", {"n": 9}, condition)]),
            lambda: table.transact([Delete("P", "1", condition)]),
            lambda: table.transact([Check("P", "1", condition)]),
            lambda: table.add("P", "1", {"count": 1}, condition=condition),
        ]
        for operation in operations:
            table.delete("P", "1")
            if before:
                table.put(before)
            if expected:
                operation()
                continue
            with pytest.raises(ConditionFailed) as failed:
                operation()
            assert table.get("P", "1") == before
            assert failed.value.item == before


def test_adding_creates_and_accumulates(table: Table) -> None:
    assert table.add("P", "1", {"n": 2}, {"s": {"a"}}, {"x": "1"}) == item("1", n=2, s={"a"}, x="1")
    assert table.add("P", "1", {"n": -5, "m": 1}, {"s": {"a", "b"}, "none": set()}) == item(
        "1", n=-3, m=1, s={"a", "b"}, x="1"
    )
    assert table.add("P", "2", put={"x": ["y"]}) == item("2", x=["y"])


def test_a_query_answers_in_order_and_within_bounds(table: Table) -> None:
    for sk in ("b", "a", "a#2", "a#1", "a$", "Z", "é"):
        table.put(item(sk))
    table.put(item("a", pk="Q"))

    def keys(**arguments: Any) -> list[str]:
        return [each["SK"] for each in table.query("P", **arguments).items]

    assert keys() == ["Z", "a", "a#1", "a#2", "a$", "b", "é"]
    assert keys(forward=False) == ["é", "b", "a$", "a#2", "a#1", "a", "Z"]
    assert keys(begins="a#") == ["a#1", "a#2"]
    assert keys(begins="") == keys()
    assert keys(between=("a", "a#2")) == ["a", "a#1", "a#2"]
    assert keys(between=("c", "d")) == []
    assert table.query("R").items == []


def test_pages_follow_one_another(table: Table) -> None:
    names = [f"{number:02}" for number in range(7)]
    table.batch_put(item(name) for name in names)
    for forward in (True, False):
        found, after = [], None
        while True:
            page = table.query("P", limit=3, after=after, forward=forward)
            assert len(page.items) <= 3
            found += [each["SK"] for each in page.items]
            after = page.after
            if after is None:
                break
        assert found == sorted(names, reverse=not forward)


def test_a_query_reads_through_pages_of_a_megabyte(table: Table) -> None:
    table.batch_put(item(f"{number:02}", body=b"x" * 300_000) for number in range(9))
    assert table.query("P").after is not None
    assert [each["SK"] for each in table.query_all("P")] == [f"{number:02}" for number in range(9)]
    assert len(list(table.query_all("P", forward=False, between=("02", "07")))) == 6


def test_the_index_holds_what_has_its_keys(table: Table) -> None:
    table.put(item("1", GSI1PK="G", GSI1SK="b"))
    table.put(item("2", GSI1PK="G", GSI1SK="a"))
    table.put(item("3"))
    table.put(item("4", GSI1PK="H", GSI1SK="a"))
    assert [each["SK"] for each in table.query_all("G", index="GSI1")] == ["2", "1"]
    assert [each["SK"] for each in table.query_all("G", index="GSI1", begins="b")] == ["1"]
    page = table.query("G", index="GSI1", limit=1)
    assert [each["SK"] for each in table.query("G", index="GSI1", after=page.after).items] == ["1"]
    assert [each["SK"] for each in table.query_all("G", index="GSI1", between=("0", "a"))] == ["2"]


def test_batches_of_any_size(table: Table) -> None:
    count = 130
    table.batch_put([item("000", first=True)] + [item(f"{number:03}") for number in range(count)])
    assert table.get("P", "000") == item("000")  # of two with one key the later stays
    keys = [("P", f"{number:03}") for number in range(count)]
    found = table.batch_get([*keys, *keys, ("P", "missing")])
    assert sorted(found) == keys
    assert found["P", "007"] == item("007")
    table.batch_delete([*keys[10:], *keys[10:]])
    assert len(list(table.query_all("P"))) == 10
    assert table.batch_get([]) == {}
    table.batch_put([])
    table.batch_delete([])


def test_a_transaction_does_all_or_nothing(table: Table) -> None:
    table.put(item("old", n=1))
    table.transact([Put(item("new"), Absent()), Delete("P", "old"), Check("P", "free", Absent())])
    assert table.get("P", "new") == item("new")
    assert table.get("P", "old") is None
    with pytest.raises(ConditionFailed) as failed:
        table.transact([Put(item("more")), Delete("P", "new"), Put(item("new", n=2), Equals("n", 1))][::2])
    assert (failed.value.index, failed.value.item) == (1, item("new"))
    assert table.get("P", "more") is None
    table.transact([])


def test_an_update_in_a_transaction_leaves_other_attributes_alone(table: Table) -> None:
    table.put(item("1", n=1, name="kept"))
    table.transact([Update("P", "1", {"n": 2, "names": ["a", None]}, Equals("n", 1)), Put(item("other"))])
    assert table.get("P", "1") == item("1", n=2, name="kept", names=["a", None])
    with pytest.raises(ConditionFailed) as failed:
        table.transact([Put(item("third")), Update("P", "1", {"n": 3}, Equals("n", 1))])
    assert failed.value.index == 1
    assert table.get("P", "third") is None
    table.transact([Update("P", "new", {"n": 1})])
    assert table.get("P", "new") == item("new", n=1)
    for _ in range(2):
        table.transact(
            [Update("P", "1", {"name": "set"}, add={"n": 2, "m": 1}), Update("P", "2", {}, add={"n": 1})]
        )
    assert table.get("P", "1") == item("1", n=6, m=2, name="set", names=["a", None])
    assert table.get("P", "2") == item("2", n=2)


def test_a_transaction_has_limits(table: Table) -> None:
    table.transact([Put(item(f"{number:03}")) for number in range(100)])
    with pytest.raises(ValueError, match="100"):
        table.transact([Put(item(f"{number:03}")) for number in range(101)])


def test_what_is_read_may_be_changed_without_changing_the_table(table: Table) -> None:
    table.put(item("1", inner={"a": [1]}))
    for read in (table.get("P", "1"), table.query("P").items[0], table.batch_get([("P", "1")])["P", "1"]):
        assert read is not None
        read["inner"]["a"].append(2)
    assert table.get("P", "1") == item("1", inner={"a": [1]})


def test_concurrent_additions_all_count() -> None:
    """What DynamoDB promises of its own, the table in memory must keep; moto's does not."""
    table = MemoryTable()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: table.add("P", "1", {"n": 1}, {"s": {str(number)}}), range(20)))
    found = table.get("P", "1")
    assert found is not None
    assert (found["n"], len(found["s"])) == (20, 20)


def test_an_item_beyond_its_limit_is_refused(table: Table) -> None:
    table.put(item("1", body=b"x" * 400_000))
    with pytest.raises(Exception, match=r"400 KB|[Ii]tem size"):
        table.put(item("1", body=b"x" * 410_000))
