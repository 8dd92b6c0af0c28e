"""Events, each written in the same transaction as the change that causes it.

What is raised says what cannot be found any more when it is sent: a company's name as it was, a connection's
status then (specification: sync, events and webhooks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daybook.domain.webhooks import (
    CONNECTION_DELETED,
    PUSH_OPERATION_STATUS_CHANGED,
    SYNC_CONNECTION_DELETED,
    WEBHOOK_DISABLED,
)
from daybook.services.document_types import DATA_TYPES
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.outbox import event_put
from daybook.wire.models import utc_text

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection
    from daybook.store.table import Put
    from daybook.store.webhooks import Subscription

Event = tuple[str, dict[str, Any]]


def company_event(runtime: Runtime, event: str, company: Company, *connections: Event) -> Put:
    """The write of an event about a company; followed by what happened to its connections then."""
    told = {
        "name": company.name,
        "description": company.description,
        "created": company.created,
        "tags": dict(company.tags),
    }
    detail = {"companyId": company.id, "clientId": company.client_id, "company": told}
    return event_put(event, detail, runtime.ids.new(), utc_text(runtime.clock.now()), *connections)


def connection_event(runtime: Runtime, event: str, connection: Connection) -> Put:
    """The write of an event about a connection, as it is after the change."""
    kind, detail = of_connection(event, connection)
    also: list[Event] = []
    if kind == CONNECTION_DELETED:
        also.append((SYNC_CONNECTION_DELETED, {name: detail[name] for name in _OF_CONNECTION}))
    return event_put(kind, detail, runtime.ids.new(), utc_text(runtime.clock.now()), *also)


_OF_CONNECTION = ("companyId", "dataConnectionId")


def of_connection(event: str, connection: Connection) -> Event:
    """An event about a connection, to be raised with another."""
    told = {
        "id": connection.id,
        "integrationId": connection.integration_id,
        "integrationKey": connection.platform_key,
        "sourceId": connection.source_id,
        "sourceType": connection.source_type,
        "platformName": connection.platform_name,
        "linkUrl": connection.link_url,
        "status": connection.status,
        "created": connection.created,
        "lastSync": connection.last_sync,
        "dataConnectionErrors": [dict(error) for error in connection.errors],
    }
    return event, {
        "companyId": connection.company_id,
        "dataConnectionId": connection.id,
        "connection": told,
    }


def document_event(runtime: Runtime, stored: StoredDocument, connection_id: str = "") -> Put:
    """The write of the event that a document came to its end."""
    detail = {
        "companyId": stored.company_id,
        "syncId": stored.sync_id,
        "dataType": DATA_TYPES[stored.document.kind],
        "status": "Success" if stored.status == SUCCESS else "Failed",
        "pushOperationKey": stored.key,
    }
    if connection_id:
        detail["dataConnectionId"] = connection_id
    return event_put(PUSH_OPERATION_STATUS_CHANGED, detail, runtime.ids.new(), utc_text(runtime.clock.now()))


def webhook_disabled_event(runtime: Runtime, subscription: Subscription) -> Put:
    """The write of the event that a subscription was disabled."""
    detail = {
        "clientId": subscription.client_id,
        "webhookId": subscription.id,
        "reason": subscription.reason,
    }
    now = utc_text(runtime.clock.now())
    return event_put(WEBHOOK_DISABLED, detail, runtime.ids.new(), now, subject=subscription.client_id)
