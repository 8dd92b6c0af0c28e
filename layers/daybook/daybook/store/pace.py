"""How often each connection's platform was called, counted for all functions together.

One item a connection, kept for an hour. Calls are reserved in blocks, so that a run of calls costs one write
for each block; what a process reserved and did not use is lost for that minute.
"""

from __future__ import annotations

from daybook.store import layout
from daybook.store.table import ConditionFailed, Equals, LessThanOrAbsent, Table

_KEPT = 3600


def reserve(table: Table, connection_id: str, minute: int, calls: int) -> tuple[int, int]:
    """Count calls of a minute: (all calls of that minute with these, blocked until)."""
    pk, sk = layout.pace(connection_id)
    try:
        item = table.add(pk, sk, numbers={"calls": calls}, condition=Equals("minute", minute))
    except ConditionFailed:
        fresh = {"minute": minute, "calls": calls, "expires": minute * 60 + _KEPT}
        try:
            item = table.add(pk, sk, put=fresh, condition=LessThanOrAbsent("minute", minute))
        except ConditionFailed:  # another began the minute meanwhile
            item = table.add(pk, sk, numbers={"calls": calls})
    return int(item["calls"]), int(item.get("blocked", 0))


def block(table: Table, connection_id: str, until: int) -> None:
    """Have nobody call before then (seconds of Unix time); an earlier end never replaces a later one."""
    try:
        table.add(
            *layout.pace(connection_id),
            put={"blocked": until, "expires": until + _KEPT},
            condition=LessThanOrAbsent("blocked", until),
        )
    except ConditionFailed:
        return
