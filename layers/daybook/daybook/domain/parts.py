"""Which records a document's lines are made of, and what each contributes.

Specification: mapping, tie-out. The parts of a day's projection, less the parts of what is confirmed, are
shared out over the documents that write the difference, so that the parts of every line add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from daybook.domain.documents import Document, Kind, Posting
from daybook.domain.money import ZERO

# Posting to record label to signed amount.
Parts = Mapping[Posting, Mapping[str, Decimal]]
# The same, of one document: in the order of its effects.
Rows = Sequence[tuple[Posting, Sequence[tuple[str, Decimal]]]]

_ON_LINES = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.BILL_CREDIT_NOTE)


class Pool:
    """The parts of a difference, taken out as documents claim them."""

    def __init__(self, now: Parts, confirmed: Iterable[Rows], instead: Mapping[Posting, Posting]) -> None:
        """Parts as they should be, less those confirmed; `instead` names postings that go elsewhere."""
        pool: dict[Posting, dict[str, Decimal]] = {}
        for posting, by_record in now.items():
            _add(pool, posting, by_record.items(), 1)
        for rows in confirmed:
            for posting, parts in rows:
                _add(pool, posting, parts, -1)
        for posting, target in instead.items():
            _add(pool, target, tuple(pool.pop(posting, {}).items()), 1)
        self._pool = {
            posting: [(record, amount) for record, amount in sorted(by_record.items()) if amount]
            for posting, by_record in pool.items()
        }

    def take(self, effects: Iterable[tuple[Posting, Decimal]]) -> Rows:
        """The parts that make up these effects; a part is divided where an effect takes only some of it."""
        return [(posting, self._take(posting, amount)) for posting, amount in effects]

    def _take(self, posting: Posting, wanted: Decimal) -> list[tuple[str, Decimal]]:
        rest = self._pool.get(posting, [])
        if sum((amount for _, amount in rest), ZERO) == wanted:
            self._pool[posting] = []
            return rest
        taken: list[tuple[str, Decimal]] = []
        left = wanted
        while rest and left:
            record, amount = rest.pop(0)
            part = amount if (left - amount) * left >= 0 else left
            taken.append((record, part))
            left -= part
            if part != amount:
                rest.insert(0, (record, amount - part))
        return taken


def parts_of_line(document: Document, rows: Rows, number: int) -> dict[str, Decimal] | None:
    """Record label to contribution, adding up to the line's total; None when there is no such line.

    Lines count from 1; a document without lines (a payment, a transfer) is one line. The line that balances
    a journal is made of what it balances.
    """
    if document.kind is Kind.JOURNAL:
        return _of_journal_line(document, rows, number)
    if document.kind in _ON_LINES:
        bases = list(dict.fromkeys(p._replace(tax_account="") for p, _ in rows if p.role != "receivable"))
        if not 1 <= number <= len(document.lines):
            return None
        wanted = [parts for posting, parts in rows if posting._replace(tax_account="") == bases[number - 1]]
        line = document.lines[number - 1]
        return _added(wanted, line.net + line.tax)
    if number != 1:
        return None
    account = document.to_account or rows[0][0].account
    return _added([parts for posting, parts in rows if posting.account == account], document.total)


def _of_journal_line(document: Document, rows: Rows, number: int) -> dict[str, Decimal] | None:
    if not 1 <= number <= len(document.lines):
        return None
    line = document.lines[number - 1]
    wanted = [
        parts
        for posting, parts in rows
        if posting.ledger_account == line.account and journal_rate(posting) == line.tax_rate
    ]
    if sum((amount for parts in wanted for _, amount in parts), ZERO) != line.net:
        wanted = [parts for posting, parts in rows if posting.ledger_account != line.account]
    return _added(wanted, line.net)


def journal_rate(posting: Posting) -> str:
    """The tax rate a journal line bears: none on tax itself, and none where several share a line."""
    return "" if posting.tax_account or "+" in posting.tax_rate else posting.tax_rate


def _added(parts: Iterable[Sequence[tuple[str, Decimal]]], total: Decimal) -> dict[str, Decimal]:
    by_record: dict[str, Decimal] = {}
    for rows in parts:
        for record, amount in rows:
            by_record[record] = by_record.get(record, ZERO) + amount
    sign = 1 if sum(by_record.values(), ZERO) == total else -1
    return {record: sign * amount for record, amount in sorted(by_record.items()) if amount}


def _add(
    pool: dict[Posting, dict[str, Decimal]], posting: Posting, parts: Iterable[tuple[str, Decimal]], sign: int
) -> None:
    by_record = pool.setdefault(posting, {})
    for record, amount in parts:
        by_record[record] = by_record.get(record, ZERO) + sign * amount
