"""A ledger, or the part of it between two dates, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from daybook.domain.documents import Kind
from daybook.domain.ledger import Entry, ReferenceData, Standing
from daybook.frozen import frozen

_KINDS = {kind: place for place, kind in enumerate(Kind)}


@frozen
class Extract:
    """Entries dated from `first` to `last` (None: from the beginning, to the end).

    `standings` says by document id how the documents stand today, whatever the dates.
    """

    data: ReferenceData
    entries: tuple[Entry, ...]
    standings: Mapping[str, Standing]
    first: date | None = None
    last: date | None = None

    @property
    def partial(self) -> bool:
        """Whether earlier or later entries may have been left out."""
        return self.first is not None or self.last is not None

    @property
    def currencies(self) -> tuple[str, ...]:
        """The company's own currency and every other that occurs."""
        return tuple(
            sorted({self.data.company.base_currency, *(entry.document.currency for entry in self.entries)})
        )


def extract(
    data: ReferenceData,
    entries: Iterable[Entry],
    standings: Mapping[str, Standing],
    first: date | None = None,
    last: date | None = None,
) -> Extract:
    """Entries by date; those of one date by kind, an invoice before its payment, and by reference."""
    return Extract(data, tuple(sorted(entries, key=_order)), standings, first, last)


def _order(entry: Entry) -> tuple[date, int, str]:
    document = entry.document
    return document.dated, _KINDS[document.kind], document.reference
