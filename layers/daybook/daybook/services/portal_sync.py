"""One sync, with all that tells why it ended as it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.services.companies import find_company, zone_of
from daybook.services.drill_down import read_line
from daybook.services.identifiers import identifier
from daybook.services.retry_push import retry_push
from daybook.services.runtime import Runtime
from daybook.services.show_sync import status_code
from daybook.services.syncs import read_sync, request_latest
from daybook.services.tie_out import read_tie_out
from daybook.store import configurations, connections, reference_data
from daybook.store.companies import Company
from daybook.store.connections import ACCOUNTING, Connection
from daybook.store.documents import CANCELLED, FAILED, StoredDocument
from daybook.store.syncs import FINISHED, SUCCESSFUL, Sync

DOCUMENTS = 50
# For the progress of a sync that runs, its documents are counted up to here.
_COUNTED = 500


@frozen
class Timings:
    """When a sync was asked for, began and ended; how long it waited and ran. None for what has not been."""

    requested: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def waited(self) -> timedelta | None:
        """From being asked for to its beginning."""
        return self.started - self.requested if self.started else None

    @property
    def ran(self) -> timedelta | None:
        """From its beginning to its end."""
        return self.finished - self.started if self.started and self.finished else None


@frozen
class SyncView:
    """A sync's page. `next` is the key of the last document shown when there are more, else ""."""

    company: Company
    sync: Sync
    code: int
    zone: ZoneInfo
    timings: Timings
    ledger: Connection | None
    sources: Sequence[Connection]
    documents: Sequence[StoredDocument]
    next: str
    tie_out: dict[str, Any]
    decided: int
    planned: int

    @property
    def runs(self) -> bool:
        """Whether it goes on."""
        return self.sync.stage != FINISHED

    @property
    def may_retry(self) -> bool:
        """Whether it failed."""
        return not self.runs and self.sync.status_code not in SUCCESSFUL


def view_sync(runtime: Runtime, client_id: str, company_id: str, sync_id: str, after: str = "") -> SyncView:
    """A client's sync. Raises NotFound."""
    company = find_company(runtime, client_id, company_id)
    sync = read_sync(runtime, company, identifier(sync_id, "sync"))
    links = connections.list_connections(runtime.table, company.id)
    last = runtime.documents.find(company.id, after) if after else None
    documents, more = runtime.documents.of_sync(
        company.id, sync.id, DOCUMENTS, last if last is not None and last.sync_id == sync.id else None
    )
    runs = sync.stage != FINISHED
    counted = _statuses(runtime, sync) if runs else Counter[str]()
    return SyncView(
        company,
        sync,
        status_code(runtime, sync),
        zone_of(runtime, company),
        Timings(_time(sync.requested), _time_if(sync.started), _time_if(sync.finished)),
        next((each for each in links if each.id == sync.connection_id), None),
        [each for each in links if each.source_type != ACCOUNTING],
        documents,
        documents[-1].key if more else "",
        {"days": [], "agrees": True} if runs else read_tie_out(runtime, company, sync.id),
        sum(number for status, number in counted.items() if status in ("Success", FAILED, CANCELLED)),
        sum(counted.values()),
    )


def sync_configuration(
    runtime: Runtime, client_id: str, company_id: str, sync_id: str
) -> configurations.StoredConfiguration:
    """The configuration a sync ran with. Raises NotFound, also when it did not come to need one."""
    company = find_company(runtime, client_id, company_id)
    sync = read_sync(runtime, company, identifier(sync_id, "sync"))
    if not sync.configuration:
        raise NotFound("configuration")
    return configurations.get(runtime.table, company.id, sync.configuration)


def sync_again(runtime: Runtime, client_id: str, company_id: str) -> Sync:
    """Try what a ledger refused again; without such documents, sync up to now.

    Raises NotFound, and BadRequest when the company cannot sync.
    """
    company = find_company(runtime, client_id, company_id)
    _, sync = retry_push(runtime, company)
    return sync or request_latest(runtime, company, None)


@frozen
class DocumentView:
    """A document's page, with the names of its ledger's accounts as last read, by id."""

    company: Company
    stored: StoredDocument
    zone: ZoneInfo
    accounts: dict[str, str]


@frozen
class LineView:
    """The records that a line is made of: each its connection, kind, id and amount."""

    document: DocumentView
    number: int
    total: Decimal
    records: Sequence[dict[str, Any]]


def view_document(runtime: Runtime, client_id: str, company_id: str, key: str) -> DocumentView:
    """A document of a client's company. Raises NotFound."""
    company = find_company(runtime, client_id, company_id)
    stored = runtime.documents.find(company.id, identifier(key, "document"))
    if stored is None:
        raise NotFound("document")
    return DocumentView(company, stored, zone_of(runtime, company), _account_names(runtime, stored))


def view_line(runtime: Runtime, client_id: str, company_id: str, key: str, number: str) -> LineView:
    """The records of a document's line (from 1). Raises NotFound."""
    document = view_document(runtime, client_id, company_id, key)
    line = read_line(runtime, document.company, document.stored.key, number[:6])
    return LineView(document, line["line"], line["total"], line["records"])


def _account_names(runtime: Runtime, stored: StoredDocument) -> dict[str, str]:
    sync = runtime.syncs.get(stored.company_id, stored.sync_id)
    kept = reference_data.get(runtime.table, sync.connection_id) if sync and sync.connection_id else None
    return {account.id: account.name for account in kept[0].accounts} if kept else {}


def _statuses(runtime: Runtime, sync: Sync) -> Counter[str]:
    documents, _ = runtime.documents.of_sync(sync.company_id, sync.id, _COUNTED)
    return Counter(stored.status for stored in documents)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time_if(text: str) -> datetime | None:
    return _time(text) if text else None
