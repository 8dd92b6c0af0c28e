"""The bodies that syncs are asked with, and the answers about them that are made as plain objects."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from daybook.wire.described.base import Described
from daybook.wire.formats import Currency, Day, Uuid
from daybook.wire.syncs import DateRange

Moment = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"},
        description="ISO 8601; without an offset a time of the company's own time zone.",
    ),
]


class AskedRange(Described):
    """From when to when; the end is not part of it."""

    start: Moment
    finish: Moment


class RangeRequest(Described):
    """The business days to look at."""

    date_range: AskedRange


class OlderRangeRequest(Described):
    """The business days to look at, in an older spelling."""

    start: Moment
    end: Moment


HistoricRequest = RangeRequest | OlderRangeRequest


class SyncToRequest(Described):
    """Up to when to sync; up to now without it."""

    sync_to: Moment | None = None


class PreviewLine(Described):
    """A line of a document; amounts are net of tax and tax."""

    description: str
    account_id: str
    net_amount: Decimal
    tax_amount: Decimal
    tax_rate_id: str | None


class PreviewDocument(Described):
    """A document that would be written."""

    kind: str
    reference: str
    date: Day
    currency: Currency
    description: str
    total: Decimal
    settles: str | None = Field(description="The reference of the document that this one settles.")
    account_id: str | None
    to_account_id: str | None
    lines: list[PreviewLine]


class Blocked(Described):
    """Why a day cannot be written."""

    status_code: int
    message: str
    record: str | None


class PreviewDay(Described):
    """One business day: what would be written, or what stands in the way."""

    day: Day
    reason: str
    documents: list[PreviewDocument]
    blocked: list[Blocked]
    warnings: list[str]


class Preview(Described):
    """What a sync of a range would write now."""

    company_id: Uuid
    date_range: DateRange
    days: list[PreviewDay]


class TieOutRow(Described):
    """One total as each side has it; null where a side does not state it."""

    measure: str
    source: Decimal | None
    documents: Decimal | None
    platform: Decimal | None
    agrees: bool


class TieOutDay(Described):
    """The totals of one business day in one currency."""

    day: Day
    currency: Currency
    rows: list[TieOutRow]


class TieOut(Described):
    """The proof of a sync: the partner's records, the documents and the books beside one another."""

    company_id: Uuid
    sync_id: Uuid
    agrees: bool
    days: list[TieOutDay]


class ContributingRecord(Described):
    """A record and what it contributes."""

    connection_id: str
    data_type: str
    id: str
    amount: Decimal


class LineRecords(Described):
    """The records a line is made of; their amounts add up to its total."""

    document_id: Uuid
    reference: str
    line: int = Field(ge=1)
    currency: Currency
    total: Decimal
    records: list[ContributingRecord]
