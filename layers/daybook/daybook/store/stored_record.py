"""A record as the table holds it: `RECORD#<company>#<connection>#<type>` / identity (see `layout.py`)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import field
from typing import Any

from daybook.domain.json_text import read as read_json
from daybook.domain.versions import History, Version
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Equals, Item, Table

Name = tuple[str, str, str]  # connection id, data type, identity

# More than a record changes its times in practice, little enough to fit beside its body.
MOST_PREVIOUS = 500


@frozen
class StoredRecord:
    """A record. `packed` is its JSON, compressed, nothing once it is deleted; `revision` counts its writes.

    `times` are those at which it may have an effect, ISO 8601 in UTC, one of each hour; with `floating` at
    least one of them came without an offset and stands as if in UTC. `previous` are the hours
    (`2026-03-01T12`, with `~` when floating) in which earlier versions, or what they were joined to, had one.
    `joins` are the ("payments", id) and ("orders", id) it names. `dataset` is the one that changed it last.
    Of one that was `retired` (its retention was over) only its name is left.
    """

    connection_id: str
    data_type: str
    identity: str
    packed: bytes = b""
    history: History = field(default_factory=History)
    dataset: str = ""
    times: tuple[str, ...] = ()
    floating: bool = False
    previous: tuple[str, ...] = ()
    joins: frozenset[tuple[str, str]] = frozenset()
    revision: int = 0
    retired: bool = False

    @property
    def name(self) -> Name:
        """Connection id, data type and identity."""
        return self.connection_id, self.data_type, self.identity

    @property
    def deleted(self) -> bool:
        """Whether no version of it stands."""
        return self.history.current is None

    @property
    def body(self) -> dict[str, Any]:
        """The record as it was sent."""
        body: dict[str, Any] = read_json(zlib.decompress(self.packed).decode())
        return body

    @property
    def source_modified(self) -> str | None:
        """`sourceModifiedDate` in UTC."""
        return self.history.current.modified if self.history.current else None


def get_many(table: Table, company_id: str, names: Iterable[Name]) -> dict[Name, StoredRecord]:
    """Those of the records that ever were and are not retired."""
    found = read_many(table, company_id, names)
    return {name: record for name, record in found.items() if not record.retired}


def read_many(table: Table, company_id: str, names: Iterable[Name]) -> dict[Name, StoredRecord]:
    """Those of the records that ever were, also what is left of retired ones."""
    keys = [layout.record(company_id, *name) for name in names]
    found = map(record_of, table.batch_get(keys).values())
    return {record.name: record for record in found}


def retire(table: Table, company_id: str, record: StoredRecord) -> bool:
    """Leave nothing of a record but its name; False, and nothing happens, when it changed since."""
    pk, sk = layout.record(company_id, *record.name)
    stub = {"PK": pk, "SK": sk, "retired": record.identity, "revision": record.revision + 1}
    try:
        table.put(stub, Equals("revision", record.revision))
    except ConditionFailed:
        return False
    return True


def write(table: Table, company_id: str, record: StoredRecord) -> None:
    """Write a record, its `revision` as read before (0: none). Raises ConditionFailed if it changed since."""
    condition = Equals("revision", record.revision) if record.revision else Absent()
    table.put(_item(company_id, record), condition)


def _item(company_id: str, record: StoredRecord) -> Item:
    pk, sk = layout.record(company_id, *record.name)
    history, current = record.history, record.history.current
    attributes: dict[str, Any] = {
        "PK": pk,
        "SK": sk,
        "identity": record.identity,
        "revision": record.revision + 1,
        "dataset": record.dataset,
        "body": record.packed if current else None,
        "current": [current.arrival, current.digest, current.modified] if current else None,
        "deletion": history.deleted,
        "newest": history.newest,
        "barrier": history.barrier,
        "times": list(record.times),
        "floating": record.floating,
        "previous": list(record.previous[-MOST_PREVIOUS:]),
        "joins": {"/".join(pair) for pair in record.joins},
    }
    return {
        name: value
        for name, value in attributes.items()
        if value is not None and value not in ("", set(), [])
    }


def record_of(item: Item) -> StoredRecord:
    """The record in an item."""
    _, _, connection_id, data_type = item["PK"].split("#")
    if "retired" in item:
        return StoredRecord(
            connection_id, data_type, item["retired"], revision=item["revision"], retired=True
        )
    current = item.get("current")
    pairs = (join.partition("/") for join in item.get("joins", ()))
    return StoredRecord(
        connection_id=connection_id,
        data_type=data_type,
        identity=item["identity"],
        packed=item.get("body", b""),
        history=History(
            current=Version(*current) if current else None,
            deleted=item.get("deletion", ""),
            newest=item.get("newest"),
            barrier=item.get("barrier"),
        ),
        dataset=item["dataset"],
        times=tuple(item.get("times", ())),
        floating=item["floating"],
        previous=tuple(item.get("previous", ())),
        joins=frozenset((kind, joined_id) for kind, _, joined_id in pairs),
        revision=item["revision"],
    )
