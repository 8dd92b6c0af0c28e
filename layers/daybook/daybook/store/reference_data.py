"""A ledger's reference data as it was last read, so that a metered platform is not read for every question.

Compressed, in as many items as it needs: `REFERENCE#<connection>` / `PART#<number>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.ledger import Account, Contact, LedgerCompany, ReferenceData, TaxRate
from daybook.store import layout
from daybook.store.packing import pack, unpack
from daybook.store.table import Table

_PART_BYTES = 300_000


def keep(table: Table, connection_id: str, data: ReferenceData, read: int, expires: int) -> None:
    """Keep what was read at this time (both in seconds of Unix time)."""
    raw = pack({**asdict(data), "details": dict(data.details)} | {"tax_rates": _rates(data)} | _company(data))
    parts = [raw[start : start + _PART_BYTES] for start in range(0, len(raw), _PART_BYTES)]
    for number in reversed(range(len(parts))):  # the first, which says how many there are, last
        pk, sk = layout.reference_data(connection_id, number)
        table.put(
            {"PK": pk, "SK": sk, "part": parts[number], "parts": len(parts), "read": read, "expires": expires}
        )


def get(table: Table, connection_id: str) -> tuple[ReferenceData, int] | None:
    """What was last read and when, or None when nothing was, or a part of it is being replaced."""
    pk, begins = layout.reference_data(connection_id)
    items = list(table.query_all(pk, begins=begins))
    if not items:
        return None
    kept = items[: items[0]["parts"]]
    if len(kept) < items[0]["parts"] or any(each["read"] != items[0]["read"] for each in kept):
        return None
    return _data(unpack(b"".join(each["part"] for each in kept))), items[0]["read"]


def is_kept(table: Table, connection_id: str) -> bool:
    """Whether it was read before, however long ago that is."""
    return table.get(*layout.reference_data(connection_id, 0)) is not None


def forget(table: Table, connection_id: str) -> None:
    """Have it read again, and what is being pulled of it as well."""
    pk, _ = layout.reference_data(connection_id)
    table.batch_delete([(item["PK"], item["SK"]) for item in table.query_all(pk)])


def _rates(data: ReferenceData) -> list[dict[str, Any]]:
    return [{**asdict(each), "rate": str(each.rate)} for each in data.tax_rates]


def _company(data: ReferenceData) -> dict[str, Any]:
    lock = data.company.lock_date
    return {"company": {**asdict(data.company), "lock_date": lock.isoformat() if lock else None}}


def _data(value: Mapping[str, Any]) -> ReferenceData:
    company = dict(value["company"])
    lock = company.pop("lock_date")
    return ReferenceData(
        company=LedgerCompany(**company, lock_date=date.fromisoformat(lock) if lock else None),
        accounts=tuple(Account(**each) for each in value["accounts"]),
        tax_rates=tuple(TaxRate(**{**each, "rate": Decimal(each["rate"])}) for each in value["tax_rates"]),
        customers=tuple(Contact(**each) for each in value["customers"]),
        suppliers=tuple(Contact(**each) for each in value["suppliers"]),
        details=value["details"],
    )
