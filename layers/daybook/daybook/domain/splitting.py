"""Documents that an accounting platform cannot carry as they are, split into ones it can.

A journal may touch any account; most platforms let none touch an account that holds money, receivables or
payables, know transfers only between accounts that hold money, and spend money only from one. What a document
does to the accounts is kept to the last unit: the parts together move every account as the whole does. Where
two parts meet they pass through a plain account, which the whole leaves as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.money import ZERO
from daybook.frozen import frozen


class Role(StrEnum):
    """What a platform lets an account be used for."""

    PLAIN = "plain"
    MONEY = "money"
    RECEIVABLE = "receivable"
    PAYABLE = "payable"


@frozen
class Limits:
    """A platform's limits, in one merchant's books.

    `role_of` tells an account's role. `through` is the plain account that parts pass through; `customer` and
    `supplier` are whose debt a part becomes that moves receivables or payables. Without `many_lines` money is
    spent and received for one line at a time.
    """

    role_of: Callable[[str], Role]
    through: str
    customer: str
    supplier: str
    many_lines: bool = True


_FREE = (Kind.JOURNAL, Kind.TRANSFER, Kind.SPEND_MONEY, Kind.RECEIVE_MONEY)
# The kind that puts an amount on the debit and on the credit side of receivables or payables.
_CONTROL = {
    Role.RECEIVABLE: (Kind.INVOICE, Kind.CREDIT_NOTE),
    Role.PAYABLE: (Kind.BILL_CREDIT_NOTE, Kind.BILL),
}
# On which side of its own account a document's total stands, debit positive.
_SIDE = {
    Kind.INVOICE: 1,
    Kind.BILL_CREDIT_NOTE: 1,
    Kind.RECEIVE_MONEY: 1,
    Kind.CREDIT_NOTE: -1,
    Kind.BILL: -1,
    Kind.SPEND_MONEY: -1,
}


def split(document: Document, limits: Limits) -> tuple[Document, ...]:
    """The documents that do together what this one does, in the order they are written.

    A document of a kind that every platform has is answered as it is. The reference of each part is the
    whole's, followed by its number when there are several.
    """
    if document.kind not in _FREE:
        return (document,)
    lines = _signed(document)
    parts = _whole(document, lines, limits) or _parts(document, lines, limits)
    if len(parts) == 1:
        return (replace(parts[0], reference=document.reference),)
    return tuple(
        replace(part, reference=f"{document.reference}.{number}") for number, part in enumerate(parts, 1)
    )


def _signed(document: Document) -> list[DocumentLine]:
    """Every account a document moves: net signed, debit positive."""
    if document.kind is Kind.JOURNAL:
        return list(document.lines)
    if document.kind is Kind.TRANSFER:
        to = DocumentLine(document.description, document.to_account, document.total)
        return [to, DocumentLine(document.description, document.account, -document.total)]
    side = _SIDE[document.kind]
    own = DocumentLine(document.description, document.account, side * document.total)
    return [own, *(replace(line, net=-side * (line.net + line.tax), tax=ZERO) for line in document.lines)]


def _whole(document: Document, lines: list[DocumentLine], limits: Limits) -> list[Document]:
    """One document for all of these lines, where there is one."""
    roles = [limits.role_of(line.account) for line in lines]
    special = [line for line, role in zip(lines, roles, strict=True) if role is not Role.PLAIN]
    plain = [line for line, role in zip(lines, roles, strict=True) if role is Role.PLAIN]
    if not special:
        return [_journal(document, lines)]
    if len(special) == len(lines) == 2 and set(roles) == {Role.MONEY}:  # noqa: PLR2004 - from one to the other
        return [_transfer(document, lines)]
    if len(special) > 1:
        return []
    role = limits.role_of(special[0].account)
    opposite = all((line.net > 0) != (special[0].net > 0) for line in plain)
    if role is Role.MONEY:
        fits = len(plain) == 1 or (limits.many_lines and bool(plain))
        return [_of_one(document, special[0], plain, limits)] if fits else []
    return [_of_one(document, special[0], plain, limits)] if opposite else []


def _parts(document: Document, lines: list[DocumentLine], limits: Limits) -> list[Document]:
    """A document for each account that no journal may touch, and a journal of the others."""
    parts = []
    rest = [line for line in lines if limits.role_of(line.account) is Role.PLAIN]
    for line in lines:
        if limits.role_of(line.account) is not Role.PLAIN:
            passing = DocumentLine(line.description, limits.through, -line.net)
            parts.append(_of_one(document, line, [passing], limits))
            rest.append(replace(passing, net=line.net))
    kept = _added_up(rest)
    return [*parts, _journal(document, kept)] if kept else parts


def _added_up(lines: Iterable[DocumentLine]) -> list[DocumentLine]:
    """The lines with those of one account made one; none of zero."""
    found: dict[str, DocumentLine] = {}
    for line in lines:
        known = found.get(line.account)
        found[line.account] = replace(known, net=known.net + line.net) if known else line
    return [line for line in found.values() if line.net]


def _of_one(document: Document, line: DocumentLine, others: list[DocumentLine], limits: Limits) -> Document:
    """Money received or spent, or a debt, for one line; `others` are where it comes from or goes to."""
    role = limits.role_of(line.account)
    debit, credit = _CONTROL.get(role, (Kind.RECEIVE_MONEY, Kind.SPEND_MONEY))
    kind = debit if line.net > 0 else credit
    contact = {Role.RECEIVABLE: limits.customer, Role.PAYABLE: limits.supplier}.get(role)
    return replace(
        document,
        kind=kind,
        total=abs(line.net),
        account=line.account if role is Role.MONEY else "",
        to_account="",
        contact=document.contact or limits.supplier if contact is None else contact,
        lines=tuple(replace(other, net=-_SIDE[kind] * other.net, tax_rate="") for other in others),
    )


def _transfer(document: Document, lines: list[DocumentLine]) -> Document:
    source, target = sorted(lines, key=lambda line: line.net)
    return replace(
        document,
        kind=Kind.TRANSFER,
        total=target.net,
        account=source.account,
        to_account=target.account,
        contact="",
        lines=(),
    )


def _journal(document: Document, lines: list[DocumentLine]) -> Document:
    debits: Decimal = sum((line.net for line in lines if line.net > 0), ZERO)
    return replace(document, kind=Kind.JOURNAL, total=debits, account="", to_account="", lines=tuple(lines))
