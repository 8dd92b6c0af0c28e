"""A document as QuickBooks takes it: which form, whose amounts, what it is found by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import ReferenceData
from daybook.platforms.quickbooks.forms import WITHOUT_NUMBER, refusal
from daybook.platforms.quickbooks.numbers import Step, bears, note, step_of
from daybook.platforms.quickbooks.payloads import Known, matching, pieces
from tests.unit.quickbooks_examples import (
    ALL,
    BILL,
    BILL_PAYMENT,
    BY_GIFT_CARD,
    CREDIT,
    FEE_CREDIT,
    FEE_REFUND,
    FROM_CLEARING,
    INVOICE,
    JOURNAL,
    PAYMENT,
    RECEIVED,
    REFUND,
    SPENT,
    TRANSFER,
    TWO_CONTROLS,
    document,
    line,
    reference,
    settling,
)

ITEMS = {"sales": "i1", "gifts": "i2", "fees": "i3"}
AUTOMATED = {"UsingSalesTax": True, "PartnerTaxEnabled": True}


def known(data: ReferenceData | None = None) -> Known:
    return Known(data or reference(), ITEMS, "shopper", "provider")


def only(of: Document, data: ReferenceData | None = None) -> Mapping[str, Any]:
    (piece,) = pieces(of, known(data))
    return piece.content


@pytest.mark.parametrize(
    ("of", "entities"),
    [
        (INVOICE, ["Invoice"]),
        (CREDIT, ["CreditMemo"]),
        (BILL, ["Bill"]),
        (FEE_CREDIT, ["VendorCredit"]),
        (JOURNAL, ["JournalEntry"]),
        (PAYMENT, ["Payment"]),
        (BY_GIFT_CARD, ["JournalEntry"]),
        (REFUND, ["JournalEntry"]),
        (BILL_PAYMENT, ["BillPayment"]),
        (FROM_CLEARING, ["JournalEntry"]),
        (FEE_REFUND, ["Deposit"]),
        (replace(FEE_REFUND, account="gifts"), ["JournalEntry"]),
        (SPENT, ["Purchase"]),
        (replace(SPENT, account="card"), ["JournalEntry"]),
        (RECEIVED, ["Deposit"]),
        (replace(RECEIVED, account="gifts"), ["JournalEntry"]),
        (TRANSFER, ["Transfer"]),
        (replace(TRANSFER, to_account="gifts"), ["JournalEntry"]),
        (TWO_CONTROLS, ["JournalEntry", "JournalEntry"]),
    ],
)
def test_form(of: Document, entities: list[str]) -> None:
    assert [each.entity for each in pieces(of, known())] == entities


@pytest.mark.parametrize("of", ALL, ids=[each.reference for each in ALL])
def test_every_form_is_found_by_its_reference_on_its_day(of: Document) -> None:
    made = pieces(of, known())
    second = made[1] if len(made) > 1 else None
    for each in made:
        assert bears(each.content, of.reference)
        assert step_of(each.content, of.reference) == each.step
        assert each.content["TxnDate"] == "2026-03-14"
        is_numbered = each.entity not in WITHOUT_NUMBER
        assert each.content.get("DocNumber") == (
            of.reference + (".2" if each is second else "") if is_numbered else None
        )


def test_invoice_says_its_tax_to_the_penny() -> None:
    content = only(INVOICE)
    first, second = content["Line"]
    assert content["CustomerRef"] == {"value": "shopper"}
    assert content["GlobalTaxCalculation"] == "TaxExcluded"
    assert first["Amount"] == first["SalesItemLineDetail"]["UnitPrice"] == 100
    assert first["SalesItemLineDetail"]["ItemRef"] == {"value": "i1"}
    assert first["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "2"}
    assert second["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "6"}  # the code for no tax
    detail = content["TxnTaxDetail"]
    assert detail["TotalTax"] == 20
    (tax,) = detail["TaxLine"]
    assert tax["Amount"] == 20
    assert tax["TaxLineDetail"]["TaxRateRef"] == {"value": "r20"}
    assert tax["TaxLineDetail"]["NetAmountTaxable"] == 100


def test_tax_of_a_code_is_shared_out_over_its_rates() -> None:
    content = only(document(Kind.INVOICE, "R", line("sales", "100", "14.98", "4"), contact="shopper"))
    amounts = {
        x["TaxLineDetail"]["TaxRateRef"]["value"]: x["Amount"] for x in content["TxnTaxDetail"]["TaxLine"]
    }
    assert amounts == {"federal": Decimal("5.00"), "state": Decimal("9.98")}


money = st.decimals(Decimal(-9999), Decimal(9999), places=2)


@given(st.lists(st.tuples(money, money, st.sampled_from(["2", "3", "4", ""])), min_size=1, max_size=6))
def test_tax_lines_add_up_to_the_tax(lines: list[tuple[Decimal, Decimal, str]]) -> None:
    made = tuple(
        DocumentLine("x", "sales", net, abs(tax) if rate else Decimal(0), rate) for net, tax, rate in lines
    )
    of = document(Kind.INVOICE, "R", *made, contact="shopper")
    content = only(of)
    tax = sum((each.tax for each in made), Decimal(0))
    assert content["TxnTaxDetail"]["TotalTax"] == tax
    assert sum(x["Amount"] for x in content["TxnTaxDetail"].get("TaxLine", [])) == tax
    assert sum(x["Amount"] for x in content["Line"]) + tax == of.total


@given(
    st.sampled_from([BY_GIFT_CARD, REFUND, FROM_CLEARING, replace(FEE_REFUND, account="gifts"), JOURNAL,
                     TWO_CONTROLS, replace(SPENT, account="card"), replace(TRANSFER, account="fees")]),
    st.integers(1, 10**6),
)  # fmt: skip
def test_journals_balance_and_move_one_control_account_each(of: Document, cents: int) -> None:
    factor = Decimal(cents)
    lines = tuple(replace(each, net=each.net * factor) for each in of.lines)
    moved: dict[str, Decimal] = {}
    for each in pieces(replace(of, total=of.total * factor, lines=lines), known()):
        signed = [_signed(x) for x in each.content["Line"]]
        assert sum(amount for _, amount in signed) == 0
        controls = [x for x in each.content["Line"] if "Entity" in x["JournalEntryLineDetail"]]
        assert len({x["JournalEntryLineDetail"]["AccountRef"]["value"] for x in controls}) <= 1
        for account, amount in signed:
            moved[account] = moved.get(account, Decimal(0)) + amount
    if of is TWO_CONTROLS:
        assert moved == {"debtors": 30 * factor, "creditors": -4 * factor, "sales": -26 * factor}


def _signed(entry: Mapping[str, Any]) -> tuple[str, Decimal]:
    detail = entry["JournalEntryLineDetail"]
    assert entry["Amount"] >= 0
    sign = 1 if detail["PostingType"] == "Debit" else -1
    return detail["AccountRef"]["value"], sign * entry["Amount"]


@pytest.mark.parametrize(
    ("of", "debit", "credit", "whose"),
    [
        (BY_GIFT_CARD, "gifts", "debtors", "Customer"),
        (REFUND, "debtors", "till", "Customer"),
        (FROM_CLEARING, "creditors", "card", "Vendor"),
        (replace(FEE_REFUND, account="gifts"), "gifts", "creditors", "Vendor"),
    ],
)
def test_money_that_has_no_form_of_its_own(of: Document, debit: str, credit: str, whose: str) -> None:
    lines = only(of)["Line"]
    assert [_signed(x) for x in lines] == [(debit, of.total), (credit, -of.total)]
    (entity,) = [
        x["JournalEntryLineDetail"]["Entity"] for x in lines if "Entity" in x["JournalEntryLineDetail"]
    ]
    assert entity == {"Type": whose, "EntityRef": {"value": of.contact}}


@pytest.mark.parametrize(
    ("of", "entity", "settled"),
    [
        (BY_GIFT_CARD, "Payment", "Invoice"),
        (REFUND, "Payment", "CreditMemo"),
        (FROM_CLEARING, "BillPayment", "Bill"),
        (replace(FEE_REFUND, account="gifts"), "BillPayment", "VendorCredit"),
    ],
)
def test_a_payment_of_nothing_matches_the_journal(of: Document, entity: str, settled: str) -> None:
    piece = matching(of, known(), "77")
    assert piece.entity == entity
    assert piece.content["TotalAmt"] == 0
    linked = [
        (x["Amount"], x["LinkedTxn"][0]["TxnId"], x["LinkedTxn"][0]["TxnType"]) for x in piece.content["Line"]
    ]
    assert linked == [(of.total, "77", "JournalEntry"), (of.total, of.settles, settled)]
    assert bears(piece.content, of.reference)


def test_payment_says_where_the_money_went() -> None:
    content = only(PAYMENT)
    assert content["DepositToAccountRef"] == {"value": "card"}
    assert content["PaymentRefNum"] == PAYMENT.reference
    assert content["Line"][0]["LinkedTxn"] == [{"TxnId": "900", "TxnType": "Invoice"}]


def test_bill_payment_by_card() -> None:
    content = only(settling(Kind.BILL_PAYMENT, "R", "visa", "3"))
    assert content["PayType"] == "CreditCard"
    assert content["CreditCardPayment"] == {"CCAccountRef": {"value": "visa"}}


def test_fee_refund_is_a_deposit_against_what_is_owed_to_the_supplier() -> None:
    (entry,) = only(FEE_REFUND)["Line"]
    assert entry["Amount"] == 1
    detail = entry["DepositLineDetail"]
    assert detail["AccountRef"] == {"value": "creditors"}
    assert detail["Entity"] == {"value": "provider", "type": "VENDOR"}


def test_another_currency() -> None:
    foreign = replace(INVOICE, currency="EUR")
    assert "kept in GBP only" in refusal(foreign, reference())
    many = reference(CurrencyPrefs={"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}})
    assert refusal(foreign, many) == ""
    assert only(foreign, many)["CurrencyRef"] == {"value": "EUR"}


def test_what_is_owed_in_another_currency_has_an_account_of_its_own() -> None:
    data = reference(CurrencyPrefs={"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}})
    owed = replace(data.accounts[0], id="debtors-eur", currency="EUR")
    kinds = data.details["accountTypes"] | {"debtors-eur": "Accounts Receivable"}
    data = replace(data, accounts=(*data.accounts, owed), details={**data.details, "accountTypes": kinds})
    assert only(PAYMENT, data)["ARAccountRef"] == {"value": "debtors"}
    assert "ARAccountRef" not in only(replace(PAYMENT, currency="EUR"), data)
    for of in (REFUND, replace(TWO_CONTROLS, lines=TWO_CONTROLS.lines[::2])):
        lines = only(replace(of, currency="EUR"), data)["Line"]
        assert _signed(lines[0])[0] == "debtors-eur"
        assert _signed(only(of, data)["Line"][0])[0] == "debtors"
    unknown = only(replace(REFUND, currency="USD"), data)["Line"]
    assert _signed(unknown[0])[0] == "debtors"


def test_a_third_decimal() -> None:
    assert "two decimals" in refusal(replace(TRANSFER, total=Decimal("1.005")), reference())
    assert refusal(replace(TRANSFER, total=Decimal("1.500")), reference()) == ""


class TestUnitedStates:
    """One tax for the whole form there, worked out by QuickBooks unless the merchant lets us."""

    def test_what_bears_no_tax(self) -> None:
        untaxed = document(Kind.INVOICE, "R", line("sales", "5"), contact="shopper")
        data = reference("US", AUTOMATED)
        assert refusal(untaxed, data) == ""
        content = only(untaxed, data)
        assert content["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
        assert "TxnTaxDetail" not in content
        assert "GlobalTaxCalculation" not in content

    def test_our_tax_where_it_may_stand(self) -> None:
        data = reference("US", AUTOMATED)
        assert refusal(INVOICE, data) == ""
        content = only(INVOICE, data)
        codes = [x["SalesItemLineDetail"]["TaxCodeRef"]["value"] for x in content["Line"]]
        assert codes == ["TAX", "NON"]
        assert content["TxnTaxDetail"]["UseAutomatedSalesTax"] is False
        assert content["TxnTaxDetail"]["TotalTax"] == 20

    def test_tax_by_hand(self) -> None:
        data = reference("US", {"UsingSalesTax": True})
        detail = only(INVOICE, data)["TxnTaxDetail"]
        assert detail["TxnTaxCodeRef"] == {"value": "2"}
        assert "UseAutomatedSalesTax" not in detail
        several = document(Kind.INVOICE, "R", line("sales", "1", "1", "2"), line("sales", "1", "1", "4"))
        assert "one sales tax rate" in refusal(several, data)
        automated = reference("US", AUTOMATED)
        assert refusal(several, automated) == ""
        assert only(several, automated)["TxnTaxDetail"] == {"TotalTax": 2, "UseAutomatedSalesTax": False}

    def test_no_tax_at_all(self) -> None:
        data = reference("US", {"UsingSalesTax": False})
        assert "not turned on" in refusal(INVOICE, data)
        assert "TaxCodeRef" not in only(BILL, data)["Line"][0]["AccountBasedExpenseLineDetail"]

    def test_money_received_with_tax_is_a_journal(self) -> None:
        data = reference("US", AUTOMATED)
        taxed = document(Kind.RECEIVE_MONEY, "R", line("sales", "10", "2", "2"), account="bank")
        moved = [_signed(x) for x in only(taxed, data)["Line"]]
        assert moved == [("bank", Decimal(12)), ("sales", Decimal(-10)), ("vat", Decimal(-2))]


def test_numbers_are_never_cut() -> None:
    pieces(replace(INVOICE, reference="x" * 21), known())
    with pytest.raises(PlatformRejected, match="at most 21"):
        pieces(replace(INVOICE, reference="x" * 22), known())
    with pytest.raises(PlatformRejected, match="at most 21"):
        pieces(replace(TWO_CONTROLS, reference="x" * 20), known())


@given(st.text("abc-1. [", min_size=1, max_size=20), st.booleans(), st.integers(1, 3))
def test_notes_tell_whose_they_are(reference_: str, is_step: bool, ordinal: int) -> None:  # noqa: FBT001
    step = Step(ordinal, 3, Decimal("12.30")) if is_step else None
    record = {"PrivateNote": note(reference_, "Sales", step)}
    assert not bears({"PrivateNote": note(f"{reference_}1", "Sales", step)}, reference_)
    if reference_ == reference_.strip():
        assert bears(record, reference_)
        assert step_of(record, reference_) == step
