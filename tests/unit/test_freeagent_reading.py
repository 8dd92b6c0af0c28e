"""What is made of a company's answers, and what may be added to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import ARCHIVED
from daybook.platforms.freeagent.additions import new_category, new_contact
from daybook.platforms.freeagent.reading import reference_data
from tests.unit.freeagent_examples import (
    BANK_ACCOUNTS,
    CARD,
    CATEGORIES,
    COMPANY,
    CREDITORS,
    CURRENT,
    DEBTORS,
    EUROS,
    FEES,
    OLD_BANK,
    SALES,
    TILL,
    VAT,
    code,
    reference,
)

DATA = reference()
ACCOUNTS = {account.id: account for account in DATA.accounts}


def test_the_company() -> None:
    company = DATA.company
    assert (company.name, company.base_currency, company.country) == ("Corner Cafe Ltd", "GBP", "GB")
    assert company.time_zone == "Europe/London"
    assert (company.receivable_account, company.payable_account) == (DEBTORS, CREDITORS)
    assert company.lock_date == date(2026, 1, 31)
    assert reference_data(COMPANY, CATEGORIES, [], []).company.lock_date == date(2025, 3, 31)


def test_categories_are_typed_by_their_codes() -> None:
    types = {account.code: account.type for account in DATA.accounts if account.code}
    assert types == {
        "001": "Income", "011": "Income", "051": "Income",
        "102": "Expense", "285": "Expense", "363": "Expense",
        "671": "Asset", "681": "Asset", "998": "Asset",
        "731": "Liability", "796": "Liability", "817": "Liability", "819": "Liability",
        "921": "Equity",
    }  # fmt: skip


def test_what_money_may_reach() -> None:
    paying = {account.code for account in DATA.accounts if account.takes_payments and not account.is_bank}
    assert paying == {"671", "731", "921", "998"}
    assert {account.id for account in DATA.accounts if account.is_bank} == {
        CURRENT, CARD, TILL, EUROS, OLD_BANK,
    }  # fmt: skip
    assert (ACCOUNTS[EUROS].currency, ACCOUNTS[OLD_BANK].status) == ("EUR", ARCHIVED)
    assert DATA.details["passing"] == [CARD, TILL, EUROS, CURRENT]
    assert (DATA.details["billed"][0], DATA.details["invoiced"][0]) == (FEES, SALES)


def test_tax_rates_are_those_of_the_company_and_exemption() -> None:
    assert {rate.id: rate.rate for rate in DATA.tax_rates} == {
        "20": Decimal(20), "5": Decimal(5), "0": Decimal(0), "EXEMPT": Decimal(0),
    }  # fmt: skip
    assert {rate.account for rate in DATA.tax_rates} == {VAT}
    odd = reference(sales_tax_rates=[{"percentage": "9.975", "band": "x"}, 7, Decimal("17.50"), "n/a", None])
    assert [rate.id for rate in odd.tax_rates] == ["17.5", "9.975", "7", "EXEMPT"]
    assert reference(sales_tax_rates=None).tax_rates == ()


def test_contacts_are_customers_and_suppliers() -> None:
    assert [contact.name for contact in DATA.customers] == ["Daily sales", "Payment provider", "Former"]
    assert DATA.customers == DATA.suppliers
    assert DATA.customers[2].status == ARCHIVED


def test_other_countries() -> None:
    dublin = reference(type="UniversalCompany", country="Ireland").company
    assert (dublin.country, dublin.time_zone) == ("IE", "Europe/Dublin")
    nowhere = reference(type="UniversalCompany", country="Elsewhere").company
    assert (nowhere.country, nowhere.time_zone) == ("", "Etc/UTC")
    assert BANK_ACCOUNTS


@pytest.mark.parametrize(
    ("kind", "given", "made"),
    [
        ("Income", "", "049"),
        ("Income", "012", "012"),
        ("Expense", "", "200"),
        ("Asset", "", "672"),
        ("Liability", "", "732"),
        ("Equity", "", "922"),
    ],
)
def test_a_new_category_has_a_free_code(kind: str, given: str, made: str) -> None:
    assert new_category("New", given, kind, "UkLimitedCompany", DATA.accounts)["nominal_code"] == made


def test_a_new_expense_is_reported_as_its_company_can() -> None:
    limited = new_category("Card fees", "", "Expense", "UkLimitedCompany", DATA.accounts)
    other = new_category("Card fees", "", "Expense", "UniversalCompany", DATA.accounts)
    assert (limited["tax_reporting_name"], other["tax_reporting_name"]) == (
        "sundry_expenses",
        "other_expenses",
    )
    assert limited["category_group"] == "admin_expenses"


@pytest.mark.parametrize(
    ("name", "given", "kind", "reason"),
    [
        ("", "", "Income", "needs a name"),
        ("New", "", "Other", "type is one of"),
        ("sales", "", "Income", "already"),
        ("till", "", "Asset", "among the bank accounts"),
        ("New", "011", "Income", "already"),
        ("New", "200", "Income", "001 to 049"),
        ("New", "681", "Asset", "already"),
        ("New", "682", "Asset", "671 to 720"),
        ("New", "x", "Asset", "671 to 720"),
    ],
)
def test_categories_that_cannot_be(name: str, given: str, kind: str, reason: str) -> None:
    with pytest.raises(PlatformRejected, match=reason):
        new_category(name, given, kind, "UkLimitedCompany", DATA.accounts)


def test_a_new_contact() -> None:
    asked = new_contact(NewCustomer(" Bakery ", "First Last", "shop@example.com", tax_number="GB1"))
    assert asked == {
        "organisation_name": "Bakery",
        "first_name": "First",
        "last_name": "Last",
        "email": "shop@example.com",
        "sales_tax_registration_number": "GB1",
    }
    with pytest.raises(PlatformRejected):
        new_contact(NewCustomer(" "))
    assert code("001") == SALES
