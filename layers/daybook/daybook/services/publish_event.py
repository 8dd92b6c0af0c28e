"""From what happened to what partners are told of it: the one place that knows both.

Within Daybook an event says no more than is needed to find the rest. What partners are sent has the
published shape, in the older or the newer of its two styles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from daybook.domain import webhooks as kinds
from daybook.frozen import frozen
from daybook.store.companies import Company
from daybook.wire import events as wire

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
    return wire.body_text(_SHAPES[raised.type](raised, known))


def _company(raised: Raised, known: Known) -> wire.NewStyle:
    told = raised.detail["company"]
    payload = wire.CompanyPayload(
        id=raised.subject,
        name=told["name"],
        description=told["description"] or None,
        redirect=f"{known.base_url}/link/{raised.subject}",
        created=told["created"],
        tags=told["tags"],
    )
    return _new(raised, payload)


def _connection(raised: Raised, known: Known) -> wire.NewStyle:
    told = raised.detail["connection"]
    connection = wire.EventConnection.model_validate(
        {**told, "linkUrl": f"{known.base_url}{told['linkUrl']}", "lastSync": told["lastSync"] or None}
    )
    return _new(
        raised,
        wire.ConnectionPayload(reference_company=_reference(raised, known), connection=connection),
    )


def _schedule_disabled(raised: Raised, known: Known) -> wire.NewStyle:
    payload = wire.ScheduleDisabledPayload(
        reference_company=_reference(raised, known),
        message=raised.detail["message"],
        start_date=raised.detail.get("startDate"),
    )
    return _new(raised, payload)


def _webhook_disabled(raised: Raised, _: Known) -> wire.NewStyle:
    told = raised.detail
    return _new(raised, wire.WebhookDisabledPayload(webhook_id=told["webhookId"], reason=told["reason"]))


def _webhook_test(raised: Raised, _: Known) -> wire.NewStyle:
    message = "This is a test. It was asked for and means nothing else."
    return _new(raised, wire.WebhookTestPayload(webhook_id=raised.subject, message=message))


def _connection_removed(raised: Raised, known: Known) -> wire.OldStyle:
    message = f"A connection of company {raised.subject} was deleted."
    return _old(raised, known, "Sync Connection Deleted", message)


def _sync_completed(raised: Raised, known: Known) -> wire.OldStyle:
    message = f"Sync {raised.detail['syncId']} of company {raised.subject} has completed."
    return _old(raised, known, "Sync Completed", message, _sync(raised))


def _sync_failed(raised: Raised, known: Known) -> wire.OldStyle:
    told = raised.detail
    message = (
        f"Sync {told['syncId']} of company {raised.subject} has failed with code {told['syncStatusCode']}."
    )
    return _old(raised, known, "Sync Failed", message, _sync(raised, told.get("stage")))


def _sync(raised: Raised, stage: str | None = None) -> wire.SyncData:
    told = raised.detail
    return wire.SyncData(
        sync_id=told["syncId"],
        sync_type=SYNC_TYPE,
        sync_status_code=told["syncStatusCode"],
        failure_stage=stage,
    )


def _dataset(raised: Raised, known: Known) -> wire.OldStyle:
    told = raised.detail
    data = wire.DatasetData(
        dataset_id=told["datasetId"],
        data_type=f"commerce-{told['dataType']}",
        dataset_status=told["datasetStatus"],
    )
    message = f"The dataset {data.dataset_id} of {data.data_type} is {data.dataset_status}."
    return _old(raised, known, "Dataset Status Changed", message, data)


def _push_operation(raised: Raised, known: Known) -> wire.OldStyle:
    told = raised.detail
    data = wire.PushOperationData(
        data_type=told["dataType"], status=told["status"], push_operation_key=told["pushOperationKey"]
    )
    message = f"The push operation {data.push_operation_key} of {data.data_type} is {data.status}."
    return _old(raised, known, "Push Operation Status Changed", message, data)


def _reference(raised: Raised, known: Known) -> wire.ReferenceCompany:
    company = known.company
    if company is None:
        return wire.ReferenceCompany(id=raised.subject)
    return wire.ReferenceCompany(id=company.id, name=company.name, tags=dict(company.tags))


def _new(raised: Raised, payload: Any) -> wire.NewStyle:
    return wire.NewStyle(id=raised.id, event_type=raised.type, generated_date=raised.created, payload=payload)


def _old(
    raised: Raised,
    known: Known,
    rule_type: str,
    message: str,
    data: wire.SyncData | wire.DatasetData | wire.PushOperationData | None = None,
) -> wire.OldStyle:
    return wire.OldStyle(
        client_id=known.client_id,
        client_name=known.client_name,
        company_id=raised.subject,
        data_connection_id=raised.detail.get("dataConnectionId"),
        # Rules are not Daybook's: one id for each of a client's types of event.
        rule_id=str(uuid5(_NAMESPACE, f"{known.client_id}/{raised.type}")),
        rule_type=rule_type,
        alert_id=raised.id,
        message=message,
        data=data,
    )


_SHAPES: Mapping[str, Callable[[Raised, Known], wire.NewStyle | wire.OldStyle]] = MappingProxyType(
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
