"""A record that stands behind a line in the books, as the partner sent it."""

from __future__ import annotations

from typing import Any

from daybook.domain.errors import BadRequest, NotFound
from daybook.frozen import frozen
from daybook.services.companies import find_company
from daybook.services.connections import find_connection
from daybook.services.read_back import read_data_type, read_one
from daybook.services.runtime import Runtime
from daybook.store.companies import Company
from daybook.store.connections import Connection

_UNKNOWN = "Unknown/"


@frozen
class RecordView:
    """A record's page. `body` is what the API answers of it."""

    company: Company
    source: Connection
    data_type: str
    id: str
    body: dict[str, Any]


def view_record(
    runtime: Runtime, client_id: str, company_id: str, connection_id: str, data_type: str, identity: str
) -> RecordView:
    """The record of a connection that a drill-down names. Raises NotFound, also once it was retired."""
    company = find_company(runtime, client_id, company_id)
    source = find_connection(runtime, company, connection_id)
    try:
        kind = read_data_type(data_type)
    except BadRequest:
        raise NotFound("record") from None
    record_id = _transaction_id(identity) if kind == "transactions" else identity
    return RecordView(company, source, kind, record_id, read_one(runtime, company, source, kind, record_id))


def _transaction_id(identity: str) -> str:
    """The id in `<type>/<id>` or `Unknown/<type>/<id>`, as the parts of a document name a transaction."""
    return identity.split("/", 2 if identity.startswith(_UNKNOWN) else 1)[-1]
