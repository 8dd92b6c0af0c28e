"""Ending syncs that are stuck, so that none is in progress for ever (specification: sync, failure).

Every hour the running syncs without progress for an hour are ended with 5000 and make room for the next.
Functions run for minutes, so whoever made no progress for an hour is not slow but gone; and should it get on
in this very moment, the conditions of the ending refuse it. Documents that may have been sent stay so marked:
the next sync of their day looks them up.
"""

from __future__ import annotations

from datetime import timedelta

from daybook.services.finish_sync import end_early
from daybook.services.receive_again import SERVER, given_up
from daybook.services.runtime import Runtime
from daybook.services.syncs import iso, start_message
from daybook.store import due
from daybook.store.table import ConditionFailed

STUCK = timedelta(hours=1)


def sweep(runtime: Runtime) -> int:
    """End what is stuck and start what was forgotten; how many syncs that were."""
    before = iso(runtime.clock.now() - STUCK)
    shards = range(due.SHARDS)
    return sum(
        _start_waiting(runtime, shard, before) + _end_stuck(runtime, shard, before) for shard in shards
    )


def _end_stuck(runtime: Runtime, shard: int, before: str) -> int:
    ended = 0
    for active in runtime.syncs.without_progress(shard, before):
        sync = runtime.syncs.get(active.company_id, active.sync_id)
        if sync is None:
            continue
        try:
            end_early(runtime, sync, SERVER, given_up(active.trouble), active.since)
        except ConditionFailed:  # it got on meanwhile
            continue
        ended += 1
    return ended


def _start_waiting(runtime: Runtime, shard: int, before: str) -> int:
    """Send the message again that starts a sync, where it was given up before the sync began."""
    started = 0
    for company_id in runtime.syncs.waiting(shard, before):
        if runtime.syncs.active(company_id) is None:
            runtime.table.transact([start_message(runtime, company_id)])
            started += 1
    return started
