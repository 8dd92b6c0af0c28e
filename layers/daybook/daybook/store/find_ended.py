"""Finding syncs that ended, and companies that fail, without looking through anything (`ended_syncs.py`)."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.ended_syncs import Failing, day_of_id, failure_of, partition_of, shard_of
from daybook.store.table import Item, Table

# Of each partition so many are read at a time, from so many partitions at once.
_CHUNK = 10
_THREADS = 8
_LATEST_ID = "~"


@frozen
class EndedSync:
    """What lists show of a sync. Times are ISO 8601 in UTC; `started` is "" for one that never began."""

    id: str
    company_id: str
    code: int
    kind: str
    start: str
    finish: str
    requested: str
    started: str
    finished: str


@frozen
class Count:
    """How many syncs of a date and shard ended with which code."""

    day: date
    shard: int
    codes: dict[int, int]


def first_id_of(day: date) -> str:
    """What every id of a UTC date or later is greater than or equal to."""
    milliseconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def failing_page(table: Table, client_id: str, limit: int, after: str = "") -> tuple[list[Failing], str]:
    """Some of a client's failing companies, the longest unsynced first, and where the next page begins."""
    between = (f"{after}!", _LATEST_ID) if after else ("0", _LATEST_ID)
    page = table.query(f"FAILING#{client_id}", between=between, index="GSI1", limit=limit)
    return [failure_of(item) for item in page.items], page.items[-1]["GSI1SK"] if page.after else ""


def failing_among(table: Table, company_ids: Iterable[str]) -> dict[str, Failing]:
    """What fails of these companies, by company."""
    items = table.batch_get(layout.failing(company_id) for company_id in company_ids)
    return {failure.company_id: failure for failure in map(failure_of, items.values())}


def counts(table: Table, client_id: str, first: date, last: date) -> list[Count]:
    """How many syncs ended on each UTC date from first to last, by shard and code."""
    pk, begins = layout.ended_count(client_id, first)
    _, ends = layout.ended_count(client_id, last)
    return [_count(item) for item in table.query_all(pk, between=(begins, f"{ends}~"))]


def of_company(
    table: Table, company_id: str, limit: int, span: tuple[str, str], *, forward: bool = False
) -> list[EndedSync]:
    """Some of a company's syncs that ended with an id in a span, newest first unless asked otherwise."""
    pk, _ = layout.ended_sync(company_id)
    page = table.query(pk, between=span, limit=limit, forward=forward)
    return [_ended(item) for item in page.items]


def of_client(
    table: Table,
    client_id: str,
    counted: Iterable[Count],
    codes: Collection[int],
    span: tuple[str, str] = ("0", _LATEST_ID),
    *,
    forward: bool = False,
) -> Iterator[EndedSync]:
    """A client's syncs that ended, with one of these codes and an id in a span; newest first unless asked.

    `counted` says on which dates to look, and in which partitions; what is taken from the iterator is read,
    and a few more of each partition of the dates it came to.
    """
    by_day: dict[date, list[tuple[int, int]]] = {}
    for count in counted:
        by_day.setdefault(count.day, []).extend((count.shard, code) for code in count.codes if code in codes)
    for day in sorted(by_day, reverse=not forward):
        if by_day[day] and (first_id_of(day) <= span[1] and day >= _day_within(span[0])):
            yield from _of_day(table, client_id, day, by_day[day], span, forward=forward)


def find(table: Table, client_id: str, sync_id: str) -> EndedSync | None:
    """A client's sync that ended, by its id alone; None when there is no such one."""
    day, shard = day_of_id(sync_id), shard_of(sync_id)
    item = table.get(*layout.ended_count(client_id, day, shard))
    for code in sorted(_count(item).codes) if item else ():
        page = table.query(
            partition_of(client_id, day, shard), begins=f"{code}#{sync_id}", index="GSI1", limit=1
        )
        if page.items:
            return _ended(page.items[0])
    return None


def _of_day(
    table: Table,
    client_id: str,
    day: date,
    streams: Sequence[tuple[int, int]],
    span: tuple[str, str],
    *,
    forward: bool,
) -> Iterator[EndedSync]:
    """The syncs of a day from all its partitions, merged. The first chunks are read at once."""

    def read(stream: tuple[int, int], span: tuple[str, str]) -> list[EndedSync]:
        shard, code = stream
        page = table.query(
            partition_of(client_id, day, shard),
            between=(f"{code}#{span[0]}", f"{code}#{span[1]}"),
            index="GSI1",
            limit=_CHUNK,
            forward=forward,
        )
        return [_ended(item) for item in page.items]

    def rest(stream: tuple[int, int], chunk: list[EndedSync]) -> Iterator[EndedSync]:
        while chunk:
            yield from chunk
            if len(chunk) < _CHUNK:
                return
            last = chunk[-1].id
            chunk = read(stream, (f"{last}!", span[1]) if forward else (span[0], _before(last)))

    with ThreadPoolExecutor(_THREADS) as pool:
        chunks = list(pool.map(lambda stream: read(stream, span), streams))
    merged = [rest(stream, chunk) for stream, chunk in zip(streams, chunks, strict=True)]
    yield from heapq.merge(*merged, key=lambda sync: sync.id, reverse=not forward)


def span_of(first: date, after_last: date, *, before: str = "", after: str = "") -> tuple[str, str]:
    """The ids of the UTC dates from `first` up to `after_last`, which is not among them.

    With `before`, only those less than it; with `after`, only those greater.
    """
    low = f"{after}!" if after else first_id_of(first)
    return low, _before(before) if before else _before(first_id_of(after_last))


def _before(sync_id: str) -> str:
    """What every lesser id is less than, and this one is not: ids are digits, letters a to f and dashes."""
    last = sync_id[-1]
    return sync_id[:-1] + chr(ord(last) - 1) + _LATEST_ID


def _day_within(low: str) -> date:
    return day_of_id(low) if len(low) > len("00000000-0000") - 1 else date.min


def _count(item: Item) -> Count:
    day, _, shard = item["SK"].partition("#")
    codes = {int(name): number for name, number in item.items() if name.isdecimal() and number}
    return Count(date.fromisoformat(day), int(shard), codes)


def _ended(item: Item) -> EndedSync:
    return EndedSync(
        id=item["SK"],
        company_id=item["PK"].partition("#")[2],
        code=int(item["GSI1SK"].partition("#")[0]),
        kind=item["kind"],
        start=item["start"],
        finish=item["finish"],
        requested=item["requested"],
        started=item["started"],
        finished=item["finished"],
    )
