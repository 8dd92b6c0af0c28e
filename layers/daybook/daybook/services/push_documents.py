"""Writing a sync's documents to the ledger, each exactly once, in order.

A document is marked as being sent before it is sent. Whoever finds it so marked looks it up by its reference
before doing anything else, so that a lost answer or a crash never writes it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from daybook.domain.codes import DEAUTHORISED, DELETED
from daybook.domain.errors import (
    AuthorisationLost,
    NotFound,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.instants import iso
from daybook.domain.ledger import Written
from daybook.platforms.interface import Outcome, Platform
from daybook.services.confirm_document import confirm_document
from daybook.services.finish_sync import ending_early, finish_sync
from daybook.services.look_up import look_up
from daybook.services.open_items import settled_day
from daybook.services.raise_event import document_ended
from daybook.services.runtime import Runtime
from daybook.services.stopped import DELETED_MESSAGE, UNLINKED_MESSAGE, Stopped
from daybook.store import companies, connections
from daybook.store.connections import LINKED
from daybook.store.documents import CANCELLED, FAILED, PENDING, SENDING, SUCCESS, StoredDocument
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.syncs import PUSHING, Sync
from daybook.store.table import Write
from daybook.wire.messages import PushMessage, body_of

# Sent at once at most: they are marked in one transaction, and no platform's batch takes many more.
MOST_TOGETHER = 25


def push_documents(runtime: Runtime, company_id: str, sync_id: str, has_time: Callable[[], bool]) -> None:
    """Push what is left of a sync, and end it; out of time or of calls, leave the rest to another message.

    Raises PlatformUnavailable or PlatformUnclear when the message must be received again.
    """
    sync = runtime.syncs.get(company_id, sync_id)
    if sync is None or sync.stage != PUSHING:
        return
    with ending_early(runtime, sync):
        worked = False
        for day in sync.days:
            platform = _platform(runtime, sync)
            if worked and not has_time():
                _continue_later(runtime, sync)
                return
            if not runtime.syncs.progressed(company_id, sync_id, iso(runtime.clock.now())):
                return
            try:
                worked = _push_day(runtime, platform, sync, day) or worked
            except PlatformUnavailable as unavailable:
                if unavailable.retry_after is None or not worked:
                    raise
                # Calls have run out, as they do again and again in a long sync. A message is received a few
                # times only, so what got on goes on in another.
                _continue_later(runtime, sync)
                return
        finish_sync(runtime, sync)


def _platform(runtime: Runtime, sync: Sync) -> Platform:
    """The ledger, looked up anew for each day so that an unlinked or deleted one is left alone at once.

    Raises Stopped.
    """
    try:
        companies.find(runtime.table, sync.company_id)
    except NotFound:
        raise Stopped(DELETED, DELETED_MESSAGE) from None
    try:
        connection = connections.get(runtime.table, sync.company_id, sync.connection_id)
    except NotFound:
        raise Stopped(DEAUTHORISED, UNLINKED_MESSAGE) from None
    if connection.status != LINKED:
        raise Stopped(DEAUTHORISED, UNLINKED_MESSAGE)
    return runtime.platform_for(connection)


def _push_day(runtime: Runtime, platform: Platform, sync: Sync, day: str) -> bool:
    """A day's documents, save those that settle a failed one; whether any was left to push.

    What settles nothing that is still to be sent goes first, as much of it together as may be, then what
    settles that: a platform takes a day in few calls.
    """
    known: dict[str, StoredDocument] = {}
    left: dict[str, StoredDocument] = {}
    for stored in runtime.documents.of_day(sync.company_id, day):
        if stored.sync_id == sync.id:
            is_open = stored.status in (PENDING, SENDING)
            (left if is_open else known)[stored.document.reference] = stored
    worked = bool(left)
    while left:
        free = [each for each in left.values() if each.document.settles_reference not in left]
        now = free[:MOST_TOGETHER]
        for stored in now:
            del left[stored.document.reference]
        settling = [_settling(runtime, stored, known) for stored in now]
        known.update({each.document.reference: each for each in settling if each.status == CANCELLED})
        together = [each for each in settling if each.status != CANCELLED]
        known.update(_push_together(runtime, platform, sync, together))
    return worked


def _settling(
    runtime: Runtime, stored: StoredDocument, known: Mapping[str, StoredDocument]
) -> StoredDocument:
    """The document with the platform's id of what it settles; cancelled when that was not written."""
    reference = stored.document.settles_reference
    before = known.get(reference) or _planned_before(runtime, stored)
    if before is None:
        return stored
    if before.status != SUCCESS:
        reason = f"Not sent, because {reference}, which it settles, was not written."
        return _end(runtime, stored, CANCELLED, reason)
    return replace(stored, document=replace(stored.document, settles=before.platform_id))


def _planned_before(runtime: Runtime, stored: StoredDocument) -> StoredDocument | None:
    """The document that this one settles, where another day planned it and it was not written yet then."""
    document = stored.document
    if document.settles or not document.settles_reference:
        return None
    return runtime.documents.get(stored.company_id, settled_day(document), document.settles_reference)


def _push_together(
    runtime: Runtime, platform: Platform, sync: Sync, documents: Sequence[StoredDocument]
) -> dict[str, StoredDocument]:
    """Send documents of which none depends on another; what became of each, by reference.

    Raises the gravest of what kept any from being sent, once the others are recorded.
    """
    pushed: dict[str, StoredDocument] = {}
    unsent = []
    for stored in documents:
        found = look_up(runtime, platform, stored) if stored.status == SENDING else None
        if found is None:
            unsent.append(stored)
        else:
            pushed[stored.document.reference] = found
    if not unsent:
        return pushed
    sending = []
    writes: list[Write] = []
    for stored in unsent:
        marked = replace(stored, status=SENDING, requested=iso(runtime.clock.now()))
        write, after = runtime.documents.changed(marked)
        writes.append(write)
        sending.append(after)
    runtime.table.transact([*writes, runtime.syncs.runs(sync)])
    troubles = []
    outcomes = platform.write([stored.document for stored in sending])
    for stored, outcome in zip(sending, outcomes, strict=True):
        ended = _record(runtime, platform, stored, outcome)
        if isinstance(ended, PlatformError):
            troubles.append(ended)
        else:
            pushed[stored.document.reference] = ended
    if troubles:
        raise min(troubles, key=_gravity)
    return pushed


def _record(
    runtime: Runtime, platform: Platform, stored: StoredDocument, outcome: Outcome
) -> StoredDocument | PlatformError:
    """What became of a document that was sent; the trouble when that is not decided."""
    if isinstance(outcome, Written):
        return confirm_document(runtime, stored, outcome)
    if isinstance(outcome, PlatformRejected):
        # A number that is taken is refused as well: is it by this very document?
        known = look_up(runtime, platform, stored)
        return known or _end(runtime, stored, FAILED, outcome.message)
    if isinstance(outcome, PlatformUnclear):
        reason = "No answer came. It is looked up in the accounting software before it is sent again."
        runtime.documents.save(replace(stored, error=reason))
    return outcome


def _gravity(trouble: PlatformError) -> int:
    """The lower, the sooner it is told: what ends the sync before what is tried again."""
    order = (AuthorisationLost, SubscriptionExpired, PlatformUnavailable)
    return order.index(type(trouble)) if type(trouble) in order else len(order)


def _end(runtime: Runtime, stored: StoredDocument, status: str, reason: str) -> StoredDocument:
    ended = replace(stored, status=status, error=reason, completed=iso(runtime.clock.now()))
    write, after = runtime.documents.changed(ended)
    runtime.table.transact([write, document_ended(runtime, after)])
    return after


def _continue_later(runtime: Runtime, sync: Sync) -> None:
    message = PushMessage(company_id=sync.company_id, connection_id=sync.connection_id, sync_id=sync.id)
    write = outbox_put(
        PUSH, sync.connection_id, body_of(message), runtime.ids.new(), iso(runtime.clock.now())
    )
    runtime.table.transact([write])
