"""Messages written in the same transaction as the change that causes them, and sent afterwards by the relay.

A message is sent at least once. It waits in the index, in one of a few partitions, until it is sent.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from daybook import telemetry
from daybook.domain.json_text import dump
from daybook.domain.json_text import read as read_json
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Item, Put, Table
from daybook.store.values import decode_item

INGEST, SYNC, PUSH, ERASE, EVENTS = "ingest", "sync", "push", "erase", "events"
NOTIFY, DELIVER = "notify", "deliver"


@frozen
class Message:
    """A message to send: to which queue (or `events`, the bus), in which group, with which body."""

    company_id: str
    id: str
    queue: str
    group: str
    deduplication: str
    body: dict[str, Any]
    created: str
    correlation_id: str = ""


def outbox_put(
    queue: str,
    group: str,
    body: Mapping[str, Any],
    message_id: str,
    now: str,
    deduplication: str = "",
) -> Put:
    """The write of a message, for use in a transaction.

    `body` names its `companyId`; `now` is ISO 8601 in UTC.

    Messages with the same `deduplication` within five minutes are one (FIFO queues only); without one each
    message is its own.
    """
    pk, sk = layout.outbox(body["companyId"], message_id)
    cause = telemetry.correlation_id()
    return Put(
        {
            **({telemetry.ATTRIBUTE: cause} if cause else {}),
            "PK": pk,
            "SK": sk,
            "queue": queue,
            "group": group,
            "deduplication": deduplication or message_id,
            "body": dump(body),
            "created": now,
            "GSI1PK": layout.unsent(body["companyId"]),
            "GSI1SK": f"{now}#{message_id}",
        }
    )


def event_put(
    event: str,
    detail: Mapping[str, Any],
    message_id: str,
    now: str,
    *then: tuple[str, Mapping[str, Any]],
    subject: str = "",
) -> Put:
    """The write of an event, for use in a transaction; `then` are those raised after it in the same moment.

    `detail` names its `companyId`; `subject` is what the event is about where that is no company. Between two
    writes of one transaction the stream keeps no order, so what has an order is one message.
    """
    about = subject or detail["companyId"]
    body = {"companyId": about, "event": event, "detail": dict(detail)}
    if then:
        body["then"] = [{"event": kind, "detail": dict(told)} for kind, told in then]
    return outbox_put(EVENTS, about, body, message_id, now)


def events_of(message: Message) -> list[tuple[str, dict[str, Any]]]:
    """The events of a message, in their order."""
    return [(each["event"], each["detail"]) for each in (message.body, *message.body.get("then", ()))]


def message_of(image: Mapping[str, Any]) -> Message:
    """The message in an item as the table's stream shows it."""
    return _message(decode_item(image))


def sent(table: Table, message: Message) -> None:
    """Forget a message that was sent."""
    table.delete(*layout.outbox(message.company_id, message.id))


def unsent(table: Table, before: str) -> Iterator[Message]:
    """Messages older than `before` (ISO 8601 in UTC) that still wait, oldest first."""
    shards = [table.query_all(pk, between=("0", before), index="GSI1") for pk in layout.every_unsent()]
    return (_message(item) for item in heapq.merge(*shards, key=itemgetter("GSI1SK")))


def _message(item: Item) -> Message:
    return Message(
        company_id=item["PK"].partition("#")[2],
        id=item["SK"],
        queue=item["queue"],
        group=item["group"],
        deduplication=item["deduplication"],
        body=read_json(item["body"]),
        created=item["created"],
        correlation_id=item.get(telemetry.ATTRIBUTE, ""),
    )
