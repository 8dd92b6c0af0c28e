"""Erasing a deleted company or connection: everything, everywhere, however much it is (docs/erasure.md).

Whoever deletes leaves a message in the same transaction. A worker that is out of time, or interrupted, begins
again; what is gone stays gone. What began before the deletion may still write for as long as a function runs:
so nothing counts as erased before it was looked through once more after that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from daybook.domain.instants import utc_text
from daybook.services.runtime import Runtime
from daybook.store import companies, connections, erasure, queues, records
from daybook.store.outbox import ERASE, outbox_put
from daybook.store.table import Put
from daybook.wire.messages import EraseMessage, body_of

# Longer than any function runs, by far.
SETTLED = timedelta(minutes=15)
# The client is told of the deletion, and tried for so long; what it is told names the company.
_NEWS_WAIT = timedelta(days=1)


def erase_message(runtime: Runtime, company_id: str, connection_id: str = "") -> Put:
    """The write that has a deleted company, or a deleted connection, erased."""
    body = body_of(EraseMessage(company_id=company_id, connection_id=connection_id))
    return outbox_put(ERASE, company_id, body, runtime.ids.new(), utc_text(runtime.clock.now()))


def erase(runtime: Runtime, message: EraseMessage, has_time: Callable[[], bool]) -> None:
    """Erase what there is time for, and ask for the rest with another message."""
    if message.connection_id:
        seconds = erase_connection(runtime, message.company_id, message.connection_id, has_time)
    else:
        seconds = erase_company(runtime, message.company_id, has_time)
    if seconds is not None:
        queues.send(ERASE, body_of(message), message.company_id, delay=seconds)


def erase_company(runtime: Runtime, company_id: str, has_time: Callable[[], bool]) -> int | None:
    """Erase a deleted company; after how many seconds to go on, None when nothing is left.

    Nothing happens to a company that was not deleted.
    """
    began = runtime.clock.now()
    deletion = companies.deletion(runtime.table, company_id)
    if deletion is None or deletion.erased:
        return None
    if not deletion.emptied:
        if not erasure.empty_company(runtime.table, company_id, has_time):
            return 0
        wait = _unsettled(deletion.deleted, began)
        if wait:
            return wait
        erasure.forget_company(runtime.table, company_id)
        deletion = replace(deletion, emptied=utc_text(runtime.clock.now()))
        companies.note_erasure(runtime.table, deletion)
    if not erasure.empty_news(runtime.table, company_id, is_told=_is_over(deletion.deleted, began)):
        return queues.LONGEST_DELAY
    companies.note_erasure(runtime.table, replace(deletion, erased=utc_text(runtime.clock.now())))
    return None


def erase_connection(
    runtime: Runtime, company_id: str, connection_id: str, has_time: Callable[[], bool]
) -> int | None:
    """Erase what came through a deleted connection; answers as `erase_company`."""
    began = runtime.clock.now()
    deleted = connections.being_erased(runtime.table, company_id).get(connection_id)
    if deleted is None:
        return None
    if not erasure.empty_connection(runtime.table, company_id, connection_id, has_time):
        return 0
    wait = _unsettled(deleted, began)
    if not wait:
        connections.forget_erased(runtime.table, company_id, connection_id, deleted)
    return wait or None


def erase_late(runtime: Runtime, company_id: str, connection_id: str, dates: Iterable[str]) -> None:
    """Have erased what was written into a connection, or a company, that was deleted meanwhile.

    `dates` (ISO, UTC) are those on which it was entered: that there are entries may be forgotten already.
    """
    now = utc_text(runtime.clock.now())
    records.note_dates(runtime.table, company_id, dates)
    deletion = companies.deletion(runtime.table, company_id)
    if deletion is not None:
        companies.note_erasure(runtime.table, replace(deletion, emptied="", erased=""))
    runtime.table.transact(
        [
            connections.erased(company_id, connection_id, now),
            erase_message(runtime, company_id, "" if deletion else connection_id),
        ]
    )


def _is_over(deleted: str, now: datetime) -> bool:
    """Whether there was time enough to tell of a deletion."""
    return datetime.fromisoformat(deleted) + _NEWS_WAIT <= now


def _unsettled(deleted: str, began: datetime) -> int:
    """For how many seconds something that began before a deletion may still be written; 0 when for none."""
    left = datetime.fromisoformat(deleted) + SETTLED - began
    return min(max(int(left.total_seconds()) + 1, 0), queues.LONGEST_DELAY) if left > timedelta() else 0
