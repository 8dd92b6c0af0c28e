"""What AWS asks, in dollars: us-east-1, on demand, and whether AWS itself was found to say so.

Free tiers and volume discounts are left out. Change a figure here and run `make bench` for your own region.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.published import Found


class Price(NamedTuple):
    """So many dollars for so many of a thing, and where that is published."""

    dollars: float
    per: int
    of: str
    source: str
    found: Found

    @property
    def each(self) -> float:
        """Dollars for one."""
        return self.dollars / self.per


MILLION = 1_000_000
_DYNAMODB, _LAMBDA, _SQS = "DynamoDB on-demand pricing, AWS", "Lambda pricing, AWS", "SQS pricing, AWS"

WRITE_UNIT = Price(0.625, MILLION, "DynamoDB write request units, on demand", _DYNAMODB, Found.QUOTED)
READ_UNIT = Price(0.125, MILLION, "DynamoDB read request units, on demand", _DYNAMODB, Found.QUOTED)
STORED = Price(0.25 + 0.20, 1, "GB-month in DynamoDB, with point-in-time recovery", _DYNAMODB, Found.QUOTED)
INVOCATION = Price(0.20, MILLION, "invocations of Lambda", _LAMBDA, Found.QUOTED)
GB_SECOND = Price(13.3334, MILLION, "GB-seconds of Lambda on arm64", _LAMBDA, Found.QUOTED)
API_REQUEST = Price(
    3.50, MILLION, "requests of a REST API", "API Gateway private APIs, AWS whitepaper", Found.THERE
)
QUEUE_REQUEST = Price(0.40, MILLION, "requests of a standard queue", _SQS, Found.QUOTED)
FIFO_REQUEST = Price(0.50, MILLION, "requests of a FIFO queue", _SQS, Found.QUOTED)
EVENT = Price(1.00, MILLION, "events put on a custom bus", "EventBridge pricing, AWS", Found.QUOTED)
LOGGED = Price(0.50, 1, "GB of logs taken in", "CloudWatch pricing, AWS", Found.QUOTED)
PRICES = (
    *(WRITE_UNIT, READ_UNIT, STORED, INVOCATION, GB_SECOND, API_REQUEST),
    *(QUEUE_REQUEST, FIFO_REQUEST, EVENT, LOGGED),
)
