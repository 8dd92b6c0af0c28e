"""Two partners with a portal each, and a merchant whose sync failed."""

from __future__ import annotations

from daybook.domain.errors import PlatformRejected
from daybook.services import portal_link
from daybook.store import clients
from daybook.store.clients import Client
from daybook.store.companies import Company
from daybook.store.syncs import Sync
from tests.integration.page_calls import Browser, Page
from tests.integration.troubles import open_shop, trouble
from tests.simulation.world import CLIENT, World

OTHER = "00000000-0000-4000-8000-0000000000bb"
UNKNOWN = "019de368-f600-7000-8000-0000000000ff"
PLATFORM = "Sandbox books"


def visited() -> World:
    """A partner's Daybook, beside another partner's."""
    world = World()
    for client_id in (CLIENT, OTHER):
        clients.create(world.table, Client(client_id, "Till Makers"))
    return world


def enter(world: World, browser: Browser, client_id: str = CLIENT, locale: str = "en-us") -> Page:
    """Follow a new link."""
    return browser.get(portal_link.make_portal_link(world.runtime, client_id, locale, "").url)


def failed(world: World) -> tuple[Company, Sync]:
    """A merchant of whose two days one was refused by the books."""
    company, troubles = open_shop(world, days=2), trouble(world)
    troubles.writes = [PlatformRejected(PLATFORM, "The customer <b>is</b> blocked.")]
    return company, world.sync(company)


def place(sync: Sync) -> str:
    """The path of a sync's page."""
    return f"/portal/companies/{sync.company_id}/syncs/{sync.id}"
