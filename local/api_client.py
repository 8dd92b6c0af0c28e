"""A small client of Daybook's API: what a partner's own program would need. Standard library only."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = Any
SECONDS = 29  # API Gateway gives up on a request after this long
POLL_SECONDS = 0.3

# json writes no Decimal as a number: it is written as a marked text, and the marks are taken away.
_MARK = secrets.token_hex(8)
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


class ApiError(Exception):
    """The API refused. `status` is the HTTP status, `body` the error body it answered."""

    def __init__(self, status: int, body: Json) -> None:
        """Say what the API said, with everything it lists."""
        self.status = status
        self.body = body
        text = body.get("error") if isinstance(body, dict) else body
        listed = ((body.get("validation") or {}).get("errors") or []) if isinstance(body, dict) else []
        details = "".join(f"\n  {item.get('itemId')}: {item.get('message')}" for item in listed)
        super().__init__(f"{status} {text}{details}")


def encode(value: Json) -> bytes:
    """Write JSON, amounts with exactly their digits."""
    text = json.dumps(value, separators=(",", ":"), default=lambda number: f"{_MARK}{number:f}")
    return _MARKED.sub(r"\1", text).encode()


def decode(raw: bytes) -> Json:
    """Read JSON, every number with a point as a Decimal."""
    return json.loads(raw, parse_float=Decimal) if raw.strip() else None


@dataclass(frozen=True, slots=True)
class Client:
    """Calls of one partner. `url` is where the API answers, `key` the partner's API key."""

    url: str
    key: str

    @staticmethod
    def of_stack(description: Path) -> Client:
        """The client of a local stack, as its `stack.json` describes it."""
        stack = json.loads(description.read_text(encoding="utf-8"))
        return Client(stack["apiUrl"].rstrip("/"), stack["apiKey"])

    def get(self, path: str, **query: str | int) -> Json:
        """Read something."""
        suffix = f"?{urlencode(query)}" if query else ""
        return self.call("GET", f"{path}{suffix}")

    def text(self, path: str) -> str:
        """Read something that is no JSON."""
        _, raw = self.send("GET", path, b"", {})
        return raw.decode()

    def post(self, path: str, body: Json = None) -> Json:
        """Create or start something; without a body nothing is sent."""
        return self.call("POST", path, None if body is None else encode(body))

    def put(self, path: str, body: Json) -> Json:
        """Replace something."""
        return self.call("PUT", path, encode(body))

    def push(self, path: str, records: Json) -> Json:
        """Push records, packed: a request then carries up to 20 MB of them."""
        packed = gzip.compress(encode(records), compresslevel=6, mtime=0)
        return self.call("POST", path, packed, {"Content-Encoding": "gzip"})

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Json:
        """Call the API and read its answer. Raises ApiError for everything but success."""
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
        status, raw = self.send(method, path, body or b"", sent)
        return self._read(status, raw)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send one request; answer its status and the body, unpacked. Raises ApiError for a failure."""
        target = urlsplit(f"{self.url}{path}")
        secure = target.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(target.netloc, timeout=SECONDS + 1)
        authorization = base64.b64encode(self.key.encode()).decode()
        try:
            connection.request(
                method,
                f"{target.path}{'?' if target.query else ''}{target.query}",
                body,
                {"Authorization": f"Basic {authorization}", "Accept-Encoding": "gzip", **headers},
            )
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        if answer.getheader("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            self._read(answer.status, raw)
        return answer.status, raw

    @staticmethod
    def _read(status: int, raw: bytes) -> Json:
        try:
            value = decode(raw)
        except ValueError:
            value = raw[:500].decode(errors="replace")
        if status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(status, value)
        return value

    def pages(self, path: str, size: int = 500) -> Iterator[Json]:
        """Every result of a list, page after page."""
        number = 1
        while True:
            page = self.get(path, page=number, pageSize=size)
            yield from page["results"]
            if number * size >= page["totalResults"]:
                return
            number += 1


def wait_until(look: Callable[[], Json], what: str, seconds: int = 60) -> Json:
    """Look again and again until there is something; answer it. Raises TimeoutError naming `what`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            message = f"waited {seconds} seconds for {what}"
            raise TimeoutError(message)
        time.sleep(POLL_SECONDS)
