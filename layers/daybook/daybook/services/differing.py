"""Documents that the platform holds otherwise than they were written: read again until they are right.

What was written is posted, and is not written again. But a sync that looks at such a day once more does not
end well as long as the difference stands (docs/adr/0036).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from daybook.domain.codes import DATA
from daybook.domain.errors import PlatformUnavailable, PlatformUnclear
from daybook.domain.ledger import Written, difference
from daybook.platforms.interface import Platform
from daybook.services.runtime import Runtime
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.syncs import Blocked, Sync


def differs(stored: StoredDocument) -> bool:
    """Whether a document is in the ledger with another total or another tax."""
    return stored.status == SUCCESS and bool(stored.error)


def differing(stored: StoredDocument) -> Blocked:
    """The trouble with such a document."""
    message = f"{stored.error} Correct it there, then sync again."
    return Blocked(stored.document.day.isoformat(), DATA, message)


def differing_still(
    runtime: Runtime, platform: Platform, sync: Sync, documents: Sequence[StoredDocument]
) -> tuple[Blocked, ...]:
    """The troubles with those of a day's documents, written by earlier syncs, that still differ.

    Raises PlatformUnavailable when the platform says how long all of its callers must wait.
    """
    earlier = [stored for stored in documents if stored.sync_id != sync.id and differs(stored)]
    latest = [_read_again(runtime, platform, stored) for stored in earlier]
    return tuple(differing(stored) for stored in latest if differs(stored))


def _read_again(runtime: Runtime, platform: Platform, stored: StoredDocument) -> StoredDocument:
    """The document as the platform holds it now; as it was known where that cannot be read."""
    document = stored.document
    try:
        found = platform.find(document.kind, document.reference, document.dated)
    except PlatformUnavailable as unavailable:
        if unavailable.retry_after is not None:
            raise
        return stored
    except PlatformUnclear:
        return stored
    if found is None:
        return stored
    # Of what was written in parts the tax may be told only then.
    tax = stored.platform_tax if found.tax is None else str(found.tax)
    held = Written(found.platform_id, found.total, Decimal(tax) if tax else None)
    error = difference(document, held)
    latest = replace(stored, platform_total=str(held.total), platform_tax=tax, error=error)
    return stored if latest == stored else runtime.documents.save(latest)
