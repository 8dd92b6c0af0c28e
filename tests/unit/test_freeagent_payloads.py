"""What is written for a document: the same balances, the same tax to the penny, in what FreeAgent allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.documents import Document, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.splitting import Role
from daybook.platforms.freeagent.parts import in_parts, role_of, whole_total
from daybook.platforms.freeagent.payloads import payload
from daybook.platforms.freeagent.tax import items, tax_on_top
from tests.unit.freeagent_examples import (
    ALL,
    BILL,
    BY_GIFT,
    CARD,
    CLEARING,
    CONTRA,
    CREDIT,
    CREDITORS,
    CURRENT,
    DEBTORS,
    EUROS,
    FEES,
    GIFTS,
    INVOICE,
    JOURNAL,
    PAYMENT,
    SALES,
    SETTLED,
    SPENT,
    TAKINGS,
    TILL,
    TIPS,
    TRANSFER,
    VAT,
    WITH_GIFTS,
    document,
    line,
    reference,
)

DATA = reference()
PENNIES = st.integers(-2_000_000, 2_000_000).map(lambda pennies: Decimal(pennies) / 100)
_OWN = {
    Kind.INVOICE: (DEBTORS, 1), Kind.CREDIT_NOTE: (DEBTORS, -1), Kind.BILL: (CREDITORS, -1),
    Kind.BILL_CREDIT_NOTE: (CREDITORS, 1), Kind.PAYMENT: (DEBTORS, -1), Kind.REFUND: (DEBTORS, 1),
    Kind.BILL_PAYMENT: (CREDITORS, 1), Kind.BILL_REFUND: (CREDITORS, -1),
}  # fmt: skip
_INTO_MONEY = {Kind.PAYMENT: 1, Kind.REFUND: -1, Kind.BILL_PAYMENT: -1, Kind.BILL_REFUND: 1,
               Kind.SPEND_MONEY: -1, Kind.RECEIVE_MONEY: 1}  # fmt: skip


def effect(documents: Iterable[Document]) -> dict[str, Decimal]:
    """What documents do to accounts, debit positive, as every bookkeeper would say."""
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for each in documents:
        side = (
            1 if each.kind is Kind.JOURNAL else -_OWN.get(each.kind, ("", _INTO_MONEY.get(each.kind, 1)))[1]
        )
        if each.kind in _OWN:
            account, sign = _OWN[each.kind]
            moved[account] += sign * each.total
        if each.kind in _INTO_MONEY:
            moved[each.account] += _INTO_MONEY[each.kind] * each.total
        if each.kind is Kind.TRANSFER:
            moved[each.account] -= each.total
            moved[each.to_account] += each.total
        for one in each.lines:
            moved[one.account] += side * one.net
            moved[VAT] += side * one.tax
    return {account: amount for account, amount in moved.items() if amount}


@pytest.mark.parametrize("whole", ALL, ids=lambda each: each.reference)
def test_parts_move_every_account_as_the_whole_does(whole: Document) -> None:
    assert effect(in_parts(whole, DATA)) == effect([whole])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([SALES, TIPS, FEES, GIFTS, CLEARING, CURRENT, TILL, DEBTORS, CREDITORS]), PENNIES
        ),
        min_size=1, max_size=6, unique_by=lambda each: each[0],
    )
)  # fmt: skip
def test_any_journal_becomes_what_freeagent_allows(lines: list[tuple[str, Decimal]]) -> None:
    rest = -sum((amount for _, amount in lines), Decimal(0))
    balanced = [line(account, str(amount)) for account, amount in [*lines, (VAT, rest)] if amount]
    if not balanced:
        return
    whole = document(Kind.JOURNAL, "J1", *balanced)
    parts = in_parts(whole, DATA)
    assert effect(parts) == effect([whole])
    for part in parts:
        assert_allowed(part)
    assert [part.reference for part in parts[:-1]] == [f"J1.{n}" for n in range(1, len(parts))]
    assert parts[-1].reference == "J1"
    assert (whole_total(parts[-1].description) or parts[-1].total) == whole.total


def assert_allowed(part: Document) -> None:
    accounts = {each.account for each in part.lines}
    if part.kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        assert accounts <= {SALES, TIPS}
    elif part.kind in (Kind.BILL, Kind.BILL_CREDIT_NOTE):
        assert accounts <= set(DATA.details["billed"])
    else:
        assert {role_of(account, DATA) for account in accounts} <= {Role.PLAIN}
    if part.kind in _INTO_MONEY:
        assert role_of(part.account, DATA) is Role.MONEY
        assert len(part.lines) <= 1


@given(PENNIES, st.integers(-5, 5), st.sampled_from(["5", "9.975", "17.5", "20", "100"]))
def test_any_rounding_of_tax_is_reached(net: Decimal, off: int, rate: str) -> None:
    percent = Decimal(rate)
    tax = tax_on_top(net, percent) + Decimal(off) / 100
    found = items(net, tax, percent)
    assert sum(each.net for each in found) == net
    assert sum(tax_on_top(each.net, percent) for each in found if each.taxed) == tax
    assert len(found) == 1 or off


def test_no_item_has_a_tax_without_a_rate() -> None:
    with pytest.raises(ValueError, match="nothing"):
        items(Decimal(10), Decimal(1), Decimal(0))


def test_an_invoice() -> None:
    asked = payload(INVOICE, DATA)["invoice"]
    assert asked["invoice_items"] == [
        {
            "description": "Takings",
            "quantity": "1.0",
            "price": "100.00",
            "category": SALES,
            "sales_tax_rate": "20.0",
        },
        {
            "description": "Takings",
            "quantity": "1.0",
            "price": "5.00",
            "category": TIPS,
            "sales_tax_rate": "0.0",
        },
    ]
    assert (asked["reference"], asked["dated_on"], asked["currency"]) == ("AB-260314-I1", "2026-03-14", "GBP")
    assert asked["payment_terms_in_days"] == 0
    assert asked["send_new_invoice_emails"] is False


def test_tax_that_freeagent_would_not_make_is_made_with_an_item_without_tax() -> None:
    odd = replace(INVOICE, lines=(line(SALES, "1234.57", "246.83", "20"),), total=Decimal("1481.40"))
    first, second = payload(odd, DATA)["invoice"]["invoice_items"]
    assert (first["price"], first["sales_tax_rate"]) == ("1234.17", "20.0")
    assert (second["price"], second["sales_tax_rate"], second["category"]) == ("0.40", "0.0", SALES)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((line(SALES, "100", "5", "20"),), "would make 20.00"),
        ((line(SALES, "100", "20"),), "at 0 %"),
        ((line(SALES, "100", "12", "12"),), "charges no tax at the rate"),
        ((line(SALES, "100.001"),), "two decimals"),
    ],
)
def test_what_an_invoice_cannot_hold(lines: tuple[object, ...], reason: str) -> None:
    with pytest.raises(PlatformRejected, match=reason):
        payload(replace(INVOICE, lines=lines), DATA)  # type: ignore[arg-type]


def test_exempt_and_untaxed_items() -> None:
    exempt = replace(INVOICE, lines=(line(SALES, "5", "0", "EXEMPT"), line(SALES, "5", "0", "0")))
    first, second = payload(exempt, DATA)["invoice"]["invoice_items"]
    assert (first["sales_tax_status"], second["sales_tax_rate"]) == ("EXEMPT", "0.0")
    unregistered = payload(replace(INVOICE, lines=(line(SALES, "5"),)), reference(sales_tax_rates=[]))
    assert not [name for name in unregistered["invoice"]["invoice_items"][0] if "tax" in name]


def test_a_credit_note_is_negative() -> None:
    (item,) = payload(CREDIT, DATA)["credit_note"]["credit_note_items"]
    assert (item["price"], item["quantity"]) == ("-10.00", "1.0")


def test_a_bill_includes_its_tax() -> None:
    taxed = replace(
        BILL, lines=(line(FEES, "83.33", "16.67", "20"), line(FEES, "83.32", "16.68", "20"), line(FEES, "3"))
    )
    usual, manual, none = payload(taxed, DATA)["bill"]["bill_items"]
    assert (usual["total_value"], usual["sales_tax_rate"]) == ("100.00", "20.0")
    assert (manual["total_value"], manual["manual_sales_tax_amount"]) == ("100.00", "16.68")
    assert none["sales_tax_status"] == "OUT_OF_SCOPE"
    credit = payload(replace(taxed, kind=Kind.BILL_CREDIT_NOTE), DATA)["bill"]["bill_items"]
    assert [each["total_value"] for each in credit] == ["-100.00", "-100.00", "-3.00"]


def test_a_bill_of_too_many_items_is_refused() -> None:
    assert len(payload(replace(BILL, lines=(line(FEES, "1"),) * 40), DATA)["bill"]["bill_items"]) == 40
    with pytest.raises(PlatformRejected, match="40"):
        payload(replace(BILL, lines=(line(FEES, "1"),) * 41), DATA)


@pytest.mark.parametrize(
    ("kind", "value", "settles"),
    [
        (Kind.PAYMENT, "125.00", "paid_invoice"),
        (Kind.REFUND, "-125.00", "paid_invoice"),
        (Kind.BILL_PAYMENT, "-125.00", "paid_bill"),
        (Kind.BILL_REFUND, "125.00", "paid_bill"),
    ],
)
def test_settlements(kind: Kind, value: str, settles: str) -> None:
    asked = payload(replace(PAYMENT, kind=kind), DATA)["bank_transaction_explanation"]
    assert (asked["gross_value"], asked[settles], asked["bank_account"]) == (value, PAYMENT.settles, CARD)
    assert asked["description"].startswith("AB-260314-P1: ")


def test_transfers_and_money_spent() -> None:
    moved = payload(TRANSFER, DATA)["bank_transaction_explanation"]
    assert (moved["bank_account"], moved["transfer_bank_account"], moved["gross_value"]) == (
        CARD,
        CURRENT,
        "-50.00",
    )
    spent = payload(SPENT, DATA)["bank_transaction_explanation"]
    assert (spent["category"], spent["gross_value"], spent["sales_tax_rate"]) == (FEES, "-3.00", "0.0")
    income = document(Kind.RECEIVE_MONEY, "V1", line(SALES, "100", "20.01", "20"), account=CARD)
    assert payload(income, DATA)["bank_transaction_explanation"]["sales_tax_value"] == "20.01"


def test_a_journal() -> None:
    asked = payload(JOURNAL, DATA)["journal_set"]
    assert asked["tag"] == "AB-260314-J1"
    assert [(each["category"], each["debit_value"]) for each in asked["journal_entries"]] == [
        (CLEARING, "12.00"), (SALES, "-10.00"), (VAT, "-2.00"),
    ]  # fmt: skip


def test_other_currencies() -> None:
    with pytest.raises(PlatformRejected, match="GBP only"):
        payload(replace(JOURNAL, currency="EUR"), DATA)
    with pytest.raises(PlatformRejected, match='"Card Clearing" is in GBP'):
        payload(replace(PAYMENT, currency="EUR"), DATA)
    assert payload(replace(PAYMENT, currency="EUR", account=EUROS), DATA)


def test_gift_cards_on_an_invoice_are_moved_by_a_journal_before_it() -> None:
    journal, invoice = in_parts(WITH_GIFTS, DATA)
    assert {each.account: each.net for each in journal.lines} == {GIFTS: -25, SALES: 25}
    assert (journal.reference, invoice.reference) == ("AB-260314-I2.1", "AB-260314-I2")
    assert (invoice.total, {each.account for each in invoice.lines}) == (Decimal(145), {SALES})
    with pytest.raises(PlatformRejected, match="draft"):
        in_parts(replace(WITH_GIFTS, status="Draft"), DATA)
    with pytest.raises(PlatformRejected, match="Trade Debtors"):
        in_parts(replace(WITH_GIFTS, lines=(line(DEBTORS, "5"),)), DATA)


def test_gift_cards_spent_pass_through_a_clearing_account() -> None:
    spent, payment = in_parts(BY_GIFT, DATA)
    assert (spent.kind, spent.account, spent.lines[0].account) == (Kind.SPEND_MONEY, CARD, GIFTS)
    assert (payment.account, payment.settles, payment.reference) == (CARD, BY_GIFT.settles, "AB-260314-P2")
    with pytest.raises(PlatformRejected, match="none of them is in USD"):
        in_parts(replace(BY_GIFT, currency="USD"), DATA)


def test_takings_on_bank_accounts_and_debtors() -> None:
    parts = in_parts(TAKINGS, DATA)
    assert [part.kind for part in parts] == [
        Kind.RECEIVE_MONEY, Kind.RECEIVE_MONEY, Kind.JOURNAL, Kind.INVOICE, Kind.JOURNAL,
    ]  # fmt: skip
    assert {each.account for part in parts[:2] for each in part.lines} == {CONTRA}
    last = in_parts(SETTLED, DATA)[-1]
    assert (last.total, last.description) == (Decimal(40), "[4 parts, 100] Sales 2026-03-14")
