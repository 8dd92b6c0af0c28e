"""Subscriptions to events, the events on their way to them, and what became of each delivery.

A subscription lies under its client. An event's body is kept once, under what it is about (a company, or the
subscription that a test is for), so that it goes with the company; a delivery only names it. Events and
deliveries expire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from daybook.domain.errors import BadRequest, NotFound
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Delete, Equals, Exists, Item, Put, Table, Write

MOST_SUBSCRIPTIONS = 20
PENDING, DELIVERED, FAILED, NOT_DELIVERED = "Pending", "Delivered", "Failed", "NotDelivered"
# Of a delivery that was resent again and again, the latest attempts are kept.
_MOST_ATTEMPTS = 50


@frozen
class Secret:
    """What signs a subscription's events, encrypted; `until` (ISO 8601, UTC) once it is replaced."""

    sealed: str
    until: str = ""


@frozen
class Subscription:
    """Where a client wants to be told of what. No event types are all; no company id is every company.

    Times are ISO 8601 in UTC. `reason` and `disabled_at` say why and since when it is disabled.
    """

    id: str
    client_id: str
    url: str
    created: str
    secrets: tuple[Secret, ...]
    event_types: tuple[str, ...] = ()
    company_id: str = ""
    disabled: bool = False
    reason: str = ""
    disabled_at: str = ""
    revision: int = 0


@frozen
class Event:
    """The body of an event as it is sent, every time the same. `expires` is in seconds of Unix time."""

    subject: str
    id: str
    type: str
    body: str
    created: str
    expires: int


@frozen
class Attempt:
    """One try: when, the answer's status (0 when none came), how long it took, what failed in few words."""

    at: str
    status_code: int
    milliseconds: int
    error: str = ""


@frozen
class Delivery:
    """One event on its way to one subscription.

    `round` counts how often it was resent, `tried` the attempts of this round; `since` is when the round's
    first attempt was made, `next_attempt` when it may be tried again.
    """

    id: str
    webhook_id: str
    client_id: str
    subject: str
    event_id: str
    event_type: str
    created: str
    expires: int
    status: str = PENDING
    round: int = 0
    tried: int = 0
    since: str = ""
    next_attempt: str = ""
    attempts: tuple[Attempt, ...] = ()
    revision: int = 0


def create(table: Table, subscription: Subscription) -> None:
    """Keep a new subscription. Raises BadRequest when the client has as many as it may."""
    pk, sk = layout.subscription(subscription.client_id, subscription.id)
    while True:
        counted = _counted(table, subscription.client_id, 1)
        try:
            table.transact([counted, Put({"PK": pk, "SK": sk, **_plain(subscription)}, Absent())])
        except ConditionFailed as failed:
            if failed.index != 0:  # only another change of the count is worth another try
                raise
        else:
            return


def get(table: Table, client_id: str, webhook_id: str) -> Subscription:
    """A client's subscription. Raises NotFound."""
    item = table.get(*layout.subscription(client_id, webhook_id))
    if item is None:
        raise NotFound("webhook")
    return _subscription(item)


def list_subscriptions(table: Table, client_id: str) -> list[Subscription]:
    """A client's subscriptions, oldest first (ids are ordered by time)."""
    pk, begins = layout.subscription(client_id)
    return [_subscription(item) for item in table.query_all(pk, begins=begins)]


def changed(subscription: Subscription) -> tuple[Put, Subscription]:
    """The write for a changed subscription, for use in a transaction, and the subscription after it."""
    saved = replace(subscription, revision=subscription.revision + 1)
    pk, sk = layout.subscription(saved.client_id, saved.id)
    item = {"PK": pk, "SK": sk, **_plain(saved)}
    return Put(item, Equals("revision", subscription.revision)), saved


def save(table: Table, subscription: Subscription) -> Subscription:
    """Write a subscription as changed. Raises ConditionFailed when somebody else changed it."""
    write, saved = changed(subscription)
    table.put(write.item, write.condition)
    return saved


def delete(table: Table, client_id: str, webhook_id: str) -> None:
    """Forget a subscription with its secrets. Raises NotFound. What was delivered to it expires."""
    while True:
        gone = Delete(*layout.subscription(client_id, webhook_id), Exists())
        try:
            table.transact([_counted(table, client_id, -1), gone])
        except ConditionFailed as failed:
            if failed.index != 0:
                raise NotFound("webhook") from None
        else:
            return


def event_put(event: Event) -> Put:
    """The write that keeps an event, for use in a transaction; the same one again changes nothing."""
    pk, sk = layout.event(event.subject, event.id)
    return Put({"PK": pk, "SK": sk, **asdict(event)})


def find_event(table: Table, subject: str, event_id: str) -> Event | None:
    """An event, as long as it is kept."""
    item = table.get(*layout.event(subject, event_id))
    return Event(**{name: item[name] for name in Event.__dataclass_fields__}) if item else None


def delivery_put(delivery: Delivery) -> Put:
    """The write that keeps a new delivery, for use in a transaction."""
    pk, sk = layout.delivery(delivery.webhook_id, delivery.id)
    return Put({"PK": pk, "SK": sk, **_plain(delivery)}, Absent())


def find_delivery(table: Table, webhook_id: str, delivery_id: str) -> Delivery | None:
    """A delivery, as long as it is kept."""
    item = table.get(*layout.delivery(webhook_id, delivery_id))
    return _delivery(item) if item else None


def deliveries(table: Table, webhook_id: str) -> Iterator[Delivery]:
    """A subscription's deliveries, newest first (ids are ordered by time)."""
    items = table.query_all(layout.delivery(webhook_id)[0], forward=False)
    return (_delivery(item) for item in items)


def changed_delivery(delivery: Delivery) -> Put:
    """The write for a changed delivery, for use in a transaction."""
    kept = replace(delivery, revision=delivery.revision + 1, attempts=delivery.attempts[-_MOST_ATTEMPTS:])
    pk, sk = layout.delivery(delivery.webhook_id, delivery.id)
    return Put({"PK": pk, "SK": sk, **_plain(kept)}, Equals("revision", delivery.revision))


def _counted(table: Table, client_id: str, more: int) -> Write:
    """The write that counts a subscription more or less. Raises BadRequest for one too many."""
    pk, sk = layout.subscriptions(client_id)
    item = table.get(pk, sk)
    count = item["count"] if item else 0
    if more > 0 and count >= MOST_SUBSCRIPTIONS:
        raise BadRequest(f"A client has at most {MOST_SUBSCRIPTIONS} webhooks. Delete one first.")
    unchanged = Equals("count", count) if item else Absent()
    return Put({"PK": pk, "SK": sk, "count": count + more}, unchanged)


def _plain(kept: Subscription | Delivery) -> Item:
    values = asdict(kept)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _subscription(item: Item) -> Subscription:
    values = {name: item[name] for name in Subscription.__dataclass_fields__}
    values["event_types"] = tuple(values["event_types"])
    return Subscription(**{**values, "secrets": tuple(Secret(**secret) for secret in values["secrets"])})


def _delivery(item: Item) -> Delivery:
    values = {name: item[name] for name in Delivery.__dataclass_fields__}
    return Delivery(**{**values, "attempts": tuple(Attempt(**attempt) for attempt in values["attempts"])})
