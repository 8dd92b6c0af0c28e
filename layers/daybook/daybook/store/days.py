"""Business days as posted: the amounts confirmed in the ledger, and the rules each day keeps.

Items: `POSTED#<company>` / day, `OPEN#<company>` / `<day>#<reference>` for confirmed documents not settled
in full, `MARKS#<company>` / UTC date for what changed since a sync last looked, `COMPANY#<company>` /
`CALENDAR`, and `CATALOGUE#<company>` / digest, the catalogue a day was first posted under.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from daybook.domain.catalogue import Catalogue
from daybook.domain.documents import Kind, OpenItem, Posting
from daybook.domain.times import Calendar, Epoch
from daybook.domain.totals import Totals
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.packing import pack, pack_amounts, unpack, unpack_amounts
from daybook.store.syncs import Mark
from daybook.store.table import Absent, Check, ConditionFailed, Delete, Equals, Item, Put, Table, Write

# An item holds 400 KB; a catalogue of many thousand products takes several.
_PART = 350_000


@frozen
class PostedDay:
    """What is confirmed of a day. `revision` counts its plans, `version` the item's own changes.

    `configuration` (a version) and `catalogue` (a digest) are those it was first planned under; 0 and ""
    while nothing of it is posted; `completed_by` are the later versions that what was in suspense took its
    mappings from; `planned_by` is the sync that planned it last; `cut` is the latest instant that it was ever
    looked at up to: what was posted before a cut stays posted, also when a later sync ends earlier.
    """

    day: date
    amounts: Mapping[Posting, Decimal] = field(default_factory=dict)
    revision: int = 0
    configuration: int = 0
    catalogue: str = ""
    planned_by: str = ""
    version: int = 0
    completed_by: tuple[int, ...] = ()
    cut: datetime | None = None


@frozen
class DayStore:
    """Keeps business days in the table."""

    table: Table

    def posted(self, company_id: str, day: date) -> PostedDay:
        """What is confirmed of a day."""
        item = self.table.get(f"POSTED#{company_id}", day.isoformat())
        return _posted(item) if item else PostedDay(day)

    def posted_between(self, company_id: str, first: date, last: date) -> list[PostedDay]:
        """Every day from first to last that was ever planned."""
        between = (first.isoformat(), last.isoformat())
        return [_posted(item) for item in self.table.query_all(f"POSTED#{company_id}", between=between)]

    def last_posted(self, company_id: str) -> date | None:
        """The latest day that was ever planned."""
        newest = self.table.query(f"POSTED#{company_id}", limit=1, forward=False).items
        return date.fromisoformat(newest[0]["SK"]) if newest else None

    def changed(self, company_id: str, day: PostedDay) -> Put:
        """The write for a changed day, for use in a transaction; refused when somebody else changed it."""
        item = {
            "PK": f"POSTED#{company_id}",
            "SK": day.day.isoformat(),
            "amounts": pack_amounts(day.amounts),
            "revision": day.revision,
            "configuration": day.configuration,
            "catalogue": day.catalogue,
            "plannedBy": day.planned_by,
            "completedBy": list(day.completed_by),
            "cut": day.cut.isoformat() if day.cut else "",
            "version": day.version + 1,
        }
        return Put(item, Equals("version", day.version) if day.version else Absent())

    def unchanged(self, company_id: str, day: PostedDay) -> Check:
        """The condition that nobody changed a day since it was read, for use in a transaction."""
        condition = Equals("version", day.version) if day.version else Absent()
        return Check(f"POSTED#{company_id}", day.day.isoformat(), condition)

    def open_items(self, company_id: str, days: Iterable[str]) -> list[OpenItem]:
        """Documents of these days that are not settled in full."""
        found: list[OpenItem] = []
        for day in sorted(set(days)):
            found.extend(map(_open_item, self.table.query_all(f"OPEN#{company_id}", begins=f"{day}#")))
        return found

    def every_open_item(self, company_id: str) -> Iterator[OpenItem]:
        """The documents of every day that are not settled in full, oldest day first."""
        return map(_open_item, self.table.query_all(f"OPEN#{company_id}"))

    def open_item(self, company_id: str, day: str, reference: str) -> OpenItem | None:
        """A document of a day that is not settled in full."""
        item = self.table.get(f"OPEN#{company_id}", f"{day}#{reference}")
        return _open_item(item) if item else None

    def opened(self, company_id: str, item: OpenItem) -> Put:
        """The write for a document that can be settled."""
        return Put(_open_row(company_id, item), Absent())

    def settled(self, company_id: str, item: OpenItem, amount: Decimal) -> Write:
        """The write for a settlement of part or all of a document; refused when it was settled meanwhile."""
        left = replace(item, open=item.open - amount)
        unchanged = Equals("open", str(item.open))
        row = _open_row(company_id, left)
        return Put(row, unchanged) if left.open else Delete(str(row["PK"]), str(row["SK"]), unchanged)

    def marks(self, company_id: str, since: date = date.min, until: date = date.max) -> list[Mark]:
        """The marks of a company from one UTC date to another, both included, oldest date first."""
        between = (since.isoformat(), until.isoformat())
        return [
            Mark(item["SK"], item["version"], tuple(sorted(item.get("hours", ()))))
            for item in self.table.query_all(f"MARKS#{company_id}", between=between)
        ]

    def clear_mark(self, company_id: str, mark: Mark, kept: Sequence[str] = ()) -> bool:
        """Remove a mark, or all but these hours of it, if nothing was added to it since it was read."""
        unchanged = Equals("version", mark.version)
        pk, sk = layout.mark(company_id, mark.day)
        try:
            if kept:
                item = {"PK": pk, "SK": sk, "version": mark.version + 1, "hours": set(kept)}
                self.table.put(item, unchanged)
            else:
                self.table.delete(pk, sk, unchanged)
        except ConditionFailed:
            return False
        return True

    def source_totals_put(self, company_id: str, sync_id: str, day: date, totals: Totals) -> Put:
        """The write that keeps what the source's records of a day added up to when a sync looked."""
        packed = pack(
            [[currency, measure, str(total)] for (currency, measure), total in sorted(totals.items())]
        )
        return Put({"PK": f"TIEOUT#{company_id}", "SK": f"{sync_id}#{day.isoformat()}", "source": packed})

    def source_totals(
        self, company_id: str, sync_id: str, first: str, last: str
    ) -> list[tuple[date, Totals]]:
        """What a sync kept of these days (ISO dates, both included), by day."""
        return [
            (
                date.fromisoformat(item["SK"].partition("#")[2]),
                {(row[0], row[1]): Decimal(row[2]) for row in unpack(item["source"])},
            )
            for item in self.table.query_all(
                f"TIEOUT#{company_id}", between=(f"{sync_id}#{first}", f"{sync_id}#{last}")
            )
        ]

    def save_tie_out(self, company_id: str, sync_id: str, proof: list[dict[str, Any]]) -> None:
        """Keep the proof of a sync, a part for each day."""
        by_day: dict[str, list[dict[str, Any]]] = {}
        for part in proof:
            by_day.setdefault(part["day"], []).append(part)
        self.table.batch_put(
            {"PK": f"PROOF#{company_id}", "SK": f"{sync_id}#{day}", "proof": pack(parts)}
            for day, parts in by_day.items()
        )

    def tie_out(self, company_id: str, sync_id: str) -> list[dict[str, Any]]:
        """The proof of a sync, by day and currency."""
        items = self.table.query_all(f"PROOF#{company_id}", begins=f"{sync_id}#")
        return [part for item in items for part in unpack(item["proof"])]

    def calendar(self, company_id: str) -> Calendar | None:
        """How the company's time is cut into days; None before its first sync."""
        item = self.table.get(f"COMPANY#{company_id}", "CALENDAR")
        if item is None:
            return None
        return Calendar(
            tuple(
                Epoch(
                    date.fromisoformat(row[0]),
                    row[1],
                    row[2],
                    datetime.fromisoformat(row[3]) if row[3] else None,
                )
                for row in item["epochs"]
            )
        )

    def save_calendar(self, company_id: str, calendar: Calendar) -> None:
        """Keep the company's calendar; only its running sync changes it."""
        epochs = [
            [
                epoch.first_day.isoformat(),
                epoch.zone,
                epoch.sync_hour,
                epoch.opens.isoformat() if epoch.opens else "",
            ]
            for epoch in calendar.epochs
        ]
        self.table.put({"PK": f"COMPANY#{company_id}", "SK": "CALENDAR", "epochs": epochs})

    def save_catalogue(self, company_id: str, catalogue: Catalogue) -> str:
        """Keep a catalogue for the days posted under it; its digest."""
        packed = pack(
            {
                "giftCards": sorted(catalogue.gift_cards),
                "categories": {name: list(ids) for name, ids in sorted(catalogue.categories.items())},
                "componentRates": {
                    name: str(rate) for name, rate in sorted(catalogue.component_rates.items())
                },
            }
        )
        digest = sha256(packed).hexdigest()
        pk, parts = f"CATALOGUE#{company_id}", -(-len(packed) // _PART)
        if self.table.get(pk, f"{digest}#{parts - 1:03}") is None:
            for part in range(parts):  # in order: the last one there says that all are
                content = packed[part * _PART : (part + 1) * _PART]
                self.table.put({"PK": pk, "SK": f"{digest}#{part:03}", "catalogue": content})
        return digest

    def catalogue(self, company_id: str, digest: str) -> Catalogue:
        """A catalogue kept before."""
        items = self.table.query_all(f"CATALOGUE#{company_id}", begins=f"{digest}#")
        packed = b"".join(item["catalogue"] for item in items)
        if not packed:
            return Catalogue()
        value = unpack(packed)
        return Catalogue(
            frozenset(value["giftCards"]),
            {name: tuple(ids) for name, ids in value["categories"].items()},
            {name: Decimal(rate) for name, rate in value["componentRates"].items()},
        )


def _posted(item: Item) -> PostedDay:
    return PostedDay(
        date.fromisoformat(item["SK"]),
        unpack_amounts(item["amounts"]),
        item["revision"],
        item["configuration"],
        item["catalogue"],
        item["plannedBy"],
        item["version"],
        tuple(item.get("completedBy", ())),
        datetime.fromisoformat(item["cut"]) if item.get("cut") else None,
    )


def _open_row(company_id: str, item: OpenItem) -> Item:
    return {
        "PK": f"OPEN#{company_id}",
        "SK": f"{item.day}#{item.reference}",
        "kind": item.kind.value,
        "day": item.day,
        "currency": item.currency,
        "group": item.group,
        "platformId": item.platform_id,
        "reference": item.reference,
        "open": str(item.open),
    }


def _open_item(item: Item) -> OpenItem:
    return OpenItem(
        Kind(item["kind"]),
        item["day"],
        item["currency"],
        item["group"],
        item["platformId"],
        item["reference"],
        Decimal(item["open"]),
    )
