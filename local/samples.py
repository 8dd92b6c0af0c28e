"""The merchant that the sample events are about, made in the local stack under the ids that the events name.

What the samples leave to do is done by whoever sends an event: a dataset that waits to be written, a sync
whose documents wait to be pushed, a delivery that waits to be sent, a connection that waits to be erased.
Nothing of it is in the outbox, so that the deployed functions leave it alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from daybook.domain.instants import iso, utc_text
from daybook.services import connections
from daybook.services.companies import create_company
from daybook.services.plan_sync import start_sync
from daybook.services.runtime import Runtime, SystemClock, TimeOrderedIds, over
from daybook.services.syncs import request_latest
from daybook.store import clients, companies, datasets, keys, sessions, webhooks
from daybook.store.connections import erased
from daybook.store.dynamodb import DynamoTable
from daybook.store.table import Put
from daybook.wire.companies import Authorization, CompanyRequest
from local import admin, deploy
from local.api_client import Client
from local.merchant import Choices, Merchant

if TYPE_CHECKING:
    from daybook.store.table import Write
    from local.settings import LocalStack

# Only ever a key of a stack that listens on 127.0.0.1.
API_KEY = "local"
CLIENT = "0192f4d1-7a5e-7c3b-9f10-2a4b6c8d0e1f"
KEY = "0192f4d6-4f50-7162-8d7e-8f9a0b1c2d3e"
COMPANY = "0192f4d2-0b1c-7d2e-8f30-4a5b6c7d8e9f"
BOOKS = "0192f4d3-1c2d-7e3f-9a4b-5c6d7e8f9a0b"
SHOP = "0192f4d3-1c2d-7e3f-9a4b-5c6d7e8f9a0c"
FREEAGENT = "0192f4d2-0b1c-7d2e-8f30-4a5b6c7d8ea0"
DELETED = "0192f4d3-1c2d-7e3f-9a4b-5c6d7e8f9a0d"
DATASET = "0192f4d4-2d3e-7f40-8b5c-6d7e8f9a0b1c"
SYNC = "0192f4d5-3e4f-7051-9c6d-7e8f9a0b1c2d"
WEBHOOK = "0192f4d8-6172-7384-9f90-0b1c2d3e4f50"
DELIVERY = "0192f4d9-7283-7495-8a01-1c2d3e4f5061"
EVENT = "5b1d7c9e-2f3a-5c4d-8e6f-7a8b9c0d1e30"
ACCOUNTS = {
    "sales": "Sales",
    "card": "Card clearing",
    "cash": "Cash on hand",
    "invoice": "Accounts receivable",
    "paymentFee": "Payment fees",
}
KEPT_SECONDS = 30 * 24 * 3600


class Quiet(DynamoTable):
    """The stack's table, without the messages that would set its functions to work."""

    def transact(self, writes: Sequence[Write]) -> None:
        """Write all of it but what goes to the outbox."""
        super().transact([each for each in writes if not is_message(each)])


def is_message(write: Write) -> bool:
    """Tell whether a write is one to the outbox."""
    return isinstance(write, Put) and str(write.item["PK"]).startswith("OUTBOX#")


@dataclass
class Named:
    """The ids that the samples' events name, in the order in which they are asked for; then new ones."""

    names: list[str]
    others: TimeOrderedIds = field(default_factory=lambda: TimeOrderedIds(SystemClock()))

    def new(self) -> str:
        """Give the next id."""
        return self.names.pop(0) if self.names else self.others.new()


def ensure(stack: LocalStack) -> None:
    """Make the samples, unless the stack has them."""
    held = deploy.read_description(stack)
    target = admin.Target(deploy.session(), stack.endpoint, held["tableName"], held["usagePlanId"])
    if admin.knows_key(target, API_KEY):
        return
    table = Quiet(target.client("dynamodb"), target.table_name)
    now = datetime.now(UTC)
    clients.create(table, clients.Client(CLIENT, "Samples"))
    admin.grant_usage(target, CLIENT)
    runtime = over(table, SystemClock(), Named([]))
    make_company(runtime)
    make_sessions(table, now)
    make_webhook(table, now)
    table.put(erased(COMPANY, DELETED, utc_text(now - timedelta(hours=1))).item)
    # Last, for it is what tells that all of them are there.
    digest = admin.digest_of(API_KEY)
    keys.create_key(table, keys.ApiKey(CLIENT, KEY, "first key", digest, utc_text(now)))
    make_sync(runtime, Client(held["apiUrl"], API_KEY), now)
    make_dataset(table, now)


def named(runtime: Runtime, *ids: str) -> Runtime:
    """Give a runtime whose next ids are these."""
    return replace(runtime, ids=Named(list(ids)))


def make_company(runtime: Runtime) -> None:
    """Make the company, its books, its shop, and a connection that waits for the merchant's consent."""
    company = create_company(named(runtime, COMPANY), CLIENT, "samples", CompanyRequest(name="Sample shop"))
    connections.create_connection(named(runtime, SHOP), company, "lqai")
    connections.create_connection(named(runtime, FREEAGENT), company, "fbrh")
    books = connections.create_connection(named(runtime, BOOKS), company, "mqjo")
    connections.authorise(runtime, company, books, Authorization())


def make_sessions(table: DynamoTable, now: datetime) -> None:
    """Sign a merchant and an agent in, with the API key in the browsers' cookies."""
    ends = int(now.timestamp()) + KEPT_SECONDS
    chosen = {"commerce": "lqai", "accounting": "mqjo"}
    merchant = sessions.Session("flow", CLIENT, COMPANY, "en-us", ends, chosen)
    agent = sessions.Session("portal", CLIENT, "", "en-us", ends)
    for session in (merchant, agent):
        sessions.create(table, admin.digest_of(f"{API_KEY}-{session.kind}"), session)


def make_sync(runtime: Runtime, client: Client, now: datetime) -> None:
    """Make a sync that has planned its documents and not yet pushed them."""
    merchant = Merchant(client, COMPANY, BOOKS, {"shop": SHOP})
    merchant.configure(Choices(ACCOUNTS, start=iso(now - timedelta(days=5))))
    merchant.wait_for([merchant.push("shop", "orders", [order("o-1", now - timedelta(days=3))])])
    found = companies.find(runtime.table, COMPANY)
    request_latest(named(runtime, SYNC), found, None)
    start_sync(runtime, COMPANY)


def make_dataset(table: DynamoTable, now: datetime) -> None:
    """Make a dataset that waits to be written."""
    raw = json.dumps([order("o-2", now - timedelta(days=2))]).encode()
    dataset = datasets.Dataset(DATASET, COMPANY, SHOP, "orders", datasets.QUEUED, utc_text(now), received=1)
    datasets.create(table, dataset, zlib.compress(raw), int(now.timestamp()) + KEPT_SECONDS)


def make_webhook(table: DynamoTable, now: datetime) -> None:
    """Make a subscription that is disabled, so that nobody is written to, and an event on its way to it."""
    at, expires = utc_text(now), int(now.timestamp()) + KEPT_SECONDS
    address = "https://hooks.example.com/daybook"
    disabled = webhooks.Subscription(WEBHOOK, CLIENT, address, at, (), disabled=True, reason="A sample.")
    webhooks.create(table, disabled)
    table.transact(
        [
            webhooks.event_put(webhooks.Event(COMPANY, EVENT, "SyncCompleted", "{}", at, expires)),
            webhooks.delivery_put(
                webhooks.Delivery(DELIVERY, WEBHOOK, CLIENT, COMPANY, EVENT, "SyncCompleted", at, expires)
            ),
        ]
    )


def order(identity: str, moment: datetime) -> dict[str, object]:
    """Give an order that was paid by card."""
    when = utc_text(moment)
    payment = {"amount": 15, "currency": "GBP", "type": "Card", "status": "Paid", "createdDate": when}
    return {
        "id": identity,
        "currency": "GBP",
        "createdDate": when,
        "totalAmount": 15,
        "orderLineItems": [{"id": "1", "quantity": 1, "totalAmount": 15, "totalTaxAmount": 0}],
        "payments": [{"id": f"p-{identity}", **payment}],
    }
