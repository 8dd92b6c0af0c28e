"""Telling the subscriptions of an event: a delivery for each of them, which then goes its own way.

The same event again makes the same deliveries, so that a message that comes twice does no harm
(docs/adr/0012).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import NotFound
from daybook.domain.webhooks import OF_NO_COMPANY, PUSH_OPERATION_STATUS_CHANGED
from daybook.services.publish_event import Known, Raised, published
from daybook.services.runtime import time_ordered_id
from daybook.store import clients, companies, environment, layout, queues, webhooks
from daybook.store.outbox import DELIVER
from daybook.store.table import ConditionFailed
from daybook.store.webhooks import NOT_DELIVERED, PENDING, Delivery, Event, Subscription
from daybook.wire.messages import DeliverMessage, NotifyMessage, body_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

# Events and what became of them can be looked at, and resent, for as long.
KEPT_FOR = timedelta(days=30)


def notify(runtime: Runtime, message: NotifyMessage) -> None:
    """Send an event on its way to every subscription that asked for it."""
    raised = Raised(message.event_id, message.event, message.company_id, message.detail, message.created)
    client_id = message.detail.get("clientId") or _client_of(runtime, raised.subject)
    if not client_id:  # its company was erased meanwhile
        return
    told = [each for each in webhooks.list_subscriptions(runtime.table, client_id) if _asks_for(each, raised)]
    if not told:
        return
    event = event_of(runtime, raised, client_id, environment.api_url())
    runtime.table.transact([webhooks.event_put(event)])
    for subscription in told:
        delivery = delivery_of(subscription, event, message.place)
        with suppress(ConditionFailed):  # kept when this message came before
            runtime.table.transact([webhooks.delivery_put(delivery)])
        if delivery.status == PENDING:
            body = body_of(deliver_message(delivery))
            queues.send(DELIVER, body, group_of(delivery), f"{delivery.id}-0")


def event_of(runtime: Runtime, raised: Raised, client_id: str, base_url: str) -> Event:
    """An event as it is kept, its body as it will be sent every time."""
    try:
        client_name = clients.get(runtime.table, client_id).name
    except NotFound:
        client_name = ""
    known = Known(client_id, client_name, _company(runtime, client_id, raised), base_url)
    raised = replace(raised, detail=_with_connection(runtime, raised))
    expires = int((runtime.clock.now() + KEPT_FOR).timestamp())
    return Event(raised.subject, raised.id, raised.type, published(raised, known), raised.created, expires)


def delivery_of(subscription: Subscription, event: Event, place: int = 0) -> Delivery:
    """An event's delivery to a subscription, always the same; ids are in the order of events."""
    digest = hashlib.sha256(f"{event.id}/{subscription.id}".encode()).digest()
    return Delivery(
        id=time_ordered_id(datetime.fromisoformat(event.created), place.to_bytes(2) + digest[:8]),
        webhook_id=subscription.id,
        client_id=subscription.client_id,
        subject=event.subject,
        event_id=event.id,
        event_type=event.type,
        created=event.created,
        expires=event.expires,
        status=NOT_DELIVERED if subscription.disabled else PENDING,
    )


def deliver_message(delivery: Delivery) -> DeliverMessage:
    """The message that has a delivery's event sent."""
    return DeliverMessage(
        company_id=delivery.subject,
        client_id=delivery.client_id,
        webhook_id=delivery.webhook_id,
        delivery_id=delivery.id,
        round=delivery.round,
    )


def group_of(delivery: Delivery) -> str:
    """What keeps its order: one company's events to one subscription, and nobody else waits for them."""
    return f"{delivery.webhook_id}/{delivery.subject}"


def _asks_for(subscription: Subscription, raised: Raised) -> bool:
    company_id = "" if raised.type in OF_NO_COMPANY else raised.subject
    if subscription.company_id not in ("", company_id):
        return False
    return not subscription.event_types or raised.type in subscription.event_types


def _client_of(runtime: Runtime, company_id: str) -> str:
    pointer = runtime.table.get(*layout.company(company_id))
    return str(pointer["clientId"]) if pointer else ""


def _with_connection(runtime: Runtime, raised: Raised) -> Mapping[str, Any]:
    """What was raised, with the connection of a sync where it was not said."""
    sync_id = raised.detail.get("syncId")
    if raised.type != PUSH_OPERATION_STATUS_CHANGED or "dataConnectionId" in raised.detail or not sync_id:
        return raised.detail
    sync = runtime.syncs.get(raised.subject, sync_id)
    return {**raised.detail, "dataConnectionId": sync.connection_id} if sync else raised.detail


def _company(runtime: Runtime, client_id: str, raised: Raised) -> Company | None:
    try:
        return companies.get(runtime.table, client_id, raised.subject)
    except NotFound:
        return None
