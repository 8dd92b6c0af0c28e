"""Subscribing to events through the API."""

from __future__ import annotations

from typing import Any

import pytest

from daybook.domain.webhooks import EVENT_TYPES
from daybook.store.webhooks import MOST_SUBSCRIPTIONS
from tests.integration.partner import Partner

URL = "https://hooks.example.com/a"
UNKNOWN = "00000000-0000-7000-8000-00000000beef"


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Partner:
    return Partner(monkeypatch)


def test_a_subscription_and_its_secret_shown_once(partner: Partner) -> None:
    made = partner.subscribe(eventTypes=["SyncFailed", "SyncFailed", "company.created"])
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == 50
    assert made["eventTypes"] == ["SyncFailed", "company.created"]
    assert (made["companyId"], made["disabled"], made["disabledReason"]) == (None, False, None)
    assert partner.call("GET", f"/webhooks/{made['id']}").body == made
    page = partner.call("GET", "/webhooks").body
    assert page["results"] == [made]
    assert secret not in str(partner.table.everything())
    assert secret.removeprefix("whsec_") not in str(page)


def test_all_events_unless_said(partner: Partner) -> None:
    assert partner.subscribe()["eventTypes"] == list(EVENT_TYPES)


@pytest.mark.parametrize(
    ("wrong", "item"),
    [
        ({}, "$.url"),
        ({"url": 1}, "$.url"),
        ({"url": "http://hooks.example.com"}, "$.url"),
        ({"url": "https://169.254.169.254/latest"}, "$.url"),
        ({"url": "https://0x7f000001/"}, "$.url"),
        ({"url": "http://127.0.0.1:9000"}, "$.url"),
        ({"url": f"https://hooks.example.com/{'a' * 3000}"}, "$.url"),
        ({"url": URL, "eventTypes": []}, "$.eventTypes"),
        ({"url": URL, "eventTypes": ["SyncFailed", "nothing"]}, "$.eventTypes[1]"),
        ({"url": URL, "companyId": UNKNOWN}, "$.companyId"),
        ({"url": URL, "companyId": "x"}, "$.companyId"),
        ({"url": URL, "disabled": "perhaps"}, "$.disabled"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_kept(partner: Partner, wrong: Any, item: str) -> None:
    answer = partner.call("POST", "/webhooks", wrong)
    assert answer.status == 400
    assert item in [error["itemId"] for error in answer.body["validation"]["errors"]]
    assert partner.call("GET", "/webhooks").body["totalResults"] == 0


def test_an_unknown_event_is_answered_with_those_there_are(partner: Partner) -> None:
    answer = partner.call("POST", "/webhooks", {"url": URL, "eventTypes": ["company.founded"]})
    assert all(event in answer.body["error"] for event in EVENT_TYPES)


def test_somebody_elses_company_is_an_unknown_one(partner: Partner) -> None:
    theirs = partner.call.as_client("client-b")("POST", "/companies", {"name": "Theirs"}).body["id"]
    ours = partner.create_company()
    unknown = partner.call("POST", "/webhooks", {"url": URL, "companyId": UNKNOWN})
    foreign = partner.call("POST", "/webhooks", {"url": URL, "companyId": theirs})
    assert (foreign.status, foreign.body) == (unknown.status, unknown.body)
    assert partner.subscribe(companyId=ours)["companyId"] == ours


def test_another_clients_webhook_is_an_unknown_one(partner: Partner) -> None:
    mine = partner.subscribe()["id"]
    other = partner.call.as_client("client-b")
    assert other("GET", "/webhooks").body["results"] == []
    for method, path in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("GET", f"/deliveries/{UNKNOWN}"),
        ("POST", f"/deliveries/{UNKNOWN}/resend"),
    ]:
        body = {} if method == "PATCH" else None
        theirs = other(method, f"/webhooks/{mine}{path}", body)
        unknown = other(method, f"/webhooks/{UNKNOWN}{path}", body)
        assert (theirs.status, theirs.body) == (unknown.status, unknown.body) == (404, unknown.body)
    assert partner.call("GET", f"/webhooks/{mine}").status == 200


def test_changing_what_is_given(partner: Partner) -> None:
    company_id = partner.create_company()
    made = partner.subscribe(eventTypes=["SyncFailed"], companyId=company_id)
    path = f"/webhooks/{made['id']}"
    changed = partner.call("PATCH", path, {"url": "https://other.example.com/b"}).body
    assert (changed["url"], changed["eventTypes"], changed["companyId"]) == (
        "https://other.example.com/b",
        ["SyncFailed"],
        company_id,
    )
    assert partner.call("PATCH", path, {"companyId": ""}).body["companyId"] is None
    assert partner.call("PATCH", path, {"companyId": None, "url": None}).body["url"] == changed["url"]
    off = partner.call("PATCH", path, {"disabled": True}).body
    assert (off["disabled"], off["disabledReason"]) == (True, "Disabled by request.")
    assert off["disabledDate"]
    on = partner.call("PATCH", path, {"disabled": False}).body
    assert (on["disabled"], on["disabledReason"], on["disabledDate"]) == (False, None, None)
    for wrong in ({"url": "https://localhost/"}, {"eventTypes": ["x"]}, {"companyId": UNKNOWN}):
        assert partner.call("PATCH", path, wrong).status == 400
    assert partner.call("GET", path).body == on


def test_a_client_has_so_many_and_may_delete_some(partner: Partner) -> None:
    made = [partner.subscribe()["id"] for _ in range(MOST_SUBSCRIPTIONS)]
    assert partner.call("POST", "/webhooks", {"url": URL}).status == 400
    assert partner.call.as_client("client-b")("POST", "/webhooks", {"url": URL}).status == 200
    deleted = partner.call("DELETE", f"/webhooks/{made[0]}")
    assert (deleted.status, deleted.body) == (200, {})
    assert partner.call("DELETE", f"/webhooks/{made[0]}").status == 404
    partner.subscribe()
    assert partner.call("POST", "/webhooks", {"url": URL}).status == 400


def test_a_secret_is_not_kept_with_the_answer_of_a_request(partner: Partner) -> None:
    keyed = {"Idempotency-Key": "once"}
    first = partner.call("POST", "/webhooks", {"url": URL}, headers=keyed)
    again = partner.call("POST", "/webhooks", {"url": URL}, headers=keyed)
    assert (first.status, again.status) == (200, 400)
    assert partner.call("GET", "/webhooks").body["totalResults"] == 1
    assert first.body["secret"] not in str(partner.table.everything())
