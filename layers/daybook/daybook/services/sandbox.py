"""Sandbox books from the outside: written out, locked, their accounts archived, their connection linked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import BadRequest, Conflict, NotFound, Problem
from daybook.domain.ledger import ACTIVE, Books
from daybook.platforms import SANDBOX
from daybook.platforms.sandbox import contents, plain_text
from daybook.platforms.sandbox.extract import Extract, extract
from daybook.services.connections import authorise, find_by_link
from daybook.services.identifiers import identifier
from daybook.store.connections import PENDING
from daybook.store.ledger import Ledger
from daybook.wire.companies import Authorization
from daybook.wire.sandbox import AccountUpdate, BooksQuery, BooksUpdate

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

# How often a change is tried again when the books changed between reading and writing.
_TRIES = 8
_BUSY = "The books were changed by others meanwhile. Try again."


def books_as_json(runtime: Runtime, company: Company, asked: BooksQuery) -> dict[str, Any]:
    """The company's ledger as JSON values. Raises NotFound when its books were never opened."""
    return contents.contents(_extract(runtime, company, asked))


def books_as_text(runtime: Runtime, company: Company, asked: BooksQuery) -> str:
    """The company's ledger for beancount or hledger. Raises NotFound when its books were never opened."""
    render = plain_text.beancount if asked.format == "beancount" else plain_text.hledger
    return render(_extract(runtime, company, asked))


def update_books(runtime: Runtime, company: Company, request: BooksUpdate) -> dict[str, Any]:
    """Set or lift the lock date and the fault. Raises NotFound."""
    ledger = Ledger(runtime.table, company.id)
    for _ in range(_TRIES):
        books = _books(ledger)
        if _change(ledger, books, request):
            return contents.company(_books(ledger).data)
    raise Conflict(_BUSY)


def update_account(
    runtime: Runtime, company: Company, account_id: str, request: AccountUpdate
) -> dict[str, Any]:
    """Archive or restore an account.

    Raises NotFound, and BadRequest for the accounts that customers' and suppliers' balances stand on.
    """
    ledger = Ledger(runtime.table, company.id)
    account_id = identifier(account_id, "account")
    for _ in range(_TRIES):
        books = _books(ledger)
        account = next((each for each in books.data.accounts if each.id == account_id), None)
        if account is None:
            raise NotFound("account")
        owner = books.data.company
        if request.status != ACTIVE and account.id in (owner.receivable_account, owner.payable_account):
            message = f"{account.name} cannot be archived: invoices or bills are booked to it."
            raise BadRequest(message, [Problem("$.status", message, "systemAccount")])
        changed = replace(account, status=request.status)
        if ledger.add(books.version, accounts=(changed,)):
            return contents.account(changed)
    raise Conflict(_BUSY)


def follow_link(
    runtime: Runtime, company_id: str, connection_id: str, *, is_asked: bool
) -> tuple[Company, Connection]:
    """Link a connection to Sandbox books, as whoever follows its link asks for; there is nobody to ask back.

    Following it links a connection that was never linked. One that somebody unlinked stays so until it is
    asked for in words (`is_asked`): an old link in a mail that a scanner opens must not undo it. Raises
    NotFound, and BadRequest when other accounting software is linked already.
    """
    company, connection = find_by_link(runtime, company_id, connection_id)
    if connection.platform_key != SANDBOX:
        raise NotFound("connection")
    if connection.status != PENDING and not is_asked:
        return company, connection
    return company, authorise(runtime, company, connection, Authorization())


def _change(ledger: Ledger, books: Books, request: BooksUpdate) -> bool:
    """False when the books were changed by somebody else; what was changed already is then changed again."""
    version = books.version
    if request.lock_date is not None:
        lock_date = date.fromisoformat(request.lock_date) if request.lock_date else None
        if not ledger.lock(version, lock_date):
            return False
        version += 1
    return request.fault is None or ledger.fail(version, request.fault)


def _books(ledger: Ledger) -> Books:
    books = ledger.read()
    if books is None:
        raise NotFound("Sandbox books of this company")
    return books


def _extract(runtime: Runtime, company: Company, asked: BooksQuery) -> Extract:
    ledger = Ledger(runtime.table, company.id)
    # Entries first: what they are booked to is there then, and each has its standing, written at once.
    entries = list(ledger.entries(asked.first, asked.last))
    data = _books(ledger).data
    return extract(data, entries, ledger.standings(), asked.first, asked.last)
