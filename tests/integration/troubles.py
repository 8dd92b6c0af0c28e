"""Accounting software in trouble: Sandbox books that fail as told, and a merchant to try it with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from daybook.domain.documents import Document, Kind
from daybook.platforms.interface import (
    Outcome,
    Platform,
    ReferenceData,
    Written,
    one_by_one,
    write_one,
)
from daybook.services.schedule import dispatch
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.outbox import Message
from daybook.store.syncs import Sync
from local.demo import choices
from local.merchant import Choices
from tests.scenarios.shapes import line, order, payment
from tests.simulation.world import World

Trouble = Exception | Callable[[Document], None]


@dataclass
class Troubles:
    """What goes wrong next, call by call; and which documents were sent."""

    reads: list[Exception] = field(default_factory=list)
    finds: list[Exception] = field(default_factory=list)
    writes: list[Trouble] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    # What the books hold in place of what they were told.
    holds: Callable[[Kind, Written], Written] = lambda _kind, held: held


@dataclass
class TroubledBooks:
    """Platform over another one."""

    books: Platform
    troubles: Troubles
    writes_in_steps: bool = False

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Reads fail while there is trouble for them."""
        if self.troubles.reads:
            raise self.troubles.reads.pop(0)
        return self.books.reference_data(fresh=fresh)

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """As reads."""
        if self.troubles.finds:
            raise self.troubles.finds.pop(0)
        found = self.books.find(kind, reference, dated)
        return None if found is None else self.troubles.holds(kind, found)

    def write(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        return one_by_one(documents, self.write_one)

    def write_one(self, document: Document) -> Written:
        """Trouble comes before the write (`writes`) or after it (`answers`)."""
        if self.troubles.writes:
            trouble = self.troubles.writes.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            trouble(document)
        self.troubles.sent.append(document.reference)
        written = write_one(self.books, document)
        if self.troubles.answers:
            raise self.troubles.answers.pop(0)
        return self.troubles.holds(document.kind, written)


def trouble(world: World) -> Troubles:
    """Put trouble between a world and its books."""
    found, connect = Troubles(), world.runtime.connect

    def troubled(connection: Connection) -> Any:
        return TroubledBooks(connect(connection), found)

    world.runtime = replace(world.runtime, connect=troubled)
    return found


START = replace(choices("Invoice"), start="2026-03-01T00:00:00Z")


def open_shop(world: World, chosen: Choices = START, days: int = 1, kind: str = "Cash") -> Company:
    """A configured company with a sale of 10.00 on each of so many days from 2 March 2026 on."""
    company = world.open_company()
    sell(world, company, *range(1, days + 1), kind=kind)
    world.configure(company, chosen)
    return company


def sell(world: World, company: Company, *days: int, amount: str = "10.00", kind: str = "Cash") -> None:
    """A sale on each of these days, paid at once; day 1 is 2 March 2026."""
    bodies = [
        order(
            f"o{day}-{amount}", [line(amount)], [payment(f"p{day}-{amount}", amount, kind, on=day)], on=day
        )[1]
        for day in days
    ]
    world.push(company, "orders", bodies)


def strike(world: World, company: Company, deliver: bool = True) -> Sync | None:  # noqa: FBT001, FBT002
    """Have the dispatcher ask who is due; the company's sync that this started, when it did."""
    before = next(world.runtime.syncs.newest_first(company.id), None)
    dispatch(world.runtime)
    if deliver:
        world.deliver()
    after = next(world.runtime.syncs.newest_first(company.id), None)
    return None if after is None or (before and after.id == before.id) else after


def cash(world: World, company: Company) -> Decimal:
    """What the till's account holds."""
    return world.balances(company).get(("GBP", "Cash on hand"), Decimal(0))


def raised(world: World, event: str) -> list[Message]:
    """The events of this name so far."""
    return [message for message in world.events if message.body["event"] == event]
