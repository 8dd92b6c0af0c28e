"""Whoever follows the links of a list sees all that was there all the while, once, whatever is written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from daybook.services.ingest import ingest_dataset
from daybook.services.runtime import Runtime
from daybook.store import clients
from tests.integration.api_calls import Caller, api_over

SIZE = 3
COUNT = 20


@dataclass
class Listed:
    """A list to walk: how an item is made (answering its id) and deleted, None where it cannot be."""

    path: str
    name: Callable[[dict[str, Any]], str]
    make: Callable[[], str]
    delete: Callable[[str], None] | None


class Shop:
    """A company with something in every list."""

    def __init__(self, call: Caller, runtime: Runtime) -> None:
        self.call, self.runtime = call, runtime
        self.company = self.ask("POST", "/meta/companies/sync", {"name": "Lists"})["id"]
        self.own = self.ask("GET", f"/companies/{self.company}/connections")["results"][0]["id"]
        self.ledger = self.ask("POST", f"/companies/{self.company}/connections", "mqjo")["id"]
        self.ask("PUT", f"/companies/{self.company}/connections/{self.ledger}/authorization", {})
        self.random = random.Random(11)  # noqa: S311 - only has to differ

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.status in (200, 204), answer.body
        return answer.body

    def record(self, data_type: str, body: dict[str, Any]) -> str:
        """Push a record and write it; its id and type."""
        dataset = self.ask("POST", f"/companies/{self.company}/data/commerce-{data_type}", [body])
        ingest_dataset(self.runtime, self.company, dataset["datasetId"])
        read = self.ask("GET", f"/companies/{self.company}/data/history/{dataset['datasetId']}")
        assert read["status"] == "Complete", read
        return str(dataset["datasetId"] if data_type == "locations" else body["id"])

    def new_id(self) -> str:
        """Somewhere among the others, or before or after them all."""
        return f"{self.random.choice(['', 'é', '/', 'z '])}{self.random.randrange(10**6)}"

    def account(self) -> str:
        body = {"name": self.new_id(), "type": "Expense", "nominalCode": str(self.random.randrange(10**6))}
        path = f"/companies/{self.company}/connections/{self.ledger}/push/accounts"
        return str(self.ask("POST", path, body)["pushOperationKey"])


def listed(shop: Shop) -> dict[str, Listed]:
    company = f"/companies/{shop.company}"
    records = f"{company}/connections/{shop.own}/data"

    def by_id(row: dict[str, Any]) -> str:
        return str(row["id"])

    def product() -> str:
        return shop.record("products", {"id": shop.new_id(), "name": "Tea"})

    def transaction() -> str:
        body = {"id": shop.new_id(), "type": "Payment", "totalAmount": 1, "currency": "GBP"}
        return shop.record("transactions", {**body, "createdDate": "2026-03-01T12:00:00"})

    def forget(data_type: str) -> Callable[[str], None]:
        return lambda name: str(shop.record(data_type, {"id": name})) and None

    def remove(path: str) -> Callable[[str], None]:
        return lambda name: shop.ask("DELETE", f"{path}/{quote(name)}")

    def made(path: str, body: object) -> Callable[[], str]:
        return lambda: str(shop.ask("POST", path, body)["id"])

    return {
        "companies": Listed("/companies", by_id, made("/companies", {"name": "A"}), remove("/companies")),
        "connections": Listed(
            f"{company}/connections",
            by_id,
            made(f"{company}/connections", "lqai"),
            remove(f"{company}/connections"),
        ),
        "keys": Listed("/apiKeys", by_id, made("/apiKeys", {"name": "A"}), remove("/apiKeys")),
        "datasets": Listed(
            f"{company}/data/history", by_id, lambda: shop.record("locations", {"id": "1", "name": "A"}), None
        ),
        "pushes": Listed(f"{company}/push", lambda row: str(row["pushOperationKey"]), shop.account, None),
        "products": Listed(f"{records}/commerce-products", by_id, product, forget("products")),
        "transactions": Listed(
            f"{records}/commerce-transactions", by_id, transaction, forget("transactions")
        ),
    }


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    call, runtime = api_over(monkeypatch, ("companies", "data", "syncs", "keys"))
    clients.create(runtime.table, clients.Client("client-a", "A"))
    return Shop(call, runtime)


def pages(shop: Shop, path: str, query: str = "") -> Iterator[dict[str, Any]]:
    """Every page, by its links."""
    link: str | None = f"{path}?page=1&pageSize={SIZE}{query}"
    while link:
        page = shop.ask("GET", link)
        yield page
        link = page["_links"].get("next", {}).get("href")


NAMES = ("companies", "connections", "keys", "datasets", "pushes", "products", "transactions")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", ["", "&query=id!%3Dnothing"])
def test_each_item_is_seen_once_while_others_come_and_go(shop: Shop, name: str, query: str) -> None:
    asked = listed(shop)[name]
    count = 7 if name == "keys" else COUNT  # a client has at most ten
    made = [asked.make() for _ in range(count)]
    chance = random.Random(len(name))  # noqa: S311 - only has to differ
    doomed = set(made[1::4]) if asked.delete else set()
    came: set[str] = set()
    seen: list[str] = []
    left = sorted(doomed)
    chance.shuffle(left)
    for page in pages(shop, asked.path, query):
        seen += [asked.name(row) for row in page["results"]]
        here = [name for name in left if name in seen]
        if asked.delete and left:
            # What the next page begins after, whenever it is among those that go: that is the hardest.
            last = asked.name(page["results"][-1])
            gone = last if last in left else (here or left)[0]
            left.remove(gone)
            asked.delete(gone)
        if len(came) < 2:
            came.add(asked.make())
    stayed = set(made) - doomed
    assert len(seen) == len(set(seen)), "seen twice"
    assert stayed <= set(seen), "passed over"
    assert not left


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_links_agree_when_nothing_is_written(shop: Shop, name: str) -> None:
    asked = listed(shop)[name]
    for _ in range(7):
        asked.make()
    linked = [[asked.name(row) for row in page["results"]] for page in pages(shop, asked.path)]
    numbered = [
        [asked.name(row) for row in shop.ask("GET", f"{asked.path}?page={number}&pageSize={SIZE}")["results"]]
        for number in range(1, len(linked) + 2)
    ]
    assert numbered == [*linked, []]


def test_a_link_keeps_what_was_asked_and_leads_back(shop: Shop) -> None:
    for _ in range(7):
        shop.ask("POST", "/companies", {"name": "Wanted"})
    first = shop.ask("GET", "/companies?page=1&pageSize=3&query=name%3DWanted")
    second = shop.ask("GET", first["_links"]["next"]["href"])
    assert (second["pageNumber"], second["totalResults"]) == (2, 7)
    assert {row["name"] for row in second["results"]} == {"Wanted"}
    assert shop.ask("GET", second["_links"]["current"]["href"]) == second
    assert shop.ask("GET", second["_links"]["previous"]["href"]) == first
    third = shop.ask("GET", second["_links"]["next"]["href"])
    assert len(third["results"]) == 1
    assert "next" not in third["_links"]


def test_in_another_order_the_links_are_numbers(shop: Shop) -> None:
    for _ in range(7):
        shop.ask("POST", "/companies", {"name": "A"})
    first = shop.ask("GET", "/companies?page=1&pageSize=3&orderBy=-created")
    assert "after" not in first["_links"]["next"]["href"]
    for parameters in ("after=x&orderBy=name", f"after={'x' * 2049}"):
        refused = shop.call("GET", f"/companies?{parameters}")
        assert refused.status == 400
        assert refused.body["validation"]["errors"][0]["itemId"] == "after"
