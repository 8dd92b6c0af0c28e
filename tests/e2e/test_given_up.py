"""A message that cannot be worked on ends where its alarm looks; its function goes on and quotes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.api_client import wait_until
from local.logs import lines
from local.settings import LocalStack

Aws = Callable[[str], Any]


@contextmanager
def shown_again_at_once(sqs: Any, url: str) -> Iterator[None]:
    """A queue whose messages, when they fail, come again after a second instead of half an hour."""
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


@pytest.mark.parametrize(("queue", "function"), [("ingest", "ingest_worker"), ("notify", "notifier")])
def test_a_message_that_cannot_be_worked_on_is_kept_and_not_quoted(
    queue: str, function: str, stack: LocalStack, aws: Aws, deployed: dict[str, Any]
) -> None:
    sqs, mark = aws("sqs"), f"zebra{secrets.token_hex(8)}"
    url, kept = deployed["queues"][queue], deployed["queues"][f"{queue}Failed"]
    fifo = {"MessageGroupId": mark, "MessageDeduplicationId": mark} if url.endswith(".fifo") else {}
    with shown_again_at_once(sqs, url):
        sent = sqs.send_message(QueueUrl=url, MessageBody=f'["{mark}', **fifo)["MessageId"]
        given_up = wait_until(lambda: sqs.receive_message(QueueUrl=kept).get("Messages"), "the message")
    assert [mark in each["Body"] for each in given_up] == [True]
    sqs.delete_message(QueueUrl=kept, ReceiptHandle=given_up[0]["ReceiptHandle"])

    def told() -> list[str]:
        return [text for _, _, text in lines(stack, [function], 0)]

    def tries() -> int:
        return sum('"message failed"' in text and sent in text for text in told())

    wait_until(lambda: tries() == 5, "a line for each try")
    assert [text for text in told() if mark in text or "Traceback" in text] == []
