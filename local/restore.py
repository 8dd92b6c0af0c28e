"""Brings back what a table has lost by accident, from a copy of it as it was before.

That an item is not there does not say why: API keys are revoked and connections deleted by removing theirs.
So only what nothing in Daybook ever removes of a company that stands is brought back, and everything else is
told of with the reason, so that it can be made anew by hand. What the table has is newer and stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from daybook.domain.names import beginnings
from daybook.services.runtime import SystemClock, TimeOrderedIds, over
from daybook.services.schedule import due_change
from daybook.store import configurations, connections, due, layout, records, stored_record
from daybook.store.datasets import FINAL
from daybook.store.direct_pushes import TIMED_OUT
from daybook.store.documents import FAILED, PENDING, SUCCESS
from daybook.store.stored_record import Name, StoredRecord
from daybook.store.syncs import FINISHED
from daybook.store.table import Absent, ConditionFailed, Item, Key, Table

# As many as one call reads.
_AT_ONCE = 100

# The kinds of items that are never removed while their company and their connection stand; of CLIENT# and
# COMPANY# the sort key tells the kind.
KEPT = {
    "CLIENT CLIENT": "clients",
    "CLIENT COMPANY": "companies",
    "COMPANY COMPANY": "companies",
    "CLIENT MERCHANT": "clients' own ids of companies",
    "CLIENT NAME": "names of companies",
    "CLIENT WORD": "names of companies",
    "COUNTED": "counts of syncs",
    "COMPANY CALENDAR": "calendars",
    "COMPANY CATALOGUE": "revisions of catalogues",
    "COMPANY CONFIGURATION": "configurations",
    "COMPANY OBSERVED": "what records make use of",
    "COMPANY RETENTION": "closed days",
    "COMPANY SHAPES": "what records make use of",
    "RECORD": "records",
    "LINK": "links between records",
    "DAY": "entries of days",
    "DATES": "dates with entries",
    "DATASETS": "datasets",
    "SYNCS": "syncs",
    "ENDED": "syncs",
    "POSTED": "posted days",
    "CATALOGUE": "catalogues of posted days",
    "DOCUMENTS": "documents",
    "DOCUMENT": "documents",
    "PARTS": "records of documents",
    "TIEOUT": "tie-outs",
    "PROOF": "tie-outs",
    "PUSHED": "accounts added on request",
    "DIRECT": "single documents",
    "DIRECTNUMBER": "numbers of single documents",
    "LEDGER": "Sandbox books",
    "BOOKED": "Sandbox books",
    "ENTRIES": "Sandbox books",
}

_KEYS = (
    "one that is not there may have been revoked. /apiKeys makes another; where a client has none, "
    "local.admin create-key"
)
_LINKS = "a connection that is not there may have been deleted. Connect or link again, as said below"
_HOOKS = "one that is not there may have been deleted. The client subscribes again"
_LOOKS = "what is not there may have been taken back. Set it again (docs/white-label.md)"
_WORK = "they say what is under way, and that is over. Syncs are asked for anew"
_ENDS = "what is not there was settled, or looked at, since"
_SHORT = "they last for minutes or days, or are made anew at need"

# The kinds that are removed on purpose, in words, with the reason why they stay away.
REMOVED = {
    "KEY": ("API keys", _KEYS),
    "CLIENT KEY": ("API keys in their clients' lists", _KEYS),
    "COMPANY CONNECTION": ("connections", _LINKS),
    "TOKENS": ("tokens of connections", _LINKS),
    "COMPANY LEDGERLINKS": ("counts of links", _SHORT),
    "CLIENT WEBHOOK": ("subscriptions to events", _HOOKS),
    "CLIENT WEBHOOKS": ("counts of subscriptions", _HOOKS),
    "CLIENT FLOW": ("looks and texts of clients", _LOOKS),
    "BRANDING": ("images of clients", _LOOKS),
    "COMPANY ACTIVE": ("running syncs", _WORK),
    "QUEUED": ("queued syncs", _WORK),
    "COMPANY DUE": ("schedules", "they follow from the configuration, and are made from it"),
    "COMPANY FAILING": ("notes of failure", "the next sync says whether it still fails"),
    "COMPANY ERASED": ("notes of erasures", "what they told of is erased"),
    "OPEN": ("open documents", _ENDS),
    "SUSPENSE": ("days in suspense", _ENDS),
    "MARKS": ("marks", "days of what is brought back are marked; a sync looks at them"),
    "OUTBOX": ("messages", _SHORT),
    "BODIES": ("bodies of datasets", "their records are written, or are pushed again"),
    "COMPANY FLOW": ("steps in the flow", _SHORT),
    "CLIENT PORTAL": ("passwords", _SHORT),
    "LINKSTATE": ("authorisations under way", _SHORT),
    "SESSION": ("sessions", _SHORT),
    "PACE": ("paces of calls", _SHORT),
    "REFERENCE": ("copies of ledgers' accounts", _SHORT),
    "ANSWER": ("kept answers", _SHORT),
    "ANSWERED": ("kept answers", _SHORT),
    "EVENTS": ("events", _SHORT),
    "DELIVERIES": ("deliveries", _SHORT),
}

_DELETED = "their company was deleted, or is not known"
_UNCONNECTED = "their connection is not there: it was deleted, or lost"
_UNDER_WAY = "they were under way then"
_RETIRED = "their records were retired since"
_POSTED_SINCE = "their day was written to after the copy was made. A later copy may have them"
_RENAMED = "the company is called otherwise now"
_FREED = "the number was given back"

# What belongs to no company that might be deleted, or says itself that it was.
_WHATEVER = {"CLIENT CLIENT", "CLIENT COMPANY", "COMPANY COMPANY", "COUNTED"}
_OF_NO_COMPANY = {
    *("KEY", "BRANDING", "COUNTED", "PACE", "REFERENCE", "LINKSTATE", "SESSION", "ANSWER", "DELIVERIES"),
}
# What is brought back only when it had ended: nobody would end it any more.
_ENDED = {
    "SYNCS": ("stage", {FINISHED}),
    "DATASETS": ("status", FINAL),
    "DIRECT": ("status", {SUCCESS, FAILED, TIMED_OUT}),
}


def kind_of(item: Item) -> str:
    """The kind of an item, as `KEPT` and `REMOVED` have it."""
    family = str(item["PK"]).partition("#")[0]
    return f"{family} {item['SK'].partition('#')[0]}" if family in ("CLIENT", "COMPANY") else family


def company_of(item: Item) -> str:
    """The company that an item belongs to; "" when to none, or when its key does not say."""
    family, _, rest = str(item["PK"]).partition("#")
    if family == "CLIENT":
        kind, _, company_id = item["SK"].partition("#")
        if kind in ("NAME", "WORD"):
            return layout.read_company_name(item["SK"])
        return str(item["companyId"] if kind == "MERCHANT" else company_id if kind == "COMPANY" else "")
    if family == "TOKENS":
        return str(item["companyId"])
    return "" if family in _OF_NO_COMPANY else rest.partition("#")[0]


def connection_of(item: Item, kind: str) -> str:
    """The connection that an item goes with when that is deleted; "" when with none."""
    match kind:
        case "RECORD" | "LINK":
            return str(item["PK"]).split("#")[2]
        case "DAY":
            return layout.read_day_entry(item["SK"])[0]
        case "DATASETS" | "COMPANY OBSERVED":
            return str(item["connection"])
    return ""


def names_of(item: Item, kind: str) -> list[Name]:
    """The records that an entry of a day or a link is about."""
    if kind == "DAY":
        return records.names_in(item)
    connection_id = connection_of(item, kind)
    link, _, identity = item["SK"].partition("/")
    match link:
        case "order":
            return [(connection_id, "orders", identity)]
        case "payment":
            return [(connection_id, "orders", each) for each in item["orders"]]
    return [(connection_id, "transactions", each) for each in item["transactions"]]


@dataclass
class Account:
    """What was brought back, and what was left out and why; `by_hand` is what is to be done then."""

    brought: Counter[str] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_hand: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The account in words."""
        yield f"{sum(self.brought.values())} items brought back"
        yield from (f"  {count:>8} {what}" for what, count in sorted(self.brought.items()))
        yield f"{sum(self.left.values())} left out"
        yield from (f"  {count:>8} {what}: {why}" for (what, why), count in sorted(self.left.items()))
        if self.by_hand:
            yield "to be done by hand"
            yield from (f"  {each}" for each in sorted(self.by_hand))


@dataclass
class Restore:
    """Brings items of a copy back into the table; of one company only, when it has an id."""

    copy: Table
    live: Table
    company_id: str = ""
    account: Account = field(default_factory=Account)
    _connected: dict[str, frozenset[str] | None] = field(default_factory=dict)
    _scheduled: set[str] = field(default_factory=set)

    def bring_back(self, items: Iterable[Item]) -> Account:
        """Bring back what may be of the items of the copy; done again, it does nothing more."""
        wanted = (item for item in items if self.company_id in ("", company_of(item)))
        while taken := list(islice(wanted, _AT_ONCE)):
            there = self.live.batch_get([(item["PK"], item["SK"]) for item in taken])
            self._bring([item for item in taken if (item["PK"], item["SK"]) not in there])
        self._schedule()
        return self.account

    def _bring(self, missing: list[Item]) -> None:
        going: list[Item] = []
        for item in missing:
            kind = kind_of(item)
            what, why = self._judged(item, kind)
            if why:
                self.account.left[what, why] += 1
                self._note(item, kind)
            else:
                going.append(self._in_force(item) if kind == "COMPANY CONFIGURATION" else item)
        marks = list(self._marks(going))
        # Before, so that none is forgotten by who is interrupted; after, so that none is by a sync meanwhile.
        self._mark(marks)
        for item in going:
            try:
                self.live.put(item, Absent())
            except ConditionFailed:
                continue
            self.account.brought[KEPT[kind_of(item)]] += 1
        self._mark(marks)

    def _judged(self, item: Item, kind: str) -> tuple[str, str]:
        """What an item is in words, and why it stays away; "" when it is brought back."""
        if kind in KEPT:
            return KEPT[kind], self._why_not(item, kind)
        return REMOVED.get(kind, ("items", "this release does not know their kind"))

    def _why_not(self, item: Item, kind: str) -> str:
        """Why an item of a kind that is kept stays away after all; "" when it does not."""
        if kind in _WHATEVER:
            return ""
        connected = self._connections(company_of(item))
        if connected is None:
            return _DELETED
        connection_id = connection_of(item, kind)
        if connection_id and connection_id not in connected:
            return _UNCONNECTED
        if kind in _ENDED:
            attribute, ends = _ENDED[kind]
            return "" if item[attribute] in ends else _UNDER_WAY
        return self._why_not_now(item, kind)

    def _why_not_now(self, item: Item, kind: str) -> str:
        """Why an item stays away for what has happened since; "" when it does not."""
        match kind:
            case "DIRECTNUMBER" if not self._is_taken(item):
                return _FREED
            case "DOCUMENTS" if item["status"] == PENDING:
                return _UNDER_WAY
            case "DOCUMENTS" if item["status"] != SUCCESS and self._is_moved_since(item):
                return _POSTED_SINCE
            case "POSTED" if self._is_written_since(item):
                return _POSTED_SINCE
            case "CLIENT NAME" | "CLIENT WORD" if not self._is_called(item):
                return _RENAMED
            case "DAY" | "LINK" if self._is_retired(company_of(item), names_of(item, kind)):
                return _RETIRED
        return ""

    def _either(self, key: Key) -> Item | None:
        """An item that is never removed: as the table has it, else as the copy has it."""
        return self.live.get(*key) or self.copy.get(*key)

    def _company(self, company_id: str) -> Item | None:
        """A company that stands."""
        pointer = self._either(layout.company(company_id))
        row = self._either(layout.client_company(pointer["clientId"], company_id)) if pointer else None
        return None if row is None or row["deleted"] else row

    def _connections(self, company_id: str) -> frozenset[str] | None:
        """The connections of a company; None for one that does not stand."""
        if company_id not in self._connected:
            there = connections.list_connections(self.live, company_id) if self._company(company_id) else None
            self._connected[company_id] = None if there is None else frozenset(each.id for each in there)
        return self._connected[company_id]

    def _is_moved_since(self, document: Item) -> bool:
        """Whether the day of a document went on: one whose fate was open then may be counted in it."""
        key = f"POSTED#{document['company']}", document["SK"].partition("#")[0]
        now = self.live.get(*key)
        return now is not None and now != self.copy.get(*key)

    def _is_written_since(self, posted: Item) -> bool:
        """Whether a day has documents that the copy does not have so: what it posted would be too little."""
        pk = f"DOCUMENTS#{company_of(posted)}"
        there = self.live.query_all(pk, begins=f"{posted['SK']}#")
        return any(item != self.copy.get(pk, item["SK"]) for item in there)

    def _is_taken(self, number: Item) -> bool:
        """Whether a number of a single document is still its own."""
        push = self._either(layout.direct_push(company_of(number), number["key"]))
        return push is not None and (number["SK"].startswith("request#") or push["status"] == SUCCESS)

    def _is_called(self, name: Item) -> bool:
        company_id = company_of(name)
        row = self._company(company_id)
        if row is None:
            return False
        client_id = row["PK"].partition("#")[2]
        keys = {layout.company_name(client_id, *part, company_id) for part in beginnings(row["name"])}
        return (name["PK"], name["SK"]) in keys

    def _is_retired(self, company_id: str, names: list[Name]) -> bool:
        found = stored_record.read_many(self.live, company_id, names)
        return all(name in found and found[name].retired for name in names)

    def _in_force(self, item: Item) -> Item:
        """A configuration; for the one in force the latest that was saved, be it after the copy was made."""
        if item["SK"] != "CONFIGURATION":
            return item
        saved = self.live.query_all(item["PK"], begins="CONFIGURATION#")
        newest = max([item, *saved], key=lambda each: int(each["version"]))
        return {**newest, "SK": "CONFIGURATION"}

    def _marks(self, going: Iterable[Item]) -> Iterator[tuple[str, StoredRecord]]:
        """The records whose days are to be looked at again, by company."""
        for item in going:
            kind, company_id = kind_of(item), company_of(item)
            if kind == "RECORD":
                yield company_id, stored_record.record_of(item)
            elif kind in ("DAY", "LINK"):
                found = stored_record.read_many(self.live, company_id, names_of(item, kind))
                yield from ((company_id, record) for record in found.values())

    def _mark(self, found: Iterable[tuple[str, StoredRecord]]) -> None:
        hours: dict[str, set[str]] = {}
        for company_id, record in found:
            hours.setdefault(company_id, set()).update(records.hours_of(record), record.previous)
        for company_id, of_company in hours.items():
            records.mark(self.live, company_id, records.spread_hours(of_company), time.time_ns() // 1000)
            records.change_catalogue(self.live, company_id)

    def _note(self, item: Item, kind: str) -> None:
        """Note what somebody may have to do by hand, of a company that stands."""
        company_id = company_of(item)
        connected = self._connections(company_id) if company_id else None
        if connected is None:
            return
        if kind == "COMPANY DUE":
            self._scheduled.add(company_id)
        if kind == "COMPANY CONNECTION":
            lost = item["SK"].partition("#")[2]
            self.account.by_hand.append(
                f"company {company_id}: if connection {lost} was not deleted on purpose, connect again; "
                "its records are pushed again"
            )
        if kind == "TOKENS" and item["PK"].partition("#")[2] in connected:
            lost = item["PK"].partition("#")[2]
            self.account.by_hand.append(f"company {company_id}: have connection {lost} linked again")

    def _schedule(self) -> None:
        """Have companies synced again whose configuration says so and whose schedule was lost."""
        clock = SystemClock()
        runtime = over(self.live, clock, TimeOrderedIds(clock))
        for company_id in sorted(self._scheduled):
            stored = configurations.current(self.live, company_id)
            if stored and stored.body["enable"] and due.get(self.live, company_id) is None:
                self.live.transact([due_change(runtime, company_id, stored.body)])
                self.account.brought["schedules"] += 1
