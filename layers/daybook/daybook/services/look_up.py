"""Looking a document up in the ledger by its reference, when it may be there already.

One with our reference and our total is ours: it is adopted. One with our reference and another total may be
somebody else's, or ours and changed by hand; taking it for ours would hide a difference, writing ours again
would double it. It is held until a person has looked (docs/adr/0010).
"""

from __future__ import annotations

from dataclasses import replace

from daybook.platforms.interface import Platform
from daybook.services.confirm_document import confirm_document
from daybook.services.runtime import Runtime
from daybook.store.documents import SENDING, StoredDocument


def look_up(runtime: Runtime, platform: Platform, stored: StoredDocument) -> StoredDocument | None:
    """The document as confirmed, or as held with the reason in `error`; None when it is certainly absent."""
    document = stored.document
    found = platform.find(document.kind, document.reference, document.dated)
    if found is None:
        return None
    if found.total == document.total:
        return confirm_document(runtime, stored, found)
    reason = (
        f"The accounting software already has a document numbered {document.reference} with a total of "
        f"{found.total}; ours is {document.total}. So that nothing is booked twice, it was not sent. "
        "Delete that document or give it another number there, then sync again."
    )
    held = replace(stored, status=SENDING, error=reason)
    return stored if held == stored else runtime.documents.save(held)
