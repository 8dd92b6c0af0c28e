"""Where Sandbox books keeps a company's ledger.

A document is booked in one transaction that writes its entry, which is never changed or deleted, and its
standing, whose being there takes the document's number; that moves the standing of what it settles; and that
demands that the reference data it was checked against is still in force. Balances are the fold of the
entries: kept anywhere else they could come to differ.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import NotFound
from daybook.domain.ledger import (
    Account,
    Books,
    Contact,
    Entry,
    EntryLine,
    LedgerCompany,
    ReferenceData,
    Settlement,
    Standing,
    TaxRate,
)
from daybook.store import layout
from daybook.store.table import Absent, Check, ConditionFailed, Equals, Item, Put, Table, Update, Write

# Before and after every date; a tilde comes after every document id.
_FIRST, _LAST, _AFTER_IDS = "0000-00-00", "9999-99-99", "~"


class Ledger:
    """One company's ledger."""

    def __init__(self, table: Table, company_id: str) -> None:
        self._table = table
        self._company_id = company_id
        self._books = layout.books(company_id)

    def open(self, data: ReferenceData) -> bool:
        """Keep new books; False, and nothing changes, when there are books already."""
        if self._table.get(*self._books) is not None:
            return False
        # The books come last: until they are there nobody can have changed the rest, so a start that was
        # interrupted, or made twice at once, is simply made again.
        self._table.batch_put(self._reference_items(data))
        try:
            self._table.put(self._books_item(data.company, version=1), Absent())
        except ConditionFailed:
            return False
        return True

    def read(self) -> Books | None:
        """The reference data, or None when the books were never opened."""
        pk, sk = self._books
        items = list(self._table.query_all(pk))
        books = next((item for item in items if item["SK"] == sk), None)
        if books is None:
            return None
        parts: dict[str, list[Item]] = {}
        for item in items:
            parts.setdefault(item["SK"].partition("#")[0], []).append(item)
        accounts = sorted(map(_account, parts.get("ACCOUNT", [])), key=lambda each: (each.code, each.name))
        rates = sorted(parts.get("TAXRATE", []), key=lambda item: (-Decimal(item["rate"]), item["name"]))
        data = ReferenceData(
            company=_company(books),
            accounts=tuple(accounts),
            tax_rates=tuple(map(_tax_rate, rates)),
            customers=_contacts(parts.get("CUSTOMER", [])),
            suppliers=_contacts(parts.get("SUPPLIER", [])),
            details={"fault": books["fault"]} if books.get("fault") else {},
        )
        return Books(data, books["version"])

    def add(
        self,
        version: int,
        *,
        accounts: Sequence[Account] = (),
        tax_rates: Sequence[TaxRate] = (),
        customers: Sequence[Contact] = (),
        suppliers: Sequence[Contact] = (),
    ) -> bool:
        """Add to the reference data or replace parts of it; False when it is no longer as it was read.

        Raises NotFound when the books were never opened.
        """
        books = self._table.get(*self._books)
        if books is None:
            raise NotFound("Sandbox books")
        company = _company(books)
        parts = ReferenceData(company, tuple(accounts), tuple(tax_rates), tuple(customers), tuple(suppliers))
        return self._change(company, version, self._reference_items(parts))

    def lock(self, version: int, lock_date: date | None) -> bool:
        """Set or lift the lock date; False when the reference data is no longer as it was read."""
        books = self._table.get(*self._books)
        if books is None:
            raise NotFound("Sandbox books")
        return self._change(replace(_company(books), lock_date=lock_date), version, [])

    def fail(self, version: int, fault: str) -> bool:
        """Have the books fail at something, "" for nothing; False when they are not as they were read."""
        # As a change of the books: whoever read them before reads them again before writing.
        pk, sk = self._books
        return self._transact(
            [Update(pk, sk, {"fault": fault, "version": version + 1}, Equals("version", version))]
        )

    def standing(self, document_id: str) -> Standing | None:
        """A booked document, or None."""
        item = self._table.get(*layout.booked(self._company_id, document_id))
        return None if item is None else _standing(item)

    def book(
        self, version: int, entry: Entry, standing: Standing, settlement: Settlement | None = None
    ) -> bool:
        """Book a document; False, and nothing is booked, when what was read before is no longer so.

        The limits of `platforms/sandbox/posting.py` see to it that an entry fits into one item of 400 KB.
        """
        body = zlib.compress(json.dumps(_written(entry), ensure_ascii=False).encode())
        pk, sk = layout.entry(self._company_id, standing.dated, entry.id)
        writes: list[Write] = [
            Check(*self._books, Equals("version", version)),
            Put(self._standing_item(standing), Absent()),
            Put({"PK": pk, "SK": sk, "body": body}, Absent()),
        ]
        if settlement is not None:
            unchanged = Equals("open", _text(settlement.before.open))
            writes.append(Put(self._standing_item(settlement.after), unchanged))
        return self._transact(writes)

    def entries(self, first: date | None = None, last: date | None = None) -> Iterator[Entry]:
        """Every entry dated from `first` to `last`, in the order of their dates."""
        pk, begin = layout.entry(self._company_id, first or _FIRST)
        _, end = layout.entry(self._company_id, last or _LAST, _AFTER_IDS)
        for item in self._table.query_all(pk, between=(begin, end)):
            yield _read(json.loads(zlib.decompress(item["body"])))

    def latest(
        self, first: date | None, last: date | None, most: int, begins: str = ""
    ) -> tuple[list[Entry], str]:
        """Entries dated from `first` to `last`, the newest first, at most so many; where the rest begins.

        That is "" at the end, and else what to call this with again (`begins`) for the next ones.
        """
        pk, beginning = layout.entry(self._company_id, first or _FIRST)
        _, end = layout.entry(self._company_id, last or _LAST, _AFTER_IDS)
        items: list[Item] = []
        after: Item | None = None
        bounds = (beginning, min(begins or end, end))
        while bounds[0] <= bounds[1]:
            page = self._table.query(
                pk, between=bounds, limit=most + 1 - len(items), after=after, forward=False
            )
            items += page.items
            after = page.after
            if after is None or len(items) > most:
                break
        rest = items[most]["SK"] if len(items) > most else ""
        return [_read(json.loads(zlib.decompress(item["body"]))) for item in items[:most]], rest

    def standings_of(self, document_ids: Iterable[str]) -> dict[str, Standing]:
        """Those of these documents that are booked, by id."""
        items = self._table.batch_get(layout.booked(self._company_id, each) for each in document_ids)
        return {item["SK"]: _standing(item) for item in items.values()}

    def standings(self) -> dict[str, Standing]:
        """Every document by its id."""
        pk, _ = layout.booked(self._company_id)
        return {item["SK"]: _standing(item) for item in self._table.query_all(pk)}

    def _change(self, company: LedgerCompany, version: int, items: Sequence[Item]) -> bool:
        item = self._books_item(company, version + 1)
        pk, sk = item.pop("PK"), item.pop("SK")
        changed = Update(pk, sk, item, Equals("version", version))
        return self._transact([changed, *map(Put, items)])

    def _transact(self, writes: Sequence[Write]) -> bool:
        try:
            self._table.transact(writes)
        except ConditionFailed:
            return False
        return True

    def _books_item(self, company: LedgerCompany, version: int) -> Item:
        pk, sk = self._books
        return {
            "PK": pk,
            "SK": sk,
            "version": version,
            "name": company.name,
            "currency": company.base_currency,
            "country": company.country,
            "zone": company.time_zone,
            "receivable": company.receivable_account,
            "payable": company.payable_account,
            "locked": str(company.lock_date or ""),
        }

    def _reference_items(self, data: ReferenceData) -> list[Item]:
        accounts: list[Item] = [
            {
                **self._key("ACCOUNT", account.id),
                "code": account.code,
                "name": account.name,
                "type": account.type,
                "status": account.status,
                "bank": account.is_bank,
                "payments": account.takes_payments,
                "currency": account.currency,
            }
            for account in data.accounts
        ]
        rates: list[Item] = [
            {
                **self._key("TAXRATE", rate.id),
                "code": rate.code,
                "name": rate.name,
                "rate": _text(rate.rate),
                "account": rate.account,
                "status": rate.status,
            }
            for rate in data.tax_rates
        ]
        contacts: list[Item] = [
            {**self._key(role, contact.id), "name": contact.name, "status": contact.status}
            for role, known in (("CUSTOMER", data.customers), ("SUPPLIER", data.suppliers))
            for contact in known
        ]
        return [*accounts, *rates, *contacts]

    def _key(self, role: str, part_id: str) -> Item:
        pk, sk = layout.books_part(self._company_id, role, part_id)
        return {"PK": pk, "SK": sk}

    def _standing_item(self, standing: Standing) -> Item:
        pk, sk = layout.booked(self._company_id, standing.id)
        return {
            "PK": pk,
            "SK": sk,
            "kind": str(standing.kind),
            "reference": standing.reference,
            "dated": str(standing.dated),
            "currency": standing.currency,
            "total": _text(standing.total),
            "tax": _text(standing.tax),
            "contact": standing.contact,
            "status": standing.status,
            "open": _text(standing.open),
        }


def _text(amount: Decimal) -> str:
    return format(amount, "f")


def _company(item: Item) -> LedgerCompany:
    return LedgerCompany(
        name=item["name"],
        base_currency=item["currency"],
        country=item["country"],
        time_zone=item["zone"],
        receivable_account=item["receivable"],
        payable_account=item["payable"],
        lock_date=date.fromisoformat(item["locked"]) if item["locked"] else None,
    )


def _id(item: Item) -> str:
    identity: str = item["SK"].partition("#")[2]
    return identity


def _account(item: Item) -> Account:
    return Account(
        id=_id(item),
        code=item["code"],
        name=item["name"],
        type=item["type"],
        status=item["status"],
        is_bank=item["bank"],
        takes_payments=item["payments"],
        currency=item["currency"],
    )


def _tax_rate(item: Item) -> TaxRate:
    return TaxRate(
        id=_id(item),
        code=item["code"],
        name=item["name"],
        rate=Decimal(item["rate"]),
        account=item["account"],
        status=item["status"],
    )


def _contacts(items: Sequence[Item]) -> tuple[Contact, ...]:
    contacts = (Contact(_id(item), item["name"], item["status"]) for item in items)
    return tuple(sorted(contacts, key=lambda contact: contact.name))


def _standing(item: Item) -> Standing:
    return Standing(
        id=item["SK"],
        kind=Kind(item["kind"]),
        reference=item["reference"],
        dated=date.fromisoformat(item["dated"]),
        currency=item["currency"],
        total=Decimal(item["total"]),
        tax=Decimal(item["tax"]),
        contact=item["contact"],
        status=item["status"],
        open=Decimal(item["open"]),
    )


# An entry's body, as JSON: the document's texts by name, its lines and the entry's lines as lists of texts; a
# description is its place in the list of them all, as a line of the document makes one or two of the entry.
_TEXTS = (
    *("reference", "currency", "description", "contact", "account", "to_account", "status"),
    *("settles", "settles_reference"),
)


def _written(entry: Entry) -> dict[str, object]:
    document = entry.document
    every = [line.description for line in document.lines] + [line.description for line in entry.lines]
    place = {description: index for index, description in enumerate(dict.fromkeys(every))}
    return {
        "id": entry.id,
        "kind": str(document.kind),
        "day": str(document.day),
        "dated": str(document.dated),
        "total": _text(document.total),
        "tax": _text(entry.tax),
        "texts": {name: getattr(document, name) for name in _TEXTS if getattr(document, name)},
        "direct": document.direct,
        "due": str(document.due or ""),
        "descriptions": list(place),
        "lines": [
            [place[line.description], line.account, _text(line.net), _text(line.tax), line.tax_rate]
            for line in document.lines
        ],
        "entry": [
            [line.account, _text(line.amount), place[line.description], line.contact] for line in entry.lines
        ],
    }


def _read(body: dict[str, Any]) -> Entry:
    descriptions = body["descriptions"]
    document = Document(
        kind=Kind(body["kind"]),
        day=date.fromisoformat(body["day"]),
        dated=date.fromisoformat(body["dated"]),
        total=Decimal(body["total"]),
        # Entries written before there were such lack both.
        direct=body.get("direct", False),
        due=date.fromisoformat(body["due"]) if body.get("due") else None,
        lines=tuple(
            DocumentLine(descriptions[place], account, Decimal(net), Decimal(tax), tax_rate)
            for place, account, net, tax, tax_rate in body["lines"]
        ),
        **{name: body["texts"].get(name, "") for name in _TEXTS},
    )
    lines = tuple(
        EntryLine(account, Decimal(amount), descriptions[place], contact)
        for account, amount, place, contact in body["entry"]
    )
    return Entry(body["id"], document, Decimal(body["tax"]), lines)
