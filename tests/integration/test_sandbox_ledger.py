"""Sandbox books kept by DynamoDB: transactions, conditions and pages as in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import boto3
import pytest
from moto import mock_aws

from daybook.domain.documents import Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Books
from daybook.platforms.sandbox.books import SandboxBooks
from daybook.platforms.sandbox.chart import new_books
from daybook.store.dynamodb import DynamoTable
from daybook.store.ledger import Ledger
from tests.simulation.sandbox import COMPANY, DAY, document, line


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        client.create_table(
            TableName="daybook",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
        )
        yield Ledger(DynamoTable(client, "daybook"), COMPANY)


def test_a_day_in_the_books(ledger: Ledger) -> None:
    data = new_books(COMPANY, "Corner Café")
    assert ledger.open(data)
    assert not ledger.open(new_books(COMPANY, "Another", "EUR"))
    read = ledger.read()
    assert read is not None
    assert set(read.data.accounts) == set(data.accounts)
    assert set(read.data.tax_rates) == set(data.tax_rates)
    assert (read.data.company, read.data.customers) == (data.company, data.customers)

    books = SandboxBooks(COMPANY, ledger)
    invoice = document(Kind.INVOICE, "INV-1", line("Sales", "20.00", "4.00", "Tax 20%"))
    written = books.write_one(invoice)
    payment = document(
        Kind.PAYMENT, "PAY-1", settles=written.platform_id, account="Cash on hand", total="24.00"
    )
    books.write_one(payment)
    with pytest.raises(PlatformRejected, match="number already"):
        books.write_one(payment)
    assert books.find(Kind.INVOICE, "INV-1", DAY) == written
    assert [entry.document for entry in ledger.entries(DAY, DAY)] in (
        [invoice, payment],
        [payment, invoice],
    )
    assert sum(balance for _, _, balance in books.balances()) == 0
    standing = ledger.standing(written.platform_id)
    assert standing is not None
    assert (standing.status, standing.open) == ("Paid", Decimal(0))

    assert ledger.lock(read.version, DAY)
    assert not ledger.lock(read.version, None)
    with pytest.raises(PlatformRejected, match="locked"):
        books.write_one(document(Kind.INVOICE, "INV-2", line("Sales", "1.00")))


def test_what_was_checked_against_other_books_is_not_booked(ledger: Ledger) -> None:
    ledger.open(new_books(COMPANY, "Corner Café"))
    read = ledger.read()
    assert read is not None
    assert ledger.add(read.version, customers=read.data.customers)
    books = SandboxBooks(COMPANY, _Stale(ledger, read.version))
    books.write_one(document(Kind.INVOICE, "INV-1", line("Sales", "1.00")))
    assert len(list(ledger.entries())) == 1


class _Stale(Ledger):
    """A ledger whose first answer is out of date."""

    def __init__(self, ledger: Ledger, version: int) -> None:
        self.__dict__.update(ledger.__dict__)
        self._stale: int | None = version

    def read(self) -> Books | None:
        books = super().read()
        if books is not None and self._stale is not None:
            books, self._stale = books._replace(version=self._stale), None
        return books


def test_the_journal_is_read_a_part_at_a_time_the_newest_first(ledger: Ledger) -> None:
    ledger.open(new_books(COMPANY, "Corner Café"))
    books = SandboxBooks(COMPANY, ledger)
    dates = [DAY + timedelta(days=number // 2) for number in range(5)]
    for number, dated in enumerate(dates):
        lines = (line("Cash on hand", "1.00"), line("Rounding", "-1.00"))
        books.write_one(document(Kind.JOURNAL, f"JNL-{number}", *lines, dated=dated))
    for most in (1, 2, 3, 5, 9):
        begins, read = "", []
        for _ in range(10):
            entries, begins = ledger.latest(None, None, most, begins)
            assert len(entries) <= most
            read += entries
            if not begins:
                break
        assert [entry.document.dated for entry in read] == sorted(dates, reverse=True)
        assert len({entry.id for entry in read}) == 5
    within, rest = ledger.latest(dates[0], dates[1], 9)
    assert {entry.document.reference for entry in within} == {"JNL-0", "JNL-1"}
    assert rest == ""
    assert ledger.latest(dates[4] + timedelta(days=1), None, 9) == ([], "")
    assert ledger.latest(dates[4], None, 9, "2026-03-01#") == ([], ""), "a place before the period"
    standings = ledger.standings_of([*(entry.id for entry in within), "nobody"])
    assert {standing.reference for standing in standings.values()} == {"JNL-0", "JNL-1"}
