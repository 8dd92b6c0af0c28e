"""Records as the partner sent them, each with the history of its versions.

Items (see `layout.py`):
    RECORD#<company>#<connection>#<type> / identity      the record: the truth
    DAY#<company>#<UTC date> / <time>#...                that records may have an effect then: a hint
    DATES#<company> / <UTC date>                         that there are such entries
    MARKS#<company> / <UTC date>                         that something changed on that date

A hint too many does no harm. It is written before the record and its marks after it, so that whoever
sees a mark sees the record, and whoever is interrupted in between repeats both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from daybook.store import cases, connections, layout
from daybook.store.packing import pack, unpack
from daybook.store.stored_record import Name, StoredRecord, get_many, record_of
from daybook.store.table import Item, Table

# Of times this close together only the first has an entry. A record keeps one time of each hour, so none is
# farther from an entry than the slack, by which windows are read wider.
_CLOSE = timedelta(hours=1)
SLACK = timedelta(hours=2)
# The farthest that local time is from UTC, either way.
FLOATING = timedelta(hours=14)
# So many records at most have one entry together: an item costs as much to write as its first thousand bytes.
_TOGETHER = 100
_DIGEST = 16  # hexadecimal digits


def get(
    table: Table, company_id: str, connection_id: str, data_type: str, identity: str
) -> StoredRecord | None:
    """A record, also a deleted one, or None when there never was one."""
    item = table.get(*layout.record(company_id, connection_id, data_type, identity))
    return record_of(item) if item and "identity" in item else None


def iterate(table: Table, company_id: str, connection_id: str, data_type: str) -> Iterator[StoredRecord]:
    """A connection's records of one type that are not deleted, in the order of their ids."""
    for item in table.query_all(layout.records(company_id, connection_id, data_type)):
        if "body" in item:
            yield record_of(item)


def of_transaction_id(
    table: Table, company_id: str, connection_id: str, transaction_id: str, kind: str
) -> list[StoredRecord]:
    """Every transaction of an id (and, with a kind, of that kind), deleted or not."""
    partition = layout.records(company_id, connection_id, "transactions")
    items = table.query_all(partition, begins=layout.transactions_of(transaction_id, kind))
    return [record_of(item) for item in items if "identity" in item]


def read_window(table: Table, company_id: str, start: datetime, end: datetime) -> list[StoredRecord]:
    """Every record with an effect on [start, end), with all of the case it belongs to; and some others.

    Both instants are aware. Deleted records are left out, and those of a deleted connection: all of them are
    gone at the same moment, however long it takes to erase them.
    """
    known = cases.shapes(table, company_id)
    erased = connections.being_erased(table, company_id)
    gathering = cases.Gathering(table, company_id, known)
    begin, finish = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (start, end))
    names = entered(table, company_id, begin, finish, floating=cases.FLOATING in known)
    gathering.add(get_many(table, company_id, names).values())
    standing = [
        record
        for record in gathering.found.values()
        if not record.deleted and record.connection_id not in erased
    ]
    return sorted(standing, key=lambda record: record.name)


def enter(table: Table, company_id: str, records: Iterable[StoredRecord]) -> None:
    """Enter records on the days on which they may have an effect; the dates first, so that none is missed."""
    entries = [(record.name, moment) for record in records for moment in _spaced(record.times)]
    note_dates(table, company_id, {moment.date().isoformat() for _, moment in entries})
    table.batch_put(_entries(company_id, entries))


def _entries(company_id: str, entries: Iterable[tuple[Name, datetime]]) -> Iterator[Item]:
    """The items of entries, one for those of an hour; written again, the same records make the same item."""
    by_hour: dict[tuple[datetime, str, str], dict[str, datetime]] = {}
    for (connection_id, data_type, identity), moment in entries:
        hour = moment.replace(minute=0, second=0, microsecond=0)
        by_hour.setdefault((hour, connection_id, data_type), {})[identity] = moment
    for (hour, connection_id, data_type), moments in by_hour.items():
        identities = sorted(moments)
        for start in range(0, len(identities), _TOGETHER):
            together = identities[start : start + _TOGETHER]
            if len(together) == 1:
                pk, sk = layout.day_entry(
                    company_id, moments[together[0]], connection_id, data_type, together[0]
                )
                yield {"PK": pk, "SK": sk}
            else:
                packed = pack(together)
                digest = sha256(packed).hexdigest()[:_DIGEST]
                pk, sk = layout.day_entries(company_id, hour, connection_id, data_type, digest)
                yield {"PK": pk, "SK": sk, "identities": packed}


def names_in(entry: Item) -> list[Name]:
    """The names of the records that an entry is of."""
    connection_id, data_type, identity = layout.read_day_entry(entry["SK"])
    identities = unpack(entry["identities"]) if "identities" in entry else [identity]
    return [(connection_id, data_type, each) for each in identities]


def note_dates(table: Table, company_id: str, dates: Iterable[str]) -> None:
    """Note that there are entries on these UTC dates (ISO), where that is not known."""
    keys = {layout.dates(company_id, date) for date in dates}
    known = {key for key, item in table.batch_get(keys).items() if "emptied" not in item}
    table.batch_put({"PK": pk, "SK": sk} for pk, sk in sorted(keys - known))


def entered(table: Table, company_id: str, start: datetime, end: datetime, *, floating: bool) -> set[Name]:
    """The names of every record that may have an effect in [start, end), UTC; and of some others."""
    margin = SLACK + (FLOATING if floating else timedelta())
    first, last = start - margin, end + margin
    names: set[Name] = set()
    for days in range((last.date() - first.date()).days + 1):
        date = first.date() + timedelta(days=days)
        low = f"{first:%H}" if date == first.date() else "00"
        high = f"{last:%H:%M:%S}~" if date == last.date() else "~"
        for item in table.query_all(layout.day(company_id, date), between=(low, high)):
            names.update(names_in(item))
    return names


def mark(table: Table, company_id: str, hours: Mapping[str, set[str]], version: int) -> None:
    """Mark hours of UTC dates as changed.

    A mark's version grows by `version`, and one that was cleared and made anew must not have a version it had
    before: give the microseconds since 1970.
    """
    for date, of_date in sorted(hours.items()):
        table.add(*layout.mark(company_id, date), {"version": version}, {"hours": of_date})


def hours_of(record: StoredRecord) -> tuple[str, ...]:
    """The hours of the record's times, as `previous` has them."""
    suffix = "~" if record.floating else ""
    return tuple(dict.fromkeys(f"{time[:13]}{suffix}" for time in record.times))


def spread_hours(hours: Iterable[str]) -> dict[str, set[str]]:
    """Hours by UTC date; a floating hour stands for every hour it may be."""
    by_date: dict[str, set[str]] = {}
    for hour in set(hours):
        moment = datetime.fromisoformat(hour[:13])
        reach = 14 if hour.endswith("~") else 0
        for offset in range(-reach, reach + 1):
            date, _, of_date = f"{moment + timedelta(hours=offset):%Y-%m-%dT%H}".partition("T")
            by_date.setdefault(date, set()).add(of_date)
    return by_date


def change_catalogue(table: Table, company_id: str) -> None:
    """Count a change of products, categories, components, locations or payment methods."""
    table.add(*layout.catalogue(company_id), {"revision": 1})


def _spaced(times: tuple[str, ...]) -> Iterator[datetime]:
    last: datetime | None = None
    for moment in sorted(datetime.fromisoformat(time) for time in times):
        if last is None or moment - last > _CLOSE:
            last = moment
            yield moment
