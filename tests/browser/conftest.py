"""A browser to look at the deployed application with; without one these tests say that they did not run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local import browser as chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from local.api_client import Client
    from tests.browser.partner import Partner
    from tests.browser.visitor import Visitor

_HERE = Path(__file__).parent
_WORDS = Path(__file__).parents[2] / "layers" / "daybook" / "daybook" / "web"
WIDE = 1200
_LANGUAGES = {"en-us": "en-GB", "fr-fr": "fr-FR"}
# Nothing is asked of anybody but the stack. Root has no sandbox.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=en-GB",
)
_PATIENCE = (
    20_000  # milliseconds: a busy machine is slow, and a test that waits for nothing has failed anyway
)

Visit = Callable[..., "Visitor"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run nothing here without a browser."""
    if chromium.find() is None:
        for item in items:
            if _HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a process of several: hand over what was looked at."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None and chromium.find() is not None:
        from tests.browser.visitor import TALLY

        output["browser"] = TALLY.plain()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what such a process looked at."""
    found = getattr(node, "workeroutput", {}).get("browser")
    if found:
        from tests.browser.visitor import TALLY

        TALLY.take(found)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was looked at."""
    write = terminalreporter.write_line
    if chromium.find() is None:
        write(f"browser: NOT run, {chromium.MISSING}")
        return
    from tests.browser.visitor import TALLY

    for line in TALLY.lines:
        write(f"browser: {line}")
    if not TALLY.looked:
        return
    write(
        f"browser: axe-core {TALLY.axe} looked at {len(TALLY.states)} pages and states "
        f"{TALLY.looked.total()} times, in both languages, in light and dark: "
        f"{len(TALLY.grave)} serious or critical, "
        f"{len(TALLY.lesser)} lesser findings"
    )
    for line in TALLY.lesser[:20]:
        write(f"browser: {line}")
    heaviest = max(TALLY.weights, key=lambda name: TALLY.weights[name])
    write(
        f"browser: {len(TALLY.weights)} pages and states weighed, the heaviest {heaviest} with "
        f"{TALLY.weights[heaviest] / 1000:.1f} kB of 60 transferred; {len(TALLY.narrow)} fit 360 px"
    )
    write(f"browser: {len(TALLY.pictures)} pictures in .artefacts/screens")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=list(_FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Somebody at a browser of their own, however many a test needs; what went wrong there fails the test."""
    from tests.browser.visitor import Visitor

    opened: list[Visitor] = []

    def begin(locale: str = "en-us", *, scripts: bool = True, width: int = WIDE) -> Visitor:
        context = browser.new_context(
            locale=_LANGUAGES[locale],
            timezone_id="Europe/London",
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            color_scheme="light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(_PATIENCE)
        visitor = Visitor(context, context.new_page(), locale, scripts, width)
        visitor.watch()
        opened.append(visitor)
        return visitor

    yield begin
    for visitor in opened:
        visitor.context.close()
    troubles = [trouble for visitor in opened for trouble in visitor.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def partner(client: Client) -> Partner:
    """The client of the stack, with a name for a new merchant of its own."""
    from tests.browser.partner import Partner

    return Partner(client)


@pytest.fixture(scope="session")
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text of the pages, by locale and key."""
    return {locale: _words(locale) for locale in _LANGUAGES}


def _words(locale: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (_WORDS / "texts" / f"{locale}.json", *sorted((_WORDS / "words" / locale).glob("*.json"))):
        found.update(json.loads(path.read_text(encoding="utf-8")))
    return found
