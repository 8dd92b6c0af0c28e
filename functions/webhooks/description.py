"""What the operations on webhooks take and answer."""

from __future__ import annotations

from daybook.domain.webhooks import EVENT_TYPES
from daybook.wire import webhooks as wire
from describing import (
    COMPANY_ID,
    EMPTY_OBJECT,
    LISTING,
    UUID,
    Described,
    Link,
    PageOf,
    Parameter,
    Tag,
    page,
)
from webhooks import app
from webhooks.events import EVENTS

__all__ = ["EVENTS", "OPERATIONS"]

_WEBHOOK_ID = "0b8f8b1a-3c05-7d14-a8b7-6f7081920314"
_DELIVERY_ID = "0b8f8b1a-4d16-7e25-b9c8-708192031425"
_EVENT_ID = "7e2d9a14-5b3c-5f6e-8a90-1b2c3d4e5f60"
_ID = Parameter("webhookId", "The webhook's id.", "path", UUID, example=_WEBHOOK_ID)
_ID_OF_DELIVERY = Parameter("deliveryId", "The delivery's id.", "path", UUID, example=_DELIVERY_ID)
_NO_WEBHOOK = "You have no webhook with this id."
_NO_DELIVERY = "The webhook, or the delivery, does not exist or is no longer kept."
_WEBHOOK = {
    "id": _WEBHOOK_ID,
    "url": "https://hooks.example.com/daybook",
    "eventTypes": ["SyncCompleted", "SyncFailed"],
    "companyId": None,
    "disabled": False,
    "disabledReason": None,
    "disabledDate": None,
    "created": "2026-03-02T09:00:00Z",
}
# Says in base64 that it is shown once.
_NEW = {**_WEBHOOK, "secret": "whsec_c2hvd24tb25jZS1rZWVwLWl0LXdoZXJlLWl0LWlzLXNhZmU="}
_ASKED = {"url": "https://hooks.example.com/daybook", "eventTypes": ["SyncCompleted", "SyncFailed"]}
_DELIVERY = {
    "id": _DELIVERY_ID,
    "webhookId": _WEBHOOK_ID,
    "eventId": _EVENT_ID,
    "eventType": "SyncCompleted",
    "companyId": COMPANY_ID,
    "status": "Delivered",
    "created": "2026-03-03T04:00:21Z",
    "nextAttempt": None,
    "resends": 0,
    "attempts": [
        {
            "date": "2026-03-03T04:00:22Z",
            "statusCode": 503,
            "milliseconds": 48,
            "error": "Closed.",
        },
        {"date": "2026-03-03T04:00:27Z", "statusCode": 204, "milliseconds": 35, "error": None},
    ],
}
_WAITING = {**_DELIVERY, "status": "Pending", "resends": 1}
_EVENT = {
    "ClientId": "0b8f8b1a-1e00-7c11-8b2c-4d5e6f708192",
    "ClientName": "Harbour Tills",
    "CompanyId": COMPANY_ID,
    "RuleId": "2c4e6a80-9b1d-5f3e-8c70-5a6b7c8d9e0f",
    "RuleType": "Sync Completed",
    "AlertId": _EVENT_ID,
    "Message": f"A sync of company {COMPANY_ID} has completed.",
    "Data": {
        "syncId": "0b8f8b1a-9d02-7a68-bf15-c7d8e9f0a1b2",
        "syncType": "Commerce",
        "syncStatusCode": 2000,
    },
}
_REFUSED = (
    "The address is not one Daybook sends to (it must begin with https:// and be public), an event type is "
    f"unknown (there are {', '.join(EVENT_TYPES)}), or the company is none of yours."
)
_OF_WEBHOOK = {
    name: Link(operation, {"webhook_id": "id"})
    for name, operation in (
        ("get", "get_webhook"),
        ("try", "test_webhook"),
        ("deliveries", "list_deliveries"),
        ("delete", "delete_webhook"),
    )
}
_OF_DELIVERY = {
    "get": Link("get_delivery", {"webhook_id": "webhookId", "delivery_id": "id"}),
}

OPERATIONS = {
    app.list_webhooks: Described(
        Tag.WEBHOOKS,
        parameters=LISTING,
        answer=PageOf(wire.Webhook),
        example=page(_WEBHOOK, path="/webhooks"),
    ),
    app.create_webhook: Described(
        Tag.WEBHOOKS,
        request=wire.WebhookRequest,
        answer=wire.NewWebhook,
        request_example=_ASKED,
        example=_NEW,
        errors={400: f"{_REFUSED} Or the client has twenty webhooks."},
        links=_OF_WEBHOOK,
    ),
    app.get_webhook: Described(
        Tag.WEBHOOKS, answer=wire.Webhook, parameters=(_ID,), example=_WEBHOOK, errors={404: _NO_WEBHOOK}
    ),
    app.update_webhook: Described(
        Tag.WEBHOOKS,
        request=wire.WebhookUpdate,
        answer=wire.Webhook,
        parameters=(_ID,),
        request_example={"disabled": False},
        example=_WEBHOOK,
        errors={400: _REFUSED, 404: _NO_WEBHOOK, 409: "Others changed it at the same moment."},
    ),
    app.delete_webhook: Described(
        Tag.WEBHOOKS, answer=EMPTY_OBJECT, parameters=(_ID,), errors={404: _NO_WEBHOOK}
    ),
    app.rotate_secret: Described(
        Tag.WEBHOOKS,
        answer=wire.NewWebhook,
        parameters=(_ID,),
        example=_NEW,
        errors={404: _NO_WEBHOOK, 409: "Others changed it at the same moment."},
    ),
    app.test_webhook: Described(
        Tag.WEBHOOKS,
        answer=wire.Delivery,
        parameters=(_ID,),
        example={**_WAITING, "eventType": "webhook.test", "companyId": None, "resends": 0, "attempts": []},
        errors={404: _NO_WEBHOOK},
        links=_OF_DELIVERY,
    ),
    app.list_deliveries: Described(
        Tag.WEBHOOKS,
        parameters=(_ID, *LISTING),
        answer=PageOf(wire.Delivery),
        example=page(_DELIVERY, path=f"/webhooks/{_WEBHOOK_ID}/deliveries"),
        errors={404: _NO_WEBHOOK},
    ),
    app.get_delivery: Described(
        Tag.WEBHOOKS,
        answer=wire.DeliveryWithEvent,
        parameters=(_ID, _ID_OF_DELIVERY),
        example={**_DELIVERY, "event": _EVENT},
        errors={404: _NO_DELIVERY},
    ),
    app.resend_delivery: Described(
        Tag.WEBHOOKS,
        answer=wire.Delivery,
        parameters=(_ID, _ID_OF_DELIVERY),
        example=_WAITING,
        errors={
            400: "It is on its way already, the webhook is disabled, or the event is no longer kept.",
            404: _NO_DELIVERY,
        },
    ),
}
