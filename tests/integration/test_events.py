"""Events of syncs, written with the change that causes them."""

from __future__ import annotations

import pytest

from daybook.domain.errors import AuthorisationLost, PlatformRejected
from daybook.store import connections
from tests.integration.troubles import open_shop, raised, trouble
from tests.simulation.world import World


@pytest.fixture
def world() -> World:
    return World()


def test_a_document_that_was_written_and_one_that_was_refused(world: World) -> None:
    company = open_shop(world, days=2)
    trouble(world).writes = [PlatformRejected("Sandbox books", "The period is closed.")]
    sync = world.sync(company)
    told = [each.body["detail"] for each in raised(world, "PushOperationStatusChanged")]
    assert {each["status"] for each in told} == {"Success", "Failed"}
    assert {each["syncId"] for each in told} == {sync.id}
    documents = {stored.key for stored in world.runtime.documents.newest_first(company.id)}
    assert {each["pushOperationKey"] for each in told} == documents
    (ended,) = raised(world, "SyncFailed")
    assert ended.body["detail"]["stage"] == "Pushing"


def test_access_that_is_lost_is_told_of_once(world: World) -> None:
    company = open_shop(world)
    lost = AuthorisationLost("Sandbox books", "Access was taken away.")
    trouble(world).writes = [lost]
    world.sync(company)
    (told,) = raised(world, "connection.disconnected")
    connection = told.body["detail"]["connection"]
    assert connection["status"] == "Deauthorized"
    assert "Access was taken away." in connection["dataConnectionErrors"][0]["errorMessage"]
    kept = connections.get(world.table, company.id, connection["id"])
    assert kept.status == "Deauthorized"


def test_a_status_changes_only_from_what_was_seen(world: World) -> None:
    company = world.open_company()
    seen = connections.get(world.table, company.id, world.ledgers[company.id])
    assert connections.change_status(world.table, seen, status="Unlinked") is not None
    assert connections.change_status(world.table, seen, status="Deauthorized") is None
    assert connections.get(world.table, company.id, seen.id).status == "Unlinked"
