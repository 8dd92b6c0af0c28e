"""What a ledger holds of a document beside the document, to the last unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.documents import TAXED, Document, DocumentLine, Kind
from daybook.domain.ledger import Written, difference, tax_of_whole, tax_together

DAY = date(2026, 3, 14)
GROSS, TAX, PENNY = Decimal("12.00"), Decimal("2.00"), Decimal("0.01")
LINES = (
    DocumentLine("Sales", "sales", Decimal("6.00"), Decimal("1.20"), "20"),
    DocumentLine("More sales", "sales", Decimal("4.00"), Decimal("0.80"), "20"),
)


def document(kind: Kind) -> Document:
    return Document(kind, "DB-1", DAY, DAY, "GBP", "Takings", GROSS, LINES if kind in TAXED else ())


@pytest.mark.parametrize("kind", list(Kind))
def test_the_very_amounts_are_no_difference(kind: Kind) -> None:
    asked = document(kind)
    assert asked.tax == (TAX if kind in TAXED else None)
    assert difference(asked, Written("1", GROSS, asked.tax)) == ""
    assert difference(asked, Written("1", GROSS)) == ""


@pytest.mark.parametrize("off", [PENNY, -PENNY])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_penny_of_either_is_one(kind: Kind, off: Decimal) -> None:
    asked = document(kind)
    assert f"a total of {GROSS + off} " in difference(asked, Written("1", GROSS + off, asked.tax))
    of_tax = difference(asked, Written("1", GROSS, TAX + off))
    assert (f"a tax of {TAX + off} " in of_tax) == (kind in TAXED)
    assert bool(of_tax) == (kind in TAXED)


def test_tax_where_none_was_charged_is_one() -> None:
    untaxed = replace(document(Kind.BILL), lines=(DocumentLine("Fees", "fees", GROSS),))
    assert "with a tax of 2.00 for DB-1, which is 12.00 with a tax of 0 here" in difference(
        untaxed, Written("1", GROSS, TAX)
    )


def test_the_tax_of_several_is_of_those_that_state_one() -> None:
    told, untold = Written("1", GROSS, TAX), Written("2", GROSS)
    assert tax_together([told, untold, told]) == 2 * TAX
    assert tax_together([untold]) is None


def test_of_a_document_in_parts_it_is_what_they_are_off() -> None:
    whole, journal = document(Kind.INVOICE), document(Kind.JOURNAL)
    parts = [journal, whole]
    assert tax_of_whole(whole, parts, [Written("1", GROSS), Written("2", GROSS, TAX)]) == TAX
    assert tax_of_whole(whole, parts, [Written("1", GROSS), Written("2", GROSS, Decimal(0))]) == 0
    spelt_out = replace(whole, lines=(DocumentLine("Sales", "sales", GROSS),))
    assert tax_of_whole(whole, [spelt_out], [Written("1", GROSS, PENNY)]) == TAX + PENNY
    assert tax_of_whole(whole, [journal], [Written("1", GROSS)]) is None
    assert tax_of_whole(journal, [whole], [Written("1", GROSS, TAX)]) is None
