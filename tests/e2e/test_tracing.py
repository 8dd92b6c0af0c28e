"""One id in the logs of every function that a request sets to work, from the API to the last push."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.api_client import Client, wait_until
from local.logs import lines
from local.merchant import Choices, Merchant
from local.samples import ACCOUNTS, order
from local.settings import REGION, ROOT, LocalStack

# Milliseconds since 1970.
BEGAN: dict[str, int] = {}
SYNC = {"syncs": "answered", "sync_worker": "message done", "push_worker": "sync ended"}


def logged(stack: LocalStack, functions: list[str]) -> list[dict[str, Any]]:
    """The JSON lines of functions since these tests began, each with the function's name."""
    found = []
    for _, function, text in lines(stack, functions, BEGAN["at"]):
        if text.startswith("{"):
            found.append({**json.loads(text), "function": function})
    return found


def of_cause(stack: LocalStack, cause: str, functions: list[str]) -> set[tuple[str, Any]]:
    found = logged(stack, functions)
    return {(each["function"], each.get("message")) for each in found if each.get("correlation_id") == cause}


def cause_of(stack: LocalStack, function: str, company_id: str, end: str) -> str:
    """The id of the request to a path that ends like this, for a company."""
    return next(
        each["correlation_id"]
        for each in logged(stack, [function])
        if each.get("message") == "answered"
        and each.get("company_id") == company_id
        and str(each.get("resource")).endswith(end)
    )


@pytest.fixture(scope="module")
def traced(client: Client) -> tuple[Merchant, Any]:
    """A merchant whose order was pushed and synced, and how the sync ended."""
    now = datetime.now(UTC)
    BEGAN["at"] = math.floor(now.timestamp() * 1000)
    merchant = Merchant.create(client, "Traced Cafe", ["shop"])
    merchant.configure(Choices(ACCOUNTS, start=(now - timedelta(days=5)).isoformat()))
    merchant.wait_for([merchant.push("shop", "orders", [order("o-1", now - timedelta(days=3))])])
    status = merchant.sync("latest")
    assert status["syncStatusCode"] == 2000
    return merchant, status


def test_a_request_is_followed_to_the_last_push(stack: LocalStack, traced: tuple[Merchant, Any]) -> None:
    merchant, status = traced
    pushed = cause_of(stack, "data", merchant.company_id, "/data/{proxy+}")
    wait_until(
        lambda: ("ingest_worker", "message done") in of_cause(stack, pushed, ["ingest_worker"]),
        "the dataset's line",
    )
    asked = cause_of(stack, "syncs", merchant.company_id, "/sync/{proxy+}")
    assert asked != pushed
    wait_until(lambda: set(SYNC.items()) <= of_cause(stack, asked, list(SYNC)), "the lines of the sync")
    # Events that it raises are told of under the same id.
    wait_until(
        lambda: ("notifier", "message done") in of_cause(stack, asked, ["notifier"]), "the notifier's line"
    )
    ended = [each for each in logged(stack, ["push_worker"]) if each.get("syncId") == status["syncId"]]
    assert {each["correlation_id"] for each in ended if each.get("message") == "sync ended"} == {asked}


def test_figures_reach_the_log_as_cloudwatch_takes_them(
    stack: LocalStack, traced: tuple[Merchant, Any]
) -> None:
    sync_id = traced[1]["syncId"]

    def line() -> Any:
        found = logged(stack, ["push_worker"])
        return next((each for each in found if each.get("syncId") == sync_id and "_aws" in each), None)

    ended = wait_until(line, "the line of the sync's end")
    (directive,) = ended["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Daybook"
    assert ended["Stack"] == "daybook"
    assert ended["SyncsEnded"] == 1


def test_alarms_and_the_dashboard_are_deployed(aws: Callable[[str], Any]) -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    watch = aws("cloudwatch")
    pages = watch.get_paginator("describe_alarms").paginate()
    found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    assert len(found) == text.count("Type: AWS::CloudWatch::Alarm") > 0
    body = json.loads(watch.get_dashboard(DashboardName="daybook")["DashboardBody"])
    assert {widget["properties"]["region"] for widget in body["widgets"]} == {REGION}
    assert "${" not in json.dumps(body)
