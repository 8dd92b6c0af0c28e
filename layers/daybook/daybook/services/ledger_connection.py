"""Which of a company's connections is the one to its books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.store import connections as store
from daybook.store.connections import ACCOUNTING, LINKED, Connection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company


def ledger_connection(runtime: Runtime, company: Company) -> Connection | None:
    """The connection to the company's books: the linked one, else the newest there is."""
    return ledger_of(store.list_connections(runtime.table, company.id))


def ledger_of(connections: Iterable[Connection]) -> Connection | None:
    """Which of a company's connections that is."""
    ledgers = [each for each in connections if each.source_type == ACCOUNTING]
    return max(ledgers, key=lambda each: (each.status == LINKED, each.created, each.id), default=None)
