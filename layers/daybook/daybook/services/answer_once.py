"""A POST sent again under the same `Idempotency-Key` is answered as before (specification: api, conventions).

A request is claimed before it is done, so that of two at once one is done and the other told to wait. What
it answered is then kept for 24 hours. A request that was refused or failed is not kept: it may be mended
and sent again under the same key. One that was cut off halfway can be tried again after `HELD_SECONDS`.

The published clients send a POST again for up to an hour when no answer comes; docs/adr/0013 says why this
is not the utility of aws-lambda-powertools.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from daybook.domain.errors import BadRequest, InProgress, Problem
from daybook.frozen import frozen
from daybook.store import answers as store
from daybook.store.answers import Kept

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime

HEADER = "Idempotency-Key"
KEPT_SECONDS = 24 * 60 * 60
# A function of the API lives for 29 seconds: after these nobody is at work on a request any more.
HELD_SECONDS = 35
# What a caller is told to wait while its first request is being answered.
WAIT_SECONDS = 1
_ID = "([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_IN_PATH = re.compile(f"/companies/{_ID}")
_IN_ANSWER = re.compile(f'"(?:companyId|id)": ?"{_ID}"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Method, path, query and body of a request.
Asked = tuple[str, str, Sequence[tuple[str, str]], bytes]


@frozen
class Content:
    """What is answered; `content_type` is "" for nothing at all. One with a secret is never kept."""

    text: str
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_secret: bool = False


def read_request_key(text: str | None) -> str | None:
    """The key of a request, None without one. Raises BadRequest."""
    if text is None or _KEY.fullmatch(text):
        return text
    message = f"{HEADER} must be 1 to 255 visible ASCII characters without spaces, a UUID for example."
    raise BadRequest(message, [Problem(HEADER, message, "header")])


def answer_once(
    runtime: Runtime, client_id: str, request_key: str, asked: Asked, operate: Callable[[], Content]
) -> Content:
    """What `operate` gives, or what it gave when the client sent this request under this key before.

    Raises InProgress while it is being done, and BadRequest when the key was used for something else or the
    answer held a secret. What `operate` raises is passed on and nothing is kept of it.
    """
    method, path, parameters, body = asked
    key = store.AnswerKey(client_id, _digest(method, path, request_key))
    fingerprint = _digest(json.dumps(list(parameters)), body)
    now = int(runtime.clock.now().timestamp())
    attempt = runtime.ids.new()
    earlier = store.claim(runtime.table, key, fingerprint, attempt, now, now + HELD_SECONDS)
    if earlier is not None:
        return _content_of(runtime, key, earlier, fingerprint)
    content: Content | None = None
    try:
        content = operate()
    finally:
        if content is None:
            store.release(runtime.table, key, attempt)
    kept_until = int(runtime.clock.now().timestamp()) + KEPT_SECONDS
    about = _company(path, content.text)
    store.keep(runtime.table, key, fingerprint, attempt, _value(content), kept_until, about)
    return content


def _content_of(runtime: Runtime, key: store.AnswerKey, earlier: Kept, fingerprint: str) -> Content:
    if earlier.fingerprint != fingerprint:
        message = (
            f"This {HEADER} was used for another request: the body or the query differs. "
            "Send each request under a key of its own."
        )
        raise BadRequest(message, [Problem(HEADER, message, "header")])
    if not earlier.is_done:
        message = "This request is being answered at this moment. Ask again for its answer."
        raise InProgress(message, WAIT_SECONDS)
    value = store.read(runtime.table, key, earlier)
    if value is None:
        message = (
            "This request was done before. Its answer held a secret, which is shown once and not kept. If it "
            f"did not reach you, delete what was made and create it anew under another {HEADER}."
        )
        raise BadRequest(message, [Problem(HEADER, message, "header")])
    status, content_type, headers, text = value
    return Content(text, content_type, status, headers)


def _value(content: Content) -> list[object] | None:
    if content.is_secret:
        return None
    return [content.status, content.content_type, dict(content.headers), content.text]


def _company(path: str, text: str) -> str:
    """The company an answer is about: the one in the request's path, else the one that was made."""
    found = _IN_PATH.search(path) or _IN_ANSWER.search(text)
    return found[1].lower() if found else ""


def _digest(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        whole.update(f"{len(raw)}:".encode() + raw)
    return whole.hexdigest()
