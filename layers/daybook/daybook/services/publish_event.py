"""From what happened to what partners are told of it: the one place that knows both.

Within Daybook an event says no more than is needed to find the rest. What partners are sent has the
published shape, in the older or the newer of its two styles (wire/events.py), written here without pydantic:
it would be half of what the notifier imports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from daybook.domain import webhooks as kinds
from daybook.frozen import frozen
from daybook.store.companies import Company
from daybook.wire.json_text import write_json

# The names and shapes are those of wire/events.py, which a test holds every body against.
Body = Mapping[str, Any]

_OF_CONNECTION = (
    "id", "integrationId", "integrationKey", "sourceId", "sourceType", "platformName", "linkUrl", "status",
    "lastSync", "created", "dataConnectionErrors",
)  # fmt: skip
# Which product's sync it was, where a partner uses several.
SYNC_TYPE = "Commerce"
_NAMESPACE = UUID("5d8f3f4e-0c52-5c5b-9a2a-4a0f7e0f6a11")


@frozen
class Raised:
    """An event as it was raised: about which company (or, for a test, which webhook), with what."""

    id: str
    type: str
    subject: str
    detail: Mapping[str, Any]
    created: str


@frozen
class Known:
    """What else an event says: whose it is, the company unless it is gone, where the API answers."""

    client_id: str
    client_name: str
    company: Company | None
    base_url: str


def published(raised: Raised, known: Known) -> str:
    """The body that partners are sent. Raises KeyError for a type that nobody is told of."""
    return write_json(_said(_SHAPES[raised.type](raised, known)))


def _said(value: Any) -> Any:
    """A value without what there is nothing to say of."""
    if isinstance(value, Mapping):
        return {name: _said(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_said(inner) for inner in value]
    return value


def _company(raised: Raised, known: Known) -> Body:
    told = raised.detail["company"]
    payload = {
        "id": raised.subject,
        "name": told["name"],
        "description": told["description"] or None,
        "redirect": f"{known.base_url}/link/{raised.subject}",
        "created": told["created"],
        "tags": told["tags"],
    }
    return _new(raised, payload)


def _connection(raised: Raised, known: Known) -> Body:
    told = raised.detail["connection"]
    connection = {
        **{name: told[name] for name in _OF_CONNECTION},
        "linkUrl": f"{known.base_url}{told['linkUrl']}",
        "lastSync": told["lastSync"] or None,
        "dataConnectionErrors": [{"status": "Active", **error} for error in told["dataConnectionErrors"]],
    }
    return _new(raised, {"referenceCompany": _reference(raised, known), "connection": connection})


def _schedule_disabled(raised: Raised, known: Known) -> Body:
    payload = {
        "referenceCompany": _reference(raised, known),
        "message": raised.detail["message"],
        "startDate": raised.detail.get("startDate"),
    }
    return _new(raised, payload)


def _webhook_disabled(raised: Raised, _: Known) -> Body:
    told = raised.detail
    return _new(raised, {"webhookId": told["webhookId"], "reason": told["reason"]})


def _webhook_test(raised: Raised, _: Known) -> Body:
    message = "This is a test. It was asked for and means nothing else."
    return _new(raised, {"webhookId": raised.subject, "message": message})


def _connection_removed(raised: Raised, known: Known) -> Body:
    message = f"A connection of company {raised.subject} was deleted."
    return _old(raised, known, "Sync Connection Deleted", message)


def _sync_completed(raised: Raised, known: Known) -> Body:
    message = f"Sync {raised.detail['syncId']} of company {raised.subject} has completed."
    return _old(raised, known, "Sync Completed", message, _sync(raised))


def _sync_failed(raised: Raised, known: Known) -> Body:
    told = raised.detail
    message = (
        f"Sync {told['syncId']} of company {raised.subject} has failed with code {told['syncStatusCode']}."
    )
    return _old(raised, known, "Sync Failed", message, _sync(raised, told.get("stage")))


def _sync(raised: Raised, stage: str | None = None) -> Body:
    told = raised.detail
    return {
        "syncId": told["syncId"],
        "syncType": SYNC_TYPE,
        "syncStatusCode": told["syncStatusCode"],
        "FailureStage": stage,
    }


def _dataset(raised: Raised, known: Known) -> Body:
    told = raised.detail
    data = {
        "datasetId": told["datasetId"],
        "dataType": f"commerce-{told['dataType']}",
        "datasetStatus": told["datasetStatus"],
    }
    message = f"The dataset {data['datasetId']} of {data['dataType']} is {data['datasetStatus']}."
    return _old(raised, known, "Dataset Status Changed", message, data)


def _push_operation(raised: Raised, known: Known) -> Body:
    told = raised.detail
    data = {name: told[name] for name in ("dataType", "status", "pushOperationKey")}
    message = f"The push operation {told['pushOperationKey']} of {told['dataType']} is {told['status']}."
    return _old(raised, known, "Push Operation Status Changed", message, data)


def _reference(raised: Raised, known: Known) -> Body:
    company = known.company
    if company is None:
        return {"id": raised.subject}
    return {"id": company.id, "name": company.name, "tags": dict(company.tags)}


def _new(raised: Raised, payload: Body) -> Body:
    return {
        "id": raised.id,
        "eventType": raised.type,
        "generatedDate": raised.created,
        "payload": payload,
    }


def _old(raised: Raised, known: Known, rule_type: str, message: str, data: Body | None = None) -> Body:
    return {
        "ClientId": known.client_id,
        "ClientName": known.client_name,
        "CompanyId": raised.subject,
        "DataConnectionId": raised.detail.get("dataConnectionId"),
        # Rules are not Daybook's: one id for each of a client's types of event.
        "RuleId": str(uuid5(_NAMESPACE, f"{known.client_id}/{raised.type}")),
        "RuleType": rule_type,
        "AlertId": raised.id,
        "Message": message,
        "Data": data,
    }


_SHAPES: Mapping[str, Callable[[Raised, Known], Body]] = MappingProxyType(
    {
        kinds.COMPANY_CREATED: _company,
        kinds.COMPANY_DELETED: _company,
        kinds.CONNECTION_CREATED: _connection,
        kinds.CONNECTION_CONNECTED: _connection,
        kinds.CONNECTION_RECONNECTED: _connection,
        kinds.CONNECTION_DISCONNECTED: _connection,
        kinds.CONNECTION_DELETED: _connection,
        kinds.SYNC_CONNECTION_DELETED: _connection_removed,
        kinds.SYNC_COMPLETED: _sync_completed,
        kinds.SYNC_FAILED: _sync_failed,
        kinds.SYNC_DISABLED: _schedule_disabled,
        kinds.DATASET_STATUS_CHANGED: _dataset,
        kinds.PUSH_OPERATION_STATUS_CHANGED: _push_operation,
        kinds.WEBHOOK_DISABLED: _webhook_disabled,
        kinds.WEBHOOK_TEST: _webhook_test,
    }
)
