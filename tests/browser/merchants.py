"""Merchants who are set up already, by the API: what settings, books and the portal show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from local.demo import ACCOUNTS, TAXES
from local.merchant import Choices, Merchant
from tests.browser.partner import SHOP, WRITTEN, Partner, Trade, trade_of, yesterday

if TYPE_CHECKING:
    from local.api_client import Client


@dataclass(frozen=True)
class Cafe:
    """A merchant, what was sold yesterday, and the sync that wrote it."""

    name: str
    merchant: Merchant
    trade: Trade
    sync_id: str

    @property
    def company_id(self) -> str:
        return self.merchant.company_id


def open_cafe(client: Client, name: str = "Copper Kettle") -> Cafe:
    """A cafe whose yesterday is in its Sandbox books."""
    merchant = Merchant.create(client, name, [SHOP])
    Partner(client).push_catalogue(merchant)
    merchant.configure(_choices())
    cafe = _sync(name, merchant)
    assert merchant_status(cafe) == WRITTEN
    return cafe


def fail_cafe(client: Client, name: str) -> Cafe:
    """A cafe whose day is not written, for an order does not add up; `mend` puts it right."""
    merchant = Merchant.create(client, name, [SHOP])
    Partner(client).push_catalogue(merchant)
    merchant.configure(_choices())
    cafe = _sync(name, merchant, wrong=1)
    assert merchant_status(cafe) > WRITTEN
    return cafe


def mend(cafe: Cafe) -> None:
    """Push the orders as they were meant, edited later than they were made."""
    now = (yesterday() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    edited = [{**order, "modifiedDate": now, "sourceModifiedDate": now} for order in cafe.trade.orders]
    cafe.merchant.wait_for([cafe.merchant.push(SHOP, "orders", edited)])


def merchant_status(cafe: Cafe) -> int:
    """What its last sync ended with."""
    path = f"/companies/{cafe.company_id}/sync/commerce/syncs/{cafe.sync_id}/status"
    return int(cafe.merchant.client.get(path)["syncStatusCode"])


def _sync(name: str, merchant: Merchant, wrong: int = 0) -> Cafe:
    """`wrong`: by how many pounds the first order's total is off."""
    trade = trade_of(yesterday())
    first, *rest = trade.orders
    off = {**first, "totalAmount": first["totalAmount"] + wrong}
    merchant.wait_for([merchant.push(SHOP, "orders", [off, *rest])])
    return Cafe(name, merchant, trade, merchant.sync("latest")["commerceSyncId"])


def _choices() -> Choices:
    # Nothing is booked a week ahead of the first sale: a new merchant starts a little before today.
    start = (yesterday() - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Choices(ACCOUNTS, TAXES, start=start)
