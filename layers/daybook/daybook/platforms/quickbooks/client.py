"""Calls of QuickBooks' accounting API: queries and batches, counted apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daybook.domain.errors import PlatformRejected, PlatformUnavailable, PlatformUnclear
from daybook.domain.json_text import dump
from daybook.frozen import frozen
from daybook.platforms.access import Access
from daybook.platforms.quickbooks import faults
from daybook.platforms.quickbooks.authorisation import MINOR_VERSION, company_url
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.transport import Reply, Transport

Record = Mapping[str, Any]

# What one batch should hold at most, and the longest page there is.
MOST_IN_BATCH = 30
PAGE = 1000
_MOST_PAGES = 50
# With batches a request id has at most 36 characters.
_REQUEST_ID_LETTERS = 32


@frozen
class Query:
    """What is asked of one list: its name, and the condition."""

    entity: str
    condition: str = ""

    def page(self, start: int) -> str:
        """The question for the page that begins with this record."""
        where = f" where {self.condition}" if self.condition else ""
        page = f"startposition {start} maxresults {PAGE}"
        return f"select * from {self.entity}{where} {page}"  # noqa: S608 - every text in it is `quoted`


@dataclass
class Client:
    """QuickBooks, seen through one connection. `reads` and `writes` count its requests."""

    transport: Transport
    reads: int = field(default=0)
    writes: int = field(default=0)

    def query(self, queries: Sequence[Query]) -> list[list[Record]]:
        """The whole lists, in the order asked; together they take one request for each page of the longest.

        Raises PlatformUnavailable, AuthorisationLost, SubscriptionExpired.
        """
        found: list[list[Record]] = [[] for _ in queries]
        waiting = list(range(len(queries)))
        for page in range(_MOST_PAGES):
            asked = [(queries[index].entity, queries[index].page(1 + page * PAGE)) for index in waiting]
            answered = self._answers(asked)
            for index, records in zip(waiting, answered, strict=True):
                found[index] += records
            waiting = [
                index for index, records in zip(waiting, answered, strict=True) if len(records) == PAGE
            ]
            if not waiting:
                return found
        raise PlatformUnavailable(PLATFORM_NAME, "QuickBooks holds more than Daybook can read.")

    def create(self, items: Sequence[tuple[str, Record]], *, named: bool = False) -> list[Record]:
        """The answers to a batch of new things (the name of each, and its content), in order.

        One that the answer leaves out is empty. `named` are things whose names QuickBooks keeps apart itself:
        their requests bear no id, under which a refusal might be told again when it no longer holds. Raises
        PlatformError: of a refusal of the whole batch too.
        """
        requests = [
            {"bId": str(number), "operation": "create", entity: content}
            for number, (entity, content) in enumerate(items, 1)
        ]
        answers = self._batch(requests, known_again=not named)
        return [answers.get(str(number), {}) for number in range(1, len(items) + 1)]

    def delete(self, entity: str, identity: str) -> bool:
        """Take a form that nobody has changed out of the books; whether it worked. Raises as `create`."""
        unchanged = {"Id": identity, "SyncToken": "0"}
        answers = self._batch([{"bId": "1", "operation": "delete", entity: unchanged}])
        return "1" in answers and not faults.faults(answers["1"])

    def _batch(self, requests: Sequence[Record], *, known_again: bool = True) -> dict[str, Record]:
        """The elements of the answer to a batch of changes, by number."""
        body = {"BatchItemRequest": requests}
        self.writes += 1
        query = {"minorversion": MINOR_VERSION} | ({"requestid": request_id(body)} if known_again else {})
        reply = self.transport.write("POST", "/batch", body, query)
        if not reply.ok:
            raise faults.refused(reply)
        answers = _by_number(reply)
        if answers is None:
            raise faults.unclear()
        return answers

    def _answers(self, asked: Sequence[tuple[str, str]]) -> list[list[Record]]:
        """A page of each list."""
        self.reads += 1
        if len(asked) == 1:
            ((entity, text),) = asked
            reply = self.transport.read("/query", {"query": text, "minorversion": MINOR_VERSION})
            if not reply.ok:
                raise faults.unread(reply)
            return [_list(reply.json(), entity)]
        requests = [{"bId": str(number), "Query": text} for number, (_, text) in enumerate(asked, 1)]
        try:
            reply = self.transport.write(
                "POST", "/batch", {"BatchItemRequest": requests}, {"minorversion": MINOR_VERSION}
            )
        except PlatformUnclear as unclear:  # nothing but questions: they may be asked again
            raise PlatformUnavailable(PLATFORM_NAME, unclear.message) from None
        if not reply.ok:
            raise faults.unread(reply)
        answers = _by_number(reply) or {}
        return [_list(answers.get(str(number)), entity) for number, (entity, _) in enumerate(asked, 1)]


def client(access: Access) -> Client:
    """Calls through one connection. Raises ValueError when it cannot be reached as it stands."""
    if access.tokens is None or access.pace is None or not access.tenant:
        raise ValueError("QuickBooks is reached with tokens, at a pace, for one company")
    url = company_url(access.url, access.tenant)
    return Client(Transport(PLATFORM_NAME, url, access.tokens, access.pace, wait=access.wait))


def request_id(body: object) -> str:
    """What QuickBooks knows a repeated request by: the same for the same content."""
    return hashlib.sha256(dump(body).encode()).hexdigest()[:_REQUEST_ID_LETTERS]


def quoted(text: str) -> str:
    """A text as it stands in a condition."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _by_number(reply: Reply) -> dict[str, Record] | None:
    answer = reply.json()
    listed = answer.get("BatchItemResponse") if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        return None
    return {str(each.get("bId")): each for each in listed if isinstance(each, Mapping)}


def _list(answer: Any, entity: str) -> list[Record]:
    """The records of an answer to a question. Raises PlatformError when it is none."""
    found = faults.faults(answer)
    if found:
        error = faults.error(found)
        if isinstance(error, PlatformRejected | PlatformUnclear):
            raise PlatformUnavailable(PLATFORM_NAME, error.message)
        raise error
    response = answer.get("QueryResponse") if isinstance(answer, Mapping) else None
    if not isinstance(response, Mapping):
        raise PlatformUnavailable(PLATFORM_NAME, "QuickBooks' answer cannot be read. It is tried again.")
    return [each for each in response.get(entity) or [] if isinstance(each, Mapping)]
