"""Reading the fields of a JSON record: the right type or a RecordError naming record and field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from daybook.domain import money
from daybook.domain.records import RecordError
from daybook.domain.times import parse_time

# Ids become parts of table keys, which hold 1,024 bytes; 500 leave room for everything before them.
MOST_ID_BYTES = 500
_LONGEST_CHARACTER = 4  # bytes of UTF-8
_NUMBERS = (int, Decimal)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CURRENCY = re.compile(r"[A-Z]{3}")
# Looked up before they are looked at: nearly every record's currency is one of these.
_USUAL = frozenset(
    ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "JPY", "NOK", "NZD", "SEK", "SGD", "USD", "ZAR")
)
# Sources that mean "no date" send year 1; dates beyond these years are mistakes, and no calendar holds them.
_NO_DATE_YEAR = 1
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


class Fields:
    """A JSON object inside a record. Null and a field that is not there are the same.

    One is made for every object of every record, so that where it lies is worked out only when it is wrong.
    """

    __slots__ = ("_index", "_name", "_outer", "body", "record_id")

    def __init__(
        self,
        record_id: str,
        body: Mapping[str, object],
        outer: Fields | None = None,
        name: str = "",
        index: int | None = None,
    ) -> None:
        self.record_id = record_id
        self.body = body
        self._outer = outer
        self._name = name
        self._index = index

    @property
    def path(self) -> str:
        """Where in the record the object lies: `orderLineItems[0].taxes[1]`; "" for the record itself."""
        if self._outer is None:
            return self._name
        place = self._name if self._index is None else f"{self._name}[{self._index}]"
        return self._outer.place_of(place)

    def place_of(self, name: str) -> str:
        """Where in the record a field of this object lies."""
        return f"{self.path}.{name}" if self.path else name

    def error(self, name: str, message: str) -> RecordError:
        """A refusal of one field."""
        return RecordError(self.record_id, self.place_of(name), message)

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
        if value.isspace() or (not value.isprintable() and _CONTROL.search(value)):
            raise self.error(name, "must hold visible characters only")
        if len(value) * _LONGEST_CHARACTER > most and len(value.encode()) > most:
            raise self.error(name, f"must be at most {most} bytes long")
        return value

    def reference(self, name: str) -> str | None:
        """The id of an object such as `locationRef`, or None."""
        inner = self.inner(name)
        return inner.identifier(required=False) if inner else None

    def text(self, name: str) -> str:
        """Text, "" where absent; a number is taken as its digits."""
        value = self.body.get(name)
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, _NUMBERS) and not isinstance(value, bool):
            return str(value)
        raise self.error(name, "must be text")

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
        value = self.text("currency")
        if value in _USUAL:
            return value
        value = value.strip().upper() or default or ""
        if not value:
            raise self.error("currency", "is missing: give its ISO 4217 code, for example GBP")
        if not _CURRENCY.fullmatch(value):
            raise self.error("currency", "must be an ISO 4217 code of three letters, for example GBP")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number of any precision, None where absent or the empty string."""
        value = self.body.get(name)
        try:
            return None if value is None else money.read_amount(value)
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
        if not isinstance(value, dict):
            raise self.error(name, "must be an object")
        return Fields(self.record_id, value, self, name)

    def objects(self, name: str) -> list[Fields]:
        """The objects of an array; nulls among them are passed over."""
        found = []
        for index, value in enumerate(self._values(name)):
            if isinstance(value, dict):
                found.append(Fields(self.record_id, value, self, name, index))
            elif value is not None:
                raise self.error(f"{name}[{index}]", "must be an object")
        return found

    def array(self, name: str) -> Iterator[tuple[str, object]]:
        """(path, value) of an array's values but null; nothing where it is absent."""
        for index, value in enumerate(self._values(name)):
            if value is not None:
                yield self.place_of(f"{name}[{index}]"), value

    def _values(self, name: str) -> Sequence[object]:
        values = self.body.get(name)
        if values is None:
            return ()
        if not isinstance(values, list):
            raise self.error(name, "must be an array")
        return values
