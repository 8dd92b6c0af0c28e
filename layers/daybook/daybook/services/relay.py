"""Sending what was left in the outbox."""

from __future__ import annotations

from daybook.store import outbox, queues
from daybook.store.outbox import Message
from daybook.store.table import Table


def relay(table: Table, message: Message) -> None:
    """Send a message and forget it. Interrupted between the two, it is sent again: receivers expect that."""
    if message.queue == outbox.EVENTS:
        queues.put_event(message.body["event"], message.body["detail"])
    else:
        queues.send(message.queue, message.body, message.group, message.deduplication)
    outbox.sent(table, message)


def relay_unsent(table: Table, before: str) -> int:
    """Send the messages older than `before` (ISO 8601 in UTC) that still wait; how many there were.

    They are there when the stream's reader failed for longer than it is tried again.
    """
    count = 0
    for message in outbox.unsent(table, before):
        relay(table, message)
        count += 1
    return count
