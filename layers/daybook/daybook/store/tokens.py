"""The tokens of connections, encrypted by whoever keeps them here.

One item a connection, in the index under when its access token ends. `generation` grows with every pair, so
that nobody overwrites a newer one; a lease says who is fetching the next. `expires` is the table's own name
for when an item is removed, so a token `ends`.
"""

from __future__ import annotations

from collections.abc import Iterator

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import All, ConditionFailed, Delete, Equals, Item, LessThanOrAbsent, Table

_INDEX = "TOKENS"
# By the last digit of the connection's id, so that no partition of the index is written by all at once.
_SHARDS = "0123456789abcdef"


@frozen
class StoredTokens:
    """A pair of tokens, each encrypted; `ends` is when the access token ends, in seconds of Unix time."""

    access: str
    refresh: str
    ends: int
    generation: int = 0


def get(table: Table, connection_id: str) -> StoredTokens | None:
    """A connection's tokens, or None when it has none."""
    item = table.get(*layout.tokens(connection_id))
    return None if item is None else _stored(item)


def keep(table: Table, company_id: str, connection_id: str, pair: StoredTokens) -> None:
    """Keep the first tokens of a consent, whatever there was before; the table counts the generation."""
    pk, sk = layout.tokens(connection_id)
    known = table.get(pk, sk)
    generation = known["generation"] + 1 if known else 1
    item = {"PK": pk, "SK": sk, "companyId": company_id, "generation": generation}
    table.put(item | _secrets(connection_id, pair))


def ended_before(table: Table, moment: int) -> Iterator[tuple[str, str]]:
    """(company id, connection id) of tokens not refreshed since this time (seconds of Unix time)."""
    for shard in _SHARDS:
        for item in table.query_all(f"{_INDEX}#{shard}", between=("0", f"{moment:012d}"), index="GSI1"):
            yield item["companyId"], item["PK"].partition("#")[2]


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


def replace(table: Table, connection_id: str, generation: int, pair: StoredTokens) -> bool:
    """Keep the pair that follows this generation and end the lease; False when a newer one is there."""
    put = {"generation": generation + 1, **_secrets(connection_id, pair)}
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


def _secrets(connection_id: str, pair: StoredTokens) -> dict[str, str | int]:
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "ends": pair.ends,
        "lease": 0,
        "GSI1PK": f"{_INDEX}#{connection_id[-1]}",
        "GSI1SK": f"{pair.ends:012d}",
    }


def _stored(item: Item) -> StoredTokens:
    return StoredTokens(item["access"], item["refresh"], item["ends"], item["generation"])
