"""Messages of the queues, and how they are read. Each carries the version of its shape.

Read by hand: workers start without pydantic, whose import takes as long as a quarter of a bare function's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

# The shape of every message below. One of another shape waits for the version that knows it.
VERSION = 1


class UnreadableMessage(Exception):
    """A message is not as its sender should have written it; nothing in it is quoted."""


class IngestMessage(NamedTuple):
    """Write the records of a dataset."""

    company_id: str
    dataset_id: str


class SyncMessage(NamedTuple):
    """Start the company's oldest queued sync, if none runs."""

    company_id: str


class PushMessage(NamedTuple):
    """Push the documents of a sync through a connection."""

    company_id: str
    connection_id: str
    sync_id: str


class EraseMessage(NamedTuple):
    """Erase a deleted company, or one of its connections that was deleted."""

    company_id: str
    connection_id: str = ""


class DirectPushMessage(NamedTuple):
    """Write a document that was pushed by itself."""

    company_id: str
    connection_id: str
    push_operation_key: str


class NotifyMessage(NamedTuple):
    """Tell the subscriptions of an event; `company_id` is what it is about where that is no company.

    `place` is its place among those of one moment.
    """

    company_id: str
    event_id: str
    event: str
    detail: dict[str, Any]
    created: str
    place: int = 0


class DeliverMessage(NamedTuple):
    """Send an event to one subscription; `round` counts how often it was resent."""

    company_id: str
    client_id: str
    webhook_id: str
    delivery_id: str
    round: int = 0


class RetireMessage(NamedTuple):
    """Retire the records of a company that are past their retention, from a UTC date (ISO) on."""

    company_id: str
    retire_from: str


class DueInput(NamedTuple):
    """What a schedule gives the dispatcher: whose days end now."""

    time_zone: str
    sync_hour: int


Message = (
    IngestMessage
    | SyncMessage
    | PushMessage
    | EraseMessage
    | DirectPushMessage
    | NotifyMessage
    | DeliverMessage
    | RetireMessage
    | DueInput
)
Read = TypeVar("Read", bound=Message)

# Every other property is a text.
_TYPES: Mapping[str, type] = MappingProxyType({"detail": dict, "place": int, "round": int, "sync_hour": int})


def read_message(kind: type[Read], body: str | Mapping[str, Any]) -> Read:
    """Read a message from its JSON, or from what was read of it; unknown properties are ignored.

    Raises UnreadableMessage for another version, a missing property and a value of another type.
    """
    sent = _read_json(kind.__name__, body) if isinstance(body, str) else body
    if sent.get("version", VERSION) != VERSION:
        raise UnreadableMessage(f"{kind.__name__}: its version is not {VERSION}")
    values: dict[str, Any] = {}
    for field in kind._fields:
        name = _published(field)
        if name in sent:
            values[field] = _checked(kind.__name__, field, sent[name])
        elif field not in kind._field_defaults:
            raise UnreadableMessage(f"{kind.__name__}: {name} is missing")
    return kind(**values)


def body_of(message: Message) -> dict[str, Any]:
    """A message as it is sent."""
    return {"version": VERSION, **{_published(field): value for field, value in message._asdict().items()}}


def _read_json(kind: str, body: str) -> Mapping[str, Any]:
    try:
        sent = json.loads(body)
    except ValueError:
        raise UnreadableMessage(f"{kind}: it is not JSON") from None
    if not isinstance(sent, dict):
        raise UnreadableMessage(f"{kind}: it is not a JSON object")
    return sent


def _checked(kind: str, field: str, value: object) -> object:
    wanted = _TYPES.get(field, str)
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise UnreadableMessage(f"{kind}: {_published(field)} is not of type {wanted.__name__}")
    return value


def _published(field: str) -> str:
    """`push_operation_key` as `pushOperationKey`."""
    head, *words = field.split("_")
    return head + "".join(word.capitalize() for word in words)
