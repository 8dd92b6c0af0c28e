"""What a merchant has chosen in the flow and the configuration does not take yet; one for each company."""

from __future__ import annotations

import zlib
from dataclasses import field
from typing import Any

from daybook.domain.errors import Outdated
from daybook.domain.json_text import dump
from daybook.domain.json_text import read as read_json
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Equals, Table


@frozen
class Draft:
    """Choices that wait, in the shape in which a configuration is posted.

    `touched` are the pages that were sent at all, `done` those that were sent and right. `open` while the
    merchant has not said yes yet. `connection_id` is the ledger it was chosen for; `version` counts.
    """

    posted: dict[str, Any] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    open: bool = False
    connection_id: str = ""
    version: int = 0


def read(table: Table, company_id: str) -> Draft | None:
    """The choices that wait, None where there are none."""
    item = table.get(*layout.flow_draft(company_id))
    if item is None:
        return None
    return Draft(
        posted=read_json(zlib.decompress(item["body"]).decode()),
        touched=frozenset(item["touched"]),
        done=frozenset(item["done"]),
        open=item["open"],
        connection_id=item["connection"],
        version=item["version"],
    )


def keep(table: Table, company_id: str, draft: Draft) -> None:
    """Keep choices in place of those of the version they are based on. Raises Outdated."""
    pk, sk = layout.flow_draft(company_id)
    item = {
        "PK": pk,
        "SK": sk,
        "body": zlib.compress(dump(draft.posted).encode()),
        "touched": sorted(draft.touched),
        "done": sorted(draft.done),
        "open": draft.open,
        "connection": draft.connection_id,
        "version": draft.version + 1,
    }
    try:
        table.put(item, Equals("version", draft.version) if draft.version else Absent())
    except ConditionFailed:
        raise Outdated("Somebody else changed this set-up meanwhile.") from None


def drop(table: Table, company_id: str) -> None:
    """Forget the choices that wait."""
    table.delete(*layout.flow_draft(company_id))
