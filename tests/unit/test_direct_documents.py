"""Single documents as they are asked for: whatever the amounts, refused by name or right to the penny."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.direct import is_own_number, own_reference
from daybook.domain.direct_documents import written_for
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import BadRequest
from daybook.platforms.sandbox.chart import DEFAULT_CUSTOMER, account_id, identifier, new_books, tax_rate_id
from daybook.platforms.sandbox.posting import post
from daybook.wire.direct_sales import InvoiceRequest
from daybook.wire.models import read

COMPANY = "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c11"
BOOKS = new_books(COMPANY, "Corner Cafe")
KEY = "019cadc6-b5d8-7000-8000-000000000004"


def invoice(lines: list[dict[str, Any]], total: Decimal, **changes: Any) -> Document:
    for each in lines:
        each["accountRef"] = {"id": account_id(COMPANY, "Sales")}
    body = {
        "customerRef": {"id": identifier(COMPANY, "customer", DEFAULT_CUSTOMER)},
        "issueDate": "2026-03-02",
        "lineItems": lines,
        "totalAmount": total,
        **changes,
    }
    (content,) = written_for(read(InvoiceRequest, body).asked(), BOOKS, KEY)
    assert isinstance(content, Document)
    return content


NUMBERS = st.decimals(Decimal("-1e15"), Decimal("1e15"), places=4) | st.decimals(-100, 100, places=2)
LINES = st.lists(
    st.fixed_dictionaries(
        {"quantity": NUMBERS, "unitAmount": NUMBERS},
        optional={
            "discountAmount": NUMBERS,
            "discountPercentage": st.decimals(-1, 101, places=1),
            "taxAmount": NUMBERS,
            "taxRateRef": st.just({"id": tax_rate_id(COMPANY, "Tax 20%")}),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(lines=LINES, total=NUMBERS, currency=st.sampled_from(["GBP", "JPY", "KWD"]))
def test_whatever_the_numbers(lines: list[dict[str, Any]], total: Decimal, currency: str) -> None:
    """Refused, or with the total that adds up accepted; what is accepted the ledger can book as it is."""
    for attempt in range(2):
        try:
            document = invoice(lines, total, currency=currency)
        except BadRequest as refused:
            told = [each.message for each in refused.problems if each.item == "$.totalAmount"]
            if attempt or not told or "add up to " not in told[0]:
                return
            total = Decimal(told[0].rpartition(" ")[2])
        else:
            assert document.total == sum(line.net + line.tax for line in document.lines)
            assert document.total > 0
            booking = post(document, BOOKS, "id")
            assert sum(line.amount for line in booking.entry.lines) == 0
            return


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ({"quantity": 3, "unitAmount": Decimal("9.99")}, "29.97"),
        ({"quantity": 3, "unitAmount": Decimal("3.333")}, "10.00"),
        ({"quantity": Decimal("1.5"), "unitAmount": 1, "discountAmount": Decimal("0.25")}, "1.25"),
        ({"quantity": 1, "unitAmount": Decimal("0.10"), "discountPercentage": 50}, "0.05"),
        ({"quantity": 1, "unitAmount": Decimal("0.05"), "discountPercentage": 50}, "0.02"),
    ],
)
def test_amounts_of_a_line(line: dict[str, Any], total: str) -> None:
    """Discounts are rounded half up, and so is what is left."""
    assert invoice([line], Decimal(total)).total == Decimal(total)


def test_every_field_of_the_document() -> None:
    document = invoice(
        [{"quantity": 1, "unitAmount": 5, "description": "Tea"}], Decimal(5), dueDate="2026-04-01"
    )
    assert (document.kind, document.currency, document.due) == (Kind.INVOICE, "GBP", date(2026, 4, 1))
    assert document.day == document.dated == date(2026, 3, 2)
    assert document.reference == own_reference(KEY)
    assert document.description == f"Invoice {own_reference(KEY)}"
    assert document.direct
    assert document.effects == ()


def test_a_reference_of_our_own() -> None:
    """The same for the same push operation, short enough for every ledger, and nobody else's to give."""
    assert own_reference(KEY) == own_reference(KEY) != own_reference(KEY[:-1] + "5")
    assert len(own_reference(KEY, 25)) <= 21
    assert is_own_number(own_reference(KEY))
    assert is_own_number(own_reference(KEY, 2))
    assert is_own_number("0a1b2-260302-I1")
    assert not is_own_number("DB-17")
