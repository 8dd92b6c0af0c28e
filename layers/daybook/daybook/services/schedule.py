"""Starting the syncs that are due (specification: sync, schedule).

A schedule's strike and the hourly sweep ask the same: which companies were due by now and have no sync yet?
So a strike lost, late or repeated, and a local hour that the clocks skip, change nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from daybook import telemetry
from daybook.domain.codes import DEAUTHORISED
from daybook.domain.configuration import read_configuration
from daybook.domain.errors import NotFound
from daybook.domain.instants import utc_text
from daybook.domain.schedule import latest_due, next_due
from daybook.frozen import frozen
from daybook.services.ledger_connection import ledger_connection
from daybook.services.relay import relay_unsent
from daybook.services.syncs import request_scheduled
from daybook.store import companies, due, scheduler
from daybook.store.connections import LINKED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.due import Due
    from daybook.store.table import Delete, Put

# Messages younger than this are on their way through the table's stream.
_STREAM_LAG = timedelta(minutes=5)
# Shards looked at side by side; each spends its time waiting for the table.
_AT_ONCE = 8


@frozen
class Dispatched:
    """What a strike or a sweep did: syncs requested, companies it could not, and who they are."""

    requested: int
    failed: tuple[str, ...]


def ensure_schedule(time_zone: str, sync_hour: int) -> None:
    """Have a schedule strike at this hour of every day in this zone, creating it when there is none."""
    scheduler.ensure(time_zone, sync_hour)


def due_change(runtime: Runtime, company_id: str, body: Mapping[str, Any]) -> Put | Delete:
    """The write that goes with saving a configuration: when the company is next due, if its schedule is on.

    A schedule that stays as it was keeps the instant it is due at, also when that is past and not run yet.
    """
    configuration = read_configuration(body)
    if not configuration.enabled:
        return due.clear(company_id)
    before = due.get(runtime.table, company_id)
    if before is not None and before.schedule == configuration.schedule:
        return due.put(before)
    at = next_due(configuration.schedule, runtime.clock.now())
    return due.put(due.Due(company_id, configuration.schedule, at))


def dispatch(runtime: Runtime) -> Dispatched:
    """Request a sync of every company that is due by now.

    One company's trouble keeps no other from its sync: it stays due, and the next sweep asks again.
    """
    now = runtime.clock.now()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        results = list(threads.map(lambda shard: _dispatch_shard(runtime, shard, now), range(due.SHARDS)))
    failed = tuple(company_id for result in results for company_id in result.failed)
    return Dispatched(sum(result.requested for result in results), failed)


def relay_left_behind(runtime: Runtime) -> int:
    """Send the messages that the table's stream did not get through; how many there were."""
    return relay_unsent(runtime.table, utc_text(runtime.clock.now() - _STREAM_LAG))


def _dispatch_shard(runtime: Runtime, shard: int, now: datetime) -> Dispatched:
    requested, failed = 0, []
    for company in due.until(runtime.table, shard, now):
        try:
            requested += _request_or_forget(runtime, company, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one company's, and told
            told = {"companyId": company.company_id, **telemetry.kind_and_place(error)}
            telemetry.tell("sync not requested", told, level="WARNING")
            failed.append(company.company_id)
    return Dispatched(requested, tuple(failed))


def _request_or_forget(runtime: Runtime, company: Due, now: datetime) -> int:
    try:
        return _request(runtime, company, now)
    except NotFound:  # deleted since
        due.forget(runtime.table, company.company_id)
        return 0


def _request(runtime: Runtime, company: Due, now: datetime) -> int:
    """Request the sync of the last instant it was due, and wait for the next; 1 when a sync was requested."""
    when = latest_due(company.schedule, now)
    found = companies.find(runtime.table, company.company_id)
    if when is not None and _waits_for_link(runtime, found):
        when = None
    if when is not None:
        request_scheduled(runtime, company.company_id, when)
    due.advance(runtime.table, company, next_due(company.schedule, now))
    return int(when is not None)


def _waits_for_link(runtime: Runtime, company: Company) -> bool:
    """Whether a sync has said already that the ledger is not linked: no more are attempted until it is."""
    connection = ledger_connection(runtime, company)
    if connection is not None and connection.status == LINKED:
        return False
    newest = next(runtime.syncs.newest_first(company.id), None)
    return newest is not None and newest.status_code == DEAUTHORISED
