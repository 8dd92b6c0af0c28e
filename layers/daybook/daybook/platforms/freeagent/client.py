"""Calls of FreeAgent's API, and what its answers must look like."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from daybook.domain.errors import AuthorisationLost, PlatformError, PlatformUnavailable, SubscriptionExpired
from daybook.frozen import frozen
from daybook.platforms.access import Access
from daybook.platforms.freeagent import answers
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME, host
from daybook.platforms.transport import Reply, Transport

Record = Mapping[str, Any]

# The largest page there is, and as many as are read of one list: beyond are 10,000 of them.
_PAGE, _MOST_PAGES = 100, 100


@frozen
class Made:
    """What a request created: its element of the answer, and its address."""

    element: Record
    url: str


@frozen
class Client:
    """FreeAgent, seen through one connection."""

    transport: Transport

    def element(self, path: str, name: str) -> Record:
        """One thing. Raises PlatformUnavailable, AuthorisationLost, SubscriptionExpired."""
        reply = self.transport.read(path)
        found = _named(reply, name)
        if not isinstance(found, Mapping):
            raise _unread(reply)
        return found

    def whole(self, path: str, query: Mapping[str, str] | None = None) -> Record:
        """An answer without a root element. Raises as `element`."""
        reply = self.transport.read(path, query)
        answer = reply.json()
        if not reply.ok or not isinstance(answer, Mapping):
            raise _unread(reply)
        return answer

    def listed(self, path: str, name: str, query: Mapping[str, str] | None = None) -> list[Record]:
        """A list, all pages of it. Raises as `element`; a list too long to be read is PlatformUnavailable."""
        found: list[Record] = []
        for page in range(1, _MOST_PAGES + 1):
            reply = self.transport.read(path, {**(query or {}), "page": str(page), "per_page": str(_PAGE)})
            records = _named(reply, name)
            if not isinstance(records, list):
                raise _unread(reply)
            found += [each for each in records if isinstance(each, Mapping)]
            if not _has_more(reply, len(records)):
                return found
        message = "FreeAgent lists more than can be read at once."
        raise PlatformUnavailable(PLATFORM_NAME, message)

    def listed_if_there(self, path: str, name: str) -> list[Record]:
        """A list that not every company has; empty where it has none or this user may not see it."""
        records = _named(self.transport.read(path), name)
        return [each for each in records if isinstance(each, Mapping)] if isinstance(records, list) else []

    def create(self, path: str, name: str, body: object) -> Made:
        """POST. Raises PlatformRejected, PlatformUnclear, and as `element`."""
        reply = self.transport.write("POST", path, body)
        if not reply.ok:
            raise answers.refused(reply)
        found = _named(reply, name)
        url = found.get("url") if isinstance(found, Mapping) else None
        url = url or reply.headers.get("location", "")
        if not isinstance(found, Mapping) or not isinstance(url, str) or not url:
            raise answers.unreadable()
        return Made(found, url)

    def mark_as_sent(self, url: str) -> None:
        """Put a draft into the books. Raises as `create`."""
        reply = self.transport.write("PUT", f"{_path(url)}/transitions/mark_as_sent")
        if not reply.ok:
            raise answers.refused(reply)

    def delete(self, url: str) -> bool:
        """Take something out of the books; whether it is gone. Raises as `Transport.write`."""
        reply = self.transport.write("DELETE", _path(url))
        return reply.ok or reply.status == HTTPStatus.NOT_FOUND


def client(access: Access) -> Client:
    """Calls through one connection. Raises ValueError when it cannot be reached as it stands."""
    if access.tokens is None or access.pace is None:
        raise ValueError("FreeAgent is reached with tokens, at a pace")
    return Client(
        Transport(
            PLATFORM_NAME,
            host(access.url),
            access.tokens,
            access.pace,
            wait=access.wait,
        )
    )


def _path(url: str) -> str:
    """Where an address is called: at the host of the connection, whatever host it names."""
    return urlsplit(url).path


def _named(reply: Reply, name: str) -> object:
    answer = reply.json()
    return answer.get(name) if reply.ok and isinstance(answer, Mapping) else None


def _has_more(reply: Reply, count: int) -> bool:
    """Whether another page follows: FreeAgent links to it."""
    links = reply.headers.get("link")
    return 'rel="next"' in links.replace("'", '"') if links else count >= _PAGE


def _unread(reply: Reply) -> PlatformError:
    if not reply.ok:
        error = answers.refused(reply)
        if isinstance(error, AuthorisationLost | SubscriptionExpired):
            return error
    message = f"FreeAgent does not answer as it should (HTTP {reply.status}). It is tried again."
    return PlatformUnavailable(PLATFORM_NAME, message)
