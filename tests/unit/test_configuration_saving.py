"""Saving and reading configurations, over a table in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from daybook.domain.errors import BadRequest, Conflict
from daybook.domain.reading import read_record
from daybook.services.configure import read_configuration, save_configuration
from daybook.services.connections import authorise, create_connection, find_connection, unlink
from daybook.services.runtime import Runtime, over
from daybook.services.sandbox import update_account
from daybook.store import companies, configurations, due, observations
from daybook.store.companies import Company
from daybook.wire.companies import Authorization
from daybook.wire.sandbox import AccountUpdate
from tests import configuration_bodies as bodies
from tests.simulation.memory import MemoryTable

Json = dict[str, Any]


@dataclass
class Clock:
    instant: datetime = datetime(2026, 7, 13, 16, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


@dataclass
class Ids:
    count: int = 0

    def new(self) -> str:
        self.count += 1
        return f"00000000-0000-7000-8000-{self.count:012}"


@dataclass
class Merchant:
    runtime: Runtime
    company: Company
    ledger: str
    clock: Clock
    struck: list[tuple[str, int]] = field(default_factory=list)

    def get(self) -> Json:
        return read_configuration(self.runtime, self.company)

    def post(self, posted: object) -> Json:
        def ensure(time_zone: str, sync_hour: int) -> None:
            self.struck.append((time_zone, sync_hour))

        return save_configuration(self.runtime, self.company, posted, ensure_schedule=ensure)

    def refused(self, posted: object) -> list[str]:
        before = self.get()
        with pytest.raises(BadRequest) as refused:
            self.post(posted)
        assert self.get() == before
        return [problem.item for problem in refused.value.problems]


def new_merchant() -> Merchant:
    clock = Clock()
    runtime = over(MemoryTable(), clock, Ids())
    company = Company(bodies.COMPANY, "client", "Corner Café Ltd", created="2026-01-01T00:00:00Z")
    companies.create(runtime.table, company)
    return Merchant(runtime, company, create_connection(runtime, company, "mqjo").id, clock)


def link(merchant: Merchant) -> Merchant:
    runtime, company = merchant.runtime, merchant.company
    create_connection(runtime, company, "lqai")
    authorise(runtime, company, find_connection(runtime, company, merchant.ledger), Authorization())
    return merchant


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    return link(new_merchant())


def test_a_configuration_can_be_read_before_anything_is_linked() -> None:
    unlinked = new_merchant()
    answer = unlinked.get()
    assert (answer["enable"], answer["enabled"], answer["configured"]) == (False, False, False)
    assert answer["configuration"]["sales"]["accounts"]["sales"]["accountOptions"] == []
    assert unlinked.refused(bodies.nested()) == ["$", "$"]


def test_what_is_saved_is_answered_in_both_shapes(merchant: Merchant) -> None:
    answer = merchant.post(bodies.nested())
    assert answer == merchant.get()
    assert (answer["companyId"], answer["accountingSoftwareCompanyName"]) == (
        bodies.COMPANY,
        "Corner Café Ltd",
    )
    assert (answer["enable"], answer["enabled"], answer["configured"]) == (True, True, True)
    assert answer["schedule"] == {**bodies.schedule(), "frequencyOptions": ["Daily", "Monthly"]}
    for section in ("sales", "payments", "newPayments", "fees", "mapSettings"):
        assert answer[section] == answer["configuration"][section]
    assert answer["payments"] == answer["newPayments"]
    entry = answer["sales"]["accounts"]["sales"]
    assert entry["selectedAccountId"] == bodies.account("Sales")
    assert entry["required"] is True
    assert {"id": bodies.account("Sales"), "name": "Sales", "nominalCode": "4000"}.items() <= next(
        option.items() for option in entry["accountOptions"] if option["name"] == "Sales"
    )
    assert answer["configuration"]["countryCode"] == "GB"
    assert merchant.struck == [("Europe/London", 4)]


def test_an_answer_posted_back_saves_nothing_new(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    merchant.post(merchant.get())
    stored = configurations.current(merchant.runtime.table, bodies.COMPANY)
    assert stored is not None
    assert stored.version == 1


@pytest.mark.parametrize("posted", [None, {}])
def test_a_post_of_nothing_changes_nothing(merchant: Merchant, posted: object) -> None:
    assert merchant.post(posted)["configured"] is False
    assert configurations.current(merchant.runtime.table, bodies.COMPANY) is None
    saved = merchant.post(bodies.nested())
    assert merchant.post(posted) == saved


def test_an_invalid_one_is_refused_with_every_problem_and_nothing_saved(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    posted = bodies.nested()
    posted["schedule"]["timeZone"] = "Mars/Base"
    posted["configuration"]["sales"]["accounts"]["sales"]["selectedAccountId"] = "none"
    posted["configuration"]["fees"]["feesSupplier"] = {}
    assert merchant.refused(posted) == [
        "$.schedule.timeZone",
        "$.configuration.fees.feesSupplier.selectedSupplierId",
        "$.configuration.sales.accounts.sales.selectedAccountId",
    ]


def test_versions_are_kept(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    merchant.post(bodies.nested("JournalEntry"))
    table = merchant.runtime.table
    first, second = (configurations.get(table, bodies.COMPANY, version) for version in (1, 2))
    assert first.body["configuration"]["mapSettings"] == {"outputFormat": None}
    assert second.body["configuration"]["mapSettings"] == {"outputFormat": "JournalEntry"}


def test_it_is_still_readable_after_unlinking_but_no_longer_complete(merchant: Merchant) -> None:
    saved = merchant.post(bodies.nested())
    unlink(merchant.runtime, find_connection(merchant.runtime, merchant.company, merchant.ledger))
    answer = merchant.get()
    assert answer == {**saved, "configured": False}
    assert merchant.refused({"schedule": {"syncHour": 7}}) == ["$"]
    assert merchant.post({"enable": False})["enable"] is False
    assert merchant.refused({"enable": True}) == ["$"]


def test_switching_off_and_on_again(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    table = merchant.runtime.table
    first = due.get(table, bodies.COMPANY)
    assert first is not None
    assert first.at == datetime(2026, 7, 14, 3, tzinfo=UTC)
    merchant.post({"enabled": False})
    assert due.get(table, bodies.COMPANY) is None
    merchant.clock.instant = datetime(2026, 7, 20, 16, tzinfo=UTC)
    merchant.post({"enable": True})
    again = due.get(table, bodies.COMPANY)
    assert again is not None
    assert again.at == datetime(2026, 7, 21, 3, tzinfo=UTC)


def test_a_schedule_that_stays_keeps_the_instant_it_is_due_at(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    merchant.clock.instant = datetime(2026, 7, 16, 16, tzinfo=UTC)
    merchant.post({"configuration": {"mapSettings": {"outputFormat": "JournalEntry"}}})
    kept = due.get(merchant.runtime.table, bodies.COMPANY)
    assert kept is not None
    assert kept.at == datetime(2026, 7, 14, 3, tzinfo=UTC)
    merchant.post({"schedule": {"syncHour": 6}})
    moved = due.get(merchant.runtime.table, bodies.COMPANY)
    assert moved is not None
    assert moved.at == datetime(2026, 7, 17, 5, tzinfo=UTC)


def test_saving_again_after_somebody_else_did_keeps_both_choices(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant.post(bodies.nested())
    save, calls = configurations.save, []

    def contended(*args: Any) -> int:
        calls.append(args)
        if len(calls) == 1:
            save(merchant.runtime.table, bodies.COMPANY, theirs, 1, "2026-07-13T16:00:00Z")
        return save(*args)

    stored = configurations.current(merchant.runtime.table, bodies.COMPANY)
    assert stored is not None
    theirs = {**stored.body, "schedule": {**stored.body["schedule"], "syncHour": 9}}
    monkeypatch.setattr(configurations, "save", contended)
    answer = merchant.post({"configuration": {"mapSettings": {"outputFormat": "JournalEntry"}}})
    assert answer["schedule"]["syncHour"] == 9
    assert answer["configuration"]["mapSettings"] == {"outputFormat": "JournalEntry"}


def test_others_who_keep_saving_are_a_conflict(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        message = "changed meanwhile"
        raise Conflict(message)

    monkeypatch.setattr(configurations, "save", refuse)
    with pytest.raises(Conflict):
        merchant.post(bodies.nested())


def order(order_id: str, **line: object) -> Json:
    return {
        "id": order_id,
        "orderNumber": order_id,
        "currency": "GBP",
        "createdDate": "2026-07-12T12:00:00Z",
        "totalAmount": 12,
        "orderLineItems": [{"id": "1", "quantity": 1, "totalAmount": 12, "totalTaxAmount": 2, **line}],
        "payments": [{"id": "p", "amount": 12, "currency": "GBP", "type": "Klarna", "status": "Paid"}],
    }


def test_ways_of_paying_met_in_the_records_are_offered(merchant: Merchant) -> None:
    body = order("o1", taxPercentage=20)
    body["payments"][0]["createdDate"] = body["createdDate"]
    table = merchant.runtime.table
    observations.note(table, bodies.COMPANY, {("shop", "orders", "o1"): read_record("orders", body)})
    offered = merchant.get()["configuration"]["payments"]["accounts"]
    assert offered["klarna"]["labelText"] == "Klarna"
    assert offered["klarna"]["accountOptions"] == offered["card"]["accountOptions"]


def test_an_archived_account_makes_it_incomplete(merchant: Merchant) -> None:
    merchant.post(bodies.nested())
    archived = AccountUpdate(status="Archived")
    update_account(merchant.runtime, merchant.company, bodies.account("Refunds"), archived)
    answer = merchant.get()
    assert answer["configured"] is False
    assert answer["sales"]["accounts"]["refund"]["selectedAccountId"] == bodies.account("Refunds")
