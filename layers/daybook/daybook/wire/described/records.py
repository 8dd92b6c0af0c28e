"""Commerce records, as they are pushed and as they are read back.

A pushed record needs what its class says it needs to be taken; everything else is kept as it was sent. Read
back, codes have their published spelling, amounts are numbers, and what was not understood stands as it came.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from daybook.wire.described.base import Described

MOST_RECORDS = 5000


class _AsSent:
    """Asked as what it is annotated on; answered as it was sent, which may be anything."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        asked = handler(schema)
        if handler.mode == "validation":
            return asked
        kind = {"boolean": "a boolean", "array": "a list"}.get(str(asked.get("type")), "a text")
        return {"description": f"As it was sent, usually {kind}."}


class _Id:
    """A text; a whole number is taken as its digits."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema
        if handler.mode == "validation":
            return {"type": ["string", "integer"], "minLength": 1, "maxLength": 500}
        return {"type": "string"}


class _Code:
    """One of the published codes; answered `Unknown` for any other."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema
        if handler.mode == "validation":
            return {"type": "string", "examples": list(self.codes)}
        return {"enum": [*self.codes, "Unknown"]}


Text = Annotated[str, _AsSent()]
Flag = Annotated[bool, _AsSent()]
RecordId = Annotated[str, _Id()]
Time = Annotated[str, Field(description="ISO 8601; answered in UTC with `Z`.")]
PaymentType = Annotated[
    str,
    _Code(
        "Cash", "Card", "Invoice", "OnlineCard", "Swish", "Vipps", "Mobile", "StoreCredit", "Paypal",
        "Custom", "Prepaid",
    ),
]  # fmt: skip
PaymentStatus = Annotated[str, _Code("Pending", "Authorized", "Paid", "Failed", "Cancelled")]
TransactionType = Annotated[
    str,
    _Code("Payment", "Refund", "Payout", "FailedPayout", "Transfer", "PaymentFee", "PaymentFeeRefund"),
]
TransactionSourceType = Annotated[str, _Code("Fee", "Order", "Payment", "ServiceCharge")]
DisputeStatus = Annotated[
    str,
    _Code(
        "Won", "Lost", "Accepted", "Processing", "ChargeRefunded", "EvidenceRequired",
        "InquiryEvidenceRequired", "InquiryProcessing", "InquiryClosed", "WaitingThirdParty",
    ),
]  # fmt: skip
AddressType = Annotated[str, _Code("Billing", "Delivery", "Order", "Inventory")]
Sent = Annotated[Any, Field(description="The code as it was sent, where the published ones lack it.")]


class SupplementalData(Described):
    """Anything of your own, kept and answered: a map of maps."""

    content: dict[str, dict[str, Any]]


class RecordReference(Described):
    """Another record, by its id."""

    id: Text
    name: Text = ""


class Dated(Described):
    """When the record was made and changed, in Daybook and at the source."""

    created_date: Time = ""
    modified_date: Time = ""
    source_modified_date: Time = ""
    supplemental_data: SupplementalData | None = None


class CommerceAddress(Described):
    """An address."""

    type: AddressType = ""
    type_as_sent: Sent = None
    line1: Text = ""
    line2: Text = ""
    city: Text = ""
    region: Text = ""
    country: Text = ""
    postal_code: Text = ""


class TaxComponentReference(Described):
    """A tax, by its id."""

    id: Text
    name: Text


class LineTax(Described):
    """The part of a line's tax that belongs to one tax, as an amount."""

    tax_component_ref: TaxComponentReference | None = None
    tax_amount: Decimal = Decimal(0)
    rate: Decimal = Field(Decimal(0), description="The amount under its older name.")


class DiscountAllocation(Described):
    """A discount given on a line, before tax."""

    name: Text = ""
    total_amount: Decimal = Decimal(0)


class OrderLine(Described):
    """A line. `totalAmount` includes its tax, after discounts. A returned line has a negative quantity."""

    id: Text
    quantity: Decimal = Decimal(1)
    tax_percentage: Decimal = Field(Decimal(0), description="In per cent, 0 to 100.")
    total_amount: Decimal = Decimal(0)
    total_tax_amount: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    taxes: list[LineTax] = Field(default_factory=list)
    product_ref: RecordReference | None = None
    product_variant_ref: RecordReference | None = None
    discount_allocations: list[DiscountAllocation] = Field(default_factory=list)


class ServiceCharge(Described):
    """A charge beside the lines, such as delivery. `totalAmount` includes its tax."""

    type: Annotated[str, _Code("Generic", "Shipping", "Overpayment")] = ""
    type_as_sent: Sent = None
    description: Text = ""
    total_amount: Decimal = Decimal(0)
    tax_percentage: Decimal = Decimal(0)
    tax_amount: Decimal = Decimal(0)
    quantity: Decimal = Decimal(1)
    taxes: list[LineTax] = Field(default_factory=list)


class CommercePayment(Dated):
    """Money received, or with a negative amount paid back; only a `Paid` one counts.

    To be taken it needs `currency`, `createdDate` and, when it is paid, `amount`.
    """

    id: RecordId
    amount: Decimal = Decimal(0)
    currency: Text = ""
    type: PaymentType = ""
    type_as_sent: Sent = None
    status: PaymentStatus = ""
    status_as_sent: Sent = None
    payment_method_ref: RecordReference | None = None
    payment_provider: Text = ""
    due_date: Time = ""


class CommerceOrder(Dated):
    """A sale, a return or both. `totalAmount` includes later refunds and excludes the gratuity.

    To be taken it needs `currency` and `createdDate`, and each line its `totalAmount`.
    """

    id: RecordId
    order_number: Text = ""
    country: Text = ""
    currency: Text = ""
    closed_date: Time = ""
    total_amount: Decimal = Decimal(0)
    total_refund: Decimal = Decimal(0)
    total_tax_amount: Decimal = Decimal(0)
    total_discount: Decimal = Decimal(0)
    total_gratuity: Decimal = Decimal(0)
    order_line_items: list[OrderLine] = Field(default_factory=list)
    payments: list[CommercePayment] = Field(default_factory=list)
    service_charges: list[ServiceCharge] = Field(default_factory=list)
    location_ref: RecordReference | None = None
    customer_ref: RecordReference | None = None


class TransactionSource(Described):
    """What a transaction is about."""

    id: Text
    type: TransactionSourceType
    type_as_sent: Sent = None


class CommerceTransaction(Dated):
    """A movement of the merchant's balance at the payment provider, with the provider's sign.

    To be taken it needs `currency`, `totalAmount` and `createdDate` or `sourceCreatedDate`.
    """

    id: RecordId
    type: TransactionType = ""
    type_as_sent: Sent = None
    sub_type: Text = ""
    total_amount: Decimal = Decimal(0)
    currency: Text = ""
    transaction_source_ref: TransactionSource | None = None
    source_created_date: Time = ""


class StockAtLocation(Described):
    """How many there are at one location."""

    location_ref: RecordReference | None = None
    quantity: Decimal = Decimal(0)


class Inventory(Described):
    """How many there are."""

    total_quantity: Decimal = Decimal(0)
    locations: list[StockAtLocation] = Field(default_factory=list)


class Price(Described):
    """A price in one currency."""

    currency: Text = ""
    unit_price: Decimal = Decimal(0)


class ProductVariant(Dated):
    """A form a product is sold in."""

    id: Text
    name: Text = ""
    sku: Text = ""
    status: Annotated[str, _Code("Published", "Unpublished")] = ""
    status_as_sent: Sent = None
    is_tax_enabled: Flag = False
    vat_percentage: Decimal = Decimal(0)
    shipping_required: Flag = False
    prices: list[Price] = Field(default_factory=list)
    inventory: Inventory | None = None


class CommerceProduct(Dated):
    """A product. It needs nothing but its id; its categories decide where its sales go."""

    id: RecordId
    name: Text = ""
    description: Text = ""
    categorization: Text = ""
    is_gift_card: Flag = False
    status: Text = ""
    product_category_refs: Annotated[list[str], _AsSent()] = Field(default_factory=list)
    variants: list[ProductVariant] = Field(default_factory=list)


class CommerceLocation(Dated):
    """A shop or another place of sale."""

    id: RecordId
    name: Text = ""
    address: CommerceAddress | None = None


class TaxComponent(Dated):
    """One tax, for example a federal one; `rate` is a fraction of the net, 0.2 for 20 %."""

    id: RecordId
    name: Text = ""
    rate: Decimal = Decimal(0)
    is_compound: Flag = False


class PaymentMethod(Dated):
    """A method of payment of the merchant's own."""

    id: RecordId
    name: Text = ""
    status: Annotated[str, _Code("Active", "Archived")] = ""
    status_as_sent: Sent = None


class CategoryAncestor(Described):
    """A category above another."""

    id: Text
    type: Text


class ProductCategory(Dated):
    """A category of products."""

    id: RecordId
    name: Text = ""
    ancestor_refs: list[CategoryAncestor] = Field(default_factory=list)
    has_children: Flag = False


class CommerceCustomer(Dated):
    """A customer; nothing of it is used, it is only kept."""

    id: RecordId
    customer_name: Text = ""
    email_address: Text = ""
    phone: Text = ""
    default_currency: Text = ""
    note: Text = ""
    addresses: list[CommerceAddress] = Field(default_factory=list)


class Dispute(Dated):
    """A customer's dispute of a payment; a lost one is a loss on `sourceModifiedDate`.

    To be taken it needs `currency` and `totalAmount`, and `sourceModifiedDate` once it is lost.
    """

    id: RecordId
    total_amount: Decimal = Decimal(0)
    currency: Text = ""
    status: DisputeStatus = ""
    status_as_sent: Sent = None
    reason: Text = ""
    due_date: Time = ""
    disputed_transactions: list[TransactionSource] = Field(default_factory=list)


RECORDS: dict[str, type[Described]] = {
    "orders": CommerceOrder,
    "payments": CommercePayment,
    "transactions": CommerceTransaction,
    "products": CommerceProduct,
    "locations": CommerceLocation,
    "taxComponents": TaxComponent,
    "paymentMethods": PaymentMethod,
    "productCategories": ProductCategory,
    "customers": CommerceCustomer,
    "disputes": Dispute,
}


def push_body(data_type: str) -> Any:
    """What a push of this type takes: the records, or an object that holds them under the type's name."""
    records: Any = Annotated[list[RECORDS[data_type]], Field(max_length=MOST_RECORDS)]  # type: ignore[valid-type]
    name = f"{data_type[0].upper()}{data_type[1:]}Push"
    fields: dict[str, Any] = {data_type: (records, Field(alias=data_type))}
    holder = create_model(name, __base__=Described, __doc__="An object that holds the records.", **fields)
    return records | holder
