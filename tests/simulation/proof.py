"""What must be true of the books, read from the ledger itself, whatever happened on the way to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from daybook.domain.ledger import Entry
from daybook.services.tie_out import read_tie_out
from daybook.store import ended_syncs, find_ended
from daybook.store.companies import Company
from daybook.store.ledger import Ledger
from daybook.store.syncs import FINISHED, QUEUED, SUCCESSFUL, Sync
from tests.fold import Span
from tests.simulation.world import CLIENT, World

Moved = dict[date, dict[tuple[str, str], Decimal]]


def entries_of(world: World, company: Company) -> list[Entry]:
    """Everything in the books."""
    return list(Ledger(world.table, company.id).entries())


def moved_by_day(world: World, company: Company) -> Moved:
    """What each business day moved: (currency, account name) to amount."""
    books = Ledger(world.table, company.id).read()
    assert books is not None
    names = {account.id: account.name for account in books.data.accounts}
    moved: Moved = defaultdict(lambda: defaultdict(Decimal))
    for entry in entries_of(world, company):
        for line in entry.lines:
            moved[entry.document.day][entry.document.currency, names[line.account]] += line.amount
    without = {day: {place: sum_ for place, sum_ in places.items() if sum_} for day, places in moved.items()}
    return {day: places for day, places in without.items() if places}


def check_entries(entries: Iterable[Entry], first: date) -> None:
    """Every document once, every entry balanced, nothing before the start date."""
    counted = Counter(entry.document.reference for entry in entries)
    assert not [reference for reference, count in counted.items() if count > 1]
    for entry in entries:
        assert not sum((line.amount for line in entry.lines), Decimal(0)), entry.document.reference
        assert entry.lines, f"{entry.document.reference} says nothing"
        assert entry.document.day >= first, f"{entry.document.reference} is before the start date"


def check_tie_out(world: World, company: Company, sync: Sync) -> None:
    """Source, documents and platform agree."""
    assert read_tie_out(world.runtime, company, sync.id)["agrees"]


def check_listed(world: World, company: Company) -> None:
    """Every sync that ended is listed and counted once, and the company fails exactly if the last one did."""
    ended = [sync for sync in world.runtime.syncs.newest_first(company.id) if sync.stage == FINISHED]
    span = ("0", "~")
    listed = find_ended.of_company(world.table, company.id, len(ended) + 1, span)
    assert [(each.id, each.code) for each in listed] == [(sync.id, sync.status_code) for sync in ended]
    counted: Counter[int] = Counter()
    for count in find_ended.counts(world.table, CLIENT, date(1970, 1, 1), date(9999, 1, 1)):
        counted.update(count.codes)
    assert counted == Counter(sync.status_code for sync in ended)
    newest = max((sync.finished for sync in ended), default="")
    # Several may have ended at the same instant of a clock that stands still.
    well = {sync.status_code in SUCCESSFUL for sync in ended if sync.finished == newest}
    assert (ended_syncs.failing(world.table, company.id) is None) in (well or {True})


def check_one_at_a_time(world: World, company: Company) -> None:
    """Of a company's syncs one runs at most."""
    running = [
        sync.id
        for sync in world.runtime.syncs.newest_first(company.id)
        if sync.stage not in (QUEUED, FINISHED)
    ]
    assert len(running) <= 1, f"{running} run at once"


def kept_configurations(world: World, company: Company) -> dict[date, int]:
    """The version of the configuration that each day with something posted keeps."""
    posted = world.runtime.days.posted_between(company.id, date.min, date.max)
    return {day.day: day.configuration for day in posted if day.amounts}


def spans_of(world: World, company: Company) -> list[Span]:
    """How the company's time is cut into days, as its calendar item says."""
    item = world.table.get(f"COMPANY#{company.id}", "CALENDAR")
    if item is None:
        return []
    return [
        Span(date.fromisoformat(first), datetime.fromisoformat(opens) if opens else None, zone, hour)
        for first, zone, hour, opens in item["epochs"]
    ]
