"""A client's subscriptions to events: made, changed, tried; and what became of each delivery."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from daybook.domain import webhooks as domain
from daybook.domain.errors import BadRequest, Conflict, NotFound, Problem
from daybook.domain.instants import utc_text
from daybook.outside.addresses import AddressRefused, read_target
from daybook.services.companies import find_company
from daybook.services.identifiers import identifier
from daybook.services.notify import deliver_message, delivery_of, event_of, group_of
from daybook.services.publish_event import Raised
from daybook.store import webhooks as store
from daybook.store.outbox import DELIVER, outbox_put
from daybook.store.table import ConditionFailed
from daybook.store.webhooks import PENDING, Delivery, Secret, Subscription
from daybook.wire import webhooks as wire
from daybook.wire.messages import body_of
from daybook.wire.models import answer
from daybook.wire.paging import NEWEST_FIRST, OLDEST_FIRST, Listing, page_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.table import Put

# Of a subscription's deliveries, as many of the newest are listed.
MOST_LISTED = 5000
_TRIES = 5
_BY_CLIENT = "Disabled by request."


def create_webhook(runtime: Runtime, client_id: str, request: wire.WebhookRequest) -> wire.NewWebhook:
    """Subscribe to events. Raises BadRequest, also for one subscription too many."""
    now = utc_text(runtime.clock.now())
    webhook_id = runtime.ids.new()
    secret = domain.new_secret(secrets.token_bytes(domain.SECRET_BYTES))
    subscription = Subscription(
        id=webhook_id,
        client_id=client_id,
        url=_checked_url(runtime, request.url),
        created=now,
        secrets=(Secret(runtime.cipher.encrypt(secret, webhook_id)),),
        event_types=tuple(dict.fromkeys(request.event_types or ())),
        company_id=_checked_company(runtime, client_id, request.company_id or ""),
    )
    if request.disabled:
        subscription = _disabled(subscription, now)
    store.create(runtime.table, subscription)
    return wire.NewWebhook(**_shown(subscription), secret=secret)


def find_webhook(runtime: Runtime, client_id: str, webhook_id: str) -> Subscription:
    """A client's subscription. Raises NotFound, alike for an unknown id and for somebody else's."""
    return store.get(runtime.table, client_id, identifier(webhook_id, "webhook"))


def list_webhooks(runtime: Runtime, client_id: str, listing: Listing, path: str) -> dict[str, object]:
    """A page of a client's subscriptions, oldest first unless asked otherwise."""
    kept = store.list_subscriptions(runtime.table, client_id)
    return page_of((answer(show_webhook(each)) for each in kept), listing, path, places=OLDEST_FIRST)


def update_webhook(runtime: Runtime, subscription: Subscription, request: wire.WebhookUpdate) -> Subscription:
    """Change what is given. Raises BadRequest, and NotFound when it was deleted meanwhile."""
    url = None if request.url is None else _checked_url(runtime, request.url)
    company_id = request.company_id
    if company_id:
        company_id = _checked_company(runtime, subscription.client_id, company_id)

    def change(current: Subscription) -> Subscription:
        changed = replace(
            current,
            url=url or current.url,
            company_id=current.company_id if company_id is None else company_id,
            event_types=tuple(dict.fromkeys(request.event_types or current.event_types)),
        )
        if request.disabled is False:
            return replace(changed, disabled=False, reason="", disabled_at="")
        if request.disabled and not current.disabled:
            return _disabled(changed, utc_text(runtime.clock.now()))
        return changed

    return _changed(runtime, subscription, change)


def delete_webhook(runtime: Runtime, subscription: Subscription) -> None:
    """Forget a subscription; nothing more is sent to it."""
    store.delete(runtime.table, subscription.client_id, subscription.id)


def rotate_secret(runtime: Runtime, subscription: Subscription) -> wire.NewWebhook:
    """Give a subscription a new secret; those before sign beside it for 24 hours."""
    secret = domain.new_secret(secrets.token_bytes(domain.SECRET_BYTES))
    sealed = Secret(runtime.cipher.encrypt(secret, subscription.id))
    now = runtime.clock.now()
    until = utc_text(now + domain.ROTATION)

    def change(current: Subscription) -> Subscription:
        before = [
            replace(each, until=each.until or until)
            for each in current.secrets
            if not each.until or each.until > utc_text(now)
        ]
        return replace(current, secrets=(sealed, *before)[: domain.MOST_SECRETS])

    return wire.NewWebhook(**_shown(_changed(runtime, subscription, change)), secret=secret)


def test_webhook(runtime: Runtime, subscription: Subscription) -> Delivery:
    """Send a test event, once, also to a disabled subscription."""
    now = utc_text(runtime.clock.now())
    raised = Raised(runtime.ids.new(), domain.WEBHOOK_TEST, subscription.id, {}, now)
    event = event_of(runtime, raised, subscription.client_id, "")
    delivery = replace(delivery_of(subscription, event), status=PENDING)
    runtime.table.transact(
        [store.event_put(event), store.delivery_put(delivery), _deliver_put(runtime, delivery)]
    )
    return delivery


def list_deliveries(
    runtime: Runtime, subscription: Subscription, listing: Listing, path: str
) -> dict[str, object]:
    """A page of what was sent to a subscription, newest first unless asked otherwise."""
    kept = islice(store.deliveries(runtime.table, subscription.id), MOST_LISTED)
    return page_of((answer(show_delivery(each)) for each in kept), listing, path, places=NEWEST_FIRST)


def find_delivery(runtime: Runtime, subscription: Subscription, delivery_id: str) -> Delivery:
    """A delivery to a subscription. Raises NotFound."""
    found = store.find_delivery(runtime.table, subscription.id, identifier(delivery_id, "delivery"))
    if found is None:
        raise NotFound("delivery")
    return found


def resend(runtime: Runtime, subscription: Subscription, delivery: Delivery) -> Delivery:
    """Send an event again, with its id and body as before and the tries of another 24 hours.

    Raises BadRequest when the subscription is disabled, or the event is waiting to be sent or gone.
    """
    if delivery.status == PENDING:
        raise _refused("The event is on its way: it is sent again by itself.")
    if subscription.disabled and delivery.event_type != domain.WEBHOOK_TEST:
        raise _refused('The webhook is disabled. Enable it with PATCH {"disabled": false} first.')
    if store.find_event(runtime.table, delivery.subject, delivery.event_id) is None:
        raise _refused("The event is no longer kept.")
    again = replace(delivery, status=PENDING, round=delivery.round + 1, tried=0, since="", next_attempt="")
    try:
        runtime.table.transact([store.changed_delivery(again), _deliver_put(runtime, again)])
    except ConditionFailed:
        raise _refused("The event is on its way: it is sent again by itself.") from None
    return again


def show_webhook(subscription: Subscription) -> wire.Webhook:
    """A subscription as it is answered, without its secrets."""
    return wire.Webhook(**_shown(subscription))


def show_delivery(delivery: Delivery) -> wire.Delivery:
    """A delivery as it is answered."""
    return wire.Delivery(**_told(delivery))


def show_delivery_with_event(runtime: Runtime, delivery: Delivery) -> wire.DeliveryWithEvent:
    """A delivery with what is sent."""
    event = store.find_event(runtime.table, delivery.subject, delivery.event_id)
    return wire.DeliveryWithEvent(**_told(delivery), event=json.loads(event.body) if event else None)


def _shown(subscription: Subscription) -> dict[str, Any]:
    """The properties of a subscription that are answered."""
    return {
        "id": subscription.id,
        "url": subscription.url,
        "event_types": list(subscription.event_types or domain.EVENT_TYPES),
        "company_id": subscription.company_id or None,
        "disabled": subscription.disabled,
        "disabled_reason": subscription.reason or None,
        "disabled_date": subscription.disabled_at or None,
        "created": subscription.created,
    }


def _told(delivery: Delivery) -> dict[str, Any]:
    is_of_company = delivery.event_type not in domain.OF_NO_COMPANY
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "company_id": delivery.subject if is_of_company else None,
        "status": delivery.status,
        "created": delivery.created,
        "next_attempt": delivery.next_attempt or None,
        "resends": delivery.round,
        "attempts": [
            wire.DeliveryAttempt(
                date=attempt.at,
                status_code=attempt.status_code or None,
                milliseconds=attempt.milliseconds,
                error=attempt.error or None,
            )
            for attempt in delivery.attempts
        ],
    }


def _changed(
    runtime: Runtime, subscription: Subscription, change: Callable[[Subscription], Subscription]
) -> Subscription:
    """The subscription as changed, whoever else changes it. Raises NotFound."""
    for _ in range(_TRIES):
        try:
            return store.save(runtime.table, change(subscription))
        except ConditionFailed:
            subscription = store.get(runtime.table, subscription.client_id, subscription.id)
    raise Conflict("The webhook is being changed by others. Try again.")


def _disabled(subscription: Subscription, now: str) -> Subscription:
    return replace(subscription, disabled=True, reason=_BY_CLIENT, disabled_at=now)


def _checked_url(runtime: Runtime, url: str) -> str:
    try:
        read_target(url, admit_local=runtime.sender.admit_local)
    except AddressRefused as refused:
        raise BadRequest(refused.message, [Problem("$.url", refused.message, "address")]) from None
    return url


def _checked_company(runtime: Runtime, client_id: str, company_id: str) -> str:
    if not company_id:
        return ""
    try:
        return find_company(runtime, client_id, company_id).id
    except NotFound:
        message = "You have no company with this id."
        raise BadRequest(message, [Problem("$.companyId", message, "company")]) from None


def _refused(message: str) -> BadRequest:
    return BadRequest(message, [Problem("deliveryId", message, "status")])


def _deliver_put(runtime: Runtime, delivery: Delivery) -> Put:
    return outbox_put(
        DELIVER,
        group_of(delivery),
        body_of(deliver_message(delivery)),
        runtime.ids.new(),
        utc_text(runtime.clock.now()),
        f"{delivery.id}-{delivery.round}",
    )
