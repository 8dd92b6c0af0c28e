"""Sending what was left in the outbox."""

from __future__ import annotations

from uuid import UUID, uuid5

from daybook import telemetry
from daybook.store import outbox, queues
from daybook.store.outbox import Message
from daybook.store.table import Table
from daybook.wire.messages import NotifyMessage, body_of

# When so many companies cannot be sent for, it is none of theirs, and trying costs the time of the rest.
_MOST_STUCK = 10
_NAMESPACE = UUID("0d0f6a4e-58c1-5c0e-8f4b-7b7c1c9f2d35")


def relay(table: Table, message: Message) -> None:
    """Send a message and forget it. Interrupted between the two, it is sent again: receivers expect that."""
    with telemetry.caused_by(message.correlation_id):
        if message.queue == outbox.EVENTS:
            _raise_events(message)
        else:
            queues.send(message.queue, message.body, message.group, message.deduplication)
    outbox.sent(table, message)


def relay_unsent(table: Table, before: str) -> int:
    """Send the messages older than `before` (ISO 8601 in UTC) that still wait; how many there were.

    They are there when the stream's reader failed for longer than it is tried again. One that fails keeps
    back those of its company that follow and no others; at the end the first failure is raised.
    """
    count, stuck = 0, dict[str, Exception]()
    for message in outbox.unsent(table, before):
        if message.company_id in stuck:
            continue
        try:
            relay(table, message)
        except Exception as error:  # noqa: BLE001 - told here, and raised at the end
            told = {"companyId": message.company_id, **telemetry.kind_and_place(error)}
            telemetry.tell("message not sent", told, level="WARNING")
            stuck[message.company_id] = error
            if len(stuck) == _MOST_STUCK:
                break
        else:
            count += 1
    if stuck:
        raise next(iter(stuck.values()))
    return count


def _raise_events(message: Message) -> None:
    """Raise a message's events on the bus, and hand them to the notifier in the order of their company."""
    for number, (event, detail) in enumerate(outbox.events_of(message)):
        event_id = str(uuid5(_NAMESPACE, f"{message.company_id}/{message.id}/{number}"))
        told = NotifyMessage(
            company_id=message.company_id,
            event_id=event_id,
            event=event,
            detail=detail,
            created=message.created,
            place=number,
        )
        queues.put_event(event, detail)
        queues.send(outbox.NOTIFY, body_of(told), message.company_id, event_id)
