"""What happens to a message whose work failed: received again later, and in the end given up.

FIFO queues delay no single message, so the message is hidden where it lies: nobody works or waits meanwhile,
and what follows it (the same company, the same connection) keeps its place. Other groups go on.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from daybook.domain.errors import PlatformError, PlatformUnavailable
from daybook.domain.instants import iso
from daybook.frozen import frozen
from daybook.services.end_direct_push import give_up_direct_push, wait_direct_push
from daybook.services.finish_sync import end_early
from daybook.services.runtime import Runtime
from daybook.store import queues
from daybook.store.syncs import PLANNING, PUSHING
from daybook.store.table import ConditionFailed

SERVER = 5000
# The template gives a message to its dead-letter queue after as many.
MOST_RECEIVES = 5
# Seconds before the second receive; each later wait is four times as long.
_FIRST_WAIT, _TIMES = 60, 4
_UNKNOWN = "Something went wrong in this service."


@frozen
class Received:
    """A message of the queue `sync` or `push`: how to name it, how often it was received, what it is about.

    `sync_id` is "" for a message that starts whichever sync is next, and for one of the push operation with
    `push_operation_key`, a document that was pushed by itself.
    """

    queue: str
    receipt: str
    receives: int
    company_id: str
    sync_id: str
    push_operation_key: str = ""


def receive_again(runtime: Runtime, message: Received, error: BaseException | None) -> int:
    """Hide a failed message until it is worth another try; for how many seconds.

    After the last receive its sync is ended instead, and the queue gives the message up.
    """
    trouble = error.message if isinstance(error, PlatformError) else _UNKNOWN
    if message.receives >= MOST_RECEIVES:
        if message.push_operation_key:
            give_up_direct_push(runtime, message.company_id, message.push_operation_key, trouble)
        else:
            give_up(runtime, message, trouble)
        return 0
    asked = error.retry_after if isinstance(error, PlatformUnavailable) else None
    seconds = _wait(message.receives, asked or 0)
    again = iso(runtime.clock.now() + timedelta(seconds=seconds))
    if message.push_operation_key:
        wait_direct_push(runtime, message.company_id, message.push_operation_key, again, trouble)
    else:
        sync_id = message.sync_id or runtime.syncs.active(message.company_id)
        if sync_id:
            runtime.syncs.progressed(message.company_id, sync_id, again, trouble)
    queues.hide(message.queue, message.receipt, seconds)
    return seconds


def give_up(runtime: Runtime, message: Received, trouble: str) -> None:
    """End the sync that a message could not carry on."""
    sync_id = message.sync_id or runtime.syncs.active(message.company_id)
    sync = runtime.syncs.get(message.company_id, sync_id) if sync_id else None
    if sync is None or sync.stage != (PUSHING if message.sync_id else PLANNING):
        return
    try:
        end_early(runtime, sync, SERVER, given_up(trouble))
    except ConditionFailed:  # it got on after all
        return


def given_up(trouble: str) -> str:
    """What a merchant reads of a sync that was given up."""
    return (
        f"{trouble or _UNKNOWN} The sync was given up after several tries. What was written before stays, "
        "and the next sync writes what is missing, once; nothing needs to be done unless it fails again."
    )


def _wait(receives: int, asked: int) -> int:
    """Seconds to wait: as long as the platform asked for, else longer each time; never all at one moment."""
    longest: int = _FIRST_WAIT * _TIMES ** (receives - 1)
    if asked:
        return max(asked, 1) + secrets.randbelow(_FIRST_WAIT)
    return longest // 2 + secrets.randbelow(longest // 2 + 1)
