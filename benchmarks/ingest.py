"""Validating a push of 5,000 orders, beside pydantic parsing the same bytes into models of the same fields.

    python -m benchmarks.ingest [orders] [rounds]

Daybook reads without Python's search for garbage, as the ingest worker does; pydantic as its users do, and
once more without.

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

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from benchmarks.cafe_day import as_bytes
from benchmarks.measuring import Times, side_by_side, table
from daybook.domain.garbage import uncollected
from daybook.domain.json_text import load
from daybook.domain.reading import identity, is_deletion, read_record, source_modified
from daybook.domain.records import Order

LOADS, PYDANTIC, DAYBOOK = "json.loads", "pydantic", "Daybook"
UNCOLLECTED = "pydantic, without the search for garbage"


class _Bare(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Reference(_Bare):
    id: str | None = None


class _Tax(_Bare):
    tax_component_ref: _Reference | None = None
    tax_amount: Decimal | None = None
    rate: Decimal | None = None


class _Discount(_Bare):
    total_amount: Decimal | None = None


class _Line(_Bare):
    id: str | None = None
    quantity: Decimal | None = None
    tax_percentage: Decimal | None = None
    total_amount: Decimal
    total_tax_amount: Decimal | None = None
    unit_price: Decimal | None = None
    taxes: tuple[_Tax, ...] = ()
    product_ref: _Reference | None = None
    discount_allocations: tuple[_Discount, ...] = ()


class _Charge(_Bare):
    type: str | None = None
    description: str | None = None
    total_amount: Decimal
    tax_amount: Decimal | None = None
    tax_percentage: Decimal | None = None
    taxes: tuple[_Tax, ...] = ()


class _Method(_Bare):
    id: str | None = None
    name: str | None = None


class _Payment(_Bare):
    id: str
    amount: Decimal | None = None
    currency: str | None = None
    type: str | None = None
    status: str | None = None
    payment_method_ref: _Method | None = None
    created_date: datetime | None = None
    modified_date: datetime | None = None
    source_modified_date: datetime | None = None


class _Order(_Bare):
    id: str
    order_number: str | None = None
    currency: str
    country: str | None = None
    created_date: datetime
    closed_date: datetime | None = None
    source_modified_date: datetime | None = None
    total_amount: Decimal | None = None
    total_tax_amount: Decimal | None = None
    total_refund: Decimal | None = None
    total_gratuity: Decimal | None = None
    total_discount: Decimal | None = None
    location_ref: _Reference | None = None
    order_line_items: tuple[_Line, ...] = ()
    payments: tuple[_Payment, ...] = ()
    service_charges: tuple[_Charge, ...] = ()


_ORDERS: TypeAdapter[list[_Order]] = TypeAdapter(list[_Order])


@uncollected
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
    assert gross(ours) == sum(line.total_amount for order in theirs for line in order.order_line_items)
    contestants: dict[str, Callable[[], object]] = {
        PYDANTIC: lambda: _ORDERS.validate_json(raw),
        UNCOLLECTED: uncollected(lambda: _ORDERS.validate_json(raw)),
        DAYBOOK: lambda: validate(raw),
        LOADS: lambda: json.loads(raw),
    }
    return side_by_side(contestants, rounds)


def report(orders: int = 5000, rounds: int = 9) -> str:
    """The measured figures, as Markdown."""
    times = measure(orders, rounds)
    rows = [
        [name, f"{times.seconds(name) * 1000:.0f} ms", f"{times.ratio(name, PYDANTIC):.2f}"]
        for name in (PYDANTIC, UNCOLLECTED, DAYBOOK, LOADS)
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
