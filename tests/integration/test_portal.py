"""Sync Health: entering it, finding out why a sync failed, and staying within one's own client."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from daybook.domain.errors import PlatformRejected
from daybook.services import portal_link, syncs
from daybook.services.companies import delete_company
from daybook.services.configure import save_configuration
from daybook.services.portal_search import FAILURES
from daybook.services.show_sync import _STATUSES
from daybook.store import clients, ended_syncs, find_ended
from daybook.store.clients import Client
from daybook.store.companies import Company
from daybook.store.syncs import WRITTEN, Sync
from tests.integration.page_calls import Browser, Page, browser_over
from tests.integration.troubles import open_shop, sell, trouble
from tests.simulation.world import CLIENT, World

OTHER = "00000000-0000-4000-8000-0000000000bb"
UNKNOWN = "019de368-f600-7000-8000-0000000000ff"
PLATFORM = "Sandbox books"


@pytest.fixture
def world() -> World:
    """A partner's Daybook, beside another partner's."""
    world = World()
    for client_id in (CLIENT, OTHER):
        clients.create(world.table, Client(client_id, "Till Makers"))
    return world


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


def enter(world: World, browser: Browser, client_id: str = CLIENT, locale: str = "en-us") -> Page:
    """Follow a new link."""
    return browser.get(portal_link.make_portal_link(world.runtime, client_id, locale, "").url)


def failed(world: World) -> tuple[Company, Sync]:
    """A merchant of whose two days one was refused by the books."""
    company, troubles = open_shop(world, days=2), trouble(world)
    troubles.writes = [PlatformRejected(PLATFORM, "The customer <b>is</b> blocked.")]
    return company, world.sync(company)


def place(sync: Sync) -> str:
    """The path of a sync's page."""
    return f"/portal/companies/{sync.company_id}/syncs/{sync.id}"


# Entering


def test_a_link_works_once_and_for_its_time(world: World, outside: Browser) -> None:
    url = portal_link.make_portal_link(world.runtime, CLIENT, "fr-fr", "").url
    first = outside.call("GET", url)
    assert first.status == 303
    cookie = first.headers["Set-Cookie"]
    assert "; Path=/v1/portal; Max-Age=28800; HttpOnly; SameSite=Lax; Secure" in cookie
    assert "État des synchronisations" in outside.get("/portal/dashboard").text
    assert outside.call("GET", url).status == 401
    late = portal_link.make_portal_link(world.runtime, CLIENT, "en-us", "").url
    world.clock.advance(seconds=31)
    assert outside.call("GET", late).status == 401
    world.clock.advance(hours=8)
    assert outside.get("/portal/dashboard").status == 401


def test_what_fetches_ahead_uses_nothing_up(world: World, outside: Browser) -> None:
    url = portal_link.make_portal_link(world.runtime, CLIENT, "en-us", "").url
    assert outside.get(url, {"Sec-Purpose": "prefetch"}).status == 503
    assert not outside.cookies
    assert outside.get(url).path == "/portal/dashboard"


def test_a_link_of_another_client_a_guess_and_too_many_tries(world: World, outside: Browser) -> None:
    url = portal_link.make_portal_link(world.runtime, CLIENT, "en-us", "").url
    assert outside.get(url.replace(CLIENT, OTHER)).status == 401
    assert outside.get(url.replace(CLIENT, "nobody")).status == 401
    for _ in range(5):
        assert outside.get(f"/portal/{CLIENT}/start?otp=0").status == 401
    assert outside.get(url).status == 401
    assert not outside.cookies
    assert enter(world, outside).status == 200


def test_no_password_is_kept(world: World) -> None:
    url = portal_link.make_portal_link(world.runtime, CLIENT, "en-us", "").url
    assert url.rpartition("=")[2] not in str(world.table.everything())


@pytest.mark.parametrize(
    "path",
    [
        "dashboard",
        "failing",
        "find?q=x",
        "syncs",
        "syncs/export",
        "syncs/syncs.csv",
        "companies",
        f"companies/{UNKNOWN}",
        f"companies/{UNKNOWN}/syncs/{UNKNOWN}",
        f"companies/{UNKNOWN}/syncs/{UNKNOWN}/configuration.json",
        f"companies/{UNKNOWN}/documents/{UNKNOWN}",
        f"companies/{UNKNOWN}/documents/{UNKNOWN}/lines/1",
        f"companies/{UNKNOWN}/records",
    ],
)
def test_without_a_session_there_is_nothing(outside: Browser, path: str) -> None:
    assert outside.get(f"/portal/{path}").status == 401


def test_signing_out(browser: Browser) -> None:
    kept = dict(browser.cookies)
    page = browser.get("/portal/dashboard")
    assert browser.submit(page, page.form("/portal/sign-out")).status == 401
    assert not browser.cookies
    browser.cookies.update(kept)
    assert browser.get("/portal/dashboard").status == 401


def test_another_language(browser: Browser) -> None:
    page = browser.get("/portal/syncs")
    form = page.form("/portal/language")
    assert form.buttons == [("locale", "fr-fr")]
    shown = browser.submit(page, form, {"locale": "fr-fr"})
    assert shown.path == "/portal/syncs"
    assert "Synchronisations" in shown.text
    for back in ("https://evil.example/portal/", "//evil.example", "/portal/..//x"):
        fields = [("csrf", form.value("csrf")), ("locale", "en-us"), ("back", back)]
        assert browser.post("/portal/language", fields).headers["Location"].startswith("/v1/portal/")


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


# Other clients


def test_another_clients_things_are_unknown(world: World, outside: Browser) -> None:
    company, sync = failed(world)
    (document, *_) = world.runtime.documents.newest_first(company.id)
    books = world.ledgers[company.id]
    enter(world, outside, OTHER)
    below = f"/portal/companies/{company.id}"
    unknown = outside.get(f"/portal/companies/{UNKNOWN}")
    paths = (
        below,
        place(sync),
        f"{place(sync)}/configuration.json",
        f"{below}/documents/{document.key}",
        f"{below}/documents/{document.key}/lines/1",
        f"{below}/records?connection={books}&type=orders&id=o1-10.00",
    )
    for path in paths:
        page = outside.get(path)
        assert (page.status, page.text) == (404, unknown.text), path
    token = outside.get("/portal/dashboard").form("/portal/sign-out").value("csrf")
    assert outside.post(f"{place(sync)}/retry", [("csrf", token)]).status == 404
    for path in ("dashboard", "failing", "syncs", "companies", "syncs/syncs.csv"):
        page = outside.get(f"/portal/{path}")
        assert company.name not in page.html
        assert sync.id not in page.html
    for text in (company.id, sync.id, "Corner"):
        assert outside.get(f"/portal/find?q={text}").path.startswith("/portal/companies?q=")


def test_a_sync_of_another_company_is_unknown(world: World, browser: Browser) -> None:
    _, sync = failed(world)
    other = world.open_company(name="Another")
    assert browser.get(f"/portal/companies/{other.id}/syncs/{sync.id}").status == 404


def test_a_deleted_company_is_gone_from_the_lists(world: World, browser: Browser) -> None:
    company, sync = failed(world)
    delete_company(world.runtime, company)
    assert company.name not in browser.get("/portal/companies").text
    assert company.name not in browser.get("/portal/dashboard").text
    assert "Deleted merchant" in browser.get("/portal/syncs").text
    assert browser.get(place(sync)).status == 404
    world.clock.advance(minutes=20)
    world.erase()
    assert enter(world, browser).status == 200
    assert sync.id not in browser.get("/portal/syncs").html
    today = world.clock.now().date()
    assert find_ended.counts(world.table, CLIENT, today - timedelta(days=9), today)


def test_every_code_a_sync_can_end_with_has_a_name() -> None:
    assert {code for code in _STATUSES if code >= 4000} == set(FAILURES)
