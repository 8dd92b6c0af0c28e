"""Trying again what a ledger refused."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from daybook.services.syncs import request_latest
from daybook.store.documents import CANCELLED, FAILED, OUTSTANDING
from daybook.store.syncs import Sync

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company


def retry_push(runtime: Runtime, company: Company) -> tuple[int, Sync | None]:
    """Try the failed documents of the newest sync again: how many there are, and the sync that does it.

    A failed document leaves its day's difference open, so the next sync plans it anew and sends only what is
    missing; without a failed document nothing is done. Of a sync that was given up, what it left undecided
    counts as failed. Raises BadRequest when the company cannot sync.
    """
    documents = runtime.documents.newest_first(company.id)
    newest = next(documents, None)
    if newest is None:
        return 0, None
    of_newest_sync = takewhile(lambda stored: stored.sync_id == newest.sync_id, documents)
    given_up = newest.sync_id != runtime.syncs.active(company.id)
    retried = (FAILED, CANCELLED, *OUTSTANDING) if given_up else (FAILED, CANCELLED)
    failed = sum(stored.status in retried for stored in (newest, *of_newest_sync))
    return failed, request_latest(runtime, company, None) if failed else None
