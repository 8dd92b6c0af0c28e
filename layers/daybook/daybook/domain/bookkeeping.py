"""What a document does to the accounts, as a bookkeeper reads it: debit positive, adding up to zero.

For showing entries before they are written. What a ledger really holds is the platform's word.
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from daybook.domain.documents import Document, Kind
from daybook.domain.ledger import EntryLine, ReferenceData

# The side on which a document's total stands in the account it is owed or paid from.
_SALES = MappingProxyType({Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1})
_PURCHASES = MappingProxyType({Kind.BILL: -1, Kind.BILL_CREDIT_NOTE: 1})
_BANK = MappingProxyType({Kind.SPEND_MONEY: -1, Kind.RECEIVE_MONEY: 1})
_OF_CUSTOMERS = MappingProxyType({Kind.PAYMENT: 1, Kind.REFUND: -1})
_OF_SUPPLIERS = MappingProxyType({Kind.BILL_PAYMENT: -1, Kind.BILL_REFUND: 1})


def entry_lines(document: Document, reference: ReferenceData) -> tuple[EntryLine, ...]:
    """The parts of a document's entry, the side that is owed or paid first; parts of nothing are left out."""
    company, total = reference.company, document.total
    if document.kind is Kind.TRANSFER:
        return _lines((document.to_account, total), (document.account, -total))
    for sides, owed in (
        (_OF_CUSTOMERS, company.receivable_account),
        (_OF_SUPPLIERS, company.payable_account),
    ):
        if document.kind in sides:
            amount = sides[document.kind] * total
            return _lines((document.account, amount), (owed, -amount))
    if document.kind is Kind.JOURNAL:
        return _lines(*((line.account, line.net) for line in document.lines))
    side, account = _control(document, reference)
    taxes = {rate.id: rate.account for rate in reference.tax_rates}
    parts = [(account, side * total)]
    for line in document.lines:
        parts.append((line.account, -side * line.net))
        parts.append((taxes.get(line.tax_rate, ""), -side * line.tax))
    return _lines(*parts)


def _control(document: Document, reference: ReferenceData) -> tuple[int, str]:
    kind, company = document.kind, reference.company
    if kind in _BANK:
        return _BANK[kind], document.account
    if kind in _SALES:
        return _SALES[kind], company.receivable_account
    return _PURCHASES[kind], company.payable_account


def _lines(*parts: tuple[str, Decimal]) -> tuple[EntryLine, ...]:
    """One part for each account and side, in the order they came in."""
    sums: dict[tuple[str, bool], Decimal] = {}
    for account, amount in parts:
        if amount:
            side = (account, amount > 0)
            sums[side] = sums.get(side, Decimal(0)) + amount
    return tuple(EntryLine(account, amount) for (account, _), amount in sums.items())


def totals(lines: tuple[EntryLine, ...]) -> tuple[Decimal, Decimal]:
    """The sum of the debits, and that of the credits as a positive amount."""
    debits = sum((line.amount for line in lines if line.amount > 0), Decimal(0))
    credits_ = -sum((line.amount for line in lines if line.amount < 0), Decimal(0))
    return debits, credits_
