"""A merchant in the stages of the flow: linked to Sandbox books, with or without records."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from daybook.services.configure import read_configuration
from daybook.services.ingest import ingest_dataset, push_records
from daybook.services.sandbox import update_account
from daybook.store import configurations, flow_settings
from daybook.wire.sandbox import AccountUpdate
from tests.integration.flow_world import CLIENT, FlowWorld, step_of
from tests.integration.page_calls import Page

STAGES = ("sales", "fees", "payments", "schedule")


class StageWorld(FlowWorld):
    """A Daybook with one merchant, whose browser is past the progress of reading the books."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, locale: str = "en-us", redirect: str = "", **more: Any
    ) -> None:
        super().__init__(monkeypatch, **more)
        self.schedules: list[tuple[str, int]] = []
        monkeypatch.setattr(
            "daybook.store.scheduler.ensure", lambda zone, hour: self.schedules.append((zone, hour))
        )
        page = self.enter(locale=locale, redirect=redirect)
        page = self.press(page)
        while step_of(page):
            page = self.browser.get(step_of(page))
        self.id = self.company().id

    def show(self, stage: str) -> Page:
        """A page of the flow."""
        return self.browser.get(f"/flow/{self.id}/{stage}")

    def send(self, stage: str, **changes: object) -> Page:
        """Press the button of a stage's page, with other values in some fields; dashes are underscores."""
        page = self.show(stage)
        assert page.path.split("?")[0].endswith(f"/{stage}"), page.path
        return self.submit(page, **changes)

    def submit(self, page: Page, **changes: object) -> Page:
        """Send a page that is at hand."""
        fields = {name.replace("_", "-"): value for name, value in changes.items()}
        form = next(form for form in page.forms if "version" in dict(form.values))
        return self.browser.submit(page, form, fields)

    def through(self, last: str = "schedule", **changes: object) -> Page:
        """Every stage up to this one as proposed; `changes` are for the last."""
        page = self.show("sales")
        for stage in STAGES[: STAGES.index(last) + 1]:
            page = self.send(stage, **(changes if stage == last else {}))
        return page

    def start(self) -> Page:
        """Set up everything as proposed, and say yes."""
        return self.press(self.through(), "/preview")

    def push(self, records: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Push records and have them written."""
        for data_type, body in records:
            raw = json.dumps([body], default=str).encode()
            dataset = push_records(self.runtime, self.id, None, data_type, raw)
            ingest_dataset(self.runtime, self.id, dataset.id)

    def saved(self) -> dict[str, Any]:
        """The configuration as the API answers it."""
        return read_configuration(self.runtime, self.company())

    def version(self) -> int:
        """How often a configuration was saved."""
        stored = configurations.current(self.runtime.table, self.id)
        return stored.version if stored else 0

    def account(self, name: str) -> str:
        """The id of an account by its name."""
        data = self.runtime.platform_for(self.books()).reference_data()
        return next(each.id for each in data.accounts if each.name == name)

    def archive(self, name: str) -> None:
        """Archive an account in the books."""
        update_account(self.runtime, self.company(), self.account(name), AccountUpdate(status="Archived"))

    def hide_all_rows(self) -> None:
        """The client shows the required rows only."""
        flow_settings.choose_visible_accounts(self.runtime.table, CLIENT, "mqjo", [])


def chosen(page: Page, field: str) -> str:
    """What is chosen in a list, as it is read."""
    found = re.search(r"selected>([^<]*)<", select(page, field))
    return html.unescape(found[1]) if found else ""


def options(page: Page, field: str) -> list[str]:
    """Everything that can be chosen in a list."""
    return [html.unescape(text) for text in re.findall(r"<option[^>]*>([^<]*)<", select(page, field))][1:]


def select(page: Page, field: str) -> str:
    """A list's own HTML."""
    found = re.search(rf'<select id="{re.escape(field)}".*?</select>', page.html, re.DOTALL)
    assert found is not None, f"no list {field}"
    return found[0]


def is_suggested(page: Page, field: str) -> bool:
    """Whether what is chosen is told to be a proposal, also to who hears the page."""
    note = f'{field}-suggested"'
    return f'id="{note}' in page.html and f"{field}-suggested" in select(page, field)


def errors(page: Page) -> dict[str, str]:
    """What stands in red beside the fields, by field."""
    found = re.findall(r'<p class="field-error" id="([^"]+)-error">(.*?)</p>', page.html, re.DOTALL)
    return {field: " ".join(re.sub(r"<[^>]*>", "", text).split()) for field, text in found}


def summary(page: Page) -> list[tuple[str, str]]:
    """The summary of problems: where each leads, and what it says."""
    found = re.search(r'<div class="problems".*?</div>', page.html, re.DOTALL)
    if found is None:
        return []
    items = re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL)
    return [
        (link[1] if (link := re.search(r'href="#([^"]+)"', item)) else "", re.sub(r"<[^>]*>", "", item))
        for item in items
    ]
