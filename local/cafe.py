"""The cafe of the demo: two shops, what they sell and at which tax, in the partner's record shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Body = dict[str, Any]

NAME = "Copper Kettle"
ZONE = ZoneInfo("Europe/London")
FIRST_DAY = date(2026, 3, 20)
DAYS = 14
CLOCKS_CHANGE = date(2026, 3, 29)
OPENED = "2026-01-05T08:00:00Z"


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop; `share` is its part of the trade in per cent. The second sends times with an offset."""

    id: str
    name: str
    street: str
    share: int


HIGH_STREET = Shop("high-street", "High Street", "12 High Street", 60)
STATION = Shop("station", "Station", "Platform 2", 40)
SHOPS = (HIGH_STREET, STATION)


@dataclass(frozen=True, slots=True)
class Product:
    """Something sold. `price` is in pence and includes tax; `component` is "" for a gift card."""

    id: str
    name: str
    category: str
    price: int
    component: str
    weight: int


RATES = {"standard": 20, "reduced": 5, "exempt": 0}
COMPONENT_NAMES = {"standard": "Standard rate", "reduced": "Reduced rate", "exempt": "Exempt"}
CATEGORIES = {"drinks": "Drinks", "food": "Food", "shop": "Shop"}
MEAL_CARD = "meal-card"

MENU = (
    Product("flat-white", "Flat white", "drinks", 340, "standard", 22),
    Product("espresso", "Espresso", "drinks", 240, "standard", 9),
    Product("breakfast-tea", "Breakfast tea", "drinks", 255, "standard", 15),
    Product("hot-chocolate", "Hot chocolate", "drinks", 385, "standard", 7),
    Product("toasted-sandwich", "Toasted sandwich", "food", 675, "standard", 11),
    Product("soup", "Soup of the day", "food", 595, "standard", 6),
    Product("carrot-cake", "Carrot cake", "food", 365, "standard", 12),
    Product("cinnamon-bun", "Cinnamon bun", "food", 319, "standard", 10),
    Product("firewood", "Bag of firewood", "shop", 849, "reduced", 3),
    Product("kindling", "Bundle of kindling", "shop", 475, "reduced", 2),
    Product("stamps", "Book of stamps", "shop", 1120, "exempt", 2),
)
GIFT_CARD = Product("gift-card", "Gift card", "shop", 2500, "", 0)
PLATTER = Product("platter", "Office lunch platter", "food", 8400, "standard", 0)


def pounds(pence: int) -> Decimal:
    """Pence as an amount."""
    return Decimal(pence).scaleb(-2)


def tax_within(gross: int, percent: int) -> int:
    """The tax in an amount that includes it, in pence, half up and away from zero."""
    part, whole = abs(gross) * percent, 100 + percent
    tax = (2 * part + whole) // (2 * whole)
    return tax if gross >= 0 else -tax


def share_out(amount: int, weights: list[int]) -> list[int]:
    """An amount over weights by largest remainder, ties to the first."""
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % total))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


def written_time(moment: datetime, shop: Shop) -> str:
    """A time as the shop's till writes it: UTC with Z, or local with its offset."""
    if moment.tzinfo is None:
        return moment.isoformat()
    if shop is STATION:
        return moment.astimezone(ZONE).isoformat()
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def unit_price(product: Product) -> Decimal:
    """The price of one without tax, to four decimals: a unit price is not an amount."""
    net = pounds(product.price) * 100 / (100 + RATES.get(product.component, 0))
    return net.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def catalogue(shop: Shop) -> dict[str, list[Body]]:
    """What a shop sends before its first order: categories, products, taxes, its address, its tenders."""
    dated = {"modifiedDate": OPENED, "sourceModifiedDate": OPENED}
    components = [
        {
            "id": identifier,
            "name": COMPONENT_NAMES[identifier],
            "rate": Decimal(percent).scaleb(-2),
            "isCompound": False,
            **dated,
        }
        for identifier, percent in RATES.items()
    ]
    address = {
        "type": "Delivery",
        "line1": shop.street,
        "city": "Ely",
        "country": "GBR",
        "postalCode": "CB7 4DL",
    }
    return {
        "taxComponents": components,
        "productCategories": [
            {"id": identifier, "name": name, "ancestorRefs": [], "hasChildren": False, **dated}
            for identifier, name in CATEGORIES.items()
        ],
        "products": [_product(product, dated) for product in (*MENU, PLATTER, GIFT_CARD)],
        "locations": [{"id": shop.id, "name": f"{NAME}, {shop.name}", "address": address, **dated}],
        "paymentMethods": [{"id": MEAL_CARD, "name": "Meal card", "status": "Active", **dated}],
    }


def _product(product: Product, dated: dict[str, str]) -> Body:
    return {
        "id": product.id,
        "categorization": CATEGORIES[product.category],
        "name": product.name,
        "description": product.name,
        "productCategoryRefs": [product.category],
        "isGiftCard": product is GIFT_CARD,
        "variants": [
            {
                "id": f"{product.id}-regular",
                "name": "Regular",
                "quantity": 1,
                "isTaxEnabled": bool(product.component),
                "sku": product.id.upper(),
                "vatPercentage": RATES.get(product.component, 0),
                "prices": [{"currency": "GBP", "unitPrice": unit_price(product)}],
                "shippingRequired": False,
                "createdDate": OPENED,
            }
        ],
        "createdDate": OPENED,
        "status": "Published",
        **dated,
    }
