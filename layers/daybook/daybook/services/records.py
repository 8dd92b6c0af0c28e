"""Records as the projection reads them."""

from __future__ import annotations

from datetime import datetime

from daybook.domain.cases import Stored
from daybook.domain.reading import read_record
from daybook.services.runtime import Runtime
from daybook.store import records


def read_day(runtime: Runtime, company_id: str, start: datetime, end: datetime) -> list[Stored]:
    """Every record with an effect on [start, end), and some more; the projection looks at the instants."""
    return [
        Stored(
            stored.connection_id,
            stored.data_type,
            stored.identity,
            read_record(stored.data_type, stored.body),
        )
        for stored in records.read_window(runtime.table, company_id, start, end)
    ]
