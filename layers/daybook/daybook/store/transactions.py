"""Deletions of a whole transaction id, which hold for transactions that are written only later too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import ConditionFailed, LessThanOrAbsent, Table


@frozen
class Deletion:
    """Deletes every transaction of an id or, with a kind, every one of that kind (`Unknown`)."""

    id: str
    kind: str
    arrival: str


def remember(table: Table, company_id: str, connection_id: str, deletion: Deletion) -> None:
    """Keep a deletion, unless a later one is kept."""
    pk = layout.records(company_id, connection_id, "transactions")
    sk = layout.transactions_of(deletion.id, deletion.kind)
    try:
        table.put(
            {"PK": pk, "SK": sk, "arrival": deletion.arrival}, LessThanOrAbsent("arrival", deletion.arrival)
        )
    except ConditionFailed:
        return  # this one again, or a later one


def remembered(
    table: Table, company_id: str, connection_id: str, identities: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """(identity, arrival of a deletion) for each of the transactions whose id was deleted as a whole."""
    pk = layout.records(company_id, connection_id, "transactions")
    by_key: dict[tuple[str, str], list[str]] = {}
    for identity in identities:
        for sk in layout.deletions_of(identity):
            by_key.setdefault((pk, sk), []).append(identity)
    for key, item in table.batch_get(by_key).items():
        for identity in by_key[key]:
            yield identity, item["arrival"]
