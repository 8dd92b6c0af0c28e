"""Listing a sync that ends for those who watch over syncs, in the transaction that ends it.

So nothing is listed or counted twice, or not at all, whatever is interrupted (docs/adr/0028).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from daybook.services.runtime import Runtime
from daybook.store import companies, ended_syncs
from daybook.store.ended_syncs import Failing
from daybook.store.syncs import SUCCESSFUL, Sync
from daybook.store.table import Write


def end_writes(runtime: Runtime, sync: Sync) -> list[Write]:
    """The writes for a sync as it ends: its listing, its count, and whether its company fails now.

    A company's syncs end one after another, so what is read here holds until the transaction.
    """
    client_id = companies.client_of(runtime.table, sync.company_id)
    writes = ended_syncs.ended_writes(client_id, sync)
    before = ended_syncs.failing(runtime.table, sync.company_id)
    if sync.status_code in SUCCESSFUL:
        return [*writes, ended_syncs.failing_clear(sync.company_id)] if before else writes
    failure = Failing(
        company_id=sync.company_id,
        sync_id=sync.id,
        code=sync.status_code,
        since=sync.finished,
        times=1,
        unsynced=_first_unsynced(runtime, sync),
        latest=sync.finished,
    )
    if before:
        failure = replace(failure, since=before.since, times=before.times + 1)
    return [*writes, ended_syncs.failing_put(client_id, failure)]


def _first_unsynced(runtime: Runtime, sync: Sync) -> str:
    """The first business day that a failed sync left out of the books."""
    if sync.blocked:
        return min(trouble.day for trouble in sync.blocked)
    calendar = runtime.days.calendar(sync.company_id)
    start = datetime.fromisoformat(sync.start)
    return str(calendar.day_of(start) if calendar else start.date())
