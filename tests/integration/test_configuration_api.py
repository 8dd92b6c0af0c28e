"""Configuration through its function (specification: api, configuration)."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import pytest

from daybook.platforms.sandbox.chart import account_id, identifier, tax_rate_id
from daybook.store import configurations
from tests import configuration_bodies as bodies
from tests.integration.api_calls import Answer, Caller, api_over


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
    call.handlers["configuration"] = module.handler
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


def tag(answer: Answer) -> str:
    (text,) = answer.headers["ETag"]
    return text


def test_answers_name_their_version(shop: Shop) -> None:
    assert tag(shop.call("GET", shop.path)) == '"0"'
    saved = shop.call("POST", shop.path, shop.body())
    assert tag(saved) == '"1"'
    assert tag(shop.call("POST", shop.path, shop.body())) == '"1"'  # nothing changed
    assert tag(shop.call("POST", shop.path, {"enabled": False})) == '"2"'
    assert tag(shop.call("GET", shop.path)) == '"2"'


def test_of_two_editors_the_second_is_told(shop: Shop) -> None:
    first = tag(shop.call("POST", shop.path, shop.body()))
    one, other = {"schedule": {"syncHour": 7}}, {"enabled": False}
    assert shop.call("POST", shop.path, one, headers={"If-Match": first}).status == 200
    refused = shop.call("POST", shop.path, other, headers={"If-Match": first})
    assert (refused.status, refused.body["statusCode"], refused.body["canBeRetried"]) == (409, 409, "False")
    assert "Read it again" in refused.body["error"]
    standing = shop.call("GET", shop.path)
    assert (standing.body["enabled"], tag(standing)) == (True, '"2"')
    mended = shop.call("POST", shop.path, other, headers={"If-Match": tag(standing)})
    assert (mended.status, mended.body["enabled"], tag(mended)) == (200, False, '"3"')


def test_the_second_is_told_also_when_both_save_at_the_same_instant(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing another version is saved."""
    first = tag(shop.call("POST", shop.path, shop.body()))
    save = configurations.save
    others: list[int] = []

    def save_after_another(table: Any, company_id: str, *more: Any) -> int:
        if not others:
            others.append(1)
            assert shop.call("POST", shop.path, {"schedule": {"syncHour": 7}}).status == 200
        return save(table, company_id, *more)

    monkeypatch.setattr(configurations, "save", save_after_another)
    refused = shop.call("POST", shop.path, {"enabled": False}, headers={"If-Match": first})
    assert refused.status == 409
    assert shop.call("GET", shop.path).body["enabled"] is True


def test_if_match_accepts_several_versions_any_and_the_first(shop: Shop) -> None:
    assert shop.call("POST", shop.path, shop.body(), headers={"If-Match": "*"}).status == 409
    assert shop.call("POST", shop.path, shop.body(), headers={"If-Match": '"1"'}).status == 409
    assert shop.call("POST", shop.path, shop.body(), headers={"If-Match": '"0"'}).status == 200
    assert shop.call("POST", shop.path, {"enabled": False}, headers={"If-Match": "*"}).status == 200
    accepted = {"If-Match": '"7", W/"2" ,"other"'}
    assert shop.call("POST", shop.path, {"enabled": True}, headers=accepted).status == 200


def test_without_if_match_and_with_if_none_match_all_is_as_before(shop: Shop) -> None:
    shop.call("POST", shop.path, shop.body())
    unchanged = shop.call("GET", shop.path, headers={"If-None-Match": '"1"'})
    assert (unchanged.status, unchanged.body["configured"]) == (200, True)  # published clients read no 304
    assert shop.call("POST", shop.path, {"enabled": False}).status == 200


@pytest.mark.parametrize("text", ["", "1", '"1', '"1" "2"', '"1",', '"a"b"', "W/1", "\x00", '"é"'])
def test_an_if_match_that_is_no_etag_is_refused(shop: Shop, text: str) -> None:
    shop.call("POST", shop.path, shop.body())
    refused = shop.call("POST", shop.path, {"enabled": False}, headers={"If-Match": text})
    assert refused.status == 400
    assert refused.body["validation"]["errors"][0]["itemId"] == "If-Match"
    assert shop.call("GET", shop.path).body["enabled"] is True
