"""Events on their way: in order, signed, tried over a day, resent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from daybook.domain import webhooks
from daybook.services.webhooks import MOST_LISTED
from daybook.store.outbox import events_of, unsent
from tests.integration.partner import API_URL, Partner, Received

A, B = "https://hooks.example.com/a", "https://hooks.example.com/b"


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Partner:
    return Partner(monkeypatch)


@pytest.fixture(autouse=True)
def _at_the_time_of_the_message(monkeypatch: pytest.MonkeyPatch, partner: Partner) -> None:
    """Have the verifying library read the partner's clock."""
    import standardwebhooks.webhooks as library

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return partner.clock.now().astimezone(tz)

    monkeypatch.setattr(library, "datetime", Stopped)


def verified(secret: str, received: Received) -> Any:
    return Webhook(secret).verify(received.body, dict(received.headers))


def opened(partner: Partner, name: str = "Corner Cafe") -> tuple[str, str]:
    """A company with Sandbox books, linked; and the id of that connection."""
    company_id = partner.create_company(name)
    path = f"/companies/{company_id}/connections"
    connection_id = partner.call("POST", path, {"platformKey": "mqjo"}).body["id"]
    assert partner.call("PUT", f"{path}/{connection_id}/authorization", {}).status == 200
    return company_id, connection_id


def failing(*urls: str, status: int = 500) -> Any:
    return lambda received: status if received.url in urls else 204


def test_each_change_of_a_company_is_told_in_order_and_signed(partner: Partner) -> None:
    secret = partner.subscribe()["secret"]
    company_id, connection_id = opened(partner)
    path = f"/companies/{company_id}/connections/{connection_id}"
    partner.call("PATCH", path, {"status": "Unlinked"})
    partner.call("PUT", f"{path}/authorization", {})
    partner.call("DELETE", path)
    partner.call("DELETE", f"/companies/{company_id}")
    partner.run()
    got = partner.receivers.received
    assert [each.kind for each in got] == [
        "company.created",
        "connection.created",
        "connection.connected",
        "connection.disconnected",
        "connection.reconnected",
        "connection.deleted",
        "Sync Connection Deleted",
        "company.deleted",
    ]
    for each in got:
        assert verified(secret, each) == each.event
        assert each.headers["webhook-id"] == each.event.get("id", each.event.get("AlertId"))
        tampered = Received(each.url, each.headers, each.body.replace(b"o", b"0", 1), each.at)
        with pytest.raises(WebhookVerificationError):
            verified(secret, tampered)
    assert len({each.headers["webhook-id"] for each in got}) == len(got)
    assert [event for event, _ in partner.bus][:2] == ["company.created", "connection.created"]


def test_what_an_event_says(partner: Partner) -> None:
    partner.subscribe()
    company_id, connection_id = opened(partner)
    partner.run()
    created, _, connected = (each.event for each in partner.receivers.received)
    assert created["payload"] == {
        "id": company_id,
        "name": "Corner Cafe",
        "redirect": f"{API_URL}/link/{company_id}",
        "created": "2026-05-01T12:00:00Z",
        "tags": {},
    }
    assert connected["payload"]["referenceCompany"] == {"id": company_id, "name": "Corner Cafe", "tags": {}}
    told = connected["payload"]["connection"]
    assert (told["id"], told["status"], told["integrationKey"]) == (connection_id, "Linked", "mqjo")
    assert told["linkUrl"] == f"{API_URL}/sandbox/{company_id}/link/{connection_id}"


def test_a_connection_linked_from_the_start_is_told_of_as_created_then_connected(partner: Partner) -> None:
    made = partner.subscribe()
    partner.call("POST", "/meta/companies/sync", {"name": "Corner Cafe"})
    partner.run()
    kinds = [each.kind for each in partner.receivers.received]
    assert kinds == ["company.created", "connection.created", "connection.connected"]
    assert [each["eventType"] for each in partner.deliveries(made["id"])] == kinds[::-1]


def test_only_what_was_asked_for_and_only_the_clients_own(partner: Partner) -> None:
    ours, theirs = partner.create_company("Ours"), partner.create_company("Other")
    partner.run()
    partner.subscribe(A, eventTypes=["company.deleted"], companyId=ours)
    stranger = partner.call.as_client("client-b")
    assert stranger("POST", "/webhooks", {"url": B}).status == 200
    for company_id in (theirs, ours):
        partner.call("DELETE", f"/companies/{company_id}")
    partner.run()
    assert [(each.url, each.event["payload"]["id"]) for each in partner.receivers.received] == [(A, ours)]


def test_nothing_is_kept_of_an_event_that_nobody_asked_for(partner: Partner) -> None:
    partner.subscribe(eventTypes=["SyncFailed"])
    partner.create_company()
    partner.run()
    assert not [item for item in partner.table.everything() if item["PK"].startswith(("EVENTS", "DELIV"))]


def test_a_failed_event_holds_up_its_company_at_that_receiver_and_nobody_else(partner: Partner) -> None:
    partner.subscribe(A)
    partner.subscribe(B)
    slow = partner.create_company("Slow")
    partner.receivers.status[0] = lambda got: 500 if got.url == A and slow in str(got.event) else 204
    partner.call("DELETE", f"/companies/{slow}")
    other = partner.create_company("Other")
    partner.run()
    told = [(each.url, each.kind, each.event["payload"]["id"]) for each in partner.receivers.received]
    assert told.count((A, "company.created", slow)) == 1
    assert (A, "company.deleted", slow) not in told
    assert {(B, "company.created", slow), (B, "company.deleted", slow), (A, "company.created", other)} <= set(
        told
    )
    partner.receivers.status[0] = failing()
    partner.receivers.received.clear()
    partner.pass_time(partner.clock.now() + timedelta(minutes=1))
    assert [(each.kind, each.event["payload"]["id"]) for each in partner.receivers.received] == [
        ("company.created", slow),
        ("company.deleted", slow),
    ]


def test_over_24_hours_then_disabled_with_notice(partner: Partner) -> None:
    made = partner.subscribe(A)
    partner.subscribe(B, eventTypes=["webhook.disabled"])
    partner.receivers.status[0] = failing(A)
    began = partner.clock.now()
    partner.create_company()
    partner.create_company("Second")
    partner.run()
    waits = list(webhooks.WAITS)
    partner.pass_time(began + timedelta(hours=24) - timedelta(seconds=1))
    tried = [each for each in partner.receivers.received if "Corner" in str(each.event)]
    gaps = [round((later.at - before.at).total_seconds()) for before, later in pairwise(tried)]
    assert gaps[: len(waits)] == waits
    assert not partner.call("GET", f"/webhooks/{made['id']}").body["disabled"]
    assert {each.headers["webhook-id"] for each in tried} == {tried[0].headers["webhook-id"]}
    assert {each.body for each in tried} == {tried[0].body}
    partner.pass_time(began + timedelta(hours=24, seconds=1))
    last = [each for each in partner.receivers.received if each.url == A][-1]
    assert last.at - began == timedelta(hours=24)
    shown = partner.call("GET", f"/webhooks/{made['id']}").body
    assert (shown["disabled"], shown["disabledReason"]) == (
        True,
        "An event could not be delivered for 24 hours.",
    )
    (notice,) = [each for each in partner.receivers.received if each.url == B]
    assert notice.event["payload"] == {"webhookId": made["id"], "reason": shown["disabledReason"]}
    assert ("webhook.disabled", made["id"]) in [(event, told.get("webhookId")) for event, told in partner.bus]
    statuses = {each["status"] for each in partner.deliveries(made["id"])}
    assert statuses <= {"Failed", "NotDelivered"}
    assert "Failed" in statuses
    assert partner.queue == []


def test_what_happens_while_disabled_is_kept_and_can_be_resent(partner: Partner) -> None:
    made = partner.subscribe(A)
    path = f"/webhooks/{made['id']}"
    partner.call("PATCH", path, {"disabled": True})
    partner.create_company()
    partner.run()
    assert partner.receivers.received == []
    (delivery,) = partner.deliveries(made["id"])
    assert (delivery["status"], delivery["attempts"]) == ("NotDelivered", [])
    resend = f"{path}/deliveries/{delivery['id']}/resend"
    assert partner.call("POST", resend).status == 400
    partner.call("PATCH", path, {"disabled": False})
    assert partner.call("POST", resend).body["status"] == "Pending"
    assert partner.call("POST", resend).status == 400
    partner.run()
    (first,) = partner.receivers.received
    assert verified(made["secret"], first)["payload"]["name"] == "Corner Cafe"
    assert partner.call("POST", resend).body["resends"] == 2
    partner.run()
    second = partner.receivers.received[1]
    assert (second.headers["webhook-id"], second.body) == (first.headers["webhook-id"], first.body)
    whole = partner.call("GET", f"{path}/deliveries/{delivery['id']}").body
    assert (whole["status"], len(whole["attempts"])) == ("Delivered", 2)
    assert whole["event"] == first.event


def test_a_resent_event_has_another_24_hours(partner: Partner) -> None:
    made = partner.subscribe(A)
    path = f"/webhooks/{made['id']}"
    partner.create_company()
    partner.run()
    (delivery,) = partner.deliveries(made["id"])
    partner.clock.advance(days=3)
    partner.receivers.status[0] = failing(A)
    partner.call("POST", f"{path}/deliveries/{delivery['id']}/resend")
    partner.run()
    again = partner.deliveries(made["id"])[0]
    assert (again["status"], again["nextAttempt"]) == ("Pending", "2026-05-04T12:00:05Z")
    assert not partner.call("GET", path).body["disabled"]


def test_the_delivery_log_says_what_was_answered(partner: Partner) -> None:
    made = partner.subscribe(A)
    answers = iter([0, 302, 503, 200])
    partner.receivers.status[0] = lambda _: next(answers)
    began = partner.clock.now()
    partner.create_company()
    partner.pass_time(began + timedelta(hours=1))
    (delivery,) = partner.deliveries(made["id"])
    assert (delivery["eventType"], delivery["status"]) == ("company.created", "Delivered")
    assert [(each["statusCode"], each["error"]) for each in delivery["attempts"]] == [
        (None, "No answer came within 15 seconds."),
        (302, "no"),
        (503, "no"),
        (200, None),
    ]
    assert [each["date"] for each in delivery["attempts"]][:2] == [
        "2026-05-01T12:00:00Z",
        "2026-05-01T12:00:05Z",
    ]


def test_a_receiver_that_is_gone_is_disabled_at_once(partner: Partner) -> None:
    made = partner.subscribe(A)
    partner.receivers.status[0] = failing(A, status=410)
    partner.create_company()
    partner.run()
    assert len(partner.receivers.received) == 1
    assert "410" in partner.call("GET", f"/webhooks/{made['id']}").body["disabledReason"]


def test_after_a_rotation_both_secrets_sign_for_a_day(partner: Partner) -> None:
    made = partner.subscribe(A)
    old = made["secret"]
    rotated = partner.call("POST", f"/webhooks/{made['id']}/rotate").body
    new = rotated.pop("secret")
    assert new != old
    assert rotated == partner.call("GET", f"/webhooks/{made['id']}").body
    partner.create_company()
    partner.run()
    (got,) = partner.receivers.received
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    assert verified(old, got) == verified(new, got)
    partner.clock.advance(hours=24)
    partner.create_company("Later")
    partner.run()
    late = partner.receivers.received[1]
    assert verified(new, late)["payload"]["name"] == "Later"
    with pytest.raises(WebhookVerificationError):
        verified(old, late)


def test_a_test_event_is_tried_once_also_when_disabled(partner: Partner) -> None:
    made = partner.subscribe(A, disabled=True)
    path = f"/webhooks/{made['id']}"
    asked = partner.call("POST", f"{path}/test").body
    assert (asked["eventType"], asked["status"], asked["companyId"]) == ("webhook.test", "Pending", None)
    partner.run()
    (got,) = partner.receivers.received
    assert verified(made["secret"], got)["payload"]["webhookId"] == made["id"]
    partner.receivers.status[0] = failing(A)
    partner.clock.advance(seconds=1)
    partner.call("POST", f"{path}/test")
    partner.run()
    assert [each["status"] for each in partner.deliveries(made["id"])] == ["Failed", "Delivered"]
    assert partner.queue == []


def test_a_message_that_comes_again_does_no_harm(partner: Partner) -> None:
    partner.subscribe(A)
    partner.create_company()
    (message,) = unsent(partner.table, "9999")
    partner.step()
    (waiting,) = partner.queue
    partner.run()
    partner.queue.append(waiting)
    partner.known.clear()
    partner.run()
    assert len(partner.receivers.received) == 1
    assert len(events_of(message)) == 1


def test_a_message_that_comes_too_early_waits(partner: Partner) -> None:
    partner.subscribe(A)
    partner.receivers.status[0] = failing(A)
    began = partner.clock.now()
    partner.create_company()
    partner.run()
    (waiting,) = partner.queue
    partner.clock.advance(seconds=2)
    waiting.visible = partner.clock.now()
    partner.run()
    assert len(partner.receivers.received) == 1
    assert waiting.visible == began + timedelta(seconds=webhooks.WAITS[0])


def test_a_message_from_before_an_event_was_resent_does_nothing(partner: Partner) -> None:
    made = partner.subscribe(A)
    partner.create_company()
    partner.step()
    earlier = replace(partner.queue[0])
    partner.run()
    (delivery,) = partner.deliveries(made["id"])
    partner.call("POST", f"/webhooks/{made['id']}/deliveries/{delivery['id']}/resend")
    partner.queue.append(earlier)
    partner.receive(earlier)
    assert len(partner.receivers.received) == 1
    partner.run()
    assert len(partner.receivers.received) == 2


def test_a_deleted_subscription_gets_nothing_that_waited(partner: Partner) -> None:
    made = partner.subscribe(A)
    partner.receivers.status[0] = failing(A)
    partner.create_company()
    partner.run()
    partner.call("DELETE", f"/webhooks/{made['id']}")
    partner.pass_time(partner.clock.now() + timedelta(hours=30))
    assert len(partner.receivers.received) == 1
    assert partner.queue == []


def test_deliveries_are_listed_newest_first_in_pages(partner: Partner) -> None:
    made = partner.subscribe(A)
    for number in range(5):
        partner.create_company(f"Cafe {number}")
        partner.clock.advance(minutes=1)
        partner.run()
    page = partner.call("GET", f"/webhooks/{made['id']}/deliveries?pageSize=2&page=2").body
    assert page["totalResults"] == 5
    assert [each["created"][11:16] for each in page["results"]] == ["12:02", "12:01"]
    assert MOST_LISTED > 5
