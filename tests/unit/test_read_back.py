"""Records in the spelling the published models know."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.records import DATA_TYPES
from daybook.wire.records import read_back

PARIS = ZoneInfo("Europe/Paris")


def test_an_order_keeps_what_was_sent_and_can_be_read() -> None:
    order = {
        "id": "o1",
        "createdDate": "2026-03-01T12:00:00",
        "closedDate": "2026-03-01T13:00:00.5+01:00",
        "totalAmount": "12.50",
        "totalDiscount": "",
        "note": {"any": ["thing"]},
        "customerRef": {},
        "locationRef": {"id": "l1"},
        "orderLineItems": [
            {
                "quantity": "2",
                "unitPrice": Decimal("6.25"),
                "taxes": [
                    {"taxComponentRef": {"id": "t1"}, "taxAmount": "1.10"},
                    {"taxComponentRef": {"name": "no id"}, "taxAmount": ""},
                ],
                "productRef": {"name": "no id"},
                "discountAllocations": None,
            }
        ],
        "payments": [{"id": "p1", "type": "klarna", "status": "paid", "amount": Decimal("12.5")}],
        "serviceCharges": {"not": "a list"},
        "supplementalData": {"content": {"text": "no map", "map": {"a": "1"}}},
    }
    shown = read_back("orders", order, PARIS)
    assert shown["createdDate"] == "2026-03-01T11:00:00Z"
    assert shown["closedDate"] == "2026-03-01T12:00:00.500000Z"
    assert shown["totalAmount"] == Decimal("12.50")
    assert shown["note"] == order["note"]
    assert shown["locationRef"] == {"id": "l1"}
    assert not {"customerRef", "totalDiscount", "serviceCharges"} & set(shown)
    (line,) = shown["orderLineItems"]
    assert (line["id"], line["quantity"]) == ("1", Decimal(2))
    amount = Decimal("1.10")
    assert line["taxes"] == [
        {
            "taxComponentRef": {"id": "t1", "name": "t1"},
            "rate": amount,
            "taxAmount": amount,
        },
        {},
    ]
    assert "productRef" not in line
    (payment,) = shown["payments"]
    assert (payment["type"], payment["typeAsSent"]) == ("Unknown", "klarna")
    assert (payment["status"], payment["statusAsSent"]) == ("Paid", "paid")
    assert shown["supplementalData"] == {"content": {"map": {"a": "1"}}}


def test_codes_are_answered_in_their_published_spelling() -> None:
    fee = {"id": "1", "type": "paymentfee", "transactionSourceRef": {"id": "p", "type": "payment"}}
    shown = read_back("transactions", fee, PARIS)
    assert (shown["type"], shown["transactionSourceRef"]["type"]) == ("PaymentFee", "Payment")
    loan = {"id": "1", "type": "Loan", "transactionSourceRef": {"id": "p"}}
    assert read_back("transactions", loan, PARIS) == {"id": "1", "type": "Unknown", "typeAsSent": "Loan"}
    customer = {"id": "c", "addresses": [{"type": "billing"}, {"type": None}]}
    assert read_back("customers", customer, PARIS)["addresses"][0]["type"] == "Billing"
    assert read_back("paymentMethods", {"id": "m", "status": "off"}, PARIS)["status"] == "Unknown"
    assert read_back("disputes", {"id": "d", "status": "LOST"}, PARIS)["status"] == "Lost"


def test_a_variant_without_id_is_left_out() -> None:
    product = {"id": "p", "variants": [{"name": "x"}, {"id": "v", "status": "published", "prices": []}]}
    (variant,) = read_back("products", product, PARIS)["variants"]
    assert variant == {"id": "v", "status": "Published", "statusAsSent": "published", "prices": []}


FIELDS = (
    "id type status orderLineItems payments taxes taxComponentRef amount createdDate variants prices "
    "inventory locations addresses address transactionSourceRef supplementalData other"
)
names = st.sampled_from(FIELDS.split())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(DATA_TYPES), st.dictionaries(names, json_values, max_size=6))
def test_whatever_was_kept_can_be_answered(data_type: str, body: dict[str, object]) -> None:
    once = read_back(data_type, body, PARIS)
    assert None not in once.values()
