"""Messages from the outbox to the queues and the bus, and from the ingest queue to the records."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.services.relay import relay_unsent
from daybook.services.runtime import runtime
from daybook.store import aws, datasets, dynamodb, environment, outbox, queues
from daybook.store.dynamodb import DynamoTable
from daybook.store.values import encode_item
from tests.integration.test_table_contract import schema
from tests.simulation.shop import COMPANY, Shop, order

NOW = "2026-03-01T12:00:00Z"
CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=128, invoked_function_arn="a", aws_request_id="r"
)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoTable]:
    """The table, queues and bus that the environment names."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("TABLE_NAME", "daybook")
    monkeypatch.setenv("EVENT_BUS_NAME", "daybook")
    forget()
    with mock_aws():
        boto3.client("dynamodb").create_table(**schema())
        sqs = boto3.client("sqs")
        for name in ("ingest", "sync", "push", "notify", "deliver"):
            fifo = name != "ingest"
            created = sqs.create_queue(
                QueueName=f"{name}.fifo" if fifo else name, Attributes={"FifoQueue": "true"} if fifo else {}
            )
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", created["QueueUrl"])
        events = boto3.client("events")
        events.create_event_bus(Name="daybook")
        yield dynamodb.table()
    forget()


def forget() -> None:
    """Forget the clients of earlier tests."""
    for cached in (aws.client, aws._session, dynamodb.table, runtime):
        cached.cache_clear()


def received(queue: str) -> list[dict[str, Any]]:
    answer = boto3.client("sqs").receive_message(
        QueueUrl=environment.queue_url(queue), MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    return answer.get("Messages", [])


def stream_event(*puts: outbox.Put) -> dict[str, Any]:
    """What the table's stream shows of these."""
    return {
        "Records": [
            {
                "eventID": str(number),
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "Keys": encode_item({name: put.item[name] for name in ("PK", "SK")}),
                    "NewImage": encode_item(put.item),
                    "SequenceNumber": str(number),
                },
            }
            for number, put in enumerate(puts)
        ]
    }


def handler(function: str) -> Any:
    return importlib.import_module(f"{function}.app").handler


def test_the_relay_sends_what_was_written_and_forgets_it(table: DynamoTable) -> None:
    body = {"version": 1, "companyId": "co"}
    puts = [
        outbox.outbox_put("ingest", "co", {**body, "datasetId": "d"}, "m1", NOW),
        outbox.outbox_put("sync", "co", body, "m2", NOW, deduplication="once"),
        outbox.outbox_put("sync", "co", body, "m3", NOW, deduplication="once"),
        outbox.event_put("SyncCompleted", {"companyId": "co"}, "m4", NOW),
    ]
    table.transact(puts)
    assert handler("relay")(stream_event(*puts), CONTEXT) == {"batchItemFailures": []}
    (ingest,) = received("ingest")
    assert json.loads(ingest["Body"]) == {**body, "datasetId": "d"}
    assert ingest["Attributes"]["MessageGroupId"] == "co"
    (sync,) = received("sync")  # the second was the same
    assert (json.loads(sync["Body"]), sync["Attributes"]["MessageGroupId"]) == (body, "co")
    assert list(outbox.unsent(table, before="9999")) == []


def test_what_could_not_be_sent_is_tried_again(table: DynamoTable, monkeypatch: pytest.MonkeyPatch) -> None:
    puts = [outbox.outbox_put("push", "x", {"companyId": "co"}, f"m{number}", NOW) for number in range(2)]
    table.transact(puts)
    monkeypatch.setenv("PUSH_QUEUE_URL", environment.queue_url("push") + "-gone")
    answer = handler("relay")(stream_event(*puts), CONTEXT)
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["0", "1"]
    assert len(list(outbox.unsent(table, before="9999"))) == 2
    monkeypatch.setenv("PUSH_QUEUE_URL", environment.queue_url("push").removesuffix("-gone"))
    assert relay_unsent(table, before=NOW) == 0
    assert relay_unsent(table, before="2026-03-01T13:00:00Z") == 2
    assert len(received("push")) == 2


def test_an_event_the_bus_does_not_take_is_an_error(
    table: DynamoTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = {
        "FailedEntryCount": 1,
        "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "later"}],
    }
    bus = SimpleNamespace(put_events=lambda **_: refusal)
    monkeypatch.setattr(queues, "client", lambda _name: bus)
    put = outbox.event_put("SyncCompleted", {"companyId": "co"}, "m1", NOW)
    table.put(put.item)
    with pytest.raises(queues.EventNotTaken, match="ThrottlingException"):
        relay_unsent(table, before="9999")
    assert len(list(outbox.unsent(table, before="9999"))) == 1


def test_what_cannot_be_sent_keeps_back_its_company_and_no_other(
    table: DynamoTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it has waited, and so comes first."""
    for number, company in enumerate(("stuck", "well", "stuck", "well")):
        queue = "push" if number == 0 else "sync"
        body = {"version": 1, "companyId": company}
        table.put(outbox.outbox_put(queue, company, body, f"m{number}", f"2026-03-01T12:00:0{number}Z").item)
    monkeypatch.delenv("PUSH_QUEUE_URL")
    with pytest.raises(LookupError, match="PUSH_QUEUE_URL"):
        relay_unsent(table, before="9999")
    assert [message.id for message in outbox.unsent(table, before="9999")] == ["m0", "m2"]
    assert {json.loads(message["Body"])["companyId"] for message in received("sync")} == {"well"}


def test_where_nothing_can_be_sent_it_is_soon_given_up(
    table: DynamoTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        company = f"co{number:02}"
        table.put(outbox.outbox_put("push", company, {"companyId": company}, f"m{number}", NOW).item)
    tried: list[str] = []

    def down(_queue: str, body: dict[str, Any], *_: str) -> None:
        tried.append(body["companyId"])
        raise ConnectionError

    monkeypatch.setattr(queues, "send", down)
    with pytest.raises(ConnectionError):
        relay_unsent(table, before="9999")
    assert len(tried) == 10


@pytest.mark.usefixtures("table")
def test_only_the_standard_queue_delays_a_message() -> None:
    queues.send("ingest", {"a": 1}, "co", delay=5)
    assert received("ingest") == []
    with pytest.raises(ValueError, match="FIFO"):
        queues.send("sync", {"a": 1}, "co", delay=5)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    with pytest.raises(LookupError, match="TABLE_NAME"):
        environment.table_name()


def test_a_push_reaches_the_records_by_way_of_stream_and_queue(table: DynamoTable) -> None:
    shop = Shop(table)
    dataset = shop.push("orders", order("o1", NOW), order("bad", "never"))
    (message,) = outbox.unsent(table, before="9999")
    item = table.get(f"OUTBOX#{COMPANY}", message.id)
    assert item is not None
    handler("relay")(stream_event(outbox.Put(item)), CONTEXT)
    (sent,) = received("ingest")
    record = {"messageId": "1", "body": sent["Body"], "eventSource": "aws:sqs"}
    assert handler("ingest_worker")({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
    done = datasets.get(table, COMPANY, dataset.id)
    assert (done.status, done.accepted, done.refused) == ("Complete", 1, 1)
    assert shop.window("2026-03-01", "2026-03-02") == {"orders/o1"}


@pytest.mark.usefixtures("table")
def test_a_dataset_that_fails_comes_again() -> None:
    message = {"version": 1, "companyId": "co", "datasetId": "unknown"}
    record = {"messageId": "1", "body": json.dumps(message), "eventSource": "aws:sqs"}
    answer = handler("ingest_worker")({"Records": [record]}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
