"""Records read from JSON: what is taken, what is refused, and by which name."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.json_text import load
from daybook.domain.reading import identity, is_deletion, read_record, source_modified
from daybook.domain.records import (
    DATA_TYPES,
    Dispute,
    Location,
    Order,
    Payment,
    Product,
    RecordError,
    Tax,
    TaxComponent,
    Transaction,
    event_times,
    joined,
)


def order(**changes: Any) -> dict[str, Any]:
    """An order that is taken, with some of it changed; None takes a property away."""
    line = {"id": "l1", "quantity": 1, "taxPercentage": 20, "totalAmount": 12, "totalTaxAmount": 2}
    payment = {"id": "p1", "amount": 12, "type": "Card", "status": "Paid"}
    body = {
        "id": "o1",
        "orderNumber": "1001",
        "currency": "GBP",
        "createdDate": "2026-03-01T10:00:00Z",
        "totalAmount": 12,
        "orderLineItems": [line],
        "payments": [payment],
    }
    return {**body, **changes}


def line(**changes: Any) -> dict[str, Any]:
    return order(orderLineItems=[{"id": "l1", "quantity": 1, "totalAmount": 12, **changes}])


def payment(**changes: Any) -> dict[str, Any]:
    body = {
        "id": "p1",
        "amount": 5,
        "currency": "GBP",
        "status": "Paid",
        "createdDate": "2026-03-01T10:00:00Z",
    }
    return {**body, **changes}


def transaction(**changes: Any) -> dict[str, Any]:
    body = {"id": "t1", "totalAmount": 5, "currency": "GBP", "createdDate": "2026-03-01T10:00:00Z"}
    return {**body, **changes}


def read_order(body: dict[str, Any]) -> Order:
    record = read_record("orders", body)
    assert isinstance(record, Order)
    return record


def test_an_order_is_read_whole() -> None:
    read = read_order(
        order(
            country="GB ",
            closedDate="2026-03-01T11:00:00+01:00",
            totalGratuity="1.50",
            totalTaxAmount="",
            totalRefund=None,
            orderLineItems=[
                {
                    "id": "l1",
                    "quantity": Decimal("0.455"),
                    "taxPercentage": Decimal("9.975"),
                    "totalAmount": "12.00",
                    "totalTaxAmount": Decimal("2.00"),
                    "unitPrice": Decimal("74.16670"),
                    "taxes": [
                        {"taxComponentRef": {"id": "gst", "name": "GST"}, "taxAmount": 1, "rate": 3},
                        {"taxComponentRef": {"id": "qst"}, "taxAmount": "", "rate": "1.00"},
                        {"taxComponentRef": {"id": "other"}},
                        {"taxComponentRef": None, "taxAmount": None},
                    ],
                    "productRef": {"id": "tea", "name": "Tea"},
                    "discountAllocations": [{"totalAmount": 1}, {"totalAmount": "0.50"}, None],
                }
            ],
            serviceCharges=[{"type": "shipping", "totalAmount": 6, "taxAmount": 1, "description": "Post"}],
            locationRef={"id": 47},
            sourceModifiedDate="2026-03-02T00:00:00",
            unknownProperty={"kept": True},
        )
    )
    assert (read.id, read.number, read.currency, read.country) == ("o1", "1001", "GBP", "GB")
    assert (read.total, read.total_tax, read.total_refund) == (Decimal(12), None, None)
    assert read.gratuity == Decimal("1.50")
    (only,) = read.lines
    assert (only.quantity, only.tax_percentage) == (Decimal("0.455"), Decimal("9.975"))
    assert (only.total, only.tax, only.discount) == (Decimal(12), Decimal(2), Decimal("1.50"))
    assert only.taxes == (Tax("gst", Decimal(1)), Tax("qst", Decimal("1.00")), Tax("other", None))
    assert (only.product_id, read.location_id) == ("tea", "47")
    (charge,) = read.service_charges
    assert (charge.type, charge.total, charge.tax) == ("Shipping", Decimal(6), Decimal(1))
    (paid,) = read.payments
    assert (paid.currency, paid.created) == ("GBP", datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert read.source_modified == datetime(2026, 3, 2)  # noqa: DTZ001 - a local time


def test_what_a_line_leaves_out_has_its_plainest_meaning() -> None:
    sold, returned = (
        read_order(line(totalAmount=total, quantity=None, id=None)).lines[0] for total in (5, -5)
    )
    assert (sold.quantity, returned.quantity) == (Decimal(1), Decimal(-1))
    assert (sold.id, sold.tax, sold.tax_percentage, sold.taxes) == ("1", Decimal(0), None, ())


def test_tax_left_out_is_the_sum_of_its_components_and_never_computed() -> None:
    taxes = [{"taxComponentRef": {"id": "a"}, "taxAmount": "1.20"}, {"taxAmount": Decimal("0.80")}]
    assert read_order(line(taxes=taxes)).lines[0].tax == Decimal("2.00")
    assert read_order(line(taxPercentage=20)).lines[0].tax == Decimal(0)


@pytest.mark.parametrize("status", [None, "", "Pending", "Unknown"])
def test_only_a_paid_payment_needs_an_amount(status: str | None) -> None:
    read = read_order(order(payments=[{"id": "p1", "amount": None, "status": status}]))
    assert read.payments[0].amount == 0
    with pytest.raises(RecordError, match=r"payments\[0\]\.amount is missing"):
        read_order(order(payments=[{"id": "p1", "amount": None, "status": "paid"}]))


@pytest.mark.parametrize(
    ("data_type", "body", "field"),
    [
        ("orders", order(id=None), "id"),
        ("orders", order(id=" "), "id"),
        ("orders", order(id="a\x1fb"), "id"),
        ("orders", order(id={"a": 1}), "id"),
        ("orders", order(id=True), "id"),
        ("orders", order(id="x" * 501), "id"),
        ("orders", order(currency=None), "currency"),
        ("orders", order(currency="POUND"), "currency"),
        ("orders", order(currency=["GBP"]), "currency"),
        ("orders", order(createdDate=None), "createdDate"),
        ("orders", order(createdDate="yesterday"), "createdDate"),
        ("orders", order(createdDate=20260301), "createdDate"),
        ("orders", order(createdDate="0001-01-01T00:00:00"), "createdDate"),
        ("orders", order(createdDate="9999-12-31T23:59:59Z"), "createdDate"),
        ("orders", order(sourceModifiedDate="soon"), "sourceModifiedDate"),
        ("orders", order(totalAmount=Decimal("12.345")), "totalAmount"),
        ("orders", order(totalDiscount=Decimal("0.001")), "totalDiscount"),
        ("orders", order(totalAmount=True), "totalAmount"),
        ("orders", order(totalAmount="12 pounds"), "totalAmount"),
        ("orders", order(totalAmount=10**15), "totalAmount"),
        ("orders", order(totalAmount={}), "totalAmount"),
        ("orders", order(orderLineItems={}), "orderLineItems"),
        ("orders", order(orderLineItems="none"), "orderLineItems"),
        ("orders", order(orderLineItems=[1]), "orderLineItems[0]"),
        ("orders", line(totalAmount=None), "orderLineItems[0].totalAmount"),
        ("orders", line(totalTaxAmount="2.001"), "orderLineItems[0].totalTaxAmount"),
        ("orders", line(taxes=[{"taxAmount": "0.125"}]), "orderLineItems[0].taxes[0].taxAmount"),
        ("orders", line(taxes=[{"taxComponentRef": "gst"}]), "orderLineItems[0].taxes[0].taxComponentRef"),
        ("orders", line(quantity="one"), "orderLineItems[0].quantity"),
        ("orders", order(payments=[{"amount": 1}]), "payments[0].id"),
        ("orders", order(serviceCharges=[{"type": "Generic"}]), "serviceCharges[0].totalAmount"),
        ("payments", payment(currency=None), "currency"),
        ("payments", payment(createdDate=""), "createdDate"),
        ("payments", payment(amount="1.001"), "amount"),
        ("payments", payment(currency="JPY", amount="1.5"), "amount"),
        ("payments", payment(currency="KWD", amount="1.0005"), "amount"),
        ("transactions", transaction(totalAmount=None), "totalAmount"),
        ("transactions", transaction(transactionSourceRef="o1"), "transactionSourceRef"),
        (
            "disputes",
            {"id": "d", "totalAmount": 1, "currency": "GBP", "status": "Lost"},
            "sourceModifiedDate",
        ),
        ("products", {"id": "p", "isGiftCard": "perhaps"}, "isGiftCard"),
        ("products", {"id": "p", "productCategoryRefs": [5]}, "productCategoryRefs[0]"),
        ("taxComponents", {"id": "t", "rate": "a fifth"}, "rate"),
        ("customers", {}, "id"),
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused_by_name(data_type: str, body: dict[str, Any], field: str) -> None:
    with pytest.raises(RecordError) as refused:
        read_record(data_type, body)
    assert refused.value.field == field
    assert refused.value.message


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "1500"), ("KWD", "1.005"), ("GBP", "1.50000"), ("gbp", "1.5")]
)
def test_an_amount_may_have_its_currencys_decimals(currency: str, amount: str) -> None:
    read = read_record("payments", payment(currency=currency, amount=amount))
    assert isinstance(read, Payment)
    assert (read.amount, read.currency) == (Decimal(amount), currency.upper())


def test_a_payments_type_and_status_stay_as_sent() -> None:
    method = {"id": "m1", "name": "Voucher"}
    read = read_record("payments", payment(type="klarna", status="paid", paymentMethodRef=method))
    assert isinstance(read, Payment)
    assert (read.type, read.status, read.method_id, read.method_name) == ("klarna", "paid", "m1", "Voucher")


def test_other_records_are_read() -> None:
    categories = ["drinks", {"id": "hot", "name": "Hot"}, None, "drinks", {}, ""]
    product = read_record("products", {"id": 7, "isGiftCard": True, "productCategoryRefs": categories})
    assert product == Product("7", is_gift_card=True, category_ids=("drinks", "hot"), name="")
    location = {"id": "l", "name": "Quay", "address": {"country": "GB"}}
    assert read_record("locations", location) == Location("l", "Quay", "GB")
    assert read_record("taxComponents", {"id": "t", "rate": Decimal("1e-06")}) == TaxComponent(
        "t", "", Decimal("0.000001")
    )
    dispute = read_record(
        "disputes", {"id": "d", "totalAmount": "-47.66", "currency": "GBP", "status": "Won"}
    )
    assert dispute == Dispute("d", Decimal("-47.66"), "GBP", "Won", None, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"id": "1", "type": "paymentFEE"}, "PaymentFee/1"),
        ({"id": 1, "type": "Payment"}, "Payment/1"),
        ({"id": "1", "type": "Unknown", "subType": "LoanFee"}, "Unknown/loanfee/1"),
        ({"id": "1", "subType": "a/b"}, "Unknown/a%2Fb/1"),
        ({"id": "1"}, "Unknown//1"),
        ({"id": "1/2", "type": "Gift/Aid"}, "gift%2Faid/1/2"),
    ],
)
def test_transactions_are_told_apart_by_type(body: dict[str, Any], expected: str) -> None:
    assert identity("transactions", body) == expected
    assert identity("orders", body) == str(body["id"])


def test_a_transaction_has_the_published_spelling_of_its_types() -> None:
    body = transaction(type="payMENT", transactionSourceRef={"id": "o1", "type": "order"}, subType=" x ")
    read = read_record("transactions", body)
    assert isinstance(read, Transaction)
    assert (read.type, read.sub_type, read.source_type, read.source_id) == ("Payment", "x", "Order", "o1")
    assert joined(read) == {("payments", "t1"), ("orders", "o1")}


def test_what_a_deletion_is() -> None:
    assert is_deletion("orders", {"id": "1"})
    assert is_deletion("orders", {"id": "1", "currency": None})
    assert not is_deletion("payments", {"id": "1", "type": "Card"})
    assert is_deletion("transactions", {"id": "1", "type": "Payment"})
    assert not is_deletion("transactions", {"id": "1", "totalAmount": 0})


def test_source_modified_sorts_as_time_does() -> None:
    texts = ["2026-03-01T10:00:00+02:00", "2026-03-01T09:00:00", "2026-03-01T09:00:00.5Z", "2026-03-02"]
    read = [source_modified({"id": "1", "sourceModifiedDate": text}) for text in texts]
    assert read == sorted(map(str, read))
    assert source_modified({"id": "1", "sourceModifiedDate": ""}) is None


def test_an_orders_times_are_all_that_may_matter() -> None:
    later = {"id": "p2", "amount": 1, "createdDate": "2026-03-05T10:00:00", "status": "Paid"}
    body = order(closedDate="2026-03-02", payments=[later], sourceModifiedDate="2026-03-09T00:00:00Z")
    assert [time.day for time in event_times(read_order(body))] == [1, 2, 5]
    returned = {**body, "orderLineItems": [{"id": "r", "quantity": -1, "totalAmount": -12}]}
    assert [time.day for time in event_times(read_order(returned))] == [1, 2, 5, 9]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(
    {*order(), *payment(), *transaction(), "taxes", "serviceCharges", "isGiftCard", "type", "rate"}
)


@given(st.sampled_from(DATA_TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_nothing_breaks_the_readers(data_type: str, changes: dict[str, Any]) -> None:
    for body in ({**order(), **changes}, {**payment(), **transaction(), **changes}):
        try:
            identity(data_type, body)
            event_times(read_record(data_type, body))
            source_modified(body)
        except RecordError as refused:
            assert refused.message  # noqa: PT017 - either way is right, but not a crash


def test_numbers_are_read_exactly() -> None:
    body = load(b'{"id":"p","amount":0.1,"currency":"GBP","status":"Paid","createdDate":"2026-03-01"}')
    assert isinstance(body, dict)
    read = read_record("payments", body)
    assert isinstance(read, Payment)
    assert read.amount == Decimal("0.1")
