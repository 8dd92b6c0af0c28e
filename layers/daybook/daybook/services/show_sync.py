"""Syncs as they are answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.instants import iso
from daybook.services.connections import show_connection
from daybook.store.connections import list_connections
from daybook.store.syncs import FINISHED, IN_PROGRESS, Sync
from daybook.wire import syncs as wire

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

LONG_IN_PROGRESS = 1010
LONG = timedelta(minutes=10)
# Specification: api, sync status codes.
_STATUSES = MappingProxyType(
    {
        IN_PROGRESS: "InProgress",
        LONG_IN_PROGRESS: "InProgress",
        2000: "Complete",
        2040: "NothingToWrite",
        4000: "ConfigurationError",
        4040: "Unlinked",
        4220: "Unlinked",
        4200: "MappingError",
        4260: "SubscriptionExpired",
        5000: "ServerError",
        5080: "DuplicateProtection",
        5120: "DataError",
        5130: "WriteError",
    }
)


def show_status(runtime: Runtime, sync: Sync) -> wire.SyncStatus:
    """How a sync stands."""
    return wire.SyncStatus.model_validate(_status(runtime, sync))


def show_summary(runtime: Runtime, sync: Sync, base_url: str) -> wire.SyncSummary:
    """How a sync stands, with its range and the company's connections."""
    connections = list_connections(runtime.table, sync.company_id)
    return wire.SyncSummary.model_validate(
        {
            **_status(runtime, sync),
            "syncDateRangeUtc": {"start": sync.start, "finish": sync.finish},
            "data_connections": [show_connection(connection, base_url) for connection in connections],
        }
    )


def status_code(runtime: Runtime, sync: Sync) -> int:
    """How a sync stands now, as one of the published codes."""
    asked = datetime.fromisoformat(sync.started or sync.requested)
    if sync.stage != FINISHED and runtime.clock.now() - asked > LONG:
        return LONG_IN_PROGRESS
    return sync.status_code


def _status(runtime: Runtime, sync: Sync) -> dict[str, object]:
    code = status_code(runtime, sync)
    asked = datetime.fromisoformat(sync.started or sync.requested)
    return {
        "company_id": sync.company_id,
        "sync_id": sync.id,
        "commerce_sync_id": sync.id,
        "sync_status_code": code,
        "sync_status": _STATUSES.get(code, "Unknown"),
        "error_message": sync.error_message or None,
        "sync_exception_message": sync.exception_message or None,
        "sync_utc": iso(asked),
        "data_pushed": sync.data_pushed,
    }
