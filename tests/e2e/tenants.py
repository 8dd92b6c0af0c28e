"""A client with something of everything: what another client must not reach. And a client to try it with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from local import admin, deploy
from local.api_client import Client, wait_until
from local.merchant import Choices, Merchant
from local.settings import LocalStack

ACCOUNTS = {
    "sales": "Sales",
    "cash": "Cash on hand",
    "card": "Card clearing",
    "invoice": "Accounts receivable",
    "paymentFee": "Payment fees",
}
SHOP = "shop"


@dataclass(frozen=True)
class Tenant:
    """A client, its merchant, and the ids of what it has, by the names of path parameters.

    `mark` stands in every text that is the tenant's own, so that any leak shows it. `commerce` and `ledger`
    are its two connections.
    """

    client: Client
    client_id: str
    mark: str
    merchant: Merchant
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def commerce(self) -> str:
        return self.merchant.shops[SHOP]

    @property
    def ledger(self) -> str:
        return self.merchant.books_connection

    def told(self) -> set[str]:
        """Every text that nobody else may be told."""
        return {self.mark, self.client.key, self.commerce, self.ledger, *self.ids.values()}


def new_client(stack: LocalStack, deployed: dict[str, Any], name: str) -> tuple[Client, str]:
    """A new client of the stack, and its id."""
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    made = admin.create_client(target, name)
    return Client(deployed["apiUrl"].rstrip("/"), made.api_key), made.client_id


def order(mark: str) -> dict[str, Any]:
    """An order paid in cash, marked wherever it holds a text of the partner's."""
    return {
        "id": f"{mark}-order",
        "orderNumber": f"{mark} 1",
        "currency": "GBP",
        "createdDate": "2026-03-02T10:00:00Z",
        "closedDate": "2026-03-02T10:00:00Z",
        "totalAmount": 12,
        "totalTaxAmount": 0,
        "orderLineItems": [
            {"id": "1", "quantity": 1, "unitPrice": 12, "totalAmount": 12, "taxAmount": 0, "name": mark}
        ],
        "payments": [
            {"id": f"{mark}-payment", "amount": 12, "currency": "GBP", "type": "Cash", "status": "Paid"}
        ],
    }


def is_over(client: Client, ids: dict[str, str]) -> bool:
    """Whether the webhook's delivery is not tried any more."""
    path = f"/webhooks/{ids['webhook_id']}/deliveries/{ids['delivery_id']}"
    return bool(client.get(path)["status"] != "Pending")


def settle(client: Client, client_id: str) -> Tenant:
    """Give a client a company with records, a finished sync, documents, books, texts, a key and a webhook."""
    mark = f"zebra{secrets.token_hex(6)}"
    merchant = Merchant.create(client, f"Shop {mark}", [SHOP])
    merchant.configure(Choices(accounts=ACCOUNTS))
    company = f"/companies/{merchant.company_id}"
    dataset = merchant.push(SHOP, "orders", [order(mark)])
    others = [
        merchant.push(SHOP, "customers", [{"id": f"{mark}-order", "customerName": mark}]),
        merchant.push(SHOP, "locations", [{"id": f"{mark}-order", "name": mark}]),
    ]
    merchant.wait_for([dataset, *others])
    status = merchant.historic("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")
    assert status["syncStatusCode"] == 2000, status
    account = client.post(
        f"{company}/connections/{merchant.books_connection}/push/accounts",
        {"name": mark, "nominalCode": mark[-6:], "type": "Expense"},
    )
    made = account["changes"][0]["recordRef"]["id"]
    webhook = client.post("/webhooks", {"url": f"https://{mark}.example.com/", "disabled": True})
    # Nobody has this name, so the attempt fails; a test event is tried once.
    delivery = client.post(f"/webhooks/{webhook['id']}/test")
    written = client.get(f"{company}/push")["results"]
    ids = {
        "company_id": merchant.company_id,
        "dataset_id": dataset,
        "sync_id": status["syncId"],
        "key": next(each["pushOperationKey"] for each in written if each["dataType"] == "invoices"),
        "record_id": f"{mark}-order",
        "item_id": made,
        "account_id": made,
        "key_id": client.post("/apiKeys", {"name": mark})["id"],
        "client_id": client_id,
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
    }
    wait_until(partial(is_over, client, ids), "the delivery's end")
    return Tenant(client, client_id, mark, merchant, ids)
