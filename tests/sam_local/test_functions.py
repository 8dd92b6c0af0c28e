"""`sam local invoke` of every function with its sample event: the answer, and what it did to the stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local import deploy, samples
from local.api_client import Client, wait_until
from tests.sam_local.conftest import Invoked, Local, functions

ENDED = 2000
ALL_DONE: dict[str, list[object]] = {"batchItemFailures": []}
COMPANY = f"/companies/{samples.COMPANY}"


def body(invoked: Invoked, status: int = 200) -> Any:
    """The JSON that a function of the API answered."""
    assert invoked.answer["statusCode"] == status, invoked
    return json.loads(invoked.answer["body"])


@pytest.fixture
def api(local: Local, key: str) -> Client:
    """The deployed API, which sees what the containers did."""
    return Client(deploy.read_description(local.stack)["apiUrl"], key)


def item(local: Local, *where: str) -> dict[str, Any] | None:
    """An item of the stack's table."""
    table = deploy.read_description(local.stack)["tableName"]
    found = deploy.client(local.stack, "dynamodb").get_item(
        TableName=table, Key={"PK": {"S": where[0]}, "SK": {"S": where[1]}}
    )
    return dict(found["Item"]) if "Item" in found else None


def authorizer(found: Invoked, _: Local, __: Client) -> None:
    statement = found.answer["policyDocument"]["Statement"][0]
    assert statement["Effect"] == "Allow"
    assert found.answer["usageIdentifierKey"] == found.answer["context"]["clientId"] == samples.CLIENT


def companies(found: Invoked, _: Local, api: Client) -> None:
    made = body(found)
    assert made["name"] == "Harbour Cafe"
    assert api.get(f"/companies/{made['id']}")["name"] == "Harbour Cafe"


def configuration(found: Invoked, _: Local, __: Client) -> None:
    shown = body(found)
    assert shown["enabled"] is True
    options = shown["configuration"]["sales"]["accounts"]["sales"]["accountOptions"]
    assert "Sales" in {option["name"] for option in options}


def data(found: Invoked, _: Local, api: Client) -> None:
    path = f"{COMPANY}/data/history/{body(found)['datasetId']}"
    dataset = wait_until(lambda: completed(api, path), "the dataset that was pushed")
    assert (dataset["status"], dataset["dataType"]) == ("Complete", "commerce-customers")


def completed(api: Client, path: str) -> Any:
    dataset = api.get(path)
    return dataset if dataset["isCompleted"] else None


def description(found: Invoked, _: Local, __: Client) -> None:
    assert "/companies" in body(found)["paths"]


def keys(found: Invoked, _: Local, api: Client) -> None:
    made = body(found)
    assert made["name"] == "till server"
    assert Client(api.url, made["apiKey"]).get("/companies")["totalResults"] >= 1


def linking(found: Invoked, _: Local, __: Client) -> None:
    assert found.answer["statusCode"] == 302
    assert found.answer["multiValueHeaders"]["Location"][0].startswith("https://api.freeagent.com/")


def sandbox(found: Invoked, _: Local, __: Client) -> None:
    assert found.answer["statusCode"] == 200
    assert 'option "operating_currency" "GBP"' in found.answer["body"]


def sync_flow(found: Invoked, _: Local, api: Client) -> None:
    assert found.answer["statusCode"] == 200
    assert "otp=" in found.answer["body"]
    names = [each["name"] for each in api.pages("/companies")]
    assert "Harbour Cafe" in names


def syncs(found: Invoked, _: Local, __: Client) -> None:
    assert body(found)["companyId"] == samples.COMPANY


def webhooks(found: Invoked, _: Local, api: Client) -> None:
    made = body(found)
    assert api.get(f"/webhooks/{made['id']}")["url"] == "https://hooks.example.com/daybook"


def dispatcher(found: Invoked, _: Local, __: Client) -> None:
    assert found.answer["failed"] == 0
    assert set(found.answer) >= {"requested", "relayed", "swept"}


def ingest_worker(found: Invoked, _: Local, api: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    dataset = api.get(f"{COMPANY}/data/history/{samples.DATASET}")
    assert dataset["status"] == "Complete"
    orders = api.get(f"{COMPANY}/connections/{samples.SHOP}/data/commerce-orders")["results"]
    assert {"o-1", "o-2"} <= {order["id"] for order in orders}


def push_worker(found: Invoked, _: Local, api: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    path = f"{COMPANY}/sync/commerce/syncs/{samples.SYNC}/status"
    status = wait_until(partial(ended, api, path), "the sync whose documents were pushed")
    assert status["syncStatusCode"] == ENDED
    assert status["dataPushed"] is True


def ended(api: Client, path: str) -> Any:
    status = api.get(path)
    return None if status["syncStatusCode"] < ENDED else status


def sync_worker(found: Invoked, _: Local, __: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    assert "received again" not in found.log


def relay(found: Invoked, _: Local, __: Client) -> None:
    assert found.answer == ALL_DONE, found.log


def eraser(found: Invoked, local: Local, _: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    assert item(local, f"COMPANY#{samples.COMPANY}", f"ERASED#{samples.DELETED}") is None


def notifier(found: Invoked, local: Local, _: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    event = json.loads((Path("events") / "notifier.json").read_text(encoding="utf-8"))["Records"][0]["body"]
    named = json.loads(event)["eventId"]
    assert item(local, f"EVENTS#{samples.COMPANY}", named) is not None


def deliverer(found: Invoked, local: Local, _: Client) -> None:
    assert found.answer == ALL_DONE, found.log
    delivery = item(local, f"DELIVERIES#{samples.WEBHOOK}", samples.DELIVERY)
    assert delivery is not None
    assert delivery["status"]["S"] == "NotDelivered"


def page_of(found: Invoked) -> str:
    assert found.answer["statusCode"] == 200, found
    return str(found.answer["body"])


def flow(found: Invoked, _: Local, __: Client) -> None:
    assert "Sandbox books" in page_of(found)


def books(found: Invoked, _: Local, __: Client) -> None:
    assert f"/flow/{samples.COMPANY}/books/export/books.journal" in page_of(found)


def portal(found: Invoked, _: Local, __: Client) -> None:
    assert "Sample shop" in page_of(found)


def assets(found: Invoked, _: Local, __: Client) -> None:
    """The sample asks for a version of a page's file that there never was."""
    assert body(found, 404)["error"]


RIGHT: dict[str, Callable[[Invoked, Local, Client], None]] = {
    check.__name__: check
    for check in (
        authorizer,
        companies,
        configuration,
        data,
        description,
        keys,
        linking,
        sandbox,
        sync_flow,
        syncs,
        webhooks,
        dispatcher,
        ingest_worker,
        push_worker,
        sync_worker,
        relay,
        eraser,
        notifier,
        deliverer,
        flow,
        books,
        portal,
        assets,
    )
}


@pytest.mark.parametrize("folder", sorted(functions().values()))
def test_the_answer_is_right(folder: str, invoked: dict[str, Invoked], local: Local, api: Client) -> None:
    assert folder in RIGHT, f"say here what is right for {folder}"
    RIGHT[folder](invoked[folder], local, api)
