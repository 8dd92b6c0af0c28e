"""A client's API keys: random, named, shown once, kept only as a digest (specification: api, conventions)."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from daybook.domain.instants import utc_text
from daybook.services.identifiers import identifier
from daybook.store import keys as store
from daybook.store.keys import ApiKey
from daybook.wire import keys as wire
from daybook.wire.models import answer
from daybook.wire.paging import OLDEST_FIRST, Listing, page_of

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


def list_keys(runtime: Runtime, client_id: str, listing: Listing, path: str) -> dict[str, object]:
    """A page of a client's keys, oldest first unless asked otherwise."""
    kept = store.list_keys(runtime.table, client_id)
    return page_of((answer(_shown(key)) for key in kept), listing, path, places=OLDEST_FIRST)


def delete_key(runtime: Runtime, client_id: str, key_id: str) -> None:
    """Revoke a client's key. Raises NotFound, and BadRequest for its last."""
    store.delete_key(runtime.table, client_id, identifier(key_id, "API key"))


def show_new_key(made: NewKey) -> wire.NewApiKey:
    """A key that was just made, as it is answered this once."""
    return wire.NewApiKey(**dict(_shown(made.kept)), api_key=made.text)


def _shown(key: ApiKey) -> wire.ApiKey:
    return wire.ApiKey(id=key.key_id, name=key.name, created=key.created)


def digest_of(key: str) -> str:
    """What is kept of a key: its SHA-256 in hexadecimal. A random key needs no slower digest."""
    return hashlib.sha256(key.encode()).hexdigest()
