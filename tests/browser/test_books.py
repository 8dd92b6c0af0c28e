"""Sandbox books, as a merchant looks at them from the flow."""

from __future__ import annotations

from typing import Any

import pytest

from local.api_client import Client
from tests.browser.merchants import Cafe, open_cafe
from tests.browser.partner import Partner

SECTIONS = {
    "": "books-trial-balance",
    "/balances": "books-balances",
    "/journal": "books-journal",
    "/documents": "books-documents",
    "/accounts": "books-accounts",
}


@pytest.fixture(scope="module")
def cafe(client: Client) -> Cafe:
    return open_cafe(client)


def enter(visitor: Any, partner: Partner, cafe: Cafe, locale: str = "en-us") -> str:
    """Into the flow of a merchant; where its pages are."""
    visitor.go(partner.invite(cafe.company_id, locale=locale).url)
    return f"{partner.client.url}/flow/{cafe.company_id}"


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("locale", ["en-us", "fr-fr"])
def test_every_page_of_the_books(visit: Any, partner: Partner, cafe: Cafe, locale: str, width: int) -> None:
    visitor = visit(locale, width=width)
    home = enter(visitor, partner, cafe, locale)
    for section, name in SECTIONS.items():
        assert visitor.go(f"{home}/books{section}") == 200
        visitor.see(name)


def test_the_books_hold_what_was_sold(visit: Any, partner: Partner, cafe: Cafe, words: Any) -> None:
    visitor = visit()
    home = enter(visitor, partner, cafe)
    visitor.go(f"{home}/books")
    table = visitor.page.get_by_role("table")
    assert f"{cafe.trade.card:,.2f}" in table.get_by_role("row", name="Card clearing").inner_text()
    assert f"{cafe.trade.cash:,.2f}" in table.get_by_role("row", name="Cash on hand").inner_text()
    assert visitor.page.get_by_text(words["en-us"]["books.agrees"]).is_visible()


def test_a_period_that_is_none_is_told_beside_the_field(visit: Any, partner: Partner, cafe: Cafe) -> None:
    visitor = visit()
    home = enter(visitor, partner, cafe)
    visitor.go(f"{home}/books?from=2026-02-30")
    visitor.see("books-wrong-period")
    assert visitor.page.get_by_role("alert").is_visible()
    assert visitor.page.locator("#from").get_attribute("aria-invalid") == "true"


def test_the_books_are_kept_as_a_file(visit: Any, partner: Partner, cafe: Cafe) -> None:
    visitor = visit()
    home = enter(visitor, partner, cafe)
    visitor.go(f"{home}/books")
    with visitor.page.expect_download() as saving:
        visitor.page.get_by_role("link", name="beancount").click()
    assert saving.value.suggested_filename == "books.beancount"
    assert "Card-clearing" in saving.value.path().read_text().replace(" ", "-")
