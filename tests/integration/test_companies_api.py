"""Companies, connections and integrations through their function (specification: api, operations)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.wire.companies import clean_name
from tests.integration.api_calls import Caller, api_over

UNKNOWN = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Caller:
    return api_over(monkeypatch, ("companies",))[0]


def new_company(call: Caller, name: str = "Cafe Nord", **more: object) -> dict:
    return call("POST", "/companies", {"name": name, **more}).body


def new_connection(call: Caller, company_id: str, key: object = "mqjo") -> dict:
    return call("POST", f"/companies/{company_id}/connections", key).body


def test_creates_and_reads_a_company(call: Caller) -> None:
    tags = {"region": "north"}
    created = call("POST", "/companies", {"name": "Café <b>Nord</b> & Sons!", "tags": tags, "extra": 1})
    assert created.status == 200
    assert created.body["name"] == "Café bNordb & Sons!"
    assert created.body["tags"] == tags
    assert created.body["dataConnections"] == []
    assert created.body["created"].endswith("Z")
    assert created.body["createdByUserName"] == "first key"
    assert created.body["redirect"].startswith("https://api.example/v1/")
    for path in ("/companies/", "/meta/companies/"):
        assert call("GET", path + created.body["id"]).body == created.body
    assert call("GET", "/companies/" + created.body["id"].upper()).body == created.body


@pytest.mark.parametrize(
    ("body", "item"),
    [
        ({}, "$.name"),
        ({"name": None}, "$.name"),
        ({"name": 5}, "$.name"),
        ({"name": "<>/\\"}, "$.name"),
        ({"name": "  '' "}, "$.name"),
        ({"name": "x" * 300}, "$.name"),
        ({"name": "A", "tags": {"a": 1}}, "$.tags.a"),
        ({"name": "A", "description": ["x"]}, "$.description"),
        ([], "$"),
        (None, "$"),
    ],
)
def test_refuses_a_company_naming_what_is_wrong(call: Caller, body: object, item: str) -> None:
    answer = call("POST", "/companies", body)
    assert answer.status == 400
    assert [error["itemId"] for error in answer.body["validation"]["errors"]] == [item]


@given(st.text(max_size=50))
def test_a_cleaned_name_stays_as_it_is(name: str) -> None:
    try:
        cleaned = clean_name(name)
    except ValueError:
        return
    assert clean_name(cleaned) == cleaned
    assert not set(cleaned) & set('<>{}/\\"%$#\n\t')


def test_the_older_spelling_comes_with_the_partners_own_data(call: Caller) -> None:
    company = call("POST", "/meta/companies/sync", {"name": "Shop"}).body
    (connection,) = company["dataConnections"]
    assert (connection["integrationKey"], connection["status"]) == ("lqai", "Linked")
    assert connection["sourceType"] == "Commerce"
    assert call("GET", f"/meta/companies/{company['id']}/connections").body["results"] == [connection]


def test_replaces_and_updates_a_company(call: Caller) -> None:
    company = new_company(call, description="old", tags={"a": "1"})
    path = f"/companies/{company['id']}"
    changed = call("PATCH", path, {"description": "new", "name": None}).body
    assert (changed["name"], changed["description"], changed["tags"]) == ("Cafe Nord", "new", {"a": "1"})
    replaced = call("PUT", path, {"name": "Bar"}).body
    assert (replaced["name"], replaced["description"], replaced["tags"]) == ("Bar", None, {})
    assert call("GET", path).body == replaced
    assert call("PUT", path, {}).status == 400
    assert call("PATCH", path, {}).body == replaced


def test_deletes_a_company(call: Caller) -> None:
    company = new_company(call)
    path = f"/companies/{company['id']}"
    deleted = call("DELETE", path)
    assert (deleted.status, deleted.body) == (204, "")
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"name": "x"}), ("PUT", {"name": "x"})):
        assert call(method, path, body).status == 404
    assert call("GET", f"{path}/connections").status == 404
    assert call("GET", "/companies").body["totalResults"] == 0


def test_lists_companies_with_query_order_and_pages(call: Caller) -> None:
    for number in range(5):
        new_company(call, f"Cafe {number}", tags={"n": str(number)})
    linked = new_company(call, "Bar")
    new_connection(call, linked["id"], {"platformKey": "lqai"})
    everything = call("GET", "/companies?page=1&pageSize=100").body
    assert [row["name"] for row in everything["results"]][:2] == ["Cafe 0", "Cafe 1"]
    page = call("GET", "/meta/companies?pageSize=2&page=2&orderBy=-name&query=name~cafe").body
    assert [row["name"] for row in page["results"]] == ["Cafe 2", "Cafe 1"]
    assert (page["totalResults"], page["pageNumber"]) == (5, 2)
    assert page["_links"]["next"]["href"].startswith("/meta/companies?page=3&pageSize=2")
    for query in ("dataConnections.status=Linked", "tags.n=3", "name%253DBar"):
        assert call("GET", f"/companies?query={query}").body["totalResults"] == 1
    assert call("GET", "/companies?query=name").status == 400
    assert call("GET", "/companies?page=0").status == 400


def test_another_clients_company_is_an_unknown_one(call: Caller) -> None:
    company = new_company(call)
    connection = new_connection(call, company["id"])
    other = call.as_client("client-b")
    assert other("GET", "/companies").body["totalResults"] == 0
    for method, suffix in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/connections"),
        ("GET", f"/connections/{connection['id']}"),
        ("PUT", f"/connections/{connection['id']}/authorization"),
        ("DELETE", f"/connections/{connection['id']}"),
    ):
        theirs = other(method, f"/companies/{company['id']}{suffix}", None)
        unknown = call(method, f"/companies/{UNKNOWN}{suffix}", None)
        assert theirs.status == unknown.status == 404
        assert theirs.body["error"] == unknown.body["error"]
    assert call("GET", f"/companies/{company['id']}/connections/{connection['id']}").body == connection


@pytest.mark.parametrize("company_id", ["x", "1" * 3000, "..", UNKNOWN + "0"])
def test_what_is_no_id_is_unknown(call: Caller, company_id: str) -> None:
    assert call("GET", f"/companies/{company_id}").status == 404


@pytest.mark.parametrize("body", [{"platformKey": "gbol"}, {"key": "gbol"}, "gbol", " GBOL "])
def test_connects_by_every_form_of_the_request(call: Caller, body: object) -> None:
    company = new_company(call)
    connection = new_connection(call, company["id"], body)
    assert (connection["integrationKey"], connection["platformName"]) == ("gbol", "Xero")
    assert (connection["status"], connection["sourceType"]) == ("PendingAuth", "Accounting")
    assert connection["linkUrl"].startswith("https://api.example/v1/")
    for name in ("id", "integrationId", "sourceId", "created"):
        assert connection[name]
    assert new_connection(call, company["id"], body) == connection
    assert call("GET", f"/companies/{company['id']}").body["dataConnections"] == [connection]


@pytest.mark.parametrize("body", [{"platformKey": "nope"}, {}, 5, [], None, "", {"platformKey": 5}])
def test_refuses_a_platform_there_is_not(call: Caller, body: object) -> None:
    answer = call("POST", f"/companies/{new_company(call)['id']}/connections", body)
    assert answer.status == 400
    assert answer.body["validation"]["errors"][0]["itemId"] == "$.platformKey"


def test_links_sandbox_books_and_allows_one_ledger_at_a_time(call: Caller) -> None:
    company = new_company(call)
    connection = new_connection(call, company["id"])
    path = f"/companies/{company['id']}/connections"
    bad = call("PUT", f"{path}/{connection['id']}/authorization", {"timeZone": "Mars/Olympus"})
    assert (bad.status, bad.body["validation"]["errors"][0]["itemId"]) == (400, "$.timeZone")
    asked = {"anything": "goes", "baseCurrency": "eur", "timeZone": "Europe/Paris", "country": "FR"}
    linked = call("PUT", f"{path}/{connection['id']}/authorization", asked)
    assert (linked.status, linked.body) == (200, {**connection, "status": "Linked"})
    assert call("PUT", f"{path}/{connection['id']}/authorization", {}).body == linked.body
    assert call("POST", path, {"platformKey": "gbol"}).status == 400
    unlinked = call("PATCH", f"{path}/{connection['id']}", {"status": "Unlinked"})
    assert (unlinked.status, unlinked.body) == (200, {**connection, "status": "Unlinked"})
    assert call("PATCH", f"{path}/{connection['id']}", {}).body == unlinked.body
    assert call("PATCH", f"{path}/{connection['id']}", {"status": "Linked"}).status == 400
    assert call("POST", path, {"platformKey": "gbol"}).body["status"] == "PendingAuth"
    relinked = call("PUT", f"{path}/{connection['id']}/authorization", {})
    assert relinked.body["status"] == "Linked"


def test_a_platform_that_is_not_set_up_cannot_be_linked(call: Caller) -> None:
    company = new_company(call)
    connection = new_connection(call, company["id"], "gbol")
    path = f"/companies/{company['id']}/connections/{connection['id']}"
    assert call("PUT", f"{path}/authorization", {"token": "x"}).status == 400
    assert call("GET", path).body == connection


def test_a_second_shop_is_a_second_connection(call: Caller) -> None:
    company = call("POST", "/meta/companies/sync", {"name": "Two shops"}).body
    second = new_connection(call, company["id"], "lqai")
    assert second["status"] == "Linked"
    listed = call("GET", f"/companies/{company['id']}/connections?query=sourceType=Commerce").body
    assert [row["id"] for row in listed["results"]] == [company["dataConnections"][0]["id"], second["id"]]


def test_removes_a_connection(call: Caller) -> None:
    company = new_company(call)
    path = f"/companies/{company['id']}/connections/{new_connection(call, company['id'])['id']}"
    assert (call("DELETE", path).status, call("GET", path).status, call("DELETE", path).status) == (
        200,
        404,
        404,
    )


def test_lists_integrations_with_images_of_our_own(call: Caller) -> None:
    listed = call("GET", "/config/integrations?query=enabled%253Dtrue").body
    assert [row["key"] for row in listed["results"]] == ["mqjo", "lqai"]
    assert call("GET", "/integrations").body["totalResults"] == 5
    for row in call("GET", "/integrations").body["results"]:
        assert call("GET", f"/config/integrations/{row['key']}").body == row
        assert row["datatypeFeatures"]
        branding = call("GET", f"/integrations/{row['key']}/branding").body
        images = [branding["logo"]["full"], branding["logo"]["square"]]
        images += [branding["button"]["default"], branding["button"]["hover"]]
        for image in images:
            url = image["image"]["src"].removeprefix("https://api.example/v1")
            shown = call("GET", url)
            assert (shown.status, shown.headers["Content-Type"]) == (200, ["image/svg+xml"])
            assert shown.body.startswith("<svg")
    assert call("GET", "/integrations/zzzz").status == 404
    assert call("GET", "/integrations/zzzz/branding").status == 404
    assert call("GET", "/assets/integrations/mqjo/huge.svg").status == 404
