"""How the simulated Xero refuses: one element of a request, or the request."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.simulators.server import Answer, Failed

NO_ID = "00000000-0000-0000-0000-000000000000"


class Refused(Exception):
    """An element of a request is not as it must be; `messages` say why."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages


def refuse_unless(*rules: tuple[bool, str]) -> None:
    """Refuse with the message of every rule that is not kept."""
    broken = [message for kept, message in rules if not kept]
    if broken:
        raise Refused(*broken)


def errors(messages: tuple[str, ...]) -> list[dict[str, str]]:
    """Messages as Xero answers them."""
    return [{"Message": message} for message in messages]


def invalid(elements: list[dict[str, Any]]) -> Answer:
    """Nothing of a request was done, for these elements."""
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
    return Answer(400, rendered(body))


def unusable(number: int, kind: str, message: str) -> Failed:
    """A request that Xero makes nothing of."""
    return Failed(Answer(400, {"ErrorNumber": number, "Type": kind, "Message": message}))


def not_found() -> Failed:
    """No such resource."""
    text = b"The resource you're looking for cannot be found"
    return Failed(Answer(404, text, {"Content-Type": "text/html; charset=utf-8"}))


def problem(status: int, title: str, detail: str) -> Answer:
    """Why somebody is not let in."""
    return Answer(status, {"Type": None, "Title": title, "Status": status, "Detail": detail})


def rendered(value: Any) -> Any:
    """A value as Xero answers it: dates in their old form, beside a readable one; names with _ left out."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for name, held in value.items():
            if name.startswith("_") or held is None:
                continue
            if isinstance(held, date) and name in ("Date", "DueDate"):
                found[f"{name}String"] = f"{held.isoformat()}T00:00:00"
            found[name] = rendered(held)
        return found
    if isinstance(value, list | tuple):
        return [rendered(each) for each in value]
    if isinstance(value, datetime):
        return f"/Date({int(value.timestamp() * 1000)}+0000)/"
    if isinstance(value, date):
        return (
            f"/Date({int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()) * 1000}+0000)/"
        )
    return value


def number(value: Any, what: str) -> Decimal:
    """A number of a request."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused(f"{what} must be a number.")
    return Decimal(value)
