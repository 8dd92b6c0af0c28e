"""What AWS and the accounting platforms allow by default, and where they publish it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.published import Found


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit, whether its source says that it can be raised, and whether it was found there."""

    what: str
    value: float
    raised: str
    source: str
    found: Found


_SCHEDULER = "EventBridge Scheduler quotas, AWS documentation"
_XERO = "Limits, Xero developer FAQ"

LAMBDA_AT_ONCE = Quota(
    "Lambda: environments at once, of an account and region (a new account has fewer)",
    1000,
    "by asking",
    "Lambda quotas, AWS documentation",
    Found.THERE,
)
LAMBDA_RAMP = Quota(
    "Lambda: more environments of a function, each 10 s",
    1000,
    "not said",
    "Lambda scaling behavior, AWS documentation",
    Found.THERE,
)
FIFO_SENDS = Quota(
    "SQS FIFO, high throughput: sends a second, of a queue (us-east-1, eu-west-1)",
    70_000,
    "not said",
    "SQS message quotas, AWS documentation",
    Found.THERE,
)
FIFO_IN_FLIGHT = Quota(
    "SQS FIFO: messages in flight, of a queue",
    120_000,
    "by asking",
    "SQS FIFO queue quotas, AWS documentation",
    Found.THERE,
)
SCHEDULER = Quota("EventBridge Scheduler: invocations a second", 1000, "by asking", _SCHEDULER, Found.THERE)
SCHEDULES = Quota("EventBridge Scheduler: schedules", 10_000_000, "by asking", _SCHEDULER, Found.THERE)
EVENTS_PUT = Quota(
    # A request may put ten events; Daybook's puts one.
    "EventBridge: requests of PutEvents a second (us-east-1, eu-west-1)",
    10_000,
    "by asking",
    "EventBridge quotas, AWS documentation",
    Found.THERE,
)
TABLE_WRITES = Quota(
    "DynamoDB on demand: write units a second, of a table",
    40_000,
    "by asking",
    "DynamoDB quotas, AWS documentation",
    Found.THERE,
)
NEW_TABLE = Quota(
    "DynamoDB on demand: write units a second, of a new table",
    4_000,
    "warm throughput",
    "Throttling of on-demand tables, AWS re:Post",
    Found.THERE,
)
PARTITION_WRITES = Quota(
    "DynamoDB: write units a second, of a partition",
    1_000,
    "no",
    "DynamoDB warm throughput, AWS documentation",
    Found.THERE,
)
# Xero: the limits are the same for all applications and are not raised.
XERO_APP = Quota("Xero: calls a minute, of the application", 10_000, "no", _XERO, Found.THERE)
XERO_TENANT = Quota("Xero: calls a minute, of an organisation", 60, "no", _XERO, Found.THERE)
QUICKBOOKS_COMPANY = Quota(
    "QuickBooks: calls a minute, of a company",
    500,
    "not said",
    "API call limits and throttles, Intuit documentation",
    Found.THERE,
)
FREEAGENT_USER = Quota(
    "FreeAgent: calls a minute, of a user",
    120,
    "not said",
    "Introduction, FreeAgent API documentation",
    Found.THERE,
)

QUOTAS = (
    *(LAMBDA_AT_ONCE, LAMBDA_RAMP, FIFO_SENDS, FIFO_IN_FLIGHT, SCHEDULER, SCHEDULES, EVENTS_PUT),
    *(TABLE_WRITES, NEW_TABLE, PARTITION_WRITES, XERO_APP, XERO_TENANT, QUICKBOOKS_COMPANY, FREEAGENT_USER),
)
