"""Sending an event to the address a partner gave, again and again for a day, then no more.

A failed message is hidden where it lies until it is worth another try: nobody works or waits meanwhile, what
follows it of the same company to the same subscription keeps its place, and everybody else's goes on. After
24 hours the subscription is disabled and its owner told; what follows is kept as not delivered, to be resent
(specification: sync, events and webhooks).
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound
from daybook.domain.instants import iso
from daybook.domain.webhooks import WEBHOOK_TEST, next_wait, signed_headers
from daybook.outside.addresses import AddressRefused
from daybook.outside.sender import NotReached
from daybook.services.raise_event import webhook_disabled
from daybook.store import queues, webhooks
from daybook.store.outbox import DELIVER
from daybook.store.table import ConditionFailed
from daybook.store.webhooks import (
    DELIVERED,
    FAILED,
    NOT_DELIVERED,
    PENDING,
    Attempt,
    Delivery,
    Event,
    Subscription,
)

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.wire.messages import DeliverMessage

_USER_AGENT = "Daybook-Webhooks/1"
# Of an answer that says what is wrong, as much is kept.
_WORDS = 200
_TRIES = 5
GONE = "The receiver answered 410 Gone."
GIVEN_UP = "An event could not be delivered for 24 hours."


class Later(Exception):
    """The message is hidden and will be received again."""


def receive(runtime: Runtime, message: DeliverMessage, receipt: str) -> None:
    """Send a message's event. Raises Later when it must be received again; it is hidden until then."""
    seconds = deliver(runtime, message)
    if seconds:
        queues.hide(DELIVER, receipt, seconds)
        raise Later


def deliver(runtime: Runtime, message: DeliverMessage) -> int:
    """Send an event once; after how many seconds to try again, 0 when there is nothing more to do."""
    delivery = webhooks.find_delivery(runtime.table, message.webhook_id, message.delivery_id)
    if delivery is None or delivery.status != PENDING or delivery.round != message.round:
        return 0
    early = _seconds_until(runtime, delivery.next_attempt)
    if early > 0:  # hiding it did not succeed
        return early
    try:
        subscription = webhooks.get(runtime.table, message.client_id, message.webhook_id)
    except NotFound:
        return 0
    event = webhooks.find_event(runtime.table, delivery.subject, delivery.event_id)
    is_test = delivery.event_type == WEBHOOK_TEST
    if event is None or (subscription.disabled and not is_test):
        runtime.table.transact([webhooks.changed_delivery(replace(delivery, status=NOT_DELIVERED))])
        return 0
    attempt = _attempt(runtime, subscription, event)
    tried = replace(
        delivery,
        tried=delivery.tried + 1,
        since=delivery.since or attempt.at,
        next_attempt="",
        attempts=(*delivery.attempts, attempt),
    )
    if not attempt.error:
        return _end(runtime, replace(tried, status=DELIVERED))
    if is_test:
        return _end(runtime, replace(tried, status=FAILED))
    if attempt.status_code == HTTPStatus.GONE:
        return _give_up(runtime, subscription, tried, GONE)
    return _try_again(runtime, subscription, tried)


def _attempt(runtime: Runtime, subscription: Subscription, event: Event) -> Attempt:
    now = runtime.clock.now()
    body = event.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        **signed_headers(_secrets(runtime, subscription, iso(now)), event.id, int(now.timestamp()), body),
    }
    started = time.monotonic()
    status, error = 0, ""
    try:
        answer = runtime.sender.post(subscription.url, headers, body)
    except (AddressRefused, NotReached) as failed:
        error = failed.message
    else:
        status = answer.status
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            error = _first_words(answer.body) or f"The receiver answered {status}."
    return Attempt(iso(now), status, round((time.monotonic() - started) * 1000), error)


def _secrets(runtime: Runtime, subscription: Subscription, now: str) -> list[str]:
    """The secrets in force, the newest first."""
    return [
        runtime.cipher.decrypt(secret.sealed, subscription.id)
        for secret in subscription.secrets
        if not secret.until or secret.until > now
    ]


def _try_again(runtime: Runtime, subscription: Subscription, tried: Delivery) -> int:
    now = runtime.clock.now()
    seconds = next_wait(tried.tried, datetime.fromisoformat(tried.since), now)
    if seconds is None:
        return _give_up(runtime, subscription, tried, GIVEN_UP)
    again = iso(now + timedelta(seconds=seconds))
    runtime.table.transact([webhooks.changed_delivery(replace(tried, next_attempt=again))])
    return seconds


def _give_up(runtime: Runtime, subscription: Subscription, tried: Delivery, reason: str) -> int:
    """Disable the subscription and tell its owner, with the end of the delivery."""
    ended = webhooks.changed_delivery(replace(tried, status=FAILED))
    for _ in range(_TRIES):
        disabled = replace(subscription, disabled=True, reason=reason, disabled_at=iso(runtime.clock.now()))
        write, after = webhooks.changed(disabled)
        told = webhook_disabled(runtime, after)
        try:
            runtime.table.transact([write, ended, told])
        except ConditionFailed as failed:
            if failed.index != 0:
                raise
        else:
            return 0
        try:
            subscription = webhooks.get(runtime.table, subscription.client_id, subscription.id)
        except NotFound:
            return 0
        if subscription.disabled:
            runtime.table.transact([ended])
            return 0
    raise TimeoutError("the subscription was changed again and again")


def _end(runtime: Runtime, delivery: Delivery) -> int:
    runtime.table.transact([webhooks.changed_delivery(delivery)])
    return 0


def _seconds_until(runtime: Runtime, moment: str) -> int:
    if not moment:
        return 0
    left = datetime.fromisoformat(moment) - runtime.clock.now()
    return -int(-left.total_seconds() // 1)


def _first_words(body: bytes) -> str:
    text = body[: _WORDS * 4].decode(errors="replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_WORDS]
