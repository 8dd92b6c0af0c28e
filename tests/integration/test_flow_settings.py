"""A merchant's later visits: how syncs stand, what was chosen, and the ways out, each confirmed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from daybook.domain.errors import NotFound
from daybook.services.companies import find_company
from daybook.services.configure import save_configuration
from daybook.services.connections import erase_connection
from daybook.services.syncs import latest_sync, request_latest
from daybook.store import configurations
from daybook.store.connections import LINKED, list_connections
from daybook.store.syncs import FINISHED, Blocked, Sync
from tests.integration.flow_world import CLIENT, step_of
from tests.integration.page_calls import Page
from tests.integration.stage_world import StageWorld, chosen, errors, is_suggested, summary


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> StageWorld:
    """A merchant who has set everything up."""
    made = StageWorld(monkeypatch)
    made.start()
    return made


def at(page: Page) -> str:
    """The page of the flow this is."""
    return page.path.partition("?")[0].split("/", 3)[3]


def press(world: StageWorld, page: Page, action: str, **values: object) -> Page:
    form = next(form for form in page.forms if form.action.endswith(action))
    return world.browser.submit(page, form, values)


def ended(world: StageWorld, code: int, message: str = "", blocked: tuple[Blocked, ...] = ()) -> Sync:
    """A sync that has ended like this."""
    asked = request_latest(world.runtime, world.company(), None)
    done = replace(asked, stage=FINISHED, status_code=code, error_message=message, blocked=blocked)
    return world.runtime.syncs.save(done)


def test_how_syncs_stand_in_local_time(world: StageWorld) -> None:
    page = world.show("settings")
    text = page.text.replace("\u00a0", " ")
    assert "Next sync Mar 3, 2026, 12:00 AM" in text
    assert "None yet" in text
    for choice in ("4000 Sales", "Tax 20%", "Approved", "Payment provider", "1060 Card clearing", "London"):
        assert choice in text


def test_choices_are_changed_on_the_stages_pages(world: StageWorld) -> None:
    page = world.show("settings")
    hrefs = {href.rpartition("/")[2] for name, href in page.links if name.startswith("Change")}
    assert hrefs == {"sales", "fees", "payments", "schedule"}
    saved = world.send("sales", account_gratuity=world.account("Rounding"))
    assert at(saved) == "settings"
    assert "Saved." in saved.text
    assert world.saved()["enabled"] is True
    accounts = world.saved()["configuration"]["sales"]["accounts"]
    assert accounts["gratuity"]["selectedAccountId"] == world.account("Rounding")


def test_a_change_that_does_not_fit_the_rest_waits(world: StageWorld) -> None:
    page = world.send("sales", sync="off")
    assert at(page) == "payments"
    assert "only together with sales" in errors(page)["sync"]
    assert world.saved()["configuration"]["sales"]["syncSales"] is True, "what was saved stays in force"
    settings = world.show("settings")
    assert "You changed something that does not fit the rest yet" in settings.text
    dropped = press(world, settings, "/drop")
    assert "discarded" in dropped.text
    assert "does not fit" not in dropped.text
    page = world.send("sales", sync="off")
    assert any(href.endswith("/fees") for _, href in page.links), "where the rest of it is mended"
    assert at(world.send("fees", sync="off")) == "payments"
    assert at(world.send("payments", sync="off")) == "settings"
    assert world.saved()["configuration"]["sales"]["syncSales"] is False


def test_off_and_on_again_with_another_first_day(world: StageWorld) -> None:
    off = press(world, world.show("settings"), "/off")
    assert "Syncs are off" in off.text
    assert world.saved()["enabled"] is False
    wrong = press(world, off, "/on", start="soon")
    assert (wrong.status, [field for field, _ in summary(wrong)]) == (422, ["start"])
    on = press(world, wrong, "/on", start="2026-02-01")
    assert "Syncs are on" in on.text
    assert world.saved()["enabled"] is True
    assert world.saved()["schedule"]["startDate"] == "2026-02-01T00:00:00Z"


def test_a_sync_now(world: StageWorld) -> None:
    page = press(world, world.show("settings"), "/sync")
    assert "A sync has started" in page.text
    assert "Running" in page.text
    assert latest_sync(world.runtime, world.company()).kind == "latest"
    stale = world.show("settings")
    press(world, stale, "/off")
    refused = press(world, stale, "/sync")
    assert refused.status == 422
    assert "cannot run now" in refused.text


def test_the_history_in_plain_words_page_by_page(world: StageWorld) -> None:
    ended(world, 2000)
    why = "There are sales with the tax 'vat'. Select the tax rate they take."
    ended(world, 4200, why, (Blocked("2026-03-03", 4200, "Line 1 of order 7 <b>", "orders/7"),))
    page = world.show("settings")
    assert "Written" in page.text
    assert "There are sales with a tax for which no rate was chosen" in page.text
    assert why in page.text
    assert "Line 1 of order 7 &lt;b&gt;" in page.html
    assert "Older" not in page.text
    for _ in range(21):
        ended(world, 2040)
    shown = []
    page = world.show("settings")
    for _ in range(5):
        shown.append(page.html.count('<th scope="row">'))
        older = [href for name, href in page.links if name == "Older"]
        if not older:
            break
        page = world.browser.get(re.sub("#.*", "", older[0].removeprefix("/v1")))
    assert shown == [10, 10, 3]
    assert world.show("settings?before=nonsense").status == 200


def test_an_account_archived_later_is_told(world: StageWorld) -> None:
    world.archive("Sales")
    assert "cannot be used any more" in world.show("settings").text
    assert "Sales: what was chosen cannot be used any more" in world.show("settings").text
    assert "cannot be used any more" in errors(world.show("sales"))["account-sales"]


def test_access_is_taken_away_and_given_again(world: StageWorld) -> None:
    ask = world.show("settings/unlink")
    assert "What goes" in ask.text
    assert "What stays" in ask.text
    page = press(world, ask, "/unlink")
    assert at(page) == "settings"
    assert "Your accounting software is not connected" in page.text
    assert world.version() == 2
    assert world.saved()["enabled"] is True, "the configuration is kept"


def test_the_connection_is_deleted_with_its_choices(world: StageWorld) -> None:
    page = press(world, world.show("settings/disconnect"), "/disconnect")
    assert at(page) == "accounting"
    assert not [each for each in list_connections(world.runtime.table, world.id) if each.status == LINKED][1:]
    stored = configurations.current(world.runtime.table, world.id)
    assert stored is not None
    assert "startDate" not in stored.body["schedule"]


def test_everything_is_deleted_only_when_one_is_sure(world: StageWorld) -> None:
    ask = world.show("settings/delete")
    unsure = press(world, ask, "/delete")
    assert (unsure.status, summary(unsure)[0][0]) == (422, "sure")
    gone = press(world, unsure, "/delete", sure="yes")
    assert "Nothing more is written to your books" in gone.text
    with pytest.raises(NotFound):
        find_company(world.runtime, CLIENT, world.id)
    assert world.show("settings").status == 401


@pytest.mark.parametrize("action", ["on", "off", "sync", "drop", "unlink", "disconnect", "delete"])
def test_every_action_needs_our_own_form(world: StageWorld, action: str) -> None:
    answer = world.browser.post(f"/flow/{world.id}/settings/{action}", [("sure", "yes"), ("csrf", "x")])
    assert answer.status == 403
    assert find_company(world.runtime, CLIENT, world.id).id == world.id
    assert world.saved()["enabled"] is True
    assert next(world.runtime.syncs.newest_first(world.id), None) is None


def test_what_the_partner_switched_on_meanwhile_stays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    other = StageWorld(monkeypatch)
    other.start()
    world = StageWorld(monkeypatch)
    assert world.id == other.id, "the same company, so that the same accounts are chosen"
    world.send("sales")
    save_configuration(world.runtime, world.company(), other.saved())
    assert at(world.enter(merchant="Harbour Cafe")) == "settings"
    assert at(world.send("payments", account_cash="")) == "settings"
    assert world.saved()["enabled"] is True


def test_choices_for_other_books_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(monkeypatch)
    world.send("sales", account_gratuity=world.account("Rounding"))
    erase_connection(world.runtime, world.books())
    page = world.press(world.show("accounting"))
    while step_of(page):
        page = world.browser.get(step_of(page))
    sales = world.show("sales")
    assert chosen(sales, "account-gratuity") == "2150 Tips payable"
    assert is_suggested(sales, "account-gratuity")
    assert at(world.submit(sales)) == "fees"


def test_an_unfinished_set_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(monkeypatch)
    world.send("sales")
    page = world.show("settings")
    assert "Your set-up is not finished" in page.text
    assert any(href.endswith("/fees") for _, href in page.links)


def test_french(monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(monkeypatch, locale="fr-fr")
    world.start()
    ended(world, 4000, "An account is archived.")
    page = world.show("settings")
    for words in ("Réglages", "Historique", "Un compte, un client ou un fournisseur manque", "3 mars 2026"):
        assert words in page.text.replace("\u00a0", " ")
    for action in ("unlink", "disconnect", "delete"):
        assert "Ce qui disparaît" in world.show(f"settings/{action}").text
