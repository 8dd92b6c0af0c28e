"""From a difference to the documents that write it: what both output formats share.

    documents = render(projection - posted)

Every document carries its effects, the postings it moves. The effects of all documents of a rendering, and
what is moved silently (changes that touch no account's balance), add up to the difference exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from daybook.domain.configuration import Configuration
from daybook.domain.documents import Document, DocumentLine, Kind, OpenItem, Posting
from daybook.domain.labels import label
from daybook.domain.money import ZERO
from daybook.domain.parts import journal_rate
from daybook.domain.resolution import LedgerAccounts
from daybook.frozen import frozen

Amounts = Mapping[Posting, Decimal]

_LETTERS = {
    Kind.INVOICE: "I",
    Kind.PAYMENT: "P",
    Kind.CREDIT_NOTE: "C",
    Kind.REFUND: "R",
    Kind.BILL: "B",
    Kind.BILL_PAYMENT: "Q",
    Kind.BILL_CREDIT_NOTE: "D",
    Kind.BILL_REFUND: "E",
    Kind.SPEND_MONEY: "S",
    Kind.RECEIVE_MONEY: "V",
    Kind.TRANSFER: "T",
    Kind.JOURNAL: "J",
}


@frozen
class Plan:
    """What a rendering must know beside the difference.

    `code` is a few letters that tell companies sharing a ledger apart; `revision` counts the plans of this
    day; `dated` is the day the documents bear: the business day, or the first one the books are open for.
    """

    code: str
    day: date
    dated: date
    revision: int
    configuration: Configuration
    ledger: LedgerAccounts
    bank_accounts: frozenset[str] = frozenset()
    open_items: tuple[OpenItem, ...] = ()
    posted: Amounts = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rendering:
    """Documents in the order they must be written, and the effects that need none."""

    plan: Plan
    documents: list[Document] = field(default_factory=list)
    silent: dict[Posting, Decimal] = field(default_factory=dict)
    _counts: dict[Kind, int] = field(default_factory=dict)

    def reference(self, kind: Kind) -> str:
        """The next reference of a kind: company, day, kind, ordinal and (from the second on) revision."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        supplement = f"-{self.plan.revision}" if self.plan.revision > 1 else ""
        return f"{self.plan.code}-{self.plan.day:%y%m%d}-{_LETTERS[kind]}{self._counts[kind]}{supplement}"

    def move_silently(self, effects: Iterable[tuple[Posting, Decimal]]) -> None:
        """Count effects as posted without a document: they change no balance."""
        for posting, amount in effects:
            self.silent[posting] = self.silent.get(posting, ZERO) + amount

    def describe(self, what: str, group: str = "") -> str:
        """The words on a document: what it is, of which day, of which shop, and whether it corrects."""
        place = f", {self.plan.names.get(group, group)}" if group else ""
        corrects = " (adjustment)" if self.plan.revision > 1 else ""
        elsewhere = f", corrects {self.plan.day}" if self.plan.dated != self.plan.day else ""
        return f"{what} {self.plan.day}{place}{corrects}{elsewhere}"


def difference(projected: Amounts, posted: Amounts) -> dict[Posting, Decimal]:
    """What must still be written for the ledger to show the projection; no zero amounts."""
    changes = dict(projected)
    for posting, amount in posted.items():
        changes[posting] = changes.get(posting, ZERO) - amount
    return {posting: amount for posting, amount in sorted(changes.items()) if amount}


def by_group(changes: Amounts) -> dict[tuple[str, str], dict[Posting, Decimal]]:
    """The changes of each currency and group, in order."""
    groups: dict[tuple[str, str], dict[Posting, Decimal]] = {}
    for posting, amount in sorted(changes.items()):
        groups.setdefault((posting.currency, posting.group), {})[posting] = amount
    return groups


def write_journal(rendering: Rendering, changes: list[tuple[Posting, Decimal]], control: str = "") -> None:
    """One balanced journal of these changes, a line for each account and tax rate; none when all are zero.

    What the changes lack to balance goes to `control` (the receivable or payable account that invoices or
    bills of the same rendering have moved).
    """
    if not changes:
        return
    lines: dict[tuple[str, str], Decimal] = {}
    words: dict[tuple[str, str], dict[str, None]] = {}
    for posting, amount in changes:
        line = (posting.ledger_account, journal_rate(posting))
        lines[line] = lines.get(line, ZERO) + amount
        words.setdefault(line, {})[
            f"Tax on {label(posting.key).lower()}" if posting.tax_account else label(posting.key)
        ] = None
    imbalance = sum(lines.values(), ZERO)
    if imbalance:
        lines[control, ""] = lines.get((control, ""), ZERO) - imbalance
        words.setdefault((control, ""), {})[
            "Receivable" if control == rendering.plan.ledger.receivable else "Payable"
        ] = None
    kept = {line: amount for line, amount in lines.items() if amount}
    if not kept:
        rendering.move_silently(changes)
        return
    posting = changes[0][0]
    rendering.documents.append(
        Document(
            kind=Kind.JOURNAL,
            reference=rendering.reference(Kind.JOURNAL),
            day=rendering.plan.day,
            dated=rendering.plan.dated,
            currency=posting.currency,
            description=rendering.describe("Daily takings", posting.group),
            total=sum((amount for amount in kept.values() if amount > 0), ZERO),
            lines=tuple(
                DocumentLine(", ".join(words[line]), line[0], amount, tax_rate=line[1])
                for line, amount in sorted(kept.items(), key=lambda item: (item[1] < 0, item[0]))
            ),
            effects=tuple(changes),
        )
    )


def render_journals(changes: Amounts, plan: Plan) -> Rendering:
    """Journal format: one journal for each currency and group (specification: mapping, journal format)."""
    rendering = Rendering(plan)
    for changed in by_group(changes).values():
        write_journal(rendering, list(changed.items()))
    return rendering
