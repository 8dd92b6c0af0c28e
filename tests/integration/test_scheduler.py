"""The schedules that call the dispatcher, against a simulated EventBridge Scheduler."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from daybook.store import aws, scheduler

SETTINGS = {
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "SCHEDULE_GROUP": "daybook",
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedule",
    "DISPATCHER_ARN": "arn:aws:lambda:eu-west-2:123456789012:function:dispatcher",
    "SCHEDULE_DEAD_LETTER_ARN": "arn:aws:sqs:eu-west-2:123456789012:undelivered",
}


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for cached in (aws.client, aws._session, scheduler.ensure):
            cached.cache_clear()
        aws.client("scheduler").create_schedule_group(Name="daybook")
        yield
    for cached in (aws.client, aws._session, scheduler.ensure):
        cached.cache_clear()


def test_each_zone_and_hour_has_one_schedule() -> None:
    for _ in range(2):
        scheduler.ensure("Europe/London", 4)
        scheduler.ensure("Asia/Kathmandu", 0)
        scheduler.ensure.cache_clear()  # another process
    listed = aws.client("scheduler").list_schedules(GroupName="daybook")["Schedules"]
    assert sorted(schedule["Name"] for schedule in listed) == ["Asia.Kathmandu-00", "Europe.London-04"]


def test_it_strikes_at_the_hour_of_the_zone_and_says_which() -> None:
    scheduler.ensure("Europe/London", 4)
    schedule = aws.client("scheduler").get_schedule(Name="Europe.London-04", GroupName="daybook")
    assert schedule["ScheduleExpression"] == "cron(0 4 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/London"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = schedule["Target"]
    assert (target["Arn"], target["RoleArn"]) == (SETTINGS["DISPATCHER_ARN"], SETTINGS["SCHEDULE_ROLE_ARN"])
    assert json.loads(target["Input"]) == {"version": 1, "timeZone": "Europe/London", "syncHour": 4}
    assert target["DeadLetterConfig"] == {"Arn": SETTINGS["SCHEDULE_DEAD_LETTER_ARN"]}
