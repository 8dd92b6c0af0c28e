"""Confirming a document: the one moment at which what is posted moves.

The document, the day's posted amounts, and what the document opens or settles change in one transaction.
"""

from __future__ import annotations

from dataclasses import replace

from daybook.domain.documents import add_effects
from daybook.domain.instants import iso
from daybook.domain.ledger import Written, difference
from daybook.services.open_items import opened_by, settled_day
from daybook.services.raise_event import document_ended
from daybook.services.runtime import Runtime
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.table import ConditionFailed, Write

# Another writer of the same day can only be a worker that outlived its lease; a few tries outlast it.
_TRIES = 5


def confirm_document(runtime: Runtime, stored: StoredDocument, written: Written) -> StoredDocument:
    """Record that a document is in the ledger; safe to repeat. Raises ConditionFailed under interference."""
    confirmed = replace(
        stored,
        status=SUCCESS,
        completed=iso(runtime.clock.now()),
        platform_id=written.platform_id,
        platform_total=str(written.total),
        platform_tax="" if written.tax is None else str(written.tax),
        error=difference(stored.document, written),
    )
    for attempt in range(_TRIES):
        posted = runtime.days.posted(stored.company_id, stored.document.day)
        amounts = add_effects(dict(posted.amounts), stored.document.effects)
        change, after = runtime.documents.changed(confirmed)
        moved = runtime.days.changed(stored.company_id, replace(posted, amounts=amounts))
        try:
            runtime.table.transact(
                [change, moved, *_settlement(runtime, after), document_ended(runtime, after)]
            )
        except ConditionFailed:
            latest = runtime.documents.find(stored.company_id, stored.key)
            if latest is not None and latest.status == SUCCESS:
                return latest
            if attempt == _TRIES - 1:
                raise
        else:
            return after
    raise AssertionError("the last try returns or raises")


def _settlement(runtime: Runtime, stored: StoredDocument) -> list[Write]:
    document = stored.document
    opened = opened_by(document, stored.platform_id)
    if opened is not None:
        return [runtime.days.opened(stored.company_id, opened)]
    if not document.settles_reference:
        return []
    settled = runtime.days.open_item(stored.company_id, settled_day(document), document.settles_reference)
    if settled is None:
        return []
    return [runtime.days.settled(stored.company_id, settled, min(document.total, settled.open))]
