"""`operate restore` over tables as DynamoDB keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.store import clients, keys
from daybook.store.dynamodb import DynamoTable
from local import operate
from tests.integration.erased import schema, sold
from tests.simulation.world import CLIENT, World

COPY = "daybook-restored"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A stack whose workers are paused, its table, and another beside it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(operate, "is_in_state", lambda _service, _mapping, state: state == "Disabled")
    with mock_aws():
        client = boto3.Session(region_name="eu-west-1").client("dynamodb")
        client.create_table(**schema())
        client.create_table(**{**schema(), "TableName": COPY})
        yield SimpleNamespace(
            client=lambda _service: client,
            resources=lambda _kind: {"OutboxMapping": "a mapping"},
            outputs=lambda: {"TableName": "daybook"},
        )


def everything(client: Any, name: str) -> list[dict[str, Any]]:
    """Every item of a table."""
    pages = client.get_paginator("scan").paginate(TableName=name)
    found = [item for page in pages for item in page["Items"]]
    return sorted(found, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def test_what_was_lost_comes_back_and_a_revoked_key_does_not(
    stack: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    client = stack.client("dynamodb")
    table = DynamoTable(client, "daybook", sleep=lambda _: None)
    world = World(table=table)  # type: ignore[arg-type]
    clients.create(table, clients.Client(CLIENT, "Till Makers"))
    company = world.open_company()
    world.push(company, "orders", [sold(number) for number in range(30)])
    for name in ("a", "b"):
        keys.create_key(table, keys.ApiKey(CLIENT, name, name, f"digest-{name}", ""))
    for item in everything(client, "daybook"):
        client.put_item(TableName=COPY, Item=item)
    keys.delete_key(table, CLIENT, "a")
    before = everything(client, "daybook")
    lost = [item for item in before if item["PK"]["S"].startswith(("RECORD#", "DAY#"))]
    table.batch_delete([(item["PK"]["S"], item["SK"]["S"]) for item in lost])
    operate.restore(stack, COPY, "")
    said = capsys.readouterr().out
    assert said.startswith(f"{len(lost)} items brought back")
    assert "1 API keys: one that is not there may have been revoked" in said
    after = {(item["PK"]["S"], item["SK"]["S"]): item for item in everything(client, "daybook")}
    assert all(after[item["PK"]["S"], item["SK"]["S"]] == item for item in lost)
    assert keys.find_key(table, "digest-a") is None
    (owner,) = (item for key, item in after.items() if key[1] == "CLIENT")
    assert owner["keys"] == {"N": "1"}


def test_nothing_is_brought_back_while_workers_work(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operate, "is_in_state", lambda _service, _mapping, state: state == "Enabled")
    client = stack.client("dynamodb")
    client.put_item(TableName=COPY, Item={"PK": {"S": "CLIENT#x"}, "SK": {"S": "CLIENT"}})
    with pytest.raises(SystemExit, match="operate pause"):
        operate.restore(stack, COPY, "")
    assert everything(client, "daybook") == []
