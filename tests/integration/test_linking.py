"""A merchant's consent: to the accounting software and back, by the browser that began and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from daybook import platforms
from daybook.platforms import Registered
from daybook.services import integrations
from daybook.services.integrations import Integration
from daybook.services.keep_alive import keep_alive
from daybook.services.platform_access import PlatformAccess
from daybook.services.runtime import Runtime
from daybook.store import clients, tokens
from daybook.store.connections import ACCOUNTING
from daybook.store.connections import get as connection_of
from tests.integration.api_calls import Answer, Caller, api_over
from tests.simulation.test_tokens import Reversing
from tests.simulators import example
from tests.simulators.example import ExampleSimulator
from tests.simulators.server import BUSY, REFUSED, Fault

DAYS = 24 * 3600


@dataclass
class Merchant:
    """A merchant with a browser, a company, and a connection that waits for consent."""

    call: Caller
    runtime: Runtime
    platform: ExampleSimulator
    company: str
    connection: str
    cookie: str = ""

    def open(self, path: str, **form: str) -> Answer:
        """Open a page of ours, or send a form of it."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        method, raw = ("POST", urlencode(form).encode()) if form else ("GET", None)
        answer = self.call(method, path, raw=raw, headers=headers)
        for cookie in answer.headers.get("Set-Cookie", []):
            self.cookie = cookie.partition(";")[0]
        return answer

    def begin(self) -> str:
        """Follow the link as far as the platform's consent page; its address."""
        answer = self.open(f"/link/{self.company}/{self.connection}")
        assert answer.status == 302
        return answer.headers["Location"][0]

    def consent(self, address: str) -> str:
        """Agree (or decline) there; the address that leads back, from our root."""
        parts = urlsplit(address)
        there = HTTPConnection(parts.netloc)
        there.request("GET", f"{parts.path}?{parts.query}")
        back = urlsplit(there.getresponse().headers["Location"])
        there.close()
        return f"{back.path.removeprefix('/v1')}?{back.query}"

    def link(self) -> Answer:
        """The whole way."""
        return self.open(self.consent(self.begin()))

    def shown(self) -> Any:
        """The connection as the partner sees it."""
        return self.call("GET", f"/companies/{self.company}/connections/{self.connection}").body


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExampleSimulator]:
    """A platform that nothing of ours knows but the registry."""
    registered = Registered(example.KEY, example.NAME, "#123456", "tests.simulators.example")
    monkeypatch.setattr(platforms, "PLATFORMS", {**platforms.PLATFORMS, example.KEY: registered})
    shown = Integration(example.KEY, example.NAME, ACCOUNTING, registered.colour)
    monkeypatch.setattr(integrations, "_BY_KEY", {**integrations._BY_KEY, example.KEY: shown})
    started = ExampleSimulator()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def merchant(monkeypatch: pytest.MonkeyPatch, platform: ExampleSimulator) -> Merchant:
    call, bare = api_over(monkeypatch, ("companies", "linking", "data"))

    def set_up() -> dict[str, Any]:
        return {example.KEY: platform.credentials()}

    cipher = Reversing()
    access = PlatformAccess(bare.table, cipher, lambda: platform.authorisation.now, set_up)
    runtime = replace(
        bare,
        access=access,
        cipher=cipher,
        connect=lambda connection: platforms.connect(connection.platform_key, access.to(connection)),
    )
    for name in ("companies", "linking", "data"):
        monkeypatch.setattr(f"{name}.app.runtime", lambda: runtime)
    monkeypatch.setattr("rest.runtime", lambda: runtime)
    monkeypatch.setattr("pages.runtime", lambda: runtime)
    clients.create(runtime.table, clients.Client("client-a", "Till Makers"))
    company = call("POST", "/companies", {"name": "Corner Cafe"}).body["id"]
    made = call("POST", f"/companies/{company}/connections", {"platformKey": example.KEY}).body
    assert made["status"] == "PendingAuth"
    assert made["linkUrl"].endswith(f"/link/{company}/{made['id']}")
    return Merchant(call, runtime, platform, company, made["id"])


def test_a_merchant_consents_and_the_books_are_read(merchant: Merchant) -> None:
    answer = merchant.link()
    assert answer.status == 200
    assert "Corner Cafe is linked to Corner Cafe Ltd in Example books" in answer.body
    shown = merchant.shown()
    assert shown["status"] == "Linked"
    assert shown["connectionInfo"] == {"tenantId": "org-1", "organisation": "Corner Cafe Ltd"}
    before = merchant.platform.calls()["GET"]
    accounts = merchant.call("GET", f"/companies/{merchant.company}/data/accounts").body["results"]
    assert [each["name"] for each in accounts] == ["Sales"]
    assert merchant.platform.calls()["GET"] == before  # what was read on linking is fresh enough
    merchant.call("POST", f"/companies/{merchant.company}/data/all")
    assert merchant.platform.calls()["GET"] == before + 1


def test_the_cookie_is_for_the_way_back_alone(merchant: Merchant) -> None:
    cookie = merchant.open(f"/link/{merchant.company}/{merchant.connection}").headers["Set-Cookie"][0]
    for part in ("Path=/v1/oauth", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=1800"):
        assert part in cookie


def test_another_browser_cannot_bring_a_consent_back(merchant: Merchant) -> None:
    """Who is sent a link by an attacker, and consents, must not link the attacker's company."""
    back = merchant.consent(merchant.begin())
    merchant.cookie = ""
    refused = merchant.open(back)
    assert refused.status == 400
    assert "no longer valid" in refused.body
    assert merchant.shown()["status"] == "PendingAuth"


def test_a_consent_is_brought_back_once(merchant: Merchant) -> None:
    back = merchant.consent(merchant.begin())
    assert merchant.open(back).status == 200
    assert merchant.open(back).status == 400


def test_a_consent_that_was_declined_says_how_to_go_on(merchant: Merchant) -> None:
    merchant.platform.authorisation.denies = True
    declined = merchant.link()
    assert declined.status == 400
    assert "declined there" in declined.body
    merchant.platform.authorisation.denies = False
    assert merchant.link().status == 200


def test_an_authorisation_is_no_longer_good_after_half_an_hour(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = merchant.consent(merchant.begin())
    clock: Any = merchant.runtime.clock
    monkeypatch.setattr(clock, "moment", clock.moment.replace(hour=clock.moment.hour + 1))
    assert merchant.open(back).status == 400


def test_of_several_organisations_the_merchant_chooses(merchant: Merchant) -> None:
    merchant.platform.organisations["org-2"] = "Corner <Bakery>"
    page = merchant.link()
    assert merchant.shown()["status"] == "PendingAuth"
    assert "Corner &lt;Bakery&gt;" in page.body
    state = re.findall(r'name="state" value="([^"]+)"', page.body)[0]
    assert merchant.open("/oauth/organisation", state=state, tenant="org-3").status == 400
    page = merchant.link()
    state = re.findall(r'name="state" value="([^"]+)"', page.body)[0]
    assert merchant.open("/oauth/organisation", state=state, tenant="org-2").status == 200
    assert merchant.shown()["connectionInfo"]["organisation"] == "Corner <Bakery>"


def test_a_connection_stays_with_its_organisation(merchant: Merchant) -> None:
    """What was posted to one organisation must not be continued in another."""
    merchant.link()
    merchant.platform.organisations = {"org-2": "Another Ltd"}
    refused = merchant.link()
    assert refused.status == 400
    assert "This connection writes to Corner Cafe Ltd" in refused.body
    assert merchant.shown()["connectionInfo"]["tenantId"] == "org-1"


def test_unlinking_ends_the_consent_and_erases_the_tokens(merchant: Merchant) -> None:
    merchant.link()
    path = f"/companies/{merchant.company}/connections/{merchant.connection}"
    assert merchant.call("PATCH", path, {"status": "Unlinked"}).body["status"] == "Unlinked"
    assert merchant.platform.authorisation.calls["revoke"] == 1
    assert tokens.get(merchant.runtime.table, merchant.connection) is None
    assert merchant.link().status == 200
    assert merchant.shown()["status"] == "Linked"


def test_unlinking_holds_when_the_platform_does_not_answer(merchant: Merchant) -> None:
    merchant.link()
    merchant.platform.fault = Fault(REFUSED, matches=lambda request: request.path == "/revoke")
    path = f"/companies/{merchant.company}/connections/{merchant.connection}"
    assert merchant.call("PATCH", path, {"status": "Unlinked"}).body["status"] == "Unlinked"
    assert tokens.get(merchant.runtime.table, merchant.connection) is None


def test_a_second_ledger_is_refused_and_its_consent_given_back(merchant: Merchant) -> None:
    path = f"/companies/{merchant.company}/connections"
    other = merchant.call("POST", path, {"platformKey": "mqjo"}).body["id"]
    assert merchant.call("PUT", f"{path}/{other}/authorization", {}).body["status"] == "Linked"
    refused = merchant.link()
    assert refused.status == 400
    assert "is linked to Sandbox books" in refused.body
    assert merchant.platform.authorisation.calls["revoke"] == 1
    assert tokens.get(merchant.runtime.table, merchant.connection) is None


def test_books_that_cannot_be_read_yet_are_linked_all_the_same(merchant: Merchant) -> None:
    merchant.platform.fault = Fault(BUSY, matches=lambda request: request.path == "/accounts")
    assert "is linked to" in merchant.link().body
    assert merchant.shown()["status"] == "Linked"


def test_unknown_links_lead_nowhere(merchant: Merchant) -> None:
    nobody = "00000000-0000-4000-8000-00000000dead"
    for company, connection in ((nobody, merchant.connection), (merchant.company, nobody)):
        assert merchant.open(f"/link/{company}/{connection}").status == 404
    for company in (nobody, "x", "%00"):
        assert merchant.open(f"/link/{company}").status == 404


def test_a_consent_that_nobody_uses_is_kept_alive(merchant: Merchant) -> None:
    merchant.link()
    clock: Any = merchant.runtime.clock
    linked = int(clock.moment.timestamp())
    merchant.platform.authorisation.now = linked
    merchant.runtime.access.tokens(example.KEY, merchant.connection).refresh()
    assert keep_alive(merchant.runtime) == 0
    clock.moment = clock.moment.replace(month=clock.moment.month + 1)
    merchant.platform.authorisation.now = int(clock.moment.timestamp())
    assert keep_alive(merchant.runtime) == 1
    assert keep_alive(merchant.runtime) == 0


def test_one_connection_that_fails_keeps_no_other_from_being_kept_alive(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant.link()
    clock: Any = merchant.runtime.clock
    merchant.platform.authorisation.now = int(clock.moment.timestamp())
    merchant.runtime.access.tokens(example.KEY, merchant.connection).refresh()
    clock.moment = clock.moment.replace(month=clock.moment.month + 1)
    merchant.platform.authorisation.now = int(clock.moment.timestamp())
    every = tokens.ended_before

    def first(table: Any, before: int) -> Iterator[tuple[str, str]]:
        yield "no company", "broken"
        yield from every(table, before)

    found = connection_of

    def broken(table: Any, company_id: str, connection_id: str) -> Any:
        if connection_id == "broken":
            raise KeyError("status")
        return found(table, company_id, connection_id)

    monkeypatch.setattr(tokens, "ended_before", first)
    monkeypatch.setattr("daybook.store.connections.get", broken)
    unused = int(clock.moment.timestamp()) - 20 * 24 * 3600
    assert len(list(every(merchant.runtime.table, unused))) == 1
    with pytest.raises(KeyError, match="status"):
        keep_alive(merchant.runtime)
    assert list(every(merchant.runtime.table, unused)) == []


def test_a_consent_that_ended_is_told_of(merchant: Merchant) -> None:
    merchant.link()
    clock: Any = merchant.runtime.clock
    for grant in merchant.platform.authorisation.grants.values():
        grant.revoked = True
    clock.moment = clock.moment.replace(year=clock.moment.year + 10)
    assert keep_alive(merchant.runtime) == 0
    found = connection_of(merchant.runtime.table, merchant.company, merchant.connection)
    assert found.status == "Deauthorized"
    assert tokens.get(merchant.runtime.table, merchant.connection) is None


def test_a_companys_page_leads_to_what_is_to_be_linked(merchant: Merchant) -> None:
    redirect = merchant.call("GET", f"/companies/{merchant.company}").body["redirect"]
    page = merchant.open(redirect.partition("/v1")[2])
    assert page.status == 200
    assert f'href="/v1/link/{merchant.company}/{merchant.connection}"' in page.body
    assert "Connect Example books" in page.body
    assert "Till Makers" in page.body
    assert "Corner Cafe" not in page.body, "whoever has the link learns nothing of the company"
    merchant.link()
    done = merchant.open(f"/link/{merchant.company}")
    assert "Everything is connected" in done.body
    assert merchant.connection not in done.body
    bare = merchant.call("POST", "/companies", {"name": "Bare"}).body["id"]
    assert "nothing to connect here yet" in merchant.open(f"/link/{bare}").body


def test_pages_outside_the_flow_speak_the_browsers_language(merchant: Merchant) -> None:
    back = merchant.consent(merchant.begin())
    cookie = {"Cookie": merchant.cookie, "Accept-Language": "fr-CA, en;q=0.5"}
    refused = merchant.call("GET", back.replace("code=", "error="), headers=cookie)
    assert refused.status == 400
    assert "la demande y a été refusée" in refused.body
    assert "Till Makers" in refused.body
    listed = merchant.call("GET", f"/link/{merchant.company}", headers={"Accept-Language": "fr"})
    assert 'lang="fr"' in listed.body
