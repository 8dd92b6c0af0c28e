"""What an earlier sync left undecided of a day, decided before the day is planned again.

A document that may have been sent is looked up by its reference: found, it is confirmed; certainly absent,
it is cancelled. One that was never sent is cancelled. Only then is what is posted the whole story.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from daybook.platforms.interface import Platform
from daybook.services.confirm_document import confirm_document
from daybook.services.runtime import Runtime
from daybook.services.syncs import iso
from daybook.store.documents import CANCELLED, OUTSTANDING, SENDING


def settle_outstanding(runtime: Runtime, platform: Platform, company_id: str, day: date) -> None:
    """Decide the fate of a day's outstanding documents. Raises PlatformUnavailable if it is unknown."""
    for stored in runtime.documents.of_day(company_id, day.isoformat()):
        if stored.status not in OUTSTANDING:
            continue
        if stored.status == SENDING:
            document = stored.document
            written = platform.find(document.kind, document.reference, document.dated)
            if written is not None:
                confirm_document(runtime, stored, written)
                continue
        runtime.documents.save(replace(stored, status=CANCELLED, completed=iso(runtime.clock.now())))
