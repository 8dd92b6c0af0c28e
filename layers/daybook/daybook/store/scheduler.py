"""The schedules that call the dispatcher: one for each time zone and sync hour in use."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from daybook.store import environment
from daybook.store.aws import client

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import TargetTypeDef


@cache
def ensure(time_zone: str, sync_hour: int) -> None:
    """Have a schedule strike at this hour of every day in this zone, creating it when there is none.

    Scheduler follows the zone's clock changes; it skips a local time that does not exist, which is why an
    hourly sweep asks the same question. A process asks once for each zone and hour.
    """
    scheduler = client("scheduler")
    try:
        scheduler.create_schedule(
            Name=schedule_name(time_zone, sync_hour),
            GroupName=environment.schedule_group(),
            Description=f"Ends the business days that begin at {sync_hour}:00 in {time_zone}.",
            ScheduleExpression=f"cron(0 {sync_hour} * * ? *)",
            ScheduleExpressionTimezone=time_zone,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=_target(time_zone, sync_hour),
        )
    except scheduler.exceptions.ConflictException:
        return


def _target(time_zone: str, sync_hour: int) -> TargetTypeDef:
    return {
        "Arn": environment.dispatcher_arn(),
        "RoleArn": environment.schedule_role_arn(),
        "Input": json.dumps({"version": 1, "timeZone": time_zone, "syncHour": sync_hour}),
        # A run an hour late is the hourly sweep's.
        "RetryPolicy": {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": environment.setting("SCHEDULE_DEAD_LETTER_ARN")},
    }


def schedule_name(time_zone: str, sync_hour: int) -> str:
    """The name of a schedule, from letters that its name may have: `Europe.London-04`."""
    return f"{time_zone.replace('/', '.').replace('+', '_plus_')}-{sync_hour:02}"
