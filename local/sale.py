"""One sale while it is being made up, and the order a partner would send for it. Amounts are in pence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from local.cafe import (
    COMPONENT_NAMES,
    RATES,
    Body,
    Product,
    Shop,
    pounds,
    share_out,
    tax_within,
    unit_price,
    written_time,
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line: `gross` after discount and with tax, `discount` without tax."""

    product: Product
    quantity: int
    gross: int
    tax: int
    discount: int = 0

    def returned(self) -> Item:
        """The same brought back."""
        return replace(
            self, quantity=-self.quantity, gross=-self.gross, tax=-self.tax, discount=-self.discount
        )

    def body(self, number: int) -> Body:
        """As an order line."""
        product = self.product
        taxes = []
        if product.component:
            reference = {"id": product.component, "name": COMPONENT_NAMES[product.component]}
            taxes.append({"taxComponentRef": reference, "taxAmount": pounds(self.tax)})
        discount = {"name": "Discount", "totalAmount": pounds(self.discount)}
        return {
            "id": f"line-{number}",
            "quantity": self.quantity,
            "taxPercentage": RATES.get(product.component, 0),
            "totalAmount": pounds(self.gross),
            "totalTaxAmount": pounds(self.tax),
            "unitPrice": unit_price(product),
            "taxes": taxes,
            "productRef": {"id": product.id, "name": product.name},
            "productVariantRef": {"id": f"{product.id}-regular", "name": "Regular"},
            "discountAllocations": [discount] if self.discount else [],
        }


def items(basket: list[tuple[Product, int]], discount: int = 0) -> list[Item]:
    """A basket as lines, an order discount (with tax, in pence) spread over them by value, before tax."""
    full = [product.price * quantity for product, quantity in basket]
    shares = share_out(discount, full)
    made = []
    for (product, quantity), price, share in zip(basket, full, shares, strict=True):
        percent = RATES.get(product.component, 0)
        tax = tax_within(price - share, percent)
        without = (price - tax_within(price, percent)) - (price - share - tax)
        made.append(Item(product, quantity, price - share, tax, without))
    return made


@dataclass(slots=True)
class Tender:
    """A payment, negative for money given back."""

    id: str
    kind: str
    amount: int
    moment: datetime
    status: str = "Paid"
    method: str = ""

    def body(self, shop: Shop) -> Body:
        """As a payment, embedded or on its own."""
        when = written_time(self.moment, shop)
        made: Body = {
            "id": self.id,
            "amount": pounds(self.amount),
            "currency": "GBP",
            "type": self.kind,
            "status": self.status,
            "createdDate": when,
            "modifiedDate": when,
            "sourceModifiedDate": when,
        }
        if self.method:
            made["paymentMethodRef"] = {"id": self.method, "name": "Meal card"}
        return made


@dataclass(frozen=True, slots=True)
class Charge:
    """A service charge at the standard rate, tax included."""

    kind: str
    description: str
    gross: int

    def body(self) -> Body:
        """As a service charge."""
        tax = pounds(tax_within(self.gross, RATES["standard"]))
        reference = {"id": "standard", "name": COMPONENT_NAMES["standard"]}
        return {
            "description": self.description,
            "totalAmount": pounds(self.gross),
            "taxPercentage": RATES["standard"],
            "taxAmount": tax,
            "taxes": [{"taxComponentRef": reference, "taxAmount": tax}],
            "quantity": 1,
            "type": self.kind,
        }


@dataclass(slots=True)
class Sale:
    """An order in the making. Payments outside `embedded` are pushed apart and joined by a transaction."""

    id: str
    number: str
    shop: Shop
    moment: datetime
    items: list[Item]
    tenders: list[Tender] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    tip: int = 0
    embedded: bool = True
    modified: datetime | None = None

    @property
    def due(self) -> int:
        """Lines and charges, without the tip."""
        return sum(item.gross for item in self.items) + sum(charge.gross for charge in self.charges)

    def copy(self) -> Sale:
        """Apart from the original in everything an edit may change."""
        return replace(self, items=list(self.items), tenders=[replace(tender) for tender in self.tenders])

    def refunded(self) -> int:
        """What was given back without goods coming back; in an order of returns, all of it."""
        back = sum(tender.amount for tender in self.tenders if tender.amount < 0)
        paid = sum(tender.amount for tender in self.tenders if tender.amount > 0 and tender.status == "Paid")
        over = max(paid - self.due - self.tip, 0) if self.due > 0 else 0
        return min(back + over, 0)

    def body(self) -> Body:
        """As an order: the total includes what was refunded, as sources report it."""
        refund = self.refunded()
        when = written_time(self.moment, self.shop)
        modified = written_time(self.modified, self.shop) if self.modified else when
        charges = [charge.body() for charge in self.charges]
        taxes = [pounds(item.tax) for item in self.items] + [charge["taxAmount"] for charge in charges]
        return {
            "id": self.id,
            "orderNumber": self.number,
            "country": "GBR",
            "currency": "GBP",
            "createdDate": when,
            "closedDate": when,
            "totalAmount": pounds(self.due + (refund if self.due > 0 else 0)),
            "totalRefund": pounds(refund),
            "totalTaxAmount": sum(taxes, pounds(0)),
            "totalDiscount": pounds(sum(item.discount for item in self.items)),
            "totalGratuity": pounds(self.tip),
            "orderLineItems": [item.body(number) for number, item in enumerate(self.items, 1)],
            "payments": [tender.body(self.shop) for tender in self.tenders] if self.embedded else [],
            "serviceCharges": charges,
            "locationRef": {"id": self.shop.id},
            "modifiedDate": modified,
            "sourceModifiedDate": modified,
        }
