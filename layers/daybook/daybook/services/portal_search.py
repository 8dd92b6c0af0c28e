"""Searching a client's syncs and companies, a page at a time.

What a page reads depends on what it shows, never on how much there is (docs/adr/0028).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from itertools import islice

from daybook.domain.errors import NotFound
from daybook.domain.names import folded
from daybook.frozen import frozen
from daybook.services.identifiers import identifier
from daybook.services.runtime import Runtime
from daybook.store import companies, ended_syncs, find_ended
from daybook.store.companies import Company
from daybook.store.ended_syncs import Failing
from daybook.store.find_ended import Count, EndedSync
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN

PAGE = 25
NEWEST, OLDEST = "newest", "oldest"
SORTS = (NEWEST, OLDEST)
FAILED, DONE, NOTHING = "failed", "written", "nothing"
# The codes a failed sync can end with (specification: api, sync status codes).
FAILURES = (4000, 4040, 4200, 4220, 4260, 5000, 5080, 5120, 5130)
STATUSES = ("", FAILED, DONE, NOTHING, *map(str, FAILURES))
# A chart or a list reads a count for each day and shard of its range.
LONGEST_RANGE = timedelta(days=366)
_USUAL_RANGE = timedelta(days=13)
_CURSOR = re.compile(r"(NAME|WORD)#[^\x00-\x1f]{0,60}\x1f[0-9a-f-]{36}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@frozen
class Search:
    """Which syncs are looked for. `cursor` is the id of the last one of the page before, "" on the first.

    `problems` are (field, key of a text) where what was asked for cannot be searched; then nothing is.
    """

    first: date
    last: date
    status: str = ""
    sort: str = NEWEST
    cursor: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> dict[str, str]:
        """The search as a query's parameters, without the page."""
        given = {"from": self.first.isoformat(), "to": self.last.isoformat(), "status": self.status}
        return given | ({"sort": self.sort} if self.sort != NEWEST else {})


@frozen
class Row:
    """A sync in a list, with its company's name, "" for a company that was deleted."""

    sync: EndedSync
    name: str


@frozen
class SyncPage:
    """A page of syncs. `total` counts all that the search finds, those of deleted companies too."""

    rows: Sequence[Row]
    total: int
    next: str


@frozen
class CompanyPage:
    """A page of companies, with what fails of them; `next` is where the following page begins, or ""."""

    rows: Sequence[tuple[Company, Failing | None]]
    next: str


def read_search(parameters: Mapping[str, str], today: date) -> Search:
    """Read what was asked for; the last two weeks when no dates are given."""
    problems: list[tuple[str, str]] = []
    last = _date(parameters, "to", today, problems)
    first = _date(parameters, "from", last - _USUAL_RANGE, problems)
    if not problems and first > last:
        problems.append(("from", "portal.search.order"))
    elif not problems and last - first >= LONGEST_RANGE:
        problems.append(("from", "portal.search.long"))
    status, sort = parameters.get("status", ""), parameters.get("sort", NEWEST)
    cursor = parameters.get("page", "").lower()
    return Search(
        first,
        last,
        status if status in STATUSES else "",
        sort if sort in SORTS else NEWEST,
        cursor if _UUID.fullmatch(cursor) else "",
        tuple(problems),
        {name: parameters.get(name, "") for name in ("from", "to")},
    )


def search_syncs(runtime: Runtime, client_id: str, search: Search, most: int = PAGE) -> SyncPage:
    """A page of a client's syncs that ended."""
    counted = find_ended.counts(runtime.table, client_id, search.first, search.last)
    codes = codes_of(counted, search.status)
    forward = search.sort == OLDEST
    bound = {"after" if forward else "before": search.cursor}
    span = find_ended.span_of(search.first, search.last + timedelta(days=1), **bound)
    found = find_ended.of_client(runtime.table, client_id, counted, codes, span, forward=forward)
    syncs = list(islice(found, most + 1))
    total = sum(number for count in counted for code, number in count.codes.items() if code in codes)
    following = syncs[most - 1].id if len(syncs) > most else ""
    return SyncPage(with_names(runtime, client_id, syncs[:most]), total, following)


def search_of_company(runtime: Runtime, company: Company, search: Search) -> SyncPage:
    """A page of a company's syncs that ended; `total` is not counted."""
    forward = search.sort == OLDEST
    bound = {"after" if forward else "before": search.cursor}
    span = find_ended.span_of(search.first, search.last + timedelta(days=1), **bound)
    found = find_ended.of_company(runtime.table, company.id, PAGE + 1, span, forward=forward)
    return SyncPage(
        [Row(sync, company.name) for sync in found[:PAGE]], 0, found[PAGE - 1].id if len(found) > PAGE else ""
    )


def codes_of(counted: Sequence[Count], status: str) -> Collection[int]:
    """The status codes that a filter means, of those that were counted."""
    known = {code for count in counted for code in count.codes}
    if status == FAILED:
        return known - {WRITTEN, NOTHING_TO_WRITE}
    if status:
        wanted = {DONE: WRITTEN, NOTHING: NOTHING_TO_WRITE}.get(status) or int(status)
        return known & {wanted}
    return known


def with_names(runtime: Runtime, client_id: str, syncs: Sequence[EndedSync]) -> list[Row]:
    """Syncs with their companies' names."""
    known = companies.of_ids(runtime.table, client_id, (sync.company_id for sync in syncs))
    return [Row(sync, known[sync.company_id].name if sync.company_id in known else "") for sync in syncs]


def search_companies(runtime: Runtime, client_id: str, text: str, cursor: str = "") -> CompanyPage:
    """A page of a client's companies: those with a name, or a word of it, that begins like the text.

    All of them for "".
    """
    after = cursor if _CURSOR.fullmatch(cursor) else ""
    found = companies.named(runtime.table, client_id, folded(text), PAGE + 1, after)
    known = companies.of_ids(runtime.table, client_id, (each.company_id for each in found))
    shown = [known[each] for each in dict.fromkeys(row.company_id for row in found[:PAGE]) if each in known]
    failing = find_ended.failing_among(runtime.table, [company.id for company in shown])
    rows = [(company, failing.get(company.id)) for company in shown]
    return CompanyPage(rows, found[PAGE - 1].place if len(found) > PAGE else "")


def find_by_id(runtime: Runtime, client_id: str, text: str) -> str:
    """The page of what an id names: a company, by its id or the partner's own, or a sync that ended.

    "" when it names nothing of this client.
    """
    company = _company_of(runtime, client_id, text.strip())
    if company:
        return f"/portal/companies/{company.id}"
    try:
        sync = find_ended.find(runtime.table, client_id, identifier(text, "sync"))
    except NotFound:
        return ""
    return f"/portal/companies/{sync.company_id}/syncs/{sync.id}" if sync else ""


def failing_now(
    runtime: Runtime, client_id: str, most: int, cursor: str = ""
) -> tuple[list[tuple[Failing, str]], str]:
    """Failing companies with their names, the longest unsynced first, and where the next page begins."""
    after = cursor if re.fullmatch(r"\d{4}-\d\d-\d\d#[0-9a-f-]{36}", cursor) else ""
    failing, following = find_ended.failing_page(runtime.table, client_id, most, after)
    known = companies.of_ids(runtime.table, client_id, (each.company_id for each in failing))
    return [(each, known[each.company_id].name) for each in failing if each.company_id in known], following


def read_failing(runtime: Runtime, company: Company) -> Failing | None:
    """What fails at a company; None when its last sync was well."""
    return ended_syncs.failing(runtime.table, company.id)


def _company_of(runtime: Runtime, client_id: str, text: str) -> Company | None:
    try:
        return companies.find_merchant(runtime.table, client_id, text) if 0 < len(text) <= 200 else None  # noqa: PLR2004 - as the API takes it
    except NotFound:
        return None


def _date(parameters: Mapping[str, str], name: str, usual: date, problems: list[tuple[str, str]]) -> date:
    text = parameters.get(name, "").strip()
    if not text:
        return usual
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year < 9999:  # noqa: PLR2004 - as far as dates are counted
        problems.append((name, "portal.search.date"))
        return usual
    return found
