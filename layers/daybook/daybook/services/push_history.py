"""The documents of syncs, as the published push operations."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from daybook.domain.documents import Kind
from daybook.domain.errors import NotFound
from daybook.services.connections import ledger_connection_id
from daybook.services.identifiers import identifier
from daybook.store import pushed_accounts
from daybook.store.documents import CANCELLED, FAILED, SUCCESS, StoredDocument
from daybook.wire.accounting import Change, PushOperation, RecordRef
from daybook.wire.models import answer
from daybook.wire.paging import Listing, Places, page_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

# The published clients read these types only; a document of another name breaks their whole page.
DATA_TYPES = MappingProxyType(
    {
        Kind.INVOICE: "invoices",
        Kind.PAYMENT: "payments",
        Kind.CREDIT_NOTE: "creditNotes",
        Kind.REFUND: "payments",
        Kind.BILL: "bills",
        Kind.BILL_PAYMENT: "billPayments",
        Kind.BILL_CREDIT_NOTE: "billCreditNotes",
        Kind.BILL_REFUND: "billPayments",
        Kind.SPEND_MONEY: "directCosts",
        Kind.RECEIVE_MONEY: "directIncomes",
        Kind.TRANSFER: "transfers",
        Kind.JOURNAL: "journalEntries",
    }
)
_PLACES = Places(lambda row: f"{row['requestedOnUtc']} {row['pushOperationKey']}", newest_first=True)
_Status = Literal["Pending", "Failed", "Success", "TimedOut"]
_PENDING: tuple[_Status, int] = ("Pending", 202)
_OUTCOMES: MappingProxyType[str, tuple[_Status, int]] = MappingProxyType(
    {SUCCESS: ("Success", 200), FAILED: ("Failed", 400), CANCELLED: ("Failed", 409)}
)


def list_push_operations(
    runtime: Runtime, company: Company, listing: Listing, path: str
) -> dict[str, object]:
    """A page of a company's documents and of the accounts added to its ledger, newest first."""
    connection_id = ledger_connection_id(runtime, company)
    documents = (
        answer(_shown(stored, connection_id)) for stored in runtime.documents.newest_first(company.id)
    )
    accounts = pushed_accounts.newest_first(runtime.table, company.id)
    return page_of(itertools.chain(documents, accounts), listing, path, places=_PLACES)


def read_push_operation(runtime: Runtime, company: Company, key: str) -> dict[str, object]:
    """One document, or one account that was added. Raises NotFound."""
    found = identifier(key, "push operation")
    stored = runtime.documents.find(company.id, found)
    if stored is not None:
        return answer(_shown(stored, ledger_connection_id(runtime, company)))
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
