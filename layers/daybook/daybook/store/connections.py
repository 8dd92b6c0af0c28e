"""Connections: a company's links to its accounting software and to its sources of commerce data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import (
    Absent,
    ConditionFailed,
    Delete,
    Equals,
    Exists,
    Item,
    Put,
    Table,
    Update,
    Write,
)

PENDING, LINKED, UNLINKED, DEAUTHORIZED = "PendingAuth", "Linked", "Unlinked", "Deauthorized"
# What a connection is to: the merchant's books, or where their sales come from.
ACCOUNTING, COMMERCE = "Accounting", "Commerce"


@frozen
class Connection:
    """A link to one system. Times are ISO 8601 in UTC; `last_sync` is "" before the first.

    `errors` are objects in the shape the API answers them.
    """

    id: str
    company_id: str
    integration_id: str
    platform_key: str
    platform_name: str
    source_type: str
    source_id: str
    status: str
    created: str
    last_sync: str = ""
    link_url: str = ""
    connection_info: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, Any]] = ()


_NAMES = {
    "integration_id": "integrationId",
    "platform_key": "platformKey",
    "platform_name": "platformName",
    "source_type": "sourceType",
    "source_id": "sourceId",
    "status": "status",
    "created": "created",
    "last_sync": "lastSync",
    "link_url": "linkUrl",
    "connection_info": "connectionInfo",
    "errors": "errors",
}


def create(table: Table, connection: Connection, *also: Write) -> None:
    """Keep a new connection, with what must happen in the same moment."""
    table.transact([creation(connection), *also])


def creation(connection: Connection) -> Put:
    """The write that keeps a new connection, for use in another transaction."""
    return Put(_item(connection), Absent())


def get(table: Table, company_id: str, connection_id: str) -> Connection:
    """A company's connection. Raises NotFound."""
    item = table.get(*layout.connection(company_id, connection_id))
    if item is None:
        raise NotFound("connection")
    return _connection(item)


def list_connections(table: Table, company_id: str) -> list[Connection]:
    """A company's connections, oldest first (ids are ordered by time)."""
    pk, begins = layout.connection(company_id)
    return [_connection(item) for item in table.query_all(pk, begins=begins)]


def update(table: Table, company_id: str, connection_id: str, **changes: object) -> Connection:
    """Set these fields and leave the others as they are; the connection as it is then. Raises NotFound."""
    put = {_NAMES[name]: _plain(value) for name, value in changes.items()}
    try:
        item = table.add(*layout.connection(company_id, connection_id), put=put, condition=Exists())
    except ConditionFailed:
        raise NotFound("connection") from None
    return _connection(item)


def change_status(
    table: Table, connection: Connection, *also: Write, status: str, **changes: object
) -> Connection | None:
    """Set a connection's status and these fields, with what must happen in the same moment.

    None when its status is not what the caller saw any more. Raises NotFound.
    """
    put = {_NAMES[name]: _plain(value) for name, value in {"status": status, **changes}.items()}
    key = layout.connection(connection.company_id, connection.id)
    try:
        table.transact([Update(*key, put, Equals("status", connection.status)), *also])
    except ConditionFailed as failed:
        if failed.index != 0:
            raise
        get(table, connection.company_id, connection.id)
        return None
    return get(table, connection.company_id, connection.id)


def ledger_links(table: Table, company_id: str) -> int:
    """How often a connection to the company's books was linked."""
    item = table.get(*layout.ledger_links(company_id))
    return 0 if item is None else int(item["count"])


def link_ledger(
    table: Table, connection: Connection, links: int, *also: Write, **changes: object
) -> Connection | None:
    """Set these fields of a connection to the books, unless one was linked since `links` were counted.

    Two that each saw no other linked ledger cannot both be written so: the later one is answered None and
    must look again. Raises NotFound.
    """
    pk, sk = layout.ledger_links(connection.company_id)
    expected = Equals("count", links) if links else Absent()
    put = {_NAMES[name]: _plain(value) for name, value in changes.items()}
    key = layout.connection(connection.company_id, connection.id)
    writes: list[Write] = [
        Update(*key, put, Exists()),
        Put({"PK": pk, "SK": sk, "count": links + 1}, expected),
    ]
    try:
        table.transact([*writes, *also])
    except ConditionFailed as failed:
        if failed.index == 0:
            raise NotFound("connection") from None
        if failed.index == 1:
            return None
        raise
    return get(table, connection.company_id, connection.id)


def delete(table: Table, company_id: str, connection_id: str, *also: Write) -> None:
    """Forget a connection, with what must happen in the same moment. Raises NotFound."""
    try:
        table.transact([Delete(*layout.connection(company_id, connection_id), Exists()), *also])
    except ConditionFailed:
        raise NotFound("connection") from None


def erased(company_id: str, connection_id: str, at: str) -> Put:
    """The write that says a connection was deleted (ISO 8601 in UTC) and is being erased."""
    pk, sk = layout.erased_connection(company_id, connection_id)
    return Put({"PK": pk, "SK": sk, "deletedAt": at})


def being_erased(table: Table, company_id: str) -> dict[str, str]:
    """The deleted connections of a company that are not erased yet, with when they were deleted."""
    pk, begins = layout.erased_connection(company_id)
    found = table.query_all(pk, begins=begins)
    return {item["SK"].removeprefix(begins): item["deletedAt"] for item in found}


def forget_erased(table: Table, company_id: str, connection_id: str, deleted: str) -> None:
    """Forget a connection of which nothing is left, unless it is to be erased again since."""
    try:
        table.delete(*layout.erased_connection(company_id, connection_id), Equals("deletedAt", deleted))
    except ConditionFailed:
        return


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return [dict(each) for each in value] if isinstance(value, list | tuple) else value


def _item(connection: Connection) -> Item:
    pk, sk = layout.connection(connection.company_id, connection.id)
    return {"PK": pk, "SK": sk} | {
        stored: _plain(getattr(connection, name)) for name, stored in _NAMES.items()
    }


def _connection(item: Item) -> Connection:
    company_id, connection_id = (item[name].partition("#")[2] for name in ("PK", "SK"))
    return Connection(
        id=connection_id,
        company_id=company_id,
        **{name: item[stored] for name, stored in _NAMES.items()},
    )
