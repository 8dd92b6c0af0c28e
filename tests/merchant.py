"""A merchant in memory: the pure core run as the services run it, over dictionaries and a test ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from daybook.domain.cases import Stored, assemble
from daybook.domain.catalogue import Catalogue
from daybook.domain.codes import PRECEDENCE
from daybook.domain.configuration import Configuration
from daybook.domain.documents import Posting, add_effects
from daybook.domain.invoices import render_invoices
from daybook.domain.projection import Rules, project
from daybook.domain.reading import identity, is_deletion, read_record
from daybook.domain.records import Product, event_times
from daybook.domain.rendering import Plan, difference, render_journals
from daybook.domain.resolution import LedgerAccounts
from daybook.domain.tie_out import source_totals
from daybook.domain.times import Calendar
from daybook.domain.totals import posted_totals
from tests.books import Books

CUT = datetime(2027, 1, 1, tzinfo=UTC)
SHOP = "shop"


@dataclass
class Merchant:
    """A merchant whose days are synced in memory: records by identity, what is posted, and the books."""

    books: Books
    zone: str = "Europe/London"
    records: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    posted: dict[date, dict[Posting, Decimal]] = field(default_factory=dict)
    revisions: dict[date, int] = field(default_factory=dict)
    touched: set[date] = field(default_factory=set)

    def push(self, data_type: str, body: Mapping[str, object]) -> None:
        """Take a record; a later one replaces an earlier one, an id alone deletes."""
        deletes = is_deletion(data_type, body)
        key = (data_type, identity(data_type, body))
        for version in (self.records.pop(key, None), None if deletes else body):
            if version is not None:
                self.touched |= {
                    self.calendar.day_of(self.calendar.instant(moment))
                    for moment in event_times(read_record(data_type, version))
                }
        if not deletes:
            self.records[key] = body

    @property
    def calendar(self) -> Calendar:
        """The merchant's days."""
        return Calendar.of(self.zone, 0)

    def sync(self, configuration: Configuration, days: Iterable[date] | None = None) -> int:
        """Write what the touched days lack; the status code the sync would end with."""
        stored = [
            Stored(SHOP, kind, key, read_record(kind, body)) for (kind, key), body in self.records.items()
        ]
        products = [item.record for item in stored if isinstance(item.record, Product)]
        rules = Rules(
            configuration,
            Catalogue(
                frozenset(f"{SHOP}/{product.id}" for product in products if product.is_gift_card),
                {f"{SHOP}/{product.id}": product.category_ids for product in products},
            ),
            LedgerAccounts(self.books.tax_accounts, self.books.receivable, self.books.payable),
            self.calendar,
        )
        codes = [self._day(day, stored, rules) for day in sorted(self.touched if days is None else days)]
        return next((code for code in (*PRECEDENCE, 2000) if code in codes), 2040)

    def _day(self, day: date, stored: list[Stored], rules: Rules) -> int:
        projection = project(day, stored, rules, CUT)
        if projection.blockers:
            return min(blocker.code for blocker in projection.blockers)
        for currency in {posting.currency for posting in projection.amounts}:
            assert not sum(a for p, a in projection.amounts.items() if p.currency == currency)
        totals = source_totals(day, assemble(stored, rules.calendar), rules, CUT)
        assert totals == posted_totals(projection.amounts), "the two sides of the proof differ"
        posted = self.posted.get(day, {})
        changes = difference(projection.amounts, posted)
        if not changes:
            return 2040
        revision = self.revisions[day] = self.revisions.get(day, 0) + 1
        open_items = tuple(self.books.open.values())
        plan = Plan(
            "t", day, day, revision, rules.configuration, rules.ledger, frozenset(), open_items, posted
        )
        journal = rules.configuration.is_journal
        rendering = render_journals(changes, plan) if journal else render_invoices(changes, plan)
        for document in rendering.documents:
            self.books.write(document)
            posted = add_effects(posted, document.effects)
        self.posted[day] = add_effects(posted, rendering.silent.items())
        assert not difference(projection.amounts, self.posted[day])
        return 2000 if rendering.documents else 2040
