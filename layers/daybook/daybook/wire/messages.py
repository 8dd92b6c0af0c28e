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


class DueInput(Model):
    """What a schedule gives the dispatcher: whose days end now."""

    version: Literal[1] = 1
    time_zone: str
    sync_hour: int


def body_of(message: Model) -> dict[str, Any]:
    """A message as it is sent."""
    return message.model_dump(mode="json", by_alias=True)
