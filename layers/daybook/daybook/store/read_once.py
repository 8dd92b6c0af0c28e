"""A page is made from one look at the table: what was read for it is not asked for twice.

Services that know nothing of each other read the same few items for one page. Within `reading_once` the
second of them gets the first one's answer, until something is written; elsewhere, and in other threads,
nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ANSWERS: ContextVar[dict[str, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Until this ends, reads that were answered are not sent again."""
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


class ReadOnce:
    """A client of DynamoDB that remembers answers within `reading_once`. Nobody may change an answer."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client

    @classmethod
    def of(cls, client: DynamoDBClient) -> DynamoDBClient:
        """A client that does all that this one does."""
        return cast("DynamoDBClient", cls(client))

    def get_item(self, **arguments: Any) -> Any:
        """As the client does."""
        return self._once("get_item", arguments)

    def query(self, **arguments: Any) -> Any:
        """As the client does."""
        return self._once("query", arguments)

    def __getattr__(self, name: str) -> Any:
        """Everything else may write: whatever was read may have changed, also where the write was refused."""
        answers = _ANSWERS.get()
        if answers is not None and name != "batch_get_item":
            answers.clear()
        return getattr(self._client, name)

    def _once(self, name: str, arguments: dict[str, Any]) -> Any:
        answers = _ANSWERS.get()
        if answers is None:
            return getattr(self._client, name)(**arguments)
        asked = f"{name} {arguments}"
        if asked not in answers:
            answers[asked] = getattr(self._client, name)(**arguments)
        return answers[asked]
