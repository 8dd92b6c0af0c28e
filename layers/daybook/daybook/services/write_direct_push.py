"""Writing documents that were pushed by themselves, each exactly once, as those of a sync are written.

A document is marked as being sent before it is sent, and looked up by its reference before it is sent again.
It moves nothing that is posted of a day: no projection, no difference and no tie-out knows of it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document
from daybook.domain.errors import (
    AuthorisationLost,
    NotFound,
    PlatformRejected,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.instants import iso
from daybook.domain.ledger import Written, difference
from daybook.domain.money import ZERO
from daybook.platforms.interface import Platform, write_one
from daybook.services.end_direct_push import end_direct_push, end_if_late
from daybook.services.finish_sync import deauthorise
from daybook.services.runtime import Runtime
from daybook.store import companies, connections
from daybook.store import direct_pushes as store
from daybook.store.connections import LINKED
from daybook.store.direct_pushes import DirectPush, Part
from daybook.store.documents import FAILED, PENDING, SENDING, SUCCESS

_NOT_LINKED = "The accounting software is not linked. Link it, then retry this push."
_LINK_AGAIN = "Link the accounting software again, then retry this push."
_RENEW = "Renew the accounting software's subscription, then retry this push."
_UNCLEAR = "No answer came. It is looked up in the accounting software before it is sent again."


def write_direct_push(runtime: Runtime, company_id: str, key: str) -> None:
    """Write what a push operation asks for, and end it; nothing happens when it was decided before.

    Raises PlatformUnavailable or PlatformUnclear when the message must be received again.
    """
    push = store.find(runtime.table, company_id, key)
    push = end_if_late(runtime, push) if push is not None else None
    if push is None or push.status != PENDING or not _company_exists(runtime, company_id):
        return
    platform = _platform(runtime, push)
    if platform is None:
        end_direct_push(runtime, push, FAILED, _NOT_LINKED)
        return
    for place in range(len(push.parts)):
        if push.parts[place].status == SUCCESS:
            continue
        try:
            push = _write_part(runtime, platform, push, place)
        except SubscriptionExpired as expired:
            _end_as_found(runtime, push, f"{expired.message} {_RENEW}")
            return
        except AuthorisationLost as lost:
            deauthorise(runtime, company_id, f"{lost.message} {_LINK_AGAIN}")
            _end_as_found(runtime, push, f"{lost.message} {_LINK_AGAIN}")
            return
        if push.status != PENDING:
            return


def _company_exists(runtime: Runtime, company_id: str) -> bool:
    try:
        companies.find(runtime.table, company_id)
    except NotFound:
        return False
    return True


def _platform(runtime: Runtime, push: DirectPush) -> Platform | None:
    """The ledger, None when it is out of reach until the merchant links it again."""
    try:
        connection = connections.get(runtime.table, push.company_id, push.connection_id)
    except NotFound:
        return None
    return runtime.platform_for(connection) if connection.status == LINKED else None


def _write_part(runtime: Runtime, platform: Platform, push: DirectPush, place: int) -> DirectPush:
    part = push.parts[place]
    # A number of somebody else's choice may be in use: one that is there before we sent anything is not ours.
    if part.status == SENDING or push.number:
        found = _find(platform, part)
        if found is not None and part.status == SENDING and found.total == _total(part):
            return _confirm(runtime, push, place, found)
        if found is not None:
            return end_direct_push(runtime, push, FAILED, _in_use(part, found))
    push = _changed(runtime, push, place, replace(part, status=SENDING))
    try:
        written = _write(platform, part)
    except PlatformRejected as rejected:
        # A number that is taken is refused as well: is it by this very document?
        found = _find(platform, part)
        if found is not None and found.total == _total(part):
            return _confirm(runtime, push, place, found)
        refused = _with(push, place, replace(part, status=FAILED))
        return end_direct_push(runtime, refused, FAILED, rejected.message)
    except PlatformUnclear:
        store.save(runtime.table, replace(push, error=_UNCLEAR))
        raise
    return _confirm(runtime, push, place, written)


def _find(platform: Platform, part: Part) -> Written | None:
    """What the ledger has under this reference. Customers are found by whoever adds them, by their name."""
    content = part.content
    if isinstance(content, NewCustomer):
        return None
    return platform.find(content.kind, content.reference, content.dated)


def _write(platform: Platform, part: Part) -> Written:
    content = part.content
    if isinstance(content, NewCustomer):
        return Written(platform.create_customer(content).id, _total(part))
    return write_one(platform, content)


def _total(part: Part) -> Decimal:
    return part.content.total if isinstance(part.content, Document) else ZERO


def _confirm(runtime: Runtime, push: DirectPush, place: int, written: Written) -> DirectPush:
    part = push.parts[place]
    note = difference(part.content, written) if isinstance(part.content, Document) else ""
    part = replace(part, status=SUCCESS, platform_id=written.platform_id, note=note)
    confirmed = replace(_with(push, place, part), error="")
    if all(each.status == SUCCESS for each in confirmed.parts):
        notes = " ".join(each.note for each in confirmed.parts if each.note)
        return end_direct_push(runtime, confirmed, SUCCESS, notes)
    return _save(runtime, confirmed)


def _in_use(part: Part, found: Written) -> str:
    reference = part.content.reference if isinstance(part.content, Document) else ""
    return (
        f"The accounting software already has a document numbered {reference} with a total of {found.total}. "
        "So that nothing is booked twice, this one was not sent. Delete that document or give it another "
        "number there, then retry; or push this one under another number."
    )


def _end_as_found(runtime: Runtime, push: DirectPush, error: str) -> None:
    """End a push operation as it is kept now: marks made on the way to the error are part of it."""
    latest = store.find(runtime.table, push.company_id, push.key)
    if latest is not None and latest.status == PENDING:
        end_direct_push(runtime, latest, FAILED, error)


def _changed(runtime: Runtime, push: DirectPush, place: int, part: Part) -> DirectPush:
    return _save(runtime, _with(push, place, part))


def _with(push: DirectPush, place: int, part: Part) -> DirectPush:
    return replace(push, parts=(*push.parts[:place], part, *push.parts[place + 1 :]))


def _save(runtime: Runtime, push: DirectPush) -> DirectPush:
    return store.save(runtime.table, replace(push, got_on=iso(runtime.clock.now())))
