"""Datasets: what was pushed at once, and what became of it.

The body lies beside it, compressed and in parts, until its records are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Equals, Item, Put, Table, Write

QUEUED, PROCESSING, COMPLETE = "Queued", "Processing", "Complete"
VALIDATION_ERROR, INTERNAL_ERROR = "ValidationError", "InternalError"
FINAL = frozenset({COMPLETE, VALIDATION_ERROR, INTERNAL_ERROR})

# Of the errors of a dataset the first are kept, the rest only counted.
MOST_ERRORS = 100
# An item holds 400 KB, keys included.
_MOST_PART = 380 * 1024
# A dead letter can be redriven for two weeks; after that nobody needs the body any more.
BODY_KEPT_SECONDS = 30 * 24 * 3600


@frozen
class Dataset:
    """What was pushed at once. Times are ISO 8601 in UTC, `completed` "" until then; `progress` 0-100.

    Of `received` records `accepted` now stand (or deleted one), `ignored` were known or older than what
    stands, `refused` could not be read; `errors` are the first of those, each with `itemId` and `message`.
    """

    id: str
    company_id: str
    connection_id: str
    data_type: str
    status: str
    requested: str
    completed: str = ""
    received: int = 0
    accepted: int = 0
    ignored: int = 0
    refused: int = 0
    errors: Sequence[Mapping[str, str]] = ()
    progress: int = 0


def create(table: Table, dataset: Dataset, packed: bytes, expires: int, *also: Write) -> None:
    """Keep a new dataset, with what must happen in the same moment. `packed` is its body, compressed.

    `expires` is when the body may go, in seconds since 1970.
    """
    pk, begins = layout.dataset_body(dataset.company_id, dataset.id)
    parts = range(0, max(len(packed), 1), _MOST_PART)
    # First the body, which alone does nothing, then all at once what makes it count.
    for number, start in enumerate(parts):
        part = packed[start : start + _MOST_PART]
        table.put({"PK": pk, "SK": f"{begins}{number:04d}", "part": part, "expires": expires})
    table.transact([Put(_item(dataset), Absent()), *also])


def get(table: Table, company_id: str, dataset_id: str) -> Dataset:
    """A company's dataset. Raises NotFound."""
    item = table.get(*layout.dataset(company_id, dataset_id))
    if item is None:
        raise NotFound("dataset")
    return _dataset(item)


def newest_first(table: Table, company_id: str) -> Iterator[Dataset]:
    """A company's datasets (ids are ordered by time)."""
    pk, _ = layout.dataset(company_id)
    return (_dataset(item) for item in table.query_all(pk, forward=False))


def read_body(table: Table, dataset: Dataset) -> bytes:
    """The body, compressed as it was given. Raises NotFound once it is gone."""
    pk, begins = layout.dataset_body(dataset.company_id, dataset.id)
    parts = [item["part"] for item in table.query_all(pk, begins=begins)]
    if not parts:
        raise NotFound("dataset's body")
    return b"".join(parts)


def start(table: Table, dataset: Dataset) -> Dataset:
    """Say that the dataset is being processed; nothing changes when it is done already."""
    started = replace(dataset, status=PROCESSING)
    try:
        table.put(_item(started), Equals("status", QUEUED))
    except ConditionFailed:
        return get(table, dataset.company_id, dataset.id)
    return started


def complete(table: Table, dataset: Dataset, *also: Write) -> None:
    """Say what became of the dataset, with what must happen in the same moment, and let its body go.

    Of two that complete it at once the first is heard.
    """
    try:
        table.transact([Put(_item(dataset), Equals("status", PROCESSING)), *also])
    except ConditionFailed as failed:
        if failed.index != 0:
            raise
    forget_body(table, dataset)


def forget_body(table: Table, dataset: Dataset) -> None:
    """Remove the body."""
    pk, begins = layout.dataset_body(dataset.company_id, dataset.id)
    table.batch_delete([(item["PK"], item["SK"]) for item in table.query_all(pk, begins=begins)])


def _item(dataset: Dataset) -> Item:
    pk, sk = layout.dataset(dataset.company_id, dataset.id)
    return {
        "PK": pk,
        "SK": sk,
        "connection": dataset.connection_id,
        "dataType": dataset.data_type,
        "status": dataset.status,
        "requested": dataset.requested,
        "completed": dataset.completed,
        "received": dataset.received,
        "accepted": dataset.accepted,
        "ignored": dataset.ignored,
        "refused": dataset.refused,
        "errors": [dict(error) for error in dataset.errors[:MOST_ERRORS]],
        "progress": dataset.progress,
    }


def _dataset(item: Item) -> Dataset:
    return Dataset(
        id=item["SK"],
        company_id=item["PK"].partition("#")[2],
        connection_id=item["connection"],
        data_type=item["dataType"],
        status=item["status"],
        requested=item["requested"],
        completed=item["completed"],
        received=item["received"],
        accepted=item["accepted"],
        ignored=item["ignored"],
        refused=item["refused"],
        errors=tuple(item["errors"]),
        progress=item["progress"],
    )
