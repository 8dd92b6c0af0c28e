"""Configuration through its function (specification: api, configuration)."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import pytest

from daybook.platforms.sandbox.chart import account_id, identifier, tax_rate_id
from tests import configuration_bodies as bodies
from tests.integration.api_calls import Caller, api_over


@dataclass
class Shop:
    """A company linked to Sandbox books, and the schedules that were asked for."""

    call: Caller
    id: str
    schedules: list[tuple[str, int]]

    @property
    def path(self) -> str:
        return f"/config/companies/{self.id}/sync/commerce"

    def body(self, output_format: str | None = None) -> dict[str, Any]:
        """A valid configuration for this company's own books."""
        return _translated(bodies.nested(output_format), self.id)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    call, runtime = api_over(monkeypatch, ("companies",))
    module = importlib.import_module("configuration.app")
    schedules: list[tuple[str, int]] = []
    monkeypatch.setattr(module, "runtime", lambda: runtime)
    monkeypatch.setattr(module, "ensure_schedule", lambda zone, hour: schedules.append((zone, hour)))
    call.handlers["syncs"] = module.handler  # where `function_of` sends every path with /sync/ in it
    company = call("POST", "/meta/companies/sync", {"name": "Corner Cafe"}).body["id"]
    connection = call("POST", f"/companies/{company}/connections", {"platformKey": "mqjo"}).body["id"]
    assert call("PUT", f"/companies/{company}/connections/{connection}/authorization", {}).status == 200
    return Shop(call, company, schedules)


def _translated(value: Any, company_id: str) -> Any:
    """The same choices among another company's books."""
    if isinstance(value, dict):
        return {name: _translated(inner, company_id) for name, inner in value.items()}
    if isinstance(value, list):
        return [_translated(inner, company_id) for inner in value]
    return _ids(company_id).get(value, value) if isinstance(value, str) else value


def _ids(company_id: str) -> dict[str, str]:
    books = bodies.BOOKS
    contacts = {
        contact.id: identifier(company_id, what, contact.name)
        for what, found in (("customer", books.customers), ("supplier", books.suppliers))
        for contact in found
    }
    accounts = {account.id: account_id(company_id, account.name) for account in books.accounts}
    rates = {rate.id: tax_rate_id(company_id, rate.name) for rate in books.tax_rates}
    return contacts | accounts | rates


def test_it_is_saved_answered_and_scheduled(shop: Shop) -> None:
    assert shop.call("GET", shop.path).body["configured"] is False
    saved = shop.call("POST", shop.path, shop.body())
    assert saved.status == 200
    assert saved.body["configured"] is True
    assert shop.call("GET", shop.path).body == saved.body
    assert shop.schedules == [("Europe/London", 4)]
    again = shop.call("POST", shop.path, saved.body)
    assert (again.status, again.body) == (200, saved.body)


def test_a_post_without_a_body_changes_nothing(shop: Shop) -> None:
    before = shop.call("GET", shop.path).body
    answer = shop.call("POST", shop.path)
    assert (answer.status, answer.body) == (200, before)


def test_every_problem_is_an_item_with_its_path(shop: Shop) -> None:
    posted = shop.body()
    del posted["configuration"]["sales"]["accounts"]["sales"]
    posted["schedule"]["timeZone"] = "Mars/Base"
    answer = shop.call("POST", shop.path, posted)
    assert answer.status == 400
    items = [item["itemId"] for item in answer.body["validation"]["errors"]]
    assert items == ["$.schedule.timeZone", "$.configuration.sales.accounts.sales.selectedAccountId"]
    assert shop.call("GET", shop.path).body["configured"] is False
    assert shop.schedules == []


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"7"])
def test_what_is_no_configuration_is_refused(shop: Shop, raw: bytes) -> None:
    assert shop.call("POST", shop.path, raw=raw).status == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_clients_company_is_an_unknown_one(shop: Shop, method: str) -> None:
    foreign = shop.call.as_client("client-b")(method, shop.path)
    unknown = shop.call(method, "/config/companies/00000000-0000-7000-8000-000000000000/sync/commerce")
    assert foreign.status == unknown.status == 404
    assert foreign.body == unknown.body
