"""What the functions log holds no text that a partner, a merchant or a shopper wrote, and no key."""

from __future__ import annotations

import importlib
import io
import json
import logging
import pathlib
import secrets
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from daybook.services import receive_again
from daybook.store import outbox
from rest import Api
from tests.integration.api_calls import Caller, api_over
from tests.integration.test_messages import stream_event
from tests.simulation.world import World

FUNCTIONS = pathlib.Path(__file__).resolve().parents[2] / "functions"
COMPANY = "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60"
CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=128,
    invoked_function_arn="a",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 300_000,
)
# What each function that is none of the API calls, by the name it has there.
WORK = {
    "authorizer": "table",
    "deliverer": "receive",
    "dispatcher": "dispatch",
    "eraser": "erase",
    "ingest_worker": "ingest_dataset",
    "notifier": "notify",
    "push_worker": "push_documents",
    "relay": "relay",
    "sync_worker": "start_sync",
}
IN_BATCHES = sorted(set(WORK) - {"authorizer", "dispatcher"})


def personal(mark: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{mark}-id",
            "customerName": f"{mark} name",
            "emailAddress": f"{mark}@example.com",
            "phoneNumbers": [{"number": mark, "type": "Mobile"}],
            "defaultCurrency": mark,
        }
    ]


@pytest.fixture
def logged(call: Caller, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the functions log."""
    written = io.StringIO()
    for name in call.handlers:
        for handler in logging.getLogger(name).handlers:
            monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    return api_over(monkeypatch)[0]


def test_no_text_of_anybody_is_logged(call: Caller, logged: io.StringIO) -> None:
    mark = f"zebra{secrets.token_hex(8)}"
    company = call("POST", "/meta/companies/sync", {"name": f"Shop {mark}", "description": mark}).body
    connection = company["dataConnections"][0]["id"]
    path = f"/companies/{company['id']}/connections/{connection}/data/commerce-customers"
    answers = [
        call("POST", path, personal(mark)),
        call("POST", path, raw=mark.encode()),
        call("POST", path, raw=b'{"' + mark.encode()),
        call("GET", f"{path}/{mark}-id"),
        call("GET", f"{path}?query=customerName%3D{mark}"),
        call("GET", f"/companies/{mark}"),
        call("POST", "/companies", {"name": {"mark": mark}}),
        call("PATCH", f"/companies/{company['id']}", {"name": f"Shop {mark}"}),
    ]
    assert {answer.status for answer in answers} >= {200, 400, 404}
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert len([line for line in lines if line["message"] == "answered"]) >= len(answers)
    assert [line for line in lines if mark in json.dumps(line)] == []


def test_a_fault_of_ours_is_logged_without_what_it_says(
    call: Caller, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    mark = f"zebra{secrets.token_hex(8)}"

    def fail(*_: object) -> object:
        raise KeyError(mark)

    monkeypatch.setattr("companies.app.companies.list_companies", fail)
    answer = call("GET", "/companies")
    assert answer.status == 500
    assert "KeyError" in logged.getvalue()
    assert mark not in logged.getvalue()
    assert mark not in json.dumps(answer.body, default=str)


Broken = Callable[[str, str], ModuleType]


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """What a shopper might be called, and nothing of ours is."""
    monkeypatch.setenv("STACK_NAME", "shop")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    return f"zebra{secrets.token_hex(8)}"


@pytest.fixture
def everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[BaseException | None], str]]:
    """All that a function wrote, and what Lambda would write of what left it."""
    # As Lambda's own handler, which takes what reaches the root; here the least of it too.
    root, logged = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(logged)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    root.addHandler(handler)

    def found(left: BaseException | None) -> str:
        printed = capsys.readouterr()
        raised = "".join(traceback.format_exception(left)) + repr(left) if left else ""
        return f"{printed.out}\n{printed.err}\n{logged.getvalue()}\n{raised}"

    yield found
    root.removeHandler(handler)


def broken_by(mark: str, message_id: str = "") -> Callable[..., None]:
    """Work that fails, on one message or on all, with somebody's name in hand."""

    def fail(*given: object) -> None:
        customer = {"name": mark, "emailAddress": f"{mark}@example.com"}
        if message_id in str(given):
            raise KeyError(str(customer))

    return fail


def app_of(function: str, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A function whose work is this; nothing else of it reaches anything outside."""
    app = importlib.import_module(f"{function}.app")
    monkeypatch.setattr(app, WORK[function], work)
    for module in (app, importlib.import_module("messages")):
        if hasattr(module, "runtime"):
            monkeypatch.setattr(module, "runtime", lambda: World().runtime)
    if function == "relay":
        monkeypatch.setattr(app, "table", lambda: World().table)
    monkeypatch.setattr(receive_again.queues, "hide", lambda *_: None)
    return app


def event_of(function: str, *message_ids: str) -> dict[str, Any]:
    """What Lambda gives a function, with as many messages where it takes messages."""
    if function == "dispatcher":
        return {"version": 1, "timeZone": "Europe/London", "syncHour": 4}
    if function == "authorizer":
        return {"methodArn": "arn:api/v1/GET/companies", "headers": {"Authorization": "Basic YTo="}}
    bodies = [
        {"clientId": "c", "connectionId": "c", "webhookId": "w", "eventId": "e"}
        | {"detail": {}, "event": "SyncCompleted", "created": "2026-03-01T12:00:00Z"}
        | dict.fromkeys(("companyId", "datasetId", "syncId", "deliveryId"), each)
        for each in message_ids
    ]
    if function == "relay":
        puts = [
            outbox.outbox_put("ingest", "g", body, body["companyId"], "2026-03-01T12:00:00Z")
            for body in bodies
        ]
        return stream_event(*puts)
    return {
        "Records": [
            {
                "messageId": each,
                "receiptHandle": "receipt",
                "body": json.dumps({"version": 1, **body}),
                "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": each},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
            for each, body in zip(message_ids, bodies, strict=True)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    """The messages that an answer to Lambda says failed."""
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_the_work_of_every_function_is_listed() -> None:
    apps = {path.parent.name for path in FUNCTIONS.glob("*/app.py")}
    modules = {name: importlib.import_module(f"{name}.app") for name in apps}
    of_the_api = {
        name
        for name, app in modules.items()
        if isinstance(getattr(app, "api", getattr(app.handler, "__self__", None)), Api)
    }
    assert apps - of_the_api == set(WORK)


@pytest.mark.parametrize("function", sorted(WORK))
def test_whatever_a_worker_fails_with_is_told_without_what_it_says(
    function: str,
    mark: str,
    everything: Callable[[BaseException | None], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = app_of(function, broken_by(mark), monkeypatch)
    left = None
    try:
        app.handler(event_of(function, "m1"), CONTEXT)
    except Exception as error:  # noqa: BLE001 - what leaves it is what is looked at
        left = error
    written = everything(left)
    assert mark not in written
    # What went wrong can be found all the same.
    assert '"error":"KeyError"' in written
    assert "test_logs.py" in written
    assert (left is None) == (function in IN_BATCHES)


@pytest.mark.parametrize("function", ["push_worker", "sync_worker"])
def test_nor_is_what_putting_a_message_off_fails_with(
    function: str,
    mark: str,
    everything: Callable[[BaseException | None], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = app_of(function, broken_by(mark), monkeypatch)
    monkeypatch.setattr(receive_again.queues, "hide", broken_by(mark))
    assert app.handler(event_of(function, "m1"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    written = everything(None)
    assert mark not in written
    assert written.count('"message":"message failed"') == 2


@pytest.mark.parametrize("function", IN_BATCHES)
def test_each_message_that_failed_comes_again_and_no_other(
    function: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when all did: an error of the whole function would set off the alarm for functions."""
    event = event_of(function, "m1", "m2")
    # The stream numbers its records.
    names = ["0", "1"] if function == "relay" else ["m1", "m2"]
    app = app_of(function, broken_by(mark), monkeypatch)
    assert failed(app.handler(event, CONTEXT)) == names
    app = app_of(function, lambda *_: None, monkeypatch)
    assert failed(app.handler(event, CONTEXT)) == []
    app = app_of(function, broken_by(mark, "m1"), monkeypatch)
    assert failed(app.handler(event, CONTEXT)) == names[:1]


def test_a_message_that_is_no_json_is_one_message_that_failed(
    mark: str, everything: Callable[[BaseException | None], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for function in sorted(set(IN_BATCHES) - {"relay"}):
        app = app_of(function, broken_by(mark), monkeypatch)
        event = event_of(function, "m1")
        event["Records"][0]["body"] = f"[{mark}"
        assert failed(app.handler(event, CONTEXT)) == ["m1"], function
        assert mark not in everything(None)


def test_what_leaves_a_function_of_the_api_says_nothing(
    mark: str, everything: Callable[[BaseException | None], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error met while the answer to an error is made."""
    call, _ = api_over(monkeypatch)
    monkeypatch.setattr("rest.failure_of", broken_by(mark))
    with pytest.raises(Exception, match="unexpected error") as left:
        call("GET", f"/companies/{COMPANY}")
    written = everything(left.value)
    assert mark not in written
    assert '"error":"KeyError"' in written
