"""The real services over a table in memory: a stopped clock, counted ids, messages delivered on demand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from daybook.domain.ledger import trial_balance
from daybook.services import runtime as outside
from daybook.services import syncs
from daybook.services.companies import create_company
from daybook.services.configure import read_configuration, save_configuration
from daybook.services.connections import authorise, create_connection
from daybook.services.erase import erase
from daybook.services.ingest import ingest_dataset, push_records
from daybook.services.plan_sync import start_sync
from daybook.services.push_documents import push_documents
from daybook.services.retention import request_due, retire
from daybook.services.write_direct_push import write_direct_push
from daybook.store import datasets, outbox
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.datasets import Dataset
from daybook.store.ledger import Ledger
from daybook.store.outbox import Message
from daybook.store.syncs import Sync
from daybook.wire.companies import Authorization, CompanyRequest
from daybook.wire.messages import EraseMessage, RetireMessage, read_message
from local.merchant import Choices, selection
from tests.simulation.memory import MemoryTable

CLIENT = "00000000-0000-4000-8000-0000000000aa"


@dataclass
class Clock:
    """A clock that moves only when told to."""

    moment: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant it is."""
        return self.moment

    def advance(self, **by: int) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)


@dataclass
class Ids:
    """Ids in order of making, the same in every run."""

    clock: Clock
    made: int = 0

    def new(self) -> str:
        """The next id."""
        self.made += 1
        return outside.time_ordered_id(self.clock.now(), self.made.to_bytes(10))


@dataclass
class World:
    """One partner's Daybook, with one merchant whose books are Sandbox books."""

    table: MemoryTable = field(default_factory=MemoryTable)
    clock: Clock = field(default_factory=Clock)
    events: list[Message] = field(default_factory=list)
    ledgers: dict[str, str] = field(default_factory=dict)
    erasures: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open it."""
        self.runtime = outside.over(self.table, self.clock, Ids(self.clock))

    def open_company(self, name: str = "Corner Cafe", shops: int = 1, currency: str = "GBP") -> Company:
        """A company with Sandbox books and as many sources of records."""
        request = CompanyRequest.model_validate({"name": name})
        company = create_company(self.runtime, CLIENT, "tests", request)
        books = create_connection(self.runtime, company, "mqjo")
        authorise(self.runtime, company, books, Authorization.model_validate({"baseCurrency": currency}))
        for _ in range(shops):
            create_connection(self.runtime, company, "lqai")
        self.ledgers[company.id] = books.id
        return company

    def shops(self, company: Company) -> list[Connection]:
        """The company's sources of records, oldest first."""
        from daybook.store.connections import list_connections

        found = list_connections(self.runtime.table, company.id)
        return [each for each in found if each.platform_key == "lqai"]

    def configure(self, company: Company, choices: Choices) -> dict[str, Any]:
        """Save a configuration chosen by name from what is offered."""
        options = json.loads(json.dumps(read_configuration(self.runtime, company), default=str))
        return save_configuration(self.runtime, company, selection(options, choices))

    def push(
        self, company: Company, data_type: str, bodies: Sequence[Mapping[str, Any]], shop: int = 0
    ) -> Dataset:
        """Push records and have them written."""
        connection = self.shops(company)[shop]
        raw = json.dumps(list(bodies), default=str).encode()
        dataset = push_records(self.runtime, company.id, connection.id, data_type, raw)
        self.deliver()
        return datasets.get(self.table, company.id, dataset.id)

    def sync(self, company: Company, start: datetime | None = None, finish: datetime | None = None) -> Sync:
        """Run a sync to its end: latest, or historic when a range is given."""
        if start is not None and finish is not None:
            asked = syncs.request_historic(self.runtime, company, start, finish)
        else:
            asked = syncs.request_latest(self.runtime, company, finish)
        self.deliver()
        return syncs.read_sync(self.runtime, company, asked.id)

    def deliver(self) -> None:
        """Deliver every message in the outbox, and those that this causes, until none is left."""
        while waiting := list(outbox.unsent(self.table, "9999")):
            for message in waiting:
                self.receive(message)
                outbox.sent(self.table, message)

    def receive(self, message: Message) -> None:
        """Do what the worker of a queue does with a message."""
        company_id = message.body["companyId"]
        match message.queue:
            case outbox.INGEST:
                ingest_dataset(self.runtime, company_id, message.body["datasetId"])
            case outbox.SYNC:
                start_sync(self.runtime, company_id)
            case outbox.ERASE:
                self.erasures.append(message)
            case outbox.PUSH if "pushOperationKey" in message.body:
                write_direct_push(self.runtime, company_id, message.body["pushOperationKey"])
            case outbox.PUSH:
                push_documents(self.runtime, company_id, message.body["syncId"], lambda: True)
            case outbox.NOTIFY | outbox.DELIVER:  # nobody has subscribed here
                return
            case _:
                self.events.append(message)

    def erase(self, has_time: Callable[[], bool] = lambda: True) -> int:
        """Let the eraser work until nothing is left to erase, its waits included; in how many messages."""
        again: list[dict[str, Any]] = []

        def send(_queue: str, body: Mapping[str, Any], _group: str, *, delay: int = 0) -> None:
            self.clock.advance(seconds=delay)
            again.append(dict(body))

        self.deliver()
        received = 0
        with mock.patch("daybook.services.erase.queues.send", send):
            while self.erasures or again:
                body = again.pop(0) if again else self.erasures.pop(0).body
                if "retireFrom" in body:
                    retire(self.runtime, read_message(RetireMessage, body), has_time)
                else:
                    erase(self.runtime, read_message(EraseMessage, body), has_time)
                self.deliver()
                received += 1
        return received

    def retire(self, days: int, has_time: Callable[[], bool] = lambda: True) -> int:
        """Look which records are older than so many days, as happens every day; in how many messages."""
        with mock.patch.dict(os.environ, RECORD_RETENTION_DAYS=str(days)):
            request_due(self.runtime)
            return self.erase(has_time)

    def balances(self, company: Company) -> dict[tuple[str, str], Decimal]:
        """(currency, account name) to balance of the company's books, accounts at nought left out."""
        ledger = Ledger(self.table, company.id)
        books = ledger.read()
        assert books is not None
        names = {account.id: account.name for account in books.data.accounts}
        return {
            (currency, names[account]): balance
            for currency, accounts in trial_balance(ledger.entries()).items()
            for account, balance in accounts.items()
            if balance
        }
