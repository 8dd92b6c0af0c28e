"""The events that webhooks are told of, for the API's own description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daybook.wire.described import events as wire
from describing import BASE_URL, COMPANY_ID, CONNECTION_ID, DATASET_ID, DOCUMENT_ID, LEDGER_ID, SYNC_ID, Event

_EVENT_ID = "7e2d9a14-5b3c-5f6e-8a90-1b2c3d4e5f60"
_REFERENCE = {"id": COMPANY_ID, "name": "Harbour Cafe", "tags": {"region": "north"}}
_COMPANY = {
    "id": COMPANY_ID,
    "name": "Harbour Cafe",
    "redirect": f"{BASE_URL}/link/{COMPANY_ID}",
    "created": "2026-03-02T09:00:00Z",
    "tags": {"region": "north"},
}
_CONNECTION = {
    "id": LEDGER_ID,
    "integrationId": "3b0e7a52-1c0f-5b7d-9d4e-6a1f0c2b3d47",
    "integrationKey": "mqjo",
    "sourceId": "9a4c1d20-7e65-5f3b-8b12-0d9e8f7a6b5c",
    "sourceType": "Accounting",
    "platformName": "Sandbox books",
    "linkUrl": f"{BASE_URL}/sandbox/{COMPANY_ID}/link/{LEDGER_ID}",
    "status": "Linked",
    "created": "2026-03-02T09:00:00Z",
}
_SYNC = {"syncId": SYNC_ID, "syncType": "Commerce", "syncStatusCode": 2000}


def _new(event_type: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    dated = {"id": _EVENT_ID, "eventType": event_type, "generatedDate": "2026-03-02T09:00:00Z"}
    return {**dated, "payload": payload}


def _old(rule_type: str, message: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    event = {
        "ClientId": "0b8f8b1a-1e00-7c11-8b2c-4d5e6f708192",
        "ClientName": "Harbour Tills",
        "CompanyId": COMPANY_ID,
        "DataConnectionId": CONNECTION_ID,
        "RuleId": "2c4e6a80-9b1d-5f3e-8c70-5a6b7c8d9e0f",
        "RuleType": rule_type,
        "AlertId": _EVENT_ID,
        "Message": message,
    }
    return {**event, "Data": data} if data else event


def _connection(event_type: str, summary: str, status: str = "Linked") -> Event:
    payload = {"referenceCompany": _REFERENCE, "connection": {**_CONNECTION, "status": status}}
    return Event(summary, wire.ConnectionEvent, _new(event_type, payload))


EVENTS = {
    "company.created": Event("A company was created", wire.CompanyEvent, _new("company.created", _COMPANY)),
    "company.deleted": Event("A company was deleted", wire.CompanyEvent, _new("company.deleted", _COMPANY)),
    "connection.created": _connection("connection.created", "A connection was created", "PendingAuth"),
    "connection.connected": _connection("connection.connected", "A connection was linked"),
    "connection.reconnected": _connection("connection.reconnected", "A connection was linked again"),
    "connection.disconnected": _connection(
        "connection.disconnected", "A connection was unlinked, or lost its authorisation", "Unlinked"
    ),
    "connection.deleted": _connection("connection.deleted", "A connection was deleted"),
    "SyncConnectionDeleted": Event(
        "A connection was deleted, in the older style",
        wire.ConnectionRemovedEvent,
        _old("Sync Connection Deleted", f"A connection of company {COMPANY_ID} was deleted."),
    ),
    "SyncCompleted": Event(
        "A sync ended well",
        wire.SyncEvent,
        _old("Sync Completed", f"Sync {SYNC_ID} of company {COMPANY_ID} has completed.", _SYNC),
    ),
    "SyncFailed": Event(
        "A sync failed",
        wire.SyncEvent,
        _old(
            "Sync Failed",
            f"Sync {SYNC_ID} of company {COMPANY_ID} has failed with code 4200.",
            {**_SYNC, "syncStatusCode": 4200},
        ),
    ),
    "sync.disabled": Event(
        "A company's schedule was switched off",
        wire.ScheduleDisabledEvent,
        _new("sync.disabled", {"referenceCompany": _REFERENCE, "message": "The books were unlinked."}),
    ),
    "DatasetStatusChanged": Event(
        "A dataset came to its end",
        wire.DatasetEvent,
        _old(
            "Dataset Status Changed",
            f"The dataset {DATASET_ID} of commerce-orders is Complete.",
            {"datasetId": DATASET_ID, "dataType": "commerce-orders", "datasetStatus": "Complete"},
        ),
    ),
    "PushOperationStatusChanged": Event(
        "A document was written into the books, or refused",
        wire.PushOperationEvent,
        _old(
            "Push Operation Status Changed",
            f"The push operation {DOCUMENT_ID} of invoices is Success.",
            {"dataType": "invoices", "status": "Success", "pushOperationKey": DOCUMENT_ID},
        ),
    ),
    "webhook.disabled": Event(
        "A webhook was disabled, as nothing could be delivered to it for a day",
        wire.WebhookDisabledEvent,
        _new("webhook.disabled", {"webhookId": _EVENT_ID, "reason": "No answer came for 24 hours."}),
    ),
    "webhook.test": Event(
        "A webhook is tried, because somebody asked for it",
        wire.WebhookTestEvent,
        _new("webhook.test", {"webhookId": _EVENT_ID, "message": "This is a test."}),
    ),
}
