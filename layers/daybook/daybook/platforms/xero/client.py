"""Calls of Xero's accounting API, and what its answers to reads must look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from daybook.domain.errors import AuthorisationLost, PlatformError, PlatformUnavailable, SubscriptionExpired
from daybook.frozen import frozen
from daybook.platforms.access import Access
from daybook.platforms.transport import Reply, Transport
from daybook.platforms.xero import answers
from daybook.platforms.xero.authorisation import HOST, PLATFORM_NAME
from daybook.platforms.xero.payloads import idempotency_key

Record = Mapping[str, Any]

_API = "/api.xro/2.0"
# The largest page there is, and as many as are read of one list: beyond are 20,000 of them.
_PAGE, _MOST_PAGES = 1000, 20
# Without this a batch with one faulty document is refused as a whole.
_EACH_BY_ITSELF = {"summarizeErrors": "false"}


@frozen
class Client:
    """Xero, seen through one connection."""

    transport: Transport

    def read(self, path: str, name: str, query: Mapping[str, str] | None = None) -> list[Record]:
        """The list of this name in an answer.

        Raises PlatformUnavailable, AuthorisationLost, SubscriptionExpired.
        """
        return self._list(self.transport.read(path, query), name)

    def read_pages(self, name: str, query: Mapping[str, str]) -> list[Record]:
        """A list that comes in pages, whole. Raises as `read`."""
        found: list[Record] = []
        for page in range(1, _MOST_PAGES + 1):
            paged = {**query, "page": str(page), "pageSize": str(_PAGE)}
            reply = self.transport.read(f"/{name}", paged)
            records = self._list(reply, name)
            found += records
            if not _has_more(reply.json(), page, len(records)):
                break
        return found

    def create(self, path: str, body: object, *, in_batch: bool = True, after: Sequence[str] = ()) -> Reply:
        """PUT: never changes what is there. `after` as of `idempotency_key`. Raises as `Transport.write`."""
        key = idempotency_key(path, body, after)
        return self.transport.write(
            "PUT", path, body, _EACH_BY_ITSELF if in_batch else None, Idempotency_Key=key
        )

    def change(self, path: str, body: object) -> Reply:
        """POST: changes one document. Raises as `Transport.write`."""
        return self.transport.write("POST", path, body, Idempotency_Key=idempotency_key(path, body))

    def _list(self, reply: Reply, name: str) -> list[Record]:
        answer = reply.json()
        records = answer.get(name) if isinstance(answer, Mapping) else None
        if not reply.ok or not isinstance(records, list):
            raise _unread(reply)
        return [each for each in records if isinstance(each, Mapping)]


def client(access: Access) -> Client:
    """Calls through one connection. Raises ValueError when it cannot be reached as it stands."""
    if access.tokens is None or access.pace is None or not access.tenant:
        raise ValueError("Xero is reached with tokens, at a pace, for one organisation")
    return Client(
        Transport(
            PLATFORM_NAME,
            f"{access.url or HOST}{_API}",
            access.tokens,
            access.pace,
            {"xero-tenant-id": access.tenant},
            access.wait,
        )
    )


def _has_more(answer: Any, page: int, count: int) -> bool:
    """Whether another page follows: Xero says how many there are, but not in every list."""
    pagination = answer.get("pagination")
    pages = pagination.get("pageCount") if isinstance(pagination, Mapping) else None
    return page < pages if isinstance(pages, int) else count >= _PAGE


def _unread(reply: Reply) -> PlatformError:
    if reply.status in (HTTPStatus.FORBIDDEN, HTTPStatus.PAYMENT_REQUIRED):
        error = answers.refused_request(reply)
        if isinstance(error, AuthorisationLost | SubscriptionExpired):
            return error
    message = f"Xero does not answer as it should (HTTP {reply.status}). It is tried again."
    return PlatformUnavailable(PLATFORM_NAME, message)
