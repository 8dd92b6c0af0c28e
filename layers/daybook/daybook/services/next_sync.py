"""Having a company's next sync start."""

from __future__ import annotations

from daybook.domain.instants import iso
from daybook.services.runtime import Runtime
from daybook.store.outbox import SYNC, outbox_put
from daybook.store.table import Put
from daybook.wire.messages import SyncMessage, body_of


def start_message(runtime: Runtime, company_id: str) -> Put:
    """The write that makes the company's oldest queued sync start, if none runs."""
    body = body_of(SyncMessage(company_id=company_id))
    return outbox_put(SYNC, company_id, body, runtime.ids.new(), iso(runtime.clock.now()))
