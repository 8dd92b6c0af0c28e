"""What an earlier sync left undecided of a day, decided before the day is planned again.

A document that may have been sent is looked up by its reference: found, it is confirmed; certainly absent,
it is cancelled. One that was never sent is cancelled. Only then is what is posted the whole story.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from daybook.domain.resolution import DUPLICATE
from daybook.platforms.interface import Platform
from daybook.services.look_up import look_up
from daybook.services.runtime import Runtime
from daybook.services.syncs import iso
from daybook.store.documents import CANCELLED, OUTSTANDING, SENDING
from daybook.store.syncs import Blocked


def settle_outstanding(
    runtime: Runtime, platform: Platform, company_id: str, day: date
) -> tuple[Blocked, ...]:
    """Decide the fate of a day's outstanding documents; those that block the day, with the reason.

    Raises PlatformUnavailable if it is unknown.
    """
    held = []
    for stored in runtime.documents.of_day(company_id, day.isoformat()):
        if stored.status not in OUTSTANDING:
            continue
        known = look_up(runtime, platform, stored) if stored.status == SENDING else None
        if known is None:
            cancelled = replace(stored, status=CANCELLED, completed=iso(runtime.clock.now()))
            runtime.documents.save(cancelled)
        elif known.status in OUTSTANDING:
            held.append(Blocked(day.isoformat(), DUPLICATE, known.error))
    return tuple(held)
