"""Opened Sandbox books in memory, and documents to write to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.ledger import Standing
from daybook.platforms.sandbox.books import SandboxBooks, document_id
from daybook.platforms.sandbox.chart import (
    DEFAULT_CUSTOMER,
    DEFAULT_SUPPLIER,
    account_id,
    identifier,
    new_books,
    tax_rate_id,
)
from daybook.store.ledger import Ledger
from tests.simulation.memory import MemoryTable

COMPANY = "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c11"
DAY = date(2026, 3, 14)

_CONTACTS = {
    Kind.INVOICE: ("customer", DEFAULT_CUSTOMER),
    Kind.CREDIT_NOTE: ("customer", DEFAULT_CUSTOMER),
    Kind.BILL: ("supplier", DEFAULT_SUPPLIER),
    Kind.BILL_CREDIT_NOTE: ("supplier", DEFAULT_SUPPLIER),
}


def line(account: str, net: str, tax: str = "0", rate: str = "") -> DocumentLine:
    """A line on the account and tax rate with these names."""
    rate_id = tax_rate_id(COMPANY, rate) if rate else ""
    return DocumentLine(
        f"{account} of the day", account_id(COMPANY, account), Decimal(net), Decimal(tax), rate_id
    )


def document(kind: Kind, reference: str, *lines: DocumentLine, **fields: Any) -> Document:
    """A document. Accounts are given by name; the total is that of the lines unless it is given."""
    for name in ("account", "to_account"):
        if name in fields:
            fields[name] = account_id(COMPANY, fields[name])
    if kind is Kind.JOURNAL:
        total = sum((each.net for each in lines if each.net > 0), Decimal(0))
    else:
        total = sum((each.net + each.tax for each in lines), Decimal(0))
    if kind in _CONTACTS:
        fields.setdefault("contact", identifier(COMPANY, *_CONTACTS[kind]))
    dated = fields.pop("dated", DAY)
    return Document(
        **{
            "kind": kind,
            "reference": reference,
            "day": dated,
            "dated": dated,
            "currency": "GBP",
            "description": f"Trade of {dated}",
            "total": Decimal(str(fields.pop("total", total))),
            "lines": lines,
            **fields,
        }
    )


@dataclass
class Cafe:
    """A cafe whose books are open."""

    table: MemoryTable = field(default_factory=MemoryTable)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.table, COMPANY)
        self.ledger.open(new_books(COMPANY, "Corner Café"))
        self.books = SandboxBooks(COMPANY, self.ledger)

    def balances(self, currency: str = "GBP") -> dict[str, Decimal]:
        """Account name -> balance, debit positive; accounts at zero left out."""
        names = {account.id: account.name for account in self.books.reference_data().accounts}
        return {
            names[account]: balance
            for account, its_currency, balance in self.books.balances()
            if its_currency == currency and balance
        }

    def standing(self, kind: Kind, reference: str) -> Standing:
        """How a document stands."""
        standing = self.ledger.standing(document_id(COMPANY, kind, reference))
        assert standing is not None
        return standing

    def archive(self, name: str) -> None:
        """Archive an account."""
        self._change_account(name, "Archived")

    def restore(self, name: str) -> None:
        """Restore an account."""
        self._change_account(name, "Active")

    def _change_account(self, name: str, status: str) -> None:
        books = self.ledger.read()
        assert books is not None
        account = next(each for each in books.data.accounts if each.name == name)
        assert self.ledger.add(books.version, accounts=(replace(account, status=status),))
