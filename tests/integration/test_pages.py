"""Sessions, forms and error pages: what every page relies on."""

from __future__ import annotations

from typing import Any

import pytest

import pages
from daybook.services.runtime import Runtime, over
from daybook.services.sessions import (
    FLOW,
    PORTAL,
    Session,
    SessionOver,
    find_session,
    open_session,
    session_ends,
)
from daybook.store import clients
from daybook.store.clients import Client
from rest import Request
from tests.integration.api_calls import CountedIds, SteppingClock
from tests.integration.page_calls import Browser, Page
from tests.simulation.memory import MemoryTable

COMPANY, OTHER = "0192f4d2-0b1c-7d2e-8f30-4a5b6c7d8e9f", "0192f4d2-0b1c-7d2e-8f30-4a5b6c7d8ea0"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    clock = SteppingClock()
    made = over(MemoryTable(), clock, CountedIds(clock))
    clients.create(made.table, Client("client-a", "Till Company"))
    monkeypatch.setattr(pages, "runtime", lambda: made)
    monkeypatch.setattr("rest.runtime", lambda: made)
    return made


@pytest.fixture
def browser(runtime: Runtime) -> Browser:
    """Pages that show who is there and take a form; anybody may become anybody at `/enter`."""
    shown = pages.PageApi("test")

    @shown.route("GET", "/flow/<company_id>/enter")
    def enter(request: Request, company_id: str) -> object:
        kind = request.parameters.get("kind", FLOW)
        whose = "" if kind == PORTAL else company_id
        session = Session(kind, "client-a", whose, "fr-fr", session_ends(runtime, kind))
        token = open_session(runtime, session)
        return pages.see_other(
            request, f"/flow/{company_id}/who", pages.session_cookie(request, session, token)
        )

    @shown.route("GET", "/flow/<company_id>/who")
    def who(request: Request, company_id: str) -> object:
        seat = pages.seat_of(request, FLOW, company_id)
        return pages.page(
            request, "error.html", seat, title="who", message=seat.csrf, way_back=None, reference=""
        )

    @shown.route("POST", "/flow/<company_id>/who")
    def take(request: Request, company_id: str) -> object:
        form = pages.form_of(request, pages.seat_of(request, FLOW, company_id))
        return pages.see_other(request, f"/flow/{company_id}/who?took={form.one('name')}")

    @shown.route("GET", "/flow/<company_id>/broken")
    def broken(request: Request, company_id: str) -> object:
        raise RuntimeError(f"secret of {company_id} {request.path}")

    return Browser(lambda _: shown.handle)


def enter(browser: Browser, company_id: str = COMPANY) -> Page:
    return browser.get(f"/flow/{company_id}/enter")


def csrf_on(page: Page) -> str:
    return next(word for word in page.text.split() if len(word) == 64)


def test_a_session_opens_its_company_and_no_other(browser: Browser) -> None:
    assert enter(browser).status == 200
    assert browser.get(f"/flow/{OTHER}/who").status == 401
    enter(browser, OTHER)
    assert browser.get(f"/flow/{COMPANY}/who").status == 200


def test_another_companys_cookie_brought_by_hand_opens_nothing(browser: Browser) -> None:
    enter(browser)
    (token,) = browser.cookies.values()
    stranger = Browser(browser.handler_of)
    assert stranger.get(f"/flow/{OTHER}/who", {"Cookie": f"daybook-flow={token}"}).status == 401
    assert stranger.get(f"/flow/{COMPANY}/who", {"Cookie": f"daybook-flow={token}"}).status == 200


def test_a_session_of_the_portal_is_none_of_the_flow(browser: Browser) -> None:
    browser.get(f"/flow/{COMPANY}/enter?kind=portal")
    (token,) = browser.cookies.values()
    assert browser.get(f"/flow/{COMPANY}/who", {"Cookie": f"daybook-flow={token}"}).status == 401


@pytest.mark.parametrize(("kind", "other"), [(FLOW, PORTAL), (PORTAL, FLOW)])
def test_a_session_of_one_kind_is_none_of_the_other(runtime: Runtime, kind: str, other: str) -> None:
    """Whatever company it is for."""
    session = Session(kind, "client-a", COMPANY, "en-us", session_ends(runtime, kind))
    token = open_session(runtime, session)
    assert find_session(runtime, kind, token, COMPANY) == session
    with pytest.raises(SessionOver):
        find_session(runtime, other, token, COMPANY)


@pytest.mark.parametrize("value", ["", "x", "x" * 5000, 'a="', "é", "; ;;"])
def test_no_session_is_a_page_in_the_browsers_language(browser: Browser, value: str) -> None:
    browser.language = "fr-CA,en;q=0.5"
    page = browser.get(f"/flow/{COMPANY}/who", {"Cookie": f"daybook-flow={value}"})
    assert page.status == 401
    assert "Votre session est terminée" in page.text


def test_a_session_ends(browser: Browser, runtime: Runtime) -> None:
    enter(browser)
    clock: Any = runtime.clock
    clock.moment = clock.moment.replace(hour=clock.moment.hour + 2)
    assert browser.get(f"/flow/{COMPANY}/who").status == 401


def test_the_cookie_is_the_browsers_alone(browser: Browser) -> None:
    page = browser.call("GET", f"/flow/{COMPANY}/enter")
    cookie = page.headers["Set-Cookie"]
    assert f"; Path=/v1/flow/{COMPANY};" in cookie
    assert {"HttpOnly", "SameSite=Lax", "Secure"} <= {part.strip() for part in cookie.split(";")}


def test_the_table_holds_no_token(browser: Browser, runtime: Runtime) -> None:
    enter(browser)
    (token,) = browser.cookies.values()
    table: Any = runtime.table
    assert token not in repr(vars(table))


def test_a_form_of_our_own_page_is_taken(browser: Browser) -> None:
    csrf = csrf_on(enter(browser))
    page = browser.post(f"/flow/{COMPANY}/who", [("csrf", csrf), ("name", "x")])
    assert page.headers["Location"] == f"/v1/flow/{COMPANY}/who?took=x"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://api.example"},
    ],
)
def test_another_sites_form_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    csrf = csrf_on(enter(browser))
    assert browser.post(f"/flow/{COMPANY}/who", [("csrf", csrf)], headers).status == 403


def test_a_form_without_this_sessions_token_is_refused(browser: Browser) -> None:
    csrf = csrf_on(enter(browser))
    for wrong in ("", "0" * 64, csrf[:-1], csrf.upper(), "é"):
        assert browser.post(f"/flow/{COMPANY}/who", [("csrf", wrong)]).status == 403
    enter(browser)  # another session of the same browser
    assert browser.post(f"/flow/{COMPANY}/who", [("csrf", csrf)]).status == 403


def test_what_is_no_form_is_refused(browser: Browser) -> None:
    enter(browser)
    assert browser.call("POST", f"/flow/{COMPANY}/who", b"\xff\xfe").status == 400
    many = "&".join(f"a{number}=" for number in range(pages.MOST_FIELDS + 1)).encode()
    assert browser.call("POST", f"/flow/{COMPANY}/who", many).status == 400


def test_an_error_nobody_meant_says_nothing_of_itself(browser: Browser) -> None:
    page = browser.get(f"/flow/{COMPANY}/broken")
    assert page.status == 500
    assert "secret" not in page.html
    assert "req-1" in page.text


def test_a_page_runs_no_script_but_ours_and_is_framed_by_nobody(browser: Browser) -> None:
    page = enter(browser)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert "Content-Language" in page.headers


def test_a_page_that_is_not_there(browser: Browser) -> None:
    page = browser.get(f"/flow/{COMPANY}/nothing")
    assert page.status == 404
    assert "Page not found" in page.text
