"""Reading the fields of a JSON record: the right type or a RecordError naming record and field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from daybook.domain import money
from daybook.domain.records import RecordError
from daybook.domain.times import parse_time
from daybook.frozen import frozen

# Ids become parts of table keys, which hold 1,024 bytes; 500 leave room for everything before them.
MOST_ID_BYTES = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CURRENCY = re.compile(r"[A-Z]{3}")
# Sources that mean "no date" send year 1; dates beyond these years are mistakes, and no calendar holds them.
_NO_DATE_YEAR = 1
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@frozen
class Fields:
    """A JSON object inside a record. Null and a field that is not there are the same."""

    record_id: str
    path: str
    body: Mapping[str, object]

    def error(self, name: str, message: str) -> RecordError:
        """A refusal of one field."""
        return RecordError(self.record_id, f"{self.path}.{name}" if self.path else name, message)

    def identifier(self, name: str = "id", *, required: bool = True, most: int = MOST_ID_BYTES) -> str | None:
        """An id: text, or a whole number as text. None only when not required and absent."""
        value = self.body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            if required:
                raise self.error(name, "is missing: give the record's own id, as text")
            return None
        if not isinstance(value, str):
            raise self.error(name, "must be text")
        if _CONTROL.search(value) or not value.strip():
            raise self.error(name, "must hold visible characters only")
        if len(value.encode()) > most:
            raise self.error(name, f"must be at most {most} bytes long")
        return value

    def reference(self, name: str) -> str | None:
        """The id of an object such as `locationRef`, or None."""
        inner = self.inner(name)
        return inner.identifier(required=False) if inner else None

    def text(self, name: str) -> str:
        """Text, "" where absent; a number is taken as its digits."""
        value = self.body.get(name)
        if value is None:
            return ""
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.error(name, "must be text")
        return value

    def flag(self, name: str) -> bool:
        """A boolean, False where absent."""
        value = self.body.get(name)
        if isinstance(value, str) and value.lower() in {"true", "false", ""}:
            return value.lower() == "true"
        if value is not None and not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return bool(value)

    def currency(self, default: str | None = None) -> str:
        """The three-letter code in `currency`, upper case; without one, the default."""
        value = self.text("currency").strip().upper() or default
        if not value:
            raise self.error("currency", "is missing: give its ISO 4217 code, for example GBP")
        if not _CURRENCY.fullmatch(value):
            raise self.error("currency", "must be an ISO 4217 code of three letters, for example GBP")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number of any precision, None where absent or the empty string."""
        try:
            return money.read_amount(self.body.get(name))
        except ValueError as error:
            raise self.error(name, str(error)) from None

    def amount(self, name: str, currency: str) -> Decimal | None:
        """An amount of money, None where absent; refused with more decimals than its currency has."""
        value = self.number(name)
        if value is not None and not money.fits(value, currency):
            most = money.decimals(currency)
            raise self.error(name, f"has more decimals than {currency} has ({most}): round it at the source")
        return value

    def required_amount(self, name: str, currency: str) -> Decimal:
        """An amount that must be there."""
        value = self.amount(name, currency)
        if value is None:
            raise self.error(name, "is missing: give an amount, 0 if it is nothing")
        return value

    def time(self, name: str) -> datetime | None:
        """A time, naive where the source gave no offset; None where absent or year 1."""
        value = self.body.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.error(name, "must be an ISO 8601 date and time, as text")
        try:
            moment = parse_time(value)
        except ValueError as error:
            raise self.error(name, f"{error}, for example 2026-03-01T12:00:00Z") from None
        if moment.year == _NO_DATE_YEAR:
            return None
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise self.error(name, f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
        return moment

    def required_time(self, *names: str) -> datetime:
        """The first of these times that is there."""
        for name in names:
            moment = self.time(name)
            if moment is not None:
                return moment
        raise self.error(
            names[0], "is missing: give an ISO 8601 date and time, for example 2026-03-01T12:00:00Z"
        )

    def inner(self, name: str) -> Fields | None:
        """An object inside this one, or None."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.error(name, "must be an object")
        return Fields(self.record_id, f"{self.path}.{name}" if self.path else name, value)

    def objects(self, name: str) -> Iterator[Fields]:
        """The objects of an array; nulls among them are passed over."""
        for place, value in self.array(name):
            if not isinstance(value, Mapping):
                raise RecordError(self.record_id, place, "must be an object")
            yield Fields(self.record_id, place, value)

    def array(self, name: str) -> Iterator[tuple[str, object]]:
        """(path, value) of an array's values but null; nothing where it is absent."""
        values = self.body.get(name)
        if values is None:
            return
        if not isinstance(values, Sequence) or isinstance(values, str):
            raise self.error(name, "must be an array")
        path = f"{self.path}.{name}" if self.path else name
        for index, value in enumerate(values):
            if value is not None:
                yield f"{path}[{index}]", value
