"""A platform's reference data, read once for many questions: reads are metered there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daybook.domain.ledger import ReferenceData
from daybook.store import reference_data as store
from daybook.store.table import Table

# Seconds. As old may be what a settings page offers or a sync goes by; a document that meets an account
# archived since then is refused by the platform itself.
FRESH = 600
_KEPT = 7 * 24 * 3600


@dataclass
class ReferenceCache:
    """What a connection's platform last said of itself (`platforms.access.Reference`).

    `now` gives seconds of Unix time.
    """

    table: Table
    connection_id: str
    now: Callable[[], int]
    _held: ReferenceData | None = None

    def data(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What is known, read from the platform when it is older than ten minutes."""
        if self._held is None:
            kept = store.get(self.table, self.connection_id)
            if kept is None or kept[1] + FRESH <= self.now():
                return self.renewed(read)
            self._held = kept[0]
        return self._held

    def renewed(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        """What the platform says now."""
        self._held = read()
        store.keep(self.table, self.connection_id, self._held, self.now(), self.now() + _KEPT)
        return self._held

    def forget(self) -> None:
        """Have it read again: something was added there."""
        self._held = None
        store.forget(self.table, self.connection_id)
