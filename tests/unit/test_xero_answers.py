"""What Xero says to a document, in words a merchant can act on."""

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
from daybook.platforms.transport import Reply
from daybook.platforms.xero import answers
from tests.unit.xero_examples import INVOICE, JOURNAL

HELD = {"InvoiceID": "i", "InvoiceNumber": "AB-260314-I1", "Total": Decimal("125.00"), "TotalTax": 20}


def reply(status: int, body: Any) -> Reply:
    return Reply("Xero", status, {}, body if isinstance(body, bytes) else dump(body).encode())


def refused(*reasons: str) -> PlatformError:
    said = answers.outcome(INVOICE, {"ValidationErrors": [{"Message": each} for each in reasons]})
    assert isinstance(said, PlatformError)
    return said


def test_what_xero_holds() -> None:
    assert answers.outcome(INVOICE, HELD) == Written("i", Decimal(125), Decimal(20))


def test_what_xero_holds_is_told_even_if_it_is_not_what_was_sent() -> None:
    assert answers.outcome(INVOICE, HELD | {"Total": Decimal("124.99")}) == Written(
        "i", Decimal("124.99"), Decimal(20)
    )


@pytest.mark.parametrize(
    "element",
    [
        None, "", [], {},
        HELD | {"InvoiceID": "00000000-0000-0000-0000-000000000000"},
        HELD | {"InvoiceID": None},
        HELD | {"InvoiceNumber": "another"},
        HELD | {"Total": None},
        HELD | {"Total": "125"},
        HELD | {"Total": True},
    ],
)  # fmt: skip
def test_an_answer_that_does_not_say(element: object) -> None:
    assert isinstance(answers.outcome(INVOICE, element), PlatformUnclear)


def test_a_journal_comes_to_its_debits() -> None:
    lines = [{"LineAmount": Decimal(12)}, {"LineAmount": -10}, {"LineAmount": Decimal(-2)}]
    element = {"ManualJournalID": "j", "Narration": "AB-260314-J1: Daily takings", "JournalLines": lines}
    assert answers.outcome(JOURNAL, element) == Written("j", Decimal(12))
    other = element | {"Narration": "AB-260314-J10: Daily takings"}
    assert isinstance(answers.outcome(JOURNAL, other), PlatformUnclear)
    assert isinstance(answers.outcome(JOURNAL, element | {"JournalLines": []}), PlatformUnclear)


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("The document date cannot be before the period lock date, currently set at 31 Dec 2025",
         "Move the lock date"),
        ("Account code '200' has been archived or has been deleted", "Restore it in Xero"),
        ("The TaxType code 'INPUT2' cannot be used with this account code '200'.", "Choose a tax rate"),
        ("Invoice # must be unique.", "has this number"),
        ("Organisation is not subscribed to currency EUR", "Add the currency"),
        ("Account code '999' is not a valid code for this document.", "Choose another account"),
        ("Payment amount exceeds the amount outstanding on this document", "paid by another payment"),
        ("The Contact must contain at least 1 of the following elements", "Choose another customer"),
    ],
)  # fmt: skip
def test_reasons_come_with_what_to_do(reason: str, advice: str) -> None:
    error = refused(reason)
    assert isinstance(error, PlatformRejected)
    assert reason in error.message
    assert advice in error.message


def test_every_reason_is_told_once() -> None:
    error = refused("One  thing", "One thing", "Another")
    assert error.message == "Xero says: One thing. Another."


def test_a_refusal_without_a_reason() -> None:
    said = answers.outcome(INVOICE, {"StatusAttributeString": "ERROR", "ValidationErrors": []})
    assert isinstance(said, PlatformRejected)
    assert "without a reason" in said.message


@pytest.mark.parametrize(
    "reason",
    [
        "You have reached the limit of invoices you can approve. Upgrade your plan.",
        "The subscription of this organisation has expired",
        "Your trial has ended",
        "This organisation is not active",
    ],
)
def test_a_plan_that_has_ended(reason: str) -> None:
    assert isinstance(refused(reason), SubscriptionExpired)


def test_a_currency_is_not_a_plan() -> None:
    assert isinstance(refused("Organisation is not subscribed to currency EUR"), PlatformRejected)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"ErrorNumber": 10, "Message": "A validation exception occurred",
               "Elements": [{"ValidationErrors": [{"Message": "No"}]}]}, PlatformRejected),
        (400, {"ErrorNumber": 14, "Message": "The request could not be parsed"}, PlatformRejected),
        (400, b"<html>", PlatformRejected),
        (402, b"", SubscriptionExpired),
        (403, {"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}, AuthorisationLost),
        (403, b"<html>Forbidden</html>", AuthorisationLost),
        (403, {"Title": "Forbidden", "Detail": "The subscription has expired"}, SubscriptionExpired),
        (404, b"<html>", PlatformRejected),
        (409, {}, PlatformUnclear),
        (302, b"", PlatformUnclear),
    ],
)  # fmt: skip
def test_requests_refused_as_a_whole(status: int, body: Any, error: type[PlatformError]) -> None:
    assert type(answers.refused_request(reply(status, body))) is error


def test_the_reasons_of_elements_count_before_the_general_one() -> None:
    body = {
        "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": "No"}]}],
    }
    assert answers.refused_request(reply(400, body)).message == "Xero says: No."
    assert "could not" in answers.refused_request(reply(400, {"Message": "It could not be read"})).message


def test_what_is_void_does_not_count() -> None:
    assert answers.is_live(Kind.BILL, {"Type": "ACCPAY", "Status": "PAID"})
    assert not answers.is_live(Kind.BILL, {"Type": "ACCREC", "Status": "PAID"})
    assert not answers.is_live(Kind.BILL, {"Type": "ACCPAY", "Status": "VOIDED"})
    assert not answers.is_live(Kind.PAYMENT, {"PaymentType": "ACCRECPAYMENT", "Status": "DELETED"})
    assert answers.is_live(Kind.TRANSFER, {"Status": "AUTHORISED"})
