"""Configurations: every version a company ever saved, since a posted day keeps its own."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from daybook.domain.errors import Conflict, NotFound
from daybook.domain.json_text import dump
from daybook.domain.json_text import read as read_json
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Equals, Item, Put, Table, Write


@frozen
class StoredConfiguration:
    """One version of a company's configuration; versions count from 1, `saved` is ISO 8601 in UTC."""

    version: int
    body: dict[str, Any]
    saved: str


def current(table: Table, company_id: str) -> StoredConfiguration | None:
    """The configuration in force, or None before the first."""
    item = table.get(*layout.configuration(company_id))
    return _configuration(item) if item else None


def get(table: Table, company_id: str, version: int) -> StoredConfiguration:
    """A version, as it was saved. Raises NotFound."""
    item = table.get(*layout.configuration(company_id, version))
    if item is None:
        raise NotFound("configuration")
    return _configuration(item)


def save(
    table: Table,
    company_id: str,
    body: Mapping[str, Any],
    expected_version: int | None,
    saved: str,
    *also: Write,
) -> int:
    """Keep a new version, in force at once, with what must happen in the same moment; its number.

    `expected_version` is the one the caller worked from, None for none. Raises Conflict when another was
    saved since.
    """
    version = (expected_version or 0) + 1
    packed = zlib.compress(dump(body).encode())
    latest = Equals("version", expected_version) if expected_version else Absent()
    writes = [
        Put(_item(layout.configuration(company_id), version, packed, saved), latest),
        Put(_item(layout.configuration(company_id, version), version, packed, saved), Absent()),
    ]
    try:
        table.transact([*writes, *also])
    except ConditionFailed as failed:
        if failed.index < len(writes):
            raise Conflict(
                "The configuration was changed meanwhile. Read it again and repeat the change."
            ) from failed
        raise
    return version


def _item(key: tuple[str, str], version: int, packed: bytes, saved: str) -> Item:
    return {"PK": key[0], "SK": key[1], "version": version, "body": packed, "saved": saved}


def _configuration(item: Item) -> StoredConfiguration:
    return StoredConfiguration(
        item["version"], read_json(zlib.decompress(item["body"]).decode()), item["saved"]
    )
