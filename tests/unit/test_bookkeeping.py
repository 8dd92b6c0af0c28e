"""Entries of documents as they are shown before they are written, held against what Sandbox books post."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.bookkeeping import entry_lines, totals
from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.ledger import SUBMITTED, EntryLine, Standing
from daybook.platforms.sandbox.chart import account_id, new_books, tax_rate_id
from daybook.platforms.sandbox.posting import SETTLES, post

BOOKS = new_books("company", "Copper Kettle")
DAY = date(2026, 3, 2)
LINES = (("Sales", "10.00", "2.00"), ("Refunds", "-1.00", "0.00"), ("Sales: Food", "3.00", "0.60"))
JOURNAL = (("Sales", "-10.00", "0"), ("Card clearing", "12.00", "0"), ("Tips payable", "-2.00", "0"))


def account(name: str) -> str:
    return account_id("company", name)


def document(kind: Kind) -> Document:
    """A document of a kind with everything that such a one has."""
    rows = JOURNAL if kind is Kind.JOURNAL else LINES
    has_lines = kind not in SETTLES and kind is not Kind.TRANSFER
    lines = tuple(
        DocumentLine(
            name,
            account(name),
            Decimal(net),
            Decimal(tax),
            tax_rate_id("company", "Tax 20%") if Decimal(tax) else "",
        )
        for name, net, tax in rows
    )
    of_supplier = kind in (Kind.BILL, Kind.BILL_CREDIT_NOTE)
    return Document(
        kind=kind,
        reference="r-1",
        day=DAY,
        dated=DAY,
        currency="GBP",
        description="A document",
        total=Decimal("12.00") if kind is Kind.JOURNAL else Decimal("14.60"),
        lines=lines if has_lines else (),
        contact=(BOOKS.suppliers if of_supplier else BOOKS.customers)[0].id,
        account=account("Card clearing"),
        to_account=account("Bank current account"),
        settles="other",
    )


def standing(kind: Kind) -> Standing:
    zero = Decimal(0)
    contact = BOOKS.customers[0].id
    return Standing("other", kind, "o-1", DAY, "GBP", Decimal(99), zero, contact, SUBMITTED, Decimal(99))


@pytest.mark.parametrize("kind", Kind)
def test_entries_are_those_that_are_posted(kind: Kind) -> None:
    wanted = document(kind)
    settled = standing(SETTLES[kind]) if kind in SETTLES else None
    posted = post(wanted, BOOKS, "id", settled).entry.lines
    shown = entry_lines(wanted, BOOKS)
    assert balances(shown) == balances(posted)
    assert totals(shown)[0] == totals(shown)[1] > 0


def balances(lines: Iterable[EntryLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.account] = found.get(line.account, Decimal(0)) + line.amount
    return found


def test_one_part_for_each_account_and_side() -> None:
    lines = entry_lines(document(Kind.INVOICE), BOOKS)
    assert len({(line.account, line.amount > 0) for line in lines}) == len(lines)
    assert [line.amount for line in lines if line.account == account("Tax 20% payable")] == [Decimal("-2.60")]
