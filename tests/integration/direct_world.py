"""A merchant in a world, and single documents pushed to their books."""

from __future__ import annotations

from collections import Counter
from typing import Any

from daybook.services.connections import find_connection
from daybook.services.push_history import show_direct_push
from daybook.services.request_direct_push import request_direct_push
from daybook.services.retry_direct_push import retry_direct_pushes
from daybook.store import direct_pushes, outbox
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.direct_pushes import DirectPush
from daybook.store.ledger import Ledger
from daybook.wire.accounting import PushOperation
from daybook.wire.direct_requests import DirectRequest
from daybook.wire.direct_sales import InvoiceRequest
from daybook.wire.models import read
from tests.simulation.world import World

PLATFORM = "Sandbox books"


def books(world: World, company: Company) -> Connection:
    return find_connection(world.runtime, company, world.ledgers[company.id])


def invoice(world: World, company: Company, **changes: Any) -> DirectRequest:
    """An invoice of 7.00."""
    known = Ledger(world.table, company.id).read()
    assert known is not None
    account = next(each.id for each in known.data.accounts if each.name == "Sales")
    body = {
        "customerRef": {"id": known.data.customers[0].id},
        "issueDate": "2026-03-02",
        "lineItems": [{"unitAmount": 7, "quantity": 1, "accountRef": {"id": account}}],
        "totalAmount": 7,
    }
    return read(InvoiceRequest, {**body, **changes})


def ask(world: World, company: Company, key: str = "", minutes: int = 0, **changes: Any) -> DirectPush:
    asked = invoice(world, company, **changes)
    return request_direct_push(world.runtime, books(world, company), asked, key, minutes)


def shown(world: World, push: DirectPush) -> PushOperation:
    found = direct_pushes.find(world.table, push.company_id, push.key)
    assert found is not None
    return show_direct_push(world.runtime, found)


def booked(world: World, company: Company) -> Counter[str]:
    """How often each reference was booked directly."""
    entries = Ledger(world.table, company.id).entries()
    return Counter(entry.document.reference for entry in entries if entry.document.direct)


def retry(world: World, company: Company, push: DirectPush) -> None:
    retried, refused = retry_direct_pushes(world.runtime, company, [push.key])
    assert (len(retried), refused) == (1, [])


def lose(world: World) -> None:
    for message in list(outbox.unsent(world.table, "9999")):
        outbox.sent(world.table, message)
