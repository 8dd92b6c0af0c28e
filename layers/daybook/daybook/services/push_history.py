"""The documents of syncs and those pushed by themselves, as the published push operations."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from daybook.domain.documents import Document
from daybook.domain.errors import NotFound
from daybook.services.connections import ledger_connection_id
from daybook.services.document_types import DATA_TYPES
from daybook.services.end_direct_push import end_if_late
from daybook.services.identifiers import identifier
from daybook.store import direct_pushes as store
from daybook.store import pushed_accounts
from daybook.store.direct_pushes import TIMED_OUT, DirectPush
from daybook.store.documents import CANCELLED, FAILED, SUCCESS, StoredDocument
from daybook.wire.accounting import Change, PushOperation, RecordRef
from daybook.wire.datasets import Validation, ValidationItem
from daybook.wire.models import answer
from daybook.wire.paging import Listing, Places, page_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

_PLACES = Places(lambda row: f"{row['requestedOnUtc']} {row['pushOperationKey']}", newest_first=True)
_Status = Literal["Pending", "Failed", "Success", "TimedOut"]
_PENDING: tuple[_Status, int] = ("Pending", 202)
_OUTCOMES: MappingProxyType[str, tuple[_Status, int]] = MappingProxyType(
    {SUCCESS: ("Success", 200), FAILED: ("Failed", 400), CANCELLED: ("Failed", 409)}
)
_DIRECT: MappingProxyType[str, tuple[_Status, int]] = MappingProxyType(
    {SUCCESS: ("Success", 200), FAILED: ("Failed", 400), TIMED_OUT: ("TimedOut", 408)}
)


def list_push_operations(
    runtime: Runtime, company: Company, listing: Listing, path: str
) -> dict[str, object]:
    """A page of a company's documents and of the accounts added to its ledger, newest first."""
    connection_id = ledger_connection_id(runtime, company)
    documents = (
        answer(_shown(stored, connection_id)) for stored in runtime.documents.newest_first(company.id)
    )
    direct = (
        answer(show_direct_push(runtime, push)) for push in store.newest_first(runtime.table, company.id)
    )
    accounts = pushed_accounts.newest_first(runtime.table, company.id)
    return page_of(itertools.chain(documents, direct, accounts), listing, path, places=_PLACES)


def read_push_operation(runtime: Runtime, company: Company, key: str) -> dict[str, object]:
    """One document, or one account or customer that was added. Raises NotFound."""
    found = identifier(key, "push operation")
    stored = runtime.documents.find(company.id, found)
    if stored is not None:
        return answer(_shown(stored, ledger_connection_id(runtime, company)))
    push = store.find(runtime.table, company.id, found)
    if push is not None:
        return answer(show_direct_push(runtime, push))
    account = pushed_accounts.find(runtime.table, company.id, found)
    if account is None:
        raise NotFound("push operation")
    return account


def _shown(stored: StoredDocument, connection_id: str) -> PushOperation:
    data_type = DATA_TYPES[stored.document.kind]
    status, status_code = _OUTCOMES.get(stored.status, _PENDING)
    changes = [Change(record_ref=RecordRef(id=stored.platform_id, data_type=data_type))]
    return PushOperation(
        push_operation_key=stored.key,
        company_id=stored.company_id,
        data_connection_key=connection_id,
        data_type=data_type,
        status=status,
        status_code=status_code,
        requested_on_utc=stored.requested,
        completed_on_utc=stored.completed or None,
        error_message=stored.error or None,
        changes=changes if stored.platform_id else [],
        sync_id=stored.sync_id,
        reference=stored.document.reference,
    )


def show_direct_push(runtime: Runtime, push: DirectPush) -> PushOperation:
    """A document that was pushed by itself; one whose time is up is ended first."""
    push = end_if_late(runtime, push)
    status, status_code = _DIRECT.get(push.status, _PENDING)
    written = [part.platform_id for part in push.parts if part.platform_id]
    warnings = [ValidationItem(item_id=path, message=message) for path, message in push.warnings]
    content = push.parts[0].content
    return PushOperation(
        push_operation_key=push.key,
        company_id=push.company_id,
        data_connection_key=push.connection_id,
        data_type=push.data_type,
        status=status,
        status_code=status_code,
        requested_on_utc=push.requested,
        completed_on_utc=push.completed or None,
        timeout_in_minutes=push.minutes or None,
        timeout_in_seconds=push.minutes * 60 or None,
        error_message=push.error or None,
        validation=Validation(warnings=warnings) if warnings else None,
        changes=[Change(record_ref=RecordRef(id=each, data_type=push.data_type)) for each in written],
        reference=content.reference if isinstance(content, Document) else None,
    )
