"""The workers of the FIFO queues: a message that failed is hidden, tried again, and in the end given up."""

from __future__ import annotations

import importlib
import json
import pathlib
import re
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable, PlatformUnclear
from daybook.services import receive_again, syncs
from daybook.services.plan_sync import start_sync
from daybook.services.sweep import sweep
from daybook.store import aws, queues
from daybook.store.companies import Company
from daybook.store.syncs import PUSHING, WRITTEN
from tests.integration.troubles import cash, open_shop, trouble
from tests.simulation.world import World

PLATFORM = "Sandbox books"
ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=128,
    invoked_function_arn="a",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 300_000,
)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A push queue; its URL."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws.client.cache_clear()
    aws._session.cache_clear()
    with mock_aws():
        created = boto3.client("sqs").create_queue(
            QueueName="push.fifo", Attributes={"FifoQueue": "true", "VisibilityTimeout": "1800"}
        )
        for name in ("SYNC_QUEUE_URL", "PUSH_QUEUE_URL"):
            monkeypatch.setenv(name, created["QueueUrl"])
        yield created["QueueUrl"]
    aws.client.cache_clear()
    aws._session.cache_clear()


class Hidden(list[int]):
    """For how long messages were hidden."""

    def note(self, _queue: str, _receipt: str, seconds: int) -> None:
        """Note it."""
        self.append(seconds)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Hidden:
    """Notes instead of hiding."""
    notes = Hidden()
    monkeypatch.setattr(queues, "hide", notes.note)
    return notes


def worker(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A worker over a world."""
    app = importlib.import_module(f"{name}.app")
    monkeypatch.setattr(app, "runtime", lambda: world.runtime)
    monkeypatch.setattr(importlib.import_module("messages"), "runtime", lambda: world.runtime)
    return app


def event(body: dict[str, Any], receives: int) -> dict[str, Any]:
    """What Lambda gives a worker."""
    return {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "receipt",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(receives), "MessageGroupId": "g"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:1:push.fifo",
                "awsRegion": "eu-west-1",
            }
        ]
    }


def pushing(world: World, company: Company) -> dict[str, Any]:
    """The body of the push message of a sync that was just planned."""
    asked = syncs.request_latest(world.runtime, company, None)
    start_sync(world.runtime, company.id)
    return {
        "version": 1,
        "companyId": company.id,
        "connectionId": world.ledgers[company.id],
        "syncId": asked.id,
    }


def test_a_message_waits_as_long_as_the_platform_asks(
    monkeypatch: pytest.MonkeyPatch, hidden: Hidden
) -> None:
    """And longer each time where it does not say; its sync is not taken for stuck meanwhile."""
    world = World()
    company, app = open_shop(world), worker("push_worker", world, monkeypatch)
    body = pushing(world, company)
    troubles = trouble(world)
    troubles.writes = [PlatformUnavailable(PLATFORM, "Busy.", retry_after=7000)]
    answer = app.handler(event(body, 1), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert 7000 <= hidden[-1] <= 7060
    world.clock.advance(minutes=90)
    assert sweep(world.runtime) == 0
    for receives, least, most in ((1, 30, 60), (2, 120, 240), (3, 480, 960), (4, 1920, 3840)):
        troubles.finds = [PlatformUnavailable(PLATFORM, "Busy.")]
        app.handler(event(body, receives), CONTEXT)
        assert least <= hidden[-1] <= most
    assert app.handler(event(body, 5), CONTEXT) == {"batchItemFailures": []}
    assert syncs.latest_sync(world.runtime, company).status_code == WRITTEN
    assert cash(world, company) == 10


def test_an_unclear_answer_is_looked_up_when_the_message_comes_again(
    monkeypatch: pytest.MonkeyPatch, hidden: Hidden
) -> None:
    """Nothing is sent twice."""
    world = World()
    company, app = open_shop(world), worker("push_worker", world, monkeypatch)
    body = pushing(world, company)
    troubles = trouble(world)
    troubles.answers = [PlatformUnclear(PLATFORM, "No answer came.")]
    assert app.handler(event(body, 1), CONTEXT)["batchItemFailures"]
    assert len(hidden) == 1
    assert app.handler(event(body, 2), CONTEXT) == {"batchItemFailures": []}
    assert len(troubles.sent) == len(set(troubles.sent)) == 2
    assert syncs.latest_sync(world.runtime, company).status_code == WRITTEN


def test_after_the_last_receive_the_sync_ends(monkeypatch: pytest.MonkeyPatch, hidden: Hidden) -> None:
    """The message is dead-lettered; redriven, it finds its sync ended; the next sync completes."""
    world = World()
    company, app = open_shop(world), worker("push_worker", world, monkeypatch)
    body = pushing(world, company)
    trouble(world).writes = [PlatformUnavailable(PLATFORM, "Sandbox books is down.")]
    assert app.handler(event(body, 5), CONTEXT)["batchItemFailures"]
    assert hidden == []
    ended = syncs.latest_sync(world.runtime, company)
    assert ended.status_code == 5000
    assert ended.error_message.startswith("Sandbox books is down.")
    assert app.handler(event(body, 1), CONTEXT) == {"batchItemFailures": []}
    assert cash(world, company) == 0
    assert world.sync(company).status_code == WRITTEN
    assert cash(world, company) == 10


def test_planning_is_tried_again_too(monkeypatch: pytest.MonkeyPatch, hidden: Hidden) -> None:
    """The ledger cannot be read: the message waits, at last the sync ends."""
    world = World()
    company, app = open_shop(world), worker("sync_worker", world, monkeypatch)
    asked = syncs.request_latest(world.runtime, company, None)
    troubles = trouble(world)
    body = {"version": 1, "companyId": company.id}
    troubles.reads = [PlatformUnavailable(PLATFORM, "Down.", 100), PlatformUnavailable(PLATFORM, "Down.")]
    assert app.handler(event(body, 4), CONTEXT)["batchItemFailures"]
    assert 100 <= hidden[-1] <= 160
    assert app.handler(event(body, 5), CONTEXT)["batchItemFailures"]
    assert syncs.read_sync(world.runtime, company, asked.id).status_code == 5000
    troubles.reads = [AuthorisationLost(PLATFORM, "Gone.")]
    assert app.handler(event(body, 1), CONTEXT) == {"batchItemFailures": []}


def test_a_poisoned_message_is_given_up_too(monkeypatch: pytest.MonkeyPatch, hidden: Hidden) -> None:
    """Of a failure that nobody foresaw the merchant reads no more than that, and what happens next."""
    world = World()
    company, app = open_shop(world), worker("push_worker", world, monkeypatch)
    body = pushing(world, company)
    trouble(world).writes = [ZeroDivisionError("secret"), ZeroDivisionError("secret")]
    assert app.handler(event(body, 1), CONTEXT)["batchItemFailures"]
    assert len(hidden) == 1
    assert syncs.latest_sync(world.runtime, company).stage == PUSHING
    trouble(world).finds = [ZeroDivisionError("secret")]
    assert app.handler(event(body, 5), CONTEXT)["batchItemFailures"]
    ended = syncs.latest_sync(world.runtime, company)
    assert ended.status_code == 5000
    assert "secret" not in ended.error_message + ended.exception_message


def test_one_connections_wait_holds_up_no_other(queue: str) -> None:
    """A hidden message holds its own group of the queue back, and is received again afterwards."""
    sqs = boto3.client("sqs")
    for group in ("one", "other"):
        queues.send("push", {"group": group}, group, f"{group}-1")
    (first,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"]
    queues.hide("push", first["ReceiptHandle"], 3600)
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(each["Body"])["group"] for each in found] == ["other"]
    queues.hide("push", first["ReceiptHandle"], 0)
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(each["Body"])["group"] for each in found] == ["one"]
    queues.hide("push", found[0]["ReceiptHandle"], 10**6)  # longer than SQS would: cut


def test_the_template_gives_up_when_the_code_does() -> None:
    """The last receive is known in two places."""
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    counts = dict(re.findall(r"GetAtt (\w+)FailedQueue.Arn, maxReceiveCount: (\d+)", template))
    assert counts["Sync"] == counts["Push"] == str(receive_again.MOST_RECEIVES)
