"""Syncs: one run for one company, from the asking to its end, and which one is running now.

Items of a company: `SYNCS#<company>` / sync id, the queue `QUEUED#<company>` / sync id, and the one that
runs, `COMPANY#<company>` / `ACTIVE`. Sync ids are ordered by time. In the index the one that runs lies under
the time of its last progress (`ACTIVE#<shard>`), those that wait under the time they were asked for
(`QUEUED#<shard>`), so that what is stuck is found without looking through everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from daybook.frozen import frozen
from daybook.store.due import shard_of
from daybook.store.table import (
    Absent,
    All,
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Equals,
    Item,
    Page,
    Put,
    Table,
    Write,
)

LATEST, HISTORIC, SCHEDULED, RESTATE = "latest", "historic", "scheduled", "restate"
QUEUED, PLANNING, PUSHING, FINISHED = "Queued", "Planning", "Pushing", "Finished"

_LISTS = ("days", "examined", "warnings", "unwell")

IN_PROGRESS = 1000
WRITTEN, NOTHING_TO_WRITE = 2000, 2040
SUCCESSFUL = (WRITTEN, NOTHING_TO_WRITE)


@frozen
class Blocked:
    """A day that could not be posted, and why, in words for the merchant."""

    day: str
    code: int
    message: str
    record: str = ""


@frozen
class Mark:
    """A mark on a UTC date as a sync read it: which hours changed, and the version to clear it by."""

    day: str
    version: int
    hours: tuple[str, ...] = ()


@frozen
class Sync:
    """One run. Times are ISO 8601 in UTC; `start` and `finish` bound the data it looks at.

    It looks at a bounded number of business days at a time, a round. Of the round: `days` are those it has
    documents for, `examined` all it looked at, `unwell` those that are blocked, `marks` what it will clear
    of those that turn out well; `more` says that days are left for another round, `after` is the last day of
    the rounds before. Of the whole sync: `blocked` are its troubles, `omitted` how many more there were,
    `configuration` is the version in force when it was planned, 0 when it did not come to that.
    """

    id: str
    company_id: str
    kind: str
    requested: str
    start: str
    finish: str
    stage: str = QUEUED
    status_code: int = IN_PROGRESS
    error_message: str = ""
    exception_message: str = ""
    started: str = ""
    finished: str = ""
    data_pushed: bool = False
    connection_id: str = ""
    days: tuple[str, ...] = ()
    examined: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[str, ...] = ()
    unwell: tuple[str, ...] = ()
    omitted: int = 0
    more: bool = False
    after: str = ""
    revision: int = 0
    configuration: int = 0


@frozen
class Active:
    """The sync a company runs, when it last got on (or will be tried again), and what it met then."""

    company_id: str
    sync_id: str
    since: str
    trouble: str


@frozen
class SyncStore:
    """Keeps syncs in the table."""

    table: Table

    def request(self, sync: Sync, also: Write) -> bool:
        """Queue a sync together with the message that starts it; False when this id was queued before."""
        queued = {
            "PK": f"QUEUED#{sync.company_id}",
            "SK": sync.id,
            **_indexed("QUEUED", sync.company_id, sync.requested),
        }
        try:
            self.table.transact([Put(_item(sync), Absent()), Put(queued), also])
        except ConditionFailed as failed:
            if failed.index == 0:
                return False
            raise
        return True

    def get(self, company_id: str, sync_id: str) -> Sync | None:
        """One sync of a company."""
        item = self.table.get(f"SYNCS#{company_id}", sync_id)
        return _sync(item) if item else None

    def newest_first(self, company_id: str) -> Iterator[Sync]:
        """Every sync of a company."""
        return (_sync(item) for item in self.table.query_all(f"SYNCS#{company_id}", forward=False))

    def page(self, company_id: str, limit: int, after: Item | None = None) -> tuple[list[Sync], Item | None]:
        """Some syncs of a company, newest first, and where the next page begins."""
        page: Page = self.table.query(f"SYNCS#{company_id}", limit=limit, after=after, forward=False)
        return [_sync(item) for item in page.items], page.after

    def older(self, company_id: str, limit: int, before: str = "") -> list[Sync]:
        """So many syncs of a company asked for before the one with this id, else the newest; newest first."""
        between = ("0", before) if before else None
        page = self.table.query(f"SYNCS#{company_id}", between=between, limit=limit + 1, forward=False)
        return [_sync(item) for item in page.items if item["SK"] != before][:limit]

    def active(self, company_id: str) -> str | None:
        """The id of the sync that runs now."""
        item = self.table.get(f"COMPANY#{company_id}", "ACTIVE")
        return str(item["sync"]) if item else None

    def unfinished(self, company_id: str, most: int) -> list[Sync]:
        """The syncs of a company that wait or run, the oldest first, so many at most."""
        active = self.active(company_id)
        queued = self.table.query(f"QUEUED#{company_id}", limit=most).items
        ids = [active] if active else []
        found = [self.get(company_id, each) for each in [*ids, *(item["SK"] for item in queued)][:most]]
        return [sync for sync in found if sync is not None and sync.stage != FINISHED]

    def start_next(self, company_id: str, now: str) -> Sync | None:
        """Make the oldest queued sync the running one; None when one runs already or none waits."""
        while True:
            waiting = self.table.query(f"QUEUED#{company_id}", limit=1).items
            if not waiting:
                return None
            sync = self.get(company_id, waiting[0]["SK"])
            if sync is None or sync.stage != QUEUED:
                self.table.delete(f"QUEUED#{company_id}", waiting[0]["SK"])
                continue
            started = replace(sync, stage=PLANNING, started=now, revision=sync.revision + 1)
            active = {
                "PK": f"COMPANY#{company_id}",
                "SK": "ACTIVE",
                "sync": sync.id,
                "since": now,
                **_indexed("ACTIVE", company_id, now),
            }
            writes: list[Write] = [
                Put(active, Absent()),
                Put(_item(started), Equals("revision", sync.revision)),
                Delete(f"QUEUED#{company_id}", sync.id),
            ]
            try:
                self.table.transact(writes)
            except ConditionFailed as failed:
                if failed.index == 0:
                    return None
                continue
            return started

    def save(self, sync: Sync, *also: Write) -> Sync:
        """Write a sync as changed, with what must happen in the same moment. Raises ConditionFailed."""
        saved = replace(sync, revision=sync.revision + 1)
        self.table.transact([Put(_item(saved), Equals("revision", sync.revision)), *also])
        return saved

    def finish(self, sync: Sync, *also: Write, since: str = "") -> Sync:
        """End a sync and let the next one run; with `since` only if it made no progress after that.

        Raises ConditionFailed.
        """
        ended = replace(sync, stage=FINISHED)
        runs: Condition = Equals("sync", sync.id)
        if since:
            runs = All((Equals("sync", sync.id), Equals("since", since)))
        return self.save(ended, Delete(f"COMPANY#{sync.company_id}", "ACTIVE", runs), *also)

    def made_room(self, active: Active) -> Delete:
        """The write that ends what only seems to run; refused when another sync runs, or this one got on."""
        unchanged = All((Equals("sync", active.sync_id), Equals("since", active.since)))
        return Delete(f"COMPANY#{active.company_id}", "ACTIVE", unchanged)

    def progressed(self, company_id: str, sync_id: str, at: str, trouble: str = "") -> bool:
        """Note that a sync got on, or when it is tried again; False when it does not run any more."""
        change = {"since": at, "trouble": trouble, **_indexed("ACTIVE", company_id, at)}
        try:
            self.table.add(f"COMPANY#{company_id}", "ACTIVE", put=change, condition=Equals("sync", sync_id))
        except ConditionFailed:
            return False
        return True

    def runs(self, sync: Sync) -> Check:
        """The condition that a sync is the one that runs, for use in a transaction.

        A worker that was taken for dead and is not may go on when its sync has long ended; it writes nothing.
        """
        return Check(f"COMPANY#{sync.company_id}", "ACTIVE", Equals("sync", sync.id))

    def without_progress(self, shard: int, before: str) -> Iterator[Active]:
        """The running syncs of a shard's companies that got on last before this time, longest ago first."""
        items = self.table.query_all(f"ACTIVE#{shard:02}", between=("0", before), index="GSI1")
        for item in items:
            company_id = item["PK"].partition("#")[2]
            yield Active(company_id, item["sync"], item["since"], item.get("trouble", ""))

    def longest_waiting(self, shard: int) -> str:
        """When the sync that waits longest of a shard was asked for; "" when none waits."""
        items = self.table.query(f"QUEUED#{shard:02}", index="GSI1", limit=1).items
        return str(items[0]["GSI1SK"]).partition("#")[0] if items else ""

    def waiting(self, shard: int, before: str) -> Iterator[str]:
        """The companies of a shard with a sync asked for before this time that has not begun."""
        items = self.table.query_all(f"QUEUED#{shard:02}", between=("0", before), index="GSI1")
        return iter(dict.fromkeys(item["PK"].partition("#")[2] for item in items))


def _indexed(state: str, company_id: str, at: str) -> dict[str, str]:
    return {"GSI1PK": f"{state}#{shard_of(company_id):02}", "GSI1SK": f"{at}#{company_id}"}


def _item(sync: Sync) -> dict[str, Any]:
    item = asdict(sync)
    for name in _LISTS:
        item[name] = list(item[name])
    item["blocked"] = [list(asdict(blocked).values()) for blocked in sync.blocked]
    item["marks"] = [[mark.day, mark.version, list(mark.hours)] for mark in sync.marks]
    return {"PK": f"SYNCS#{sync.company_id}", "SK": sync.id, **item}


def _sync(item: Item) -> Sync:
    values = {name: value for name, value in item.items() if name in Sync.__dataclass_fields__}
    for name in _LISTS:
        values[name] = tuple(item.get(name, ()))
    values["blocked"] = tuple(Blocked(*row) for row in item["blocked"])
    values["marks"] = tuple(Mark(row[0], row[1], tuple(row[2])) for row in item["marks"])
    return Sync(**values)
