"""Accounts that were added to ledgers on request, each as the push operation it was answered with.

Items: `PUSHED#<company>` / push operation key; keys are ordered by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from daybook.domain.json_text import dump, read
from daybook.store.table import Table


def keep(table: Table, company_id: str, key: str, operation: Mapping[str, Any]) -> None:
    """Keep a push operation."""
    table.put({"PK": f"PUSHED#{company_id}", "SK": key, "operation": dump(operation)})


def find(table: Table, company_id: str, key: str) -> dict[str, Any] | None:
    """The push operation with this key, or None."""
    item = table.get(f"PUSHED#{company_id}", key)
    return read(item["operation"]) if item else None


def newest_first(table: Table, company_id: str) -> Iterator[dict[str, Any]]:
    """Every push operation of a company."""
    items = table.query_all(f"PUSHED#{company_id}", forward=False)
    return (read(item["operation"]) for item in items)
