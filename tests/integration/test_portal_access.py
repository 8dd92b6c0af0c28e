"""Who gets into Sync Health, and whose things they see there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from daybook.services import portal_link
from daybook.services.companies import delete_company
from daybook.store import find_ended
from tests.integration.page_calls import Browser, browser_over
from tests.integration.portal_world import CLIENT, OTHER, UNKNOWN, enter, failed, place, visited
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
