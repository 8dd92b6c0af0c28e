"""Ending syncs that are stuck, so that none is in progress for ever (specification: sync, failure).

Every hour the running syncs without progress for an hour are ended with 5000 and make room for the next; so
do those that are said to run and have ended, or are not known, whatever left them so.
Functions run for minutes, so whoever made no progress for an hour is not slow but gone; and should it get on
in this very moment, the conditions of the ending refuse it. Documents that may have been sent stay so marked:
the next sync of their day looks them up. A document that was pushed by itself has its message sent again, for
a day; then it is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from daybook import telemetry
from daybook.domain.instants import iso
from daybook.services.end_direct_push import end_if_late, give_up_direct_push, unless_changed
from daybook.services.finish_sync import end_early
from daybook.services.next_sync import start_message
from daybook.services.receive_again import SERVER, given_up
from daybook.services.request_direct_push import direct_push_message
from daybook.services.runtime import Runtime
from daybook.store import direct_pushes, due
from daybook.store.direct_pushes import DirectPush
from daybook.store.documents import PENDING
from daybook.store.syncs import FINISHED, Active
from daybook.store.table import ConditionFailed

STUCK = timedelta(hours=1)
# Longer than a platform's trouble with one message lasts, and its place behind others in the queue.
_LONGEST_PUSH = timedelta(hours=24)


def sweep(runtime: Runtime) -> int:
    """End what is stuck and start what was forgotten; how many syncs and direct pushes that were.

    Whatever is wrong with one, the others are seen to; at the end the first failure is raised.
    """
    before = iso(runtime.clock.now() - STUCK)
    count, failures = 0, list[Exception]()
    for company_id, see_to in _left_behind(runtime, before):
        try:
            count += see_to()
        except Exception as error:  # noqa: BLE001 - told here, and raised at the end
            told = {"companyId": company_id, **telemetry.kind_and_place(error)}
            telemetry.tell("not swept", told, level="WARNING")
            failures.append(error)
    if failures:
        raise failures[0]
    return count


def _left_behind(runtime: Runtime, before: str) -> Iterator[tuple[str, Callable[[], int]]]:
    """Whose something is without progress, and what sees to it and says whether there was anything to do."""
    for shard in range(due.SHARDS):
        for company_id in runtime.syncs.waiting(shard, before):
            yield company_id, partial(_start_waiting, runtime, company_id)
        for active in runtime.syncs.without_progress(shard, before):
            yield active.company_id, partial(_end_stuck, runtime, active)
        for push in direct_pushes.without_progress(runtime.table, shard, before):
            yield push.company_id, partial(_push_again, runtime, push)


def _start_waiting(runtime: Runtime, company_id: str) -> int:
    """Send the message again that starts a sync, where it was given up before the sync began."""
    if runtime.syncs.active(company_id) is not None:
        return 0
    runtime.table.transact([start_message(runtime, company_id)])
    return 1


def _end_stuck(runtime: Runtime, active: Active) -> int:
    sync = runtime.syncs.get(active.company_id, active.sync_id)
    try:
        if sync is None or sync.stage == FINISHED:  # a table restored in parts says so
            room = runtime.syncs.made_room(active)
            runtime.table.transact([room, start_message(runtime, active.company_id)])
        else:
            end_early(runtime, sync, SERVER, given_up(active.trouble), active.since)
    except ConditionFailed:  # it got on meanwhile
        return 0
    return 1


def _push_again(runtime: Runtime, push: DirectPush) -> int:
    """Send the message of a direct push again; sent twice, the second finds nothing left to do."""
    if push.asked < iso(runtime.clock.now() - _LONGEST_PUSH):
        give_up_direct_push(runtime, push.company_id, push.key, "")
    else:
        _send_again(runtime, push)
    return 1


def _send_again(runtime: Runtime, push: DirectPush) -> None:
    latest = end_if_late(runtime, push)
    if latest.status != PENDING:
        return
    noted = replace(latest, got_on=iso(runtime.clock.now()))
    message = direct_push_message(runtime, latest)
    unless_changed(runtime, latest, lambda: direct_pushes.save(runtime.table, noted, message))
