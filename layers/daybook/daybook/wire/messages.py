"""Messages of the queues. Each carries the version of its shape, so that old ones are known as such."""

from __future__ import annotations

from typing import Any, Literal

from daybook.wire.models import Model


class IngestMessage(Model):
    """Write the records of a dataset."""

    version: Literal[1] = 1
    company_id: str
    dataset_id: str


class SyncMessage(Model):
    """Start the company's oldest queued sync, if none runs."""

    version: Literal[1] = 1
    company_id: str


class PushMessage(Model):
    """Push the documents of a sync through a connection."""

    version: Literal[1] = 1
    company_id: str
    connection_id: str
    sync_id: str


class EraseMessage(Model):
    """Erase a deleted company, or one of its connections that was deleted."""

    version: Literal[1] = 1
    company_id: str
    connection_id: str = ""


class DirectPushMessage(Model):
    """Write a document that was pushed by itself."""

    version: Literal[1] = 1
    company_id: str
    connection_id: str
    push_operation_key: str


class NotifyMessage(Model):
    """Tell the subscriptions of an event; `company_id` is what it is about where that is no company.

    `place` is its place among those of one moment.
    """

    version: Literal[1] = 1
    company_id: str
    event_id: str
    event: str
    detail: dict[str, Any]
    created: str
    place: int = 0


class DeliverMessage(Model):
    """Send an event to one subscription; `round` counts how often it was resent."""

    version: Literal[1] = 1
    company_id: str
    client_id: str
    webhook_id: str
    delivery_id: str
    round: int = 0


class RetireMessage(Model):
    """Retire the records of a company that are past their retention, from a UTC date (ISO) on."""

    version: Literal[1] = 1
    company_id: str
    retire_from: str


class DueInput(Model):
    """What a schedule gives the dispatcher: whose days end now."""

    version: Literal[1] = 1
    time_zone: str
    sync_hour: int


def body_of(message: Model) -> dict[str, Any]:
    """A message as it is sent."""
    return message.model_dump(mode="json", by_alias=True)
