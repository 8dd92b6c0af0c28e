"""A ledger for tests: double entry from documents, written apart from the product's own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from daybook.domain.documents import Document, Kind, OpenItem

_CHARGES = {Kind.INVOICE: -1, Kind.CREDIT_NOTE: 1, Kind.BILL: 1, Kind.BILL_CREDIT_NOTE: -1}
_SETTLEMENTS = {Kind.PAYMENT: 1, Kind.REFUND: -1, Kind.BILL_PAYMENT: -1, Kind.BILL_REFUND: 1}


@dataclass
class Books:
    """Balances by (business day, currency, account), and what is still open."""

    receivable: str
    payable: str
    tax_accounts: dict[str, str]
    moved: dict[tuple[date, str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    open: dict[str, OpenItem] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)

    def write(self, document: Document) -> None:
        """Book one document, refusing what a real ledger refuses."""
        assert document.reference not in self.documents, f"{document.reference} is written twice"
        assert document.total > 0, f"{document.reference} is worth nothing"
        self.documents[document.reference] = document
        entry: dict[str, Decimal] = defaultdict(Decimal)
        kind = document.kind
        if kind is Kind.JOURNAL:
            for line in document.lines:
                assert line.net
                entry[line.account] += line.net
        elif kind in _CHARGES:
            sign = _CHARGES[kind]
            for line in document.lines:
                entry[line.account] += sign * line.net
                if line.tax:
                    entry[self.tax_accounts[line.tax_rate]] += sign * line.tax
            assert sum(line.net + line.tax for line in document.lines) == document.total
            control = self.receivable if kind in (Kind.INVOICE, Kind.CREDIT_NOTE) else self.payable
            entry[control] -= sign * document.total
            group = document.effects[0][0].group
            day = document.day.isoformat()
            self.open[document.reference] = OpenItem(
                kind,
                day,
                document.currency,
                group,
                "id-" + document.reference,
                document.reference,
                document.total,
            )
        elif kind in _SETTLEMENTS:
            settled = self.open[document.settles_reference]
            assert document.total <= settled.open
            self.open[settled.reference] = OpenItem(*_fields(settled)[:-1], settled.open - document.total)
            sign = _SETTLEMENTS[kind]
            control = self.receivable if kind in (Kind.PAYMENT, Kind.REFUND) else self.payable
            entry[document.account] += sign * document.total
            entry[control] -= sign * document.total
        elif kind is Kind.TRANSFER:
            entry[document.to_account] += document.total
            entry[document.account] -= document.total
        else:
            sign = 1 if kind is Kind.SPEND_MONEY else -1
            for line in document.lines:
                entry[line.account] += sign * line.net
            entry[document.account] -= sign * document.total
        assert not sum(entry.values()), f"{document.reference} does not balance: {dict(entry)}"
        for account, amount in entry.items():
            self.moved[document.day, document.currency, account] += amount

    def movements(self, day: date) -> dict[str, Decimal]:
        """What a day moved, by account, all currencies in one (tests use one at a time)."""
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for (when, _, account), amount in self.moved.items():
            if when == day:
                totals[account] += amount
        return {account: amount for account, amount in totals.items() if amount}


def _fields(item: OpenItem) -> tuple[object, ...]:
    return (item.kind, item.day, item.currency, item.group, item.platform_id, item.reference, item.open)
