"""Asking for syncs, and looking at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from daybook.domain.configuration import Configuration, read_configuration
from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.instants import iso
from daybook.domain.times import Calendar
from daybook.services.ledger_connection import ledger_connection
from daybook.services.next_sync import start_message
from daybook.services.runtime import Runtime, time_ordered_id
from daybook.store import configurations
from daybook.store.companies import Company
from daybook.store.connections import LINKED
from daybook.store.syncs import (
    FINISHED,
    HISTORIC,
    LATEST,
    RESTATE,
    SCHEDULED,
    SUCCESSFUL,
    Sync,
)


def request_latest(runtime: Runtime, company: Company, sync_to: datetime | None) -> Sync:
    """Sync everything up to `sync_to`, or to now. Raises BadRequest when it cannot run."""
    configuration = _ready(runtime, company)
    finish = sync_to or runtime.clock.now()
    return _request(runtime, company.id, LATEST, _since(runtime, company.id, configuration), finish)


def request_historic(runtime: Runtime, company: Company, start: datetime, finish: datetime) -> Sync:
    """Sync the business days of a range. Raises BadRequest when it cannot run or the range is empty."""
    _ready(runtime, company)
    return _request(runtime, company.id, HISTORIC, start, _ordered(start, finish))


def imagine_historic(runtime: Runtime, company: Company, start: datetime, finish: datetime) -> Sync:
    """The sync that `request_historic` would queue if syncs were switched on. Raises BadRequest."""
    _ready(runtime, company, though_off=True)
    return _new(runtime, company.id, HISTORIC, start, _ordered(start, finish))


def request_restate(runtime: Runtime, company: Company, start: datetime, finish: datetime) -> Sync:
    """Post the days of a range again under the configuration in force, by difference."""
    _ready(runtime, company)
    return _request(runtime, company.id, RESTATE, start, _ordered(start, finish))


def request_scheduled(runtime: Runtime, company_id: str, due: datetime) -> Sync | None:
    """The sync due at an instant, where its data ends; None when it was asked for before."""
    stored = configurations.current(runtime.table, company_id)
    if stored is None:
        return None
    configuration = read_configuration(stored.body)
    seed = sha256(f"{company_id}/{due.isoformat()}".encode()).digest()
    return _queue(
        runtime,
        Sync(
            time_ordered_id(due, seed),
            company_id,
            SCHEDULED,
            iso(runtime.clock.now()),
            iso(_since(runtime, company_id, configuration)),
            iso(due),
        ),
    )


def read_sync(runtime: Runtime, company: Company, sync_id: str) -> Sync:
    """A company's sync. Raises NotFound."""
    sync = runtime.syncs.get(company.id, sync_id.strip().lower())
    if sync is None:
        raise NotFound("Sync")
    return sync


def list_syncs(runtime: Runtime, company: Company) -> Iterator[Sync]:
    """Every sync of a company, newest first."""
    return runtime.syncs.newest_first(company.id)


def latest_sync(runtime: Runtime, company: Company) -> Sync:
    """The newest sync. Raises NotFound before the first."""
    sync = next(list_syncs(runtime, company), None)
    if sync is None:
        raise NotFound("Sync")
    return sync


def last_successful_sync(runtime: Runtime, company: Company) -> Sync:
    """The newest sync that ended well. Raises NotFound before the first."""
    sync = next((sync for sync in list_syncs(runtime, company) if sync.status_code in SUCCESSFUL), None)
    if sync is None:
        raise NotFound("Successful sync")
    return sync


def _request(runtime: Runtime, company_id: str, kind: str, start: datetime, finish: datetime) -> Sync:
    sync = _new(runtime, company_id, kind, start, finish)
    _queue(runtime, sync)
    return sync


def _new(runtime: Runtime, company_id: str, kind: str, start: datetime, finish: datetime) -> Sync:
    now = iso(runtime.clock.now())
    return Sync(runtime.ids.new(), company_id, kind, now, iso(start), iso(finish))


def _queue(runtime: Runtime, sync: Sync) -> Sync | None:
    return sync if runtime.syncs.request(sync, start_message(runtime, sync.company_id)) else None


def _ready(runtime: Runtime, company: Company, *, though_off: bool = False) -> Configuration:
    stored = configurations.current(runtime.table, company.id)
    if stored is None:
        raise _refused("configuration", "The company is not configured. Save a configuration first.")
    configuration = read_configuration(stored.body)
    if not configuration.enabled and not though_off:
        raise _refused(
            "enabled", "Syncing is switched off for this company. Switch it on in its configuration."
        )
    connection = ledger_connection(runtime, company)
    if connection is None or connection.status != LINKED:
        raise _refused(
            "connection", "The company's accounting software is not linked. Link it, then try again."
        )
    return configuration


def _refused(item: str, message: str) -> BadRequest:
    return BadRequest(message, [Problem(f"$.{item}", message, item)])


def _ordered(start: datetime, finish: datetime) -> datetime:
    if finish <= start:
        message = "The range ends before it begins. Give a finish later than its start."
        raise BadRequest(message, [Problem("$.dateRange", message, "range")])
    return finish


def _since(runtime: Runtime, company_id: str, configuration: Configuration) -> datetime:
    """Where the last successful sync ended, else the first business day's opening."""
    for sync in runtime.syncs.newest_first(company_id):
        if sync.stage == FINISHED and sync.status_code in SUCCESSFUL:
            return datetime.fromisoformat(sync.finish)
    schedule = configuration.schedule
    calendar = Calendar.of(schedule.time_zone, schedule.sync_hour)
    if schedule.start_date.year < 9999:  # noqa: PLR2004 - not chosen
        return calendar.window(schedule.start_date)[0]
    return datetime.combine(runtime.clock.now().date(), time(), UTC) - timedelta(days=1)
