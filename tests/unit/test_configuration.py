"""What a stored configuration means: fall-backs, tax treatments, and the spelling of payment keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from daybook.domain.configuration import (
    Configuration,
    LineRates,
    account_for,
    component_rates,
    payment_key,
    rate_for,
    read_configuration,
    section_of,
)
from daybook.domain.schedule import Schedule
from daybook.domain.selection import empty_body, merge
from tests import configuration_bodies as bodies

TODAY = date(2026, 7, 13)


def configuration(output_format: str | None = None, **choices: object) -> Configuration:
    posted = bodies.nested(output_format)
    posted["configuration"]["sales"].update(choices)
    return read_configuration(merge(None, posted, TODAY))


def test_a_posted_configuration_is_read_as_chosen() -> None:
    read = configuration()
    assert read.enabled
    assert not read.is_journal
    assert (read.sync_sales, read.sync_payments, read.sync_fees) == (True, True, True)
    assert read.accounts["paymentFee"] == bodies.account("Payment fees")
    assert read.percentage_rates[Decimal("20.0")] == bodies.rate("Tax 20%")
    assert read.schedule == Schedule("Daily", date(2026, 3, 1), 4, "Europe/London")
    assert read.group_by_location
    assert not read.group_by_country
    assert not read.group_by_category
    assert read.sales_date == "created"
    assert read.invoice_status == "Submitted"


def test_a_company_without_choices_syncs_nothing() -> None:
    read = read_configuration(empty_body())
    assert not read.enabled
    assert not read.accounts
    assert (read.sync_sales, read.sync_payments, read.sync_fees) == (False, False, False)


@pytest.mark.parametrize(
    ("key", "with_account", "found"),
    [
        ("sales-food", {"sales-other"}, "sales-other"),
        ("sales-food", {"sales"}, None),
        ("sales-other", {"sales"}, None),
        ("serviceCharge", {"sales"}, "sales"),
        ("shipping", {"sales"}, "sales"),
        ("overpayment", {"sales"}, "sales"),
        ("rounding", {"sales"}, "sales"),
        ("prepaidDiscount", {"sales"}, "sales"),
        ("refund", {"sales"}, "sales"),
        ("refund", {"sales", "refund"}, "refund"),
        ("deposits", {"invoice"}, "invoice"),
        ("paymentFeeTax", {"paymentFee"}, "paymentFee"),
        ("payoutFee", {"paymentFee"}, "paymentFee"),
        ("paymentFeeRefund", {"paymentFee"}, "paymentFee"),
        ("disputeLoss", {"paymentFee"}, "paymentFee"),
        ("disputeFee", {"paymentFee"}, "paymentFee"),
        ("custom-7", {"custom"}, "custom"),
        ("custom-7", {"custom", "custom-7"}, "custom-7"),
        ("klarna", {"custom", "cash", "card"}, None),
        ("gratuity", {"sales"}, None),
        ("dispute", {"paymentFee"}, None),
        ("prepaidPayment", {"prepaid"}, None),
    ],
)
def test_a_key_falls_back_only_as_specified(key: str, with_account: set[str], found: str | None) -> None:
    body = empty_body()
    for name in with_account:
        entry = {"selectedAccountId": f"account of {name}"}
        body["configuration"][section_of(name)]["accounts"][name] = entry
    assert account_for(read_configuration(body), key) == (f"account of {found}" if found else None)


@pytest.mark.parametrize(
    ("kind", "method", "key"),
    [
        ("Cash", None, "cash"),
        ("OnlineCard", "1", "onlineCard"),
        ("onlinecard", None, "onlineCard"),
        ("ONLINECARD", None, "onlineCard"),
        ("PayPal", None, "paypal"),
        ("Paypal QR", None, "paypalQr"),
        ("store_credit", None, "storeCredit"),
        ("Klarna", None, "klarna"),
        ("KLARNA", None, "klarna"),
        ("ApplePay", None, "applePay"),
        ("Prepaid", None, "prepaidPayment"),
        ("Custom", "m1", "custom-m1"),
        ("custom", None, "custom"),
    ],
)
def test_a_payment_type_becomes_its_account_key(kind: str, method: str | None, key: str) -> None:
    assert payment_key(kind, method) == key


def test_exactly_the_components_of_a_mapping_take_its_rate() -> None:
    read = configuration()
    assert rate_for(read, ("vat",), None, taxed=True) == LineRates(bodies.rate("Tax 20%"))
    assert rate_for(read, ("qst", "gst"), None, taxed=True) == LineRates(bodies.rate("Tax 9.975%"))
    assert rate_for(read, ("gst", "qst", "gst"), None, taxed=True) == LineRates(bodies.rate("Tax 9.975%"))
    assert rate_for(read, ("gst",), None, taxed=True) is None
    assert rate_for(read, ("gst", "qst", "vat"), None, taxed=True) is None


def test_components_count_before_the_percentage() -> None:
    assert rate_for(configuration(), ("unheard of",), Decimal(20), taxed=True) is None


def test_only_a_journal_takes_components_one_by_one() -> None:
    alone = {
        "taxRateMappings": [
            {"selectedCommerceTaxRateIds": ["gst"], "selectedAccountingTaxRateId": "rate 5"},
            {"selectedCommerceTaxRateIds": ["qst"], "selectedAccountingTaxRateId": "rate 10"},
        ]
    }
    invoice, journal = configuration(newTaxRates=alone), configuration("JournalEntry", newTaxRates=alone)
    assert rate_for(invoice, ("gst", "qst"), None, taxed=True) is None
    each = {"gst": "rate 5", "qst": "rate 10"}
    assert rate_for(journal, ("qst", "gst"), None, taxed=True) == LineRates(components=each)
    assert rate_for(journal, ("qst", "other"), None, taxed=True) is None
    assert component_rates(journal, ("qst", "other")) == {"qst": "rate 10"}


def test_no_tax_takes_the_default_zero_rate_and_else_that_of_nought_per_cent() -> None:
    read = configuration()
    for percentage in (None, Decimal(0), Decimal("0.00")):
        assert rate_for(read, (), percentage, taxed=False) == LineRates(bodies.rate("Zero-rated"))
    without_default = configuration(newTaxRates={"taxRateMappings": []})
    assert rate_for(without_default, (), None, taxed=False) == LineRates(bodies.rate("Tax 0%"))
    neither = configuration(newTaxRates={}, taxRates={})
    assert rate_for(neither, (), None, taxed=False) is None


def test_a_percentage_takes_its_own_rate_and_no_other() -> None:
    read = configuration()
    assert rate_for(read, (), Decimal("20.00"), taxed=True) == LineRates(bodies.rate("Tax 20%"))
    assert rate_for(read, (), Decimal(20), taxed=False) == LineRates(bodies.rate("Tax 20%"))
    assert rate_for(read, (), Decimal("17.5"), taxed=True) is None
    assert rate_for(read, (), None, taxed=True) is None
    assert rate_for(read, (), Decimal(0), taxed=True) is None
