"""Subscriptions to events, and what became of each delivery."""

from __future__ import annotations

from daybook.services import webhooks
from daybook.services.runtime import runtime
from daybook.wire import webhooks as wire
from daybook.wire.models import read
from daybook.wire.paging import read_listing
from rest import Api, Reply, Request

api = Api("webhooks")
handler = api.handle

_WEBHOOK = "/webhooks/<webhook_id>"
_DELIVERY = f"{_WEBHOOK}/deliveries/<delivery_id>"


@api.route("GET", "/webhooks")
def list_webhooks(request: Request) -> object:
    """A page of your webhooks."""
    return webhooks.list_webhooks(
        runtime(), request.client_id, read_listing(request.parameters), request.path
    )


@api.route("POST", "/webhooks")
def create_webhook(request: Request) -> object:
    """Be told of events at an address of yours.

    Every event is sent there as a POST, signed with the secret that is shown this once. A client has at
    most 20 webhooks. The address must begin with https:// and be public.
    """
    asked = read(wire.WebhookRequest, request.json())
    return Reply(webhooks.create_webhook(runtime(), request.client_id, asked), is_secret=True)


@api.route("GET", _WEBHOOK)
def get_webhook(request: Request, webhook_id: str) -> object:
    """One webhook."""
    return webhooks.show_webhook(webhooks.find_webhook(runtime(), request.client_id, webhook_id))


@api.route("PATCH", _WEBHOOK)
def update_webhook(request: Request, webhook_id: str) -> object:
    """Change a webhook, disable it, or enable it again.

    What happens while it is disabled is kept as not delivered and can be resent afterwards.
    """
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    asked = read(wire.WebhookUpdate, request.json())
    return webhooks.show_webhook(webhooks.update_webhook(runtime(), found, asked))


@api.route("DELETE", _WEBHOOK)
def delete_webhook(request: Request, webhook_id: str) -> object:
    """Be told of nothing there any more."""
    webhooks.delete_webhook(runtime(), webhooks.find_webhook(runtime(), request.client_id, webhook_id))
    return {}


@api.route("POST", f"{_WEBHOOK}/rotate")
def rotate_secret(request: Request, webhook_id: str) -> object:
    """A new secret for a webhook, shown this once.

    For 24 hours everything is signed with the old secret too, so that your receiver can be changed meanwhile.
    """
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    return Reply(webhooks.rotate_secret(runtime(), found), is_secret=True)


@api.route("POST", f"{_WEBHOOK}/test")
def test_webhook(request: Request, webhook_id: str) -> object:
    """Send a test event to a webhook.

    It is tried once, also when the webhook is disabled. What became of it is shown by the delivery.
    """
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    return webhooks.show_delivery(webhooks.test_webhook(runtime(), found))


@api.route("GET", f"{_WEBHOOK}/deliveries")
def list_deliveries(request: Request, webhook_id: str) -> object:
    """A page of what was sent to a webhook, or is to be, newest first.

    Deliveries are kept for 30 days; of more than 5,000 the newest are listed.
    """
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    return webhooks.list_deliveries(runtime(), found, read_listing(request.parameters), request.path)


@api.route("GET", _DELIVERY)
def get_delivery(request: Request, webhook_id: str, delivery_id: str) -> object:
    """One delivery, with the event as it is sent and every attempt."""
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    delivery = webhooks.find_delivery(runtime(), found, delivery_id)
    return webhooks.show_delivery_with_event(runtime(), delivery)


@api.route("POST", f"{_DELIVERY}/resend")
def resend_delivery(request: Request, webhook_id: str, delivery_id: str) -> object:
    """Send an event again, whether or not it was delivered before.

    It has the same id and body as before, and 24 hours of attempts.
    """
    found = webhooks.find_webhook(runtime(), request.client_id, webhook_id)
    delivery = webhooks.find_delivery(runtime(), found, delivery_id)
    return webhooks.show_delivery(webhooks.resend(runtime(), found, delivery))
