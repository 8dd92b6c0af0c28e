"""Parts of a ledger's reference data while it is pulled part by part; joined, they are forgotten.

Compressed, in as many items as a part needs, beside what was last read of the connection's books.
"""

from __future__ import annotations

from typing import Any

from daybook.domain.json_text import dump, read
from daybook.store import layout
from daybook.store.packing import pack, unpack
from daybook.store.table import Table

_PIECE_BYTES = 300_000


def keep(table: Table, connection_id: str, part: str, value: object, expires: int) -> None:
    """Keep a part until then (seconds of Unix time); that it is there is said last."""
    raw = pack(dump(value))
    pieces = [raw[start : start + _PIECE_BYTES] for start in range(0, len(raw), _PIECE_BYTES)]
    for number, piece in enumerate(pieces):
        pk, sk = layout.pulled_piece(connection_id, part, number)
        table.put({"PK": pk, "SK": sk, "piece": piece, "expires": expires})
    pk, sk = layout.pulled_part(connection_id, part)
    table.put({"PK": pk, "SK": sk, "pieces": len(pieces), "expires": expires})


def kept(table: Table, connection_id: str, now: int) -> dict[str, int]:
    """The parts that are there, and of how many pieces each is."""
    pk, begins = layout.pulled_part(connection_id)
    items = table.query_all(pk, begins=begins)
    return {item["SK"].removeprefix(begins): item["pieces"] for item in items if item["expires"] > now}


def get(table: Table, connection_id: str, part: str, pieces: int) -> Any:
    """A part that is there. Raises LookupError when it was forgotten meanwhile."""
    keys = [layout.pulled_piece(connection_id, part, number) for number in range(pieces)]
    found = [table.get(*key) for key in keys]
    if any(each is None for each in found):
        raise LookupError(part)
    return read(unpack(b"".join(each["piece"] for each in found if each is not None)))


def forget(table: Table, connection_id: str) -> None:
    """Forget all parts."""
    pk, begins = layout.pulled(connection_id)
    table.batch_delete([(item["PK"], item["SK"]) for item in table.query_all(pk, begins=begins)])
