"""Setting up as proposed, with accounts and suppliers made on the spot, in every accounting software."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daybook.services.configure import read_configuration
from tests.integration.flow_world import FlowWorld, step_of
from tests.integration.page_calls import Page
from tests.integration.stage_world import STAGES, chosen, errors, is_suggested
from tests.platforms.benches import benches
from tests.platforms.world import Bench


@pytest.fixture(params=benches(), ids=str)
def there(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[FlowWorld]:
    """A merchant whose books are linked and read."""
    bench: Bench = request.param
    started = bench.simulator("GBP", "Europe/London")
    started.start()
    monkeypatch.setattr("daybook.store.scheduler.ensure", lambda *_: None)
    world = FlowWorld(monkeypatch, {bench.key: started})
    page = world.browser.get(world.consent(world.enter(bench.key)))
    while step_of(page):
        page = world.browser.get(step_of(page))
    yield world
    started.stop()


def send(world: FlowWorld, page: Page, **changes: object) -> Page:
    form = next(form for form in page.forms if "version" in dict(form.values))
    return world.browser.submit(page, form, {name.replace("_", "-"): each for name, each in changes.items()})


def test_a_merchant_sets_up(there: FlowWorld) -> None:
    start = f"/flow/{there.company().id}"
    page = there.browser.get(f"{start}/sales")
    assert is_suggested(page, "account-sales")
    assert chosen(page, "tax-20").endswith(("20%", "20"))
    page = send(there, page, create="account-gratuity", new_name_account_gratuity="Staff tips")
    assert chosen(page, "account-gratuity").endswith("Staff tips")
    page = send(there, page, create="customer", new_customer="Passers-by")
    assert chosen(page, "customer") == "Passers-by"
    page = send(there, page)
    page = send(there, page, create="supplier", new_supplier="Terminals Ltd")
    assert chosen(page, "supplier") == "Terminals Ltd"
    for _ in STAGES[1:]:
        assert errors(page) == {}
        page = send(there, page)
    assert page.path == f"{start}/preview"
    done = there.press(page, "/preview")
    assert done.path == f"{start}/done"
    saved = read_configuration(there.runtime, there.company())
    assert (saved["configured"], saved["enabled"]) == (True, True)


def test_why_the_software_refuses_an_account(there: FlowWorld) -> None:
    page = there.browser.get(f"/flow/{there.company().id}/sales")
    taken = chosen(page, "account-sales").split()[0]
    page = send(
        there,
        page,
        create="account-gratuity",
        new_name_account_gratuity="Staff tips",
        new_code_account_gratuity=taken if taken.isdigit() else "9" * 20 + "9",
    )
    assert page.status == 422
    assert list(errors(page)) == ["new-name-account-gratuity"]
