"""A client's syncs as files for a spreadsheet, in parts that a function can answer with.

The counts say beforehand how many rows each part has, so that every part can be fetched by itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.services.portal_search import Row, Search, codes_of, with_names
from daybook.services.runtime import Runtime
from daybook.store import find_ended
from daybook.store.find_ended import Count

# Rows of 300 bytes: a megabyte and a half of the six that a function's answer may have.
MOST_ROWS = 5_000
_COLUMNS = (
    *("company", "companyId", "syncId", "kind", "from", "to"),
    *("requested", "started", "finished", "statusCode", "outcome"),
)
# What a spreadsheet would take for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM = "\ufeff"


@frozen
class Part:
    """A file: days from first to last and, when one day is too many, some of its shards ("" for all)."""

    search: Search
    shards: str
    rows: int

    def parameters(self) -> dict[str, str]:
        """What its URL says."""
        return self.search.parameters() | ({"shards": self.shards} if self.shards else {})


def list_parts(runtime: Runtime, client_id: str, search: Search) -> list[Part]:
    """The files that together hold what a search finds."""
    counted = _counted(runtime, client_id, search)
    parts: list[Part] = []
    for day in sorted({count.day for count in counted}):
        of_day = [count for count in counted if count.day == day]
        rows = _rows(of_day)
        last = parts[-1] if parts else None
        if rows > MOST_ROWS:
            parts += _split(replace(search, first=day, last=day), of_day)
        elif last and not last.shards and last.rows + rows <= MOST_ROWS:
            parts[-1] = Part(replace(last.search, last=day), "", last.rows + rows)
        elif rows:
            parts.append(Part(replace(search, first=day, last=day), "", rows))
    return parts


def export(runtime: Runtime, client_id: str, search: Search, shards: str) -> str:
    """One of these files. Raises NotFound for one that was never listed."""
    counted = _counted(runtime, client_id, search)
    if shards:
        wanted = {int(each) for each in shards.split("-") if each.isdecimal()}
        counted = [count for count in counted if count.shard in wanted]
    if _rows(counted) > 2 * MOST_ROWS:  # it was listed with half as many at most
        raise NotFound("file")
    codes = codes_of(counted, search.status)
    span = find_ended.span_of(search.first, search.last + timedelta(days=1))
    syncs = list(find_ended.of_client(runtime.table, client_id, counted, codes, span))
    return as_csv(with_names(runtime, client_id, syncs))


def as_csv(rows: Iterable[Row]) -> str:
    """Rows as comma-separated values: without formulas, and marked as UTF-8 for programs that guess."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(rows))
    return f"{_BOM}{text.getvalue()}"


def harmless(cell: str) -> str:
    """A cell that no spreadsheet calculates."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _cells(rows: Iterable[Row]) -> Iterator[list[str]]:
    for row in rows:
        sync = row.sync
        outcome = {2000: "written", 2040: "nothing to write"}.get(sync.code, "failed")
        cells = (row.name, sync.company_id, sync.id, sync.kind, sync.start, sync.finish)
        times = (sync.requested, sync.started, sync.finished)
        yield [harmless(each) for each in (*cells, *times, str(sync.code), outcome)]


def _counted(runtime: Runtime, client_id: str, search: Search) -> list[Count]:
    """The counts of what a search finds, without the codes it does not look for."""
    counted = find_ended.counts(runtime.table, client_id, search.first, search.last)
    codes = codes_of(counted, search.status)
    return [
        replace(count, codes={code: number for code, number in count.codes.items() if code in codes})
        for count in counted
    ]


def _rows(counted: Iterable[Count]) -> int:
    return sum(sum(count.codes.values()) for count in counted)


def _split(search: Search, counted: Sequence[Count]) -> list[Part]:
    """A day of very many in files of some shards each."""
    parts: list[Part] = []
    for count in counted:
        rows = _rows([count])
        if parts and parts[-1].rows + rows <= MOST_ROWS:
            parts[-1] = Part(search, f"{parts[-1].shards}-{count.shard}", parts[-1].rows + rows)
        elif rows:
            parts.append(Part(search, str(count.shard), rows))
    return parts
