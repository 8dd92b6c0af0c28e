"""A partner, merchants with browsers, and accounting platforms: the flow from its link to the first stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from daybook import platforms
from daybook.platforms.interface import Platform
from daybook.services import flow_link
from daybook.services.runtime import Runtime, over
from daybook.store import clients
from daybook.store.companies import Company, list_companies
from daybook.store.connections import Connection, list_connections
from daybook.wire.sync_flow import FlowRequest
from tests.integration.api_calls import CountedIds, SteppingClock
from tests.integration.page_calls import ORIGIN, PREFIX, Browser, Page, browser_over
from tests.simulation.memory import MemoryTable
from tests.simulation.test_tokens import Reversing

CLIENT = "client-a"


class StoppedClock(SteppingClock):
    """A clock that is set by hand."""

    def now(self) -> datetime:
        """The instant it is."""
        return self.moment


@dataclass
class FlowWorld:
    """A Daybook with a partner. `simulators` are the platforms set up here, by their keys."""

    monkeypatch: pytest.MonkeyPatch
    simulators: Mapping[str, Any] = field(default_factory=dict)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    runtime: Runtime = field(init=False)
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        """Set it up."""
        credentials = {key: each.credentials() for key, each in self.simulators.items()}
        ids = CountedIds(SteppingClock())
        runtime = over(MemoryTable(), self.clock, ids, Reversing(), lambda: credentials)

        def connect(connection: Connection) -> Platform:
            access = replace(runtime.access.to(connection), wait=lambda _: None)
            return platforms.connect(connection.platform_key, access)

        self.runtime = replace(runtime, connect=connect)
        clients.create(self.runtime.table, clients.Client(CLIENT, "Till Makers", ("till.example",)))
        self.wait(0)
        self.browser = self.new_browser()

    def new_browser(self, language: str = "en") -> Browser:
        """Somebody else's browser."""
        browser = browser_over(
            self.monkeypatch,
            self.runtime,
            flow="/flow/",
            linking="/",
            sandbox="/sandbox/",
        )
        browser.language = language
        return browser

    def wait(self, seconds: float) -> None:
        """Let time pass, here and at the platforms."""
        self.clock.moment += timedelta(seconds=seconds)
        for each in self.simulators.values():
            each.authorisation.now = int(self.clock.moment.timestamp())

    def link(self, accounting: str = "mqjo", **asked: str) -> str:
        """A new link, as the path of it."""
        request = FlowRequest(
            asked.get("merchant", "Harbour Cafe"), asked.get("locale", "en-us"), asked.get("redirect", "")
        )
        base = f"{ORIGIN}{PREFIX}"
        made = flow_link.start_flow(self.runtime, CLIENT, "key", ("lqai", accounting), request, base)
        return made.url.removeprefix(base)

    def enter(self, accounting: str = "mqjo", browser: Browser | None = None, **asked: str) -> Page:
        """Follow a new link."""
        return (browser or self.browser).get(self.link(accounting, **asked))

    def press(self, page: Page, action: str = "", **values: object) -> Page:
        """Send the page's form, other than that of its language."""
        forms = [form for form in page.forms if not form.action.endswith("/language")]
        (form,) = [each for each in forms if each.action.endswith(action)]
        return self.browser.submit(page, form, values)

    def consent(self, page: Page) -> str:
        """Press the page's button, and agree (or decline) at the platform; the path that leads back."""
        away = self.press(page)
        return self.answered(away.headers["Location"])

    def answered(self, address: str) -> str:
        """Where the platform sends a browser that opened its consent page."""
        parts = urlsplit(address)
        there = HTTPConnection(parts.netloc)
        there.request("GET", f"{parts.path}?{parts.query}", headers={"User-Agent": "a browser"})
        back: str = there.getresponse().headers["Location"]
        there.close()
        return back.removeprefix(f"{ORIGIN}{PREFIX}")

    def company(self) -> Company:
        """The newest merchant."""
        return max(list_companies(self.runtime.table, CLIENT), key=lambda each: each.id)

    def books(self) -> Connection:
        """The newest connection to a merchant's books."""
        found = list_connections(self.runtime.table, self.company().id)
        return max((each for each in found if each.source_type == "Accounting"), key=lambda each: each.id)


def step_of(page: Page) -> str:
    """Where a page of progress goes by itself when there is no script; "" where it stays."""
    marker = 'http-equiv="refresh" content="0;url='
    if marker not in page.html:
        return ""
    address = page.html.split(marker)[1].partition('"')[0]
    return address.removeprefix(PREFIX)


def query_of(page: Page) -> dict[str, str]:
    """What stands in the address of a page."""
    return dict(parse_qsl(urlsplit(page.path).query))
