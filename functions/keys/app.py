"""API keys of a client."""

from __future__ import annotations

from daybook.services import keys
from daybook.services.runtime import runtime
from daybook.wire.keys import KeyRequest
from daybook.wire.models import read
from daybook.wire.paging import read_listing
from rest import Api, Reply, Request

api = Api("keys")
handler = api.handle


@api.route("GET", "/apiKeys")
def list_keys(request: Request) -> object:
    """A page of your API keys, oldest first.

    What a key itself is cannot be read again: only its digest is kept.
    """
    return keys.list_keys(runtime(), request.client_id, read_listing(request.parameters), request.path)


@api.route("POST", "/apiKeys")
def create_key(request: Request) -> object:
    """A new API key, shown this once.

    A client has at most ten. It works at once, beside the others. Sent again under the same
    `Idempotency-Key`, the request makes no second key and is refused, since the key is not kept.
    """
    made = keys.create_key(runtime(), request.client_id, read(KeyRequest, request.json()).name)
    return Reply(keys.show_new_key(made), is_secret=True)


@api.route("DELETE", "/apiKeys/<key_id>")
def delete_key(request: Request, key_id: str) -> object:
    """Revoke an API key.

    It is answered 401 from now on. A key may revoke itself; the last one cannot be revoked.
    """
    keys.delete_key(runtime(), request.client_id, key_id)
    return {}
