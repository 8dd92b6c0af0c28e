"""A person at a browser: one context of Chromium, one page, and everything that went wrong on it.

Wherever a visitor looks at a page, axe-core looks too, and a picture is taken. What the browser complained of
(script errors, the content security policy, answers of 5xx) is counted against whoever opened the visitor.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

from local.settings import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

SCREENS = ROOT / ".artefacts" / "screens"
MOST_BYTES = 60_000
NARROW = 360
_GRAVE = ("serious", "critical")
# WCAG 2.2 A and AA and what axe-core calls good practice; in dark only colours are new.
_LIGHT: dict[str, Any] = {"resultTypes": ["violations"]}
_DARK: dict[str, Any] = {**_LIGHT, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
_ASSETS = ("stylesheet", "script", "image", "font")
# Chromium says so of every page that is answered with 4xx; the tests ask for the status themselves.
_REFUSAL = re.compile(r"the server responded with a status of 4\d\d")

# What reaches beyond the screen, or beyond the card it is in, and is in nothing that scrolls.
_OUTSIDE = """[...document.querySelectorAll("main *")].filter(each => {
  const box = each.getBoundingClientRect();
  if (!box.width || !each.checkVisibility()) return false;
  if (each.closest(".scroll, pre, svg, .visually-hidden, select")) return false;
  const card = each.closest(".card, main").getBoundingClientRect();
  return box.right > Math.min(card.right, innerWidth) + 1;
}).map(each => each.outerHTML.slice(0, 120))"""


@dataclass
class Tally:
    """What was looked at in a run, and what was found."""

    looked: Counter[str] = field(default_factory=Counter)
    states: set[str] = field(default_factory=set)
    lesser: list[str] = field(default_factory=list)
    grave: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    narrow: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    axe: str = ""
    lines: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """It, as one process may hand it to another."""
        return {**asdict(self), "looked": dict(self.looked)}

    def take(self, plain: dict[str, Any]) -> None:
        """Add what another process looked at."""
        other = Tally(**plain)
        self.looked.update(other.looked)
        self.states |= other.states
        self.lesser += other.lesser
        self.grave += other.grave
        for name, weight in other.weights.items():
            self.weights[name] = max(weight, self.weights.get(name, 0))
        self.narrow |= other.narrow
        self.pictures |= other.pictures
        self.axe = self.axe or other.axe
        self.lines += other.lines


TALLY = Tally()


@dataclass
class Visitor:
    """Somebody at a browser, who speaks `locale` ("en-us" or "fr-fr")."""

    context: BrowserContext
    page: Page
    locale: str
    scripts: bool
    width: int
    status: int = 0
    policy: str = ""
    troubles: list[str] = field(default_factory=list)
    _assets: dict[str, Request] = field(default_factory=dict)
    _document: Request | None = None

    def watch(self) -> None:
        """Write down from now on what the browser complains of and what it loads."""
        self.context.on("console", self._complained)
        self.context.on("weberror", self._failed)
        self.page.on("response", self._answered)

    def go(self, url: str) -> int:
        """Open a page; the status it is answered with."""
        response = self.page.goto(url)
        assert response is not None
        return response.status

    def see(self, name: str) -> None:
        """Look at a page (`name` tells which, and in which state) as axe-core, a ruler and a camera do."""
        self.page.wait_for_load_state()
        assert self.status < 500, f"{name} is answered with {self.status}"
        self._photograph(name)
        self._fits(name)
        if self.scripts:
            self._is_accessible(name)
        self._is_light(name)

    def _fits(self, name: str) -> None:
        widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        wanted, there_is = self.page.evaluate(widths)
        assert wanted <= there_is, f"{name} is {wanted} px wide on a screen of {there_is}"
        outside = self.page.evaluate(_OUTSIDE)
        assert not outside, f"{name} is cut off at {there_is} px: {outside}"
        if there_is <= NARROW:
            TALLY.narrow.add(name)

    def _is_accessible(self, name: str) -> None:
        """Once for each language; a page's colours are the same in every language."""
        state = f"{name} in {self.locale}"
        if f"{state} (light)" not in TALLY.looked:
            self._axe(name, f"{state} (light)", _LIGHT)
        if not any(each.startswith(f"{name} in ") and each.endswith("(dark)") for each in TALLY.looked):
            self.page.emulate_media(color_scheme="dark")
            self._axe(name, f"{state} (dark)", _DARK)
            self._photograph(f"{name}.dark")
            self.page.emulate_media(color_scheme="light")

    def _axe(self, name: str, state: str, options: dict[str, Any]) -> None:
        found = Axe().run(self.page, options=options).response
        TALLY.axe = found["testEngine"]["version"]
        TALLY.looked[state] += 1
        TALLY.states.add(name)
        grave = []
        for each in found["violations"]:
            told = f"{state}: {each['id']}, {each['impact']}: {_places(each)}"
            (grave if each["impact"] in _GRAVE else TALLY.lesser).append(told)
        TALLY.grave += grave
        assert not grave, "\n".join(grave)

    def _is_light(self, name: str) -> None:
        """The page with all it loads, as a browser that was never here before gets it."""
        requests = [*self._assets.values(), *([self._document] if self._document else [])]
        weight = sum(_transferred(each) for each in requests)
        TALLY.weights[name] = max(weight, TALLY.weights.get(name, 0))
        assert weight < MOST_BYTES, f"{name} transfers {weight} bytes"

    def _photograph(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        narrow = f".{self.width}" if self.width <= NARROW else ""
        plain = "" if self.scripts else ".no-script"
        path = SCREENS / f"{name}.{self.locale[:2]}{narrow}{plain}.png"
        if path.name in TALLY.pictures:
            return
        TALLY.pictures.add(path.name)
        self.page.screenshot(path=path, full_page=True)

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.resource_type == "document" and request.frame == self.page.main_frame:
            self.status, self._document = response.status, request
            self.policy = response.headers.get("content-security-policy", self.policy)
        elif request.resource_type in _ASSETS:
            self._assets.setdefault(request.url, request)
        if response.status >= 500:
            self.troubles.append(f"{response.status} {request.method} {request.url}")

    def _complained(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSAL.search(message.text):
            self.troubles.append(f"console: {message.text} at {self.page.url}")

    def _failed(self, error: WebError) -> None:
        self.troubles.append(f"script: {error.error}")


def _transferred(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def _places(violation: dict[str, Any]) -> str:
    return "; ".join(f"{node['target']} {node.get('html', '')[:160]}" for node in violation["nodes"][:4])
