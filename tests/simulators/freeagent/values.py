"""Values as the simulated FreeAgent reads and writes them, and how it refuses what it cannot take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from tests.simulators.server import Answer, Failed

CENT, ZERO = Decimal("0.01"), Decimal(0)
Record = dict[str, Any]


def errors(status: int, message: str) -> Answer:
    """A refusal outside validation: one error in an object, where validation has an array of them."""
    return Answer(status, {"errors": {"error": {"message": message}}})


def invalid(*messages: str) -> Failed:
    """A resource that cannot be saved, and why."""
    return Failed(Answer(422, {"errors": [{"message": message} for message in messages]}))


def refuse_unless(*rules: tuple[bool, str]) -> None:
    """Refuse with the message of every rule that is not kept."""
    broken = [message for kept, message in rules if not kept]
    if broken:
        raise invalid(*broken)


def not_found() -> Failed:
    """No such resource, or a reference to none."""
    return Failed(errors(404, "Resource not found"))


def forbidden(message: str) -> Failed:
    """The state that a resource is in does not allow it."""
    return Failed(errors(403, message))


def cents(amount: Decimal) -> Decimal:
    """An amount with two decimals, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def text(number: Decimal) -> str:
    """A number as it is answered: a string without needless zeros, but for one after the point."""
    plain = f"{number:f}"
    if "." not in plain:
        return f"{plain}.0"
    whole, fraction = plain.split(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def number(given: Mapping[str, Any], name: str, default: Decimal | None = None) -> Decimal:
    """A number of a request, which may be in a string. Refuses what is none, and what is missing."""
    value = given.get(name)
    if value is None or value == "":
        if default is None:
            raise invalid(f"{name} can't be blank")
        return default
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise invalid(f"{name} is not a number") from None
    if not found.is_finite() or isinstance(value, bool):
        raise invalid(f"{name} is not a number")
    return found


def amount(given: Mapping[str, Any], name: str) -> Decimal:
    """An amount of money of a request, rounded to two decimals."""
    return cents(number(given, name))


def day(given: Mapping[str, Any], name: str) -> date:
    """A date of a request. Refuses what is none, and what is missing."""
    value = given.get(name)
    if not value:
        raise invalid(f"{name} can't be blank")
    return day_of(str(value), name)


def day_of(value: str, name: str) -> date:
    """A date in the form YYYY-MM-DD, perhaps with a time after it."""
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        raise invalid(f"{name} is not a valid date") from None


def moment(seconds: float) -> str:
    """A time as it is answered."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def before(stamp: str, since: str) -> bool:
    """Whether a time is before another, either written in any form of ISO 8601."""
    first, second = datetime.fromisoformat(stamp), datetime.fromisoformat(since)
    return first < (second if second.tzinfo else second.replace(tzinfo=UTC))
