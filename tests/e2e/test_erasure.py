"""A deleted company is erased by the deployed application: the whole table is looked through."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.api_client import ApiError, Client, wait_until
from local.merchant import Choices, Merchant

NAME = f"Zinnia {secrets.token_hex(8)}"
ACCOUNTS = {
    "sales": "Sales",
    "card": "Card clearing",
    "cash": "Cash on hand",
    "invoice": "Accounts receivable",
    "paymentFee": "Payment fees",
}
NOT_FOUND = 404


def test_a_deleted_company_is_erased(
    client: Client, aws: Callable[[str], Any], deployed: dict[str, Any]
) -> None:
    merchant = Merchant.create(client, NAME, ["shop"], {})
    start = datetime.now(UTC) - timedelta(days=5)
    merchant.wait_for([merchant.push("shop", "orders", [sale(number, start) for number in range(300)])])
    merchant.configure(Choices(ACCOUNTS, start=start.isoformat(), zone="Etc/UTC", sync_hour=0))
    path = f"/companies/{merchant.company_id}"
    client.post(f"{path}/sync/commerce/latest", {})
    client.call("DELETE", path)
    with pytest.raises(ApiError) as refused:
        client.get(path)
    assert refused.value.status == NOT_FOUND
    table, name = aws("dynamodb"), deployed["tableName"]
    key = {"PK": {"S": f"CLIENT#{deployed['clientId']}"}, "SK": {"S": f"COMPANY#{merchant.company_id}"}}

    def families() -> set[str]:
        """What names the company or the person, by the first word of its partition."""
        pages = table.get_paginator("scan").paginate(TableName=name)
        items = [item for page in pages for item in page["Items"]]
        found = [item for item in items if any(word in repr(item) for word in (merchant.company_id, NAME))]
        return {item["PK"]["S"].partition("#")[0] for item in found}

    # All but what leads to the rest, until what is under way has ended.
    first = {"CLIENT", "COMPANY", "DATES", "EVENTS", "DELIVERIES", "OUTBOX"}
    wait_until(lambda: families() <= first, "the first look through the company", seconds=120)

    # Both waits are over: what was under way, and what tells the client of the deletion.
    item = table.get_item(TableName=name, Key=key)["Item"]
    item["deletedAt"] = {"S": (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    table.put_item(TableName=name, Item=item)
    message = {"version": 1, "companyId": merchant.company_id, "connectionId": ""}
    queue = deployed["queues"]["erase"]
    aws("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(message), MessageGroupId="tests")
    wait_until(
        lambda: table.get_item(TableName=name, Key=key)["Item"]["erasedAt"]["S"], "the erasure", seconds=120
    )
    assert families() <= {"CLIENT", "COMPANY", "DELIVERIES"}


def sale(number: int, moment: datetime) -> dict[str, Any]:
    """An order of a person, paid in cash."""
    when = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    paid = {"id": f"p-{number}", "amount": 15, "currency": "GBP", "type": "Cash", "status": "Paid"}
    return {
        "id": f"o-{number}",
        "currency": "GBP",
        "createdDate": when,
        "totalAmount": 15,
        "customerRef": {"id": "c", "name": NAME},
        "orderLineItems": [{"id": "1", "quantity": 1, "totalAmount": 15, "totalTaxAmount": 0}],
        "payments": [{**paid, "createdDate": when}],
    }
