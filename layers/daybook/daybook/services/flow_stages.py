"""The stages of setting up, in their order, and where a merchant stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound, PlatformError
from daybook.domain.flow_rows import TEXT_KEYS
from daybook.frozen import frozen
from daybook.services.flow_entry import accounting_connection, commerce_connection
from daybook.services.flow_setup import FEES, PAGES, PAYMENTS, SALES, SCHEDULE, Setup, read_setup
from daybook.services.integrations import OWN_DATA
from daybook.services.pull_books import is_pulled
from daybook.store.connections import LINKED

if TYPE_CHECKING:
    from daybook.services.flow_link import FlowEntry
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

DONE, CURRENT, AHEAD, SKIPPED = "done", "current", "ahead", "skipped"
_SIDEBAR = "configure-setupSidebar-checkboxes-"
_TITLES = {
    "commerce": f"{_SIDEBAR}connectToCommerce",
    "accounting": f"{_SIDEBAR}connectToAccounting",
    SALES: f"{_SIDEBAR}sales",
    FEES: f"{_SIDEBAR}fees",
    PAYMENTS: f"{_SIDEBAR}payments",
    SCHEDULE: next(key for key in TEXT_KEYS if key.endswith("syncSchedule")),
    "preview": "flow.preview.stage",
}
_SWITCHES = {SALES: "syncSales", FEES: "syncFees", PAYMENTS: "syncPayments"}


@frozen
class Stage:
    """A stage: its key, its page, the key of its title, and done, current, ahead or skipped."""

    key: str
    path: str
    title: str
    state: str


def stages(
    runtime: Runtime, company: Company, entry: FlowEntry, current: str = "", setup: Setup | None = None
) -> tuple[Stage, ...]:
    """The stages of a company's set-up; `current` is the one whose page is shown, else the first not done.

    Where sales are the partner's own data there is nothing to connect, and no stage for it. `setup` is the
    set-up where the caller has read it; without books it has no stage that is done.
    """
    found = [(key, _state(runtime, entry, key)) for key in ("commerce", "accounting")]
    if entry.commerce_key == OWN_DATA:
        found = found[1:]
    linked = all(state == DONE for _, state in found)
    if setup is None and linked:
        setup = _setup(runtime, company)
    found += [(page, _page_state(setup, page) if linked else AHEAD) for page in PAGES]
    found.append(("preview", DONE if setup is not None and linked and not setup.is_open else AHEAD))
    shown = current or next((key for key, state in found if state == AHEAD), "")
    return tuple(
        Stage(key, f"/flow/{company.id}/{key}", _TITLES[key], CURRENT if key == shown else state)
        for key, state in found
    )


def first_page(runtime: Runtime, company: Company) -> str:
    """The page on which a merchant whose books are linked goes on: the first not done, else the settings."""
    setup = _setup(runtime, company)
    if setup is None:
        return f"/flow/{company.id}/accounting"
    return f"/flow/{company.id}/{next_page(setup)}"


def next_page(setup: Setup, after: str = "") -> str:
    """The page that comes next: while setting up the one `after` this, later the first with a problem."""
    if not setup.is_open:
        return next((page for page in PAGES if setup.waits and setup.problems_on(page)), "settings")
    begin = PAGES.index(after) + 1 if after else 0
    if after and begin < len(PAGES) and not setup.is_done(PAGES[begin]):
        return PAGES[begin]
    return next((page for page in PAGES if not setup.is_done(page)), "preview")


def _setup(runtime: Runtime, company: Company) -> Setup | None:
    try:
        return read_setup(runtime, company)
    except (NotFound, PlatformError):  # the books do not answer: their page says so
        return None


def _state(runtime: Runtime, entry: FlowEntry, key: str) -> str:
    find = commerce_connection if key == "commerce" else accounting_connection
    connection = find(runtime, entry)
    if connection is None or connection.status != LINKED:
        return AHEAD
    # Books that were not read yet are read a part at a time on their own page, not here.
    return DONE if key == "commerce" or is_pulled(runtime, connection) else AHEAD


def _page_state(setup: Setup | None, page: str) -> str:
    if setup is None or (setup.is_open and not setup.is_done(page)):
        return AHEAD
    switch = _SWITCHES.get(page)
    return SKIPPED if switch and not setup.chosen[page][switch] else DONE
