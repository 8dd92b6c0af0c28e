"""What a small shop pushes and chooses: with the spellings partners really send, odd ones among them."""

from __future__ import annotations

from typing import Any

from local.merchant import Choices

Json = Any
DAY, NEXT_DAY = "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"
NOON = "2026-03-02T12:00:00Z"
VAT = {"taxComponentRef": {"id": "vat", "name": "VAT"}}

CHOICES = Choices(
    accounts={
        "sales": "Sales",
        "refund": "Refunds",
        "gratuity": "Tips payable",
        "card": "Card clearing",
        "klarna": "Card clearing",
        "payout": "Bank current account",
        "paymentFee": "Payment fees",
    },
    taxes={("vat",): "Tax 20%"},
)


def line(**more: Json) -> Json:
    """A line of an order: two cups for 12.50."""
    return {
        "id": "1",
        "quantity": "2",
        "unitPrice": 6.25,
        "totalAmount": 12.5,
        "totalTaxAmount": 2.08,
        "taxPercentage": 20,
        "taxes": [{**VAT, "taxAmount": 2.08}],
        "productRef": {"id": "cup", "name": "Cup"},
        **more,
    }


def payment(identifier: str, **more: Json) -> Json:
    """A payment of 12.50 by card."""
    return {
        "id": identifier,
        "type": "Card",
        "status": "Paid",
        "amount": 12.5,
        "currency": "GBP",
        "createdDate": NOON,
        "paymentMethodRef": {"id": "card", "name": "Card"},
        **more,
    }


def order(identifier: str, **more: Json) -> Json:
    """An order of two cups, paid by card."""
    return {
        "id": identifier,
        "orderNumber": identifier.upper(),
        "currency": "GBP",
        "createdDate": NOON,
        "closedDate": NOON,
        "totalAmount": 12.5,
        "totalTaxAmount": 2.08,
        "orderLineItems": [line()],
        "payments": [payment(f"{identifier}-paid")],
        "serviceCharges": [],
        **more,
    }


# Numbers as text, empty texts and objects, codes no published list has, references without an identifier.
ODD_ORDER = order(
    "odd",
    totalAmount="12.50",
    totalDiscount="",
    customerRef={},
    locationRef={"id": "high-street"},
    orderLineItems=[line(productRef={"name": "no identifier"}, taxes=[{**VAT, "taxAmount": ""}])],
    payments=[payment("odd-paid", type="klarna", status="paid", paymentMethodRef={"id": "klarna"})],
    serviceCharges=[{"type": "Gratuity", "totalAmount": 0, "quantity": 1}],
    supplementalData={"content": {"a": "b"}},
)

RECORDS: dict[str, list[Json]] = {
    "locations": [
        {"id": "high-street", "name": "High Street", "address": {"type": "billing", "city": "Leeds"}}
    ],
    "taxComponents": [{"id": "vat", "name": "VAT", "rate": 0.2}],
    "paymentMethods": [
        {"id": "card", "name": "Card", "status": "Active"},
        {"id": "klarna", "name": "Klarna", "status": "active"},
    ],
    "productCategories": [{"id": "drinks", "name": "Drinks"}],
    "products": [
        {
            "id": "cup",
            "name": "Cup",
            "productCategoryRefs": ["drinks"],
            "variants": [{"id": "large", "status": "published", "prices": [{"unitPrice": "6.25"}]}],
        }
    ],
    "customers": [{"id": "regular", "customerName": "A regular", "addresses": [{"type": "billing"}, {}]}],
    "orders": [order("plain"), ODD_ORDER],
    "payments": [payment("plain-paid")],
    "transactions": [
        {
            "id": "fee",
            "type": "PaymentFee",
            "totalAmount": 0.3,
            "currency": "GBP",
            "createdDate": NOON,
            "transactionSourceRef": {"id": "plain-paid", "type": "Payment"},
        },
        {"id": "loan", "type": "Loan", "totalAmount": 5, "currency": "GBP", "createdDate": "2027-01-05"},
    ],
}
