"""How events are signed, when they are tried again, and what they look like."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from daybook.domain import webhooks
from daybook.domain.webhooks import EVENT_TYPES, WEBHOOK_TEST, new_secret, next_wait, sign, signed_headers
from daybook.services.publish_event import Known, Raised, published
from daybook.store.companies import Company
from daybook.wire.events import NewStyle, OldStyle

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BODY = '{"name":"Café"}'.encode()
COMPANY = "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60"


def test_a_signature_is_the_one_the_library_makes() -> None:
    secret = new_secret(bytes(range(32)))
    assert sign(secret, "e1", 1777636800, BODY) == Webhook(secret).sign("e1", NOW, BODY.decode())
    headers = signed_headers([secret, new_secret(bytes(32))], "e1", 1777636800, BODY)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("e1", "1777636800")
    assert headers["webhook-signature"].count("v1,") == 2


def test_the_example_of_the_standard() -> None:
    """The published test vector of Standard Webhooks."""
    body = b'{"test": 2432232314}'
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_last_attempt_is_made_when_the_day_is_over() -> None:
    at, attempts, waited = NOW, 1, []
    while (seconds := next_wait(attempts, NOW, at)) is not None:
        waited.append(seconds)
        at += timedelta(seconds=seconds)
        attempts += 1
    assert at - NOW == timedelta(hours=24)
    assert waited[: len(webhooks.WAITS)] == list(webhooks.WAITS)
    assert max(waited) < 12 * 3600 - 900
    assert len(waited) < 30  # the template gives a message to its dead-letter queue after as many receives


CONNECTION = {
    "id": "0b8f8b1a-61f0-7d2b-8c44-97b0a1c2d3e4",
    "integrationId": "3b0e7a52-1c0f-5b7d-9d4e-6a1f0c2b3d47",
    "integrationKey": "mqjo",
    "sourceId": "9a4c1d20-7e65-5f3b-8b12-0d9e8f7a6b5c",
    "sourceType": "Accounting",
    "platformName": "Sandbox books",
    "linkUrl": "/sandbox/x/link/y",
    "status": "Linked",
    "created": "2026-03-02T09:00:00Z",
    "lastSync": "",
    "dataConnectionErrors": [],
}
OF_COMPANY = {"name": "Quay Cafe", "description": "", "created": "2026-03-02T09:00:00Z", "tags": {"a": "b"}}
SYNC = {"syncId": "0b8f8b1a-9d02-7a68-bf15-c7d8e9f0a1b2", "syncStatusCode": 5130, "stage": "Pushing"}
DETAILS: dict[str, dict[str, Any]] = {
    **{kind: {"company": OF_COMPANY} for kind in EVENT_TYPES if kind.startswith("company.")},
    **{kind: {"connection": CONNECTION} for kind in EVENT_TYPES if kind.startswith("connection.")},
    "SyncConnectionDeleted": {"dataConnectionId": CONNECTION["id"]},
    "SyncCompleted": SYNC,
    "SyncFailed": SYNC,
    "sync.disabled": {"message": "Switched off.", "startDate": None},
    "DatasetStatusChanged": {
        "dataConnectionId": CONNECTION["id"],
        "datasetId": "0b8f8b1a-8c77-7f42-a6e3-1b2c3d4e5f60",
        "dataType": "orders",
        "datasetStatus": "Complete",
    },
    "PushOperationStatusChanged": {
        "dataConnectionId": CONNECTION["id"],
        "dataType": "invoices",
        "status": "Failed",
        "pushOperationKey": "0b8f8b1a-ae4c-7b93-8d27-2e3f4a5b6c7d",
    },
    WEBHOOK_TEST: {},
    "webhook.disabled": {"webhookId": CONNECTION["id"], "reason": "An event could not be delivered."},
}
OLD = {
    "SyncConnectionDeleted",
    "SyncCompleted",
    "SyncFailed",
    "DatasetStatusChanged",
    "PushOperationStatusChanged",
}


def told(kind: str) -> Any:
    raised = Raised(
        "7e2d9a14-5b3c-5f6e-8a90-1b2c3d4e5f60", kind, COMPANY, DETAILS[kind], "2026-05-01T12:00:00Z"
    )
    company = Company(COMPANY, "client-a", "Quay Cafe", tags={"a": "b"})
    return json.loads(published(raised, Known("client-a", "Harbour Tills", company, "https://api.example")))


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_event_has_the_published_names(kind: str) -> None:
    event = told(kind)
    if kind not in OLD:
        assert set(event) == {"id", "eventType", "generatedDate", "payload"}
        assert event["eventType"] == kind
        return
    always = {"ClientId", "ClientName", "CompanyId", "RuleId", "RuleType", "AlertId", "Message"}
    assert always <= set(event) <= always | {"DataConnectionId", "Data"}
    assert event["RuleType"].replace(" ", "") == kind
    assert event["ClientName"] == "Harbour Tills"


@pytest.mark.parametrize("kind", [*EVENT_TYPES, WEBHOOK_TEST])
def test_every_event_is_as_described_and_says_nothing_else(kind: str) -> None:
    event = told(kind)
    style = OldStyle if kind in OLD else NewStyle
    assert style.model_validate(event).model_dump(by_alias=True, exclude_none=True) == event


def test_the_data_of_the_older_events() -> None:
    assert told("SyncFailed")["Data"] == {
        "syncId": SYNC["syncId"],
        "syncType": "Commerce",
        "syncStatusCode": 5130,
        "FailureStage": "Pushing",
    }
    assert told("SyncCompleted")["Data"].keys() == {"syncId", "syncType", "syncStatusCode"}
    assert told("DatasetStatusChanged")["Data"]["dataType"] == "commerce-orders"
    assert told("PushOperationStatusChanged")["Data"] == {
        "dataType": "invoices",
        "status": "Failed",
        "pushOperationKey": "0b8f8b1a-ae4c-7b93-8d27-2e3f4a5b6c7d",
    }
    assert "Data" not in told("SyncConnectionDeleted")


def test_links_lead_to_the_api_and_a_time_that_never_was_is_left_out() -> None:
    connection = told("connection.connected")["payload"]["connection"]
    assert connection["linkUrl"] == "https://api.example/sandbox/x/link/y"
    assert "lastSync" not in connection


def test_every_event_is_explained_to_partners() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    assert [kind for kind in (*EVENT_TYPES, webhooks.WEBHOOK_TEST) if f"`{kind}`" not in page] == []
