"""The way into the flow: one link, one browser, one company (specification: api, sync flow URL)."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest

from daybook.services.flow_entry import entry_of, way_out
from daybook.services.sessions import FLOW, find_session
from daybook.store import clients
from daybook.store.connections import list_connections
from tests.integration.flow_world import CLIENT, FlowWorld, query_of
from tests.integration.page_calls import PREFIX
from tests.simulators.authorisation import SimulatedAuthorisation


class SetUp:
    """A platform that is set up here and never asked."""

    authorisation = SimulatedAuthorisation()

    def credentials(self) -> dict[str, str]:
        return {"clientId": "c", "clientSecret": "s"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FlowWorld:
    return FlowWorld(monkeypatch, {"gbol": SetUp()})


def test_a_link_opens_the_flow_for_this_browser(world: FlowWorld) -> None:
    page = world.browser.call("GET", world.link())
    assert page.status == 303
    company = world.company().id
    assert page.headers["Location"] == f"{PREFIX}/flow/{company}/accounting"
    (cookie,) = SimpleCookie(page.headers["Set-Cookie"]).values()
    assert (cookie["path"], cookie["samesite"]) == (f"{PREFIX}/flow/{company}", "Lax")
    assert cookie["httponly"]
    assert cookie["secure"]
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert world.browser.get(f"/flow/{company}").status == 200
    assert world.new_browser().get(f"/flow/{company}/accounting").status == 401


@pytest.mark.parametrize("spoil", ["used", "late", "guessed", "foreign", "none", "elsewhere"])
def test_a_bad_password_is_a_page_that_says_what_to_do(world: FlowWorld, spoil: str) -> None:
    link = world.link()
    company = world.company().id
    if spoil == "used":
        world.new_browser().get(link)
    elif spoil == "late":
        world.wait(31)
    elif spoil == "guessed":
        link = link[:-6] + "000000"
    elif spoil == "foreign":
        link = link.replace(company, world.link(merchant="Quay Books").split("/")[2])
    elif spoil == "none":
        link = link.partition("?")[0]
    else:
        link = link.replace(company, "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60")
    page = world.browser.get(link)
    assert page.status == 401
    assert "Set-Cookie" not in page.headers
    assert "open it again" in page.text
    assert "Harbour Cafe" not in page.html
    assert not world.browser.cookies


def test_five_wrong_passwords_end_the_link(world: FlowWorld) -> None:
    link = world.link()
    for number in range(5):
        assert world.browser.get(f"{link[:-6]}{number:06}").status == 401
    assert world.browser.get(link).status == 401
    assert world.enter().status == 200


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"])
def test_what_fetches_ahead_uses_nothing_up(world: FlowWorld, header: str) -> None:
    link = world.link()
    ahead = world.browser.call("GET", link, headers={header: "prefetch;prerender"})
    assert ahead.status == 503  # a browser asks again when the page is opened
    assert "Set-Cookie" not in ahead.headers
    assert world.browser.call("HEAD", link).status == 200
    assert world.browser.get(link).status == 200


def test_a_browser_holds_two_merchants_apart(world: FlowWorld) -> None:
    first = world.enter(merchant="Harbour Cafe")
    second = world.enter(merchant="Quay Books", locale="fr-fr")
    assert 'lang="fr"' in second.html
    again = world.browser.get(first.path)
    assert (again.status, 'lang="en"' in again.html) == (200, True)
    token = first.form("/language").value("csrf")
    assert token != second.form("/language").value("csrf")
    language = second.form("/language").action.removeprefix(PREFIX)
    assert world.browser.post(language, [("csrf", token), ("locale", "en-us")]).status == 403


def test_a_second_link_leaves_what_another_tab_holds_good(world: FlowWorld) -> None:
    first = world.enter()
    world.wait(3600)
    world.enter(redirect="https://till.example/done")
    assert world.press(first, platform="").status == 200
    world.wait(5400)  # the session lasts from the second link on
    assert world.browser.get(f"/flow/{world.company().id}/accounting").status == 200


def test_a_made_up_session_is_none(world: FlowWorld) -> None:
    company = world.link().split("/")[2]
    world.browser.cookies["daybook-flow", f"{PREFIX}/flow/{company}"] = "fixed"
    page = world.enter()
    assert page.status == 200
    assert world.browser.cookies["daybook-flow", f"{PREFIX}/flow/{company}"] != "fixed"


def test_the_language_is_changed_on_the_spot(world: FlowWorld) -> None:
    page = world.enter()
    form = page.form("/language")
    assert form.buttons == [("locale", "fr-fr")]
    french = world.browser.submit(page, form, {"locale": "fr-fr"})
    assert (french.path, 'lang="fr"' in french.html) == (page.path, True)
    assert "Connecter Sandbox books" in french.text
    assert world.browser.submit(french, french.form("/language"), {"locale": "xx-xx"}).html.count('lang="fr"')


@pytest.mark.parametrize(
    "back",
    ["", "https://evil.example/", "//evil.example", "/portal/x", "/flow/{0}/../../x", "/flow/{0}//evil"],
)
def test_changing_the_language_leads_nowhere_else(world: FlowWorld, back: str) -> None:
    page = world.enter()
    form = page.form("/language")
    company = world.company().id
    fields = [("csrf", form.value("csrf")), ("locale", "fr-fr"), ("back", back.format(company))]
    answer = world.browser.post(f"/flow/{company}/language", fields)
    assert answer.headers["Location"] == f"{PREFIX}/flow/{company}/accounting"


def test_a_form_from_elsewhere_is_refused(world: FlowWorld) -> None:
    page = world.enter()
    token, path = page.form("/language").value("csrf"), f"/flow/{world.company().id}"
    for below in ("language", "accounting", "commerce", "platform"):
        for fields in ([], [("csrf", "0" * 64)], [("csrf", world.browser.cookies and "é")]):
            assert world.browser.post(f"{path}/{below}", fields).status == 403
        cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert world.browser.post(f"{path}/{below}", [("csrf", token)], cross).status == 403
        assert world.new_browser().post(f"{path}/{below}", [("csrf", token)]).status == 401
    refused = world.browser.post(f"{path}/accounting", [])
    assert ("Back to your set-up", f"{PREFIX}{path}") in refused.links
    assert world.books().status == "PendingAuth"


def test_a_merchant_may_choose_their_software(world: FlowWorld) -> None:
    page = world.enter("choose")
    company = world.company().id
    assert page.path == f"/flow/{company}/platform"
    assert [each.platform_key for each in list_connections(world.runtime.table, company)] == ["lqai"]
    (form,) = [each for each in page.forms if each.buttons and each.buttons[0][0] == "platform"]
    assert [value for _, value in form.buttons] == ["mqjo", "gbol"]  # what is not set up is not offered
    assert f"{PREFIX}/assets/integrations/gbol/square.svg" in page.html
    chosen = world.press(page, platform="mqjo")
    assert chosen.path == f"/flow/{company}/accounting"
    assert world.books().platform_key == "mqjo"
    other = world.press(world.browser.get(f"/flow/{company}/platform"), platform="gbol")
    assert "Connect Xero" in other.text
    assert ("Use other accounting software", f"{PREFIX}/flow/{company}/platform") in other.links


@pytest.mark.parametrize("key", ["", "fbrh", "lqai", "zzzz", "choose"])
def test_what_is_not_offered_is_not_chosen(world: FlowWorld, key: str) -> None:
    page = world.press(world.enter("choose"), platform=key)
    assert page.status == 422
    assert "Choose one of these." in page.text


def test_who_was_sent_with_software_does_not_choose(world: FlowWorld) -> None:
    page = world.enter()
    company = world.company().id
    assert world.browser.get(f"/flow/{company}/platform").path == f"/flow/{company}/accounting"
    token = page.form("/language").value("csrf")
    world.browser.post(f"/flow/{company}/platform", [("csrf", token), ("platform", "gbol")])
    assert [each.platform_key for each in list_connections(world.runtime.table, company)] == ["lqai", "mqjo"]


def test_linked_books_are_not_chosen_again(world: FlowWorld) -> None:
    world.press(world.press(world.enter("choose"), platform="mqjo"))
    page = world.enter("choose", browser=world.new_browser())
    assert not page.path.endswith(("/platform", "/accounting"))
    world.browser = world.new_browser()
    page = world.enter("choose")
    company = world.company().id
    assert world.browser.get(f"/flow/{company}/platform").path != f"/flow/{company}/platform"


def test_where_a_merchant_leaves_to_is_asked_again(world: FlowWorld) -> None:
    """What was allowed when the link was made may not be allowed any more."""
    world.enter(redirect="https://till.example/done?x=1")
    ((_, scope), token) = next(iter(world.browser.cookies.items()))
    session = find_session(world.runtime, FLOW, token, scope.rpartition("/")[2])
    assert way_out(entry_of(world.runtime, session)) == "https://till.example/done?x=1"
    clients.allow_redirects(world.runtime.table, CLIENT, ["other.example"])
    assert way_out(entry_of(world.runtime, session)) == ""


def test_the_choice_stands_in_the_link(world: FlowWorld) -> None:
    link = world.link("CHOOSE")
    assert "/lqai/choose/start?otp=" in link
    assert query_of(world.browser.get(link)) == {}
