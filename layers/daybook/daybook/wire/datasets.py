"""Datasets: what became of records that were pushed, or of data that was read from a ledger."""

from __future__ import annotations

from pydantic import Field

from daybook.wire.formats import UtcTime, Uuid
from daybook.wire.models import Model


class ValidationItem(Model):
    """One thing wrong: whose (`item_id`), what, and which rule says so."""

    item_id: str | None
    message: str
    validator_name: str | None = None


class Validation(Model):
    """Everything wrong with a request or a dataset."""

    errors: list[ValidationItem] = Field(default_factory=list)
    warnings: list[ValidationItem] = Field(default_factory=list)


class Dataset(Model):
    """A dataset in the shape both histories need (a pull operation's and a dataset's)."""

    id: Uuid
    dataset_id: Uuid
    company_id: Uuid
    connection_id: Uuid
    data_type: str
    status: str
    status_description: str | None = None
    error_message: str | None = None
    requested: UtcTime
    completed: UtcTime | None = None
    progress: int
    is_completed: bool
    is_errored: bool
    validation_information_url: str | None = None
    validation: Validation | None = None
    received: int = 0
    accepted: int = 0
    ignored: int = 0
    refused: int = 0


class DataStatus(Model):
    """How up to date one type of data is; the published client needs `last_successful_sync` always."""

    data_type: str
    last_successful_sync: UtcTime
    current_status: str
    latest_sync_id: Uuid
    latest_successful_sync_id: Uuid
