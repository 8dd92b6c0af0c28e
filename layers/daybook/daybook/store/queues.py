"""The queues `ingest`, `sync`, `push`, `erase`, `notify` and `deliver`, and the event bus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daybook import telemetry
from daybook.domain.json_text import dump
from daybook.store import environment
from daybook.store.aws import client

# Who raises the events on the bus.
EVENT_SOURCE = "daybook"
# SQS delays a message for no longer, in seconds.
LONGEST_DELAY = 900
# SQS hides a message for 12 hours at most, counted from when it was received; the function's own time is off.
LONGEST_HIDDEN = 12 * 3600 - 900


class EventNotTaken(Exception):
    """The bus did not take an event: raise it again."""


def send(
    queue: str, body: Mapping[str, Any], group: str, deduplication: str = "", delay: int | None = None
) -> None:
    """Send a message. `group` is its message group: the order of a FIFO queue, fairness on the other.

    `delay` in seconds, up to 900, is for the queues `ingest` and `erase`: FIFO queues delay no single
    message.
    """
    url = environment.queue_url(queue)
    arguments: dict[str, Any] = {"QueueUrl": url, "MessageBody": dump(body), "MessageGroupId": group}
    fifo = url.endswith(".fifo")
    if fifo and delay:
        raise ValueError(f"the queue {queue} is a FIFO queue and delays no single message")
    if fifo and deduplication:
        arguments["MessageDeduplicationId"] = deduplication
    if delay:
        arguments["DelaySeconds"] = delay
    cause = telemetry.correlation_id()
    if cause:
        attribute = {"DataType": "String", "StringValue": cause}
        arguments["MessageAttributes"] = {telemetry.ATTRIBUTE: attribute}
    client("sqs").send_message(**arguments)


def hide(queue: str, receipt: str, seconds: int) -> None:
    """Let a received message be received again after so many seconds, at most LONGEST_HIDDEN.

    What follows it in its group of a FIFO queue waits with it.
    """
    client("sqs").change_message_visibility(
        QueueUrl=environment.queue_url(queue),
        ReceiptHandle=receipt,
        VisibilityTimeout=min(seconds, LONGEST_HIDDEN),
    )


def put_event(event: str, detail: Mapping[str, Any]) -> None:
    """Raise an event on the bus. Raises EventNotTaken."""
    answer = client("events").put_events(
        Entries=[
            {
                "EventBusName": environment.event_bus_name(),
                "Source": EVENT_SOURCE,
                "DetailType": event,
                "Detail": dump(detail),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        entry = answer["Entries"][0]
        raise EventNotTaken(f"{event}: {entry.get('ErrorCode')} {entry.get('ErrorMessage')}")
