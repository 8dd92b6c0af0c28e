"""Sending what was left in the outbox."""

from __future__ import annotations

from daybook.store import outbox, queues
from daybook.store.table import Table


def relay(table: Table, pk: str, sk: str) -> None:
    """Send the message with this key and forget it; nothing happens when it was sent before."""
    message = outbox.read(table, pk, sk)
    if message is not None:
        _send(table, message)


def relay_unsent(table: Table, before: str) -> int:
    """Send the messages older than `before` (ISO 8601 in UTC) that still wait; how many there were.

    They are there when the stream's reader failed for longer than it is tried again.
    """
    count = 0
    for message in outbox.unsent(table, before):
        _send(table, message)
        count += 1
    return count


def _send(table: Table, message: outbox.Message) -> None:
    if message.queue == outbox.EVENTS:
        queues.put_event(message.body["event"], message.body["detail"])
    else:
        queues.send(message.queue, message.body, message.group, message.deduplication)
    outbox.sent(table, message)
