"""The double-entry ledger inside a simulated platform."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Entry:
    """What a document did to the accounts: (account, amount), debit positive; the amounts add up to zero."""

    document: str
    dated: date
    currency: str
    lines: tuple[tuple[str, Decimal], ...]


@dataclass
class SimulatedLedger:
    """Entries, and the balances they come to."""

    entries: list[Entry] = field(default_factory=list)

    def post(self, document: str, dated: date, currency: str, lines: Iterable[tuple[str, Decimal]]) -> None:
        """Enter a document. Raises AssertionError when it does not balance: the simulator is at fault."""
        kept = tuple((account, amount) for account, amount in lines if amount)
        total = sum((amount for _, amount in kept), Decimal(0))
        assert total == 0, f"{document} is out of balance by {total}: {kept}"
        self.entries.append(Entry(document, dated, currency, kept))

    def balances(self, currency: str) -> dict[str, Decimal]:
        """Account -> balance, debit positive; accounts at nought left out."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for entry in self.entries:
            if entry.currency == currency:
                for account, amount in entry.lines:
                    found[account] += amount
        return {account: balance for account, balance in found.items() if balance}

    def by_day(self, currency: str) -> dict[tuple[date, str], Decimal]:
        """(date, account) -> what moved, debit positive; nought left out."""
        found: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for entry in self.entries:
            if entry.currency == currency:
                for account, amount in entry.lines:
                    found[entry.dated, account] += amount
        return {key: amount for key, amount in found.items() if amount}
