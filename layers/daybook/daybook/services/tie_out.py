"""The proof of a sync, as it is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from daybook.services.runtime import Runtime
from daybook.services.syncs import read_sync
from daybook.store.companies import Company

_SIDES = ("source", "documents", "platform")


def read_tie_out(runtime: Runtime, company: Company, sync_id: str) -> dict[str, Any]:
    """Per day and currency, every total as source, documents and platform have it. Raises NotFound."""
    sync = read_sync(runtime, company, sync_id)
    days = [
        {**day, "rows": [_row(row) for row in day["rows"]]}
        for day in runtime.days.tie_out(company.id, sync.id)
    ]
    agrees = all(row["agrees"] for day in days for row in day["rows"])
    return {"companyId": company.id, "syncId": sync.id, "agrees": agrees, "days": days}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {side: None if row[side] is None else Decimal(row[side]) for side in _SIDES}
    return {"measure": row["measure"], **amounts, "agrees": row["agrees"]}
