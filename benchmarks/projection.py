"""A business day from the partner's bytes to its postings, beside json.loads, pandas and DuckDB.

    python -m benchmarks.projection [orders] [rounds]

All three must find the same sales, taxes, tips, gift cards and payments, as Decimal. Daybook does more than
the other two in that time: it validates every field, dates every order and payment, estimates the tax of
money given back, holds each order's total against its parts, and keeps which record is in which posting.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import day_in_duckdb, day_in_pandas
from benchmarks.cafe_day import CUT, DAY, as_bytes, rules
from benchmarks.measuring import Times, side_by_side, table
from daybook.domain import json_text
from daybook.domain.cases import Stored
from daybook.domain.garbage import uncollected
from daybook.domain.projection import Projection, Rules, project
from daybook.domain.reading import read_record
from daybook.domain.records import Order

LOADS, DAYBOOK, PANDAS, DUCKDB = "json.loads", "Daybook", "pandas", "DuckDB"
READ, LOADED = "Daybook, reading alone", "Daybook, its JSON alone"
_WHAT = {"serviceCharge": "Generic", "shipping": "Shipping", "sales": "sales"}
_WAYS = {"cash": "Cash", "card": "Card", "onlineCard": "OnlineCard", "prepaidPayment": "Prepaid"}


def parse(raw: bytes) -> list[dict[str, Any]]:
    """The bytes as JSON, as the worker of a sync parses what is stored."""
    found: list[dict[str, Any]] = json_text.read(raw.decode())
    return found


@uncollected
def read(raw: bytes) -> list[Stored]:
    """The records in the bytes, validated; each body is let go when it is read, as it is in production."""
    bodies, found = parse(raw), []
    bodies.reverse()
    while bodies:
        body = bodies.pop()
        record = read_record("orders", body)
        assert isinstance(record, Order)
        found.append(Stored("till", "orders", record.id, record))
    return found


def projected(raw: bytes, under: Rules) -> Projection:
    """The day's postings."""
    return project(DAY, read(raw), under, CUT)


def totals(projection: Projection, under: Rules) -> dict[tuple[str, str], Decimal]:
    """The postings in the words of the other two: what was sold, as credits, is turned round."""
    components = {
        mapping.rate_id: next(iter(mapping.commerce_ids)) for mapping in under.configuration.tax_mappings
    }
    found: dict[tuple[str, str], Decimal] = {}

    def add(what: str, which: str, amount: Decimal) -> None:
        found[what, which] = found.get((what, which), Decimal(0)) + amount

    for posting, amount in projection.amounts.items():
        if posting.role == "sale" and posting.key in _WHAT:
            what = f"tax on {_WHAT[posting.key]}" if posting.tax_account else _WHAT[posting.key]
            add(what, components[posting.tax_rate], -amount)
        elif posting.key in ("prepaid", "prepaidDiscount"):
            add("gift cards", "", -amount)
        elif posting.key == "gratuity":
            add("tips", "", -amount)
        elif posting.role in ("payment", "refundPayment"):
            add("payments" if amount > 0 else "paid back", _WAYS.get(posting.key, "Custom"), amount)
    return found


def measure(orders: int, rounds: int) -> Times:
    """Check that all find the same, then measure them side by side."""
    raw, under = as_bytes(orders), rules()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "day.json"
        path.write_bytes(raw)
        projection = projected(raw, under)
        assert not projection.blockers
        same(totals(projection, under), day_in_duckdb.totals(path), DUCKDB)
        same(totals(projection, under), day_in_pandas.totals(raw), PANDAS)
        return side_by_side(
            {
                LOADS: lambda: json.loads(raw),
                DAYBOOK: lambda: projected(raw, under),
                PANDAS: lambda: day_in_pandas.totals(raw),
                DUCKDB: lambda: day_in_duckdb.totals(path),
                READ: lambda: read(raw),
                LOADED: lambda: parse(raw),
            },
            rounds,
        )


def same(
    ours: Mapping[tuple[str, str], Decimal], theirs: Mapping[tuple[str, str], Decimal], whose: str
) -> None:
    """Fail unless both found the same."""
    apart = {
        name: (ours.get(name), theirs.get(name))
        for name in {*ours, *theirs}
        if ours.get(name) != theirs.get(name)
    }
    assert not apart, f"{whose} finds otherwise: {apart}"


def report(orders: int = 50_000, rounds: int = 3) -> str:
    """The measured figures, as Markdown."""
    times = measure(orders, rounds)
    rows = [
        [name, f"{times.seconds(name):.2f} s", f"{times.ratio(name, LOADS):.2f}"]
        for name in (LOADS, DAYBOOK, READ, LOADED, PANDAS, DUCKDB)
    ]
    return "\n".join(
        [
            f"{orders:,} orders, {len(as_bytes(orders)) / 1e6:.1f} MB of JSON, {rounds} rounds, medians.",
            "",
            table(["from the same bytes", "time", "times json.loads"], rows),
        ]
    )


if __name__ == "__main__":
    print(report(*map(int, sys.argv[1:])))
