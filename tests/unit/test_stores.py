"""What the store promises of clients, keys, companies, connections, configurations, datasets and messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from daybook.domain.errors import BadRequest, Conflict, NotFound
from daybook.store import clients, companies, configurations, connections, datasets, keys, outbox
from daybook.store.table import Absent, ConditionFailed, Put
from tests.simulation.memory import MemoryTable

NOW = "2026-03-01T12:00:00Z"


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable(page_items=2)


def key(number: int, client_id: str = "c") -> keys.ApiKey:
    return keys.ApiKey(client_id, f"k{number:02}", f"key {number}", f"digest-{number}", NOW)


def company(company_id: str = "co", client_id: str = "c", **changes: str) -> companies.Company:
    return companies.Company(company_id, client_id, "Quay", tags={"a": "b"}, created=NOW, **changes)


def connection(connection_id: str = "x") -> connections.Connection:
    return connections.Connection(
        connection_id, "co", "i", "lqai", "Own data", "Commerce", "s", "Linked", NOW, errors=({"a": "b"},)
    )


def dataset(dataset_id: str = "d1") -> datasets.Dataset:
    return datasets.Dataset(dataset_id, "co", "x", "orders", datasets.QUEUED, NOW, received=3)


def just_before(table: MemoryTable, operation: str, happens: Callable[[], object]) -> None:
    """Let something else happen just before the next operation of this name."""

    def before(name: str) -> None:
        if name == operation:
            table.before = lambda _: None
            happens()

    table.before = before


def test_a_client_is_kept_once(table: MemoryTable) -> None:
    client = clients.Client("c", "Till Ltd", ("till.example",))
    clients.create(table, client)
    assert clients.get(table, "c") == client
    with pytest.raises(ConditionFailed):
        clients.create(table, client)
    with pytest.raises(NotFound):
        clients.get(table, "d")


def test_keys_are_found_by_digest_listed_and_revoked(table: MemoryTable) -> None:
    clients.create(table, clients.Client("c", "Till Ltd"))
    for number in range(3):
        keys.create_key(table, key(number))
    assert keys.find_key(table, "digest-1") == key(1)
    assert keys.list_keys(table, "c") == [key(0), key(1), key(2)]
    keys.delete_key(table, "c", "k01")
    assert keys.find_key(table, "digest-1") is None
    assert keys.list_keys(table, "c") == [key(0), key(2)]
    with pytest.raises(NotFound):
        keys.delete_key(table, "c", "k01")
    with pytest.raises(NotFound):
        keys.create_key(table, key(9, "nobody"))


def test_a_client_has_between_one_and_ten_keys_even_when_two_ask_at_once(table: MemoryTable) -> None:
    clients.create(table, clients.Client("c", "Till Ltd"))
    for number in range(9):
        keys.create_key(table, key(number))
    just_before(table, "transact", lambda: keys.create_key(table, key(10)))
    with pytest.raises(BadRequest, match="at most 10"):
        keys.create_key(table, key(11))
    for number in range(8):
        keys.delete_key(table, "c", f"k{number:02}")
    just_before(table, "transact", lambda: keys.delete_key(table, "c", "k08"))
    with pytest.raises(BadRequest, match="last"):
        keys.delete_key(table, "c", "k10")
    assert keys.list_keys(table, "c") == [key(10)]


def test_another_clients_company_is_an_unknown_one(table: MemoryTable) -> None:
    companies.create(table, company())
    assert companies.get(table, "c", "co") == company()
    assert companies.find(table, "co") == company()
    for client_id, company_id in (("d", "co"), ("c", "cx")):
        with pytest.raises(NotFound):
            companies.get(table, client_id, company_id)
    with pytest.raises(NotFound):
        companies.find(table, "cx")


def test_a_merchant_has_one_company(table: MemoryTable) -> None:
    merchant = company(merchant_identifier="m 1")
    companies.create(table, merchant)
    with pytest.raises(Conflict):
        companies.create(table, company("other", merchant_identifier="m 1"))
    assert companies.find_merchant(table, "c", "m 1") == merchant
    assert companies.find_merchant(table, "c", "co") == merchant
    assert companies.find_merchant(table, "d", "m 1") is None
    assert companies.find_merchant(table, "c", "") is None
    companies.delete(table, merchant, "2026-03-02T09:00:00Z")
    assert companies.find_merchant(table, "c", "m 1") is None
    companies.create(table, company("other", merchant_identifier="m 1"))


def test_companies_are_listed_changed_and_erased(table: MemoryTable) -> None:
    for number in range(5):
        companies.create(table, company(f"co{number}"))
    companies.update(table, replace(company("co1"), name="Pier", tags={}))
    companies.delete(table, company("co3"), "2026-03-02T09:00:00Z")
    listed = list(companies.list_companies(table, "c"))
    assert [(each.id, each.name) for each in listed] == [
        ("co0", "Quay"),
        ("co1", "Pier"),
        ("co2", "Quay"),
        ("co4", "Quay"),
    ]
    with pytest.raises(NotFound):
        companies.get(table, "c", "co3")
    with pytest.raises(Conflict):
        companies.create(table, company("co3"))
    with pytest.raises(NotFound):
        companies.update(table, company("nobody"))
    with pytest.raises(NotFound):
        companies.delete(table, company("nobody"), "2026-03-02T09:00:00Z")


def test_connections_are_kept_and_changed_in_part(table: MemoryTable) -> None:
    connections.create(table, connection("x"), connections.creation(connection("y")))
    changed = connections.update(table, "co", "y", status="Unlinked", connection_info={"a": "b"}, errors=())
    assert changed == replace(connection("y"), status="Unlinked", connection_info={"a": "b"}, errors=[])
    assert [each.id for each in connections.list_connections(table, "co")] == ["x", "y"]
    connections.delete(table, "co", "x")
    for call in (connections.get, connections.delete, connections.update):
        with pytest.raises(NotFound):
            call(table, "co", "x")


def test_every_version_of_a_configuration_is_kept(table: MemoryTable) -> None:
    assert configurations.current(table, "co") is None
    bodies = [{"rate": Decimal("9.975")}, {"rate": 20, "names": ["é"]}]
    assert configurations.save(table, "co", bodies[0], None, NOW) == 1
    assert configurations.save(table, "co", bodies[1], 1, NOW) == 2
    assert configurations.current(table, "co") == configurations.StoredConfiguration(2, bodies[1], NOW)
    assert configurations.get(table, "co", 1).body == bodies[0]
    for expected in (None, 1):
        with pytest.raises(Conflict):
            configurations.save(table, "co", {}, expected, NOW)
    with pytest.raises(NotFound):
        configurations.get(table, "co", 3)


def test_a_configuration_is_saved_with_what_goes_with_it_or_not_at_all(table: MemoryTable) -> None:
    configurations.save(table, "co", {"a": 1}, None, NOW)
    taken = Put({"PK": "P", "SK": "1"}, Absent())
    table.transact([taken])
    with pytest.raises(ConditionFailed):
        configurations.save(table, "co", {"a": 2}, 1, NOW, taken)
    current = configurations.current(table, "co")
    assert current is not None
    assert current.body == {"a": 1}


def test_a_datasets_body_lies_in_parts_until_it_is_done(table: MemoryTable) -> None:
    body = bytes(range(256)) * 4000
    message = outbox.outbox_put("ingest", "co", {"companyId": "co"}, "d1", NOW)
    datasets.create(table, dataset(), body, 1_800_000_000, message)
    started = datasets.start(table, datasets.get(table, "co", "d1"))
    assert started.status == datasets.PROCESSING
    assert datasets.read_body(table, started) == body
    errors = [{"itemId": str(number), "message": "no"} for number in range(150)]
    done = replace(started, status=datasets.COMPLETE, accepted=2, refused=1, errors=errors, progress=100)
    datasets.complete(table, done)
    datasets.complete(table, replace(done, accepted=0))
    kept = datasets.get(table, "co", "d1")
    assert (kept.accepted, kept.status, len(kept.errors)) == (2, datasets.COMPLETE, 100)
    with pytest.raises(NotFound):
        datasets.read_body(table, kept)
    assert datasets.start(table, dataset()) == kept


def test_datasets_are_listed_newest_first(table: MemoryTable) -> None:
    for number in range(5):
        datasets.create(table, dataset(f"d{number}"), b"", 0)
    assert [each.id for each in datasets.newest_first(table, "co")] == ["d4", "d3", "d2", "d1", "d0"]
    with pytest.raises(NotFound):
        datasets.get(table, "cx", "d1")


def test_messages_wait_until_they_are_sent(table: MemoryTable) -> None:
    body = {"companyId": "co", "amount": Decimal("1.50")}
    table.transact(
        [
            outbox.outbox_put("sync", "co", body, "m2", "2026-03-01T12:00:02Z", deduplication="same"),
            outbox.event_put("SyncCompleted", {"companyId": "co"}, "m1", "2026-03-01T12:00:01Z"),
            outbox.outbox_put("sync", "co", body, "m3", "2026-03-01T12:00:03Z"),
        ]
    )
    waiting = list(outbox.unsent(table, before="2026-03-01T12:00:03Z"))
    assert [each.id for each in waiting] == ["m1", "m2"]
    assert waiting[0].body == {"companyId": "co", "event": "SyncCompleted", "detail": {"companyId": "co"}}
    assert (waiting[1].body, waiting[1].deduplication) == ({**body, "amount": Decimal("1.5")}, "same")
    outbox.sent(table, waiting[0])
    assert [each.id for each in outbox.unsent(table, before="9999")] == ["m2", "m3"]
