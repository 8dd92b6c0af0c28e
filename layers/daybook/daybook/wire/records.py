"""Records as they are read back: what was pushed, in the spelling the published models know.

The published models are closed (an unknown code, a reference without its id or an empty text for a number
breaks a whole page of a client), while a push may say more than they do. So a code they do not know is
answered as `Unknown` and stands beside it as it was sent, in `<name>AsSent`; what they cannot read at all is
left out; every other property is answered as it was sent (specification: api, push records).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from daybook.domain.money import read_amount
from daybook.domain.times import parse_time, resolve
from daybook.frozen import frozen

Body = Mapping[str, Any]
UNKNOWN = "Unknown"


@frozen
class _Shape:
    """What to see to in an object: codes, amounts and times by name, objects and lists of objects by shape.

    `needs` are the texts without which the object cannot be read; `stand_ins` names, for a need, what may
    take its place.
    """

    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    objects: Mapping[str, _Shape] = field(default_factory=dict)
    lists: Mapping[str, _Shape] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    stand_ins: Mapping[str, str] = field(default_factory=dict)


_TIMES = ("createdDate", "modifiedDate", "sourceModifiedDate", "sourceCreatedDate", "closedDate", "dueDate")
_PAYMENT_TYPES = (
    "Cash", "Card", "Invoice", "OnlineCard", "Swish", "Vipps", "Mobile", "StoreCredit", "Paypal", "Custom",
    "Prepaid",
)  # fmt: skip
_PAYMENT_STATUSES = ("Pending", "Authorized", "Paid", "Failed", "Cancelled")
_TRANSACTION_TYPES = (
    "Payment", "Refund", "Payout", "FailedPayout", "Transfer", "PaymentFee", "PaymentFeeRefund",
)  # fmt: skip
_SOURCE_TYPES = ("Fee", "Order", "Payment", "ServiceCharge")
_DISPUTE_STATUSES = (
    "Won", "Lost", "Accepted", "Processing", "ChargeRefunded", "EvidenceRequired", "InquiryEvidenceRequired",
    "InquiryProcessing", "InquiryClosed", "WaitingThirdParty",
)  # fmt: skip

_REF = _Shape(needs=("id",))
_SOURCE = _Shape(codes={"type": _SOURCE_TYPES}, needs=("id", "type"))
_ADDRESS = _Shape(codes={"type": ("Billing", "Delivery", "Order", "Inventory")})
_TAX = _Shape(
    amounts=("rate", "taxAmount"),
    objects={"taxComponentRef": _Shape(needs=("id", "name"), stand_ins={"name": "id"})},
    stand_ins={"rate": "taxAmount"},
)
_LINE = _Shape(
    amounts=("quantity", "taxPercentage", "totalAmount", "totalTaxAmount", "unitPrice"),
    objects={"productRef": _REF, "productVariantRef": _REF},
    lists={"taxes": _TAX, "discountAllocations": _Shape(amounts=("totalAmount",))},
)
_PAYMENT = _Shape(
    codes={"type": _PAYMENT_TYPES, "status": _PAYMENT_STATUSES},
    amounts=("amount",),
    objects={"paymentMethodRef": _REF},
)
_CHARGE = _Shape(
    codes={"type": ("Generic", "Shipping", "Overpayment")},
    amounts=("totalAmount", "taxPercentage", "taxAmount", "quantity"),
    lists={"taxes": _TAX},
)
_INVENTORY = _Shape(
    amounts=("totalQuantity",),
    lists={"locations": _Shape(amounts=("quantity",), objects={"locationRef": _REF})},
)
_VARIANT = _Shape(
    codes={"status": ("Published", "Unpublished")},
    amounts=("vatPercentage",),
    objects={"inventory": _INVENTORY},
    lists={"prices": _Shape(amounts=("unitPrice",))},
    needs=("id",),
)
_SHAPES: Mapping[str, _Shape] = {
    "orders": _Shape(
        amounts=("totalAmount", "totalRefund", "totalTaxAmount", "totalDiscount", "totalGratuity"),
        objects={"customerRef": _REF, "locationRef": _REF},
        lists={"orderLineItems": _LINE, "payments": _PAYMENT, "serviceCharges": _CHARGE},
    ),
    "payments": _PAYMENT,
    "transactions": _Shape(
        codes={"type": _TRANSACTION_TYPES},
        amounts=("totalAmount",),
        objects={"transactionSourceRef": _SOURCE},
    ),
    "products": _Shape(lists={"variants": _VARIANT}),
    "locations": _Shape(objects={"address": _ADDRESS}),
    "taxComponents": _Shape(amounts=("rate",)),
    "paymentMethods": _Shape(codes={"status": ("Active", "Archived")}),
    "productCategories": _Shape(lists={"ancestorRefs": _Shape(needs=("id", "type"))}),
    "customers": _Shape(lists={"addresses": _ADDRESS}),
    "disputes": _Shape(
        codes={"status": _DISPUTE_STATUSES},
        amounts=("totalAmount",),
        lists={"disputedTransactions": _SOURCE},
    ),
}


def read_back(data_type: str, body: Body, zone: ZoneInfo) -> dict[str, Any]:
    """A record as the published model of its type has it.

    Times without an offset are in the company's zone.
    """
    return _tidy(body, _SHAPES[data_type], zone)


def _tidy(body: Body, shape: _Shape, zone: ZoneInfo) -> dict[str, Any]:
    tidied: dict[str, Any] = {**body, **dict(_values(body, shape, zone)), **dict(_parts(body, shape, zone))}
    for name, stand_in in shape.stand_ins.items():
        if tidied.get(name) is None:
            tidied[name] = tidied.get(stand_in)
    tidied["supplementalData"] = _supplement(body.get("supplementalData"))
    if isinstance(body.get("id"), int):
        tidied["id"] = str(body["id"])
    return {name: value for name, value in tidied.items() if value is not None}


def _values(body: Body, shape: _Shape, zone: ZoneInfo) -> Iterator[tuple[str, object]]:
    for name, published in shape.codes.items():
        yield from _code(name, body.get(name), published)
    for name in shape.amounts:
        yield name, _amount(body.get(name))
    for name in _TIMES:
        yield name, _time(body.get(name), zone)


def _parts(body: Body, shape: _Shape, zone: ZoneInfo) -> Iterator[tuple[str, object]]:
    for name, inner in shape.objects.items():
        yield name, next(_readable([body.get(name)], inner, zone), None)
    for name, inner in shape.lists.items():
        given = body.get(name)
        if isinstance(given, list):
            parts = _readable(given, inner, zone)
            yield name, _numbered(parts) if inner in (_LINE, _PAYMENT) else list(parts)
        else:
            yield name, None


def _readable(given: list[Any], shape: _Shape, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for item in given:
        if isinstance(item, dict):
            tidied = _tidy(item, shape, zone)
            if all(tidied.get(need) not in (None, "") for need in shape.needs):
                yield tidied


def _numbered(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what came without an id its place in the list for one."""
    return [item if item.get("id") else {**item, "id": str(place)} for place, item in enumerate(items, 1)]


def _code(name: str, sent: object, published: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    if sent is None or sent == "":
        yield name, None
        return
    spelling = {code.lower(): code for code in published}.get(str(sent).lower(), UNKNOWN)
    yield name, spelling
    if spelling != sent:
        yield f"{name}AsSent", sent


def _amount(sent: object) -> object:
    try:
        return read_amount(sent)
    except ValueError:
        return None


def _time(sent: object, zone: ZoneInfo) -> str | None:
    try:
        moment = resolve(parse_time(str(sent)), zone)
    except (ValueError, OverflowError):
        return str(sent) if isinstance(sent, str) and sent else None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _supplement(sent: object) -> dict[str, Any] | None:
    """Supplemental data is a map of maps; anything else cannot be read."""
    content = sent.get("content") if isinstance(sent, dict) else None
    if not isinstance(content, dict):
        return None
    return {"content": {name: inner for name, inner in content.items() if isinstance(inner, dict)}}
