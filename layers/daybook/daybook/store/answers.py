"""What a client's POSTs were answered, each under the key the client gave it, until it expires.

The item of a request says who is at work on it, or that it is done; an answer of any size lies beside it in
parts. Both go by the table's own clearing away of what has expired, which may take some days: what has
expired counts as gone before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.packing import pack, unpack
from daybook.store.table import ConditionFailed, Equals, Item, LessThanOrAbsent, Table

# An item of the table holds 400 KB.
_PART_BYTES = 350 * 1024


class AnswerKey(NamedTuple):
    """Whose request it is, and the digest that stands for method, path and the client's own key."""

    client_id: str
    digest: str


@frozen
class Kept:
    """How a request stands. `fingerprint` tells its query and body; `parts` is 0 for an answer not kept."""

    fingerprint: str
    is_done: bool
    attempt: str
    parts: int


def claim(
    table: Table, key: AnswerKey, fingerprint: str, attempt: str, now: int, held_until: int
) -> Kept | None:
    """Take a request up until `held_until` (seconds since 1970); when it is not free, how it stands."""
    item = _item(key, fingerprint, attempt, held_until) | {"isDone": False, "parts": 0}
    try:
        table.put(item, LessThanOrAbsent("expires", now))
    except ConditionFailed as taken:
        if taken.item is None:
            raise
        return Kept(**{name: taken.item[stored] for name, stored in _NAMES.items()})
    return None


def release(table: Table, key: AnswerKey, attempt: str) -> None:
    """Give a request up, so that it can be taken up again at once."""
    try:
        table.delete(*layout.answer(*key), Equals("attempt", attempt))
    except ConditionFailed:
        return  # taken up by another meanwhile


def keep(
    table: Table,
    key: AnswerKey,
    fingerprint: str,
    attempt: str,
    value: object,
    kept_until: int,
    company_id: str = "",
) -> None:
    """Keep the answer of a request, JSON values (None: only that it was done), unless another took it up.

    Of an answer about a company it is noted where it lies, so that it can be erased with it.
    """
    if company_id:
        pk, sk = layout.answered(company_id, key.digest)
        table.put({"PK": pk, "SK": sk, "client": key.client_id, "expires": kept_until})
    packed = b"" if value is None else pack(value)
    parts = [packed[start : start + _PART_BYTES] for start in range(0, len(packed), _PART_BYTES)]
    table.batch_put(
        {"PK": pk, "SK": sk, "expires": kept_until, "body": part}
        for number, part in enumerate(parts)
        for pk, sk in [layout.answer_part(*key, attempt, number)]
    )
    item = _item(key, fingerprint, attempt, kept_until) | {"isDone": True, "parts": len(parts)}
    try:
        table.put(item, Equals("attempt", attempt))
    except ConditionFailed:
        return  # it took too long, and another took it up: that one's answer is kept


def read(table: Table, key: AnswerKey, kept: Kept) -> Any:
    """The answer of a request that is done; None when only that was kept."""
    keys = [layout.answer_part(*key, kept.attempt, number) for number in range(kept.parts)]
    found = table.batch_get(keys)
    return unpack(b"".join(found[each]["body"] for each in keys)) if keys else None


_NAMES = {"fingerprint": "fingerprint", "is_done": "isDone", "attempt": "attempt", "parts": "parts"}


def _item(key: AnswerKey, fingerprint: str, attempt: str, expires: int) -> Item:
    pk, sk = layout.answer(*key)
    return {"PK": pk, "SK": sk, "fingerprint": fingerprint, "attempt": attempt, "expires": expires}
