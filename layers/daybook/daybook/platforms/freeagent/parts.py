"""What is written to FreeAgent for a document. Pure.

Journals there touch no bank account, debtors or creditors; invoice items bear income categories only, bill
items expenses only; invoices and bills are paid from bank accounts only. A document that wants more becomes
several (`domain/splitting.py` and here), which together move every account as it does.

The last of them bears the document's reference, the others that and their number: what has the reference is
there as a whole. Where the last one's total is not the whole's, its description tells the whole's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import DRAFT, ReferenceData
from daybook.domain.money import ZERO
from daybook.domain.splitting import Limits, Role, split
from daybook.platforms.freeagent.authorisation import PLATFORM_NAME

# Stand for contacts until it is known that one is needed.
A_CUSTOMER, A_SUPPLIER = "a customer", "a supplier"

FREE = (Kind.JOURNAL, Kind.TRANSFER, Kind.SPEND_MONEY, Kind.RECEIVE_MONEY)
_NEEDS = {
    Kind.INVOICE: A_CUSTOMER,
    Kind.CREDIT_NOTE: A_CUSTOMER,
    Kind.BILL: A_SUPPLIER,
    Kind.BILL_CREDIT_NOTE: A_SUPPLIER,
}
# On which side their lines stand, debit positive.
_LINES = {Kind.INVOICE: -1, Kind.CREDIT_NOTE: 1, Kind.BILL: 1, Kind.BILL_CREDIT_NOTE: -1}
# What is paid into or from a category on the way to or from a bank account.
_ON_THE_WAY = {
    Kind.PAYMENT: Kind.SPEND_MONEY,
    Kind.BILL_REFUND: Kind.SPEND_MONEY,
    Kind.REFUND: Kind.RECEIVE_MONEY,
    Kind.BILL_PAYMENT: Kind.RECEIVE_MONEY,
}
_WHOLE = re.compile(r"\[(\d+) parts, (\d+(?:\.\d+)?)\] ")


def in_parts(document: Document, data: ReferenceData) -> tuple[Document, ...]:
    """The documents that are written for this one, in their order, complete but for contacts.

    Raises PlatformRejected when FreeAgent has no way to hold it.
    """
    if document.kind in FREE and not _fits(document, data):
        parts = [each for part in _split(document, data) for each in _with_moves(part, data)]
    elif document.kind in _ON_THE_WAY and role_of(document.account, data) is not Role.MONEY:
        parts = list(_by_bank(document, data))
    else:
        parts = list(_with_moves(document, data))
    last = parts[-1]
    if last.total != document.total:
        told = f"[{len(parts)} parts, {document.total:f}] {document.description}"
        parts[-1] = replace(last, description=told)
    return tuple(
        _with_contact(replace(part, reference=_number(document.reference, ordinal, len(parts))))
        for ordinal, part in enumerate(parts, 1)
    )


def whole_total(description: str) -> Decimal | None:
    """The total of the document whose last part has this description; None where that is its own."""
    found = _WHOLE.match(description)
    return Decimal(found[2]) if found else None


def role_of(account_id: str, data: ReferenceData) -> Role:
    """What FreeAgent lets an account be used for."""
    if account_id == data.company.receivable_account:
        return Role.RECEIVABLE
    if account_id == data.company.payable_account:
        return Role.PAYABLE
    is_bank = any(account.is_bank for account in data.accounts if account.id == account_id)
    return Role.MONEY if is_bank else Role.PLAIN


def _number(reference: str, ordinal: int, count: int) -> str:
    return reference if ordinal == count else f"{reference}.{ordinal}"


def _fits(document: Document, data: ReferenceData) -> bool:
    """Whether FreeAgent takes a document as it is."""
    lines = [role_of(line.account, data) for line in document.lines]
    if document.kind is Kind.JOURNAL:
        return set(lines) <= {Role.PLAIN}
    if document.kind is Kind.TRANSFER:
        ends = (document.account, document.to_account)
        return all(role_of(account, data) is Role.MONEY for account in ends)
    return lines == [Role.PLAIN] and role_of(document.account, data) is Role.MONEY


def _split(document: Document, data: ReferenceData) -> tuple[Document, ...]:
    taxes = {rate.account for rate in data.tax_rates}
    lines = [line.account for line in document.lines if line.account not in taxes]
    plain = [account for account in lines if role_of(account, data) is Role.PLAIN]
    limits = Limits(
        role_of=lambda account: role_of(account, data),
        through=data.details.get("through") or next(iter([*plain, *data.details["invoiced"]]), ""),
        customer=A_CUSTOMER,
        supplier=A_SUPPLIER,
        many_lines=False,
    )
    return split(replace(document, lines=tuple(_tax_spelt_out(document, data))), limits)


def _tax_spelt_out(document: Document, data: ReferenceData) -> Iterator[DocumentLine]:
    """The lines with a line of its own for each tax, which splitting leaves on its line."""
    accounts = {rate.id: rate.account for rate in data.tax_rates}
    for line in document.lines:
        yield replace(line, tax=ZERO, tax_rate="")
        if line.tax:
            account = accounts.get(line.tax_rate) or line.account
            yield DocumentLine(f"Tax on {line.description}", account, line.tax)


def _with_moves(document: Document, data: ReferenceData) -> Iterator[Document]:
    """An invoice, a bill or the like on categories it may bear, after what moves them where they belong."""
    if document.kind not in _LINES:
        yield document
        return
    allowed = data.details["billed" if document.kind in (Kind.BILL, Kind.BILL_CREDIT_NOTE) else "invoiced"]
    own = [line.account for line in document.lines if line.account in allowed]
    instead = next(iter([*own, *allowed]), "")
    lines = tuple(
        line if line.account in allowed else replace(line, account=instead) for line in document.lines
    )
    moved = _moved(document, lines)
    if moved:
        yield from _moves(document, moved, data)
    yield replace(document, lines=lines)


def _moved(document: Document, lines: Iterable[DocumentLine]) -> list[DocumentLine]:
    """The journal lines that take amounts from where these lines put them to where the document's belong."""
    side = _LINES[document.kind]
    found: dict[str, DocumentLine] = {}
    for line, put in zip(document.lines, lines, strict=True):
        for account, amount in ((line.account, side * line.net), (put.account, -side * line.net)):
            known = found.get(account, DocumentLine(line.description, account, ZERO))
            found[account] = replace(known, net=known.net + amount)
    return [line for line in found.values() if line.net]


def _moves(document: Document, moved: list[DocumentLine], data: ReferenceData) -> tuple[Document, ...]:
    if document.status.lower() == DRAFT.lower():
        raise _rejected(
            "Invoices in FreeAgent bear income accounts only. Moving amounts to another one cannot wait for "
            "a draft to be sent: choose income accounts, or have invoices written as submitted."
        )
    if {role_of(line.account, data) for line in moved} & {Role.RECEIVABLE, Role.PAYABLE}:
        raise _rejected("Choose another account than Trade Debtors or Trade Creditors in Daybook's settings.")
    journal = replace(
        document,
        kind=Kind.JOURNAL,
        total=sum((line.net for line in moved if line.net > 0), ZERO),
        lines=tuple(moved),
        contact="",
        status="",
        due=None,
    )
    return (journal,) if _fits(journal, data) else _split(journal, data)


def _by_bank(document: Document, data: ReferenceData) -> tuple[Document, Document]:
    """A payment by a category: by a bank account, which gets it back from the category the same day."""
    banks = {account.id: account.currency for account in data.accounts if account.is_bank}
    passing = [each for each in data.details["passing"] if banks.get(each) == document.currency]
    if not passing:
        raise _rejected(
            f"FreeAgent takes payments by bank accounts only, and none of them is in {document.currency}. "
            "Add one there, or choose a bank account in Daybook's settings."
        )
    line = DocumentLine(document.description, document.account, document.total)
    before = replace(
        document,
        kind=_ON_THE_WAY[document.kind],
        account=passing[0],
        lines=(line,),
        settles="",
        settles_reference="",
    )
    return before, replace(document, account=passing[0])


def _with_contact(document: Document) -> Document:
    needed = _NEEDS.get(document.kind)
    is_named = document.contact not in ("", A_CUSTOMER, A_SUPPLIER)
    return document if is_named or needed is None else replace(document, contact=needed)


def _rejected(reason: str) -> PlatformRejected:
    return PlatformRejected(PLATFORM_NAME, reason)
