"""Why a configuration is refused: every reason, each named by its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.account_keys import accounts_taken, is_payment_key, wording
from daybook.domain.configuration import FEE_KEYS, PAYMENT_KEYS, SALES_KEYS, section_of
from daybook.domain.ledger import ARCHIVED
from daybook.domain.observations import TreatmentInUse, read_treatment
from daybook.domain.selection import merge
from daybook.domain.validation import Situation, problems_of
from daybook.wire.configuration import read_posted
from tests import configuration_bodies as bodies
from tests.scenarios import Scenario, scenarios

Json = dict[str, Any]
READY = Situation(has_accounting=True, has_commerce=True, reference=bodies.BOOKS)
TODAY = date(2026, 7, 13)
ROOT = "$.configuration"


def places(posted: Json, situation: Situation = READY) -> list[str]:
    """Where the problems of a posted configuration are."""
    return [problem.item for problem in problems_of(merge(None, read_posted(posted), TODAY), situation)]


@pytest.mark.parametrize("output_format", [None, "JournalEntry"])
def test_a_complete_configuration_has_no_problems(output_format: str | None) -> None:
    assert places(bodies.nested(output_format)) == []


def test_everything_switched_off_needs_only_links_and_a_schedule() -> None:
    assert places({"enable": True, "schedule": bodies.schedule()}) == []


@pytest.mark.parametrize(
    ("situation", "count"),
    [
        (replace(READY, has_accounting=False), 1),
        (replace(READY, has_commerce=False), 1),
        (Situation(has_accounting=False, has_commerce=False, reference=None), 2),
    ],
)
def test_both_connections_must_be_linked(situation: Situation, count: int) -> None:
    assert places(bodies.nested(), situation) == ["$"] * count


def clear(*path: str) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        for name in path[:-1]:
            body = body[name]
        del body[path[-1]]

    return change


def put(value: object, *path: str) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        for name in path[:-1]:
            body = body.setdefault(name, {})
        body[path[-1]] = value

    return change


def switch_off(*path: str) -> Callable[[Json], None]:
    off = False
    return put(off, *path)


SALES, PAYMENTS, FEES = (("configuration", name) for name in ("sales", "payments", "fees"))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (clear("schedule", "selectedFrequency"), "$.schedule.selectedFrequency"),
        (put("Weekly", "schedule", "selectedFrequency"), "$.schedule.selectedFrequency"),
        (clear("schedule", "startDate"), "$.schedule.startDate"),
        (put("soon", "schedule", "startDate"), "$.schedule.startDate"),
        (put(24, "schedule", "syncHour"), "$.schedule.syncHour"),
        (put(-1, "schedule", "syncHour"), "$.schedule.syncHour"),
        (put("Mars/Base", "schedule", "timeZone"), "$.schedule.timeZone"),
        (clear(*SALES, "accounts", "sales"), f"{ROOT}.sales.accounts.sales.selectedAccountId"),
        (clear(*SALES, "salesCustomer"), f"{ROOT}.sales.salesCustomer.selectedCustomerId"),
        (
            put("nobody", *SALES, "salesCustomer", "selectedCustomerId"),
            f"{ROOT}.sales.salesCustomer.selectedCustomerId",
        ),
        (clear(*SALES, "invoiceStatus"), f"{ROOT}.sales.invoiceStatus.selectedInvoiceStatus"),
        (
            put("Lost", *SALES, "invoiceStatus", "selectedInvoiceStatus"),
            f"{ROOT}.sales.invoiceStatus.selectedInvoiceStatus",
        ),
        (
            put("Draft", *SALES, "invoiceStatus", "selectedInvoiceStatus"),
            f"{ROOT}.sales.invoiceStatus.selectedInvoiceStatus",
        ),
        (clear(*SALES, "grouping"), f"{ROOT}.sales.grouping.groupingPeriod.selectedGroupingPeriod"),
        (
            put(["Weather"], *SALES, "grouping", "groupingLevels", "invoiceLevel", "selectedGroupByOptions"),
            f"{ROOT}.sales.grouping.groupingLevels.invoiceLevel.selectedGroupByOptions[0]",
        ),
        (put("later", *SALES, "salesDate"), f"{ROOT}.sales.salesDate"),
        (
            put("none", *SALES, "taxRates", "20", "selectedTaxRateId"),
            f"{ROOT}.sales.taxRates.20.selectedTaxRateId",
        ),
        (
            put(bodies.rate("Tax 5%"), *SALES, "newTaxRates", "selectedDefaultZeroTaxRateId"),
            f"{ROOT}.sales.newTaxRates.selectedDefaultZeroTaxRateId",
        ),
        (
            put({"selectedTaxRateId": bodies.rate("Tax 5%")}, *SALES, "taxRates", "120"),
            f"{ROOT}.sales.taxRates.120",
        ),
        (clear(*PAYMENTS, "accounts", "card"), f"{ROOT}.payments.accounts.card.selectedAccountId"),
        (
            put(bodies.account("Card clearing"), *PAYMENTS, "accounts", "payout", "selectedAccountId"),
            f"{ROOT}.payments.accounts.payout.selectedAccountId",
        ),
        (
            put(bodies.account("Sales"), *PAYMENTS, "accounts", "klarna", "selectedAccountId"),
            f"{ROOT}.payments.accounts.klarna.selectedAccountId",
        ),
        (
            put(bodies.account("Cash on hand"), *SALES, "accounts", "sales", "selectedAccountId"),
            f"{ROOT}.sales.accounts.sales.selectedAccountId",
        ),
        (
            put(bodies.account("Accounts payable"), *FEES, "accounts", "paymentFee", "selectedAccountId"),
            f"{ROOT}.fees.accounts.paymentFee.selectedAccountId",
        ),
        (clear(*FEES, "accounts", "paymentFee"), f"{ROOT}.fees.accounts.paymentFee.selectedAccountId"),
        (clear(*FEES, "feesSupplier"), f"{ROOT}.fees.feesSupplier.selectedSupplierId"),
        (switch_off(*PAYMENTS, "syncPayments"), f"{ROOT}.fees.syncFees"),
        (switch_off(*SALES, "syncSales"), f"{ROOT}.payments.syncPayments"),
        (put("nowhere", "configuration", "suspenseAccountId"), f"{ROOT}.suspenseAccountId"),
    ],
)
def test_one_fault_is_one_problem(change: Callable[[Json], None], place: str) -> None:
    posted = bodies.nested()
    change(posted)
    assert places(posted) == [place]


def test_every_fault_is_named_at_once() -> None:
    posted = bodies.nested()
    clear(*SALES, "salesCustomer")(posted)
    clear("schedule", "startDate")(posted)
    clear(*FEES, "accounts", "paymentFee")(posted)
    assert len(places(posted, replace(READY, has_commerce=False))) == 4


def test_problems_of_the_flat_shape_are_named_where_it_has_them() -> None:
    body = merge(None, read_posted({**bodies.sections(), "salesCustomer": None}), TODAY)
    body["configuration"]["sales"].pop("salesCustomer")
    assert [problem.item for problem in problems_of(body, READY, "$")] == [
        "$.sales.salesCustomer.selectedCustomerId"
    ]


def test_one_combination_takes_one_rate() -> None:
    posted = bodies.nested()
    posted["configuration"]["sales"]["newTaxRates"]["taxRateMappings"].append(
        {"selectedCommerceTaxRateIds": ["qst", "gst"], "selectedAccountingTaxRateId": bodies.rate("Tax 5%")}
    )
    assert places(posted) == [f"{ROOT}.sales.newTaxRates.taxRateMappings[2]"]


def test_an_archived_account_cannot_be_selected() -> None:
    archived = tuple(
        replace(account, status=ARCHIVED) if account.name == "Refunds" else account
        for account in bodies.BOOKS.accounts
    )
    situation = replace(READY, reference=replace(bodies.BOOKS, accounts=archived))
    assert places(bodies.nested(), situation) == [f"{ROOT}.sales.accounts.refund.selectedAccountId"]


@pytest.mark.parametrize(
    ("use", "place"),
    [
        (TreatmentInUse(("vat",), None, taxed=True), None),
        (TreatmentInUse(("levy",), None, taxed=True), f"{ROOT}.sales.newTaxRates.taxRateMappings"),
        (TreatmentInUse((), Decimal(20), taxed=True), None),
        (TreatmentInUse((), Decimal("17.5"), taxed=True), f"{ROOT}.sales.taxRates.17.5"),
        (TreatmentInUse((), None, taxed=False), None),
        (TreatmentInUse((), None, taxed=True), None),
    ],
)
def test_a_tax_in_use_must_be_mapped(use: TreatmentInUse, place: str | None) -> None:
    assert read_treatment(use.text()) == use
    assert places(bodies.nested(), replace(READY, in_use=(use,))) == ([place] if place else [])


def test_lines_without_tax_need_a_zero_rate() -> None:
    posted = bodies.nested()
    del posted["configuration"]["sales"]["newTaxRates"], posted["configuration"]["sales"]["taxRates"]["0"]
    in_use = (TreatmentInUse((), None, taxed=False),)
    assert places(posted, replace(READY, in_use=in_use)) == [
        f"{ROOT}.sales.newTaxRates.selectedDefaultZeroTaxRateId"
    ]
    posted["configuration"]["suspenseAccountId"] = bodies.account("Suspense")
    assert places(posted, replace(READY, in_use=in_use)) == []


def test_in_journals_a_tax_may_go_to_a_liability_account() -> None:
    for output_format, found in (
        ("JournalEntry", []),
        (None, [f"{ROOT}.sales.taxRates.20.selectedTaxRateId"]),
    ):
        posted = bodies.nested(output_format)
        rates = posted["configuration"]["sales"]["taxRates"]
        rates["20"]["selectedTaxRateId"] = bodies.account("Tips payable")
        assert places(posted) == found


# What the scenarios call accounts that Sandbox books calls otherwise.
IN_THE_CHART = {
    "Cash": "Cash on hand",
    "Cash rounding": "Rounding",
    "Bank": "Bank current account",
    "Card clearing (EUR)": "Card clearing",
}


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: str(scenario.id))
def test_every_account_of_the_scenarios_can_be_selected(scenario: Scenario, *, journal: bool) -> None:
    for name, keys in scenario.accounts.items():
        plain = name.split(" [")[0]
        for key in keys:
            taken = {account.id for account in accounts_taken(bodies.BOOKS, key, journal=journal)}
            assert bodies.account(IN_THE_CHART.get(plain, plain)) in taken, (name, key)


def test_every_key_has_words_and_a_section() -> None:
    for section, keys in (("sales", SALES_KEYS), ("payments", PAYMENT_KEYS), ("fees", FEE_KEYS)):
        for key in keys:
            assert section_of(key) == section
            assert wording(key, {}).label != key
            assert is_payment_key(key) == (section == "payments")


def test_words_for_keys_of_the_merchants_own() -> None:
    names = {"food": "Food", "7": "Voucher"}
    assert wording("sales-food", names).label == "Food"
    assert wording("custom-7", names).label == "Voucher"
    assert wording("custom-8", names).label == "8"
    assert wording("applePay", names).label == "Apple pay"


@pytest.mark.parametrize(
    "key", ["klarna", "applePay", "überweisung", "4pay", "custom-m 1/2", "paid-sales", "paid-payout"]
)
def test_a_way_of_paying_not_met_before_is_a_key(key: str) -> None:
    assert is_payment_key(key)


@pytest.mark.parametrize(
    "key",
    [*("", "Klarna", "apple pay", "custom-", "loan", "sales-x", "x" * 201), *("paid-klarna", "paid-sales-x")],
)
def test_what_is_no_key_of_a_payment(key: str) -> None:
    assert not is_payment_key(key)
