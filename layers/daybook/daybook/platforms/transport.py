"""Calls to accounting platforms over HTTP: what every one of them has in common.

A write is sent once: what became of it when no answer came is for its caller to look up. A read is tried
again. Nothing of a body is ever logged, nor a token, nor what stands in a query.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from daybook import telemetry
from daybook.domain.errors import AuthorisationLost, PlatformUnavailable, PlatformUnclear
from daybook.domain.json_text import dump
from daybook.frozen import frozen
from daybook.platforms.access import Pace, Tokens

JSON = "application/json"
# Seconds to connect and to answer; API Gateway waits 29 for those calls a person waits for.
_TIMEOUT = urllib3.Timeout(connect=5, read=20)
# A refusal that ends as soon as this is waited for; a longer one parks the message instead of the worker.
_SHORT_WAIT = 2
_READ_TRIES = 3
_AFTER_A_REFUSAL = 60
_NEVER_SENT = (NewConnectionError, ConnectTimeoutError, NameResolutionError)


@frozen
class Reply:
    """An answer; header names in lower case."""

    platform: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the platform did what it was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> Any:
        """The body as JSON; fractions are Decimal, None when it is no JSON."""
        try:
            return json.loads(self.body, parse_float=Decimal) if self.body.strip() else None
        except ValueError:
            return None


@frozen
class _Call:
    """What is asked of a platform; header names may be written with underscores."""

    method: str
    path: str
    query: Mapping[str, str] | None
    body: bytes = field(repr=False)
    headers: Mapping[str, str]


@cache
def pool() -> urllib3.PoolManager:
    """The connections of this process. Redirects are not followed: no platform's API has any."""
    return urllib3.PoolManager(num_pools=8, maxsize=8, timeout=_TIMEOUT, retries=False)


@frozen
class Transport:
    """Calls of one connection to one platform."""

    platform: str
    base_url: str
    tokens: Tokens
    pace: Pace
    headers: Mapping[str, str] | None = None
    wait: Callable[[float], None] = time.sleep

    def read(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Reply:
        """GET; tried again after a lost answer or a server's error.

        A refusal of the platform is a Reply like any other; the caller knows what it means.
        Raises PlatformUnavailable, AuthorisationLost.
        """
        for attempt in range(1, _READ_TRIES + 1):
            try:
                reply = self._authorised(_Call("GET", path, query, b"", headers))
            except PlatformUnclear as unclear:
                trouble = PlatformUnavailable(self.platform, unclear.message)
            else:
                if reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return reply
                trouble = PlatformUnavailable(self.platform, _trouble(self.platform, reply.status))
            if attempt == _READ_TRIES:
                raise trouble
            self.wait(random.uniform(0.1, 0.4) * attempt)  # noqa: S311 - spreads callers, guards nothing
        raise AssertionError("the last try returns or raises")

    def write(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Reply:
        """POST, PUT or DELETE, sent once. `body` is JSON; header names may be written with underscores.

        Raises PlatformUnavailable when it was certainly not carried out, PlatformUnclear when that is not
        known (no answer, a server's error), AuthorisationLost.
        """
        raw, kind = b"", JSON
        if form is not None:
            raw, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            raw = dump(body).encode()
        reply = self._authorised(_Call(method, path, query, raw, {"Content-Type": kind, **headers}))
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PlatformUnclear(self.platform, _trouble(self.platform, reply.status))
        return reply

    def _authorised(self, call: _Call) -> Reply:
        """One call with a good token: a refused token is renewed once, since nothing was carried out."""
        token = self.tokens.access()
        reply = self._paced(call, token)
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return reply
        reply = self._paced(call, self.tokens.renewed(token))
        if reply.status == HTTPStatus.UNAUTHORIZED:
            message = f"{self.platform} no longer accepts this connection. Link it again."
            raise AuthorisationLost(self.platform, message)
        return reply

    def _paced(self, call: _Call, token: str) -> Reply:
        """One call within the pace; a short refusal is waited out once, a longer one raises."""
        for last in (False, True):
            self.pace.before_call()
            reply = self._send(call, token)
            if reply.status != HTTPStatus.TOO_MANY_REQUESTS:
                return reply
            seconds = retry_after(reply)
            if last or seconds > _SHORT_WAIT:
                self.pace.blocked_for(seconds)
                message = f"{self.platform} takes no more calls for {seconds} seconds."
                raise PlatformUnavailable(self.platform, message, seconds)
            self.wait(seconds)
        raise AssertionError("the last try returns or raises")

    def _send(self, call: _Call, token: str) -> Reply:
        url = f"{self.base_url}{call.path}{'?' + urlencode(call.query) if call.query else ''}"
        sent = {name.replace("_", "-"): value for name, value in call.headers.items()}
        sent = {"Accept": JSON, "User-Agent": "Daybook", "Authorization": f"Bearer {token}"} | sent
        started = time.monotonic()
        try:
            answer = pool().request(
                call.method,
                url,
                body=call.body or None,
                headers={**(self.headers or {}), **sent},
                redirect=False,
            )
        except _NEVER_SENT:
            self._log(call, 0, started)
            raise PlatformUnavailable(self.platform, f"{self.platform} cannot be reached now.") from None
        except HTTPError:
            self._log(call, 0, started)
            raise PlatformUnclear(self.platform, f"{self.platform} did not answer in time.") from None
        self._log(call, answer.status, started)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(self.platform, answer.status, named, answer.data)

    def _log(self, call: _Call, status: int, started: float) -> None:
        """The resource only: what follows it may name a merchant's document."""
        resource = "/".join(urlsplit(call.path).path.split("/")[:3])
        failed = status in (0, HTTPStatus.TOO_MANY_REQUESTS) or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        told = {
            "platform": self.platform,
            "method": call.method,
            "resource": resource,
            "status": status,
            "milliseconds": round((time.monotonic() - started) * 1000),
        }
        figures = {"PlatformCalls": 1, "PlatformCallsFailed": int(failed)}
        telemetry.tell("platform call", told, figures, self.platform)


def retry_after(reply: Reply) -> int:
    """How many seconds a platform asks to be left alone; a minute when it does not say."""
    text = reply.headers.get("retry-after", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() else _AFTER_A_REFUSAL


def _trouble(platform: str, status: int) -> str:
    return f"{platform} is in trouble (HTTP {status}). Nothing needs to be done; it is tried again."
