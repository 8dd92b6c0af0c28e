"""Nothing passes on the local stack that AWS would refuse (the quotas of each service's developer guide)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.api_client import ApiError, Client, encode
from local.generator import generate
from local.merchant import Merchant

KILOBYTE = 1024
ITEM = 400 * KILOBYTE
MESSAGE = 1024 * KILOBYTE
INVOCATION = 6 * 1024 * KILOBYTE
TRANSACTION_ACTIONS = 100
API_SECONDS = 29
SHOP = "high-street"

Aws = Callable[[str], Any]


def text(size: int) -> str:
    return "x" * size


def item_bytes(value: Any) -> int:
    """The size of an item or a part of it as DynamoDB counts, names included, rounded up."""
    if isinstance(value, dict):
        return 3 + sum(len(name.encode()) + 1 + item_bytes(part) for name, part in value.items())
    if isinstance(value, list):
        return 3 + sum(1 + item_bytes(part) for part in value)
    if isinstance(value, bytes):
        return len(value)
    return len(str(value).encode())


def stored_items(aws: Aws, table: str) -> Iterator[dict[str, Any]]:
    for page in aws("dynamodb").get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


@pytest.fixture(scope="module")
def pushed(client: Client) -> Merchant:
    """A merchant with as many orders as one request may hold."""
    merchant = Merchant.create(client, "As large as it gets", [SHOP])
    orders = generate(orders=8600).latest[SHOP, "orders"][:5000]
    merchant.wait_for([merchant.push(SHOP, "orders", orders)])
    return merchant


def test_an_item_is_too_large(aws: Aws, deployed: dict[str, Any]) -> None:
    item = {"PK": {"S": "LIMIT"}, "SK": {"S": "LIMIT"}, "body": {"S": text(ITEM)}}
    with pytest.raises(ClientError, match="Item size"):
        aws("dynamodb").put_item(TableName=deployed["tableName"], Item=item)


def test_a_transaction_has_too_many_actions(aws: Aws, deployed: dict[str, Any]) -> None:
    puts = [
        {
            "Put": {
                "TableName": deployed["tableName"],
                "Item": {"PK": {"S": "LIMIT"}, "SK": {"S": str(number)}},
            }
        }
        for number in range(TRANSACTION_ACTIONS + 1)
    ]
    with pytest.raises(ClientError, match="less than or equal to 100"):
        aws("dynamodb").transact_write_items(TransactItems=puts)


def test_a_message_is_too_large(aws: Aws, deployed: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="shorter than"):
        aws("sqs").send_message(QueueUrl=deployed["queues"]["ingest"], MessageBody=text(MESSAGE + 1))


def test_an_event_is_too_large(aws: Aws, deployed: dict[str, Any]) -> None:
    detail = json.dumps({"text": text(MESSAGE)})
    entry = {
        "EventBusName": deployed["eventBusName"],
        "Source": "tests",
        "DetailType": "Limit",
        "Detail": detail,
    }
    with pytest.raises(ClientError, match="size"):
        aws("events").put_events(Entries=[entry])


def test_a_request_is_too_large_once_it_is_base64(client: Client, pushed: Merchant) -> None:
    path = f"/companies/{pushed.company_id}/data/commerce-customers"
    within = encode([{"id": "1", "customerName": text(INVOCATION * 3 // 4 - 80 * KILOBYTE)}])
    beyond = encode([{"id": "1", "customerName": text(INVOCATION * 3 // 4)}])
    with pytest.raises(ApiError) as refused:
        client.call("POST", path, beyond)
    assert refused.value.status == 413
    assert refused.value.body["statusCode"] == 413
    assert refused.value.body["service"] == "Daybook"
    with pytest.raises(ApiError) as accepted:
        client.call("POST", path + "-unknown", within)
    assert accepted.value.status != 413


def test_an_answer_as_large_as_it_gets_is_small_and_fast_enough(client: Client, pushed: Merchant) -> None:
    path = f"/companies/{pushed.company_id}/connections/{pushed.shops[SHOP]}/data/commerce-orders"
    started = time.monotonic()
    status, body = client.send("GET", f"{path}?page=1&pageSize=2000", b"", {"Accept-Encoding": "identity"})
    assert status == 200
    assert len(body) < INVOCATION
    assert time.monotonic() - started < API_SECONDS


@pytest.mark.usefixtures("pushed")
def test_every_stored_item_keeps_a_distance_from_the_limit(aws: Aws, deployed: dict[str, Any]) -> None:
    largest = max(stored_items(aws, deployed["tableName"]), key=item_bytes)
    assert item_bytes(largest) < ITEM, largest["PK"]


def test_a_client_that_asks_too_often_is_told_so(client: Client, aws: Aws, deployed: dict[str, Any]) -> None:
    gateway = aws("apigateway")
    plan = gateway.get_usage_plan(usagePlanId=deployed["usagePlanId"])["throttle"]
    limit(gateway, deployed["usagePlanId"], rate=1, burst=1)
    try:
        refusals = [refused for refused in (refusal_of_companies(client) for _ in range(5)) if refused]
    finally:
        limit(gateway, deployed["usagePlanId"], rate=plan["rateLimit"], burst=plan["burstLimit"])
    assert {(refused.status, refused.body["canBeRetried"]) for refused in refusals} == {(429, "True")}


def refusal_of_companies(client: Client) -> ApiError | None:
    try:
        client.get("/companies")
    except ApiError as refused:
        return refused
    return None


def limit(gateway: Any, plan: str, *, rate: float, burst: int) -> None:
    operations = [
        {"op": "replace", "path": "/throttle/rateLimit", "value": str(rate)},
        {"op": "replace", "path": "/throttle/burstLimit", "value": str(burst)},
    ]
    gateway.update_usage_plan(usagePlanId=plan, patchOperations=operations)
