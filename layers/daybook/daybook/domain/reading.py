"""Making records of JSON, and naming them (specification: mapping, reading records)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from daybook.domain.fields import Fields
from daybook.domain.money import ZERO
from daybook.domain.records import (
    Customer,
    Dispute,
    Line,
    Location,
    Order,
    Payment,
    PaymentMethod,
    Product,
    ProductCategory,
    Record,
    RecordError,
    ServiceCharge,
    Tax,
    TaxComponent,
    Transaction,
)

UNKNOWN = "Unknown"
_TRANSACTION_TYPES = {
    name.lower(): name
    for name in (
        "Payment",
        "Refund",
        "Payout",
        "FailedPayout",
        "Transfer",
        "PaymentFee",
        "PaymentFeeRefund",
        UNKNOWN,
    )
}
_SOURCE_TYPES = {name.lower(): name for name in ("Fee", "Order", "Payment", "ServiceCharge", UNKNOWN)}
_CHARGE_TYPES = {name.lower(): name for name in ("Generic", "Shipping", "Overpayment")}
_LOST = {"lost", "accepted"}
_IDS = (str, int)
# A transaction's type and subtype stand beside its id in table keys.
_MOST_TYPE_BYTES = 100


def read_record(data_type: str, body: Mapping[str, object]) -> Record:
    """The record in a JSON object whose numbers were parsed to int and Decimal.

    Raises RecordError naming the record, the field and how to mend it. Properties it does not know are
    passed over.
    """
    fields = _fields(body)
    return _READERS[data_type](fields)


def identity(data_type: str, body: Mapping[str, object]) -> str:
    """What tells a record from others of its connection and type: its id.

    Of a transaction `<type>/<id>`, of type Unknown `Unknown/<subType>/<id>`; published types in their
    published spelling, everything else lower case, and a slash in either written `%2F`
    (specification: mapping, reading records 3). Raises RecordError.
    """
    fields = _fields(body)
    own_id = _id(fields)
    if data_type != "transactions":
        return own_id
    kind = _transaction_type(fields)
    kind = kind if kind in _TRANSACTION_TYPES.values() else _slashless(kind)
    if kind == UNKNOWN:
        return f"{UNKNOWN}/{_slashless(_sub_type(fields) or '')}/{own_id}"
    return f"{kind}/{own_id}"


def _fields(body: Mapping[str, object]) -> Fields:
    record_id = body.get("id")
    return Fields(str(record_id) if isinstance(record_id, _IDS) else "", body)


def is_deletion(data_type: str, body: Mapping[str, object]) -> bool:
    """Whether nothing but the id is given (of a transaction, nothing but id, type and subType)."""
    allowed = {"id", "type", "subType"} if data_type == "transactions" else {"id"}
    return all(value is None or name in allowed for name, value in body.items())


def source_modified(body: Mapping[str, object]) -> str | None:
    """`sourceModifiedDate` as UTC text that sorts as the times do; without an offset it is taken as UTC.

    Raises RecordError.
    """
    moment = Fields(str(body.get("id")), body).time("sourceModifiedDate")
    return comparable(moment) if moment else None


def comparable(moment: datetime) -> str:
    """UTC text of fixed width, for example `2026-03-01T12:00:00.000000`; a naive time is taken as UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds")


def _id(fields: Fields) -> str:
    value = fields.identifier()
    assert value is not None  # noqa: S101 - required, so never None
    return value


def _slashless(text: str) -> str:
    return text.lower().replace("%", "%25").replace("/", "%2F")


def _transaction_type(fields: Fields) -> str:
    value = (fields.identifier("type", required=False, most=_MOST_TYPE_BYTES) or UNKNOWN).strip()
    return _TRANSACTION_TYPES.get(value.lower(), value)


def _sub_type(fields: Fields) -> str | None:
    value = fields.identifier("subType", required=False, most=_MOST_TYPE_BYTES)
    return value.strip() if value else None


def _order(fields: Fields) -> Order:
    own_id = _id(fields)
    currency = fields.currency()
    created = fields.required_time("createdDate")
    fields.amount("totalDiscount", currency)
    country = fields.text("country").strip()
    return Order(
        id=own_id,
        number=fields.text("orderNumber"),
        currency=currency,
        country=country or None,
        created=created,
        closed=fields.time("closedDate"),
        total=fields.amount("totalAmount", currency),
        total_tax=fields.amount("totalTaxAmount", currency),
        total_refund=fields.amount("totalRefund", currency),
        gratuity=fields.amount("totalGratuity", currency) or ZERO,
        lines=tuple(
            _line(line, currency, number) for number, line in enumerate(fields.objects("orderLineItems"), 1)
        ),
        payments=tuple(_embedded(payment, currency, created) for payment in fields.objects("payments")),
        service_charges=tuple(_charge(charge, currency) for charge in fields.objects("serviceCharges")),
        location_id=fields.reference("locationRef"),
        source_modified=fields.time("sourceModifiedDate"),
    )


def _line(fields: Fields, currency: str, number: int) -> Line:
    total = fields.required_amount("totalAmount", currency)
    taxes = _taxes(fields, currency)
    quantity = fields.number("quantity")
    if quantity is None:
        quantity = Decimal(-1 if total < 0 else 1)
    return Line(
        id=fields.identifier(required=False) or str(number),
        quantity=quantity,
        tax_percentage=fields.number("taxPercentage"),
        total=total,
        tax=_tax(fields, "totalTaxAmount", taxes, currency),
        unit_price=fields.number("unitPrice"),
        taxes=taxes,
        product_id=fields.reference("productRef"),
        discount=sum(
            (part.amount("totalAmount", currency) or ZERO for part in fields.objects("discountAllocations")),
            ZERO,
        ),
    )


def _charge(fields: Fields, currency: str) -> ServiceCharge:
    taxes = _taxes(fields, currency)
    return ServiceCharge(
        type=_CHARGE_TYPES.get(fields.text("type").strip().lower(), "Generic"),
        description=fields.text("description"),
        total=fields.required_amount("totalAmount", currency),
        tax=_tax(fields, "taxAmount", taxes, currency),
        tax_percentage=fields.number("taxPercentage"),
        taxes=taxes,
    )


def _taxes(fields: Fields, currency: str) -> tuple[Tax, ...]:
    """Taxes by component; the older shape carries the amount in `rate` (reading records 6)."""
    taxes = []
    for part in fields.objects("taxes"):
        amount = part.amount("taxAmount", currency)
        if amount is None:
            amount = part.amount("rate", currency)
        component = part.reference("taxComponentRef")
        if component is not None or amount is not None:
            taxes.append(Tax(component, amount))
    return tuple(taxes)


def _tax(fields: Fields, name: str, taxes: tuple[Tax, ...], currency: str) -> Decimal:
    """The tax the source gives: the total, or without one the sum of its components. Never computed."""
    total = fields.amount(name, currency)
    return total if total is not None else sum((tax.amount or ZERO for tax in taxes), ZERO)


def _embedded(fields: Fields, currency: str, order_created: datetime) -> Payment:
    """A payment inside its order; what it leaves out of currency and date it has from the order."""
    return _payment_of(fields, fields.currency(currency), fields.time("createdDate") or order_created)


def _payment(fields: Fields) -> Payment:
    return _payment_of(fields, fields.currency(), fields.required_time("createdDate"))


def _payment_of(fields: Fields, currency: str, created: datetime) -> Payment:
    status = fields.text("status").strip() or UNKNOWN
    # Only a paid payment counts, so only of a paid one must the amount be known.
    paid = status.lower() == "paid"
    amount = fields.required_amount("amount", currency) if paid else fields.amount("amount", currency) or ZERO
    method = fields.inner("paymentMethodRef")
    return Payment(
        id=_id(fields),
        amount=amount,
        currency=currency,
        type=fields.text("type").strip() or None,
        status=status,
        method_id=method.identifier(required=False) if method else None,
        method_name=(method.text("name") or None) if method else None,
        created=created,
        modified=fields.time("sourceModifiedDate") or fields.time("modifiedDate"),
    )


def _transaction(fields: Fields) -> Transaction:
    own_id = _id(fields)
    currency = fields.currency()
    source = fields.inner("transactionSourceRef")
    source_type = source.text("type").strip() if source else ""
    return Transaction(
        id=own_id,
        type=_transaction_type(fields),
        sub_type=_sub_type(fields),
        amount=fields.required_amount("totalAmount", currency),
        currency=currency,
        created=fields.required_time("createdDate", "sourceCreatedDate"),
        source_id=source.identifier(required=False) if source else None,
        source_type=_SOURCE_TYPES.get(source_type.lower(), source_type) or None,
    )


def _dispute(fields: Fields) -> Dispute:
    own_id = _id(fields)
    currency = fields.currency()
    status = fields.text("status").strip() or UNKNOWN
    modified = fields.time("sourceModifiedDate")
    if modified is None and status.lower() in _LOST:
        raise fields.error("sourceModifiedDate", "is missing: it says when the dispute was lost")
    return Dispute(
        id=own_id,
        amount=fields.required_amount("totalAmount", currency),
        currency=currency,
        status=status,
        source_modified=modified,
        created=fields.time("createdDate"),
    )


def _product(fields: Fields) -> Product:
    own_id = _id(fields)
    categories = []
    for place, value in fields.array("productCategoryRefs"):
        if isinstance(value, str) and value:
            categories.append(value)
        elif isinstance(value, Mapping):
            category = Fields(own_id, value, name=place).identifier(required=False)
            categories.extend([category] if category else [])
        elif value != "":
            raise RecordError(own_id, place, "must be a category's id, or an object with its id")
    return Product(own_id, fields.flag("isGiftCard"), tuple(dict.fromkeys(categories)), fields.text("name"))


def _location(fields: Fields) -> Location:
    address = fields.inner("address")
    country = address.text("country").strip() if address else ""
    return Location(_id(fields), fields.text("name"), country or None)


def _tax_component(fields: Fields) -> TaxComponent:
    return TaxComponent(_id(fields), fields.text("name"), fields.number("rate"))


def _payment_method(fields: Fields) -> PaymentMethod:
    return PaymentMethod(_id(fields), fields.text("name"), fields.text("status").strip() or UNKNOWN)


_READERS: dict[str, Callable[[Fields], Record]] = {
    "orders": _order,
    "payments": _payment,
    "transactions": _transaction,
    "disputes": _dispute,
    "products": _product,
    "productCategories": lambda fields: ProductCategory(_id(fields), fields.text("name")),
    "locations": _location,
    "taxComponents": _tax_component,
    "paymentMethods": _payment_method,
    "customers": lambda fields: Customer(_id(fields)),
}
