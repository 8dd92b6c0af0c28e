"""Syncs: what to run, and how one stands."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from daybook.domain.errors import BadRequest, Problem
from daybook.domain.times import parse_time
from daybook.wire.accounting import PushOperation
from daybook.wire.companies import Connection
from daybook.wire.formats import UtcTime, Uuid
from daybook.wire.models import Model, read


class LatestRequest(Model):
    """Up to when to sync; up to now when left out."""

    sync_to: str | None = None


class DateRange(Model):
    """From when to when, ISO 8601; the end is not part of it."""

    start: str
    finish: str


class _HistoricRequest(Model):
    date_range: DateRange


class SyncStatus(Model):
    """How a sync stands; it answers for the published `SyncStatus` and `CompanySyncStatus` alike."""

    company_id: Uuid
    sync_id: Uuid
    commerce_sync_id: Uuid
    sync_status_code: int
    sync_status: str
    error_message: str | None
    sync_exception_message: str | None
    sync_utc: UtcTime
    data_pushed: bool


class SyncSummary(SyncStatus):
    """How a sync stands, with its range and the company's connections."""

    sync_date_range_utc: DateRange = Field(alias="syncDateRangeUtc")
    data_connections: list[Connection]


class NotRetried(Model):
    """A push operation that is not tried again, and why."""

    push_operation_key: str
    reason: str


class Retry(Model):
    """How many failed documents are tried again.

    Those of a sync by a sync of its own (null when there is none), those pushed by themselves under their
    key; `not_retried` are those that were left as they are.
    """

    retried: int
    sync: SyncSummary | None
    push_operations: list[PushOperation] = Field(default_factory=list)
    not_retried: list[NotRetried] = Field(default_factory=list)


class RetryRequest(Model):
    """Which single documents to try again; without any, the failed documents of the newest sync."""

    push_operation_keys: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)


def read_sync_to(body: object) -> str | None:
    """When to sync to; None (now) for no body, `{}` and null. Raises BadRequest."""
    if body is None:
        return None
    sync_to = read(LatestRequest, body).sync_to
    if sync_to:
        _check_time("$.syncTo", sync_to)
    return sync_to or None


def read_range(body: object) -> DateRange:
    """The range of a historic sync: `{"dateRange": {start, finish}}`, or the older `{start, end}`.

    Raises BadRequest.
    """
    asked: Any = body
    if isinstance(body, dict) and body.get("dateRange") is None and ("start" in body or "end" in body):
        asked = {"dateRange": {"start": body.get("start"), "finish": body.get("end") or body.get("finish")}}
    date_range = read(_HistoricRequest, asked).date_range
    _check_time("$.dateRange.start", date_range.start)
    _check_time("$.dateRange.finish", date_range.finish)
    return date_range


def _check_time(item: str, text: str) -> None:
    try:
        parse_time(text)
    except ValueError as error:
        message = f"{error}, for example 2026-03-01T00:00:00Z"
        raise BadRequest(f"{item}: {message}.", [Problem(item, message, "date")]) from None
