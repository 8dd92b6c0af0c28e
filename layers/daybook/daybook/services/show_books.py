"""Sandbox books as a bookkeeper reads them: trial balance, balances of contacts, journal and documents.

Balances are the fold of the entries, so reading them costs what there is to fold. Beyond a limit they are not
worked out at all: a balance of part of a period would be a wrong one.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.frozen import frozen
from daybook.platforms.sandbox import statements
from daybook.services.companies import find_company
from daybook.store.ledger import Ledger
from daybook.wire.sandbox import BooksQuery, Format

if TYPE_CHECKING:
    from datetime import date

    from daybook.domain.ledger import Entry, ReferenceData
    from daybook.platforms.sandbox.statements import JournalEntry, Statement
    from daybook.services.runtime import Runtime

MOST_ENTRIES = 5_000
ENTRIES_A_PAGE = 50
_PLACE = re.compile(r"\d{4}-\d{2}-\d{2}#[0-9a-f-]{36}", re.ASCII)


@frozen
class Period:
    """The dates to look at, both included; None for the beginning and for the end."""

    first: date | None = None
    last: date | None = None


@frozen
class Balances:
    """Statements for each currency; `is_too_much` when there is more than can be added up at once."""

    data: ReferenceData
    accounts: tuple[Statement, ...] = ()
    customers: tuple[Statement, ...] = ()
    suppliers: tuple[Statement, ...] = ()
    is_too_much: bool = False


@frozen
class JournalPage:
    """Entries, the newest first; `rest` is where the older ones begin, "" when there are none."""

    data: ReferenceData
    entries: tuple[JournalEntry, ...]
    rest: str


def whole_books(form: Format) -> BooksQuery:
    """What to ask for to have everything as text."""
    return BooksQuery(format=form, first=None, last=None)


def open_books(runtime: Runtime, client_id: str, company_id: str) -> ReferenceData:
    """The ledger's accounts, contacts and company.

    Raises NotFound for another client's company and for books that were never opened.
    """
    return _read(_ledger(runtime, client_id, company_id))


def show_balances(runtime: Runtime, client_id: str, company_id: str, period: Period) -> Balances:
    """What moved in a period, and what is left. Raises NotFound as `open_books` does."""
    ledger = _ledger(runtime, client_id, company_id)
    found = ledger.entries(period.first, period.last)
    entries: list[Entry] = list(islice(found, MOST_ENTRIES + 1))
    # After the entries: whatever they are booked to is there then.
    data = _read(ledger)
    if len(entries) > MOST_ENTRIES:
        return Balances(data, is_too_much=True)
    return Balances(
        data,
        statements.trial_balances(data, entries),
        statements.contact_balances(data.customers, entries),
        statements.contact_balances(data.suppliers, entries),
    )


def show_journal(
    runtime: Runtime, client_id: str, company_id: str, period: Period, begins: str = ""
) -> JournalPage:
    """A page of the journal, each entry with its document as it stands today. Raises NotFound, BadRequest."""
    if begins and not _PLACE.fullmatch(begins):
        message = "There is no such place in the journal."
        raise BadRequest(message, [Problem("begins", message, "format")])
    ledger = _ledger(runtime, client_id, company_id)
    entries, rest = ledger.latest(period.first, period.last, ENTRIES_A_PAGE, begins)
    standings = ledger.standings_of(entry.id for entry in entries)
    data = _read(ledger)
    return JournalPage(data, statements.journal(data, entries, standings), rest)


def _ledger(runtime: Runtime, client_id: str, company_id: str) -> Ledger:
    return Ledger(runtime.table, find_company(runtime, client_id, company_id).id)


def _read(ledger: Ledger) -> ReferenceData:
    books = ledger.read()
    if books is None:
        raise NotFound("Sandbox books of this company")
    return books.data
