"""Trying documents that were pushed by themselves again, each only when it is named.

Retried unasked, one that failed long ago could book again what the partner has since pushed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound
from daybook.services.end_direct_push import end_if_late
from daybook.services.identifiers import identifier
from daybook.services.request_direct_push import asked_again, direct_push_message
from daybook.store import connections
from daybook.store import direct_pushes as store
from daybook.store.connections import LINKED
from daybook.store.direct_pushes import TIMED_OUT, DirectPush
from daybook.store.documents import FAILED, PENDING
from daybook.store.table import ConditionFailed

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

# Of the newest push operations as many are looked through for what was not retried.
_LOOKED_AT = 200
NOT_NAMED = "A document pushed by itself is tried again only when its key is sent in pushOperationKeys."
_NO_RETRY = "There is no failed push operation of a single document with this key."
_NOT_LINKED = "Its accounting software is not linked. Link it, then retry."
_NUMBER_TAKEN = "Its number was given to another document meanwhile. Push it again under another number."
_CHANGED = "It was changed at this moment. Look at it again."
_ENDED = (FAILED, TIMED_OUT)

Refusals = list[tuple[str, str]]


def retry_direct_pushes(
    runtime: Runtime, company: Company, keys: Iterable[str]
) -> tuple[list[DirectPush], Refusals]:
    """Try these again: the push operations that are Pending now, and the other keys, each with its reason."""
    retried: list[DirectPush] = []
    refused: Refusals = []
    for key in dict.fromkeys(keys):
        found = _failed(runtime, company, key)
        outcome = _retry(runtime, found) if found is not None else _NO_RETRY
        if isinstance(outcome, DirectPush):
            retried.append(outcome)
        else:
            refused.append((key, outcome))
    return retried, refused


def failed_direct_pushes(runtime: Runtime, company: Company) -> Refusals:
    """The failed among the newest push operations, with the reason for which they are left alone."""
    newest = islice(store.newest_first(runtime.table, company.id), _LOOKED_AT)
    return [(push.key, NOT_NAMED) for push in newest if end_if_late(runtime, push).status in _ENDED]


def _failed(runtime: Runtime, company: Company, key: str) -> DirectPush | None:
    try:
        push = store.find(runtime.table, company.id, identifier(key, "push operation"))
    except NotFound:
        return None
    push = end_if_late(runtime, push) if push is not None else None
    return push if push is not None and push.status in _ENDED else None


def _retry(runtime: Runtime, push: DirectPush) -> DirectPush | str:
    """The push operation as it waits to be sent again, or why it does not."""
    try:
        connection = connections.get(runtime.table, push.company_id, push.connection_id)
    except NotFound:
        return _NOT_LINKED
    if connection.status != LINKED:
        return _NOT_LINKED
    mine = store.has_number(runtime.table, push)
    number = [] if mine else store.numbered(push)
    again = asked_again(push, runtime.clock.now())
    try:
        return store.save(runtime.table, again, direct_push_message(runtime, push), *number)
    except ConditionFailed:
        latest = store.find(runtime.table, push.company_id, push.key)
        if latest is not None and latest.status == PENDING:
            return latest
        return _NUMBER_TAKEN if number else _CHANGED
