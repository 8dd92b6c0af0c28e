"""Commerce records as Daybook understands them: one frozen class for each type of data.

Amounts are Decimal in the record's currency. A time without an offset is naive and means the company's
own time zone (specification: mapping, reading records 1 and 2). `reading.py` makes these from JSON.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from daybook.frozen import frozen

DATA_TYPES = (
    "orders",
    "payments",
    "transactions",
    "products",
    "locations",
    "taxComponents",
    "paymentMethods",
    "productCategories",
    "customers",
    "disputes",
)


class Tax(NamedTuple):
    """The part of a line's tax that belongs to one tax component; `amount` is None where it was not given."""

    component_id: str | None
    amount: Decimal | None


class Line(NamedTuple):
    """An order line. `total` includes `tax` and is after discounts; a returned line has a negative quantity.

    `tax_percentage` is 0-100; `discount` the sum of the discounts allocated to the line, before tax.
    """

    id: str
    quantity: Decimal
    tax_percentage: Decimal | None
    total: Decimal
    tax: Decimal
    unit_price: Decimal | None
    taxes: tuple[Tax, ...]
    product_id: str | None
    discount: Decimal


class ServiceCharge(NamedTuple):
    """A charge beside the lines. `type` is Generic, Shipping or Overpayment; `total` includes `tax`."""

    type: str
    description: str
    total: Decimal
    tax: Decimal
    tax_percentage: Decimal | None
    taxes: tuple[Tax, ...]


class Payment(NamedTuple):
    """Money received (positive) or paid back (negative), tip included. `type` and `status` are as sent."""

    id: str
    amount: Decimal
    currency: str
    type: str | None
    status: str
    method_id: str | None
    method_name: str | None
    created: datetime
    modified: datetime | None


class Order(NamedTuple):
    """A sale, a return or both. `total` includes later refunds and excludes `gratuity`."""

    id: str
    number: str
    currency: str
    country: str | None
    created: datetime
    closed: datetime | None
    total: Decimal | None
    total_tax: Decimal | None
    total_refund: Decimal | None
    gratuity: Decimal
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    service_charges: tuple[ServiceCharge, ...]
    location_id: str | None
    source_modified: datetime | None


class Transaction(NamedTuple):
    """A movement of the merchant's balance at the provider; `amount` signed as sent.

    `type` and `source_type` have their published spelling where they are published ones, whatever letter
    case was sent.
    """

    id: str
    type: str
    sub_type: str | None
    amount: Decimal
    currency: str
    created: datetime
    source_id: str | None
    source_type: str | None


@frozen
class Dispute:
    """A customer's dispute; a lost one is a loss on `source_modified`."""

    id: str
    amount: Decimal
    currency: str
    status: str
    source_modified: datetime | None
    created: datetime | None


@frozen
class Product:
    """A product; its categories in the order given."""

    id: str
    is_gift_card: bool
    category_ids: tuple[str, ...]
    name: str


@frozen
class ProductCategory:
    """A category of products."""

    id: str
    name: str


@frozen
class Location:
    """A shop or another place of sale."""

    id: str
    name: str
    country: str | None


@frozen
class TaxComponent:
    """One tax, for example a federal one; `rate` is a fraction of the net, 0-1."""

    id: str
    name: str
    rate: Decimal | None


@frozen
class PaymentMethod:
    """A method of payment of the merchant's own."""

    id: str
    name: str
    status: str


@frozen
class Customer:
    """A customer; nothing personal is understood, only kept."""

    id: str


Record = (
    Order
    | Payment
    | Transaction
    | Dispute
    | Product
    | ProductCategory
    | Location
    | TaxComponent
    | PaymentMethod
    | Customer
)


class RecordError(ValueError):
    """A record cannot be taken: whose it is, where in it (a JSON path), and what to do about it."""

    def __init__(self, record_id: str, field: str, message: str) -> None:
        super().__init__(f"{record_id}: {field} {message}")
        self.record_id = record_id
        self.field = field
        self.message = message


def event_times(record: Record) -> tuple[datetime, ...]:
    """Every time at which the record may have an effect on a business day, each once, in a fixed order.

    An order counts on its creation, on its closing, on each of its payments, and, with returned lines, on
    its modification too; naive where the source gave no offset (specification: mapping, projection of one
    business day and reading records 14).
    """
    times: list[datetime | None] = []
    match record:
        case Order():
            times = [record.created, record.closed, *(payment.created for payment in record.payments)]
            if _returns(record):
                times.append(record.source_modified)
        case Payment() | Transaction():
            times = [record.created]
        case Dispute():
            times = [record.source_modified]
        case _:
            pass
    return tuple(dict.fromkeys(time for time in times if time is not None))


def _returns(order: Order) -> bool:
    return any(line.quantity < 0 or line.total < 0 for line in order.lines) or any(
        charge.total < 0 for charge in order.service_charges
    )


def joined(record: Record) -> frozenset[tuple[str, str]]:
    """What the record itself joins to itself: ("payments", id) and ("orders", id).

    An order names its payments, a transaction of type Payment or Refund the order it was for (its own id is
    the payment's), and one that handed out cash the payment it was added to (specification: mapping, reading
    records 12 and 13).
    """
    match record:
        case Order():
            return frozenset(("payments", payment.id) for payment in record.payments)
        case Transaction(source_id=str(source)) if is_joining(record):
            return frozenset({("payments", record.id), ("orders", source)})
        case Transaction(source_id=str(source)) if gives_cash(record):
            return frozenset({("payments", source)})
    return frozenset()


def is_joining(transaction: Transaction) -> bool:
    """Whether the transaction only says which order a payment was for."""
    return transaction.type in {"Payment", "Refund"} and transaction.source_type == "Order"


def gives_cash(transaction: Transaction) -> bool:
    """Whether the transaction is cash handed to a shopper on a card payment."""
    return (transaction.sub_type or "").lower() == "cashbackgiven"
