"""Every fault at every call of pushes of single documents: nothing lost, nothing written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from daybook.services.connections import find_connection
from daybook.services.push_history import show_direct_push
from daybook.services.request_direct_push import request_direct_push
from daybook.store import direct_pushes
from daybook.store.companies import Company
from daybook.store.direct_pushes import DirectPush
from daybook.store.documents import SUCCESS
from daybook.store.ledger import Ledger
from daybook.wire.direct_requests import (
    CustomerRequest,
    DirectRequest,
    JournalEntryRequest,
    PaymentRequest,
)
from daybook.wire.direct_sales import CreditNoteRequest, DirectIncomeRequest, InvoiceRequest
from daybook.wire.models import Model, read
from tests.simulation.deployment import Deployment
from tests.simulation.faults import FAULTS, SCHEDULER
from tests.simulation.proof import check_entries, entries_of
from tests.simulation.walking import walk

# A walk that tries fewer has lost its way.
FEWEST_CALLS, FEWEST_RUNS = 100, 400
# Money moved by all of the story's documents: account to debit-positive balance.
EXPECTED = {
    "Accounts receivable": 4,
    "Cash on hand": 25,
    "Promotions expense": 3,
    "Sales": -32,
}


@dataclass
class Story:
    """A partner pushes one document of each type; each request is sent again until it is answered."""

    world: Deployment = field(default_factory=Deployment)

    def __post_init__(self) -> None:
        self.company: Company = self.world.open_company(shops=0)
        known = Ledger(self.world.table, self.company.id).read()
        assert known is not None
        self.accounts = {each.name: {"id": each.id} for each in known.data.accounts}
        self.customer = {"id": known.data.customers[0].id}
        self.steps: list[Callable[[], None]] = [
            lambda: self.push("one", InvoiceRequest, self.invoice(20, invoiceNumber="17")),
            lambda: self.push("two", InvoiceRequest, self.invoice(9)),
            lambda: self.push("pay", PaymentRequest, self.payment()),
            self.push_the_rest,
        ]

    def invoice(self, amount: int, **changes: Any) -> dict[str, Any]:
        return {
            "customerRef": self.customer,
            "issueDate": "2026-03-02",
            "lineItems": [{"unitAmount": amount, "quantity": 1, "accountRef": self.accounts["Sales"]}],
            "totalAmount": amount,
            **changes,
        }

    def payment(self) -> dict[str, Any]:
        """Of both invoices, in one push of two documents."""
        one, two = (self.found(key).parts[0].platform_id for key in ("one", "two"))
        links = [{"type": "Invoice", "id": one, "amount": -18}, {"type": "Invoice", "id": two, "amount": -2}]
        lines = [{"amount": 20, "links": links}]
        return {"date": "2026-03-03", "accountRef": self.accounts["Cash on hand"], "lines": lines}

    def push_the_rest(self) -> None:
        """Four pushes in line at once."""
        note = self.invoice(5, creditNoteNumber="C17")
        income = self.invoice(5, currency="GBP")
        income["paymentAllocations"] = [{"payment": {"accountRef": self.accounts["Cash on hand"]}}]
        entries = [
            {"netAmount": 3, "accountRef": self.accounts["Promotions expense"]},
            {"netAmount": -3, "accountRef": self.accounts["Sales"]},
        ]
        journal = {"postedOn": "2026-03-02", "journalLines": entries}
        self.ask("note", CreditNoteRequest, note)
        self.ask("income", DirectIncomeRequest, income)
        self.ask("journal", JournalEntryRequest, journal)
        self.ask("customer", CustomerRequest, {"customerName": "Harbour"})
        self.world.deliver()

    def push(self, key: str, model: type[Model], body: dict[str, Any]) -> None:
        self.ask(key, model, body)
        self.world.deliver()

    def ask(self, key: str, model: type[Model], body: dict[str, Any]) -> None:
        """Push it under an Idempotency-Key, as a partner who wants it once does."""
        asked = read(model, body)
        assert isinstance(asked, DirectRequest)
        runtime, connection_id = self.world.runtime, self.world.ledgers[self.company.id]

        def request() -> DirectPush:
            connection = find_connection(runtime, self.company, connection_id)
            return request_direct_push(runtime, connection, asked, key, 0)

        self.keys[key] = self.world.attempt(request).key

    keys: dict[str, str] = field(default_factory=dict)

    def found(self, key: str) -> DirectPush:
        push = direct_pushes.find(self.world.table, self.company.id, self.keys[key])
        assert push is not None
        return push

    def snapshot(self) -> tuple[Any, ...]:
        world = self.world
        assert not world.queues.waiting
        state = (world.table.snapshot(), world.clock.moment, world.runtime.ids.made)  # type: ignore[attr-defined]
        return (*state, Counter(world.writes), dict(self.keys), list(world.queues.events))

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        world = self.world
        items, world.clock.moment, world.runtime.ids.made, writes, keys, events = snapshot  # type: ignore[attr-defined]
        world.table.restore(items)
        world.trouble.clear()
        world.queues.waiting.clear()
        world.writes.clear()
        world.writes.update(writes)
        self.keys = dict(keys)
        world.queues.events[:] = events

    def check(self) -> None:
        """Zero lost, zero doubled, every push ended well and told of."""
        world = self.world
        pushes = list(direct_pushes.newest_first(world.table, self.company.id))
        assert {push.key for push in pushes} == set(self.keys.values())
        assert {push.status for push in pushes} == {SUCCESS}, [push.error for push in pushes]
        assert {show_direct_push(world.runtime, push).status for push in pushes} == {"Success"}
        entries = entries_of(world, self.company)
        check_entries(entries, min(entry.document.day for entry in entries))
        assert len(entries) == 7
        assert all(entry.document.direct for entry in entries)
        assert set(world.writes.values()) <= {1}
        written = {part.platform_id for push in pushes for part in push.parts}
        known = Ledger(world.table, self.company.id).read()
        assert known is not None
        harbour = [each.id for each in known.data.customers if each.name == "Harbour"]
        assert len(harbour) == 1
        assert written == {entry.id for entry in entries} | set(harbour)
        balances = {name: amount for (_, name), amount in world.balances(self.company).items()}
        assert balances == EXPECTED
        told = {
            detail["pushOperationKey"]: detail["status"]
            for event, detail in world.queues.events
            if event == "PushOperationStatusChanged"
        }
        assert told == dict.fromkeys(self.keys.values(), "Success")


def test_every_fault_at_every_call(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story()
    calls, walked = walk(story)
    with capsys.disabled():
        print(f"\nfault walk, direct pushes: {calls} calls, {walked.total()} faults")  # noqa: T201
    assert calls >= FEWEST_CALLS
    assert walked.total() >= FEWEST_RUNS
    kinds_of_calls = set(FAULTS) - {SCHEDULER}
    assert set(walked) == {(kind, what) for kind in kinds_of_calls for what in FAULTS[kind]}
