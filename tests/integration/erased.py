"""A company with an item of every kind, and everything a table holds, compressed or not."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import Any

from daybook.services import ingest, syncs
from daybook.services.answer_once import Content, answer_once
from daybook.services.companies import update_company
from daybook.services.connections import find_connection
from daybook.services.reference_data import create_account
from daybook.store import (
    connections,
    flow_links,
    pace,
    reference_data,
    tokens,
    webhooks,
)
from daybook.store.companies import Company
from daybook.store.flow_links import FlowLink
from daybook.wire.accounting import AccountRequest
from daybook.wire.companies import CompanyUpdate
from local.demo import choices
from tests.scenarios.shapes import line, order, payment
from tests.simulation.memory import MemoryTable
from tests.simulation.world import CLIENT, World

PERSONAL = "Zinnia Quartermaine"
START = replace(choices("Invoice"), start="2026-03-01T00:00:00Z")


def schema() -> dict[str, Any]:
    names = ("PK", "SK", "GSI1PK", "GSI1SK")
    keys = [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in zip(names, ("HASH", "RANGE") * 2, strict=True)
    ]
    index = {"IndexName": "GSI1", "KeySchema": keys[2:], "Projection": {"ProjectionType": "ALL"}}
    return {
        "TableName": "daybook",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": keys[:2],
        "GlobalSecondaryIndexes": [index],
    }


def everything(world: World) -> list[dict[str, Any]]:
    """Every item of the table."""
    if isinstance(world.table, MemoryTable):
        return world.table.everything()
    pages = world.table._client.get_paginator("scan").paginate(TableName="daybook")
    return [item for page in pages for item in page["Items"]]


def families(world: World) -> set[str]:
    """The families of partitions that have items."""
    return {text(item["PK"]).partition("#")[0] for item in everything(world)}


def text(value: Any) -> str:
    return str(value["S"]) if isinstance(value, dict) else str(value)


def sold(number: int, on: int = 1, amount: str = "10.00", to: str = PERSONAL) -> dict[str, Any]:
    """A sale to a person, paid at once."""
    body = order(f"o{number}", [line(amount)], [payment(f"p{number}", amount, "Cash", on=on)], on=on)[1]
    return {**body, "customerRef": {"id": "c1", "name": to}}


def open_company(world: World) -> Company:
    """A company with records, syncs, documents, and one item at least of every kind there is."""
    company = world.open_company(name=PERSONAL, shops=2)
    update_company(world.runtime, company, CompanyUpdate.model_validate({"description": PERSONAL}))
    world.table.put({"PK": f"CLIENT#{CLIENT}", "SK": f"MERCHANT#{PERSONAL}", "companyId": company.id})
    company = replace(company, merchant_identifier=PERSONAL)
    books = find_connection(world.runtime, company, world.ledgers[company.id])
    world.push(company, "customers", [{"id": "c1", "customerName": PERSONAL}])
    world.push(company, "orders", [sold(1), sold(2, on=2)])
    refund = {"id": "t1", "type": "Payment", "totalAmount": "10.00", "createdDate": "2026-03-02T12:00:00Z"}
    world.push(company, "transactions", [{**refund, "currency": "GBP", "transactionSourceRef": {}}])
    world.configure(company, START)
    world.sync(company)
    account = {"name": PERSONAL, "type": "Income", "nominalCode": "4999"}
    create_account(world.runtime, company, books, AccountRequest.model_validate(account))
    # One that waits, one whose documents are under way, and what an interrupted push leaves behind.
    world.push(company, "orders", [sold(3, on=3)])
    syncs.request_latest(world.runtime, company, None)
    raw = json.dumps([sold(4)], default=str).encode()
    ingest.push_records(world.runtime, company.id, None, "orders", raw)
    _others(world, company, books.id)
    return company


def _others(world: World, company: Company, books: str) -> None:
    """What other parts of the product keep about a company."""
    table, ids = world.runtime.table, world.runtime.ids
    link = FlowLink(company.id, "digest", "lqai", "mqjo", "en-GB", "https://shop.example", 9)
    flow_links.create(table, link)
    flow_links.take(table, company.id, "another", 0, 5)
    tokens.keep(table, company.id, books, tokens.StoredTokens("sealed", "sealed", 0))
    pace.reserve(table, books, 1, 1)
    platform = world.runtime.platform_for(connections.get(table, company.id, books))
    reference_data.keep(table, books, platform.reference_data(), 0, 0)
    for name in ("SyncCompleted", "company.deleted"):
        event = webhooks.Event(company.id, ids.new(), name, json.dumps({"companyId": company.id}), "", 0)
        table.transact([webhooks.event_put(event)])
    asked = ("POST", f"/companies/{company.id}/connections", (), b"")
    answer_once(world.runtime, CLIENT, "key", asked, lambda: Content(PERSONAL, "application/json"))
    # What only a day in suspense, a push of a single document, or an open invoice leaves.
    for family in ("SUSPENSE", "DIRECT", "DIRECTNUMBER", "OPEN"):
        table.put({"PK": f"{family}#{company.id}", "SK": "2026-03-02", "account": PERSONAL, "version": 9})


def remaining(world: World, *words: str) -> list[tuple[str, str]]:
    """The keys of the items in which any of these words stands."""
    return sorted(
        (text(item["PK"]), text(item["SK"]))
        for item in everything(world)
        if any(word in readable(item) for word in words)
    )


def readable(value: Any) -> str:
    """All that stands in an item, also what is compressed."""
    if isinstance(value, dict):
        return " ".join(readable(part) for pair in value.items() for part in pair)
    if isinstance(value, list | set | tuple):
        return " ".join(map(readable, value))
    if isinstance(value, bytes):
        try:
            return zlib.decompress(value).decode()
        except zlib.error:
            return repr(value)
    return str(value)


def left_of(company: Company) -> list[tuple[str, str]]:
    """The keys of what may stay: that there was a company, and whose."""
    return [(f"CLIENT#{CLIENT}", f"COMPANY#{company.id}"), (f"COMPANY#{company.id}", "COMPANY")]
