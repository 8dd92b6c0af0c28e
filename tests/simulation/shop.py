"""A company whose records are pushed and written over a table in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from daybook.domain.records import DATA_TYPES
from daybook.services.ingest import ingest_dataset, push_records
from daybook.services.runtime import Runtime, over
from daybook.store import clients, companies, connections, datasets, records
from daybook.store.datasets import Dataset
from daybook.store.stored_record import StoredRecord
from daybook.store.table import Table
from tests.simulation.memory import MemoryTable

COMPANY, SHOP = "company", "shop"


class StoppedClock:
    """A clock that is a second later each time it is looked at."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


class NumberedIds:
    """Ids in order."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"00000000-0000-7000-8000-{self.count:012}"


class Shop:
    """A company with one commerce connection."""

    def __init__(self, table: Table | None = None) -> None:
        self.memory = MemoryTable()
        self.table: Table = table or self.memory
        self.runtime: Runtime = over(self.table, StoppedClock(), NumberedIds())
        clients.create(self.table, clients.Client("client", "Till Ltd"))
        companies.create(self.table, companies.Company(COMPANY, "client", "Quay"))
        self.connect(SHOP)

    def connect(self, connection_id: str, key: str = "lqai", source_type: str = "Commerce") -> None:
        """Add a connection."""
        connection = connections.Connection(
            connection_id, COMPANY, "i", key, "Own data", source_type, "s", "Linked", "2026-01-01T00:00:00Z"
        )
        connections.create(self.table, connection)

    def push(self, data_type: str, *bodies: object, to: str | None = None) -> Dataset:
        """Push records; they are not written yet."""
        return push_records(self.runtime, COMPANY, to, data_type, json.dumps(bodies).encode())

    def write(self, dataset: Dataset) -> Dataset:
        """Write a dataset's records; the dataset as it is then."""
        ingest_dataset(self.runtime, COMPANY, dataset.id)
        return datasets.get(self.table, COMPANY, dataset.id)

    def send(self, data_type: str, *bodies: object) -> Dataset:
        """Push and write."""
        return self.write(self.push(data_type, *bodies))

    def record(self, data_type: str, identity: str) -> StoredRecord | None:
        """A record that stands, or None."""
        found = records.get(self.table, COMPANY, SHOP, data_type, identity)
        return None if found is None or found.deleted else found

    def standing(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The body of every record that stands, by data type and identity."""
        return {
            (data_type, record.identity): record.body
            for data_type in DATA_TYPES
            for record in records.iterate(self.table, COMPANY, SHOP, data_type)
        }

    def window(self, start: str, end: str) -> set[str]:
        """`<data type>/<identity>` of the records with an effect in a window of UTC."""
        first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end))
        found = records.read_window(self.table, COMPANY, first, last)
        return {f"{record.data_type}/{record.identity}" for record in found}

    def marks(self) -> dict[str, set[str]]:
        """The marked hours by UTC date."""
        return {item["SK"]: item["hours"] for item in self.table.query_all(f"MARKS#{COMPANY}")}

    def marked(self) -> set[str]:
        """The marked hours, as `2026-03-01T12`."""
        return {f"{date}T{hour}" for date, hours in self.marks().items() for hour in hours}

    def clear(self) -> None:
        """Remove every mark."""
        self.table.batch_delete([(f"MARKS#{COMPANY}", date) for date in self.marks()])


def order(order_id: str, created: str, *payments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order of one line."""
    line = {"id": "l", "quantity": 1, "totalAmount": 12, "totalTaxAmount": 2, "taxPercentage": 20}
    return {
        "id": order_id,
        "currency": "GBP",
        "createdDate": created,
        "orderLineItems": [line],
        "payments": list(payments),
        **more,
    }


def payment(payment_id: str, created: str, **more: Any) -> dict[str, Any]:
    """A payment by card."""
    body = {"id": payment_id, "amount": 12, "currency": "GBP", "type": "Card", "status": "Paid"}
    return {**body, "createdDate": created, **more}


def transaction(
    transaction_id: str, kind: str, created: str, source: Iterable[str] = (), **more: Any
) -> dict[str, Any]:
    """A transaction; `source` is the type and the id of what it is for."""
    body: dict[str, Any] = {"id": transaction_id, "type": kind, "totalAmount": 12, "currency": "GBP"}
    if source:
        source_type, source_id = source
        body["transactionSourceRef"] = {"type": source_type, "id": source_id}
    return {**body, "createdDate": created, **more}
