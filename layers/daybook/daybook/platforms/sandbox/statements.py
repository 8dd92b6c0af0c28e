"""What a bookkeeper reads off a ledger: movements, balances and the journal. Amounts are debit positive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from daybook.domain.ledger import Account, Contact, Entry, ReferenceData, Standing
from daybook.domain.money import ZERO
from daybook.frozen import frozen


@frozen
class Movement:
    """What was debited and credited, both without sign."""

    debits: Decimal = ZERO
    credits: Decimal = ZERO

    def with_line(self, amount: Decimal) -> Movement:
        """This and one line more."""
        if amount < 0:
            return Movement(self.debits, self.credits - amount)
        return Movement(self.debits + amount, self.credits)

    @property
    def debit_balance(self) -> Decimal:
        """What is left on the debit side, zero when it is on the other."""
        return max(self.debits - self.credits, ZERO)

    @property
    def credit_balance(self) -> Decimal:
        """What is left on the credit side, zero when it is on the other."""
        return max(self.credits - self.debits, ZERO)


@frozen
class Statement:
    """Rows of one currency and their totals; a row is an account or a contact with its movement."""

    currency: str
    rows: tuple[tuple[Account | Contact, Movement], ...]

    @property
    def totals(self) -> Movement:
        """What was debited and credited in all."""
        return Movement(
            sum((row.debits for _, row in self.rows), ZERO), sum((row.credits for _, row in self.rows), ZERO)
        )

    @property
    def debit_balances(self) -> Decimal:
        """The sum of the balances on the debit side."""
        return sum((row.debit_balance for _, row in self.rows), ZERO)

    @property
    def credit_balances(self) -> Decimal:
        """The sum of the balances on the credit side."""
        return sum((row.credit_balance for _, row in self.rows), ZERO)

    @property
    def agrees(self) -> bool:
        """Whether both sides come to the same, as they do for all accounts of sound books."""
        return self.totals.debits == self.totals.credits and self.debit_balances == self.credit_balances


@frozen
class JournalLine:
    """A line of the journal: one of `debit` and `credit` is zero."""

    account: Account
    contact: str
    description: str
    debit: Decimal
    credit: Decimal


@frozen
class JournalEntry:
    """An entry of the journal with the document it books, which stands as `standing` says today."""

    entry: Entry
    lines: tuple[JournalLine, ...]
    standing: Standing | None
    contact: str


def trial_balances(data: ReferenceData, entries: Iterable[Entry]) -> tuple[Statement, ...]:
    """A trial balance for each currency, of every account that has moved, in the chart's order."""
    moved = _moved(
        (entry.document.currency, line.account, line.amount) for entry in entries for line in entry.lines
    )
    return tuple(_statement(currency, data.accounts, rows) for currency, rows in sorted(moved.items()))


def contact_balances(contacts: Sequence[Contact], entries: Iterable[Entry]) -> tuple[Statement, ...]:
    """What each of these contacts owes (debit) or is owed (credit), for each currency."""
    known = {contact.id for contact in contacts}
    moved = _moved(
        (entry.document.currency, line.contact, line.amount)
        for entry in entries
        for line in entry.lines
        if line.contact in known
    )
    return tuple(_statement(currency, contacts, rows) for currency, rows in sorted(moved.items()))


def journal(
    data: ReferenceData, entries: Iterable[Entry], standings: Mapping[str, Standing]
) -> tuple[JournalEntry, ...]:
    """Entries with everything they name in words."""
    accounts = {account.id: account for account in data.accounts}
    contacts = {contact.id: contact.name for contact in (*data.customers, *data.suppliers)}
    return tuple(
        JournalEntry(
            entry,
            tuple(
                JournalLine(
                    accounts[line.account],
                    contacts.get(line.contact, ""),
                    line.description,
                    max(line.amount, ZERO),
                    max(-line.amount, ZERO),
                )
                for line in entry.lines
            ),
            standings.get(entry.id),
            contacts.get(entry.document.contact, ""),
        )
        for entry in entries
    )


def _moved(lines: Iterable[tuple[str, str, Decimal]]) -> Mapping[str, Mapping[str, Movement]]:
    """Currency -> what moved -> its movement."""
    moved: dict[str, dict[str, Movement]] = {}
    for currency, identity, amount in lines:
        rows = moved.setdefault(currency, {})
        rows[identity] = rows.get(identity, Movement()).with_line(amount)
    return moved


def _statement(currency: str, order: Sequence[Account | Contact], moved: Mapping[str, Movement]) -> Statement:
    return Statement(currency, tuple((each, moved[each.id]) for each in order if each.id in moved))
