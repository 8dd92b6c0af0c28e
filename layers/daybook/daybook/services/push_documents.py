"""Writing a sync's documents to the ledger, each exactly once, in order.

A document is marked as being sent before it is sent. Whoever finds it so marked looks it up by its reference
before doing anything else, so that a lost answer or a crash never writes it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from daybook.domain.documents import Document
from daybook.domain.errors import AuthorisationLost, PlatformRejected, SubscriptionExpired
from daybook.domain.ledger import Written
from daybook.platforms.interface import Platform
from daybook.services.confirm_document import confirm_document
from daybook.services.finish_sync import end_early, finish_sync
from daybook.services.open_items import settled_day
from daybook.services.runtime import Runtime
from daybook.services.syncs import iso
from daybook.services.work_out_day import DEAUTHORISED, SUBSCRIPTION_EXPIRED
from daybook.store import connections
from daybook.store.documents import CANCELLED, FAILED, PENDING, SENDING, SUCCESS, StoredDocument
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.syncs import PUSHING, Sync
from daybook.wire.messages import PushMessage, body_of


def push_documents(runtime: Runtime, company_id: str, sync_id: str, has_time: Callable[[], bool]) -> None:
    """Push what is left of a sync, and end it; out of time, leave the rest to another message.

    Raises PlatformUnavailable or PlatformUnclear when the message must be received again.
    """
    sync = runtime.syncs.get(company_id, sync_id)
    if sync is None or sync.stage != PUSHING:
        return
    try:
        connection = connections.get(runtime.table, company_id, sync.connection_id)
        platform = runtime.platform_for(connection)
        worked = False
        for day in sync.days:
            if worked and not has_time():
                _continue_later(runtime, sync)
                return
            worked = _push_day(runtime, platform, sync, day) or worked
    except AuthorisationLost as lost:
        end_early(runtime, sync, DEAUTHORISED, lost.message)
    except SubscriptionExpired as expired:
        end_early(runtime, sync, SUBSCRIPTION_EXPIRED, expired.message)
    else:
        finish_sync(runtime, sync)


def _push_day(runtime: Runtime, platform: Platform, sync: Sync, day: str) -> bool:
    """A day's documents in order, save those that settle a failed one; whether any was left to push."""
    worked = False
    written: dict[str, StoredDocument] = {}
    for stored in runtime.documents.of_day(sync.company_id, day):
        if stored.sync_id != sync.id:
            continue
        worked = worked or stored.status in (PENDING, SENDING)
        reference = stored.document.settles_reference
        before = written.get(reference) or _planned_before(runtime, stored)
        if stored.status in (PENDING, SENDING) and before is not None and before.status != SUCCESS:
            reason = f"Not sent, because {reference}, which it settles, was not written."
            pushed = _end(runtime, stored, CANCELLED, reason)
        elif stored.status in (PENDING, SENDING):
            settles = before.platform_id if before is not None else stored.document.settles
            pushed = _push(runtime, platform, stored, replace(stored.document, settles=settles))
        else:
            pushed = stored
        written[stored.document.reference] = pushed
    return worked


def _planned_before(runtime: Runtime, stored: StoredDocument) -> StoredDocument | None:
    """The document that this one settles, where another day planned it and it was not written yet then."""
    document = stored.document
    if document.settles or not document.settles_reference:
        return None
    return runtime.documents.get(stored.company_id, settled_day(document), document.settles_reference)


def _push(runtime: Runtime, platform: Platform, stored: StoredDocument, document: Document) -> StoredDocument:
    if stored.status == SENDING:
        found = platform.find(document.kind, document.reference, document.dated)
        if found is not None:
            return confirm_document(runtime, stored, found)
    else:
        stored = runtime.documents.save(replace(stored, status=SENDING, requested=iso(runtime.clock.now())))
    try:
        written: Written = platform.write(document)
    except PlatformRejected as rejected:
        return _end(runtime, stored, FAILED, rejected.message)
    return confirm_document(runtime, stored, written)


def _end(runtime: Runtime, stored: StoredDocument, status: str, reason: str) -> StoredDocument:
    ended = replace(stored, status=status, error=reason, completed=iso(runtime.clock.now()))
    return runtime.documents.save(ended)


def _continue_later(runtime: Runtime, sync: Sync) -> None:
    message = PushMessage(company_id=sync.company_id, connection_id=sync.connection_id, sync_id=sync.id)
    write = outbox_put(
        PUSH, sync.connection_id, body_of(message), runtime.ids.new(), iso(runtime.clock.now())
    )
    runtime.table.transact([write])
