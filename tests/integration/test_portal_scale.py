"""What a page of Sync Health reads does not depend on how many companies and syncs there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from daybook.services import portal_dashboard, portal_search
from daybook.services.portal_search import Search
from daybook.services.runtime import Runtime, over
from daybook.store import find_ended
from tests.large_client import CLIENT, LAST, LargeClient, Reads, code_of, company_id, sync_id
from tests.simulation.world import Clock, Ids

WEEK = Search(LAST - timedelta(days=6), LAST)
PAGES: dict[str, Callable[[Runtime], object]] = {
    "first page": lambda runtime: portal_dashboard.read_dashboard(runtime, CLIENT, 14),
    "failing": lambda runtime: portal_search.failing_now(runtime, CLIENT, 50),
    "syncs": lambda runtime: portal_search.search_syncs(runtime, CLIENT, WEEK),
    "syncs, oldest": lambda runtime: _search(runtime, sort="oldest"),
    "syncs, failed": lambda runtime: _search(runtime, status="failed"),
    "syncs, one code": lambda runtime: _search(runtime, status="5130"),
    "syncs, a later page": lambda runtime: _search(runtime, cursor=sync_id(LAST - timedelta(days=3), 7)),
    "companies": lambda runtime: portal_search.search_companies(runtime, CLIENT, ""),
    "companies, by a word": lambda runtime: portal_search.search_companies(runtime, CLIENT, "high st"),
    "a sync by its id": lambda runtime: portal_search.find_by_id(runtime, CLIENT, sync_id(LAST, 11)),
    "a company by its id": lambda runtime: portal_search.find_by_id(runtime, CLIENT, company_id(11)),
}
# Measured: 14 days of counts, ten syncs of each partition, a page of names. Nothing else may be read.
MOST_ITEMS = {"syncs": 400, "syncs, oldest": 400, "syncs, a later page": 400, "first page": 230}


def _search(runtime: Runtime, status: str = "", sort: str = "newest", cursor: str = "") -> object:
    return portal_search.search_syncs(runtime, CLIENT, Search(WEEK.first, WEEK.last, status, sort, cursor))


def runtime_over(table: LargeClient) -> Runtime:
    clock = Clock()
    return over(table, clock, Ids(clock))


@pytest.fixture(scope="module")
def clients() -> list[Runtime]:
    """A client with 1,000 companies and 14,000 syncs, and one with 10,000 and 1,000,000."""
    return [runtime_over(LargeClient(number, days)) for number, days in ((1_000, 14), (10_000, 100))]


def reads_of(runtime: Runtime, page: str) -> Reads:
    assert isinstance(runtime.table, LargeClient)
    runtime.table.reads = Reads()
    PAGES[page](runtime)
    return runtime.table.reads


@pytest.mark.parametrize("page", PAGES)
def test_reads_do_not_grow(clients: list[Runtime], page: str) -> None:
    few, many = (reads_of(runtime, page) for runtime in clients)
    most = MOST_ITEMS.get(page, 150)
    assert many.items <= most
    assert many.units <= 60
    # Ten times the companies and seventy times the syncs: where there is more than a page, a page is read.
    assert many.items <= 2 * few.items + 60
    assert many.calls <= 2 * few.calls + 30


@pytest.mark.parametrize("status", ["", "failed", "nothing", "5130"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_pages_hold_every_sync_once(clients: list[Runtime], status: str, sort: str) -> None:
    """Page after page, each begins where the one before ended."""
    runtime = clients[0]
    search = Search(LAST - timedelta(days=1), LAST, status, sort)
    found: list[str] = []
    cursor = ""
    for _ in range(200):
        page = portal_search.search_syncs(
            runtime, CLIENT, Search(search.first, search.last, status, sort, cursor)
        )
        found += [row.sync.id for row in page.rows]
        if not page.next:
            break
        cursor = page.next
    assert len(found) == page.total
    assert found == sorted(set(found), reverse=sort == "newest")
    wanted = {"": {*range(9999)}, "nothing": {2040}, "failed": {4000, 4040, 5130}}.get(status, {5130})
    codes = [code_of(day, number) for day in (search.first, search.last) for number in range(1000)]
    assert page.total == sum(code in wanted for code in codes)


def test_a_days_partitions_are_read_side_by_side_and_merged(clients: list[Runtime]) -> None:
    counted = find_ended.counts(clients[1].table, CLIENT, LAST, LAST)
    assert sum(sum(count.codes.values()) for count in counted) == 10_000
    assert len(counted) == 8


def test_a_million(clients: list[Runtime]) -> None:
    assert isinstance(clients[1].table, LargeClient)
    assert clients[1].table.total == 1_000_000
    counted = find_ended.counts(clients[1].table, CLIENT, LAST - timedelta(days=99), LAST)
    assert sum(sum(count.codes.values()) for count in counted) == 1_000_000
