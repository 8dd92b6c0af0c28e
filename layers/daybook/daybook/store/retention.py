"""Which business days of a company are closed, and when it is looked again which more can be.

One item a company, `COMPANY#<company>` / `RETENTION`; in the index it lies under the time of the next look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import date

from daybook.domain.retention import Closed, Span
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.due import shard_of
from daybook.store.table import Absent, ConditionFailed, Equals, Item, Put, Table


@frozen
class Retention:
    """The closed days of a company, and those about to be: announced, no record of them is taken any more.

    Times are ISO 8601 in UTC; `announced` is when they were, `next` when to look again.
    """

    company_id: str
    closed: Closed = field(default_factory=Closed)
    closing: Span | None = None
    announced: str = ""
    next: str = ""
    version: int = 0

    @property
    def refusing(self) -> Closed:
        """The days of which no record is taken any more."""
        return self.closed.with_span(self.closing) if self.closing else self.closed


def get(table: Table, company_id: str) -> Retention:
    """How the retention of a company's records stands."""
    item = table.get(*layout.retention(company_id))
    return _retention(item) if item else Retention(company_id)


def ensure(table: Table, company_id: str, at: str) -> None:
    """Have a company looked at for the first time at this time; nothing happens when it is known."""
    if table.get(*layout.retention(company_id)) is None:
        try:
            table.put(_item(Retention(company_id, next=at)), Absent())
        except ConditionFailed:
            return


def changed(retention: Retention) -> Put:
    """The write for a changed one, for use in a transaction; refused when somebody else changed it."""
    return Put(_item(retention), Equals("version", retention.version))


def due(table: Table, shard: int, now: str) -> Iterator[Retention]:
    """The companies of a shard that are to be looked at by now."""
    items = table.query_all(f"RETENTION#{shard:02}", between=("0", f"{now}~"), index="GSI1")
    return map(_retention, items)


def dates(table: Table, company_id: str, first: date, last: date) -> list[str]:
    """The UTC dates (ISO) from first to last on which there are entries."""
    pk, _ = layout.dates(company_id)
    found = table.query_all(pk, between=(first.isoformat(), last.isoformat()))
    return [item["SK"] for item in found if "emptied" not in item]


def note_emptied(table: Table, company_id: str, utc_date: str) -> None:
    """Say that a date has no entries any more."""
    table.add(*layout.dates(company_id, utc_date), put={"emptied": True})


def _item(retention: Retention) -> Item:
    pk, sk = layout.retention(retention.company_id)
    closing = retention.closing
    return {
        "PK": pk,
        "SK": sk,
        "GSI1PK": f"RETENTION#{shard_of(retention.company_id):02}",
        "GSI1SK": f"{retention.next}#{retention.company_id}",
        "closed": [[day.isoformat() for day in span] for span in retention.closed.spans],
        "closing": [day.isoformat() for day in closing] if closing else [],
        "announced": retention.announced,
        "next": retention.next,
        "version": retention.version + 1,
    }


def _retention(item: Item) -> Retention:
    return Retention(
        item["PK"].partition("#")[2],
        Closed(tuple(_span(row) for row in item["closed"])),
        _span(item["closing"]) if item["closing"] else None,
        item["announced"],
        item["next"],
        item["version"],
    )


def _span(row: list[str]) -> Span:
    first, last = map(date.fromisoformat, row)
    return Span(first, last)
