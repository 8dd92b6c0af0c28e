"""Events of the deployed application at a partner's own receiver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from local.api_client import Client, wait_until
from local.merchant import Choices, Merchant
from tests.e2e.receiver import Receiver, receiver
from tests.e2e.test_schedule import ACCOUNTS, WRITTEN, sale


def subscribed(client: Client, to: Receiver, **wanted: Any) -> str:
    made = client.post("/webhooks", {"url": to.url, **wanted})
    to.secret = made["secret"]
    return str(made["id"])


def kinds(events: list[Any], company_id: str) -> list[str]:
    """The kinds of a company's events, each once, in the order in which they first came."""
    own = [event for event in events if company_id in str(event)]
    return list(dict.fromkeys(event.get("eventType") or event["RuleType"] for event in own))


def test_a_shops_events_arrive_signed_and_in_order(client: Client) -> None:
    with receiver() as mine:
        webhook_id = subscribed(client, mine)
        start = datetime(2026, 3, 1, tzinfo=UTC)
        merchant = Merchant.create(client, "Quay Cafe", ["shop"])
        merchant.configure(Choices(ACCOUNTS, start=start.isoformat()))
        merchant.wait_for([merchant.push("shop", "orders", [sale(start + timedelta(hours=9))])])
        assert merchant.historic("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")["syncStatusCode"] == WRITTEN
        mine.wait_for(lambda events: "Sync Completed" in kinds(events, merchant.company_id), 120)
        client.call("DELETE", f"/companies/{merchant.company_id}")
        events = mine.wait_for(lambda events: "company.deleted" in kinds(events, merchant.company_id), 120)
        assert kinds(events, merchant.company_id) == [
            "company.created",
            "connection.created",
            "connection.connected",
            "Dataset Status Changed",
            "Push Operation Status Changed",
            "Sync Completed",
            "company.deleted",
        ]
        client.call("DELETE", f"/webhooks/{webhook_id}")


def test_a_receiver_that_fails_first_gets_everything_in_order_all_the_same(client: Client) -> None:
    with receiver() as mine:
        mine.status = lambda count: 503 if count <= 2 else 204
        webhook_id = subscribed(client, mine, eventTypes=["company.created", "connection.created"])
        company_id = client.post("/companies", {"name": "Pier Cafe"})["id"]
        client.post(f"/companies/{company_id}/connections", {"platformKey": "mqjo"})
        events = mine.wait_for(lambda events: "connection.created" in kinds(events, company_id), 120)
        told = [event["eventType"] for event in events if company_id in str(event)]
        assert told == ["company.created"] * 3 + ["connection.created"]
        ids = [headers["webhook-id"] for headers, body in mine.requests if company_id in body.decode()]
        assert len(set(ids)) == 2
        log = client.get(f"/webhooks/{webhook_id}/deliveries")["results"]
        first = next(each for each in log if each["eventType"] == "company.created")
        codes = [attempt["statusCode"] for attempt in first["attempts"]]
        assert codes[:2] == [503, 503]
        client.call("DELETE", f"/webhooks/{webhook_id}")


def test_a_test_event_is_resent_as_it_was(client: Client) -> None:
    with receiver() as mine:
        webhook_id = subscribed(client, mine, disabled=True)
        asked = client.post(f"/webhooks/{webhook_id}/test")
        mine.wait_for(lambda events: len(events) == 1)
        wait_until_delivered(client, webhook_id, asked["id"])
        client.post(f"/webhooks/{webhook_id}/deliveries/{asked['id']}/resend")
        mine.wait_for(lambda events: len(events) == 2)
        (first, body), (second, again) = mine.requests
        assert (first["webhook-id"], body) == (second["webhook-id"], again)
        client.call("DELETE", f"/webhooks/{webhook_id}")


def wait_until_delivered(client: Client, webhook_id: str, delivery_id: str) -> None:
    path = f"/webhooks/{webhook_id}/deliveries/{delivery_id}"
    wait_until(lambda: client.get(path)["status"] == "Delivered", "the delivery")
