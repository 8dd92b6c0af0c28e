"""What Xero cannot carry whole: journals on bank accounts, debtors or creditors, transfers elsewhere. Pure.

`domain/splitting.py` says which documents do the same together. Here each of them gets a number that says
which part it is, of how many and of what total, so that Xero alone tells what is there of a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.ledger import ReferenceData
from daybook.domain.money import ZERO
from daybook.domain.splitting import Limits, Role, split
from daybook.platforms.xero.answers import bears

# Stand for contacts until it is known that one is needed.
A_CUSTOMER, A_SUPPLIER = "a customer", "a supplier"

# The kinds that a document of one of the first may be written as. The rest is written as it is.
FREE = (Kind.JOURNAL, Kind.TRANSFER, Kind.SPEND_MONEY, Kind.RECEIVE_MONEY)
BECOMES = (*FREE, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.BILL_CREDIT_NOTE)
_NEEDS = {
    Kind.INVOICE: A_CUSTOMER,
    Kind.CREDIT_NOTE: A_CUSTOMER,
    Kind.RECEIVE_MONEY: A_CUSTOMER,
    Kind.BILL: A_SUPPLIER,
    Kind.BILL_CREDIT_NOTE: A_SUPPLIER,
    Kind.SPEND_MONEY: A_SUPPLIER,
}
_NUMBER = re.compile(r"\.(\d+) of (\d+) \((\d+(?:\.\d+)?)\)")


class PartNumber(NamedTuple):
    """Which part of a document this is, of how many, and the total of the whole."""

    ordinal: int
    parts: int
    total: Decimal


def in_parts(document: Document, data: ReferenceData) -> tuple[Document, ...]:
    """The documents that are written for this one, complete but for contacts that nobody named."""
    if document.kind not in FREE or _fits(document, data):
        return (_with_contact(document),)
    plain = next(
        (line.account for line in document.lines if role_of(line.account, data) is Role.PLAIN),
        document.account,
    )
    limits = Limits(
        role_of=lambda account: role_of(account, data),
        through=data.details.get("rounding") or plain,
        customer=A_CUSTOMER,
        supplier=A_SUPPLIER,
    )
    parts = split(_tax_spelt_out(document, data), limits)
    if len(parts) == 1 and parts[0].total == document.total:
        return (_with_contact(parts[0]),)
    return tuple(
        _with_contact(
            replace(part, reference=f"{document.reference}.{ordinal} of {len(parts)} ({document.total:f})")
        )
        for ordinal, part in enumerate(parts, 1)
    )


def part_number(reference: str, kind: Kind, said: str) -> PartNumber | None:
    """Which part of the document with this reference bears this number in Xero; None for another document."""
    if not said.startswith(reference):
        return None
    found = _NUMBER.match(said, len(reference))
    if found is None or not bears(said[: found.end()], kind, said):
        return None
    return PartNumber(int(found[1]), int(found[2]), Decimal(found[3]))


def role_of(account_id: str, data: ReferenceData) -> Role:
    """What Xero lets an account be used for."""
    if account_id == data.company.receivable_account:
        return Role.RECEIVABLE
    if account_id == data.company.payable_account:
        return Role.PAYABLE
    is_bank = any(account.is_bank for account in data.accounts if account.id == account_id)
    return Role.MONEY if is_bank else Role.PLAIN


def _fits(document: Document, data: ReferenceData) -> bool:
    """Whether Xero takes a document as it is."""
    lines = {role_of(line.account, data) for line in document.lines}
    if document.kind is Kind.JOURNAL:
        return lines <= {Role.PLAIN}
    ends = [document.account, document.to_account] if document.kind is Kind.TRANSFER else [document.account]
    return lines <= {Role.PLAIN} and all(role_of(account, data) is Role.MONEY for account in ends)


def _tax_spelt_out(document: Document, data: ReferenceData) -> Document:
    """The same with a line of its own for each tax, which splitting would otherwise leave on its line."""
    return replace(document, lines=tuple(_spelt_out(document, data)))


def _spelt_out(document: Document, data: ReferenceData) -> Iterator[DocumentLine]:
    accounts = {rate.id: rate.account for rate in data.tax_rates}
    for line in document.lines:
        yield replace(line, tax=ZERO)
        if line.tax:
            account = accounts.get(line.tax_rate) or line.account
            yield DocumentLine(f"Tax on {line.description}", account, line.tax)


def _with_contact(document: Document) -> Document:
    needed = _NEEDS.get(document.kind)
    is_named = document.contact not in ("", A_CUSTOMER, A_SUPPLIER)
    return document if is_named or needed is None else replace(document, contact=needed)
