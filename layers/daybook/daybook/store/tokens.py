"""The tokens of connections, encrypted by whoever keeps them here.

One item a connection. `generation` grows with every pair, so that nobody overwrites a newer one; a lease says
who is fetching the next. `expires` is the table's own name for when an item is removed, so a token `ends`.
"""

from __future__ import annotations

from dataclasses import dataclass

from daybook.store import layout
from daybook.store.table import All, ConditionFailed, Delete, Equals, Item, LessThanOrAbsent, Table


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """A pair of tokens, encrypted; `ends` is when the access token ends, in seconds of Unix time."""

    sealed: str
    ends: int
    generation: int


def get(table: Table, connection_id: str) -> StoredTokens | None:
    """A connection's tokens, or None when it has none."""
    item = table.get(*layout.tokens(connection_id))
    return None if item is None else _stored(item)


def keep(table: Table, connection_id: str, sealed: str, ends: int) -> None:
    """Keep the first tokens of a consent, whatever there was before."""
    pk, sk = layout.tokens(connection_id)
    known = table.get(pk, sk)
    generation = known["generation"] + 1 if known else 1
    item = {"PK": pk, "SK": sk, "sealed": sealed, "ends": ends, "generation": generation, "lease": 0}
    table.put(item)


def lease(table: Table, connection_id: str, generation: int, now: int, until: int) -> bool:
    """Become the one who fetches what follows this generation; False when another is, or has done it.

    A lease that ran out may be taken over: its holder ended in between. Times in seconds of Unix time.
    """
    mine = All((Equals("generation", generation), LessThanOrAbsent("lease", now)))
    try:
        table.add(*layout.tokens(connection_id), put={"lease": until}, condition=mine)
    except ConditionFailed:
        return False
    return True


def replace(table: Table, connection_id: str, generation: int, sealed: str, ends: int) -> bool:
    """Keep the pair that follows this generation and end the lease; False when a newer one is there."""
    put = {"sealed": sealed, "ends": ends, "generation": generation + 1, "lease": 0}
    try:
        table.add(*layout.tokens(connection_id), put=put, condition=Equals("generation", generation))
    except ConditionFailed:
        return False
    return True


def give_back(table: Table, connection_id: str, generation: int) -> None:
    """End a lease that came to nothing."""
    try:
        table.add(*layout.tokens(connection_id), put={"lease": 0}, condition=Equals("generation", generation))
    except ConditionFailed:  # somebody kept a newer pair, and with it ended the lease
        return


def erasure(connection_id: str) -> Delete:
    """The write that forgets a connection's tokens, for use in a transaction."""
    return Delete(*layout.tokens(connection_id))


def _stored(item: Item) -> StoredTokens:
    return StoredTokens(item["sealed"], item["ends"], item["generation"])
