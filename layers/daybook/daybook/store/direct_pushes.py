"""Documents that were pushed by themselves, each with the push operation it was asked for by.

Items: `DIRECT#<company>` / push operation key (ordered by time), and `DIRECTNUMBER#<company>` /
`<dataType>#<number>` for a number that the request gave, or `request#<digest>` for the request itself. A push
operation that is not decided yet lies in the index, in one of a few partitions, by the time it last got on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from daybook.domain.direct import NewCustomer
from daybook.domain.direct_documents import Content
from daybook.domain.documents import Document
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.documents import PENDING
from daybook.store.due import shard_of
from daybook.store.packing import pack_document, unpack_document
from daybook.store.table import Absent, Delete, Equals, Item, Put, Table, Write

TIMED_OUT = "TimedOut"
_REQUEST = "request"


@frozen
class Part:
    """One thing to write, and what became of it: PENDING, SENDING, SUCCESS or FAILED.

    SENDING may have been written: it is looked up before it is sent again, however long ago that was. `note`
    says what is odd about one that was written.
    """

    content: Content
    status: str = PENDING
    platform_id: str = ""
    note: str = ""


@frozen
class DirectPush:
    """A push operation of its own: PENDING until it is decided, then SUCCESS, FAILED or TIMED_OUT.

    `deadline` is when it times out unless it was sent before ("": never), `minutes` how long that was given;
    `asked` when it was last asked for (a retry asks anew); `got_on` when it last got on; `number` the one
    that the request gave its document; `request` a digest of a request that may come again, "" for one that
    cannot be told from another. Times are ISO 8601 in UTC.
    """

    key: str
    company_id: str
    connection_id: str
    data_type: str
    parts: tuple[Part, ...]
    requested: str
    asked: str
    got_on: str
    status: str = PENDING
    number: str = ""
    minutes: int = 0
    deadline: str = ""
    completed: str = ""
    error: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
    request: str = ""
    revision: int = 0


def find(table: Table, company_id: str, key: str) -> DirectPush | None:
    """The push operation with this key, or None."""
    item = table.get(*layout.direct_push(company_id, key))
    return _push(item) if item else None


def newest_first(table: Table, company_id: str) -> Iterator[DirectPush]:
    """Every push operation of a company."""
    pk, _ = layout.direct_push(company_id)
    return map(_push, table.query_all(pk, forward=False))


def without_progress(table: Table, shard: int, before: str) -> Iterator[DirectPush]:
    """The undecided push operations of a shard's companies that got on last before this time."""
    items = table.query_all(_partition(shard), between=("0", before), index="GSI1")
    return map(_push, items)


def created(push: DirectPush) -> list[Write]:
    """The writes that keep a new push operation; refused when its request was taken before, or its number."""
    pk, sk = layout.direct_number(push.company_id, _REQUEST, push.request)
    request = [Put({"PK": pk, "SK": sk, "key": push.key}, Absent())] if push.request else []
    return [Put(_item(push), Absent()), *request, *numbered(push)]


def of_request(table: Table, company_id: str, request: str) -> DirectPush | None:
    """The push operation that this request caused before, or None."""
    item = table.get(*layout.direct_number(company_id, _REQUEST, request)) if request else None
    return find(table, company_id, item["key"]) if item else None


def numbered(push: DirectPush) -> list[Write]:
    """The write that takes the number a request gave; refused while another push operation has it."""
    key = _number_key(push)
    return [Put({"PK": key[0], "SK": key[1], "key": push.key}, Absent())] if key else []


def unnumbered(push: DirectPush) -> list[Write]:
    """The write that gives a number back."""
    key = _number_key(push)
    return [Delete(*key, Equals("key", push.key))] if key else []


def has_number(table: Table, push: DirectPush) -> bool:
    """Whether the number that the request gave is this push operation's; also when it gave none."""
    key = _number_key(push)
    item = table.get(*key) if key else {"key": push.key}
    return item is not None and item["key"] == push.key


def changed(push: DirectPush) -> tuple[Put, DirectPush]:
    """The write of a changed push operation, for use in a transaction, and the operation after it."""
    saved = replace(push, revision=push.revision + 1)
    return Put(_item(saved), Equals("revision", push.revision)), saved


def save(table: Table, push: DirectPush, *also: Write) -> DirectPush:
    """Write a push operation as changed, with other writes or not at all.

    Raises ConditionFailed when somebody else changed it.
    """
    write, saved = changed(push)
    table.transact([write, *also])
    return saved


def _number_key(push: DirectPush) -> tuple[str, str] | None:
    return layout.direct_number(push.company_id, push.data_type, push.number) if push.number else None


def _partition(shard: int) -> str:
    return f"DIRECT#{shard:02}"


def _item(push: DirectPush) -> dict[str, Any]:
    pk, sk = layout.direct_push(push.company_id, push.key)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "connection": push.connection_id,
        "dataType": push.data_type,
        "parts": [_packed(part) for part in push.parts],
        "requested": push.requested,
        "asked": push.asked,
        "gotOn": push.got_on,
        "status": push.status,
        "number": push.number,
        "minutes": push.minutes,
        "deadline": push.deadline,
        "completed": push.completed,
        "error": push.error,
        "warnings": [list(each) for each in push.warnings],
        "request": push.request,
        "revision": push.revision,
    }
    if push.status == PENDING:
        item |= {"GSI1PK": _partition(shard_of(push.company_id)), "GSI1SK": f"{push.got_on}#{push.key}"}
    return item


def _packed(part: Part) -> dict[str, Any]:
    content = part.content
    packed: Item
    if isinstance(content, Document):
        packed = {"document": pack_document(content)}
    else:
        packed = {"customer": asdict(content)}
    return {**packed, "status": part.status, "platformId": part.platform_id, "note": part.note}


def _push(item: Item) -> DirectPush:
    return DirectPush(
        key=item["SK"],
        company_id=item["PK"].partition("#")[2],
        connection_id=item["connection"],
        data_type=item["dataType"],
        parts=tuple(map(_part, item["parts"])),
        requested=item["requested"],
        asked=item["asked"],
        got_on=item["gotOn"],
        status=item["status"],
        number=item["number"],
        minutes=item["minutes"],
        deadline=item["deadline"],
        completed=item["completed"],
        error=item["error"],
        warnings=tuple((path, message) for path, message in item["warnings"]),
        request=item["request"],
        revision=item["revision"],
    )


def _part(item: Item) -> Part:
    content: Content = (
        unpack_document(item["document"]) if "document" in item else NewCustomer(**item["customer"])
    )
    return Part(content, item["status"], item["platformId"], item["note"])
