"""The records that documents are made of: kept with each document, so that every line can be looked into.

Items: `PARTS#<company>` / `<day>#<reference>#<plan>#<number>`, several for a document of very many records,
and `PARTS#<company>` / `<day>#~<sync>` for what a sync moved without a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from daybook.domain.documents import Posting
from daybook.domain.parts import Rows
from daybook.store.documents import StoredDocument
from daybook.store.packing import pack, unpack
from daybook.store.table import Item, Put, Table

# An item holds 400 KB.
_PART = 350_000


def save(
    table: Table, company_id: str, day: str, plan: str, rows_by_reference: Iterable[tuple[str, Rows]]
) -> None:
    """Keep the parts of documents about to be planned.

    `plan` is theirs alone, so that no other planning of the same documents, late or interrupted, changes what
    the stored ones are made of.
    """
    table.batch_put(
        item
        for reference, rows in rows_by_reference
        for item in _items(company_id, f"{day}#{reference}#{plan}", pack(_plain(rows)))
    )


def of_document(table: Table, stored: StoredDocument) -> Rows:
    """The parts of a document, in the order of its effects."""
    key = f"{stored.document.day.isoformat()}#{stored.document.reference}#{stored.parts}#"
    items = list(table.query_all(f"PARTS#{stored.company_id}", begins=key))
    if not items:
        return []
    return _rows(b"".join(item["parts"] for item in items[: items[0]["count"]]))


def silent(company_id: str, day: str, sync_id: str, rows: Rows) -> Put:
    """The write that keeps the parts of what a sync moved without a document, for use in a transaction."""
    return Put({"PK": f"PARTS#{company_id}", "SK": f"{day}#~{sync_id}", "parts": pack(_plain(rows))})


def all_silent(table: Table, company_id: str, day: str) -> list[Rows]:
    """The parts of all that was moved on a day without a document."""
    return [_rows(item["parts"]) for item in table.query_all(f"PARTS#{company_id}", begins=f"{day}#~")]


def _items(company_id: str, key: str, packed: bytes) -> Iterable[Item]:
    count = -(-len(packed) // _PART)
    for number in range(count):
        content = packed[number * _PART : (number + 1) * _PART]
        yield {"PK": f"PARTS#{company_id}", "SK": f"{key}#{number:03}", "count": count, "parts": content}


def _plain(rows: Rows) -> list[object]:
    return [[*posting, [[record, str(amount)] for record, amount in parts]] for posting, parts in rows]


def _rows(packed: bytes) -> Rows:
    return [
        (Posting(*row[:-1]), [(record, Decimal(amount)) for record, amount in row[-1]])
        for row in unpack(packed)
    ]
