"""Write the records of a dataset, so that being interrupted and repeated, or done twice, does no harm.

In this order: what makes a record findable (shapes, links, entries), the record, and last the marks on the
days that it changed. A record says which dataset changed it last: when that dataset is processed again, its
days are marked again, whether or not the first time got that far.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from daybook.domain.records import Record, event_times, joined
from daybook.domain.versions import History, Version, deleted, taken
from daybook.frozen import frozen
from daybook.services.retire_records import ClosedDays
from daybook.store import cases, records, transactions
from daybook.store.stored_record import StoredRecord, read_many, record_of, write
from daybook.store.table import ConditionFailed, Table

# Single conditional writes are most of the work, and mostly waiting.
THREADS = 16
# So many records are read, worked out and written at a time.
_AT_ONCE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CATALOGUE_TYPES = frozenset({"products", "productCategories", "taxComponents", "locations", "paymentMethods"})


@frozen
class Change:
    """One version of a record to write, or with no `record` its deletion."""

    identity: str
    arrival: str
    record: Record | None = None
    packed: bytes = b""
    digest: str = ""
    modified: str | None = None


@dataclass(slots=True)
class Writer:
    """Writes the records of one dataset.

    `refused` are those of days that are closed for good: what is posted of them stays (docs/erasure.md).
    `overfull` are those that name what too many others name, and were not written.
    """

    table: Table
    company_id: str
    connection_id: str
    data_type: str
    dataset_id: str
    closed: ClosedDays | None = None
    own: dict[str, StoredRecord] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    overfull: set[str] = field(default_factory=set)
    _shapes: set[str] = field(default_factory=set)

    def write(self, changes: Sequence[Change]) -> None:
        """Write all changes; afterwards `own` has the records that this dataset changed last."""
        self._shapes = cases.shapes(self.table, self.company_id)
        by_identity: dict[str, list[Change]] = {}
        for change in changes:
            by_identity.setdefault(change.identity, []).append(change)
        identities = sorted(by_identity)
        with ThreadPoolExecutor(THREADS) as pool:
            for start in range(0, len(identities), _AT_ONCE):
                batch = [by_identity[each] for each in identities[start : start + _AT_ONCE]]
                self._write_batch(batch, pool)

    def delete_transactions(self, deletions: Sequence[transactions.Deletion]) -> None:
        """Delete every transaction of an id, and those that arrived before but are written after."""

        def affected(deletion: transactions.Deletion) -> list[Change]:
            home = (self.table, self.company_id, self.connection_id)
            transactions.remember(*home, deletion)
            stored = records.of_transaction_id(*home, deletion.id, deletion.kind)
            return [Change(each.identity, deletion.arrival) for each in stored]

        with ThreadPoolExecutor(THREADS) as pool:
            self.write([change for changes in pool.map(affected, deletions) for change in changes])

    def apply_remembered(self, identities: Iterable[str]) -> None:
        """Apply deletions of a whole id to transactions just written.

        Whoever deletes an id remembers it before looking for its transactions, and whoever writes a
        transaction looks for what is remembered afterwards: one of the two sees the other.
        """
        found = transactions.remembered(self.table, self.company_id, self.connection_id, identities)
        self.write([Change(identity, arrival) for identity, arrival in found])

    def mark(self, now: datetime) -> None:
        """Mark every hour that this dataset's changes have an effect on, with all they are joined to."""
        if self.data_type in CATALOGUE_TYPES and self.own:
            records.change_catalogue(self.table, self.company_id)
        hours = {hour for record in self.own.values() for hour in record.previous}
        # Read again: what another dataset added meanwhile must be seen by one of the two.
        shapes = cases.shapes(self.table, self.company_id)
        gathering = cases.Gathering(self.table, self.company_id, shapes)
        gathering.add(self.own.values())
        hours.update(hour for record in gathering.found.values() for hour in records.hours_of(record))
        version = (now - _EPOCH) // timedelta(microseconds=1)
        records.mark(self.table, self.company_id, records.spread_hours(hours), version)

    def _write_batch(self, batch: list[list[Change]], pool: ThreadPoolExecutor) -> None:
        names = [(self.connection_id, self.data_type, changes[0].identity) for changes in batch]
        before = read_many(self.table, self.company_id, names)
        planned = [
            (changes, before.get(name), self._after(before.get(name), changes))
            for name, changes in zip(names, batch, strict=True)
        ]
        closed = {after.identity for _, stored, after in planned if self._refuses(stored, after)}
        self.refused |= closed
        planned = [each for each in planned if each[2].identity not in closed]
        new = [after for _, stored, after in planned if after != stored]
        full = self._make_findable(new, pool.map)
        self.overfull |= full
        planned = [each for each in planned if each[2].identity not in full]
        written = pool.map(self._write_one, *zip(*planned, strict=True)) if planned else ()
        for record in written:
            if record.dataset == self.dataset_id:
                self.own[record.identity] = record

    def _refuses(self, stored: StoredRecord | None, after: StoredRecord) -> bool:
        """Whether a change is about closed days; what this dataset wrote before stays and is marked."""
        if stored is not None and stored.retired:
            return True
        if self.closed is None or after == stored or (stored and stored.dataset == self.dataset_id):
            return False
        if stored is None or stored.deleted:
            return bool(self.closed.hours(after))
        return self.closed.hours(stored) != self.closed.hours(after) or self.closed.all_of(stored)

    def _make_findable(self, new: list[StoredRecord], for_each: cases.ForEach = map) -> set[str]:
        """Write what leads to these records; the identities of those that cannot be joined any more."""
        linked = cases.link(self.table, self.company_id, new, for_each)
        new = [each for each in new if each.identity not in linked.full]
        more = linked.shapes.union(*map(cases.shapes_of, new)) - self._shapes
        cases.add_shapes(self.table, self.company_id, more)
        self._shapes |= more
        records.enter(self.table, self.company_id, new)
        return linked.full

    def _write_one(
        self, changes: list[Change], stored: StoredRecord | None, after: StoredRecord
    ) -> StoredRecord:
        """Write one record as worked out from what was stored; work it out again when that has changed."""
        while after != stored:
            try:
                write(self.table, self.company_id, after)
            except ConditionFailed as failed:
                stored = record_of(failed.item) if failed.item else None
                if stored is None:  # the answer did not say what stands there
                    stored = read_many(self.table, self.company_id, [after.name]).get(after.name)
                if stored is not None and stored.retired:
                    self.refused.add(stored.identity)
                    return stored
                after = self._after(stored, changes)
                # What now stands may be joined to other records than was first seen.
                if self._make_findable([after]):
                    self.overfull.add(after.identity)
                    return stored or replace(after, dataset="")
            else:
                return replace(after, revision=after.revision + 1)
        return after

    def _after(self, stored: StoredRecord | None, changes: Sequence[Change]) -> StoredRecord:
        """The record after these changes; equal to what was stored when nothing is to be written."""
        history = stored.history if stored else History()
        for change in changes:
            history = (
                deleted(history, change.arrival)
                if change.record is None
                else taken(history, Version(change.arrival, change.digest, change.modified))
            )
        name = (self.connection_id, self.data_type, changes[0].identity)
        if stored is None or stored.retired:
            return self._with_content(StoredRecord(*name, dataset=self.dataset_id), history, changes)
        if history == stored.history:
            return stored
        if _digest(history) == _digest(stored.history):
            return replace(stored, history=history)
        changed = replace(stored, previous=self._previous(stored), dataset=self.dataset_id)
        after = self._with_content(changed, history, changes)
        lost = stored.joins - after.joins
        return replace(after, previous=_merged(after.previous, self._hours_joined(lost))) if lost else after

    def _with_content(
        self, record: StoredRecord, history: History, changes: Sequence[Change]
    ) -> StoredRecord:
        if history.current is None:
            return replace(record, history=history, packed=b"", times=(), floating=False, joins=frozenset())
        standing = next(change for change in changes if change.digest == history.current.digest)
        assert standing.record is not None  # noqa: S101 - a digest comes with a record
        times, floating = _times(standing.record)
        return replace(
            record,
            history=history,
            packed=standing.packed,
            times=times,
            floating=floating,
            joins=joined(standing.record),
        )

    def _previous(self, stored: StoredRecord) -> tuple[str, ...]:
        return _merged(stored.previous, records.hours_of(stored))

    def _hours_joined(self, lost: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The hours of what a version was joined to and its successor is not."""
        gathering = cases.Gathering(self.table, self.company_id, self._shapes)
        parts: dict[str, list[cases.Part]] = {"orders": [], "payments": []}
        for kind, joined_id in lost:
            parts[kind].append((self.connection_id, joined_id))
        gathering.gather(parts["orders"], parts["payments"])
        for record in gathering.found.values():
            yield from records.hours_of(record)


def _digest(history: History) -> str | None:
    return history.current.digest if history.current else None


def _merged(hours: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*hours, *more)))


def dates_of(written: Iterable[Record]) -> set[str]:
    """The UTC dates (ISO) on which records are entered."""
    return {time[:10] for record in written for time in _times(record)[0]}


def _times(record: Record) -> tuple[tuple[str, ...], bool]:
    """A record's times in UTC, one of each hour, and whether any of them is a local one."""
    times = event_times(record)
    in_utc = [time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time for time in times]
    by_hour = {f"{time:%Y-%m-%dT%H}": time.isoformat(timespec="seconds") for time in reversed(in_utc)}
    return tuple(sorted(by_hour.values())), any(time.tzinfo is None for time in times)
