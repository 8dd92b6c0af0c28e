"""Sync Health: entering it, finding out why a sync failed, and staying within one's own client."""

from __future__ import annotations

import csv
import io
import json

import pytest

from daybook.services import syncs
from daybook.services.configure import save_configuration
from daybook.services.portal_search import FAILURES
from daybook.services.show_sync import _STATUSES
from daybook.store import ended_syncs
from daybook.store.syncs import WRITTEN
from tests.integration.page_calls import Browser, browser_over
from tests.integration.portal_world import UNKNOWN, enter, failed, place, visited
from tests.integration.troubles import open_shop, sell
from tests.simulation.world import World


@pytest.fixture
def world() -> World:
    """A partner's Daybook, beside another partner's."""
    return visited()


@pytest.fixture
def outside(world: World, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A browser that has not entered."""
    return browser_over(monkeypatch, world.runtime, portal="/portal/")


@pytest.fixture
def browser(world: World, outside: Browser) -> Browser:
    """A browser of an agent who came by a link."""
    page = enter(world, outside)
    assert (page.status, page.path) == (200, "/portal/dashboard")
    return outside


# Looking


def test_the_first_page_before_and_after_syncs(world: World, browser: Browser) -> None:
    empty = browser.get("/portal/dashboard")
    assert "No sync has ended in this time" in empty.text
    assert "last sync went well" in empty.text
    company, sync = failed(world)
    page = browser.get("/portal/dashboard?days=30")
    assert "Failed: 1" in page.text
    assert page.html.count('<rect class="failed"') == 1
    assert company.name in page.text
    assert ["Mar", "2,", "2026"] == ["Mar", "2,", "2026"]
    assert "Mar 2, 2026" in page.text
    assert (f"/v1{place(sync)}") in [href for _, href in page.links]
    world.sync(company)
    page = browser.get("/portal/dashboard")
    assert "Written: 1" in page.text
    assert "Failed: 1" in page.text
    assert company.name not in page.text


def test_how_long_syncs_wait(world: World, browser: Browser) -> None:
    company = open_shop(world)
    syncs.request_latest(world.runtime, company, None)
    world.clock.advance(minutes=5)
    assert "Longest wait 5 minutes" in browser.get("/portal/dashboard").text


def test_why_a_sync_failed(world: World, browser: Browser) -> None:
    """Plain and technical message, day, documents, configuration, tie-out; markup of others shown as text."""
    _, sync = failed(world)
    page = browser.get(place(sync))
    assert page.status == 200
    assert "Refused by the books" in page.text
    assert "The customer <b>is</b> blocked." in page.text
    assert "<b>" not in page.html
    assert "Sandbox books" in page.text
    assert "Not sent" in page.text
    assert "Agrees" in page.text
    assert 'data-poll="' not in page.html
    told = browser.get(f"{place(sync)}/configuration.json")
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["Content-Disposition"] == 'attachment; filename="configuration-1.json"'
    assert json.loads(told.html)["version"] == 1


def test_from_a_document_down_to_the_order(world: World, browser: Browser) -> None:
    company = open_shop(world)
    page = browser.get(place(world.sync(company)))
    references = [(text, href) for text, href in page.links if "/documents/" in href]
    assert len(references) >= 2
    for text, href in references:
        document = browser.get(href.removeprefix("/v1"))
        assert text in document.text
        lines = [link for _, link in document.links if "/lines/" in link]
        assert lines
        records = browser.get(lines[0].removeprefix("/v1"))
        assert records.status == 200
        ways = [link for _, link in records.links if "/records?" in link]
        assert ways
        record = browser.get(ways[0].removeprefix("/v1"))
        assert record.status == 200
        assert '"totalAmount":' in record.html.replace("&#34;", '"')


def test_a_running_sync_is_watched(world: World, browser: Browser) -> None:
    company = open_shop(world)
    sync = syncs.request_latest(world.runtime, company, None)
    page = browser.get(place(sync))
    assert "In progress" in page.text
    assert "Waits for its turn" in page.text
    assert f'data-poll="/v1{place(sync)}"' in page.html
    assert '<noscript><meta http-equiv="refresh"' in page.html
    assert "Waits for its turn" in browser.get(f"/portal/companies/{company.id}").text
    world.deliver()
    done = browser.get(place(sync))
    assert f'data-next="/v1{place(sync)}"' in done.html
    assert "http-equiv" not in done.html


def test_retrying_sends_what_failed(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    page = browser.get(place(sync))
    watched = browser.submit(page, page.form("/retry"))
    assert watched.status == 200
    again = syncs.latest_sync(world.runtime, company)
    assert watched.path == f"/v1{place(again)}".removeprefix("/v1")
    world.deliver()
    assert syncs.latest_sync(world.runtime, company).status_code == WRITTEN
    assert ended_syncs.failing(world.table, company.id) is None


def test_retrying_what_cannot_run_says_why(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    page = browser.get(place(sync))
    save_configuration(world.runtime, company, {"enabled": False})
    refused = browser.submit(page, page.form("/retry"))
    assert refused.status == 422
    assert "switched off" in refused.text


def test_a_form_from_elsewhere_is_refused(world: World, browser: Browser) -> None:
    _, sync = failed(world)
    token = browser.get(place(sync)).form("/retry").value("csrf")
    before = len(world.table.everything())
    assert browser.post(f"{place(sync)}/retry", []).status == 403
    assert browser.post(f"{place(sync)}/retry", [("csrf", "0" * 64)]).status == 403
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in (f"{place(sync)}/retry", "/portal/sign-out", "/portal/language"):
        assert browser.post(path, [("csrf", token)], elsewhere).status == 403
    assert len(world.table.everything()) == before


def test_a_company(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    page = browser.get(f"/portal/companies/{company.id}?month=2026-03")
    assert "Refused by the books" in page.text
    assert "1 Before the start date" not in page.text
    assert "2 ! Failed" in page.text
    assert "3 ✓ In the books" in page.text
    assert "Nothing posted" in page.text
    assert "Every day at 00:00" in page.text
    assert "Sandbox books" in page.text
    sell(world, company, 8)
    page = browser.get(f"/portal/companies/{company.id}?month=2026-03&from=2026-04-01&to=2026-05-30")
    assert "9 … Waits for the next sync" in page.text
    assert f"/v1{place(sync)}" in [href for _, href in page.links]
    for month in ("2026-13", "x", "2027-01", "2000-01"):
        assert browser.get(f"/portal/companies/{company.id}?month={month}").status == 200


def test_a_company_that_is_not_set_up(world: World, browser: Browser) -> None:
    company = world.open_company()
    page = browser.get(f"/portal/companies/{company.id}")
    assert page.status == 200
    assert "has not finished the set-up" in page.text


# Finding


def test_finding_by_name_and_by_id(world: World, browser: Browser) -> None:
    _, sync = failed(world)
    kettle = world.open_company(name="Copper Kettle & Café Nord")
    for text in ("copper", "KETTLE", "cafe n", "  café  nord "):
        page = browser.get(f"/portal/find?q={text.replace(' ', '+')}")
        assert kettle.name in page.text, text
        assert "Corner Cafe" not in page.text
    assert kettle.name not in browser.get("/portal/find?q=ettle").text
    assert browser.get(f"/portal/find?q={kettle.id.upper()}").path == f"/portal/companies/{kettle.id}"
    assert browser.get(f"/portal/find?q={sync.id}").path == place(sync)
    for nothing in (UNKNOWN, "ffffffff-ffff-4fff-bfff-ffffffffffff", "x" * 300, "%00", "&q=", "\u00ad"):
        assert browser.get(f"/portal/find?q={nothing}").path.startswith("/portal/companies")
    assert "Corner Cafe" in browser.get("/portal/companies").text


def test_searching_syncs(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    again = world.sync(company)
    links = [href for _, href in browser.get("/portal/syncs").links if "/syncs/0" in href]
    assert links == [f"/v1{place(again)}", f"/v1{place(sync)}"]
    oldest = [href for _, href in browser.get("/portal/syncs?sort=oldest").links if "/syncs/0" in href]
    assert oldest == links[::-1]
    for status, found in (("failed", [sync]), ("5130", [sync]), ("written", [again]), ("nothing", [])):
        page = browser.get(f"/portal/syncs?status={status}")
        assert [href for _, href in page.links if "/syncs/0" in href] == [
            f"/v1{place(each)}" for each in found
        ]
        assert page.form("/portal/syncs").value("status") == status
    assert "No sync of this kind" in browser.get("/portal/syncs?from=2026-01-01&to=2026-01-31").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=2026-02-30", "Give a date"),
        ("to=yesterday", "Give a date"),
        ("from=0001-01-01", "Give a date"),
        ("from=2026-05-02&to=2026-05-01", "must not be after"),
        ("from=2024-01-01&to=2026-05-01", "a year at most"),
    ],
)
def test_dates_that_cannot_be_searched(browser: Browser, asked: str, said: str) -> None:
    page = browser.get(f"/portal/syncs?{asked}")
    assert page.status == 422
    assert said in page.text
    assert 'aria-invalid="true"' in page.html
    assert browser.get(f"/portal/syncs/syncs.csv?{asked}").status == 422


def test_cursors_of_no_page_are_the_first_page(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    for cursor in ("x", "%00", "9" * 3000, "NAME%23", "2026-01-01%23"):
        for path in ("syncs", "companies", "failing", f"companies/{company.id}"):
            page = browser.get(f"/portal/{path}?page={cursor}")
            assert page.status == 200
            assert company.name in page.text
    assert browser.get(f"{place(sync)}?after=x").status == 200


def test_downloading(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    page = browser.get("/portal/syncs?status=failed")
    (href,) = [href for text, href in page.links if "CSV" in text]
    file = browser.get(href.removeprefix("/v1"))
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(file.html.removeprefix("\ufeff")))
    assert row["company"] == company.name
    assert (row["syncId"], row["statusCode"], row["outcome"]) == (sync.id, "5130", "failed")
    assert "Part 1" in browser.get("/portal/syncs/export").text


def test_every_code_a_sync_can_end_with_has_a_name() -> None:
    assert {code for code in _STATUSES if code >= 4000} == set(FAILURES)
