"""Taking in a document that is pushed by itself: checked, kept, and put in line for its ledger.

Nothing is sent here. The document, its number and the message that has it written are kept in one transaction
(docs/adr/0015); the message takes its turn among the syncs of the same connection.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.domain.direct_documents import Content, written_for
from daybook.domain.documents import Document
from daybook.domain.errors import BadRequest, Problem
from daybook.domain.instants import iso
from daybook.store import direct_pushes as store
from daybook.store.direct_pushes import DirectPush, Part
from daybook.store.documents import FAILED, PENDING
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.table import ConditionFailed, Put
from daybook.wire.messages import DirectPushMessage, body_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.connections import Connection
    from daybook.wire.direct_requests import DirectRequest

_NUMBERS = MappingProxyType({"invoices": "$.invoiceNumber", "creditNotes": "$.creditNoteNumber"})


def request_direct_push(
    runtime: Runtime,
    connection: Connection,
    asked: DirectRequest,
    request_key: str,
    minutes: int,
) -> DirectPush:
    """Keep a document and have it written; the push operation, Pending.

    The same request under the same `request_key` ("": none) is the same push operation, for ever. `minutes`
    is how long it may wait to be sent, 0 for as long as it takes. Raises BadRequest with every problem.
    """
    digest = _digest(connection, asked, request_key)
    earlier = store.of_request(runtime.table, connection.company_id, digest)
    if earlier is not None:
        return earlier
    key, now = runtime.ids.new(), runtime.clock.now()
    contents = written_for(asked.asked(), runtime.platform_for(connection).reference_data(), key)
    _refuse_paying_syncs(runtime, connection, contents)
    push = DirectPush(
        key=key,
        company_id=connection.company_id,
        connection_id=connection.id,
        data_type=asked.data_type,
        parts=tuple(map(Part, contents)),
        requested=iso(now),
        asked=iso(now),
        got_on=iso(now),
        number=asked.number,
        minutes=minutes,
        deadline=deadline(now, minutes),
        warnings=tuple(asked.warnings()),
        request=digest,
    )
    try:
        runtime.table.transact([*store.created(push), direct_push_message(runtime, push)])
    except ConditionFailed:
        earlier = store.of_request(runtime.table, connection.company_id, digest)
        if earlier is None:
            raise _taken(push) from None
        return earlier
    return push


def direct_push_message(runtime: Runtime, push: DirectPush) -> Put:
    """The write that has a push operation carried out, in its turn."""
    message = DirectPushMessage(
        company_id=push.company_id, connection_id=push.connection_id, push_operation_key=push.key
    )
    now = iso(runtime.clock.now())
    return outbox_put(PUSH, push.connection_id, body_of(message), runtime.ids.new(), now)


def deadline(now: datetime, minutes: int) -> str:
    """When a push operation times out, "" for never."""
    return iso(now + timedelta(minutes=minutes)) if minutes else ""


def _digest(connection: Connection, asked: DirectRequest, request_key: str) -> str:
    if not request_key:
        return ""
    whole = f"{connection.id}\x00{asked.data_type}\x00{request_key}\x00{asked.model_dump_json()}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _refuse_paying_syncs(runtime: Runtime, connection: Connection, contents: tuple[Content, ...]) -> None:
    """A sync settles its own documents from the records; paid from elsewhere they would be paid twice."""
    settled = {each.settles for each in contents if isinstance(each, Document) and each.settles}
    if not settled:
        return
    for item in runtime.days.every_open_item(connection.company_id):
        if item.platform_id in settled:
            message = f"{item.reference} was written by a sync, which writes its payments from the records"
            raise BadRequest(
                f"The payment cannot be written: {message}.", [Problem("$.lines", message, "sync")]
            )


def _taken(push: DirectPush) -> BadRequest:
    message = f"the number {push.number} was given to another document that was pushed; use another"
    problem = Problem(_NUMBERS.get(push.data_type, "$"), message, "number")
    return BadRequest(f"The document cannot be written: {message}.", [problem])


def asked_again(push: DirectPush, now: datetime) -> DirectPush:
    """A push operation as it is when it is asked for once more: what failed is pending again.

    What may have been sent stays so marked and is looked up before anything else.
    """
    parts = tuple(replace(part, status=PENDING) if part.status == FAILED else part for part in push.parts)
    return replace(
        push,
        parts=parts,
        status=PENDING,
        error="",
        completed="",
        asked=iso(now),
        got_on=iso(now),
        deadline=deadline(now, push.minutes),
    )
