"""What an earlier sync left undecided of a day, decided before the day is planned again.

A document that may have been sent is looked up by its reference: found, it is confirmed; certainly absent,
it is cancelled; where some of it may be there, it is written to its end. One that was never sent is
cancelled. Only then is what is posted the whole story. One that cannot be looked up now holds up its own day,
and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daybook.domain.codes import DUPLICATE
from daybook.domain.errors import PlatformRejected, PlatformUnavailable, PlatformUnclear
from daybook.domain.instants import iso
from daybook.domain.ledger import Written
from daybook.platforms.interface import Platform
from daybook.services.confirm_document import confirm_document
from daybook.services.differing import differing, differs
from daybook.services.look_up import look_up
from daybook.services.raise_event import document_ended
from daybook.services.runtime import Runtime
from daybook.store.documents import CANCELLED, OUTSTANDING, SENDING, StoredDocument
from daybook.store.syncs import Blocked, Sync


def settle_outstanding(
    runtime: Runtime, platform: Platform, sync: Sync, documents: Sequence[StoredDocument]
) -> tuple[Blocked, ...]:
    """Decide the fate of what earlier syncs left of a day's documents; the troubles with them.

    What is held (5080) blocks the day; what is there with another tax or total does not.

    Raises ConditionFailed when `sync` is not the one that runs any more.
    Raises PlatformUnavailable when the platform says how long all of its callers must wait.
    """
    troubles = []
    for stored in documents:
        if stored.status not in OUTSTANDING or stored.sync_id == sync.id:
            continue
        known = _fate(runtime, platform, stored) if stored.status == SENDING else None
        if known is None and stored.status == SENDING and platform.writes_in_steps:
            known = _finish(runtime, platform, stored)
        if known is None:
            cancelled = replace(stored, status=CANCELLED, completed=iso(runtime.clock.now()))
            write, after = runtime.documents.changed(cancelled)
            runtime.table.transact([write, runtime.syncs.runs(sync), document_ended(runtime, after)])
        elif known.status in OUTSTANDING:
            troubles.append(Blocked(stored.document.day.isoformat(), DUPLICATE, known.error))
        elif differs(known):
            troubles.append(differing(known))
    return tuple(troubles)


def _fate(runtime: Runtime, platform: Platform, stored: StoredDocument) -> StoredDocument | None:
    """As `look_up`; held with the reason when the platform does not say."""
    try:
        return look_up(runtime, platform, stored)
    except PlatformUnavailable as unavailable:
        if unavailable.retry_after is not None:
            raise
        return _held(runtime, stored, unavailable.message)
    except PlatformUnclear as unclear:
        return _held(runtime, stored, unclear.message)


def _finish(runtime: Runtime, platform: Platform, stored: StoredDocument) -> StoredDocument | None:
    """Write a document that is not there as a whole, since some of its steps may be: it goes on from them.

    Cancelling it would leave those in the books. None when the platform takes it no more: what was there of
    it is then taken back.
    """
    (outcome,) = platform.write([stored.document])
    if isinstance(outcome, Written):
        return confirm_document(runtime, stored, outcome)
    if isinstance(outcome, PlatformRejected):
        return None
    if isinstance(outcome, PlatformUnclear) or getattr(outcome, "retry_after", 0) is None:
        return _held(runtime, stored, outcome.message)
    raise outcome


def _held(runtime: Runtime, stored: StoredDocument, answer: str) -> StoredDocument:
    reason = (
        f"Whether {stored.document.reference} has reached the accounting software is not known, and it could "
        f"not be looked up ({answer}). So that nothing is booked twice, this day waits; the next sync looks "
        "again."
    )
    return stored if stored.error == reason else runtime.documents.save(replace(stored, error=reason))
