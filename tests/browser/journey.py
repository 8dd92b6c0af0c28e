"""A merchant's way from the one-time link to the first day in the books, however they work the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Locator

    from tests.browser.hands import Hands
    from tests.browser.visitor import Visitor

SANDBOX_NAME = "Sandbox books"
STAGES = ("sales", "fees", "payments", "schedule")


@dataclass
class Journey:
    """A merchant at the pages of the flow; `words` are the texts in the language they read."""

    visitor: Visitor
    hands: Hands
    words: Mapping[str, str]

    def text(self, key: str, **values: str) -> str:
        """A text of the pages."""
        return self.words[key].format(**values) if values else self.words[key]

    def button(self, key: str, **values: str) -> Locator:
        """A button by its text."""
        return self.visitor.page.get_by_role("button", name=self.text(key, **values), exact=True)

    def link(self, key: str, **values: str) -> Locator:
        """A link by its text."""
        return self.visitor.page.get_by_role("link", name=self.text(key, **values), exact=True)

    def is_at(self, stage: str) -> None:
        """Wait for a page of the flow."""
        expect(self.visitor.page).to_have_url(re.compile(rf"/flow/[^/]+/{stage}(\?.*)?$"))

    def press(self, key: str, **values: str) -> None:
        """Press a button."""
        self.hands.press(self.button(key, **values))

    def follow(self, key: str, **values: str) -> None:
        """Follow a link."""
        self.hands.press(self.link(key, **values))

    def go_on(self) -> None:
        """On to the next question."""
        self.press("configure-misc-nextButton")

    def reads(self, key: str, **values: str) -> None:
        """Wait for the heading of a page."""
        heading = self.visitor.page.get_by_role("heading", level=1, name=self.text(key, **values), exact=True)
        expect(heading).to_be_visible()

    def connect(self, name: str = SANDBOX_NAME) -> None:
        """Connect the books, and see them read."""
        self.reads("link.accounting.title", platform=name)
        self.visitor.see("connect")
        self.press("link.accounting.button", platform=name)
        self.reads("link.progress.done.title", platform=name)
        self.visitor.see("connected")
        self.follow("configure-misc-nextButton")

    def answer_sales(self) -> None:
        """Take what is suggested for sales, and choose an account that is not."""
        self.is_at("sales")
        self.visitor.see("sales")
        refund = self.visitor.page.get_by_label(self.text("configure-content-sales-accounts-entries-refund"))
        self.hands.choose(refund, _option(refund, "Refunds"))
        self.go_on()

    def answer_money(self) -> None:
        """Take what is suggested for fees and payments."""
        for stage in ("fees", "payments"):
            self.is_at(stage)
            self.visitor.see(stage)
            self.go_on()

    def answer_schedule(self, yesterday: datetime) -> None:
        """From the day before yesterday."""
        self.is_at("schedule")
        self.visitor.see("schedule")
        self.hands.write(
            self.visitor.page.locator("#start"), (yesterday - timedelta(days=1)).date().isoformat()
        )
        self.go_on()

    def say_yes(self) -> None:
        """See a day's entries, and begin."""
        self.is_at("preview")
        self.reads("flow.preview.title")
        self.visitor.see("preview")
        self.press("flow.preview.yes")

    def set_up(self, yesterday: datetime) -> None:
        """All of it."""
        self.connect()
        self.answer_sales()
        self.answer_money()
        self.answer_schedule(yesterday)
        self.say_yes()
        self.is_at("done")
        self.reads("flow.done.title")
        self.visitor.see("done")

    def sync_now(self) -> None:
        """From the settings."""
        self.follow("flow.done.settings")
        self.reads("settings.title")
        self.press("settings.sync")
        expect(self.visitor.page.get_by_text(self.text("settings.notice.started"))).to_be_visible()


def _option(control: Locator, name: str) -> str:
    """The text of the option with this name in it."""
    labels: list[str] = control.evaluate("list => [...list.options].map(each => each.label.trim())")
    return next(label for label in labels if name in label)
