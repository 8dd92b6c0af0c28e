"""What can still be settled, while a sync is being planned.

A payment may belong to an invoice that an earlier day of the same sync has planned and nobody has written
yet, and two days may settle the same invoice: planned documents count as if they were written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from daybook.domain.documents import Document, Kind, OpenItem
from daybook.store.days import DayStore

OPENING = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.BILL_CREDIT_NOTE)


def opened_by(document: Document, platform_id: str) -> OpenItem | None:
    """What a document leaves to be settled; None for kinds that are not settled."""
    if document.kind not in OPENING:
        return None
    day, group = document.day.isoformat(), document.effects[0][0].group
    return OpenItem(
        document.kind, day, document.currency, group, platform_id, document.reference, document.total
    )


def settled_day(document: Document) -> str:
    """The business day of the document that this one settles."""
    return document.effects[0][0].settles or document.day.isoformat()


class OpenItems:
    """The open documents of a company, those that this sync plans included."""

    def __init__(self, days: DayStore, company_id: str) -> None:
        self._days = days
        self._company_id = company_id
        self._known: dict[str, dict[str, OpenItem]] = {}

    def of_days(self, days: Iterable[str]) -> tuple[OpenItem, ...]:
        """Open documents of these business days, oldest day first."""
        return tuple(item for day in sorted(set(days)) for item in self._of(day).values() if item.open)

    def plan(self, documents: Iterable[Document]) -> None:
        """Count documents as written."""
        for document in documents:
            item = opened_by(document, "")
            if item is not None:
                self._of(item.day)[item.reference] = item
            elif document.settles_reference:
                items = self._of(settled_day(document))
                settled = items.get(document.settles_reference)
                if settled is not None:
                    items[settled.reference] = replace(settled, open=settled.open - document.total)

    def _of(self, day: str) -> dict[str, OpenItem]:
        if day not in self._known:
            found = self._days.open_items(self._company_id, [day])
            self._known[day] = {item.reference: item for item in found}
        return self._known[day]
