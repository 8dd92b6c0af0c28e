"""Commerce data in and out, and a ledger's data, through their function (specification: api, operations)."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.records import DATA_TYPES
from daybook.services.erase import erase_company, erase_connection
from daybook.services.ingest import ingest_dataset
from daybook.services.runtime import Runtime
from daybook.store import configurations, records
from tests.configuration_bodies import nested
from tests.integration.api_calls import Answer, Caller, api_over

UNKNOWN = "00000000-0000-7000-8000-000000000000"
PUBLISHED_STATUSES = {"Queued", "Processing", "Complete", "ValidationError", "InternalError"}
RECORDS: dict[str, dict[str, Any]] = {
    "orders": {
        "id": "1",
        "currency": "GBP",
        "createdDate": "2026-03-01T12:00:00Z",
        "totalAmount": 12.5,
        "orderLineItems": [{"id": "l", "quantity": 1, "totalAmount": 12.5, "totalTaxAmount": 0}],
    },
    "payments": {
        "id": "1",
        "currency": "GBP",
        "amount": 5,
        "status": "paid",
        "createdDate": "2026-03-01T12:00:00Z",
    },
    "transactions": {
        "id": "1",
        "currency": "GBP",
        "totalAmount": -1,
        "type": "paymentfee",
        "createdDate": "2026-03-01T12:00:00Z",
    },
    "products": {"id": "1", "name": "Tea"},
    "locations": {"id": "1", "name": "Shop"},
    "taxComponents": {"id": "1", "name": "VAT", "rate": 0.2},
    "paymentMethods": {"id": "1", "name": "Cash", "status": "active"},
    "productCategories": {"id": "1", "name": "Drinks"},
    "customers": {"id": "1", "customerName": "Ada"},
    "disputes": {
        "id": "1",
        "currency": "GBP",
        "totalAmount": 5,
        "status": "lost",
        "createdDate": "2026-03-01T12:00:00Z",
        "sourceModifiedDate": "2026-03-02T12:00:00Z",
    },
}


class Shop:
    """A company with its connections, and the workers run by hand."""

    def __init__(self, call: Caller, runtime: Runtime) -> None:
        self.call, self.runtime = call, runtime
        company = call("POST", "/meta/companies/sync", {"name": "Shop"}).body
        self.id: str = company["id"]
        self.own: str = company["dataConnections"][0]["id"]

    def push(self, data_type: str, body: object, method: str = "POST", **more: Any) -> Answer:
        return self.call(method, f"/companies/{self.id}/data/commerce-{data_type}", body, **more)

    def ingest(self, answer: Answer) -> dict[str, Any]:
        ingest_dataset(self.runtime, self.id, answer.body["datasetId"])
        path = f"/companies/{self.id}/data/history/{answer.body['id']}"
        body: dict[str, Any] = self.call("GET", path).body
        return body

    def read(self, data_type: str, suffix: str = "") -> Answer:
        return self.call(
            "GET", f"/companies/{self.id}/connections/{self.own}/data/commerce-{data_type}{suffix}"
        )

    def link(self) -> str:
        path = f"/companies/{self.id}/connections"
        connection: str = self.call("POST", path, "mqjo").body["id"]
        self.call("PUT", f"{path}/{connection}/authorization", {})
        return connection


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(*api_over(monkeypatch, ("companies", "data", "syncs")))


@pytest.mark.parametrize("data_type", DATA_TYPES)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_every_type_goes_in_and_comes_back(shop: Shop, data_type: str, method: str) -> None:
    answer = shop.push(data_type, [RECORDS[data_type]], method)
    assert answer.status == 200
    assert answer.body["id"] == answer.body["datasetId"]
    assert (answer.body["dataType"], answer.body["connectionId"]) == (f"commerce-{data_type}", shop.own)
    assert (answer.body["status"], answer.body["isCompleted"], answer.body["progress"]) == (
        "Queued",
        False,
        0,
    )
    done = shop.ingest(answer)
    assert (done["status"], done["isErrored"], done["isCompleted"]) == ("Complete", False, True)
    assert (done["progress"], done["accepted"], done["errorMessage"]) == (100, 1, None)
    page = shop.read(data_type).body
    assert page["totalResults"] == 1
    assert page["results"] == [shop.read(data_type, "/1").body]
    assert page["results"][0]["id"] == "1"
    assert shop.read(data_type, "?query=id%3D1").body["results"] == page["results"]
    assert shop.read(data_type, "?query=id!=1").body["totalResults"] == 0
    assert shop.read(data_type, "/2").status == 404


@pytest.mark.parametrize("name", ["commerce-products", "products", "Commerce-Products"])
def test_the_older_path_takes_the_older_body(shop: Shop, name: str) -> None:
    body = {"ContractVersion": "1", "Products": [RECORDS["products"]]}
    answer = shop.call("POST", f"/data/companies/{shop.id}/sync/{name}", body)
    assert shop.ingest(answer)["accepted"] == 1


def test_pushes_to_a_named_connection(shop: Shop) -> None:
    second = shop.call("POST", f"/companies/{shop.id}/connections", "lqai").body["id"]
    path = f"/companies/{shop.id}/connections/{second}/data/commerce-orders"
    shop.ingest(shop.call("POST", path, [RECORDS["orders"]]))
    assert shop.call("GET", path).body["totalResults"] == 1
    assert shop.read("orders").body["totalResults"] == 0
    ledger = shop.link()
    for connection in (ledger, UNKNOWN, "x"):
        path = f"/companies/{shop.id}/connections/{connection}/data/commerce-orders"
        expected = 400 if connection == ledger else 404
        assert shop.call("POST", path, [RECORDS["orders"]]).status == expected
        assert shop.call("GET", path).status == expected


def test_good_records_are_kept_and_bad_ones_named(shop: Shop) -> None:
    good = [{**RECORDS["orders"], "id": f"o{number}"} for number in range(20)]
    bad = [
        {"id": "bad-1", "currency": "GBP"},
        {**RECORDS["orders"], "id": "bad-2", "totalAmount": 1.234},
        "text",
    ]
    done = shop.ingest(shop.push("orders", [*good, *bad]))
    assert (done["status"], done["isErrored"], done["accepted"], done["refused"]) == (
        "Complete",
        False,
        20,
        3,
    )
    assert done["errorMessage"].startswith("3 of 23 records")
    errors = done["validation"]["errors"]
    assert [error["itemId"] for error in errors] == ["bad-1", "bad-2", "[22]"]
    assert all(error["message"] for error in errors)
    refused = shop.ingest(shop.push("orders", bad))
    assert (refused["status"], refused["isErrored"]) == ("ValidationError", True)
    again = shop.ingest(shop.push("orders", good))
    assert (again["status"], again["ignored"]) == ("Complete", 20)


@pytest.mark.parametrize("body", [None, {}, "text", 5, {"a": [], "b": []}])
def test_refuses_a_body_that_holds_no_records(shop: Shop, body: object) -> None:
    answer = shop.push("orders", body)
    assert answer.status == 400
    assert answer.body["validation"]["errors"]


def test_refuses_an_unknown_type(shop: Shop) -> None:
    assert shop.push("invoices", []).status == 400
    assert shop.read("invoices").status == 400


def test_a_company_without_commerce_connection_is_told_so(shop: Shop) -> None:
    company = shop.call("POST", "/companies", {"name": "Bare"}).body["id"]
    answer = shop.call("POST", f"/companies/{company}/data/commerce-orders", [])
    assert answer.status == 400
    assert "lqai" in answer.body["error"]


def test_five_thousand_gzipped_orders_pass_and_one_more_does_not(shop: Shop) -> None:
    padding = {"note": "x" * 1100}
    orders = [{**RECORDS["orders"], "id": str(number), **padding} for number in range(5001)]
    raw = json.dumps(orders[:5000]).encode()
    assert len(raw) > 6_000_000
    assert shop.push("orders", None, raw=gzip.compress(raw), encoding="gzip").status == 200
    too_many = shop.push("orders", None, raw=gzip.compress(json.dumps(orders).encode()), encoding="gzip")
    assert too_many.status == 413
    assert "5000" in too_many.body["error"].replace(",", "")
    plain = shop.push("orders", None, raw=raw)
    assert plain.status == 413
    assert "gzip" in plain.body["error"]


def test_amounts_come_back_exactly(shop: Shop) -> None:
    shop.ingest(shop.push("orders", [{**RECORDS["orders"], "totalAmount": "0.10", "orderLineItems": []}]))
    assert shop.read("orders", "/1").body["totalAmount"] == Decimal("0.1")


def test_a_transaction_is_found_by_its_own_id(shop: Shop) -> None:
    fee, payment = RECORDS["transactions"], {**RECORDS["transactions"], "type": "Payment"}
    shop.ingest(shop.push("transactions", [fee, payment]))
    assert shop.read("transactions").body["totalResults"] == 2
    assert shop.read("transactions", "/1").body["id"] == "1"
    shop.ingest(shop.push("transactions", [{"id": "1"}]))
    assert shop.read("transactions", "/1").status == 404
    assert shop.read("transactions").body["totalResults"] == 0


def test_dataset_history_with_its_filters_in_both_spellings(shop: Shop) -> None:
    for data_type in ("orders", "products"):
        shop.ingest(shop.push(data_type, [RECORDS[data_type]]))
    shop.push("orders", [RECORDS["orders"]])
    for path in (f"/companies/{shop.id}/data/history", f"/meta/companies/{shop.id}/pull/history"):
        page = shop.call("GET", path).body
        assert [row["dataType"] for row in page["results"]] == [
            "commerce-orders",
            "commerce-products",
            "commerce-orders",
        ]
        assert {row["status"] for row in page["results"]} <= PUBLISHED_STATUSES
        for filters, count in (
            ("?dataType=commerce-orders", 2),
            ("?dataType=commerce-orders&status=Complete", 1),
            ("?query=status%3DQueued", 1),
            ("?query=dataType%3Dcommerce-orders%26%26status%3DComplete", 1),
            ("?status=InternalError", 0),
        ):
            assert shop.call("GET", path + filters).body["totalResults"] == count
        one = page["results"][0]
        assert shop.call("GET", f"{path}/{one['id']}").body == one
        assert shop.call("GET", f"{path}/{UNKNOWN}").status == 404
        assert shop.call.as_client("client-b")("GET", path).status == 404


def test_the_ledgers_data(shop: Shop) -> None:
    for kind in ("accounts", "taxRates", "customers", "suppliers", "bankAccounts", "info"):
        refused = shop.call("GET", f"/companies/{shop.id}/data/{kind}")
        assert (refused.status, "linked" in refused.body["error"]) == (400, True)
    ledger = shop.link()
    for kind in ("accounts", "taxRates", "customers", "suppliers", "bankAccounts"):
        for path in (f"/companies/{shop.id}/data", f"/companies/{shop.id}/connections/{ledger}/data"):
            page = shop.call("GET", f"{path}/{kind}?pageSize=3").body
            assert page["results"]
            one = page["results"][0]
            assert shop.call("GET", f"{path}/{kind}/{one['id']}").body == one
            assert shop.call("GET", f"{path}/{kind}/nope").status == 404
    info = shop.call("GET", f"/companies/{shop.id}/data/info").body
    assert (info["baseCurrency"], info["ledgerLockDate"]) == ("GBP", None)
    assert shop.call("GET", f"/companies/{shop.id}/data/nothing").status == 404
    assert shop.call("GET", f"/companies/{shop.id}/connections/{shop.own}/data/accounts").status == 400
    rates = shop.call("GET", f"/companies/{shop.id}/data/taxRates?query=effectiveTaxRate%3D9.975").body
    assert [rate["effectiveTaxRate"] for rate in rates["results"]] == [Decimal("9.975")]


def test_refreshing_and_how_up_to_date_things_are(shop: Shop) -> None:
    assert shop.call("GET", f"/companies/{shop.id}/dataStatus").body == {}
    assert shop.call("POST", f"/companies/{shop.id}/data/all").status == 400
    ledger = shop.link()
    assert (shop.call("POST", f"/companies/{shop.id}/data/all").status) == 204
    path = f"/companies/{shop.id}/data/queue"
    queued = shop.call("POST", f"{path}/chartOfAccounts?connectionId={ledger}").body
    assert (queued["dataType"], queued["status"]) == ("chartOfAccounts", "Complete")
    assert shop.call("POST", f"/companies/{shop.id}/data/info").body["dataType"] == "company"
    assert shop.call("POST", f"{path}/commerce-orders").body["status"] == "Complete"
    assert shop.call("POST", f"{path}/nonsense").status == 400
    status = shop.call("GET", f"/companies/{shop.id}/dataStatus").body
    assert {"chartOfAccounts", "taxRates", "customers", "suppliers", "company", "bankAccounts"} < set(status)
    for name, row in status.items():
        assert row["dataType"] == name
        assert row["lastSuccessfulSync"]
    assert status["chartOfAccounts"]["latestSyncId"] == queued["id"]


def test_adds_an_account_to_the_ledger(shop: Shop) -> None:
    path = f"/companies/{shop.id}/connections/{{}}/push/accounts?timeoutInMinutes=5"
    asked = {
        "name": "Deposits taken",
        "nominalCode": "2199",
        "type": "Liability",
        "currentBalance": 1.1,
        "description": None,
    }
    assert shop.call("POST", path.format(shop.own), asked).status == 400
    ledger = shop.link()
    pushed = shop.call("POST", path.format(ledger), asked)
    assert (pushed.status, pushed.body["status"], pushed.body["statusCode"]) == (200, "Success", 200)
    assert (pushed.body["dataType"], pushed.body["data"]["name"]) == ("chartOfAccounts", "Deposits taken")
    accounts = shop.call("GET", f"/companies/{shop.id}/data/accounts?query=nominalCode%3D2199").body[
        "results"
    ]
    assert accounts == [pushed.body["data"]]
    history = shop.call("GET", f"/companies/{shop.id}/push").body["results"]
    assert history == [pushed.body]
    key = pushed.body["pushOperationKey"]
    assert shop.call("GET", f"/companies/{shop.id}/push/{key}").body == pushed.body
    again = shop.call("POST", path.format(ledger), asked)
    assert (again.status, "already" in again.body["error"]) == (400, True)
    wrong = shop.call("POST", path.format(ledger), {"name": "x", "type": "Revenue"})
    assert [error["itemId"] for error in wrong.body["validation"]["errors"]] == ["$.type"]


def test_what_the_source_knows_of_the_company(shop: Shop) -> None:
    path = f"/companies/{shop.id}/connections/{shop.own}/data/commerce-info"
    assert shop.call("GET", path).body["companyName"] == "Shop"


def test_removing_a_source_removes_its_records(shop: Shop) -> None:
    shop.ingest(shop.push("orders", [RECORDS["orders"]]))
    waiting = shop.push("products", [RECORDS["products"]])
    shop.call("DELETE", f"/companies/{shop.id}/connections/{shop.own}")
    assert shop.read("orders").status == 404
    assert shop.ingest(waiting)["status"] == "ValidationError"
    assert erase_connection(shop.runtime, shop.id, shop.own, lambda: True)
    assert not list(records.iterate(shop.runtime.table, shop.id, shop.own, "orders"))
    assert not list(records.iterate(shop.runtime.table, shop.id, shop.own, "products"))


def test_removing_a_ledger_resets_the_configuration(shop: Shop) -> None:
    ledger = shop.link()
    configurations.save(shop.runtime.table, shop.id, nested(), None, "2026-03-01T00:00:00Z")
    shop.call("DELETE", f"/companies/{shop.id}/connections/{ledger}")
    stored = configurations.current(shop.runtime.table, shop.id)
    assert stored is not None
    assert (stored.version, stored.body["enable"]) == (2, False)


def test_deleting_a_company_erases_its_records_and_configuration(shop: Shop) -> None:
    shop.ingest(shop.push("orders", [RECORDS["orders"]]))
    shop.push("products", [RECORDS["products"]])
    configurations.save(shop.runtime.table, shop.id, nested(), None, "2026-03-01T00:00:00Z")
    assert shop.call("DELETE", f"/companies/{shop.id}").status == 204
    assert erase_company(shop.runtime, shop.id, lambda: True)
    assert configurations.current(shop.runtime.table, shop.id) is None
    for data_type in DATA_TYPES:
        assert not list(records.iterate(shop.runtime.table, shop.id, shop.own, data_type))
    kept = [item for rows in shop.runtime.table._items.values() for item in rows.values()]  # type: ignore[attr-defined]
    assert not [item for item in kept if "Tea" in str(item) or item.get("part")]
