"""Subscriptions to events and their deliveries, as requests and as answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from daybook.domain.webhooks import EVENT_TYPES
from daybook.wire.formats import Url, UtcTime, Uuid, one_of
from daybook.wire.models import Model

LONGEST_URL = 2048


def _known(event_type: str) -> str:
    if event_type not in EVENT_TYPES:
        raise ValueError(f"there is no such event; there are {', '.join(EVENT_TYPES)}")
    return event_type


EventType = Annotated[str, AfterValidator(_known), one_of(*EVENT_TYPES)]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=100)]
TargetUrl = Annotated[str, Field(max_length=LONGEST_URL)]
Status = Literal["Pending", "Delivered", "Failed", "NotDelivered"]


class WebhookRequest(Model):
    """A new subscription: where to be told, of which events (all unless said), of which company (all)."""

    url: TargetUrl
    event_types: EventTypes | None = None
    company_id: Uuid | None = None
    disabled: bool = False


class WebhookUpdate(Model):
    """What to change of a subscription; what is left out stays. An empty `companyId` is every company."""

    url: TargetUrl | None = None
    event_types: EventTypes | None = None
    company_id: str | None = None
    disabled: bool | None = None


class Webhook(Model):
    """A subscription. `disabledReason` says why nothing is sent to it any more."""

    id: Uuid
    url: Url
    event_types: list[str]
    company_id: Uuid | None
    disabled: bool
    disabled_reason: str | None
    disabled_date: UtcTime | None
    created: UtcTime


class NewWebhook(Webhook):
    """A subscription with the secret that signs what is sent to it, shown this once."""

    secret: str


class DeliveryAttempt(Model):
    """One try to send an event: `statusCode` is what the receiver answered, null when no answer came."""

    date: UtcTime
    status_code: int | None
    milliseconds: int
    error: str | None


class Delivery(Model):
    """An event on its way to a subscription, and every try to send it (the latest fifty)."""

    id: Uuid
    webhook_id: Uuid
    event_id: Uuid
    event_type: str
    company_id: Uuid | None
    status: Status
    created: UtcTime
    next_attempt: UtcTime | None
    resends: int
    attempts: list[DeliveryAttempt]


class DeliveryWithEvent(Delivery):
    """A delivery with the event as it is sent; null once the event is no longer kept."""

    event: dict[str, Any] | None
