"""What Xero says of an organisation, in Daybook's terms."""

from __future__ import annotations

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daybook.domain.account_keys import accounts_taken
from daybook.platforms.xero import reading
from daybook.platforms.xero.zones import ZONES, zone
from tests.unit.xero_examples import ACCOUNTS, CONTACTS, ORGANISATION, TAX_RATES, reference

SPECIFICATION = (
    Path(os.environ.get("DAYBOOK_SPECS", Path(__file__).parents[3] / "shared" / "specs"))
    / "accounting" / "xero_accounting.yaml"
)  # fmt: skip


def test_company() -> None:
    company = reference().company
    assert (company.name, company.base_currency, company.country) == ("Corner Cafe Ltd", "GBP", "GB")
    assert company.time_zone == "Europe/London"
    assert (company.receivable_account, company.payable_account) == ("debtors", "creditors")


def test_the_later_lock_date_counts() -> None:
    assert reference().company.lock_date == date(2024, 12, 31)
    swapped = ORGANISATION | {"PeriodLockDate": None, "EndOfYearLockDate": "2025-06-30T00:00:00"}
    assert reading.lock_date(swapped) == date(2025, 6, 30)
    assert reading.lock_date({}) is None


@pytest.mark.parametrize("text", ["", "tomorrow", "/Date(x)/", "/Date(99999999999999999)/", None, 5])
def test_a_date_that_is_none(text: object) -> None:
    assert reading.read_day(text) is None


def test_accounts() -> None:
    accounts = {each.id: each for each in reference().accounts}
    assert (accounts["bank"].is_bank, accounts["bank"].takes_payments) == (True, True)
    assert (accounts["card"].is_bank, accounts["card"].takes_payments) == (False, True)
    assert (accounts["sales"].type, accounts["sales"].takes_payments) == ("Income", False)
    assert [accounts[each].type for each in ("bank", "fees", "vat")] == ["Asset", "Expense", "Liability"]
    assert accounts["old"].status == "Archived"
    assert accounts["till"].code == ""


def test_accounts_that_xero_keeps_for_itself_are_not_offered() -> None:
    shown = {each.id for each in reference().accounts}
    assert {"earnings", "gone"}.isdisjoint(shown)
    assert {"debtors", "creditors", "vat", "rounding"} <= shown


def test_what_can_be_chosen() -> None:
    taken = {each.id for each in accounts_taken(reference(), "card", journal=False)}
    assert taken == {"bank", "till", "card"}
    assert "debtors" in {each.id for each in accounts_taken(reference(), "invoice", journal=False)}
    assert "debtors" not in {each.id for each in accounts_taken(reference(), "sales", journal=True)}


def test_an_account_without_a_class_has_that_of_its_type() -> None:
    made = reading.account({"AccountID": "a", "Type": "DIRECTCOSTS"}, "GBP")
    assert (made.type, made.currency) == ("Expense", "GBP")


def test_tax_rates_that_sales_can_bear() -> None:
    rates = {each.id: each for each in reference().tax_rates}
    assert set(rates) == {"OUTPUT2", "ZERORATEDOUTPUT", "OUTPUT"}
    assert (rates["OUTPUT2"].rate, rates["OUTPUT2"].account) == (Decimal(20), "vat")
    assert rates["OUTPUT"].status == "Archived"


def test_a_contact_is_customer_and_supplier() -> None:
    data = reference()
    assert data.customers == data.suppliers
    assert [each.status for each in data.customers] == ["Active", "Active", "Archived"]


def test_an_organisation_of_which_little_is_said() -> None:
    data = reading.reference_data({}, [], [], [])
    assert (data.accounts, data.company.receivable_account, data.company.time_zone) == ((), "", "Etc/UTC")
    assert len(CONTACTS) + len(ACCOUNTS) + len(TAX_RATES) > 0


def test_every_zone_is_one() -> None:
    for name in ZONES.values():
        assert ZoneInfo(name).key == name
    assert zone("NewZealandStandardTime") == "Pacific/Auckland"
    assert zone("OF NOWHERE") == "Etc/UTC"


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="Xero's specification is not here (DAYBOOK_SPECS)")
def test_every_zone_that_xero_has_is_known() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    named = re.search(r"\n    TimeZone:\n(.*?)\n    \w", text, re.DOTALL)
    assert named is not None
    names = set(re.findall(r"^ +- \"?([^\"\s]+)\"?$", named[1], re.MULTILINE))
    assert len(names) > 100
    assert names <= set(ZONES)
