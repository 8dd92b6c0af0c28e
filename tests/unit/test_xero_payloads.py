"""Documents as Xero takes them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.platforms.xero.parts import A_CUSTOMER, A_SUPPLIER, in_parts, part_number
from daybook.platforms.xero.payloads import CALLS, idempotency_key, payload, refusal
from tests.unit.xero_examples import BILL, INVOICE, JOURNAL, TAKINGS, document, line, reference

DATA = reference()


def test_an_invoice() -> None:
    assert payload(INVOICE, DATA) == {
        "Type": "ACCREC",
        "Contact": {"ContactID": "shopper"},
        "Date": "2026-03-14",
        "DueDate": "2026-03-14",
        "CurrencyCode": "GBP",
        "LineAmountTypes": "Inclusive",
        "InvoiceNumber": "AB-260314-I1",
        "Reference": "Daily takings 2026-03-14",
        "Status": "AUTHORISED",
        "LineItems": [
            {
                "Description": "sales of the day", "Quantity": 1, "UnitAmount": Decimal(120),
                "TaxType": "OUTPUT2", "TaxAmount": Decimal(20), "AccountCode": "200",
            },
            {
                "Description": "card of the day", "Quantity": 1, "UnitAmount": Decimal(5),
                "TaxType": "NONE", "TaxAmount": Decimal(0), "AccountCode": "610",
            },
        ],
    }  # fmt: skip


def test_a_draft_with_a_due_date() -> None:
    made = payload(replace(INVOICE, status="Draft", due=date(2026, 4, 13)), DATA)
    assert (made["Status"], made["DueDate"]) == ("DRAFT", "2026-04-13")


def test_a_bill_has_no_reference_of_its_own() -> None:
    made = payload(BILL, DATA)
    assert (made["Type"], made["InvoiceNumber"], made["Status"]) == ("ACCPAY", "AB-260314-B1", "AUTHORISED")
    assert "Reference" not in made


@pytest.mark.parametrize(
    ("kind", "of_xero"), [(Kind.CREDIT_NOTE, "ACCRECCREDIT"), (Kind.BILL_CREDIT_NOTE, "ACCPAYCREDIT")]
)
def test_credit_notes(kind: Kind, of_xero: str) -> None:
    made = payload(document(kind, "AB-260314-C1", line("sales", "1"), contact="shopper"), DATA)
    assert (made["Type"], made["CreditNoteNumber"]) == (of_xero, "AB-260314-C1")
    assert "DueDate" not in made


@pytest.mark.parametrize(
    ("kind", "settled"),
    [
        (Kind.PAYMENT, {"Invoice": {"InvoiceID": "i"}}),
        (Kind.BILL_PAYMENT, {"Invoice": {"InvoiceID": "i"}}),
        (Kind.REFUND, {"CreditNote": {"CreditNoteID": "i"}}),
        (Kind.BILL_REFUND, {"CreditNote": {"CreditNoteID": "i"}}),
    ],
)
def test_payments_and_cash_refunds(kind: Kind, settled: dict[str, object]) -> None:
    asked = document(kind, "AB-260314-P1", total="12.5", account="bank", settles="i")
    assert payload(asked, DATA) == settled | {
        "Account": {"AccountID": "bank"},
        "Date": "2026-03-14",
        "Amount": Decimal("12.5"),
        "Reference": "AB-260314-P1",
    }


def test_money_spent() -> None:
    asked = document(Kind.SPEND_MONEY, "AB-260314-S1", line("fees", "3"), account="bank", contact="provider")
    made = payload(asked, DATA)
    assert (made["Type"], made["BankAccount"], made["Reference"], made["Status"]) == (
        "SPEND", {"AccountID": "bank"}, "AB-260314-S1", "AUTHORISED",
    )  # fmt: skip


def test_a_transfer() -> None:
    asked = document(Kind.TRANSFER, "AB-260314-T1", total="50", account="till", to_account="bank")
    assert payload(asked, DATA) == {
        "FromBankAccount": {"AccountID": "till"},
        "ToBankAccount": {"AccountID": "bank"},
        "Amount": Decimal(50),
        "Date": "2026-03-14",
        "Reference": "AB-260314-T1",
    }


def test_a_journal() -> None:
    made = payload(JOURNAL, DATA)
    assert made["Narration"] == "AB-260314-J1: Daily takings 2026-03-14"
    assert (made["Status"], made["LineAmountTypes"]) == ("POSTED", "NoTax")
    assert [(x["AccountCode"], x["LineAmount"], x["TaxType"]) for x in made["JournalLines"]] == [
        ("610", Decimal(12), "NONE"), ("200", Decimal(-10), "NONE"), ("820", Decimal(-2), "NONE"),
    ]  # fmt: skip


def test_an_account_without_a_code_is_named_by_its_id() -> None:
    made = payload(document(Kind.INVOICE, "1", line("unheard of", "1"), contact="shopper"), DATA)
    assert made["LineItems"][0]["AccountID"] == "unheard of"
    assert "AccountCode" not in made["LineItems"][0]


def test_a_rate_that_xero_does_not_take_on_an_account_is_left_out_where_nothing_depends_on_it() -> None:
    lines = (line("fees", "-5", rate="ZERORATEDOUTPUT"), line("fees", "10", "2", "OUTPUT2"))
    kinds = [x["TaxType"] for x in payload(document(Kind.INVOICE, "1", *lines), DATA)["LineItems"]]
    assert kinds == ["NONE", "OUTPUT2"]


def test_what_xero_cannot_hold_is_known_before() -> None:
    assert refusal(JOURNAL, DATA) == ""
    assert "in GBP only" in refusal(replace(JOURNAL, currency="EUR"), DATA)
    assert "two decimals" in refusal(document(Kind.INVOICE, "1", line("sales", "1.005")), DATA)
    assert "255" in refusal(replace(INVOICE, reference="x" * 256), DATA)
    assert refusal(replace(INVOICE, currency="EUR"), DATA) == ""


def test_the_same_request_has_the_same_key_and_no_other_has() -> None:
    keys = {
        idempotency_key(path, {"Invoices": [payload(each, DATA) for each in batch]})
        for path in ("/Invoices", "/Other")
        for batch in ([INVOICE], [INVOICE, BILL], [BILL], [replace(INVOICE, reference="2")])
    }
    assert len(keys) == 8
    assert all(len(key) <= 128 for key in keys)
    assert idempotency_key("/Invoices", payload(INVOICE, DATA)) == idempotency_key(
        "/Invoices", payload(replace(INVOICE), DATA)
    )


cents = st.integers(-(10**9), 10**9).map(lambda units: Decimal(units) / 100)
lines = st.builds(
    DocumentLine, st.text(max_size=5), st.sampled_from(["sales", "fees", "card"]), cents, cents,
    st.sampled_from(["", "OUTPUT2", "ZERORATEDOUTPUT"]),
)  # fmt: skip


@given(st.lists(lines, min_size=1, max_size=5))
def test_amounts_with_their_tax_come_to_the_total(some: list[DocumentLine]) -> None:
    made = payload(document(Kind.INVOICE, "1", *some), DATA)
    assert sum(x["UnitAmount"] * x["Quantity"] for x in made["LineItems"]) == sum(
        each.net + each.tax for each in some
    )
    assert sum(x["TaxAmount"] for x in made["LineItems"]) == sum(each.tax for each in some)
    assert all(x["Description"] for x in made["LineItems"])


def moved(documents: tuple[Document, ...]) -> dict[str, Decimal]:
    """What documents do to the accounts in Xero, debit positive."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    taxes = {rate.id: rate.account for rate in DATA.tax_rates}
    own = {
        Kind.INVOICE: ("debtors", 1), Kind.CREDIT_NOTE: ("debtors", -1),
        Kind.BILL: ("creditors", -1), Kind.BILL_CREDIT_NOTE: ("creditors", 1),
    }  # fmt: skip
    for each in documents:
        side = -1
        if each.kind is Kind.TRANSFER:
            found[each.to_account] += each.total
            found[each.account] -= each.total
        elif each.kind is not Kind.JOURNAL:
            account, side = own.get(each.kind, (each.account, 1 if each.kind is Kind.RECEIVE_MONEY else -1))
            found[account] += side * each.total
        for part in each.lines:
            found[part.account] -= side * part.net
            found[taxes.get(part.tax_rate, part.account)] -= side * part.tax
    return {account: amount for account, amount in found.items() if amount}


def takeable(each: Document) -> bool:
    """Whether Xero takes a document: bank accounts and control accounts in their own documents only."""
    inside = {part.account for part in each.lines}
    ends = {
        Kind.TRANSFER: {each.account, each.to_account},
        Kind.SPEND_MONEY: {each.account},
        Kind.RECEIVE_MONEY: {each.account},
    }.get(each.kind, set())
    return inside.isdisjoint({"bank", "till", "debtors", "creditors"}) and ends <= {"bank", "till"}


@st.composite
def journals(draw: st.DrawFn) -> Document:
    names = st.sampled_from(["bank", "till", "debtors", "creditors", "sales", "fees", "card", "vat"])
    amounts = cents.filter(bool)
    some = draw(st.lists(st.tuples(names, amounts), min_size=1, max_size=6, unique_by=lambda pair: pair[0]))
    rest = -sum((amount for _, amount in some), Decimal(0))
    made = [line(name, str(amount)) for name, amount in some]
    return document(Kind.JOURNAL, "AB-260314-J1", *made, *([line("old", str(rest))] if rest else []))


@given(journals())
def test_whatever_a_journal_moves_its_parts_move(asked: Document) -> None:
    parts = in_parts(asked, DATA)
    assert moved(parts) == moved((asked,))
    assert all(takeable(part) for part in parts)
    assert len({part.reference for part in parts}) == len(parts)


@given(
    st.sampled_from([Kind.SPEND_MONEY, Kind.RECEIVE_MONEY]),
    st.sampled_from(["bank", "card"]),
    st.lists(
        st.tuples(
            st.sampled_from(["sales", "fees", "debtors"]),
            st.integers(1, 10**6).map(lambda units: Decimal(units) / 100),
            st.sampled_from([("0", ""), ("2", "OUTPUT2")]),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_money_moves_as_a_whole_or_in_parts(
    kind: Kind, account: str, some: list[tuple[str, Decimal, tuple[str, str]]]
) -> None:
    made = [line(name, str(net), *tax) for name, net, tax in some]
    asked = document(kind, "AB-260314-S1", *made, account=account, contact="provider")
    parts = in_parts(asked, DATA)
    assert moved(parts) == moved((asked,))
    assert all(takeable(part) for part in parts)


def test_what_xero_takes_stays_whole_with_its_tax() -> None:
    income = document(
        Kind.RECEIVE_MONEY, "X1", line("sales", "10", "2", "OUTPUT2"), account="bank", contact="shopper"
    )
    assert in_parts(income, DATA) == (income,)
    assert in_parts(JOURNAL, DATA) == (JOURNAL,)
    assert in_parts(INVOICE, DATA) == (INVOICE,)


def test_a_journal_on_one_bank_account_is_one_receipt_under_its_own_number() -> None:
    takings = document(Kind.JOURNAL, "AB-260314-J1", line("bank", "12"), line("sales", "-12"))
    (receipt,) = in_parts(takings, DATA)
    assert (receipt.kind, receipt.reference, receipt.contact) == (
        Kind.RECEIVE_MONEY, "AB-260314-J1", A_CUSTOMER,
    )  # fmt: skip


def test_parts_say_which_they_are() -> None:
    parts = in_parts(TAKINGS, DATA)
    assert [(part.kind, part.reference) for part in parts] == [
        (Kind.RECEIVE_MONEY, "AB-260314-J2.1 of 3 (124)"),
        (Kind.RECEIVE_MONEY, "AB-260314-J2.2 of 3 (124)"),
        (Kind.JOURNAL, "AB-260314-J2.3 of 3 (124)"),
    ]
    assert parts[0].lines[0].account == "rounding"
    said = payload(parts[2], DATA)["Narration"]
    assert part_number("AB-260314-J2", Kind.JOURNAL, said) == (3, 3, Decimal(124))
    assert part_number("AB-260314-J2", Kind.RECEIVE_MONEY, parts[0].reference) == (1, 3, Decimal(124))


@pytest.mark.parametrize(
    "said",
    ["", "AB-260314-J2", "AB-260314-J21.1 of 3 (124)", "AB-260314-J2.1 of 3", "AB-260314-J2.1 of 3 (124)!",
     "AB-260314-J2-2.1 of 3 (124)", "XAB-260314-J2.1 of 3 (124)"],
)  # fmt: skip
def test_what_is_no_part(said: str) -> None:
    assert part_number("AB-260314-J2", Kind.RECEIVE_MONEY, said) is None


def test_money_spent_for_nobody_is_the_providers() -> None:
    (made,) = in_parts(document(Kind.SPEND_MONEY, "S", line("fees", "1"), account="bank"), DATA)
    assert made.contact == A_SUPPLIER


def test_every_kind_has_its_call() -> None:
    assert set(CALLS) == set(Kind)
