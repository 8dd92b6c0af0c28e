"""Where everything of a company or a connection lies, so that it can be erased.

Every partition of a company is named here: of the families in `OF_COMPANY` it has one each, the others
follow from its connections and dates. What they are found by is erased last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from daybook.domain.records import DATA_TYPES
from daybook.store import connections, layout
from daybook.store.outbox import EVENTS
from daybook.store.table import Item, Key, Table

# A company has one partition of each: `<family>#<company>`.
OF_COMPANY = (
    *("MARKS", "DATASETS", "SYNCS", "QUEUED", "POSTED", "OPEN", "TIEOUT", "PROOF", "CATALOGUE", "SUSPENSE"),
    *("DOCUMENTS", "DOCUMENT", "PARTS", "PUSHED", "DIRECT", "DIRECTNUMBER", "LEDGER", "BOOKED", "ENTRIES"),
    *("ANSWERED", "ENDED"),
)
# It has several of these: for its connections, the dates of its records, the shards of its bodies.
OF_MANY = ("RECORD", "LINK", "TOKENS", "PACE", "REFERENCE", "DAY", "BODIES", "ANSWER")
# Erased last: the others are found by them, and messages and news wait until they are sent.
LAST = ("DATES", "COMPANY", "OUTBOX", "EVENTS")
# The news of the deletion itself is delivered after it, for a day (docs/erasure.md).
_NEWS = "company.deleted"
# What leads to the rest of a company.
_LEADS = ("CONNECTION#", "ERASED#")

# Deletes are mostly waiting: so many batches of 25 at a time.
_THREADS = 8
_BATCH = 25

HasTime = Callable[[], bool]


def empty_company(table: Table, company_id: str, has_time: HasTime) -> bool:
    """Erase all of a company but what leads to it and what waits to be sent; False when out of time."""
    pk, pointer = layout.company(company_id)
    own = _keys(table, pk, lambda item: item["SK"] != pointer and not item["SK"].startswith(_LEADS))
    events = _keys(table, layout.event(company_id)[0], lambda item: item["type"] != _NEWS)
    partitions = map(_all_keys(table), _of_company(table, company_id))
    return all(_delete(table, keys, has_time) for keys in (*partitions, own, events))


def forget_company(table: Table, company_id: str) -> None:
    """Erase what leads to the rest of a company, once that is gone. Only whose it was is kept."""
    pk, pointer = layout.company(company_id)
    table.batch_delete(_keys(table, layout.dates(company_id)[0]))
    table.batch_delete(_keys(table, pk, lambda item: item["SK"] != pointer))


def empty_news(table: Table, company_id: str, *, is_told: bool) -> bool:
    """Forget a deleted company's messages to workers and, once it is told, what tells of it; whether all is.

    The client must hear of the deletion, so the events of it wait to be sent and delivered.
    """
    events, _ = layout.event(company_id)
    waiting = list(table.query_all(layout.outbox(company_id, "")[0]))
    news = [item for item in waiting if item["queue"] == EVENTS] + list(table.query_all(events))
    gone = waiting + news if is_told else [item for item in waiting if item not in news]
    table.batch_delete((item["PK"], item["SK"]) for item in gone)
    return is_told or not news


def empty_connection(table: Table, company_id: str, connection_id: str, has_time: HasTime) -> bool:
    """Erase all that came through a connection; False when out of time."""

    def is_its_own(item: Item) -> bool:
        return item.get("connection") == connection_id

    def is_its_entry(item: Item) -> bool:
        return layout.read_day_entry(item["SK"])[0] == connection_id

    def bodies() -> Iterator[Key]:
        for item in table.query_all(pk):
            if is_its_own(item):
                body, begins = layout.dataset_body(company_id, item["SK"])
                yield from ((part["PK"], part["SK"]) for part in table.query_all(body, begins=begins))

    pk, _ = layout.dataset(company_id)
    observed, begins = layout.observed(company_id)
    return all(
        _delete(table, keys, has_time)
        for keys in (
            *map(_all_keys(table), _of_connection(company_id, connection_id)),
            *(_keys(table, day, is_its_entry) for day in _days(table, company_id)),
            bodies(),
            _keys(table, pk, is_its_own),
            _keys(table, observed, lambda item: item["SK"].startswith(begins) and is_its_own(item)),
        )
    )


def _of_company(table: Table, company_id: str) -> Iterator[str]:
    pk, begins = layout.connection(company_id)
    known = {item["SK"].removeprefix(begins) for item in table.query_all(pk, begins=begins)}
    for connection_id in sorted(known | set(connections.being_erased(table, company_id))):
        yield from _of_connection(company_id, connection_id)
    yield from _days(table, company_id)
    for shard in range(layout.BODY_SHARDS):
        yield layout.dataset_bodies(company_id, shard)
    noted, _ = layout.answered(company_id)
    for item in table.query_all(noted):
        yield layout.answer(item["client"], item["SK"])[0]
    for family in OF_COMPANY:
        yield f"{family}#{company_id}"


def _of_connection(company_id: str, connection_id: str) -> Iterator[str]:
    for data_type in DATA_TYPES:
        yield layout.records(company_id, connection_id, data_type)
    yield layout.links(company_id, connection_id)
    yield layout.tokens(connection_id)[0]
    yield layout.pace(connection_id)[0]
    yield layout.reference_data(connection_id)[0]


def _days(table: Table, company_id: str) -> Iterator[str]:
    pk, _ = layout.dates(company_id)
    return (layout.day(company_id, item["SK"]) for item in table.query_all(pk))


def _all_keys(table: Table) -> Callable[[str], Iterator[Key]]:
    return lambda partition: _keys(table, partition)


def _keys(table: Table, partition: str, wanted: Callable[[Item], bool] = lambda _item: True) -> Iterator[Key]:
    return ((item["PK"], item["SK"]) for item in table.query_all(partition) if wanted(item))


def _delete(table: Table, keys: Iterable[Key], has_time: HasTime) -> bool:
    """Delete; False when out of time, which it looks at after each few hundred."""
    left = iter(keys)
    with ThreadPoolExecutor(_THREADS) as pool:
        while taken := list(islice(left, _BATCH * _THREADS)):
            batches = [taken[start : start + _BATCH] for start in range(0, len(taken), _BATCH)]
            list(pool.map(table.batch_delete, batches))
            if not has_time():
                return False
    return True
