"""Each figure that alarms watch is written by the code in CloudWatch's format; each line names its cause."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from daybook import telemetry
from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.platforms.oauth import TokenPair
from daybook.platforms.transport import Transport
from daybook.services.flow_link import LinkRefused, redeem
from daybook.services.pace import ConnectionPace
from daybook.services.portal_link import redeem_portal_link
from daybook.services.relay import relay_unsent
from daybook.store import outbox, queues
from daybook.store.secrets import KmsCipher
from tests.integration.test_messages import forget
from tests.integration.test_received_again import CONTEXT, Hidden, event, pushing, worker
from tests.integration.troubles import open_shop
from tests.simulation.memory import MemoryTable
from tests.simulation.test_tokens import Platform, tokens_of
from tests.simulation.world import World
from tests.simulators.authorisation import SimulatedAuthorisation

Lines = Callable[[], list[dict[str, Any]]]
NOW = "2026-03-01T12:00:00Z"
DAY = 24 * 3600


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was written to the log of the stack `shop` since it was last asked."""
    monkeypatch.setenv("STACK_NAME", "shop")
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def figures(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures in lines, as CloudWatch takes them: the stack's, each with the value in its line."""
    taken: dict[str, Any] = {}
    for line in found:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert directive["Namespace"] == telemetry.NAMESPACE
            assert directive["Dimensions"][0] == ["Stack"]
            assert line["Stack"] == "shop"
            for metric in directive["Metrics"]:
                unit, apart = telemetry.FIGURES[metric["Name"]]
                assert metric["Unit"] == unit
                assert directive["Dimensions"][1:] == ([["Stack", apart]] if apart else [])
                assert not apart or line[apart]
                taken[metric["Name"]] = line[metric["Name"]]
    return taken


def a_sync_that_ends_well(_: pytest.MonkeyPatch) -> None:
    world = World()
    world.sync(open_shop(world))


def a_sync_with_a_blocked_day(_: pytest.MonkeyPatch) -> None:
    world = World()
    world.sync(open_shop(world, kind="Klarna"))


def a_strike_of_the_dispatcher(monkeypatch: pytest.MonkeyPatch) -> None:
    app = importlib.import_module("dispatcher.app")
    dispatched = SimpleNamespace(requested=4, failed=("company",))
    for name, result in (("relay_left_behind", 3), ("dispatch", dispatched), ("_look_after", (2, 0, 0))):
        monkeypatch.setattr(app, name, lambda *_, result=result: result)
    monkeypatch.setattr(app, "runtime", lambda: 0)
    app.handler({"version": 1}, CONTEXT)


def a_message_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    app = importlib.import_module("ingest_worker.app")

    def broken(*_: object) -> None:
        raise KeyError("zebra")

    monkeypatch.setattr(app, "runtime", lambda: None)
    monkeypatch.setattr(app, "ingest_dataset", broken)
    body = {"version": 1, "companyId": "co", "datasetId": "d"}
    assert app.handler(event(body, 1), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m"}]}


def a_platform_that_is_down(_: pytest.MonkeyPatch) -> None:
    tokens = SimpleNamespace(access=lambda: "t", renewed=lambda _: "t")
    pace = SimpleNamespace(before_call=lambda: None, blocked_for=lambda _: None)
    transport = Transport("Books", "http://127.0.0.1:9", tokens, pace, wait=lambda _: None)
    with pytest.raises(PlatformUnavailable):
        transport.read("/company/invoices/of-somebody")


def a_connection_without_calls(_: pytest.MonkeyPatch) -> None:
    pace = ConnectionPace(MemoryTable(), lambda: 60, "connection", "Books", 1)
    pace.before_call()
    with pytest.raises(PlatformUnavailable):
        pace.before_call()


def a_consent_that_ended(_: pytest.MonkeyPatch) -> None:
    platform = Platform(SimulatedAuthorisation(access_seconds=1800, old_works_after_rotation=1800))
    platform.start()
    try:
        tokens = tokens_of(platform, MemoryTable())
        tokens.keep("co", TokenPair("access", "a token that nobody gave out", 0))
        with pytest.raises(AuthorisationLost):
            tokens.refresh()
    finally:
        platform.stop()


def a_secret_of_another_context(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    forget()
    with mock_aws():
        monkeypatch.setenv("KMS_KEY_ID", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
        sealed = KmsCipher().encrypt("text", "one")
        with pytest.raises(ClientError):
            KmsCipher().decrypt(sealed, "other")
    forget()


def a_link_that_is_guessed(_: pytest.MonkeyPatch) -> None:
    with pytest.raises(LinkRefused):
        redeem(World().runtime, "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60", "1" * 40)


def a_link_of_the_portal_that_is_guessed(_: pytest.MonkeyPatch) -> None:
    with pytest.raises(LinkRefused):
        redeem_portal_link(World().runtime, "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60", "1" * 40)


WRITTEN: list[tuple[Callable[[pytest.MonkeyPatch], None], dict[str, Any]]] = [
    (a_sync_that_ends_well, {"SyncsEnded": 1, "SyncsFailed": 0, "DaysBlocked": 0}),
    (
        a_sync_with_a_blocked_day,
        {"SyncsEnded": 1, "SyncsFailed": 1, "DaysBlocked": 1, "OldestBlockedDay": ...},
    ),
    (a_strike_of_the_dispatcher, {"CompaniesNotSynced": 1, "MessagesLeftBehind": 3, "SyncsStuck": 2}),
    (a_message_that_fails, {"MessagesFailed": 1}),
    (a_platform_that_is_down, {"PlatformCalls": 1, "PlatformCallsFailed": 1}),
    (a_connection_without_calls, {"PlatformCallsHeldBack": 1}),
    (a_consent_that_ended, {"ConsentsLost": 1}),
    (a_secret_of_another_context, {"SecretsUnreadable": 1}),
    (a_link_that_is_guessed, {"LinksRefused": 1}),
    (a_link_of_the_portal_that_is_guessed, {"LinksRefused": 1}),
]


@pytest.mark.parametrize(("happening", "expected"), WRITTEN, ids=lambda each: getattr(each, "__name__", ""))
def test_a_figure_is_written(
    happening: Callable[[pytest.MonkeyPatch], None],
    expected: dict[str, Any],
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happening(monkeypatch)
    taken = figures(lines())
    assert set(taken) == set(expected)
    assert {name: value for name, value in expected.items() if value is not ...} == {
        name: value for name, value in taken.items() if expected[name] is not ...
    }


def test_the_line_of_a_lost_consent_names_the_platform(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at one platform are not the merchants' doing (docs/runbook.md)."""
    a_consent_that_ended(monkeypatch)
    (line,) = (each for each in lines() if each["message"] == "consent lost")
    assert line["connectionId"]
    assert line["platform"] == "Books"


def test_every_figure_is_written_by_something() -> None:
    assert {name for _, expected in WRITTEN for name in expected} == set(telemetry.FIGURES)


def test_the_age_of_a_blocked_day_is_told_in_seconds(lines: Lines) -> None:
    world = World()
    company = open_shop(world, kind="Klarna")
    world.sync(company)
    first = figures(lines())["OldestBlockedDay"]
    world.clock.advance(days=3)
    world.sync(company)
    later = figures(lines())["OldestBlockedDay"]
    assert later - first == pytest.approx(3 * DAY, abs=3600)
    blocked = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
    assert timedelta(seconds=first) == pytest.approx(
        world.clock.now() - timedelta(days=3) - blocked, abs=timedelta(hours=2)
    )


def test_of_an_error_its_kind_its_place_and_the_code_of_aws_are_told() -> None:
    refusal = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "zebra may not"}}, "GetItem")
    with pytest.raises(ClientError) as caught:
        raise refusal
    told = telemetry.kind_and_place(caught.value)
    assert (told["error"], told["code"]) == ("ClientError", "AccessDeniedException")
    assert "test_of_an_error" in str(told["stack"])
    assert "zebra" not in json.dumps(told)


def test_outside_a_function_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.tell("something", {}, {"SyncsEnded": 1})
    assert capsys.readouterr().out == ""


def test_a_line_says_nothing_of_what_was_sent(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    a_message_that_fails(monkeypatch)
    a_platform_that_is_down(monkeypatch)
    written = json.dumps(lines())
    assert "zebra" not in written
    assert "of-somebody" not in written


def test_the_outbox_and_the_queues_carry_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setenv("SYNC_QUEUE_URL", "https://queue.example/sync.fifo")
    monkeypatch.setattr(
        queues, "client", lambda _: SimpleNamespace(send_message=lambda **given: sent.append(given))
    )
    with telemetry.caused_by("request-1"):
        put = outbox.outbox_put("sync", "co", {"companyId": "co"}, "m", NOW)
    table = MemoryTable()
    table.put(put.item)
    assert relay_unsent(table, "9999") == 1
    assert sent[0]["MessageAttributes"]["correlationId"]["StringValue"] == "request-1"
    assert "request-1" not in sent[0]["MessageBody"]
    assert telemetry.correlation_id() == ""


def test_a_worker_goes_on_with_the_cause_of_its_message(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    company = open_shop(world)
    monkeypatch.setattr(queues, "hide", Hidden().note)
    app = worker("push_worker", world, monkeypatch)
    given = event(pushing(world, company), 1)
    attribute = {"stringValue": "request-1", "dataType": "String"}
    given["Records"][0]["messageAttributes"] = {"correlationId": attribute}
    lines()
    assert app.handler(given, CONTEXT) == {"batchItemFailures": []}
    found = lines()
    assert {line["message"] for line in found} >= {"sync ended", "message done"}
    assert {line["correlation_id"] for line in found} == {"request-1"}
    left = list(outbox.unsent(world.runtime.table, "9999"))
    assert left
    assert {message.correlation_id for message in left if message.queue != "push"} >= {"request-1"}
