"""Double entry: what a document does to the accounts, or why it is refused.

Pure. Refusals are PlatformRejected, in words a merchant can act on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, NoReturn

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import (
    ACTIVE,
    DRAFT,
    PAID,
    PARTIALLY_PAID,
    SUBMITTED,
    Account,
    Contact,
    Entry,
    EntryLine,
    ReferenceData,
    Settlement,
    Standing,
    TaxRate,
)
from daybook.domain.money import LARGEST, ZERO, decimals, fits

PLATFORM_NAME = "Sandbox books"
# Other accounting software has such limits too; here the last two keep an entry in one item of the table.
LONGEST_REFERENCE = 255
LONGEST_DESCRIPTION = 4000
MOST_LINES = 1000
MOST_TEXT = 80_000

_CURRENCY = re.compile(r"[A-Z]{3}")

# The side (debit positive) on which a document's total stands in receivable, payable or its money account.
_SALES = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1}
_PURCHASES = {Kind.BILL: -1, Kind.BILL_CREDIT_NOTE: 1}
_BANK = {Kind.SPEND_MONEY: -1, Kind.RECEIVE_MONEY: 1}
# The side on which the total of what settles another document stands in the money account.
_MONEY = {Kind.PAYMENT: 1, Kind.REFUND: -1, Kind.BILL_PAYMENT: -1, Kind.BILL_REFUND: 1}

SETTLES = {
    Kind.PAYMENT: Kind.INVOICE,
    Kind.REFUND: Kind.CREDIT_NOTE,
    Kind.BILL_PAYMENT: Kind.BILL,
    Kind.BILL_REFUND: Kind.BILL_CREDIT_NOTE,
}
_WORDS = {
    Kind.INVOICE: "invoice",
    Kind.PAYMENT: "payment",
    Kind.CREDIT_NOTE: "credit note",
    Kind.REFUND: "refund",
    Kind.BILL: "bill",
    Kind.BILL_PAYMENT: "bill payment",
    Kind.BILL_CREDIT_NOTE: "supplier credit note",
    Kind.BILL_REFUND: "supplier refund",
    Kind.SPEND_MONEY: "money spent",
    Kind.RECEIVE_MONEY: "money received",
    Kind.TRANSFER: "transfer",
    Kind.JOURNAL: "journal",
}


class Booking(NamedTuple):
    """Everything that booking a document changes: its entry, how it stands, and what it settles."""

    entry: Entry
    standing: Standing
    settlement: Settlement | None


def reject(document: Document, reason: str) -> NoReturn:
    """Refuse a document, naming it."""
    raise PlatformRejected(PLATFORM_NAME, f"The {_WORDS[document.kind]} {document.reference}: {reason}")


def post(
    document: Document, books: ReferenceData, document_id: str, settled: Standing | None = None
) -> Booking:
    """Book a document. `settled` is the document that a payment or refund belongs to.

    Raises PlatformRejected.
    """
    _check_form(document)
    _check_lock_date(document, books)
    _check_amounts(document)
    party = _party(document, books, settled)
    if document.kind in SETTLES:
        lines, settlement = _settle(document, books, settled, party)
    else:
        lines, settlement = list(_postings(document, books, party)), None
    lines = [line for line in lines if line.amount]
    if sum((line.amount for line in lines), ZERO) != ZERO:
        reject(document, "debits and credits are not equal.")
    tax = sum((line.tax for line in document.lines), ZERO)
    return Booking(
        Entry(document_id, document, tax, tuple(lines)),
        _standing(document, document_id, party),
        settlement,
    )


def _check_form(document: Document) -> None:
    if not document.reference or len(document.reference) > LONGEST_REFERENCE:
        reject(document, f"a document needs a number of at most {LONGEST_REFERENCE} characters.")
    if not document.reference.isprintable():
        reject(document, "a document's number may hold printable characters only.")
    if not _CURRENCY.fullmatch(document.currency):
        reject(document, f'"{document.currency}" is not a currency code of three capital letters.')
    if len(document.lines) > MOST_LINES:
        reject(document, f"it has {len(document.lines)} lines; at most {MOST_LINES} fit in one document.")
    descriptions = [document.description, *(line.description for line in document.lines)]
    if any(len(text) > LONGEST_DESCRIPTION for text in descriptions):
        reject(document, f"a description may be at most {LONGEST_DESCRIPTION} characters long.")
    if sum(map(len, descriptions)) > MOST_TEXT:
        reject(document, f"its descriptions may have at most {MOST_TEXT} characters together.")
    has_lines = document.kind not in SETTLES and document.kind is not Kind.TRANSFER
    if has_lines and not document.lines:
        reject(document, "it has no lines.")
    if document.lines and not has_lines:
        reject(document, "it cannot have lines.")


def _check_lock_date(document: Document, books: ReferenceData) -> None:
    lock_date = books.company.lock_date
    if lock_date is not None and document.dated <= lock_date:
        reject(
            document,
            f"it is dated {document.dated}, but the books are locked up to and including {lock_date}. "
            "Date it later, or move the lock date.",
        )


def _check_amounts(document: Document) -> None:
    currency = document.currency
    for amount in (document.total, *(part for line in document.lines for part in (line.net, line.tax))):
        if not amount.is_finite() or abs(amount) >= LARGEST:
            reject(document, f"{amount} is not an amount that can be booked.")
        if not fits(amount, currency):
            reject(document, f"{amount} has more than the {decimals(currency)} decimals of {currency}.")
    if document.total <= 0:
        reject(document, f"its total is {document.total}, but it must be more than zero.")
    if document.kind is Kind.JOURNAL:
        _check_journal(document)
    elif document.lines:
        total = sum((line.net + line.tax for line in document.lines), ZERO)
        if total != document.total:
            reject(document, f"its lines add up to {total}, but its total is {document.total}.")


def _check_journal(document: Document) -> None:
    if any(line.tax for line in document.lines):
        reject(document, "a line of a journal cannot carry tax; give the tax a line of its own.")
    if any(not line.net for line in document.lines):
        reject(document, "a line of a journal cannot be zero.")
    debits = sum((line.net for line in document.lines if line.net > 0), ZERO)
    credits_ = -sum((line.net for line in document.lines if line.net < 0), ZERO)
    if debits != credits_:
        reject(document, f"its debits are {debits} and its credits {credits_}; they must be equal.")
    if debits != document.total:
        reject(document, f"its debits add up to {debits}, but its total is {document.total}.")


def _party(document: Document, books: ReferenceData, settled: Standing | None) -> str:
    """The id of the customer or supplier, checked; a payment is always that of the document it settles."""
    if document.kind in _SALES:
        return _contact(document, books.customers, "customer").id
    if document.kind in _PURCHASES:
        return _contact(document, books.suppliers, "supplier").id
    if document.contact:
        _contact(document, (*books.customers, *books.suppliers), "customer or supplier")
    return settled.contact if settled is not None else document.contact


def _contact(document: Document, contacts: Iterable[Contact], role: str) -> Contact:
    contact = next((each for each in contacts if each.id == document.contact), None)
    if contact is None:
        reject(document, f'there is no {role} with the id "{document.contact}".')
    if contact.status != ACTIVE:
        reject(document, f'the {role} "{contact.name}" is archived. Restore it or choose another.')
    return contact


def _account(document: Document, books: ReferenceData, account_id: str) -> Account:
    account = next((each for each in books.accounts if each.id == account_id), None)
    if account is None:
        reject(document, f'there is no account with the id "{account_id}".')
    if account.status != ACTIVE:
        reject(document, f'the account "{account.name}" is archived. Restore it or choose another.')
    return account


def _money_account(document: Document, books: ReferenceData, account_id: str) -> str:
    account = _account(document, books, account_id)
    if not (account.is_bank or account.takes_payments):
        reject(document, f'the account "{account.name}" neither holds money nor takes payments.')
    return account.id


def _tax_rate(document: Document, books: ReferenceData, line: DocumentLine) -> TaxRate | None:
    if not line.tax_rate:
        if line.tax:
            reject(document, f'the line "{line.description}" carries tax without a tax rate.')
        return None
    rate = next((each for each in books.tax_rates if each.id == line.tax_rate), None)
    if rate is None:
        reject(document, f'there is no tax rate with the id "{line.tax_rate}".')
    if rate.status != ACTIVE:
        reject(document, f'the tax rate "{rate.name}" is archived. Restore it or choose another.')
    return rate


def _postings(document: Document, books: ReferenceData, party: str) -> Iterator[EntryLine]:
    """The entry of a document that stands for itself."""
    kind, total, text = document.kind, document.total, document.description
    if kind is Kind.TRANSFER:
        source = _money_account(document, books, document.account)
        target = _money_account(document, books, document.to_account)
        if source == target:
            reject(document, "it must go to another account than it comes from.")
        yield EntryLine(target, total, text)
        yield EntryLine(source, -total, text)
        return
    side = 1
    if kind is not Kind.JOURNAL:
        owed, account = _control(document, books)
        yield EntryLine(account, owed * total, text, party)
        side = -owed
    for line in document.lines:
        rate = _tax_rate(document, books, line)
        yield EntryLine(_account(document, books, line.account).id, side * line.net, line.description)
        if rate is not None and line.tax:
            yield EntryLine(_account(document, books, rate.account).id, side * line.tax, line.description)


def _control(document: Document, books: ReferenceData) -> tuple[int, str]:
    """The side and the account on which the total of a document with lines stands."""
    kind, company = document.kind, books.company
    if kind in _BANK:
        return _BANK[kind], _money_account(document, books, document.account)
    if kind in _SALES:
        return _SALES[kind], _account(document, books, company.receivable_account).id
    return _PURCHASES[kind], _account(document, books, company.payable_account).id


def _settle(
    document: Document, books: ReferenceData, settled: Standing | None, party: str
) -> tuple[list[EntryLine], Settlement]:
    """The entry of a payment or refund, and what it leaves open."""
    target = SETTLES[document.kind]
    if settled is None or settled.kind is not target:
        name = document.settles_reference or document.settles
        reject(document, f'there is no {_WORDS[target]} "{name}" that it could belong to.')
    if settled.status == DRAFT:
        reject(document, f"{settled.reference} is a draft; a draft takes no payments. Approve it first.")
    if settled.currency != document.currency:
        reject(document, f"it is in {document.currency}, but {settled.reference} is in {settled.currency}.")
    if document.total > settled.open:
        reject(document, f"it is {document.total}, but only {settled.open} of {settled.reference} is open.")
    sales = document.kind in (Kind.PAYMENT, Kind.REFUND)
    control = books.company.receivable_account if sales else books.company.payable_account
    sign = _MONEY[document.kind]
    money = _money_account(document, books, document.account)
    lines = [
        EntryLine(money, sign * document.total, document.description),
        EntryLine(_account(document, books, control).id, -sign * document.total, document.description, party),
    ]
    return lines, Settlement(settled, _after(settled, document))


def _after(settled: Standing, document: Document) -> Standing:
    still_open = settled.open - document.total
    return replace(settled, open=still_open, status=PARTIALLY_PAID if still_open else PAID)


def _standing(document: Document, document_id: str, party: str) -> Standing:
    settled_later = document.kind in SETTLES.values()
    status = DRAFT if settled_later and document.status.lower() == DRAFT.lower() else SUBMITTED
    return Standing(
        id=document_id,
        kind=document.kind,
        reference=document.reference,
        dated=document.dated,
        currency=document.currency,
        total=document.total,
        tax=sum((line.tax for line in document.lines), ZERO),
        contact=party,
        status=status,
        open=document.total if settled_later else ZERO,
    )
