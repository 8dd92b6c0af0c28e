"""A POST sent again under its `Idempotency-Key` is answered as before (specification: api, conventions)."""

from __future__ import annotations

import json
import random
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

import rest
from daybook.services.answer_once import HELD_SECONDS, KEPT_SECONDS
from daybook.services.runtime import Runtime
from tests.integration.api_calls import CONTEXT, Answer, Caller, api_over

KEY = {"Idempotency-Key": "0c9d-first"}
NAMED = {"name": "Copper Kettle"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> tuple[Caller, Runtime]:
    return api_over(monkeypatch)


@pytest.fixture
def call(api: tuple[Caller, Runtime]) -> Caller:
    return api[0]


@pytest.fixture
def runtime(api: tuple[Caller, Runtime]) -> Runtime:
    return api[1]


def names(call: Caller) -> list[str]:
    return [company["name"] for company in call("GET", "/companies").body["results"]]


def pass_seconds(runtime: Runtime, seconds: int) -> None:
    runtime.clock.moment += timedelta(seconds=seconds)  # type: ignore[attr-defined]


def test_a_repeat_is_answered_alike_and_does_nothing(call: Caller) -> None:
    first = call("POST", "/companies", NAMED, headers=KEY)
    again = call("POST", "/companies", NAMED, headers=KEY)
    assert first.status == 200
    assert again == first
    assert names(call) == ["Copper Kettle"]


def test_without_a_key_or_under_another_each_is_a_request_of_its_own(call: Caller) -> None:
    ids = {
        call("POST", "/companies", NAMED, headers=headers).body["id"]
        for headers in (KEY, {"Idempotency-Key": "0c9d-second"}, {}, {})
    }
    assert len(ids) == 4


@pytest.mark.parametrize("path", ["/companies", "/companies?page=2"])
def test_the_key_of_another_request_is_refused(call: Caller, path: str) -> None:
    call("POST", "/companies", NAMED, headers=KEY)
    other = call("POST", path, NAMED if "?" in path else {"name": "Other"}, headers=KEY)
    assert other.status == 400
    assert other.body["validation"]["errors"][0]["itemId"] == "Idempotency-Key"
    assert "another request" in other.body["error"]
    assert names(call) == ["Copper Kettle"]


def test_keys_of_two_clients_and_of_two_operations_are_apart(call: Caller) -> None:
    other = call.as_client("client-b")
    made = [each("POST", "/companies", NAMED, headers=KEY).body["id"] for each in (call, other)]
    made.append(call("POST", "/meta/companies/sync", NAMED, headers=KEY).body["id"])
    assert len(set(made)) == 3
    assert other("GET", f"/companies/{made[0]}").status == 404


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_only_a_post_is_remembered(call: Caller, method: str) -> None:
    path = f"/companies/{call('POST', '/companies', NAMED).body['id']}"
    body = {"name": "Changed"} if method == "PATCH" else None
    first = call(method, path, body, headers=KEY)
    call("PATCH", path, {"name": "Changed again"})
    assert call(method, path, body, headers=KEY).body["name"] == (
        "Changed" if method == "PATCH" else "Changed again"
    )
    assert first.status == 200
    assert call("GET", "/companies", headers={"Idempotency-Key": "not a key"}).status == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb", "a\x00"])
def test_refuses_what_is_no_key(call: Caller, key: str) -> None:
    refused = call("POST", "/companies", NAMED, headers={"Idempotency-Key": key})
    assert refused.status == 400
    assert refused.body["validation"]["errors"][0]["itemId"] == "Idempotency-Key"
    assert names(call) == []


def test_takes_the_longest_key(call: Caller) -> None:
    assert call("POST", "/companies", NAMED, headers={"Idempotency-Key": "!~" * 127 + "z"}).status == 200


def test_a_refused_request_is_not_remembered(call: Caller) -> None:
    assert call("POST", "/companies", {"name": "***"}, headers=KEY).status == 400
    assert call("POST", "/companies", NAMED, headers=KEY).status == 200
    unknown = call("POST", "/companies/00000000-0000-4000-8000-000000000000/connections", "mqjo", headers=KEY)
    assert unknown.status == 404


def test_a_request_whose_body_cannot_be_read_claims_nothing(call: Caller, runtime: Runtime) -> None:
    refused = call("POST", "/companies", raw=b"no gzip", encoding="gzip", headers=KEY)
    assert refused.status == 400
    assert runtime.table.everything() == []  # type: ignore[attr-defined]


def test_it_is_forgotten_after_24_hours_and_not_before(call: Caller, runtime: Runtime) -> None:
    first = call("POST", "/companies", NAMED, headers=KEY)
    pass_seconds(runtime, KEPT_SECONDS - 60)
    assert call("POST", "/companies", NAMED, headers=KEY) == first
    pass_seconds(runtime, 120)
    assert call("POST", "/companies", NAMED, headers=KEY).body["id"] != first.body["id"]


class Cut(BaseException):
    """The function is ended in the middle of its work."""


def test_after_a_crash_halfway_it_waits_and_can_then_be_sent_again(call: Caller, runtime: Runtime) -> None:
    cut_off(call, runtime)
    waiting = call("POST", "/companies", NAMED, headers=KEY)
    assert (waiting.status, waiting.body["statusCode"], waiting.body["canBeRetried"]) == (409, 409, "True")
    assert waiting.headers["Retry-After"] == ["1"]
    pass_seconds(runtime, HELD_SECONDS + 1)
    done = call("POST", "/companies", NAMED, headers=KEY)
    assert done.status == 200
    assert call("POST", "/companies", NAMED, headers=KEY) == done
    assert names(call) == ["Copper Kettle"]


def cut_off(call: Caller, runtime: Runtime) -> None:
    """End the function after it claimed the request, so that not even its `finally` reaches the table."""

    def end(operation: str) -> None:
        if operation in ("transact", "delete"):
            raise Cut

    runtime.table.before = end  # type: ignore[attr-defined]
    with pytest.raises(Cut):
        call("POST", "/companies", NAMED, headers=KEY)
    runtime.table.before = lambda _operation: None  # type: ignore[attr-defined]


def test_an_unexpected_error_is_not_remembered(call: Caller, runtime: Runtime) -> None:
    def fail(operation: str) -> None:
        if operation == "transact":
            raise OSError

    runtime.table.before = fail  # type: ignore[attr-defined]
    assert call("POST", "/companies", NAMED, headers=KEY).status == 500
    runtime.table.before = lambda _operation: None  # type: ignore[attr-defined]
    assert call("POST", "/companies", NAMED, headers=KEY).status == 200


def test_of_two_at_once_one_is_done_and_the_other_told_to_wait(call: Caller, runtime: Runtime) -> None:
    reached, go_on = threading.Event(), threading.Event()
    answers: list[Answer] = []

    def hold(operation: str) -> None:
        if operation == "transact":
            reached.set()
            assert go_on.wait(20)

    runtime.table.before = hold  # type: ignore[attr-defined]
    slow = threading.Thread(target=lambda: answers.append(call("POST", "/companies", NAMED, headers=KEY)))
    slow.start()
    assert reached.wait(20)
    # A second invocation has a process of its own; here the second asks with a resolver of its own.
    assert second_function()("POST", "/companies", NAMED, headers=KEY).status == 409
    go_on.set()
    slow.join(20)
    assert answers[0].status == 200
    assert call("POST", "/companies", NAMED, headers=KEY) == answers[0]
    assert names(call) == ["Copper Kettle"]


def second_function() -> Caller:
    api = rest.Api("companies-again")
    api.route("POST", "/companies")(lambda _request: pytest.fail("done twice"))
    return Caller({"companies": api.handle}, is_described=False)


def test_one_that_was_taken_for_dead_keeps_no_answer(
    call: Caller, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers its own caller; a repeat gets the answer of the one that took the request up after it."""
    api = rest.Api("things")
    monkeypatch.setattr(rest, "runtime", lambda: runtime)
    things = Caller({"companies": api.handle}, is_described=False)
    taken_over: list[Answer] = []

    @api.route("POST", "/companies")
    def slow(_request: rest.Request) -> object:
        pass_seconds(runtime, HELD_SECONDS + 1)
        taken_over.append(call("POST", "/companies", NAMED, headers=KEY))
        return {"id": "too late"}

    assert things("POST", "/companies", NAMED, headers=KEY).body == {"id": "too late"}
    assert call("POST", "/companies", NAMED, headers=KEY) == taken_over[0]


def things_of(answers: list[object]) -> Caller:
    api = rest.Api("things-of")
    api.route("POST", "/companies")(lambda _request: answers.pop(0))
    return Caller({"companies": api.handle}, is_described=False)


@pytest.mark.usefixtures("runtime")
def test_digits_headers_and_status_are_as_they_were() -> None:
    things = things_of(
        [rest.Reply({"total": Decimal("10.10"), "text": "é\U0001f600\x00"}, {"ETag": '"3"'}), "again"]
    )
    event = event_of(NAMED)
    first, again = (things.handlers["companies"](event, CONTEXT) for _ in range(2))
    assert first["body"] == again["body"] == '{"total":10.10,"text":"é\U0001f600\\u0000"}'
    assert first["multiValueHeaders"] == again["multiValueHeaders"]
    assert again["multiValueHeaders"]["ETag"] == ['"3"']


@pytest.mark.usefixtures("runtime")
def test_no_content_is_remembered_too() -> None:
    things = things_of([rest.NO_CONTENT, "again"])
    assert [things("POST", "/companies", headers=KEY).status for _ in range(2)] == [204, 204]


def test_an_answer_larger_than_an_item_is_remembered_whole(runtime: Runtime) -> None:
    large = random.Random(1).randbytes(1_500_000).hex()  # noqa: S311 - what cannot be compressed well
    things = things_of([{"text": large}, "again"])
    headers = {**KEY, "Accept": "application/json", "Accept-Encoding": "gzip"}
    for _ in range(2):
        assert things("POST", "/companies", headers=headers).body == {"text": large}
    expiring = [item for item in runtime.table.everything() if item["PK"].startswith("ANSWER#")]  # type: ignore[attr-defined]
    assert len(expiring) > 3
    assert all(item["expires"] > runtime.clock.now().timestamp() for item in expiring)


def test_an_answer_with_a_secret_is_not_kept(runtime: Runtime) -> None:
    things = things_of([rest.Reply({"secret": "correct horse"}, is_secret=True), "again"])
    assert things("POST", "/companies", headers=KEY).body == {"secret": "correct horse"}
    again = things("POST", "/companies", headers=KEY)
    assert again.status == 400
    assert "shown once" in again.body["error"]
    assert [item.get("body") for item in runtime.table.everything()] == [None]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("runtime")
def test_without_a_client_there_is_nothing_to_remember() -> None:
    things = things_of([{"n": 1}, {"n": 2}])
    event = event_of(NAMED)
    event["requestContext"]["authorizer"] = {}
    bodies = [things.handlers["companies"](event, CONTEXT)["body"] for _ in range(2)]
    assert bodies == ['{"n":1}', '{"n":2}']


def event_of(body: object) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": "/companies",
        "resource": "/companies",
        "headers": {"Host": "api.example", **KEY},
        "queryStringParameters": None,
        "requestContext": {"requestId": "r", "stage": "v1", "authorizer": {"clientId": "client-a"}},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
