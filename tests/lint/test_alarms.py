"""Alarms and dashboard read figures that somebody writes, and the runbook has an entry for each alarm."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore import xform_name

from daybook import telemetry
from local import admin, operate
from tests.e2e.aws_command import options_of, parameters_of
from tests.lint.transformed import our_template

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
PARTS = ("Means", "First look", "Remedy")
# What AWS's services write by themselves, with the dimensions they write it under (their user guides, on
# CloudWatch metrics of SQS, Lambda, API Gateway with metrics of the stage, DynamoDB).
QUEUE, FUNCTION, STAGE, TABLE = {"QueueName"}, {"FunctionName"}, {"ApiName", "Stage"}, {"TableName"}
BY_AWS: dict[tuple[str, str], set[str]] = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): QUEUE,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): QUEUE,
    ("AWS/Lambda", "Errors"): FUNCTION,
    ("AWS/Lambda", "Throttles"): FUNCTION,
    ("AWS/Lambda", "Invocations"): FUNCTION,
    ("AWS/Lambda", "IteratorAge"): FUNCTION,
    ("AWS/ApiGateway", "Count"): STAGE,
    ("AWS/ApiGateway", "4XXError"): STAGE,
    ("AWS/ApiGateway", "5XXError"): STAGE,
    ("AWS/ApiGateway", "Latency"): STAGE,
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): TABLE,
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): TABLE,
    ("AWS/DynamoDB", "ReadThrottleEvents"): TABLE,
    ("AWS/DynamoDB", "WriteThrottleEvents"): TABLE,
}
OF_THE_ACCOUNT: dict[tuple[str, str], set[str]] = {("AWS/Lambda", "Throttles"): set()}
# What each dimension's value must be: a resource of this type, or an attribute of one.
NAMED = {
    "QueueName": "AWS::SQS::Queue",
    "FunctionName": "AWS::Lambda::Function",
    "TableName": "AWS::DynamoDB::Table",
}
Read = tuple[str, str, dict[str, Any]]


@cache
def resources() -> dict[str, Any]:
    found: dict[str, Any] = our_template()["Resources"]
    return found


def alarms() -> dict[str, Any]:
    """The properties of every alarm by its name in the template."""
    return {
        name: each["Properties"]
        for name, each in resources().items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }


def read_by(alarm: dict[str, Any]) -> Iterator[Read]:
    """The figures an alarm reads."""
    plain = [alarm] if "MetricName" in alarm else []
    summed = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
    for each in (*plain, *summed):
        dimensions = {each["Name"]: each["Value"] for each in each.get("Dimensions", [])}
        yield each["Namespace"], each["MetricName"], dimensions


def dashboard() -> tuple[dict[str, Any], dict[str, Any]]:
    """The dashboard, and what its own variables stand for."""
    text, variables = resources()["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(text), variables


def shown() -> Iterator[Read]:
    """The figures that the dashboard shows."""
    body, variables = dashboard()
    for widget in body["widgets"]:
        for namespace, metric, *dimensions in widget["properties"]["metrics"]:
            values = {
                name: variables.get(value.strip("${}"), {"Ref": value.strip("${}")})
                for name, value in zip(dimensions[::2], dimensions[1::2], strict=True)
            }
            yield namespace, metric, values


def every_read() -> list[Read]:
    return [*shown(), *(each for alarm in alarms().values() for each in read_by(alarm))]


def target(value: Any) -> str:
    """The resource that a value is taken from; of two, the one that it is by itself."""
    value = value["Fn::If"][-1] if "Fn::If" in value else value
    return str(value.get("Ref") or value["Fn::GetAtt"][0])


@pytest.mark.parametrize("read", every_read(), ids=lambda read: f"{read[0]}/{read[1]}")
def test_what_is_read_is_written(read: Read) -> None:
    namespace, metric, dimensions = read
    if namespace == telemetry.NAMESPACE:
        assert metric in telemetry.FIGURES
        assert dimensions == {"Stack": {"Ref": "AWS::StackName"}}
        return
    # Without a dimension it is that of the whole account in this region, where AWS writes that too.
    assert set(dimensions) in (BY_AWS[namespace, metric], OF_THE_ACCOUNT.get((namespace, metric)))
    for name, value in dimensions.items():
        if name in NAMED:
            assert resources()[target(value)]["Type"] == NAMED[name]
    if namespace == "AWS/ApiGateway":
        assert dimensions == {"ApiName": {"Ref": "AWS::StackName"}, "Stage": {"Ref": "StageName"}}
        assert resources()["Api"]["Properties"]["Body"]["info"]["title"] == {"Ref": "AWS::StackName"}


def test_every_figure_of_ours_is_watched_or_shown() -> None:
    read = {metric for namespace, metric, _ in every_read() if namespace == telemetry.NAMESPACE}
    assert read == set(telemetry.FIGURES)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("AWS::SQS::Queue", "ApproximateAgeOfOldestMessage"),
        ("AWS::SQS::Queue", "ApproximateNumberOfMessagesVisible"),
        ("AWS::Lambda::Function", "Errors"),
    ],
)
def test_nothing_that_works_unseen_is_forgotten(kind: str, metric: str) -> None:
    """Each queue that feeds a function, each that keeps what failed, each function nobody waits for."""
    mappings = [
        each["Properties"]
        for each in resources().values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping"
    ]
    watched = {
        target(value)
        for alarm in alarms().values()
        for _, name, dimensions in read_by(alarm)
        if name == metric
        for value in dimensions.values()
    }
    field = "EventSourceArn" if kind == "AWS::SQS::Queue" else "FunctionName"
    fed = {target(each[field]) for each in mappings} - {"Table"}
    queues = {name for name, each in resources().items() if each["Type"] == kind}
    if kind == "AWS::Lambda::Function":
        fed.add("DispatcherFunction")
    wanted = fed if metric != "ApproximateNumberOfMessagesVisible" else queues - fed
    assert wanted <= watched


def test_every_alarm_tells_the_topic() -> None:
    for name, alarm in alarms().items():
        topic = {"Fn::If": ["TellOfAlarms", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}
        assert alarm["AlarmActions"] == [topic], name


def entries() -> dict[str, str]:
    """The entries of the runbook by their titles."""
    parts = re.split(r"^### (\w+)$", RUNBOOK, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_runbook_has_an_entry_for_each_alarm_and_no_other() -> None:
    assert set(entries()) == set(alarms())
    assert len(re.findall(r"^### ", RUNBOOK, re.MULTILINE)) == len(alarms())


@pytest.mark.parametrize("name", sorted(entries()))
def test_an_entry_says_what_it_means_where_to_look_and_what_to_do(name: str) -> None:
    said = re.findall(r"^\*\*([\w ]+)\.\*\* .{20,}$", entries()[name], re.MULTILINE)
    assert said == list(PARTS)


def commands() -> list[str]:
    """Every command the runbook names, in a block or in a line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", RUNBOOK, re.DOTALL | re.MULTILINE)
    inline = re.findall(r"`((?:aws|make|\.venv/bin/python) [^`]+)`", RUNBOOK)
    return [*(line for block in blocks for line in block.splitlines()), *inline]


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_exists(command: str) -> None:
    words = shlex.split(command)
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE)
    elif words[0] == "aws":
        client: Any = boto3.client(words[1], region_name="eu-west-1")  # type: ignore[call-overload]
        names = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
        parameters_of(client.meta.service_model.operation_model(names[words[2]]), options_of(words[3:]))
    else:
        modules = {"local.admin": admin, "local.operate": operate}
        assert words[:2] == [".venv/bin/python", "-m"]
        modules[words[2]].parser().parse_args(words[3:])


@pytest.mark.parametrize("group", sorted(set(re.findall(r"/daybook/daybook/(\w+)", RUNBOOK))))
def test_every_log_group_exists(group: str) -> None:
    assert (ROOT / "functions" / group / "app.py").exists()
