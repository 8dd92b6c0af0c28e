"""What the operations on syncs and their documents take and answer."""

from __future__ import annotations

from daybook.wire.accounting import PushOperation
from daybook.wire.described.syncs import HistoricRequest, LineRecords, Preview, SyncToRequest, TieOut
from daybook.wire.syncs import Retry, RetryRequest, SyncStatus, SyncSummary
from describing import (
    COMPANY_ID,
    CONNECTION_ID,
    DOCUMENT_ID,
    LEDGER_ID,
    LISTING,
    SYNC_ID,
    Described,
    Link,
    PageOf,
    Tag,
    page,
)
from syncs import app

_STATUS = {
    "companyId": COMPANY_ID,
    "syncId": SYNC_ID,
    "commerceSyncId": SYNC_ID,
    "syncStatusCode": 2000,
    "syncStatus": "Complete",
    "errorMessage": None,
    "syncExceptionMessage": None,
    "syncUtc": "2026-03-02T03:00:00Z",
    "dataPushed": True,
}
_SUMMARY = {
    **_STATUS,
    "syncDateRangeUtc": {"start": "2026-03-01T03:00:00Z", "finish": "2026-03-02T03:00:00Z"},
    "dataConnections": [],
}
_RANGE = {"dateRange": {"start": "2026-03-01T00:00:00Z", "finish": "2026-03-08T00:00:00Z"}}
_PUSH = {
    "pushOperationKey": DOCUMENT_ID,
    "companyId": COMPANY_ID,
    "dataConnectionKey": LEDGER_ID,
    "dataType": "invoices",
    "status": "Success",
    "statusCode": 200,
    "requestedOnUtc": "2026-03-02T03:00:04Z",
    "completedOnUtc": "2026-03-02T03:00:05Z",
    "timeoutInMinutes": None,
    "timeoutInSeconds": None,
    "errorMessage": None,
    "validation": None,
    "changes": [
        {
            "type": "Created",
            "recordRef": {"id": "6f7a8b9c-1d2e-5f30-8a4b-5c6d7e8f9a0b", "dataType": "invoices"},
            "attachmentId": None,
        }
    ],
    "data": None,
    "syncId": SYNC_ID,
    "reference": "DB-20260301-1",
}
_PREVIEW = {
    "companyId": COMPANY_ID,
    "dateRange": {"start": "2026-03-01T00:00:00Z", "finish": "2026-03-02T00:00:00Z"},
    "days": [
        {
            "day": "2026-03-01",
            "reason": "The day is not posted yet.",
            "documents": [
                {
                    "kind": "invoice",
                    "reference": "DB-20260301-1",
                    "date": "2026-03-01",
                    "currency": "GBP",
                    "description": "Sales of 1 March 2026",
                    "total": 12.0,
                    "settles": None,
                    "accountId": None,
                    "toAccountId": None,
                    "lines": [
                        {
                            "description": "Sales",
                            "accountId": "a1f0c2b3",
                            "netAmount": 10.0,
                            "taxAmount": 2.0,
                            "taxRateId": "b7e65f3b",
                        }
                    ],
                }
            ],
            "blocked": [],
            "warnings": [],
        }
    ],
}
_TIE_OUT = {
    "companyId": COMPANY_ID,
    "syncId": SYNC_ID,
    "agrees": True,
    "days": [
        {
            "day": "2026-03-01",
            "currency": "GBP",
            "rows": [
                {
                    "measure": "Sales, tax included",
                    "source": 12.0,
                    "documents": 12.0,
                    "platform": None,
                    "agrees": True,
                },
                {
                    "measure": "Tax written as invoice",
                    "source": None,
                    "documents": 2.0,
                    "platform": 2.0,
                    "agrees": True,
                },
            ],
        }
    ],
}
_LINE = {
    "documentId": DOCUMENT_ID,
    "reference": "DB-20260301-1",
    "line": 1,
    "currency": "GBP",
    "total": 12.0,
    "records": [{"connectionId": CONNECTION_ID, "dataType": "orders", "id": "order-1001", "amount": 12.0}],
}

_CANNOT_RUN = "The company is not configured, switched off or not linked; `error` says which and what to do."
_NO_RANGE = "The range is none: two times are needed, the later one as the end. Or:"
_BAD_RANGE = f"{_NO_RANGE} {_CANNOT_RUN}"
_NO_PREVIEW = f"{_NO_RANGE} the company is not configured or not linked; `error` says which and what to do."
_SYNC_OF = {"company_id": "path.company_id", "sync_id": "syncId"}
_OF_SYNC = {"watch": Link("get_sync", _SYNC_OF), "prove": Link("get_tie_out", _SYNC_OF)}


def _request(errors: str, request: object, example: object) -> Described:
    return Described(
        Tag.SYNCS,
        request=request,
        body_required=request is not SyncToRequest,
        answer=SyncSummary,
        request_example=example,
        example={**_SUMMARY, "syncStatusCode": 1000, "syncStatus": "InProgress", "dataPushed": False},
        errors={400: errors},
        links=_OF_SYNC,
    )


_ONE = Described(Tag.SYNCS, answer=SyncStatus, example=_STATUS)

OPERATIONS = {
    app.request_latest: _request(_CANNOT_RUN, SyncToRequest, {"syncTo": "2026-03-02T00:00:00Z"}),
    app.request_historic: _request(_BAD_RANGE, HistoricRequest, _RANGE),
    app.request_restate: _request(_BAD_RANGE, HistoricRequest, _RANGE),
    app.preview_sync: Described(
        Tag.SYNCS,
        request=HistoricRequest,
        answer=Preview,
        request_example=_RANGE,
        example=_PREVIEW,
        errors={400: _NO_PREVIEW},
    ),
    app.get_sync_status: Described(Tag.SYNCS, answer=SyncSummary, example=_SUMMARY),
    app.get_last_successful_sync: _ONE,
    app.get_latest_sync: _ONE,
    app.list_syncs: Described(Tag.SYNCS, answer=list[SyncStatus], example=[_STATUS]),
    app.get_sync: _ONE,
    app.get_tie_out: Described(Tag.SYNCS, answer=TieOut, example=_TIE_OUT),
    app.get_line_records: Described(Tag.SYNCS, answer=LineRecords, example=_LINE),
    app.list_push_operations: Described(
        Tag.PUSHES,
        parameters=LISTING,
        answer=PageOf(PushOperation),
        example=page(_PUSH, path=f"/companies/{COMPANY_ID}/push"),
    ),
    app.retry_push: Described(
        Tag.PUSHES,
        request=RetryRequest,
        body_required=False,
        answer=Retry,
        request_example={"pushOperationKeys": [DOCUMENT_ID]},
        example={"retried": 1, "sync": None, "pushOperations": [_PUSH], "notRetried": []},
        errors={400: _CANNOT_RUN},
    ),
    app.get_push_operation: Described(Tag.PUSHES, answer=PushOperation, example=_PUSH),
}
