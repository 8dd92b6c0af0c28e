"""A business day of the cafe with as many orders as wanted: as bytes, and what it is projected under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from daybook.domain.json_text import dump
from daybook.domain.projection import Rules
from daybook.services import syncs
from daybook.services.work_out_day import read_context
from local.demo import choices
from local.generator import generate
from tests.simulation.world import World

DAY = date(2026, 3, 24)
# When the day is looked at: after its end.
CUT = datetime(2026, 3, 25, 12, tzinfo=UTC)
_CATALOGUE = 1000  # orders of the fortnight that the day's are copied from


def orders(count: int) -> Iterator[dict[str, Any]]:
    """Orders of the cafe, as many as wanted, all on one day."""
    plain = [
        body
        for (_, kind), bodies in generate(orders=_CATALOGUE).latest_records().items()
        for body in bodies
        if kind == "orders" and Decimal(str(body["totalAmount"])) > 0 and body["payments"]
    ]
    for number in range(count):
        body = plain[number % len(plain)]
        moment = f"{DAY}T{8 + number % 12:02}:{number % 60:02}:00Z"
        payments = [
            {**payment, "id": f"{number}-{place}", "createdDate": moment, "modifiedDate": moment}
            for place, payment in enumerate(body["payments"])
        ]
        yield {
            **body,
            "id": f"order-{number}",
            "createdDate": moment,
            "sourceModifiedDate": moment,
            "payments": payments,
        }


def as_bytes(count: int) -> bytes:
    """The day as a partner pushes it: one JSON array."""
    return ("[" + ",".join(dump(body) for body in orders(count)) + "]").encode()


def rules() -> Rules:
    """What the cafe's day is projected under: its configuration, its catalogue and its ledger."""
    world = World()
    company = world.open_company()
    for (_, data_type), bodies in generate(orders=_CATALOGUE).first.items():
        if data_type not in ("orders", "payments", "transactions"):
            world.push(company, data_type, bodies)
    world.configure(company, replace(choices("Invoice"), start=f"{DAY}T00:00:00Z"))
    sync = syncs.request_latest(world.runtime, company, CUT)
    context = read_context(world.runtime, sync)
    return Rules(context.configuration, context.catalogue, context.ledger, context.calendar)
