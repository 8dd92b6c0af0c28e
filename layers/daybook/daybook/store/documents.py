"""Documents on their way into a ledger, and for ever after.

A document is stored before it is sent and never removed. Items: `DOCUMENTS#<company>` / `<day>#<reference>`,
listed newest sync first by the index (`DOCUMENTS#<company>` / `<sync>#<ordinal>`), and found by its key
through `DOCUMENT#<company>` / `<key>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from daybook.domain.documents import Document
from daybook.frozen import frozen
from daybook.store.packing import pack_document, unpack_document
from daybook.store.table import Absent, Check, Condition, Delete, Equals, Item, Put, Table, Write

PENDING, SENDING, SUCCESS, FAILED, CANCELLED = "Pending", "Sending", "Success", "Failed", "Cancelled"
# Of these the fate is not settled: the day's posted amounts do not tell the whole story yet.
OUTSTANDING = (PENDING, SENDING)

_NAMESPACE = UUID("6d6c8a53-5f0c-5a35-9f5b-0f8a5c0d7b11")


@frozen
class StoredDocument:
    """A document and what became of it.

    `key` is the same for the same company and reference, always; `parts` says where the records it is made of
    are kept.
    """

    key: str
    company_id: str
    sync_id: str
    ordinal: int
    document: Document
    status: str = PENDING
    requested: str = ""
    completed: str = ""
    platform_id: str = ""
    platform_total: str = ""
    platform_tax: str = ""
    error: str = ""
    parts: str = ""
    revision: int = 0


def document_key(company_id: str, reference: str) -> str:
    """The id under which the API knows a document."""
    return str(uuid5(_NAMESPACE, f"{company_id}/{reference}"))


@frozen
class DocumentStore:
    """Keeps documents in the table."""

    table: Table

    def of_day(self, company_id: str, day: str) -> list[StoredDocument]:
        """Every document of a business day, in the order they were planned."""
        items = self.table.query_all(f"DOCUMENTS#{company_id}", begins=f"{day}#")
        return sorted((_stored(item) for item in items), key=lambda stored: (stored.sync_id, stored.ordinal))

    def get(self, company_id: str, day: str, reference: str) -> StoredDocument | None:
        """The document of a business day with this reference."""
        item = self.table.get(f"DOCUMENTS#{company_id}", f"{day}#{reference}")
        return _stored(item) if item else None

    def newest_first(self, company_id: str) -> Iterator[StoredDocument]:
        """Every document of a company, the newest sync's first. The index may lag a moment."""
        items = self.table.query_all(f"DOCUMENTS#{company_id}", index="GSI1", forward=False)
        return (_stored(item) for item in items)

    def of_sync(
        self, company_id: str, sync_id: str, limit: int, last: StoredDocument | None = None
    ) -> tuple[list[StoredDocument], bool]:
        """Some documents of a sync, those after `last`, and whether there are more. The index may lag."""
        begins, place = f"{sync_id}#", None
        if last is not None:
            item = _item(last)
            place = {name: item[name] for name in ("PK", "SK", "GSI1PK", "GSI1SK")}
        page = self.table.query(
            f"DOCUMENTS#{company_id}", begins=begins, index="GSI1", limit=limit + 1, after=place
        )
        return [_stored(item) for item in page.items[:limit]], len(page.items) > limit

    def find(self, company_id: str, key: str) -> StoredDocument | None:
        """The document with this key."""
        pointer = self.table.get(f"DOCUMENT#{company_id}", key)
        if pointer is None:
            return None
        item = self.table.get(f"DOCUMENTS#{company_id}", pointer["document"])
        return _stored(item) if item else None

    def planned(self, stored: StoredDocument) -> list[Write]:
        """The writes that store a document before anything is sent."""
        pointer = {"PK": f"DOCUMENT#{stored.company_id}", "SK": stored.key, "document": _sort_key(stored)}
        return [Put(_item(stored), Absent()), Put(pointer)]

    def discard(self, company_id: str, day: str, sync_id: str, unplanned: Check) -> None:
        """Remove what an interrupted planning of this sync left of a day; nothing of it was ever sent.

        Raises ConditionFailed, also when `unplanned` does not hold: then it is no remainder.
        """
        for stored in self.of_day(company_id, day):
            if stored.sync_id == sync_id:
                gone = Delete(f"DOCUMENTS#{company_id}", _sort_key(stored), Equals("status", PENDING))
                self.table.transact([gone, unplanned])

    def save(self, stored: StoredDocument) -> StoredDocument:
        """Write a document as changed. Raises ConditionFailed when somebody else changed it."""
        write, saved = self.changed(stored)
        self.table.put(write.item, write.condition)
        return saved

    def changed(self, stored: StoredDocument) -> tuple[Put, StoredDocument]:
        """The write for a changed document, for use in a transaction, and the document after it."""
        saved = replace(stored, revision=stored.revision + 1)
        condition: Condition = Equals("revision", stored.revision)
        return Put(_item(saved), condition), saved


def _sort_key(stored: StoredDocument) -> str:
    return f"{stored.document.day.isoformat()}#{stored.document.reference}"


def _item(stored: StoredDocument) -> dict[str, Any]:
    return {
        "PK": f"DOCUMENTS#{stored.company_id}",
        "SK": _sort_key(stored),
        "GSI1PK": f"DOCUMENTS#{stored.company_id}",
        "GSI1SK": f"{stored.sync_id}#{stored.ordinal:05}",
        "key": stored.key,
        "company": stored.company_id,
        "sync": stored.sync_id,
        "ordinal": stored.ordinal,
        "document": pack_document(stored.document),
        "status": stored.status,
        "requested": stored.requested,
        "completed": stored.completed,
        "platformId": stored.platform_id,
        "platformTotal": stored.platform_total,
        "platformTax": stored.platform_tax,
        "error": stored.error,
        "parts": stored.parts,
        "revision": stored.revision,
    }


def _stored(item: Item) -> StoredDocument:
    return StoredDocument(
        key=item["key"],
        company_id=item["company"],
        sync_id=item["sync"],
        ordinal=item["ordinal"],
        document=unpack_document(item["document"]),
        status=item["status"],
        requested=item["requested"],
        completed=item["completed"],
        platform_id=item["platformId"],
        platform_total=item["platformTotal"],
        platform_tax=item["platformTax"],
        error=item["error"],
        parts=item["parts"],
        revision=item["revision"],
    )
