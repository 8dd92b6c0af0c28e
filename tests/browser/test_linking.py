"""Connecting Xero, QuickBooks and FreeAgent, simulated: the way there and back, and every way it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from local import admin, deploy
from local.settings import LocalStack
from tests.browser.hands import Mouse
from tests.browser.journey import Journey
from tests.browser.partner import Partner
from tests.simulators.freeagent import FreeAgentSimulator
from tests.simulators.quickbooks import QuickBooksSimulator
from tests.simulators.server import Answer
from tests.simulators.xero import XeroSimulator

XERO, QUICKBOOKS, FREEAGENT = "gbol", "qhyg", "fbrh"
NAMES = {XERO: "Xero", QUICKBOOKS: "QuickBooks Online", FREEAGENT: "FreeAgent"}
# The functions that speak to accounting software while a merchant sets up.
SPEAKING = ("flow", "linking", "sync_flow")


@pytest.fixture(scope="module")
def simulators(
    stack: LocalStack, deployed: dict[str, Any], aws: Callable[[str], Any]
) -> Iterator[dict[str, Any]]:
    """All three by key, set up as a partner sets them up; gone afterwards."""
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    xero = XeroSimulator(names=("Copper Kettle", "Another business"))
    started: dict[str, Any] = {XERO: xero, QUICKBOOKS: QuickBooksSimulator(), FREEAGENT: FreeAgentSimulator()}
    for key, simulator in started.items():
        simulator.start()
        simulator.authorisation.now = int(time.time())
        admin.set_platform(target, key, simulator.credentials())
    begin_anew(aws, deployed)
    yield started
    for key, simulator in started.items():
        simulator.stop()
        aws("ssm").delete_parameter(Name=f"/{target.stack_name}/platforms/{key}")
    begin_anew(aws, deployed)


def begin_anew(aws: Callable[[str], Any], deployed: dict[str, Any]) -> None:
    """Functions hold credentials for five minutes: have them begin again."""
    functions = aws("lambda")
    for name in SPEAKING:
        held = functions.get_function_configuration(FunctionName=deployed["functions"][name])
        settings = held["Environment"]["Variables"] | {"BEGUN": str(time.time())}
        functions.update_function_configuration(
            FunctionName=deployed["functions"][name], Environment={"Variables": settings}
        )
        functions.get_waiter("function_updated_v2").wait(FunctionName=deployed["functions"][name])


@pytest.fixture
def platforms(simulators: dict[str, Any]) -> dict[str, Any]:
    """They, with nothing in them of what other tests told them to do."""
    for simulator in simulators.values():
        simulator.authorisation.denies = False
        simulator.authorisation.calls.clear()
    simulators[XERO].chosen = simulators[XERO].organisations[:1]
    return simulators


@pytest.fixture
def xero(platforms: dict[str, Any]) -> Any:
    """Xero, where a merchant has one business."""
    return platforms[XERO]


def enter(visit: Any, partner: Partner, words: Any, key: str, locale: str = "en-us", **how: Any) -> Journey:
    """A new merchant at the page that asks for consent."""
    journey = Journey(visit(locale, **how), Mouse(), words[locale])
    journey.visitor.go(partner.invite(partner.name, key, locale=locale).url)
    return journey


def problem(journey: Journey, key: str, **values: str) -> None:
    """Wait for what went wrong, which is read out at once."""
    expect(journey.visitor.page.get_by_role("alert")).to_contain_text(journey.text(key, **values))


@pytest.mark.parametrize("key", [XERO, QUICKBOOKS, FREEAGENT])
def test_books_are_connected_and_offered(
    visit: Any, partner: Partner, words: Any, platforms: dict[str, Any], key: str
) -> None:
    journey = enter(visit, partner, words, key)
    name = NAMES[key]
    journey.reads("link.accounting.title", platform=name)
    journey.visitor.see(f"connect-{key}")
    journey.press("link.accounting.button", platform=name)
    journey.reads("link.progress.done.title", platform=name)
    journey.visitor.see(f"connected-{key}")
    journey.follow("configure-misc-nextButton")
    journey.is_at("sales")
    journey.visitor.see(f"sales-{key}")
    assert journey.visitor.page.locator("#account-sales option:checked").get_attribute("value")
    assert not platforms[key].violations


def test_it_works_without_scripts(
    visit: Any, partner: Partner, words: Any, platforms: dict[str, Any]
) -> None:
    journey = enter(visit, partner, words, FREEAGENT, scripts=False)
    journey.press("link.accounting.button", platform="FreeAgent")
    journey.reads("link.progress.done.title", platform="FreeAgent")
    assert platforms[FREEAGENT].requests


@pytest.mark.parametrize("locale", ["en-us", "fr-fr"])
def test_a_merchant_chooses_what_they_use(
    visit: Any, partner: Partner, words: Any, platforms: dict[str, Any], locale: str
) -> None:
    journey = enter(visit, partner, words, "choose", locale)
    journey.reads("link.platform.title")
    journey.visitor.see("platforms")
    tiles = journey.visitor.page.locator(".tile")
    assert tiles.count() == 1 + len(platforms)
    tiles.filter(has_text="Xero").click()
    journey.reads("link.accounting.title", platform="Xero")


def test_a_consent_is_declined_and_then_given(visit: Any, partner: Partner, words: Any, xero: Any) -> None:
    journey = enter(visit, partner, words, XERO)
    xero.authorisation.denies = True
    journey.press("link.accounting.button", platform="Xero")
    problem(journey, "link.problem.declined", platform="Xero")
    journey.visitor.see("connect-declined")
    xero.authorisation.denies = False
    journey.press("link.accounting.button", platform="Xero")
    journey.reads("link.progress.done.title", platform="Xero")


def test_a_way_back_that_was_used_leads_to_the_beginning(
    visit: Any, partner: Partner, words: Any, xero: Any
) -> None:
    journey = enter(visit, partner, words, XERO)
    xero.authorisation.denies = True
    with journey.visitor.page.expect_request("**/oauth/callback?**") as back:
        journey.press("link.accounting.button", platform="Xero")
    problem(journey, "link.problem.declined", platform="Xero")
    journey.visitor.go(back.value.url)
    journey.visitor.see("connect-expired")
    assert journey.visitor.status in (200, 400, 401)
    assert not xero.authorisation.calls["authorization_code"]


def test_of_several_businesses_one_is_chosen_and_no_other_later(
    visit: Any, partner: Partner, words: Any, xero: Any
) -> None:
    xero.chosen = None
    journey = enter(visit, partner, words, XERO)
    page = journey.visitor.page
    journey.press("link.accounting.button", platform="Xero")
    journey.reads("link.organisation.title", platform="Xero")
    journey.visitor.see("which-business")
    page.get_by_label("Copper Kettle").check()
    journey.press("link.organisation.button")
    journey.reads("link.progress.done.title", platform="Xero")
    # Later they consent for the other business only.
    page.goto(page.url.replace("accounting/progress", "settings/unlink"))
    journey.press("settings.unlink.button")
    xero.chosen = [xero.organisations[1]]
    journey.follow("settings.link")
    journey.press("link.accounting.button", platform="Xero")
    problem(journey, "link.problem.organisation", platform="Xero", organisation="Copper Kettle")
    journey.visitor.see("connect-wrong-business")


def test_books_that_do_not_answer_are_read_later(
    visit: Any, partner: Partner, words: Any, platforms: dict[str, Any]
) -> None:
    freeagent = platforms[FREEAGENT]
    journey = enter(visit, partner, words, FREEAGENT)
    admit = freeagent.admit
    freeagent.admit = lambda request: Answer(503) if "categories" in request.path else admit(request)
    try:
        journey.press("link.accounting.button", platform="FreeAgent")
        problem(journey, "link.trouble.down", platform="FreeAgent")
        journey.visitor.see("progress-trouble")
    finally:
        del freeagent.admit
    journey.follow("link.progress.again")
    journey.reads("link.progress.done.title", platform="FreeAgent")
