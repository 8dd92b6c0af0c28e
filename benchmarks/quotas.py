"""What AWS and the accounting platforms allow, as published; looked up on 22 November 2026."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit, and whether it can be raised by asking."""

    what: str
    value: float
    raised: str
    source: str


LAMBDA_AT_ONCE = Quota(
    "Lambda: environments at once, of an account and region", 1000, "by asking", "Lambda quotas"
)
LAMBDA_RAMP = Quota(
    "Lambda: more environments of a function, each 10 s", 1000, "no", "Lambda scaling behaviour"
)
FIFO_SENDS = Quota(
    "SQS FIFO, high throughput: sends a second, of a queue (us-east-1, eu-west-1)",
    70_000,
    "by asking",
    "SQS message quotas",
)
FIFO_IN_FLIGHT = Quota("SQS FIFO: messages in flight, of a queue", 120_000, "no", "SQS message quotas")
SCHEDULER = Quota(
    "EventBridge Scheduler: invocations a second", 1000, "by asking", "EventBridge Scheduler quotas"
)
SCHEDULES = Quota("EventBridge Scheduler: schedules", 10_000_000, "by asking", "EventBridge Scheduler quotas")
EVENTS_PUT = Quota(
    "EventBridge: events put a second (us-east-1, eu-west-1)", 10_000, "by asking", "EventBridge quotas"
)
TABLE_WRITES = Quota(
    "DynamoDB on demand: write units a second, of a table", 40_000, "by asking", "DynamoDB quotas"
)
NEW_TABLE = Quota(
    "DynamoDB on demand: write units a second, of a new table",
    4_000,
    "warm throughput",
    "DynamoDB on-demand capacity mode",
)
PARTITION_WRITES = Quota("DynamoDB: write units a second, of a partition", 1_000, "no", "DynamoDB partitions")
XERO_APP = Quota("Xero: calls a minute, of the application", 10_000, "by agreement", "Xero API limits")
XERO_TENANT = Quota("Xero: calls a minute, of an organisation", 60, "no", "Xero API limits")
QUICKBOOKS_COMPANY = Quota(
    "QuickBooks: calls a minute, of a company", 500, "no", "Intuit limits and throttles"
)
FREEAGENT_USER = Quota("FreeAgent: calls a minute, of a user", 120, "no", "FreeAgent rate limits")

QUOTAS = (
    *(LAMBDA_AT_ONCE, LAMBDA_RAMP, FIFO_SENDS, FIFO_IN_FLIGHT, SCHEDULER, SCHEDULES, EVENTS_PUT),
    *(TABLE_WRITES, NEW_TABLE, PARTITION_WRITES, XERO_APP, XERO_TENANT, QUICKBOOKS_COMPANY, FREEAGENT_USER),
)
