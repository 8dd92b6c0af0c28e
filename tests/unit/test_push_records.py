"""What a push accepts and refuses, and what its dataset says afterwards."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest

from daybook.domain.errors import BadRequest, NotFound, TooLarge
from daybook.services.erase import erase_connection
from daybook.services.ingest import push_records
from daybook.store import connections, datasets, erasure, outbox
from tests.simulation.shop import COMPANY, SHOP, Shop, order, payment, transaction

NOON = "2026-03-01T12:00:00Z"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_push_is_kept_at_once_with_its_message(shop: Shop) -> None:
    dataset = shop.push("orders", order("o1", NOON))
    assert (dataset.status, dataset.received, dataset.connection_id) == ("Queued", 1, SHOP)
    assert datasets.get(shop.table, COMPANY, dataset.id) == dataset
    (message,) = outbox.unsent(shop.table, before="9999")
    assert (message.queue, message.group) == ("ingest", COMPANY)
    assert message.body == {"version": 1, "companyId": COMPANY, "datasetId": dataset.id}
    assert shop.standing() == {}


@pytest.mark.parametrize(
    "body",
    [
        [{"id": "c1", "name": "Tea"}],
        {"ProductCategories": [{"id": "c1", "name": "Tea"}], "ContractVersion": "9.3.1"},
        {"productcategories": [{"id": "c1", "name": "Tea"}], "others": []},
        {"anything": [{"id": "c1", "name": "Tea"}]},
    ],
    ids=str,
)
def test_an_array_or_an_object_that_holds_one(shop: Shop, body: Any) -> None:
    dataset = push_records(shop.runtime, COMPANY, None, "productCategories", json.dumps(body).encode())
    assert shop.write(dataset).accepted == 1
    assert shop.standing() == {("productCategories", "c1"): {"id": "c1", "name": "Tea"}}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"5",
        b"null",
        b'"[]"',
        b'{"a":[],"b":[]}',
        b'{"id":"p","variants":[]}',
        b"[" * 100_000,
        b"[NaN]",
        b'[{"id":"1","id":"2"}]',
        b'["\\ud800"]',
        b"\xef\xbb\xbf[]",
        b"\xff\xfe",
        b"[1e99999]",
    ],
)
def test_a_body_that_holds_no_records_is_refused(shop: Shop, raw: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        push_records(shop.runtime, COMPANY, None, "products", raw)
    assert refused.value.problems[0].item == "$"
    assert list(outbox.unsent(shop.table, before="9999")) == []


def test_five_thousand_records_are_the_most(shop: Shop) -> None:
    bodies = [{"id": str(number)} for number in range(5001)]
    assert shop.push("customers", *bodies[:5000]).received == 5000
    with pytest.raises(TooLarge, match="at most 5000"):
        shop.push("customers", *bodies)


def test_records_go_to_the_oldest_own_connection_or_the_one_named(shop: Shop) -> None:
    shop.connect("second")
    assert shop.push("orders").connection_id == "second" if SHOP > "second" else SHOP
    assert shop.push("orders", to="second").connection_id == "second"
    shop.connect("books", "mqjo", "Accounting")
    with pytest.raises(BadRequest, match="commerce"):
        shop.push("orders", to="books")
    with pytest.raises(NotFound):
        shop.push("orders", to="nowhere")
    with pytest.raises(NotFound):
        shop.push("invoices")
    with pytest.raises(NotFound):
        push_records(shop.runtime, "nobody", None, "orders", b"[]")
    for connection in ("second", SHOP):
        connections.delete(shop.table, COMPANY, connection)
    with pytest.raises(BadRequest, match="lqai"):
        shop.push("orders")


def test_bad_records_are_named_and_the_good_ones_kept(shop: Shop) -> None:
    bodies = [
        order("good", NOON),
        order("late", "yesterday"),
        "not a record",
        {"currency": "GBP"},
        order("odd", NOON, totalAmount=1.005),
    ]
    dataset = shop.send("orders", *bodies)
    assert (dataset.status, dataset.progress) == ("Complete", 100)
    assert (dataset.received, dataset.accepted, dataset.ignored, dataset.refused) == (5, 1, 0, 4)
    assert [error["itemId"] for error in dataset.errors] == ["late", "[2]", "[3]", "odd"]
    assert dataset.errors[0]["message"].startswith("createdDate must be")
    assert dataset.errors[3]["message"].startswith("totalAmount has more decimals than GBP")
    assert set(shop.standing()) == {("orders", "good")}


def test_a_dataset_fails_only_when_all_of_it_was_refused(shop: Shop) -> None:
    assert shop.send("orders", order("o1", "never"), 5).status == "ValidationError"
    assert shop.send("orders").status == "Complete"
    assert shop.send("orders", order("o1", NOON)).status == "Complete"
    again = shop.send("orders", order("o1", NOON))
    assert (again.status, again.accepted, again.ignored) == ("Complete", 0, 1)


def test_a_record_too_large_for_its_item_is_refused_by_name(shop: Shop) -> None:
    noise = base64.b64encode(os.urandom(400_000)).decode()
    dataset = shop.send("orders", order("huge", NOON, note=noise), order("small", NOON))
    assert (dataset.accepted, dataset.errors[0]["itemId"]) == (1, "huge")
    assert "too large" in dataset.errors[0]["message"]


def test_the_end_of_a_dataset_is_an_event(shop: Shop) -> None:
    dataset = shop.send("orders", order("o1", NOON))
    shop.write(dataset)
    events = [each for each in outbox.unsent(shop.table, before="9999") if each.queue == "events"]
    assert [each.body["detail"]["datasetStatus"] for each in events] == ["Complete"]
    assert events[0].body["detail"]["datasetId"] == dataset.id


def test_records_of_a_deleted_connection_are_not_written(shop: Shop) -> None:
    dataset = shop.push("orders", order("o1", NOON))
    connections.delete(shop.table, COMPANY, SHOP)
    assert shop.write(dataset).status == "ValidationError"
    assert shop.standing() == {}


def test_a_connection_deleted_meanwhile_leaves_no_records(shop: Shop) -> None:
    dataset = shop.push("orders", order("o1", NOON))

    def delete(operation: str) -> None:
        if operation == "put":
            shop.memory.after = lambda _: None
            connections.delete(shop.table, COMPANY, SHOP)

    datasets.start(shop.table, dataset)
    shop.memory.after = delete
    shop.write(dataset)
    assert [each for each in outbox.unsent(shop.table, before="9999") if each.queue == "erase"]
    erase_connection(shop.runtime, COMPANY, SHOP, lambda: True)
    assert shop.standing() == {}


def test_erasing_a_connection_removes_its_records(shop: Shop) -> None:
    shop.send("orders", order("o1", NOON, payment("p1", NOON)))
    shop.send("transactions", transaction("p1", "Payment", NOON, ("Order", "o1")))
    assert erasure.empty_connection(shop.table, COMPANY, SHOP, lambda: True)
    assert shop.standing() == {}
    left = {item["PK"].partition("#")[0] for item in shop.memory.everything()}
    assert not left & {"RECORD", "LINK", "DAY", "DATASETS", "BODIES"}
