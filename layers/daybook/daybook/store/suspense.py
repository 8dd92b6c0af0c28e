"""Which posted days have something in suspense, and the configuration they were last held against.

Items: `SUSPENSE#<company>` / day. One that is left over is harmless: the day is looked at once in vain.
"""

from __future__ import annotations

from daybook.frozen import frozen
from daybook.store.table import Put, Table


@frozen
class SuspenseDay:
    """A business day (ISO date), its suspense account, and a configuration's version."""

    day: str
    account: str
    version: int


def put(company_id: str, held: SuspenseDay) -> Put:
    """The write that remembers a day, for use in a transaction."""
    return Put(
        {
            "PK": f"SUSPENSE#{company_id}",
            "SK": held.day,
            "account": held.account,
            "version": held.version,
        }
    )


def before(table: Table, company_id: str, version: int) -> list[SuspenseDay]:
    """The days last held against an older configuration than this, oldest first."""
    return [held for held in every(table, company_id) if held.version < version]


def every(table: Table, company_id: str) -> list[SuspenseDay]:
    """All of the days, oldest first."""
    return [
        SuspenseDay(item["SK"], item["account"], item["version"])
        for item in table.query_all(f"SUSPENSE#{company_id}")
    ]


def forget(table: Table, company_id: str, day: str) -> None:
    """Forget a day that has nothing in suspense any more."""
    table.delete(f"SUSPENSE#{company_id}", day)
