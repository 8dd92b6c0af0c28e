"""Posting configurations: both shapes, what is left out, what is echoed back, what is cleared."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.domain.configuration import read_configuration
from daybook.domain.errors import BadRequest
from daybook.domain.selection import empty_body, merge
from daybook.wire.configuration import read_posted
from daybook.wire.configuration_answer import Offer, answer_of
from tests import configuration_bodies as bodies

Json = dict[str, Any]
TODAY = date(2026, 7, 13)
OFFER = Offer(
    bodies.BOOKS,
    categories={"food": "Food", "drinks": "Drinks"},
    methods={"m1": "Voucher"},
    components={"vat": "VAT"},
    payment_keys=("card", "klarna"),
    percentages=("17.5",),
)


def post(posted: object, stored: Json | None = None) -> Json:
    return merge(stored, read_posted(posted), TODAY)


def answered(body: Json, offer: Offer = OFFER) -> Json:
    return answer_of(bodies.COMPANY, body, offer, configured=True)


STORED = post(bodies.nested())


def test_the_flat_shape_means_what_the_nested_one_means() -> None:
    flat = {"enabled": True, "schedule": bodies.schedule(), **bodies.sections()}
    flat["newPayments"] = flat.pop("payments")
    assert post(flat) == STORED


def test_the_nested_shape_wins_section_by_section() -> None:
    posted = bodies.nested()
    posted["sales"] = {"syncSales": False}
    posted["fees"] = copy.deepcopy(posted["configuration"].pop("fees"))
    assert post(posted) == STORED


@pytest.mark.parametrize("posted", [{}, {"enable": None, "configuration": None, "sales": None}])
def test_nothing_given_changes_nothing(posted: Json) -> None:
    assert post(posted, STORED) == STORED
    assert post(posted) == empty_body()


def test_what_is_left_out_stays() -> None:
    changed = post({"schedule": {"syncHour": 5}}, STORED)
    assert changed["schedule"] == {**STORED["schedule"], "syncHour": 5}
    klarna = {"payments": {"accounts": {"klarna": {"selectedAccountId": "k"}}}}
    accounts = post({"configuration": klarna}, STORED)["configuration"]["payments"]["accounts"]
    assert accounts == {
        **STORED["configuration"]["payments"]["accounts"],
        "klarna": {"selectedAccountId": "k"},
    }


@pytest.mark.parametrize("nothing", [{}, {"selectedAccountId": None}, {"selectedAccountId": " "}])
def test_an_entry_without_a_selection_clears_it(nothing: Json) -> None:
    posted = {"configuration": {"sales": {"accounts": {"gratuity": nothing}}}}
    assert "gratuity" not in post(posted, STORED)["configuration"]["sales"]["accounts"]


def test_the_switch_that_was_edited_counts() -> None:
    assert post({"enable": True, "enabled": False}, STORED)["enable"] is False
    assert post({"enable": False, "enabled": True}, STORED)["enable"] is False
    off = {**STORED, "enable": False}
    assert post({"enable": False, "enabled": True}, off)["enable"] is True
    assert post({"enabled": False}, STORED)["enable"] is False


def test_of_the_two_names_of_payments_the_edited_one_counts() -> None:
    stored = STORED["configuration"]["payments"]["accounts"]
    unchanged = {"accounts": copy.deepcopy(stored)}
    edited = {"accounts": {**copy.deepcopy(stored), "cash": {"selectedAccountId": "new"}}}
    for old, new in ((unchanged, edited), (edited, unchanged)):
        posted = {"configuration": {"payments": old, "newPayments": new}}
        merged = post(posted, STORED)["configuration"]["payments"]["accounts"]
        assert merged["cash"] == {"selectedAccountId": "new"}
    newest = {"accounts": {"cash": {"selectedAccountId": "newest"}}}
    both = post({"configuration": {"payments": edited, "newPayments": newest}}, STORED)
    assert both["configuration"]["payments"]["accounts"]["cash"] == {"selectedAccountId": "newest"}


def test_a_key_finds_its_section_and_unknown_ones_are_ignored() -> None:
    entry = {"selectedAccountId": "x"}
    posted = {
        "payments": {"accounts": {"loan": entry, "Klarna": entry, "prepaid": entry, "!?": entry}},
        "fees": {"accounts": {"payout": entry, "something": entry}},
        "sales": {"accounts": {"sales-food": entry, "whatever": entry}},
    }
    merged = post({"configuration": posted})["configuration"]
    assert set(merged["payments"]["accounts"]) == {"klarna", "prepaidPayment", "payout"}
    assert set(merged["fees"]["accounts"]) == {"loan"}
    assert set(merged["sales"]["accounts"]) == {"sales-food"}


@pytest.mark.parametrize(
    ("name", "section", "key"),
    [
        ("paid-sales", "payments", "paid-sales"),
        ("Sales", "payments", "paid-sales"),
        ("Payment Fee", "payments", "paid-paymentFee"),
        ("paid-payout", "payments", "paid-payout"),
        ("Payout", "payments", "payout"),
        ("sales", "sales", "sales"),
        ("loan", "fees", "loan"),
        ("paid-klarna", "payments", "paidKlarna"),
    ],
)
def test_a_type_of_payment_is_selected_apart_from_its_namesake(name: str, section: str, key: str) -> None:
    posted = {"payments": {"accounts": {name: {"selectedAccountId": "x"}}}}
    merged = post({"configuration": posted})["configuration"]
    found = {part: set(merged[part]["accounts"]) for part in ("sales", "payments", "fees")}
    assert found == {"sales": set(), "payments": set(), "fees": set(), section: {key}}
    answer = answered(post({"configuration": posted}))
    assert answer["configuration"][section]["accounts"][key]["selectedAccountId"] == "x"


def test_a_company_first_configured_through_the_flat_shape_runs_daily_from_today() -> None:
    merged = post(bodies.sections())
    assert merged["enable"] is True
    assert merged["schedule"] == {
        "selectedFrequency": "Daily",
        "startDate": "2026-07-13",
        "syncHour": 0,
        "timeZone": "Etc/UTC",
    }
    assert "startDate" not in post({"configuration": bodies.sections()})["schedule"]
    assert post(bodies.sections(), STORED)["schedule"] == STORED["schedule"]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [({"outputFormat": "Invoice"}, None), ({"outputFormat": None}, None), ({}, None), (None, "JournalEntry")],
)
def test_anything_but_journals_means_invoices(settings: Json | None, kept: str | None) -> None:
    stored = post(bodies.nested("JournalEntry"))
    merged = post({"configuration": {"mapSettings": settings}}, stored)
    assert merged["configuration"]["mapSettings"] == {"outputFormat": kept}


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2026-05-01", "America/New_York", "2026-05-01"),
        ("2026-05-01T00:00:00", "America/New_York", "2026-05-01"),
        ("2026-05-01T00:00:00Z", "America/New_York", "2026-05-01"),
        ("2026-05-01T00:00:00.0000000Z", "Asia/Tokyo", "2026-05-01"),
        ("2026-05-01T00:00:00+09:00", "America/New_York", "2026-05-01"),
        ("2026-04-30T15:00:00Z", "Asia/Tokyo", "2026-05-01"),
        ("2026-05-01T03:00:00Z", "America/New_York", "2026-04-30"),
        ("2026-05-01T03:00:00", "America/New_York", "2026-05-01"),
        ("soon", "Etc/UTC", "soon"),
    ],
)
def test_the_start_date_is_a_day_of_the_company(text: str, zone: str, day: str) -> None:
    assert post({"schedule": {"startDate": text, "timeZone": zone}})["schedule"]["startDate"] == day


def test_percentages_and_options_are_spelled_one_way() -> None:
    posted = {
        "taxRates": {"20.00": {"selectedTaxRateId": "r"}, "0": {"selectedTaxRateId": "z"}},
        "invoiceStatus": {"selectedInvoiceStatus": "submitted"},
        "grouping": {
            "groupingPeriod": {"selectedGroupingPeriod": "daily"},
            "groupingLevels": {"invoiceLineLevel": {"selectedGroupByOptions": ["product category"]}},
        },
    }
    merged = post({"configuration": {"sales": posted}})
    assert set(merged["configuration"]["sales"]["taxRates"]) == {"20", "0"}
    read = read_configuration(merged)
    assert (read.invoice_status, read.grouping_period) == ("Submitted", "Daily")
    assert read.group_by_category


def test_mappings_are_replaced_as_a_whole_and_incomplete_ones_are_none() -> None:
    mappings = [
        {"selectedCommerceTaxRateIds": ["b", "a", "b"], "selectedAccountingTaxRateId": "r"},
        {"selectedCommerceTaxRateIds": [], "selectedAccountingTaxRateId": "r"},
        {"selectedCommerceTaxRateIds": ["c"], "selectedAccountingTaxRateId": None},
    ]
    sales = {"newTaxRates": {"taxRateMappings": mappings, "selectedDefaultZeroTaxRateId": None}}
    merged = post({"configuration": {"sales": sales}}, STORED)["configuration"]["sales"]["newTaxRates"]
    assert merged == {
        "taxRateMappings": [{"selectedCommerceTaxRateIds": ["a", "b"], "selectedAccountingTaxRateId": "r"}],
        "selectedDefaultZeroTaxRateId": bodies.rate("Zero-rated"),
    }


@pytest.mark.parametrize(
    ("posted", "item"),
    [
        ([], "$"),
        ({"enable": "perhaps"}, "$.enable"),
        ({"schedule": {"syncHour": "noon"}}, "$.schedule.syncHour"),
        ({"configuration": {"sales": []}}, "$.configuration.sales"),
        (
            {"configuration": {"mapSettings": {"outputFormat": "Bill"}}},
            "$.configuration.mapSettings.outputFormat",
        ),
        (
            {"sales": {"accounts": {"sales": {"selectedAccountId": 7}}}},
            "$.sales.accounts.sales.selectedAccountId",
        ),
        ({"sales": {"accounts": {"sales": "7"}}}, "$.sales.accounts.sales"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(posted: object, item: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_posted(posted)
    assert [problem.item for problem in refused.value.problems] == [item]


def test_unknown_properties_and_echoed_options_are_ignored() -> None:
    posted = bodies.nested()
    posted["configuration"]["sales"]["accounts"]["sales"] |= {"accountOptions": "?", "required": 3}
    posted["configuration"]["colour"] = posted["colour"] = "red"
    assert post(posted) == STORED


texts = st.sampled_from(["", "a", "b", "c"])
entries = st.fixed_dictionaries({}, optional={"selectedAccountId": st.none() | texts})
rates = st.fixed_dictionaries({}, optional={"selectedTaxRateId": st.none() | texts})
switches = st.none() | st.booleans()


def optionally(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional={name: st.none() | part for name, part in parts.items()})


payments = optionally(
    syncPayments=switches,
    accounts=st.dictionaries(
        st.sampled_from(["card", "cash", "klarna", "custom-m1", "loan", "paid-loan"]), entries
    ),
)
chosen = optionally(
    mapSettings=optionally(outputFormat=st.sampled_from(["JournalEntry", "Invoice"])),
    sales=optionally(
        syncSales=switches,
        accounts=st.dictionaries(st.sampled_from(["sales", "refund", "sales-food", "cash"]), entries),
        invoiceStatus=optionally(selectedInvoiceStatus=st.sampled_from(["Draft", "submitted", "?"])),
        salesCustomer=optionally(selectedCustomerId=texts),
        taxRates=st.dictionaries(st.sampled_from(["0", "20", "20.0", "17.5", "x"]), rates),
        newTaxRates=optionally(
            taxRateMappings=st.lists(
                optionally(
                    selectedCommerceTaxRateIds=st.lists(texts, max_size=2), selectedAccountingTaxRateId=texts
                ),
                max_size=3,
            ),
            selectedDefaultZeroTaxRateId=texts,
        ),
        grouping=optionally(
            groupingPeriod=optionally(selectedGroupingPeriod=st.sampled_from(["Daily", "weekly"])),
            groupingLevels=optionally(
                invoiceLevel=optionally(selectedGroupByOptions=st.lists(st.sampled_from(["Location", "?"])))
            ),
        ),
        salesDate=st.sampled_from(["created", "closed"]),
    ),
    payments=payments,
    newPayments=payments,
    fees=optionally(
        syncFees=switches,
        accounts=st.dictionaries(st.sampled_from(["paymentFee", "loan"]), entries),
        feesSupplier=optionally(selectedSupplierId=texts),
    ),
    suspenseAccountId=texts,
)
posts = st.one_of(
    optionally(
        enable=st.booleans(),
        enabled=st.booleans(),
        schedule=optionally(
            selectedFrequency=st.sampled_from(["Daily", "Monthly"]),
            startDate=st.sampled_from(["2026-01-01", "2026-02-03T11:00:00Z"]),
            syncHour=st.integers(0, 23),
            timeZone=st.sampled_from(["Europe/London", "Asia/Tokyo"]),
        ),
        configuration=chosen,
    ),
    chosen,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(posts, min_size=1, max_size=3))
def test_an_answer_posted_back_changes_nothing(several: list[Json]) -> None:
    body: Json | None = None
    for posted in several:
        body = post(posted, body)
    assert body is not None
    read_configuration({**body, "schedule": {}})
    answer = answered(body)
    assert post(answer, body) == body
    nested_only = {name: answer[name] for name in ("enable", "schedule", "configuration")}
    assert post(nested_only, body) == body
    flat_only = {name: answer[name] for name in ("sales", "payments", "newPayments", "fees")}
    assert post(flat_only, body) == body


@settings(max_examples=40, deadline=None)
@given(posts)
def test_posting_twice_is_posting_once(posted: Json) -> None:
    once = post(posted, STORED)
    assert post(posted, once)["configuration"] == once["configuration"] or _both_payments(posted)


def _both_payments(posted: Json) -> bool:
    """With two spellings of one choice that disagree, "the edited one" is another one the second time."""
    given = posted.get("configuration") or posted
    return bool(given.get("payments")) and bool(given.get("newPayments"))
