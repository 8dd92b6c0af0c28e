"""What people see where nothing is to be seen: links that do not open, addresses that are none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.partner import Partner

WIDE, PHONE = 1200, 360


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("locale", ["en-us", "fr-fr"])
def test_an_address_that_is_none(visit: Any, partner: Partner, words: Any, locale: str, width: int) -> None:
    visitor = visit(locale, width=width)
    assert visitor.go(f"{partner.client.url}/flow/nobody/sales") in (401, 404)
    assert visitor.page.locator("h1").inner_text() in {
        words[locale]["errors.401.title"],
        words[locale]["errors.404.title"],
    }
    assert visitor.page.locator("html").get_attribute("lang") == locale[:2]
    visitor.see("not-found")
