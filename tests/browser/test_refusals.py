"""What people see where nothing is to be seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.partner import Partner

WIDE, PHONE = 1200, 360


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("locale", ["en-us", "fr-fr"])
def test_nobody_without_a_session(visit: Any, partner: Partner, words: Any, locale: str, width: int) -> None:
    visitor = visit(locale, width=width)
    assert visitor.go(f"{partner.client.url}/flow/nobody/sales") == 401
    assert visitor.page.locator("h1").inner_text() == words[locale]["errors.session.title"]
    assert visitor.page.locator("html").get_attribute("lang") == locale[:2]
    visitor.see("no-session")
