"""What the operations on API keys take and answer."""

from __future__ import annotations

from daybook.wire import keys as wire
from describing import EMPTY_OBJECT, LISTING, UUID, Described, Link, PageOf, Parameter, Tag, page
from keys import app

_KEY_ID = "0b8f8b1a-2f11-7a06-9c3d-5e6f708192a3"
_KEY = {"id": _KEY_ID, "name": "till server", "created": "2026-03-02T09:00:00Z"}

OPERATIONS = {
    app.list_keys: Described(
        Tag.KEYS, parameters=LISTING, answer=PageOf(wire.ApiKey), example=page(_KEY, path="/apiKeys")
    ),
    app.create_key: Described(
        Tag.KEYS,
        request=wire.KeyRequest,
        answer=wire.NewApiKey,
        request_example={"name": "till server"},
        example={**_KEY, "apiKey": "o2Vb0n1xk3pWJ7rQ5sT9uYcZaXdEfGhIiJkLmNoPqRs"},
        errors={400: "The name is missing or too long, or the client has ten keys."},
        links={"revoke": Link("delete_key", {"key_id": "id"})},
    ),
    app.delete_key: Described(
        Tag.KEYS,
        answer=EMPTY_OBJECT,
        parameters=(Parameter("keyId", "The key's id.", "path", UUID, example=_KEY_ID),),
        errors={400: "It is the client's last key.", 404: "The client has no such key."},
    ),
}
