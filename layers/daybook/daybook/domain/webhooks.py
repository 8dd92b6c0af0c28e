"""What is sent to a partner's own address when something happens: which events, when again, how signed.

Signed as Standard Webhooks prescribes (specification: sync, events and webhooks): over the event's id, the
second of sending and the very bytes of the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

COMPANY_CREATED, COMPANY_DELETED = "company.created", "company.deleted"
CONNECTION_CREATED, CONNECTION_CONNECTED = "connection.created", "connection.connected"
CONNECTION_RECONNECTED, CONNECTION_DISCONNECTED = "connection.reconnected", "connection.disconnected"
CONNECTION_DELETED, SYNC_CONNECTION_DELETED = "connection.deleted", "SyncConnectionDeleted"
SYNC_COMPLETED, SYNC_FAILED, SYNC_DISABLED = "SyncCompleted", "SyncFailed", "sync.disabled"
DATASET_STATUS_CHANGED = "DatasetStatusChanged"
PUSH_OPERATION_STATUS_CHANGED = "PushOperationStatusChanged"
WEBHOOK_DISABLED, WEBHOOK_TEST = "webhook.disabled", "webhook.test"

# What can be subscribed to. A test is sent only when asked for.
EVENT_TYPES = (
    COMPANY_CREATED,
    COMPANY_DELETED,
    CONNECTION_CREATED,
    CONNECTION_CONNECTED,
    CONNECTION_RECONNECTED,
    CONNECTION_DISCONNECTED,
    CONNECTION_DELETED,
    SYNC_CONNECTION_DELETED,
    SYNC_COMPLETED,
    SYNC_FAILED,
    SYNC_DISABLED,
    DATASET_STATUS_CHANGED,
    PUSH_OPERATION_STATUS_CHANGED,
    WEBHOOK_DISABLED,
)
# Events about a client's own set-up and no company: a subscription to one company's events is not told.
OF_NO_COMPANY = frozenset({WEBHOOK_DISABLED, WEBHOOK_TEST})

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins, itself none
SECRET_BYTES = 32
# A replaced secret signs beside its successor for as long, so that a receiver can be changed meanwhile.
ROTATION = timedelta(hours=24)
# As many sign at once, however often a secret is replaced within that time.
MOST_SECRETS = 5

# An event is tried for as long; then its subscription is disabled.
TRIED_FOR = timedelta(hours=24)
# Seconds after the first attempt, the second and so on; the last wait repeats.
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 10800, 14400, 21600)


def next_wait(attempts: int, first: datetime, now: datetime) -> int | None:
    """Seconds until the attempt after so many failed ones, the last at 24 hours; None when that was it."""
    left = int((first + TRIED_FOR - now).total_seconds())
    if left <= 0:
        return None
    return min(WAITS[min(attempts, len(WAITS)) - 1], left)


def new_secret(random: bytes) -> str:
    """The text of a secret, from 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def sign(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a body sent at this second of Unix time."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(secrets: Iterable[str], event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows an event, its sender and its age; a signature for each secret."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, event_id, timestamp, body) for secret in secrets),
    }
