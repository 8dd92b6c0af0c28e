"""What a merchant does after set-up, or in the middle of it: changes, mistakes, two tabs, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from local.api_client import ApiError, Client
from tests.browser.hands import Keyboard, Mouse
from tests.browser.journey import Journey
from tests.browser.merchants import Cafe, open_cafe
from tests.browser.partner import Partner, yesterday


@pytest.fixture(scope="module")
def cafe(client: Client) -> Cafe:
    return open_cafe(client)


def begin(visit: Any, words: Any, locale: str = "en-us", **how: Any) -> Journey:
    """Somebody who is about to open a link."""
    visitor = visit(locale, **how)
    return Journey(visitor, Mouse(), words[locale])


def settings(visit: Any, partner: Partner, words: Any, cafe: Cafe, **how: Any) -> Journey:
    """The settings of a merchant who is set up: where the same kind of link leads from then on."""
    journey = begin(visit, words, **how)
    locale = journey.visitor.locale
    journey.visitor.go(partner.invite(cafe.company_id, locale=locale).url)
    journey.is_at("settings")
    return journey


@pytest.mark.parametrize(("locale", "width"), [("en-us", 1200), ("fr-fr", 1200), ("en-us", 360)], ids=str)
def test_a_later_visit_leads_to_the_settings(
    visit: Any, partner: Partner, words: Any, cafe: Cafe, locale: str, width: int
) -> None:
    journey = settings(visit, partner, words, cafe, locale=locale, width=width)
    journey.reads("settings.title")
    journey.visitor.see("settings")
    assert journey.text("settings.status.2000") in journey.visitor.page.get_by_role("table").inner_text()


def test_syncs_are_switched_off_and_on(visit: Any, partner: Partner, words: Any, cafe: Cafe) -> None:
    journey = settings(visit, partner, words, cafe)
    page = journey.visitor.page
    journey.press("settings.turn-off")
    expect(page.get_by_text(journey.text("settings.notice.off"))).to_be_visible()
    journey.visitor.see("settings-off")
    assert not cafe.merchant.options()["enabled"]
    journey.press("settings.turn-on")
    expect(page.get_by_text(journey.text("settings.notice.on"))).to_be_visible()
    assert cafe.merchant.options()["enabled"]


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    visit: Any, partner: Partner, words: Any, cafe: Cafe
) -> None:
    journey = settings(visit, partner, words, cafe)
    page = journey.visitor.page
    page.get_by_role("link", name=journey.text("flow.schedule.title")).click()
    journey.is_at("schedule")
    page.locator("#hour").select_option("5")
    page.locator("#start").fill("")
    journey.press("flow.save")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    journey.visitor.see("schedule-mistake")
    assert journey.visitor.status == 422
    assert page.locator("#start").get_attribute("aria-invalid") == "true"
    assert page.locator("#hour").input_value() == "5"
    alert.get_by_role("link").first.click()
    expect(page.locator("#start")).to_be_focused()


def test_two_tabs_lose_nothing(visit: Any, partner: Partner, words: Any, client: Client) -> None:
    journey = settings(visit, partner, words, open_cafe(client, "Two Tabs"))
    here = journey.visitor.page
    here.get_by_role("link", name=journey.text("flow.schedule.title")).click()
    journey.is_at("schedule")
    there = journey.visitor.context.new_page()
    there.goto(here.url)
    there.locator("#hour").select_option("3")
    there.get_by_role("button", name=journey.text("flow.save"), exact=True).click()
    expect(there.get_by_text(journey.text("settings.notice.saved"))).to_be_visible()
    here.locator("#hour").select_option("7")
    journey.press("flow.save")
    expect(here.get_by_text(journey.text("flow.stale.title"))).to_be_visible()
    journey.visitor.see("schedule-changed-elsewhere")
    assert here.locator("#hour").input_value() == "7"
    journey.press("flow.save")
    journey.is_at("settings")
    expect(here.get_by_text(journey.text("settings.notice.saved"))).to_be_visible()


def test_half_a_set_up_is_gone_on_with_and_back_forward_and_reload_are_safe(
    visit: Any, partner: Partner, words: Any
) -> None:
    journey = begin(visit, words)
    invitation = partner.invite(partner.name)
    merchant = partner.merchant(invitation.company_id)
    partner.push_catalogue(merchant)
    journey.visitor.go(partner.invite(partner.name).url)
    journey.connect()
    journey.answer_sales()
    journey.is_at("fees")
    page = journey.visitor.page
    page.go_back()
    journey.is_at("sales")
    assert "Refunds" in page.get_by_label("Refunds").locator("option:checked").inner_text()
    page.go_forward()
    journey.is_at("fees")
    page.reload()
    journey.go_on()
    journey.is_at("payments")
    # Another day, another browser: it goes on where it stopped, and nothing runs until then.
    later = begin(visit, words)
    later.visitor.go(partner.invite(partner.name).url)
    later.is_at("payments")
    with pytest.raises(ApiError):
        merchant.sync("latest")
    later.go_on()
    later.answer_schedule(yesterday())
    later.is_at("preview")
    later.visitor.see("preview-without-sales")
    later.say_yes()
    later.is_at("done")


def test_an_account_is_created_in_place(visit: Any, partner: Partner, words: Any, cafe: Cafe) -> None:
    journey = settings(visit, partner, words, cafe, width=360)
    page = journey.visitor.page
    journey.hands = Keyboard(page)
    page.goto(page.url.replace("/settings", "/payments"))
    field = page.locator(".field", has=page.locator("#account-cash"))
    journey.hands.press(field.locator("summary"))
    journey.hands.write(page.locator("#new-name-account-cash"), "Till two")
    journey.visitor.see("create-an-account")
    journey.hands.press(field.get_by_role("button"))
    expect(page.get_by_text(journey.text("flow.new.made"))).to_be_visible()
    assert "Till two" in page.locator("#account-cash option:checked").inner_text()
    assert "Till two" in str(cafe.merchant.books()["accounts"])


@pytest.mark.parametrize("action", ["unlink", "disconnect", "delete"])
def test_ways_out_say_what_goes_and_what_stays(
    visit: Any, partner: Partner, words: Any, cafe: Cafe, action: str
) -> None:
    journey = settings(visit, partner, words, cafe)
    journey.follow(f"settings.{action}")
    journey.visitor.see(f"settings-{action}")
    journey.follow("settings.keep")
    journey.is_at("settings")


def test_everything_is_deleted_only_when_sure(
    visit: Any, partner: Partner, words: Any, client: Client
) -> None:
    cafe = open_cafe(client, "Leaving")
    journey = settings(visit, partner, words, cafe)
    journey.follow("settings.delete")
    journey.press("settings.delete.button")
    journey.visitor.see("settings-delete-not-sure")
    assert journey.visitor.status == 422
    journey.visitor.page.locator("#sure").check()
    journey.press("settings.delete.button")
    journey.reads("settings.gone.title")
    journey.visitor.see("deleted")
    with pytest.raises(ApiError) as gone:
        client.get(f"/companies/{cafe.company_id}")
    assert gone.value.status == 404


def test_the_language_is_changed_where_one_is(visit: Any, partner: Partner, words: Any, cafe: Cafe) -> None:
    journey = settings(visit, partner, words, cafe)
    page = journey.visitor.page
    page.get_by_role("button", name="Français").click()
    journey.words = words["fr-fr"]
    journey.reads("settings.title")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_a_session_that_is_over_says_how_to_come_back(
    visit: Any, partner: Partner, words: Any, cafe: Cafe
) -> None:
    journey = settings(visit, partner, words, cafe)
    journey.visitor.context.clear_cookies()
    journey.press("settings.turn-off")
    journey.visitor.see("session-over")
    assert journey.visitor.status == 401
