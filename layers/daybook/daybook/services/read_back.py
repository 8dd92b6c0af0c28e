"""Records as they were pushed, read back through their connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.records import DATA_TYPES
from daybook.services.companies import zone_of
from daybook.store import records
from daybook.store.connections import COMMERCE
from daybook.store.layout import transaction_sort
from daybook.store.stored_record import StoredRecord
from daybook.wire.paging import Listing, Places, page_of
from daybook.wire.records import read_back

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

# A sort key of the table holds 1,024 bytes; no record's id is this long.
_LONGEST_ID = 512
# What a row says of itself beside the record's own properties, none of which has an empty name.
_KEPT = ""
_PLACES = Places(lambda row: _place(row[_KEPT]))
_BY_NAME = {name.lower(): name for name in DATA_TYPES}


def read_data_type(name: str) -> str:
    """A type of record by its published name, with or without `commerce-`. Raises BadRequest."""
    found = _BY_NAME.get(name.lower().removeprefix("commerce-"))
    if found is None:
        message = f"There is no data type {name[:40]!r}; there are commerce-{', commerce-'.join(DATA_TYPES)}."
        raise BadRequest(message, [Problem("dataType", message, "enum")])
    return found


def commerce_connection(connection: Connection) -> Connection:
    """The same connection, when it is one to a source of commerce data. Raises BadRequest."""
    if connection.source_type != COMMERCE:
        message = f"Connection {connection.id} leads to {connection.platform_name}, not to commerce data."
        raise BadRequest(message, [Problem("connectionId", message, "connection")])
    return connection


def list_records(
    runtime: Runtime, company: Company, connection: Connection, data_type: str, listing: Listing, path: str
) -> dict[str, object]:
    """A page of a connection's records of one type, in the order of their ids unless asked otherwise."""
    zone = zone_of(runtime, company)
    kept = records.iterate(runtime.table, company.id, connection.id, data_type)
    # When nothing is asked of their content, only those of the page are unpacked.
    is_asked = bool(listing.query.properties or listing.orders)
    rows = ({**(_shown(stored, zone) if is_asked else {}), _KEPT: stored} for stored in kept)
    return page_of(rows, listing, path, lambda row: _shown(row[_KEPT], zone), places=_PLACES)


def read_one(
    runtime: Runtime, company: Company, connection: Connection, data_type: str, record_id: str
) -> dict[str, Any]:
    """One record. Of several transactions with the id the first by type. Raises NotFound."""
    found: StoredRecord | None = None
    if 0 < len(record_id.encode()) <= _LONGEST_ID:
        place = (runtime.table, company.id, connection.id)
        if data_type == "transactions":
            standing = (each for each in records.of_transaction_id(*place, record_id, "") if not each.deleted)
            found = next(standing, None)
        else:
            found = records.get(*place, data_type, record_id)
    if found is None or found.deleted:
        raise NotFound("record")
    return _shown(found, zone_of(runtime, company))


def source_info(runtime: Runtime, company: Company, connection: Connection) -> dict[str, Any]:
    """What is known of the merchant at the source of the data."""
    return {
        "companyName": company.name,
        "companyLegalName": company.name,
        "commercePlatformRef": connection.id,
        "addresses": [],
        "phoneNumbers": [],
        "webLinks": [],
        "accountBalances": [],
        "createdDate": company.created,
        "modifiedDate": company.created,
        "timeZone": zone_of(runtime, company).key,
    }


def _place(stored: StoredRecord) -> str:
    """Where a record lies among those of its type: transactions by their id first."""
    return transaction_sort(stored.identity) if stored.data_type == "transactions" else stored.identity


def _shown(stored: StoredRecord, zone: ZoneInfo) -> dict[str, Any]:
    return read_back(stored.data_type, stored.body, zone)
