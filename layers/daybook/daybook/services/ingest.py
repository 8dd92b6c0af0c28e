"""Taking in records: a push becomes a dataset at once, and its records are written afterwards.

Specification: api, push records; mapping, reading records.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from daybook.domain.errors import BadRequest, NotFound, Problem, TooLarge
from daybook.domain.garbage import uncollected
from daybook.domain.instants import utc_text
from daybook.domain.json_text import JsonError, dump, load
from daybook.domain.reading import UNKNOWN, identity, is_deletion, read_record, source_modified
from daybook.domain.records import DATA_TYPES, Record, RecordError, event_times, joined
from daybook.services.erase import erase_late
from daybook.services.retention import refusing_for
from daybook.services.runtime import Runtime
from daybook.services.write_records import Change, Writer, dates_of
from daybook.store import companies, connections, datasets, observations
from daybook.store.connections import COMMERCE
from daybook.store.datasets import Dataset
from daybook.store.outbox import INGEST, event_put, outbox_put
from daybook.store.transactions import Deletion
from daybook.wire.messages import IngestMessage, body_of

MOST_RECORDS = 5000
CLOSED_MESSAGE = (
    "was not taken: its business days are posted, proven and past the time for which records are kept, so "
    "they are closed. Correct them in the accounting software."
)
OVERFULL_MESSAGE = (
    "was not taken: thousands of other records name the same payment or order. "
    "Give each payment an id of its own."
)
# What is kept of a record, compressed, with its times and joins, beside what else its item of 400 KB holds.
MOST_PACKED = 350 * 1024
# A time, or what stands beside the id in a join, as an item holds it.
_TIME_BYTES, _JOIN_BYTES = 24, 12


def push_records(
    runtime: Runtime, company_id: str, connection_id: str | None, data_type: str, raw: bytes
) -> Dataset:
    """Keep what was pushed as a dataset whose records are written soon after.

    `raw` is the JSON itself, unpacked: an array of records, or an object that holds one. Without a connection
    they are the company's oldest connection's to the partner's own platform. Raises NotFound for an unknown
    company or connection, BadRequest for a body that cannot be read or a company without such a connection,
    TooLarge for more than 5,000 records.
    """
    if data_type not in DATA_TYPES:
        raise NotFound(f"data type {data_type}")
    count = len(_array(data_type, raw))
    if count > MOST_RECORDS:
        raise TooLarge(
            f"The body holds {count} records: send them in several requests of at most {MOST_RECORDS} each."
        )
    now = runtime.clock.now()
    dataset = Dataset(
        id=runtime.ids.new(),
        company_id=company_id,
        connection_id=_target(runtime, company_id, connection_id),
        data_type=data_type,
        status=datasets.QUEUED,
        requested=utc_text(now),
        received=count,
    )
    message = IngestMessage(company_id=company_id, dataset_id=dataset.id)
    datasets.create(
        runtime.table,
        dataset,
        zlib.compress(raw),
        int(now.timestamp()) + datasets.BODY_KEPT_SECONDS,
        outbox_put(INGEST, company_id, body_of(message), dataset.id, dataset.requested),
    )
    return dataset


def ingest_dataset(runtime: Runtime, company_id: str, dataset_id: str) -> None:
    """Write the records of a dataset; interrupted anywhere and repeated, the end is the same.

    Nothing happens when it is done already, or its company or connection was deleted.
    """
    if companies.deletion(runtime.table, company_id) is not None:
        return
    try:
        dataset = datasets.get(runtime.table, company_id, dataset_id)
    except NotFound:
        companies.find(runtime.table, company_id)
        return  # erased with its connection
    if dataset.status == datasets.QUEUED:
        dataset = datasets.start(runtime.table, dataset)
    if dataset.status in datasets.FINAL:
        datasets.forget_body(runtime.table, dataset)
        return
    if not _is_connected(runtime, dataset):
        refusal = {"itemId": dataset.connection_id, "message": "The connection was deleted."}
        _complete(runtime, replace(dataset, refused=dataset.received, errors=(refusal,)))
        return
    raw = zlib.decompress(datasets.read_body(runtime.table, dataset))
    contents = _contents(dataset, raw)
    accepted = _write(runtime, dataset, contents)
    if not _is_connected(runtime, dataset):  # deleted meanwhile, perhaps before the last of these was written
        written = [change.record for change in contents.changes if change.record is not None]
        erase_late(runtime, company_id, dataset.connection_id, dates_of(written))
    refused = len(contents.errors)
    ignored = dataset.received - accepted - refused
    _complete(
        runtime,
        replace(dataset, accepted=accepted, ignored=ignored, refused=refused, errors=tuple(contents.errors)),
    )


@dataclass(slots=True)
class _Contents:
    """A dataset sorted into what is to be written and what is refused."""

    changes: list[Change] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)


@uncollected
def _contents(dataset: Dataset, raw: bytes) -> _Contents:
    return _read(dataset, _array(dataset.data_type, raw))


def _array(data_type: str, raw: bytes) -> list[object]:
    """The records in a body. Raises BadRequest."""
    try:
        body = load(raw)
    except JsonError as error:
        raise _refused(f"The body {error}.", "json") from None
    if isinstance(body, Mapping):
        arrays = {name: value for name, value in body.items() if isinstance(value, list)}
        named = [value for name, value in arrays.items() if name.lower() == data_type.lower()]
        if named or (len(arrays) == 1 and "id" not in body):
            return next(iter(named or arrays.values()))
    if not isinstance(body, list):
        raise _refused("The body must be an array of records, or an object that holds one.", "type")
    return body


def _refused(message: str, validator: str) -> BadRequest:
    return BadRequest(message, [Problem("$", message, validator)])


def _target(runtime: Runtime, company_id: str, connection_id: str | None) -> str:
    if connection_id is None:
        # Writing the records, which other functions do, takes nothing of this.
        from daybook.services.connections import own_data_connection

        return own_data_connection(runtime, companies.find(runtime.table, company_id)).id
    connection = connections.get(runtime.table, company_id, connection_id)
    if connection.source_type != COMMERCE:
        raise _refused("Records are pushed to a commerce connection; this is none.", "connection")
    return connection.id


def _is_connected(runtime: Runtime, dataset: Dataset) -> bool:
    try:
        companies.find(runtime.table, dataset.company_id)
        connections.get(runtime.table, dataset.company_id, dataset.connection_id)
    except NotFound:
        return False
    return True


def _read(dataset: Dataset, bodies: list[object]) -> _Contents:
    contents = _Contents()
    for place, body in enumerate(bodies):
        try:
            _sort_in(contents, dataset, place, body)
        except RecordError as error:
            item = error.record_id or f"[{place}]"
            contents.errors.append({"itemId": item, "message": f"{error.field} {error.message}"})
    return contents


def _sort_in(contents: _Contents, dataset: Dataset, place: int, body: object) -> None:
    """Read one record. Raises RecordError."""
    # Arrivals are ordered as the datasets were received, and within one as the records stand in it.
    arrival = f"{dataset.id}:{place:06d}"
    if not isinstance(body, dict):
        raise RecordError("", "it", "must be an object")
    data_type = dataset.data_type
    name = identity(data_type, body)
    if not is_deletion(data_type, body):
        contents.changes.append(_change(data_type, name, arrival, body))
    elif data_type == "transactions" and body.get("type") in (None, ""):
        contents.deletions.append(Deletion(str(body["id"]), "", arrival))
    elif name.startswith(f"{UNKNOWN}//"):
        contents.deletions.append(Deletion(str(body["id"]), UNKNOWN, arrival))
    else:
        contents.changes.append(Change(name, arrival))


def _change(data_type: str, name: str, arrival: str, body: dict[str, object]) -> Change:
    record = read_record(data_type, body)
    try:
        text = dump(body).encode()
    except JsonError as error:
        raise RecordError(record.id, "it", str(error)) from None
    packed = zlib.compress(text)
    size = len(packed) + _beside(record)
    if size > MOST_PACKED:
        message = f"is too large: {size // 1024} KB compressed, of at most {MOST_PACKED // 1024}"
        raise RecordError(record.id, "it", message)
    digest = sha256(text).hexdigest()
    return Change(name, arrival, record, packed, digest, source_modified(body))


def _beside(record: Record) -> int:
    """The bytes that a record's item holds beside its content: a time for each hour, the ids it names."""
    hours = {moment.replace(minute=0, second=0, microsecond=0) for moment in event_times(record)}
    joins = sum(_JOIN_BYTES + len(name.encode()) for _, name in joined(record))
    return len(hours) * _TIME_BYTES + joins


def _write(runtime: Runtime, dataset: Dataset, contents: _Contents) -> int:
    """Write and mark; how many records of the dataset now stand, or deleted one."""
    home = (dataset.company_id, dataset.connection_id, dataset.data_type, dataset.id)
    writer = Writer(runtime.table, *home, refusing_for(runtime, dataset.company_id))
    observations.note(
        runtime.table,
        dataset.company_id,
        {
            (dataset.connection_id, dataset.data_type, change.identity): change.record
            for change in contents.changes
            if change.record is not None
        },
    )
    writer.write(contents.changes)
    if dataset.data_type == "transactions":
        writer.delete_transactions(contents.deletions)
        writer.apply_remembered({change.identity for change in contents.changes})
    writer.mark(runtime.clock.now())
    contents.errors.extend(
        {"itemId": identity, "message": CLOSED_MESSAGE} for identity in sorted(writer.refused)
    )
    contents.errors.extend(
        {"itemId": identity, "message": OVERFULL_MESSAGE} for identity in sorted(writer.overfull)
    )
    return len(contents.deletions) + sum(_took_effect(writer, change) for change in contents.changes)


def _took_effect(writer: Writer, change: Change) -> bool:
    history = writer.own[change.identity].history if change.identity in writer.own else None
    if history is None:
        return False
    if change.record is None:
        return history.deleted == change.arrival
    return history.current is not None and history.current.arrival == change.arrival


def _complete(runtime: Runtime, dataset: Dataset) -> None:
    now = utc_text(runtime.clock.now())
    all_refused = dataset.refused > 0 and dataset.refused == dataset.received
    status = datasets.VALIDATION_ERROR if all_refused else datasets.COMPLETE
    completed = replace(dataset, status=status, completed=now, progress=100)
    detail = {
        "companyId": dataset.company_id,
        "dataConnectionId": dataset.connection_id,
        "datasetId": dataset.id,
        "dataType": dataset.data_type,
        "datasetStatus": status,
    }
    event = event_put("DatasetStatusChanged", detail, f"{dataset.id}-completed", now)
    datasets.complete(runtime.table, completed, event)
