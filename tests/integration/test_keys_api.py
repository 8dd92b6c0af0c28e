"""API keys over HTTP: made, listed, revoked (specification: api, conventions)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from authorizer import app as authorizer
from daybook.services.runtime import Runtime
from daybook.store import clients
from tests.integration.api_calls import Caller, api_over

ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2/v1/GET/companies"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    call, runtime = api_over(monkeypatch, ("keys", "companies"))
    monkeypatch.setattr(authorizer, "table", lambda: runtime.table)
    for client_id in ("client-a", "client-b"):
        clients.create(runtime.table, clients.Client(client_id, client_id))
    return call, runtime


@pytest.fixture
def call(api: tuple[Caller, Runtime]) -> Caller:
    return api[0]


def is_let_in(key: str) -> str | None:
    """The client a key belongs to."""
    encoded = base64.b64encode(key.encode()).decode()
    event = {"headers": {"Authorization": f"Basic {encoded}"}, "methodArn": ARN}
    answer = authorizer.handler(event, None)
    return str(answer["context"]["clientId"]) if "context" in answer else None


def make(call: Caller, name: str = "till server") -> dict[str, Any]:
    answer = call("POST", "/apiKeys", {"name": name})
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_a_new_key_works_at_once_and_is_shown_once(call: Caller) -> None:
    made = make(call)
    assert set(made) == {"id", "name", "apiKey", "created"}
    assert made["name"] == "till server"
    assert made["created"].endswith("Z")
    assert is_let_in(made["apiKey"]) == "client-a"
    listed = call("GET", "/apiKeys").body
    assert listed["results"] == [{name: made[name] for name in ("id", "name", "created")}]
    assert (listed["totalResults"], listed["_links"]["self"]["href"]) == (1, "/apiKeys")


def test_what_is_kept_is_not_the_key(api: tuple[Caller, Runtime]) -> None:
    call, runtime = api
    made = make(call)
    assert made["apiKey"] not in str(runtime.table.everything())  # type: ignore[attr-defined]


def test_a_revoked_key_is_refused_at_once_and_the_others_are_not(call: Caller) -> None:
    first, second = make(call, "first"), make(call, "second")
    answer = call("DELETE", f"/apiKeys/{first['id']}")
    assert (answer.status, answer.body) == (200, {})
    assert is_let_in(first["apiKey"]) is None
    assert is_let_in(second["apiKey"]) == "client-a"
    assert [key["name"] for key in call("GET", "/apiKeys").body["results"]] == ["second"]
    assert call("DELETE", f"/apiKeys/{first['id']}").status == 404


def test_the_last_key_cannot_be_revoked(call: Caller) -> None:
    first, second = make(call), make(call)
    assert call("DELETE", f"/apiKeys/{first['id']}").status == 200
    refused = call("DELETE", f"/apiKeys/{second['id']}")
    assert (refused.status, refused.body["statusCode"]) == (400, 400)
    assert "last API key" in refused.body["error"]
    assert is_let_in(second["apiKey"]) == "client-a"


def test_a_client_has_at_most_ten(call: Caller) -> None:
    made = [make(call, str(number)) for number in range(10)]
    refused = call("POST", "/apiKeys", {"name": "eleventh"})
    assert refused.status == 400
    assert "at most 10" in refused.body["error"]
    assert call("DELETE", f"/apiKeys/{made[4]['id']}").status == 200
    make(call, "eleventh")
    page = call("GET", "/apiKeys?page=2&pageSize=4").body
    assert [key["name"] for key in page["results"]] == ["5", "6", "7", "8"]


def test_another_clients_key_is_as_an_unknown_one(call: Caller) -> None:
    make(call)
    other = call.as_client("client-b")
    foreign = make(other)
    make(other)
    unknown = call("DELETE", "/apiKeys/0192f4d6-4f50-7162-8d7e-8f9a0b1c2d3e")
    theirs = call("DELETE", f"/apiKeys/{foreign['id']}")
    assert theirs.status == unknown.status == 404
    assert theirs.body == unknown.body
    assert is_let_in(foreign["apiKey"]) == "client-b"
    assert len(call("GET", "/apiKeys").body["results"]) == 1


@pytest.mark.parametrize(
    "body",
    [None, {}, [], {"name": None}, {"name": ""}, {"name": "  "}, {"name": "x" * 101}, {"name": 1}]
    + [{"name": text} for text in ("a\x00b", "a\nb", "\u200e", "a\u202eb")],
)
def test_refuses_what_is_no_name(call: Caller, body: object) -> None:
    refused = call("POST", "/apiKeys", body)
    assert refused.status == 400
    assert refused.body["validation"]["errors"]
    assert call("GET", "/apiKeys").body["results"] == []


@pytest.mark.parametrize("key_id", ["x", "%00", "..%2f..", "KEY%23", "0192F4D6", "é" * 600])
def test_what_can_be_no_id_is_not_found(call: Caller, key_id: str) -> None:
    make(call)
    assert call("DELETE", f"/apiKeys/{key_id}").status == 404


def test_a_repeat_makes_no_second_key_and_shows_none(call: Caller) -> None:
    headers = {"Idempotency-Key": "one"}
    made = call("POST", "/apiKeys", {"name": "till"}, headers=headers)
    again = call("POST", "/apiKeys", {"name": "till"}, headers=headers)
    assert made.status == 200
    assert again.status == 400
    assert "shown once" in again.body["error"]
    assert made.body["apiKey"] not in str(again.body)
    assert len(call("GET", "/apiKeys").body["results"]) == 1
