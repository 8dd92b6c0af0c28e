"""A schedule of the deployed application, not a call, runs a merchant's sync."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.api_client import Client, Json, wait_until
from local.merchant import Choices, Merchant, balances

ACCOUNTS = {
    "sales": "Sales",
    "card": "Card clearing",
    "cash": "Cash on hand",
    "invoice": "Accounts receivable",
    "paymentFee": "Payment fees",
}
ZONE, HOUR = "Asia/Kathmandu", 3
WRITTEN = 2000


def test_a_schedule_runs_the_sync_of_a_company_that_is_due(
    client: Client, aws: Callable[[str], Any], deployed: dict[str, Any]
) -> None:
    merchant = Merchant.create(client, "Scheduled Cafe", ["shop"], {"timeZone": ZONE})
    start = datetime.now(UTC) - timedelta(days=5)
    merchant.configure(Choices(ACCOUNTS, start=start.isoformat(), zone=ZONE, sync_hour=HOUR))
    merchant.wait_for([merchant.push("shop", "orders", [sale(start + timedelta(days=2))])])
    scheduler = aws("scheduler")
    name = f"{ZONE.replace('/', '.')}-{HOUR:02}"
    made = scheduler.get_schedule(Name=name, GroupName=deployed["scheduleGroup"])
    assert made["ScheduleExpression"] == f"cron(0 {HOUR} * * ? *)"
    assert made["ScheduleExpressionTimezone"] == ZONE
    assert syncs(merchant) == []

    # The hour itself may be most of a day away: let the company have been due before, and have the same
    # target struck in a moment.
    let_it_be_due(aws("dynamodb"), deployed["tableName"], merchant.company_id)
    soon = datetime.now(UTC) + timedelta(seconds=5)
    scheduler.create_schedule(
        Name=f"test-{merchant.company_id}",
        GroupName=deployed["scheduleGroup"],
        ScheduleExpression=f"at({soon.strftime('%Y-%m-%dT%H:%M:%S')})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=made["Target"],
        ActionAfterCompletion="DELETE",
    )
    ended = wait_until(lambda: ended_sync(merchant), "the scheduled sync", seconds=180)
    assert ended["syncStatusCode"] == WRITTEN
    assert balances(merchant.books())["GBP", "Card clearing"] == 15
    assert len(syncs(merchant)) == 1


def sale(moment: datetime) -> Json:
    """An order paid by card."""
    when = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    payment = {
        "id": "p-1",
        "amount": 15,
        "currency": "GBP",
        "type": "Card",
        "status": "Paid",
        "createdDate": when,
    }
    return {
        "id": "o-1",
        "orderNumber": "1",
        "currency": "GBP",
        "createdDate": when,
        "totalAmount": 15,
        "orderLineItems": [{"id": "1", "quantity": 1, "totalAmount": 15, "totalTaxAmount": 0}],
        "payments": [payment],
    }


def let_it_be_due(table: Any, name: str, company_id: str) -> None:
    """Move the instant a company is next due at to a day earlier."""
    key = {"PK": {"S": f"COMPANY#{company_id}"}, "SK": {"S": "DUE"}}
    item = table.get_item(TableName=name, Key=key)["Item"]
    due = datetime.fromisoformat(item["GSI1SK"]["S"].partition("#")[0]) - timedelta(days=1)
    item["GSI1SK"] = {"S": f"{due.strftime('%Y-%m-%dT%H:%M:%SZ')}#{company_id}"}
    table.put_item(TableName=name, Item=item)


def syncs(merchant: Merchant) -> list[Json]:
    """Every sync of the merchant."""
    found: list[Json] = merchant.client.get(
        f"/companies/{merchant.company_id}/sync/commerce/syncs/list/status"
    )
    return found


def ended_sync(merchant: Merchant) -> Json:
    """The merchant's sync, once it has ended."""
    return next((each for each in syncs(merchant) if each["syncStatusCode"] not in (1000, 1010)), None)
