"""What one business day should look like in the ledger, computed from its records and configuration alone.

Specification: mapping, projection of one business day. Every amount is a signed posting (debit positive);
the postings of a day add up to zero in each currency and group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from daybook.domain.cases import Cases, Receipt, Stored, assemble
from daybook.domain.catalogue import Catalogue
from daybook.domain.configuration import Configuration
from daybook.domain.documents import Posting
from daybook.domain.garbage import uncollected
from daybook.domain.money import ZERO
from daybook.domain.movements import disputes_lost, movements
from daybook.domain.orders import order_days
from daybook.domain.parts import Parts
from daybook.domain.resolution import Blocker, Findings, LedgerAccounts, Resolver
from daybook.domain.sales import Part, Sales
from daybook.domain.times import Calendar
from daybook.frozen import frozen


@frozen
class Rules:
    """Everything but the records that a day's projection depends on; a posted day keeps its own."""

    configuration: Configuration
    catalogue: Catalogue
    ledger: LedgerAccounts
    calendar: Calendar


@frozen
class Projection:
    """The postings of a day, each with its records' parts; what blocks the day and what is odd about it."""

    day: date
    amounts: dict[Posting, Decimal]
    parts: Parts
    blockers: tuple[Blocker, ...]
    warnings: tuple[str, ...]


@uncollected
def project(day: date, records: Iterable[Stored], rules: Rules, cut: datetime) -> Projection:
    """Project one business day from every record with an effect on it; events at or after `cut` wait."""
    findings = Findings()
    parts: dict[Posting, dict[str, Decimal]] = {}
    for posting, amount, record in contributions(
        day, assemble(records, rules.calendar), rules, cut, findings
    ):
        of_posting = parts.setdefault(posting, {})
        of_posting[record] = of_posting.get(record, ZERO) + amount
    amounts = {posting: sum(by_record.values(), ZERO) for posting, by_record in parts.items()}
    kept = {posting: amount for posting, amount in amounts.items() if amount}
    return Projection(day, kept, parts, tuple(findings.blockers), tuple(findings.warnings))


def contributions(day: date, cases: Cases, rules: Rules, cut: datetime, findings: Findings) -> Iterator[Part]:
    """Every record's part in the day, one at a time: memory is bounded by the records, not by the parts."""
    resolver = Resolver(rules.configuration, rules.catalogue, rules.ledger, findings)
    configuration = rules.configuration
    if not configuration.sync_sales:
        return
    sales = Sales(resolver, day)
    for case in cases.orders:
        days = order_days(case, configuration, rules.calendar, cut)
        if days.touches(day):
            yield from (part for part in sales.postings(case, days) if part[1])
    if configuration.sync_payments:
        start, end = rules.calendar.window(day)
        for receipt in cases.unallocated:
            if start <= receipt.instant < min(end, cut):
                yield from _unallocated(resolver, receipt)
        yield from movements(resolver, cases.transactions, (start, min(end, cut)), rules.calendar)
        yield from disputes_lost(resolver, cases.disputes, (start, min(end, cut)), rules.calendar)


def _unallocated(resolver: Resolver, receipt: Receipt) -> Iterator[Part]:
    """A receipt joined to no order credits the receivable (specification: mapping, reading records 13)."""
    role = "payment" if receipt.amount > 0 else "refundPayment"
    base = Posting(receipt.currency, "", role, "", "", "", "", "")
    for key, amount in ((receipt.key, receipt.amount), ("invoice", -receipt.amount)):
        account = resolver.account(key, receipt.label)
        yield base._replace(key=key, account=account), amount, receipt.label
