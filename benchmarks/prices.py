"""What AWS asks, in dollars: us-east-1, on demand, as published; looked up on 22 November 2026.

Free tiers and volume discounts are left out. Change a figure here and run `make bench` for your own region.
"""

from __future__ import annotations

from typing import NamedTuple


class Price(NamedTuple):
    """So many dollars for so many of a thing."""

    dollars: float
    per: int
    of: str

    @property
    def each(self) -> float:
        """Dollars for one."""
        return self.dollars / self.per


MILLION = 1_000_000
WRITE_UNIT = Price(0.625, MILLION, "DynamoDB write request units, on demand")
READ_UNIT = Price(0.125, MILLION, "DynamoDB read request units, on demand")
STORED = Price(0.25 + 0.20, 1, "GB-month in DynamoDB, with point-in-time recovery")
INVOCATION = Price(0.20, MILLION, "invocations of Lambda")
GB_SECOND = Price(13.3334, MILLION, "GB-seconds of Lambda on arm64")
API_REQUEST = Price(3.50, MILLION, "requests of a REST API")
QUEUE_REQUEST = Price(0.40, MILLION, "requests of a standard queue")
FIFO_REQUEST = Price(0.50, MILLION, "requests of a FIFO queue")
EVENT = Price(1.00, MILLION, "events put on a custom bus")
LOGGED = Price(0.50, 1, "GB of logs taken in")
PRICES = (
    *(WRITE_UNIT, READ_UNIT, STORED, INVOCATION, GB_SECOND, API_REQUEST),
    *(QUEUE_REQUEST, FIFO_REQUEST, EVENT, LOGGED),
)
