"""The partner's side of a journey: sends merchants into the flow, pushes their trade, reads their books."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from local.cafe import HIGH_STREET, MENU
from local.generator import generate
from local.merchant import OWN_DATA, SANDBOX, Merchant, balances
from local.sale import Sale, Tender, items

if TYPE_CHECKING:
    from local.api_client import Client

CATALOGUE = ("taxComponents", "productCategories", "products", "locations", "paymentMethods")
SHOP = HIGH_STREET.id
WRITTEN = 2000


def yesterday() -> datetime:
    """Noon of the last day that is over, in UTC."""
    return datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(12), UTC)


@cache
def catalogue() -> dict[str, list[dict[str, Any]]]:
    """What the shop sells, and how it is paid."""
    first = generate(orders=600).first
    return {kind: bodies for (shop, kind), bodies in first.items() if shop == SHOP and kind in CATALOGUE}


@dataclass(frozen=True)
class Trade:
    """A day's trade: `orders` as pushed, `card` and `cash` what was paid, in pounds."""

    orders: list[dict[str, Any]]
    card: Decimal
    cash: Decimal


def trade_of(moment: datetime) -> Trade:
    """Three sales of the cafe's, two paid by card."""
    products = {product.id: product for product in MENU}
    baskets = [
        ("Card", [("flat-white", 2), ("carrot-cake", 1)]),
        ("Cash", [("breakfast-tea", 1)]),
        ("Card", [("toasted-sandwich", 2), ("soup", 1)]),
    ]
    paid = {"Card": 0, "Cash": 0}
    orders = []
    for number, (kind, basket) in enumerate(baskets, 1):
        at = moment + timedelta(minutes=number)
        lines = items([(products[name], quantity) for name, quantity in basket])
        sale = Sale(f"order-{number}", f"{number}", HIGH_STREET, at, lines)
        sale.tenders.append(Tender(f"payment-{number}", kind, sale.due, at))
        paid[kind] += sale.due
        orders.append(sale.body())
    return Trade(orders, Decimal(paid["Card"]) / 100, Decimal(paid["Cash"]) / 100)


@dataclass
class Invitation:
    """A merchant's way in: the URL that works once, and the company it leads to."""

    url: str
    company_id: str


@dataclass
class Partner:
    """A client of Daybook's API."""

    client: Client
    name: str = field(default_factory=lambda: f"Corner Cafe {uuid.uuid4().hex[:6]}")

    def invite(
        self, merchant: str, accounting: str = SANDBOX, *, locale: str = "en-us", **asked: str
    ) -> Invitation:
        """A link for a merchant, who is made at need."""
        path = f"/config/sync/commerce/{OWN_DATA}/{accounting}/start"
        found = self.client.get(path, merchantIdentifier=merchant, locale=locale, **asked)
        url: str = found["url"]
        return Invitation(url, url.partition("/flow/")[2].partition("/")[0])

    def merchant(self, company_id: str) -> Merchant:
        """A merchant as the API's calls know it."""
        found = self.client.get(f"/companies/{quote(company_id)}/connections")["results"]
        commerce = [each["id"] for each in found if each["sourceType"] == "Commerce"]
        books = [each["id"] for each in found if each["sourceType"] == "Accounting"]
        return Merchant(self.client, company_id, books[0] if books else "", {SHOP: commerce[0]})

    def push_catalogue(self, merchant: Merchant) -> None:
        """What the shop sells."""
        sent = [merchant.push(SHOP, kind, bodies) for kind, bodies in catalogue().items()]
        merchant.wait_for(sent)

    def push_trade(self, merchant: Merchant, moment: datetime) -> Trade:
        """A day's trade."""
        trade = trade_of(moment)
        merchant.wait_for([merchant.push(SHOP, "orders", trade.orders)])
        return trade


def posted(merchant: Merchant) -> dict[str, Decimal]:
    """Account name to balance in pounds, debit positive."""
    return {name: amount for (_, name), amount in balances(merchant.books()).items()}
