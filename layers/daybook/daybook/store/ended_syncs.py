"""Syncs that ended, listed and counted by client for those who watch over them; `find_ended.py` reads them.

Three kinds of items, written in the transaction that ends a sync. `ENDED#<company>` / sync id is what lists
show of it; in the index it lies by client, UTC date and shard, under `<code>#<sync id>`. `COUNTED#<client>` /
`<date>#<shard>` counts those by code, so that a list reads only the partitions that hold something, and a
chart reads nothing else. `COMPANY#<company>` / `FAILING` stands while the last sync of a company that ended
failed. The date is that of the sync's id, which is ordered by time.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.syncs import Sync
from daybook.store.table import Delete, Item, Put, Table, Update, Write

# Syncs that end at once count in one of these: two transactions never wait long for the same count.
SHARDS = 8
# The last millisecond that is a date.
_LATEST = 253_402_300_799_999


@frozen
class Failing:
    """A company whose last sync failed: which sync, since when, how often in a row.

    `unsynced` is the first business day that is not in the books because of it.
    """

    company_id: str
    sync_id: str
    code: int
    since: str
    times: int
    unsynced: str
    latest: str


def day_of_id(sync_id: str) -> date:
    """The UTC date in a sync's id; a UUID of another kind gives some date."""
    milliseconds = min(int(sync_id[:8] + sync_id[9:13], 16), _LATEST)
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def ended_writes(client_id: str, sync: Sync) -> list[Write]:
    """The writes that list and count a sync that ends, for use in the transaction that ends it."""
    pk, sk = layout.ended_sync(sync.company_id, sync.id)
    day, shard = day_of_id(sync.id), shard_of(sync.id)
    item = {
        "PK": pk,
        "SK": sk,
        "GSI1PK": partition_of(client_id, day, shard),
        "GSI1SK": f"{sync.status_code}#{sync.id}",
        "kind": sync.kind,
        "start": sync.start,
        "finish": sync.finish,
        "requested": sync.requested,
        "started": sync.started,
        "finished": sync.finished,
    }
    counted = layout.ended_count(client_id, day, shard)
    return [Put(item), Update(*counted, {}, add={str(sync.status_code): 1})]


def failing(table: Table, company_id: str) -> Failing | None:
    """What is known of a company's failure; None when its last sync was well."""
    item = table.get(*layout.failing(company_id))
    return failure_of(item) if item else None


def failing_put(client_id: str, failure: Failing) -> Put:
    """The write that says that a company fails, for use in a transaction."""
    pk, sk = layout.failing(failure.company_id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            "GSI1PK": f"FAILING#{client_id}",
            "GSI1SK": f"{failure.unsynced}#{failure.company_id}",
            "sync": failure.sync_id,
            "code": failure.code,
            "since": failure.since,
            "times": failure.times,
            "latest": failure.latest,
        }
    )


def failing_clear(company_id: str) -> Delete:
    """The write that says that a company fails no longer, for use in a transaction."""
    return Delete(*layout.failing(company_id))


def shard_of(sync_id: str) -> int:
    """The shard of a sync, always the same."""
    return zlib.crc32(sync_id.encode()) % SHARDS


def partition_of(client_id: str, day: date, shard: int) -> str:
    """The index's partition of a client's syncs of a UTC date that ended."""
    return f"ENDED#{client_id}#{day}#{shard:02}"


def failure_of(item: Item) -> Failing:
    """A company's failure as it is kept."""
    return Failing(
        company_id=item["PK"].partition("#")[2],
        sync_id=item["sync"],
        code=item["code"],
        since=item["since"],
        times=item["times"],
        unsynced=item["GSI1SK"].partition("#")[0],
        latest=item["latest"],
    )
