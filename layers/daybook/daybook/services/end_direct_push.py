"""How a document that was pushed by itself ends: its last state, word of it, and its number given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from daybook.domain.instants import iso
from daybook.domain.webhooks import PUSH_OPERATION_STATUS_CHANGED
from daybook.services.runtime import Runtime
from daybook.store import direct_pushes as store
from daybook.store.direct_pushes import TIMED_OUT, DirectPush
from daybook.store.documents import FAILED, PENDING, SENDING, SUCCESS
from daybook.store.outbox import event_put
from daybook.store.table import ConditionFailed

_TIMED_OUT = "It could not be sent within {minutes} minutes and was not written. Retry it, or push it again."
_GIVEN_UP = "It was given up after several tries, and not written. Retry it, or push it again."
_MAY_BE_THERE = (
    "It was given up after several tries. Whether it has reached the accounting software is not known: retry "
    "it, which looks it up there before it is sent again. Do not push it anew before that."
)


def end_direct_push(runtime: Runtime, push: DirectPush, status: str, error: str) -> DirectPush:
    """End a push operation, and raise the event of it. Raises ConditionFailed when it was changed meanwhile.

    Its number is free again unless something of it was, or may have been, written.
    """
    now = iso(runtime.clock.now())
    ended = replace(push, status=status, error=error, completed=now, got_on=now)
    kept = any(part.status in (SENDING, SUCCESS) for part in push.parts)
    detail = {
        "companyId": push.company_id,
        "dataConnectionId": push.connection_id,
        "dataType": push.data_type,
        "status": status,
        "pushOperationKey": push.key,
    }
    event = event_put(PUSH_OPERATION_STATUS_CHANGED, detail, runtime.ids.new(), now)
    given_back = [] if kept or not store.has_number(runtime.table, push) else store.unnumbered(push)
    return store.save(runtime.table, ended, event, *given_back)


def end_if_late(runtime: Runtime, push: DirectPush) -> DirectPush:
    """The push operation, ended when its time is up and nothing of it was sent yet.

    Whoever looks ends it: the worker before it sends, a reader before it answers, the hourly sweep.
    """
    sent = any(part.status != PENDING for part in push.parts)
    if push.status != PENDING or sent or not push.deadline or iso(runtime.clock.now()) < push.deadline:
        return push
    error = _TIMED_OUT.format(minutes=push.minutes)
    return unless_changed(runtime, push, lambda: end_direct_push(runtime, push, TIMED_OUT, error))


def give_up_direct_push(runtime: Runtime, company_id: str, key: str, trouble: str) -> None:
    """End a push operation that could not be carried out in several tries."""
    push = store.find(runtime.table, company_id, key)
    if push is None or push.status != PENDING:
        return
    unclear = any(part.status == SENDING for part in push.parts)
    error = f"{trouble} {_MAY_BE_THERE if unclear else _GIVEN_UP}"
    unless_changed(runtime, push, lambda: end_direct_push(runtime, push, FAILED, error))


def wait_direct_push(runtime: Runtime, company_id: str, key: str, until: str, trouble: str) -> None:
    """Note until when (ISO 8601 in UTC) a push operation waits for another try, and why."""
    push = store.find(runtime.table, company_id, key)
    if push is not None and push.status == PENDING:
        waiting = replace(push, got_on=until, error=trouble)
        unless_changed(runtime, push, lambda: store.save(runtime.table, waiting))


def unless_changed(runtime: Runtime, push: DirectPush, change: Callable[[], DirectPush]) -> DirectPush:
    """The push operation after a change, or as somebody else changed it at the same moment."""
    try:
        return change()
    except ConditionFailed:
        return store.find(runtime.table, push.company_id, push.key) or push
