"""The fortnight of the demo's cafe, night by night, at every platform: its books are the independent fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from daybook.store.companies import Company
from daybook.store.documents import SUCCESS, StoredDocument
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN
from local.cafe import DAYS, FIRST_DAY, SHOPS, ZONE
from local.demo import ACCOUNTS, AT_ONCE, CATALOGUE, TAXES, choices
from local.generator import Wave, generate
from tests.fold import Choice, fold
from tests.platforms import counts
from tests.platforms.benches import SHORT, benches
from tests.platforms.calls import held, least_writes, reads_and_writes
from tests.platforms.world import Bench, PlatformWorld
from tests.scenarios import INVOICE, JOURNAL
from tests.simulation.world import Clock

# When a night's sync begins.
NIGHT = time(1, 30)
NIGHTS = [datetime.combine(FIRST_DAY + timedelta(days=number + 1), NIGHT, ZONE) for number in range(DAYS)]
ORDERS = 600 if SHORT else 3000
TWO_DAYS_LATER = NIGHTS[-1] + timedelta(days=2)


def cafe_days(world: PlatformWorld, company: Company) -> Iterator[list[StoredDocument]]:
    """The documents of each day."""
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        yield list(world.runtime.documents.of_day(company.id, day.isoformat()))


def read_by_its_library(bench: Bench, world: PlatformWorld) -> str:
    """What the platform's own library makes of the documents, for a person."""
    if bench.read_back is None:
        return "there is no library of the platform's own to read them back"
    try:
        return f"{bench.read_back(world.simulator)} documents read back by the platform's own library"
    except ImportError as missing:
        return f"NOT read back by the platform's own library, which is not installed ({missing})"


class Cafe:
    """The cafe, linked to a platform."""

    def __init__(self, bench: Bench, output_format: str, trade: Wave) -> None:
        self.bench = bench
        self.world = PlatformWorld(clock=Clock(NIGHTS[0] - timedelta(hours=12)), bench=bench)
        self.company = self.world.open_company("Copper Kettle", shops=len(SHOPS))
        self.push({key: bodies for key, bodies in trade.items() if key[1] in CATALOGUE})
        self.world.configure(self.company, self.world.named_there(choices(output_format)))
        self.push({key: bodies for key, bodies in trade.items() if key[1] not in CATALOGUE})
        self.calls: Counter[str] = Counter()

    def push(self, wave: Wave) -> None:
        """Push what shops sent."""
        for number, shop in enumerate(SHOPS):
            for (owner, data_type), bodies in wave.items():
                for place in range(0, len(bodies), AT_ONCE) if owner == shop.id else ():
                    some = bodies[place : place + AT_ONCE]
                    assert self.world.push(self.company, data_type, some, number).refused == 0

    def sync(self, moment: datetime) -> int:
        """The sync of a night; what it ended with."""
        world, platform = self.world, self.bench.name
        world.clock.moment = moment
        asked, (made, settling) = len(world.simulator.requests), held(platform, world.simulator)
        sync = world.sync(self.company)
        after, settling_after = held(platform, world.simulator)
        least = least_writes(platform, after - made, settling_after - settling)
        self.calls += reads_and_writes(world.simulator.requests[asked:]) + Counter(least=least)
        assert sync.status_code in (WRITTEN, NOTHING_TO_WRITE), sync.error_message
        return sync.status_code

    def documents(self) -> int:
        """How many documents were written."""
        found = cafe_days(self.world, self.company)
        return sum(document.status == SUCCESS for day in found for document in day)

    def expected(self, latest: Wave) -> Mapping[str, Mapping[str, Decimal]]:
        """What each day must have moved, by account, as the fold of the records has it."""
        tax_accounts = {frozenset(components): f"{name} payable" for components, name in TAXES.items()}
        records = [(shop, kind, body) for (shop, kind), bodies in latest.items() for body in bodies]
        ledger = fold(records, Choice(dict(ACCOUNTS), tax_accounts, zone=str(ZONE)))
        moved: dict[str, dict[str, Decimal]] = {}
        for day in ledger.days:
            for (_, account), amount in ledger.day(day).items():
                on = moved.setdefault(day.isoformat(), {})
                name = self.bench.folded.get(account, account)
                on[name] = on.get(name, Decimal(0)) + amount
        return {day: {name: amount for name, amount in on.items() if amount} for day, on in moved.items()}


@pytest.mark.parametrize("output_format", [INVOICE, JOURNAL])
@pytest.mark.parametrize("bench", benches(), ids=str)
def test_the_demo(bench: Bench, output_format: str) -> None:
    trade = generate(orders=ORDERS)
    cafe = Cafe(bench, output_format, trade.first)
    try:
        ended = Counter(cafe.sync(night) for night in NIGHTS)
        nights = cafe.calls
        written, things = cafe.documents(), held(bench.name, cafe.world.simulator)[0].total()
        cafe.calls = Counter()
        cafe.push(trade.second)
        cafe.sync(TWO_DAYS_LATER)
        assert cafe.world.movements() == cafe.expected(trade.latest_records())
        before = len(cafe.world.simulator.ledger.entries)
        assert cafe.sync(TWO_DAYS_LATER + timedelta(hours=1)) == NOTHING_TO_WRITE
        assert len(cafe.world.simulator.ledger.entries) == before
        assert not cafe.world.simulator.violations
        days = ended[WRITTEN]
        assert days == DAYS
        each = {name: f"{count / days:.1f}" for name, count in nights.items()}
        counts.say(
            f"demo, {bench} {output_format}: {ORDERS} orders; in each of {days} merchant-days "
            f"{written / days:.1f} documents as {things / days:.1f} things there, {each['reads']} reads, "
            f"{each['writes']} writes (batches would allow {each['least']}); "
            "every account of every day is the fold"
        )
        assert nights["writes"] >= nights["least"]
        counts.say(f"demo, {bench} {output_format}: {read_by_its_library(bench, cafe.world)}")
    finally:
        cafe.world.close()
