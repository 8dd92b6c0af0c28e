"""Events, each written in the same transaction as the change that causes it.

What is raised says what cannot be found any more when it is sent: a company's name as it was, a connection's
status then (specification: sync, events and webhooks).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from daybook.domain.webhooks import (
    COMPANY_CREATED,
    COMPANY_DELETED,
    CONNECTION_CONNECTED,
    CONNECTION_CREATED,
    CONNECTION_DELETED,
    CONNECTION_DISCONNECTED,
    CONNECTION_RECONNECTED,
    PUSH_OPERATION_STATUS_CHANGED,
    SYNC_CONNECTION_DELETED,
    WEBHOOK_DISABLED,
)
from daybook.services.document_types import DATA_TYPES
from daybook.store.connections import LINKED, PENDING, Connection
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.outbox import event_put

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.table import Put
    from daybook.store.webhooks import Subscription

Event = tuple[str, dict[str, Any]]


def company_created(runtime: Runtime, company: Company, connections: Iterable[Connection]) -> Put:
    """The write of the event that there is a new company, with these connections."""
    then = [event for connection in connections for event in _creation(connection)]
    return _company_event(runtime, COMPANY_CREATED, company, *then)


def company_deleted(runtime: Runtime, company: Company) -> Put:
    """The write of the event that a company was deleted; it names the company as it was."""
    return _company_event(runtime, COMPANY_DELETED, company)


def _company_event(runtime: Runtime, event: str, company: Company, *then: Event) -> Put:
    told = {
        "name": company.name,
        "description": company.description,
        "created": company.created,
        "tags": dict(company.tags),
    }
    detail = {"companyId": company.id, "clientId": company.client_id, "company": told}
    return event_put(event, detail, runtime.ids.new(), _now(runtime), *then)


def connection_created(runtime: Runtime, connection: Connection) -> Put:
    """The write of the event that there is a new connection, linked from the start or not."""
    (kind, detail), *then = _creation(connection)
    return event_put(kind, detail, runtime.ids.new(), _now(runtime), *then)


def connection_deleted(runtime: Runtime, connection: Connection) -> Put:
    """The write of the events that a connection was deleted, in either style."""
    kind, detail = _of_connection(CONNECTION_DELETED, connection)
    older = {"companyId": connection.company_id, "dataConnectionId": connection.id}
    now = _now(runtime)
    return event_put(kind, detail, runtime.ids.new(), now, (SYNC_CONNECTION_DELETED, older))


def status_changed(runtime: Runtime, before: str, connection: Connection) -> list[Put]:
    """The write of the event that a connection was linked, linked again or disconnected; none otherwise.

    `before` is the status it had; `connection` is as it is after the change.
    """
    if connection.status == LINKED:
        event = CONNECTION_CONNECTED if before == PENDING else CONNECTION_RECONNECTED
    else:
        event = CONNECTION_DISCONNECTED
    if before == connection.status or LINKED not in (before, connection.status):
        return []
    kind, detail = _of_connection(event, connection)
    return [event_put(kind, detail, runtime.ids.new(), _now(runtime))]


def _now(runtime: Runtime) -> str:
    return runtime.clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _creation(connection: Connection) -> list[Event]:
    created = [_of_connection(CONNECTION_CREATED, connection)]
    return (
        [*created, _of_connection(CONNECTION_CONNECTED, connection)]
        if connection.status == LINKED
        else created
    )


def _of_connection(event: str, connection: Connection) -> Event:
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


def document_ended(runtime: Runtime, stored: StoredDocument) -> Put:
    """The write of the event that a sync's document came to its end."""
    detail = {
        "companyId": stored.company_id,
        "syncId": stored.sync_id,
        "dataType": DATA_TYPES[stored.document.kind],
        "status": "Success" if stored.status == SUCCESS else "Failed",
        "pushOperationKey": stored.key,
    }
    return event_put(PUSH_OPERATION_STATUS_CHANGED, detail, runtime.ids.new(), _now(runtime))


def webhook_disabled(runtime: Runtime, subscription: Subscription) -> Put:
    """The write of the event that a subscription was disabled."""
    detail = {
        "clientId": subscription.client_id,
        "webhookId": subscription.id,
        "reason": subscription.reason,
    }
    now = _now(runtime)
    return event_put(WEBHOOK_DISABLED, detail, runtime.ids.new(), now, subject=subscription.client_id)
