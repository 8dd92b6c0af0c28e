"""A merchant sets everything up, and the next thing that happens is a day in their books: end to end."""

from __future__ import annotations

from typing import Any

import pytest

from local.api_client import wait_until
from local.merchant import IN_PROGRESS, Merchant
from tests.browser.hands import Keyboard, Mouse
from tests.browser.journey import Journey
from tests.browser.partner import WRITTEN, Partner, Trade, posted, yesterday


def await_books(merchant: Merchant) -> None:
    """Wait until the sync that was asked for has written."""
    path = f"/companies/{merchant.company_id}/sync/commerce/syncs/list/status"

    def ended() -> Any:
        syncs = merchant.client.get(path)
        return syncs if syncs and syncs[0]["syncStatusCode"] not in IN_PROGRESS else None

    assert wait_until(ended, "the sync", 120)[0]["syncStatusCode"] == WRITTEN


def holds(merchant: Merchant, trade: Trade) -> None:
    """The books hold what was sold: each way of paying, the tax, and nothing left over."""
    books = posted(merchant)
    assert books["Card clearing"] == trade.card
    assert books["Cash on hand"] == trade.cash
    assert books["Sales"] + books["Tax 20% payable"] == -(trade.card + trade.cash)
    assert sum(books.values()) == 0


@pytest.mark.parametrize(
    ("hands", "locale", "how"),
    [
        pytest.param("mouse", "en-us", {}, id="mouse, English"),
        pytest.param("mouse", "fr-fr", {}, id="mouse, French"),
        pytest.param("keyboard", "en-us", {}, id="keyboard only"),
        pytest.param("mouse", "en-us", {"scripts": False}, id="no scripts"),
        pytest.param("mouse", "en-us", {"width": 360}, id="360 px"),
    ],
)
def test_from_the_link_to_a_day_in_the_books(
    visit: Any, partner: Partner, words: Any, hands: str, locale: str, how: dict[str, Any]
) -> None:
    visitor = visit(locale, **how)
    invitation = partner.invite(partner.name, locale=locale)
    merchant = partner.merchant(invitation.company_id)
    partner.push_catalogue(merchant)
    trade = partner.push_trade(merchant, yesterday())
    works = Keyboard(visitor.page) if hands == "keyboard" else Mouse()
    journey = Journey(visitor, works, words[locale])
    visitor.go(partner.invite(partner.name, locale=locale).url)
    journey.set_up(yesterday())
    journey.sync_now()
    await_books(merchant)
    holds(merchant, trade)
