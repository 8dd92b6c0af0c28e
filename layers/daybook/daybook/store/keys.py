"""API keys. A key itself is never kept, only its SHA-256 in hexadecimal.

A client has at most ten; its last cannot be deleted (specification: api, conventions).
"""

from __future__ import annotations

from daybook.domain.errors import BadRequest, NotFound
from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.table import Absent, ConditionFailed, Delete, Equals, Exists, Item, Put, Table

MOST_KEYS = 10


@frozen
class ApiKey:
    """A key of a client: whose it is, its name, and the digest it is found by."""

    client_id: str
    key_id: str
    name: str
    digest: str
    created: str


def find_key(table: Table, digest: str) -> ApiKey | None:
    """The key with this digest, or None."""
    item = table.get(*layout.api_key(digest))
    return None if item is None else _key(item)


def create_key(table: Table, key: ApiKey) -> None:
    """Keep a new key. Raises NotFound for an unknown client, BadRequest for an eleventh key."""
    while True:
        client = _client(table, key.client_id)
        if client["keys"] >= MOST_KEYS:
            raise BadRequest(f"A client has at most {MOST_KEYS} API keys. Delete one first.")
        try:
            table.transact(
                [
                    Put({**client, "keys": client["keys"] + 1}, Equals("keys", client["keys"])),
                    Put(_item(*layout.api_key(key.digest), key), Absent()),
                    Put(_item(*layout.client_api_key(key.client_id, key.key_id), key), Absent()),
                ]
            )
        except ConditionFailed as failed:
            if failed.index != 0:  # only another change to the client is worth another try
                raise
        else:
            return


def list_keys(table: Table, client_id: str) -> list[ApiKey]:
    """A client's keys, oldest first."""
    pk, begins = layout.client_api_key(client_id)
    return [_key(item) for item in table.query_all(pk, begins=begins)]


def delete_key(table: Table, client_id: str, key_id: str) -> None:
    """Revoke a key. Raises NotFound, or BadRequest for the client's last key."""
    pk, sk = layout.client_api_key(client_id, key_id)
    while True:
        client = _client(table, client_id)
        item = table.get(pk, sk)
        if item is None:
            raise NotFound("API key")
        if client["keys"] <= 1:
            raise BadRequest("This is the client's last API key. Create another before deleting it.")
        try:
            table.transact(
                [
                    Put({**client, "keys": client["keys"] - 1}, Equals("keys", client["keys"])),
                    Delete(*layout.api_key(item["digest"])),
                    Delete(pk, sk, Exists()),
                ]
            )
        except ConditionFailed:  # changed meanwhile: look again
            continue
        return


def _client(table: Table, client_id: str) -> Item:
    item = table.get(*layout.client(client_id))
    if item is None:
        raise NotFound("client")
    return item


def _item(pk: str, sk: str, key: ApiKey) -> Item:
    return {
        "PK": pk,
        "SK": sk,
        "clientId": key.client_id,
        "keyId": key.key_id,
        "name": key.name,
        "digest": key.digest,
        "created": key.created,
    }


def _key(item: Item) -> ApiKey:
    return ApiKey(item["clientId"], item["keyId"], item["name"], item["digest"], item["created"])
