"""What is made of FreeAgent's answers: what it holds, and why it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.documents import Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.json_text import dump
from daybook.domain.ledger import Written
from daybook.platforms.freeagent.answers import held, is_one, names, refused
from daybook.platforms.transport import Reply


def reply(status: int, body: Any) -> Reply:
    return Reply("FreeAgent", status, {}, dump(body).encode())


@pytest.mark.parametrize(
    ("kind", "element", "total", "tax"),
    [
        (Kind.INVOICE, {"total_value": "120.0", "sales_tax_value": "20.0"}, 120, 20),
        (Kind.INVOICE, {"total_value": "120.0", "net_value": "100.0"}, 120, 20),
        (Kind.INVOICE, {"total_value": "120.0"}, 120, 0),
        (Kind.CREDIT_NOTE, {"total_value": "-120.0", "sales_tax_value": "-20.0"}, 120, 20),
        (Kind.CREDIT_NOTE, {"total_value": "120.0", "sales_tax_value": "20.0"}, -120, -20),
        (Kind.BILL, {"total_value": "120.0", "sales_tax_value": "-20.0"}, 120, 20),
        (Kind.BILL_CREDIT_NOTE, {"total_value": "-120.0", "sales_tax_value": "20.0"}, 120, 20),
        (Kind.SPEND_MONEY, {"gross_value": "-120.0", "sales_tax_value": "-20.0"}, 120, 20),
        (Kind.PAYMENT, {"gross_value": 120, "sales_tax_value": "20.0"}, 120, None),
        (Kind.JOURNAL, {"journal_entries": [{"debit_value": "9.5"}, {"debit_value": "-9.5"}]}, "9.5", None),
    ],
)
def test_total_and_tax(kind: Kind, element: dict[str, Any], total: int | str, tax: int | None) -> None:
    found = held(kind, element, "there")
    assert found is not None
    assert (found.platform_id, found.total, found.tax) == ("there", Decimal(total), tax)


@pytest.mark.parametrize(
    "element",
    [{}, {"total_value": "x"}, {"total_value": True}, {"total_value": "NaN"}, {"total_value": None}],
)
def test_an_answer_that_does_not_say(element: dict[str, Any]) -> None:
    assert held(Kind.INVOICE, element, "there") is None
    assert held(Kind.JOURNAL, element, "there") is None
    assert held(Kind.INVOICE, {"total_value": "1"}) is None
    assert held(Kind.INVOICE, {"total_value": "1", "url": "u"}) == Written("u", Decimal(1), Decimal(0))


def test_references() -> None:
    assert names(Kind.INVOICE, {"reference": "I1", "comments": "I1: Sales"}) == ("I1", "Sales")
    assert names(Kind.BILL, {"reference": "B1", "comments": "Changed by hand: a lot"}) == ("B1", "")
    assert names(Kind.JOURNAL, {"tag": "J1", "description": "J1: [2 parts, 5] Day"}) == (
        "J1",
        "[2 parts, 5] Day",
    )
    assert names(Kind.PAYMENT, {"description": "P1: Card"}) == ("P1", "Card")
    assert names(Kind.PAYMENT, {"description": "Invoice receipt", "receipt_reference": "P1"}) == ("P1", "")
    assert names(Kind.PAYMENT, {}) == ("", "")


def test_the_other_side_of_a_transfer_is_none_of_ours() -> None:
    ours = {"gross_value": "-5.0", "transfer_bank_account": "b"}
    assert is_one(Kind.TRANSFER, ours)
    assert not is_one(Kind.TRANSFER, ours | {"gross_value": "5.0"})
    assert not is_one(Kind.RECEIVE_MONEY, ours | {"gross_value": "5.0"})
    assert not is_one(Kind.SPEND_MONEY, ours)
    assert is_one(Kind.PAYMENT, {"gross_value": "5.0"})
    assert not is_one(Kind.BILL_REFUND, {"gross_value": "5.0", "paid_invoice": "i"})
    assert is_one(Kind.BILL_CREDIT_NOTE, {"total_value": "-5.0"})
    assert not is_one(Kind.BILL, {"total_value": "-5.0"})


@pytest.mark.parametrize(
    "body",
    [
        {"errors": {"error": {"message": "Contact not found"}}},
        {"errors": [{"message": "Contact not found"}]},
        {"errors": {"contact": ["not found"]}},
        {"error": "Contact not found."},
        {"message": "Contact not found"},
    ],
)
def test_every_form_of_a_reason(body: Any) -> None:
    error = refused(reply(422, body))
    assert isinstance(error, PlatformRejected)
    assert error.message.lower().startswith("freeagent says: contact not found. choose another customer")


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (422, "Dated on is in a locked period", PlatformRejected, "Open it in FreeAgent"),
        (422, "Dated on can't be in an accounting period that is closed", PlatformRejected, "Open it"),
        (422, "Reference has already been taken", PlatformRejected, "another one"),
        (422, "Sales tax rate is not valid", PlatformRejected, "tax rate"),
        (422, "Category is not valid", PlatformRejected, "another account"),
        (400, "Invalid nominal code", PlatformRejected, "another account"),
        (404, "", PlatformRejected, "does not know"),
        (422, "", PlatformRejected, "without a reason"),
        (402, "", SubscriptionExpired, "subscription"),
        (403, "API access is disabled for this company", SubscriptionExpired, "subscription"),
        (422, "Your free trial has expired", SubscriptionExpired, "expired"),
        (403, "You are not allowed to access this action.", AuthorisationLost, "full access"),
        (403, "", AuthorisationLost, "full access"),
        (302, "Moved", PlatformUnclear, "cannot be read"),
    ],
)
def test_refusals(status: int, reason: str, kind: type[PlatformError], words: str) -> None:
    error = refused(reply(status, {"errors": {"error": {"message": reason}}}))
    assert type(error) is kind
    assert words in error.message


@pytest.mark.parametrize("body", [None, [], "no", {"errors": None}, {"errors": {"error": {"message": 3}}}])
def test_a_refusal_that_cannot_be_read(body: Any) -> None:
    assert refused(reply(422, body)).message == "FreeAgent refused it without a reason."
