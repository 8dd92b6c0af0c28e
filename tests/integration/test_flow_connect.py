"""Connecting books in the flow: consent, the choice of an organisation, reading the books part by part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from daybook import platforms
from daybook.platforms import Registered
from daybook.services import integrations
from daybook.services.connections import create_connection, unlink
from daybook.services.integrations import ACCOUNTING, Integration
from daybook.store import pulled_parts, reference_data, tokens
from daybook.store.connections import list_connections, update
from tests.integration.flow_world import FlowWorld, query_of, step_of
from tests.integration.page_calls import Page
from tests.platforms.benches import benches
from tests.platforms.world import Bench
from tests.simulators import example
from tests.simulators.example import ExampleSimulator
from tests.simulators.server import BUSY, REFUSED, Answer, Fault

each_platform = pytest.mark.parametrize("bench", benches(), ids=str)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[FlowWorld]:
    """Example books, with as many organisations as a test wants."""
    registered = Registered(example.KEY, example.NAME, "#123456", "tests.simulators.example")
    monkeypatch.setattr(platforms, "PLATFORMS", {**platforms.PLATFORMS, example.KEY: registered})
    shown = Integration(example.KEY, example.NAME, ACCOUNTING, registered.colour)
    monkeypatch.setattr(integrations, "_BY_KEY", {**integrations._BY_KEY, example.KEY: shown})
    started = ExampleSimulator()
    started.start()
    yield FlowWorld(monkeypatch, {example.KEY: started})
    started.stop()


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> Iterator[FlowWorld]:
    """A Daybook on which one of the platforms is set up."""
    started = bench.simulator("GBP", "Europe/London")
    started.start()
    yield FlowWorld(monkeypatch, {bench.key: started})
    started.stop()


def simulator_of(world: FlowWorld) -> Any:
    (found,) = world.simulators.values()
    return found


def last(page: Page) -> str:
    """The page of the flow this is."""
    return page.path.partition("?")[0].split("/", 3)[3]


def read_all(world: FlowWorld, page: Page) -> list[Page]:
    """Every page until nothing is left to be read, as a browser without scripts shows them."""
    shown = [page]
    while step_of(shown[-1]):
        assert len(shown) < 20
        shown.append(world.browser.get(step_of(shown[-1])))
    return shown


def reads(world: FlowWorld) -> int:
    return len([each for each in simulator_of(world).requests if "token" not in each.path])


@each_platform
def test_books_are_connected_and_read_a_part_at_a_time(there: FlowWorld, bench: Bench) -> None:
    asked = there.enter(bench.key)
    assert last(asked) == "accounting"
    away = there.press(asked)
    assert away.status == 303
    host = "/".join(away.headers["Location"].split("/")[:3])
    assert f"form-action 'self' {host};" in asked.headers["Content-Security-Policy"]
    first = there.browser.get(there.answered(away.headers["Location"]))
    assert last(first) == "accounting/progress"
    before = reads(there)
    pages = read_all(there, first)
    parts = there.runtime.platform_for(there.books()).reference_parts
    assert len(pages) == len(parts) + 1
    for done, page in enumerate(pages[:-1]):
        assert f'max="{len(parts)}" value="{done}"' in page.html
        assert f"{done} of {len(parts)} parts read" in page.text
    assert not pulled_parts.kept(there.runtime.table, there.books().id, 0)
    kept = reference_data.get(there.runtime.table, there.books().id)
    assert kept is not None
    assert f"Accounts {len(kept[0].accounts)} " in pages[-1].text
    whole = there.runtime.platform_for(there.books()).reference_data(fresh=True)
    assert kept[0] == whole, "in parts as at once"
    assert reads(there) > before
    onward = dict(pages[-1].links)["Continue"].removeprefix("/v1")
    after = reads(there)
    assert last(there.browser.get(onward)) == "sales"
    assert reads(there) == after, "what was read is not read again"


@each_platform
def test_trouble_in_mid_read_loses_nothing(there: FlowWorld, bench: Bench) -> None:
    page = there.browser.get(there.consent(there.enter(bench.key)))
    page = there.browser.get(step_of(page))
    simulator_of(there).admit = lambda _: Answer(503, {})
    trouble = there.browser.get(step_of(page))
    assert trouble.status == 200
    assert "does not answer at the moment" in trouble.text
    assert "Not read" in trouble.text
    assert step_of(trouble) == ""
    assert 'value="1"' in trouble.html
    del simulator_of(there).admit
    again = there.browser.get(dict(trouble.links)["Try again"].removeprefix("/v1"))
    assert 'value="2"' in again.html
    assert "is connected" in read_all(there, again)[-1].text


@pytest.mark.parametrize("bench", [bench for bench in benches() if bench.key != "qhyg"], ids=str)
def test_a_subscription_that_ended_is_said_and_mended(there: FlowWorld, bench: Bench) -> None:
    page = there.browser.get(there.consent(there.enter(bench.key)))
    pay = bench.end_subscription(simulator_of(there))
    ended = there.browser.get(step_of(page))
    assert "subscription to" in ended.text
    assert "Try again" in dict(ended.links)
    pay()
    assert "is connected" in read_all(there, there.browser.get(dict(ended.links)["Try again"][3:]))[-1].text


@each_platform
def test_access_lost_in_mid_read_leads_to_connecting_again(there: FlowWorld, bench: Bench) -> None:
    page = there.browser.get(there.consent(there.enter(bench.key)))
    authorisation = simulator_of(there).authorisation
    for grant in authorisation.grants.values():
        grant.revoked = True
    authorisation.expire_access()
    lost = there.browser.get(step_of(page))
    assert (last(lost), query_of(lost)) == ("accounting", {"problem": "lost"})
    assert "no longer gives us access" in lost.text
    assert there.books().status == "Deauthorized"
    assert last(there.browser.get(there.consent(lost))) == "accounting/progress"
    assert there.books().status == "Linked"


def test_sandbox_books_are_connected_by_a_click(world: FlowWorld) -> None:
    page = world.press(world.enter("mqjo"))
    assert last(page) == "accounting/progress"
    assert "Sandbox books is connected" in page.text
    assert step_of(page) == ""
    assert world.books().status == "Linked"
    assert last(world.browser.get(dict(page.links)["Continue"][3:])) == "sales"
    back = world.browser.get(page.path.replace("/progress", ""))
    assert "Sandbox books is connected." in back.text
    assert not [form for form in back.forms if not form.action.endswith("/language")]


def test_a_consent_that_was_declined_is_said_where_it_was_asked_for(world: FlowWorld) -> None:
    simulator_of(world).authorisation.denies = True
    declined = world.browser.get(world.consent(world.enter(example.KEY)))
    assert (last(declined), declined.status) == ("accounting", 200)
    assert "the request was declined there" in declined.text
    simulator_of(world).authorisation.denies = False
    assert last(world.browser.get(world.consent(declined))) == "accounting/progress"


def test_a_consent_is_brought_back_by_its_browser_alone(world: FlowWorld) -> None:
    page = world.enter(example.KEY)
    back = world.consent(page)
    other = world.new_browser()
    refused = other.get(back)
    assert refused.status == 400
    assert "no longer valid" in refused.text
    assert "Harbour" not in refused.html
    assert world.books().status == "PendingAuth"
    assert last(world.browser.get(back)) == "accounting/progress"


def test_an_old_page_leads_back_into_the_flow(world: FlowWorld) -> None:
    page = world.enter(example.KEY)
    used, late = world.consent(page), world.consent(page)
    world.wait(31 * 60)
    over = world.browser.get(late)
    assert query_of(over) == {"problem": "old"}
    assert "no longer valid" in over.text
    back = world.consent(over)
    assert last(world.browser.get(back)) == "accounting/progress"
    reloaded = world.browser.get(back)
    assert "Corner Cafe Ltd in Example books is connected" in reloaded.text
    assert "no longer valid" not in reloaded.text
    assert world.browser.get(used).status == 400, "the cookie of another beginning"


def test_of_several_organisations_one_is_chosen_in_the_flows_language(world: FlowWorld) -> None:
    simulator_of(world).organisations["org-2"] = "Corner <Bakery>"
    back = world.consent(world.enter(example.KEY, locale="fr-fr"))
    page = world.browser.get(back)
    assert "Quelle entreprise dans Example books" in page.text
    assert "Till Makers" in page.text
    assert "Corner &lt;Bakery&gt;" in page.html
    assert world.books().status == "PendingAuth"
    (form,) = page.forms
    wrong = world.browser.submit(page, form, {"tenant": "org-3"})
    assert query_of(wrong) == {"problem": "old"}
    page = world.browser.get(world.consent(wrong))
    chosen = world.browser.submit(page, page.forms[0], {"tenant": "org-2"})
    assert last(chosen) == "accounting/progress"
    assert "Corner <Bakery>" in chosen.text
    assert world.books().connection_info["tenantId"] == "org-2"
    assert query_of(world.browser.submit(page, page.forms[0], {"tenant": "org-1"})) == {"problem": "old"}
    assert world.books().connection_info["tenantId"] == "org-2"


def test_another_organisation_is_refused_by_its_name(world: FlowWorld) -> None:
    read_all(world, world.browser.get(world.consent(world.enter(example.KEY))))
    unlink(world.runtime, world.books())
    simulator_of(world).organisations = {"org-2": "Another Ltd"}
    page = world.enter(example.KEY)
    assert "Corner Cafe Ltd in Example books was connected before" in page.text
    wrong = world.browser.get(world.consent(page))
    assert "Your set-up belongs to Corner Cafe Ltd" in wrong.text
    simulator_of(world).organisations = {}
    assert query_of(world.browser.get(world.consent(wrong))) == {"problem": "organisation"}
    simulator_of(world).organisations = {"org-1": "Corner Cafe Ltd"}
    assert "Corner Cafe Ltd" in read_all(world, world.browser.get(world.consent(wrong)))[-1].text


def test_an_organisation_there_is_not(world: FlowWorld) -> None:
    simulator_of(world).organisations = {}
    none = world.browser.get(world.consent(world.enter(example.KEY)))
    assert "No business was chosen in Example books" in none.text


def test_a_platform_that_does_not_answer_the_consent(world: FlowWorld) -> None:
    back = world.consent(world.enter(example.KEY))
    simulator_of(world).fault = Fault(REFUSED, matches=lambda request: request.path == "/token")
    down = world.browser.get(back)
    assert (query_of(down), down.status) == ({"problem": "down"}, 200)
    assert "does not answer at the moment" in down.text
    assert last(world.browser.get(world.consent(down))) == "accounting/progress"


def test_a_platform_that_takes_no_calls_now(world: FlowWorld) -> None:
    page = world.browser.get(world.consent(world.enter(example.KEY)))
    simulator_of(world).fault = Fault(BUSY, matches=lambda request: request.path == "/accounts")
    assert "Wait a minute, then try again" in world.browser.get(step_of(page)).text


def test_a_platform_that_is_no_longer_set_up_is_said(
    world: FlowWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.enter(example.KEY)
    monkeypatch.setattr(type(world.runtime.access), "is_set_up", lambda *_: False)
    for shown in (world.browser.get(page.path), world.press(page)):
        assert "cannot be connected here yet" in shown.text


def test_books_that_were_linked_to_other_software_meanwhile(world: FlowWorld) -> None:
    page = world.enter(example.KEY)
    back = world.consent(page)
    other = world.new_browser()
    other.get(f"/sandbox/{world.company().id}/link/{_sandbox(world)}")
    refused = world.browser.get(back)
    assert "Sandbox books is connected" in refused.text, "what is connected is shown"
    assert "connected already, so nothing was changed" in refused.text
    pending = next(
        each
        for each in list_connections(world.runtime.table, world.company().id)
        if each.platform_key == example.KEY
    )
    assert pending.status == "PendingAuth"
    assert tokens.get(world.runtime.table, pending.id) is None
    assert simulator_of(world).authorisation.calls["revoke"] == 1


def _sandbox(world: FlowWorld) -> str:
    return create_connection(world.runtime, world.company(), "mqjo").id


def test_what_was_unlinked_is_read_anew(world: FlowWorld) -> None:
    read_all(world, world.browser.get(world.consent(world.enter(example.KEY))))
    unlink(world.runtime, world.books())
    page = world.browser.get(world.consent(world.enter(example.KEY)))
    assert "0 of 1 parts read" in page.text


@each_platform
def test_of_books_that_were_unlinked_nothing_is_kept(there: FlowWorld, bench: Bench) -> None:
    page = there.browser.get(there.consent(there.enter(bench.key)))
    there.browser.get(step_of(page))
    table: Any = there.runtime.table
    kept = [item for item in table.everything() if item["PK"] == f"REFERENCE#{there.books().id}"]
    assert kept
    unlink(there.runtime, there.books())
    assert not [item for item in table.everything() if item["PK"].startswith("REFERENCE#")]


def test_who_comes_back_in_mid_read_goes_on_there(world: FlowWorld) -> None:
    world.browser.get(world.consent(world.enter(example.KEY)))
    assert last(world.enter(example.KEY)) == "accounting/progress"


def test_unlinked_sales_are_connected_again(world: FlowWorld) -> None:
    page = world.enter("mqjo")
    sales = list_connections(world.runtime.table, world.company().id)[0]
    assert sales.platform_key == "lqai"
    commerce = page.path.replace("accounting", "commerce")
    assert "Your sales from Till Makers are connected." in world.browser.get(commerce).text
    update(world.runtime.table, sales.company_id, sales.id, status="Unlinked")
    page = world.enter("mqjo")
    assert last(page) == "commerce"
    assert last(world.press(page)) == "accounting"
    assert list_connections(world.runtime.table, sales.company_id)[0].status == "Linked"


@pytest.mark.parametrize("problem", ["nonsense", "<script>alert(1)</script>", ""])
def test_an_address_says_only_what_we_say(world: FlowWorld, problem: str) -> None:
    page = world.enter("mqjo")
    shown = world.browser.call("GET", f"{page.path}?problem={problem}")
    assert shown.status == 200
    assert "There is a problem" not in shown.text
    assert "alert(1)" not in shown.html
