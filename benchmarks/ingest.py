"""Validating a push of 5,000 orders, beside pydantic parsing the same bytes into models of the same fields.

    python -m benchmarks.ingest [orders] [rounds]

The models are bare: types and nothing else. Daybook also takes numbers sent as text, times without an offset
or with nine digits, ids sent as numbers; refuses more decimals than the currency has, the same name twice,
ids that no key holds, dates of no calendar; and says of each fault in which field of which record it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, TypeAdapter

from benchmarks.cafe_day import as_bytes
from benchmarks.measuring import Times, side_by_side, table
from daybook.domain.json_text import load
from daybook.domain.reading import identity, is_deletion, read_record, source_modified
from daybook.domain.records import Order

LOADS, PYDANTIC, DAYBOOK = "json.loads", "pydantic", "Daybook"


class _Reference(BaseModel):
    id: str | None = None


class _Tax(BaseModel):
    taxComponentRef: _Reference | None = None
    taxAmount: Decimal | None = None
    rate: Decimal | None = None


class _Discount(BaseModel):
    totalAmount: Decimal | None = None


class _Line(BaseModel):
    id: str | None = None
    quantity: Decimal | None = None
    taxPercentage: Decimal | None = None
    totalAmount: Decimal
    totalTaxAmount: Decimal | None = None
    unitPrice: Decimal | None = None
    taxes: tuple[_Tax, ...] = ()
    productRef: _Reference | None = None
    discountAllocations: tuple[_Discount, ...] = ()


class _Charge(BaseModel):
    type: str | None = None
    description: str | None = None
    totalAmount: Decimal
    taxAmount: Decimal | None = None
    taxPercentage: Decimal | None = None
    taxes: tuple[_Tax, ...] = ()


class _Method(BaseModel):
    id: str | None = None
    name: str | None = None


class _Payment(BaseModel):
    id: str
    amount: Decimal | None = None
    currency: str | None = None
    type: str | None = None
    status: str | None = None
    paymentMethodRef: _Method | None = None
    createdDate: datetime | None = None
    modifiedDate: datetime | None = None
    sourceModifiedDate: datetime | None = None


class _Order(BaseModel):
    id: str
    orderNumber: str | None = None
    currency: str
    country: str | None = None
    createdDate: datetime
    closedDate: datetime | None = None
    sourceModifiedDate: datetime | None = None
    totalAmount: Decimal | None = None
    totalTaxAmount: Decimal | None = None
    totalRefund: Decimal | None = None
    totalGratuity: Decimal | None = None
    totalDiscount: Decimal | None = None
    locationRef: _Reference | None = None
    orderLineItems: tuple[_Line, ...] = ()
    payments: tuple[_Payment, ...] = ()
    serviceCharges: tuple[_Charge, ...] = ()


_ORDERS: TypeAdapter[list[_Order]] = TypeAdapter(list[_Order])


def validate(raw: bytes) -> list[Order]:
    """What ingest does with each record before it is packed and written."""
    found = []
    for body in load(raw):  # type: ignore[attr-defined]
        assert not is_deletion("orders", body)
        record = read_record("orders", body)
        assert isinstance(record, Order)
        assert identity("orders", body) == record.id
        source_modified(body)
        found.append(record)
    return found


def gross(orders: list[Order]) -> Decimal:
    """What the lines come to."""
    return sum((line.total for order in orders for line in order.lines), Decimal(0))


def measure(orders: int, rounds: int) -> Times:
    """Check that both read the same, then measure them side by side."""
    raw = as_bytes(orders)
    ours, theirs = validate(raw), _ORDERS.validate_json(raw)
    assert [order.id for order in ours] == [order.id for order in theirs]
    assert gross(ours) == sum(line.totalAmount for order in theirs for line in order.orderLineItems)
    contestants: dict[str, Callable[[], object]] = {
        PYDANTIC: lambda: _ORDERS.validate_json(raw),
        DAYBOOK: lambda: validate(raw),
        LOADS: lambda: json.loads(raw),
    }
    return side_by_side(contestants, rounds)


def report(orders: int = 5000, rounds: int = 9) -> str:
    """The measured figures, as Markdown."""
    times = measure(orders, rounds)
    rows = [
        [name, f"{times.seconds(name) * 1000:.0f} ms", f"{times.ratio(name, PYDANTIC):.2f}"]
        for name in (PYDANTIC, DAYBOOK, LOADS)
    ]
    return "\n".join(
        [
            f"{orders:,} orders, {len(as_bytes(orders)) / 1e6:.1f} MB of JSON, {rounds} rounds, medians.",
            "",
            table(["from the same bytes", "time", "times pydantic"], rows),
        ]
    )


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
