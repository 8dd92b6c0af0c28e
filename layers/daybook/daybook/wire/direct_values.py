"""The values that documents pushed one at a time are made of, as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from daybook.domain.money import read_amount
from daybook.domain.times import parse_time
from daybook.wire.models import Model

FaultKind = Literal["amount", "date", "text", "unsupported", "links", "account"]

MOST_LINES = 1000
# Each link of a payment is a document of its own.
MOST_LINKS = 25
DATE_LENGTH = len("2026-03-29")


def _amount(value: object) -> object:
    try:
        return read_amount(value)
    except ValueError as error:
        raise fault("amount", str(error)) from None


def _dated(text: str) -> str:
    """The date as it is written: a ledger's documents have no time, and no zone moves them."""
    try:
        parse_time(text)
        return date.fromisoformat(text.strip()[:DATE_LENGTH]).isoformat()
    except ValueError:
        raise fault("date", "must be an ISO 8601 date, such as 2026-03-29") from None


def _printable(text: str) -> str:
    stripped = text.strip()
    if not stripped.isprintable():
        raise fault("text", "may hold printable characters only")
    return stripped


def _named(text: str) -> str:
    if not _printable(text):
        raise fault("text", "a name is needed")
    return _printable(text)


def fault(kind: FaultKind, text: str) -> Exception:
    """What is wrong with a value, in our words."""
    return PydanticCustomError(kind, "{text}", {"text": text})


def _no_rate(rate: Decimal) -> Decimal:
    if rate not in (0, 1):
        raise fault("unsupported", "a currency rate cannot be written; leave it out")
    return rate


def _no_amount(amount: Decimal) -> Decimal:
    if amount:
        raise fault("unsupported", "cannot be written; put it into the lines")
    return amount


def _no_discount(percentage: Decimal) -> Decimal:
    if percentage:
        raise fault("unsupported", "a discount on the whole is not written; give each line its own")
    return percentage


def _none(allocations: list[object]) -> list[object]:
    if allocations:
        raise fault("unsupported", "is not written with the document; push a payment of it")
    return allocations


Amount = Annotated[Decimal, BeforeValidator(_amount)]
Day = Annotated[str, Field(max_length=40), AfterValidator(_dated)]
Identity = Annotated[str, Field(max_length=500)]
Note = Annotated[str, Field(max_length=4000)]
Number = Annotated[str, Field(max_length=255), AfterValidator(_printable)]
Name = Annotated[str, Field(max_length=150, min_length=1), AfterValidator(_named)]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]
CurrencyRate = Annotated[Amount, AfterValidator(_no_rate)]
Discount = Annotated[Amount, AfterValidator(_no_discount)]
NoAllocations = Annotated[list[object], AfterValidator(_none)]
NoAmount = Annotated[Amount, AfterValidator(_no_amount)]
Warnings = Iterator[tuple[str, str]]


class AskedModel(Model):
    """What a request holds; `not_written` are its properties that a document has no room for.

    `data_type` is the published name of what it asks for.
    """

    data_type: ClassVar[str] = ""
    not_written: ClassVar[tuple[str, ...]] = ()

    @property
    def number(self) -> str:
        """The number that the request gives its document, "" for none."""
        return ""

    def warnings(self, path: str = "$") -> Warnings:
        """The path of each property that was given and is not written, with what to know of it."""
        fields = type(self).model_fields
        for name in self.not_written:
            if getattr(self, name):
                yield f"{path}.{fields[name].alias}", "is not written to the ledger"


class Ref(Model):
    """What is meant, by its id in the ledger."""

    id: Identity = ""


def date_of(text: str) -> date:
    """A day that was read."""
    return date.fromisoformat(text)


def joined(reference: str, note: str) -> str:
    """A reference and a note as one description."""
    return ": ".join(filter(None, (reference.strip(), note.strip())))
