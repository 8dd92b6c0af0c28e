"""The records behind what is posted of a day; and what stays posted of records that are no longer kept.

A record that was deleted by its source leaves word of it, and its day is corrected. One that is gone without
a word (its connection was removed, its time was up) says nothing about the day any more: what it contributed
stays in the books as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from daybook.domain.cases import Stored
from daybook.domain.documents import Posting
from daybook.domain.money import ZERO
from daybook.domain.parts import Parts, Rows
from daybook.domain.projection import Projection
from daybook.services.runtime import Runtime
from daybook.store import connections, parts
from daybook.store.days import PostedDay
from daybook.store.documents import SUCCESS
from daybook.store.stored_record import get_many


def confirmed_parts(runtime: Runtime, company_id: str, posted: PostedDay) -> list[Rows]:
    """The parts of everything confirmed of a day."""
    if not posted.revision:
        return []
    day = posted.day.isoformat()
    return parts.all_silent(runtime.table, company_id, day) + [
        parts.of_document(runtime.table, stored)
        for stored in runtime.documents.of_day(company_id, day)
        if stored.status == SUCCESS
    ]


def parts_of_gone(
    runtime: Runtime, company_id: str, records: Sequence[Stored], confirmed: Sequence[Rows]
) -> Parts:
    """Of the confirmed parts, those of records that are neither kept nor known to be deleted."""
    here = {stored.label for stored in records}
    labels = {label for rows in confirmed for _, by_record in rows for label, _ in by_record} - here
    if not labels:
        return {}
    names = {label: _name(label) for label in labels}
    known = get_many(runtime.table, company_id, names.values())
    erased = connections.being_erased(runtime.table, company_id)
    gone = {label for label, name in names.items() if name not in known or name[0] in erased}
    kept: dict[Posting, dict[str, Decimal]] = {}
    for rows in confirmed:
        for posting, by_record in rows:
            for label, amount in by_record:
                if label in gone:
                    of_posting = kept.setdefault(posting, {})
                    of_posting[label] = of_posting.get(label, ZERO) + amount
    return kept


def with_parts(projection: Projection, kept: Parts) -> Projection:
    """A projection with what stays posted besides."""
    if not kept:
        return projection
    every = {posting: dict(by_record) for posting, by_record in projection.parts.items()}
    for posting, by_record in kept.items():
        every.setdefault(posting, {}).update(by_record)
    return replace(projection, parts=every, amounts=amounts_of(every))


def amounts_of(parts: Parts) -> dict[Posting, Decimal]:
    """What parts add up to, without zeros."""
    amounts = {posting: sum(by_record.values(), ZERO) for posting, by_record in parts.items()}
    return {posting: amount for posting, amount in amounts.items() if amount}


def _name(label: str) -> tuple[str, str, str]:
    connection, data_type, identity = label.split("/", 2)
    return connection, data_type, identity
