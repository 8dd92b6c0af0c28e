"""A client's API keys: random, named, shown once, kept only as a digest (specification: api, conventions)."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from daybook.store import keys as store
from daybook.store.keys import ApiKey
from daybook.wire.models import utc_text

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

# 256 bits: nobody finds one by trying.
_KEY_BYTES = 32


class NewKey(NamedTuple):
    """A new key, in plain text for the only time, and what is kept of it."""

    text: str
    kept: ApiKey


def create_key(runtime: Runtime, client_id: str, name: str) -> NewKey:
    """Make a key for a client. Raises NotFound for an unknown client, BadRequest for an eleventh key."""
    text = secrets.token_urlsafe(_KEY_BYTES)
    created = utc_text(runtime.clock.now())
    kept = ApiKey(client_id, runtime.ids.new(), name, digest_of(text), created)
    store.create_key(runtime.table, kept)
    return NewKey(text, kept)


def digest_of(key: str) -> str:
    """What is kept of a key: its SHA-256 in hexadecimal. A random key needs no slower digest."""
    return hashlib.sha256(key.encode()).hexdigest()
