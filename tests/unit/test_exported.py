"""What an exported configuration selects, told in the ids of another ledger."""

from __future__ import annotations

from typing import Any

import pytest

from local.exported import Thing, Unreadable, holds, read_exports, selects_something, translate

Json = Any
LEDGER = {
    "accounts": [
        Thing("new-sales", "Sales", "200"),
        Thing("new-card", "Card  Clearing", "090"),
        Thing("new-bank", "Bank", "091"),
        Thing("kept", "Kept", "1"),
    ],
    "taxRates": [Thing("new-vat", "20% (VAT on Income)"), Thing("new-none", "No VAT")],
    "customers": [Thing("new-customer", "Shop sales")],
    "suppliers": [Thing("new-supplier", "Acquirer")],
}


def entry(selected: str | None, *options: tuple[str, str, str]) -> Json:
    offered = [{"id": each, "name": name, "nominalCode": code} for each, name, code in options]
    return {
        "labelText": "x",
        "descriptionText": "x",
        "required": True,
        "selectedAccountId": selected,
        "accountOptions": offered,
    }


def flat(account: Json) -> Json:
    return {"sales": {"syncSales": True, "accounts": {"sales": account}}}


def selected(account: Json, chosen: dict[str, str] | None = None) -> tuple[str | None, list[str]]:
    found = translate(read_exports(flat(account), "old")[0], LEDGER, chosen or {})
    held = found.sections["sales"]["accounts"]["sales"]
    return held.get("selectedAccountId"), found.missing


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (entry("kept"), "kept"),
        (entry("o", ("o", "Sales", "200")), "new-sales"),
        (entry("o", ("o", "Takings", "200")), "new-sales"),
        (entry("o", ("o", "card clearing ", "999")), "new-card"),
        (entry("o", ("o", "Sales", "")), "new-sales"),
    ],
)
def test_an_account_is_found_by_id_code_or_name(account: Json, expected: str) -> None:
    assert selected(account) == (expected, [])


def test_code_and_name_of_different_accounts_are_left_to_a_person() -> None:
    account = entry("o", ("o", "Bank", "200"))
    found, missing = selected(account)
    assert found is None
    assert len(missing) == 1
    assert "'Bank' (200), id o may be any of 'Bank' (091), id new-bank, 'Sales' (200)" in missing[0]
    assert selected(account, {"o": "091"}) == ("new-bank", [])


def test_what_is_not_there_is_told() -> None:
    assert "is not in the ledger" in selected(entry("o", ("o", "Gone", "7")))[1][0]
    assert "nobody knows its name" in selected(entry("o"))[1][0]
    assert "has 0 times" in selected(entry("o"), {"o": "nothing like it"})[1][0]


def test_nothing_selected_is_nothing_to_carry_over() -> None:
    assert selected(entry(None, ("o", "Sales", "200"))) == (None, [])
    assert selected(entry("", ("o", "Sales", "200"))) == (None, [])


def test_both_sections_of_payments_become_one() -> None:
    sections = {
        "payments": {
            "syncPayments": True,
            "accounts": {"card": entry("kept"), "cash": entry("p", ("p", "Bank", "091"))},
        },
        "newPayments": {"accounts": {"card": entry("o", ("o", "Card clearing", "090"))}},
    }
    found = translate(read_exports(sections, "old")[0], LEDGER, {}).sections
    assert found["newPayments"] == {
        "syncPayments": True,
        "accounts": {
            "card": {"selectedAccountId": "new-card"},
            "cash": {"selectedAccountId": "new-bank"},
        },
    }
    assert "payments" not in found


def test_taxes_customer_supplier_and_groupings_of_the_current_shape() -> None:
    value = {
        "companyId": "c-1",
        "accountingSoftwareCompanyName": "Copper Kettle",
        "enable": False,
        "schedule": {"syncHour": 4},
        "configuration": {
            "mapSettings": {"outputFormat": "JournalEntry"},
            "sales": {
                "salesCustomer": {
                    "selectedCustomerId": "1",
                    "customerOptions": [{"id": "1", "name": "shop sales"}],
                },
                "newTaxRates": {
                    "accountingTaxRateOptions": [{"id": "2", "name": "20% (VAT on income)"}],
                    "taxRateMappings": [
                        {"selectedCommerceTaxRateIds": ["vat"], "selectedAccountingTaxRateId": "2"}
                    ],
                    "defaultZeroTaxRateOptions": [{"id": "3", "name": "No VAT"}],
                    "selectedDefaultZeroTaxRateId": "3",
                },
                "grouping": {
                    "groupingLevels": {
                        "invoiceLevel": {
                            "selectedGroupByOptions": ["Location"],
                            "groupByOptions": ["Location", "Country"],
                        }
                    }
                },
            },
            "fees": {
                "feesSupplier": {
                    "selectedSupplierId": "4",
                    "supplierOptions": [{"id": "4", "name": "Acquirer"}],
                }
            },
        },
    }
    export = read_exports(value, "old")[0]
    assert (export.company_id, export.name, export.enabled) == ("c-1", "Copper Kettle", False)
    found = translate(export, LEDGER, {})
    assert found.missing == []
    assert found.carried == 4
    assert found.sections == {
        "mapSettings": {"outputFormat": "JournalEntry"},
        "sales": {
            "salesCustomer": {"selectedCustomerId": "new-customer"},
            "newTaxRates": {
                "taxRateMappings": [
                    {"selectedCommerceTaxRateIds": ["vat"], "selectedAccountingTaxRateId": "new-vat"}
                ],
                "selectedDefaultZeroTaxRateId": "new-none",
            },
            "grouping": {"groupingLevels": {"invoiceLevel": {"selectedGroupByOptions": ["Location"]}}},
        },
        "fees": {"feesSupplier": {"selectedSupplierId": "new-supplier"}},
    }


def test_one_file_may_hold_many() -> None:
    each = flat(entry("kept"))
    assert [export.company_id for export in read_exports([each, each], "all")] == ["all-1", "all-2"]
    assert [export.company_id for export in read_exports({"results": [each]}, "all")] == ["all"]


def test_a_merchant_goes_by_the_partners_identifier_or_by_the_old_id() -> None:
    given = flat(entry("kept")) | {"companyId": "c-1"}
    assert read_exports(given, "old")[0].merchant == "c-1"
    own = read_exports({**given, "merchantIdentifier": "till 7"}, "old")[0]
    assert (own.company_id, own.merchant) == ("c-1", "till 7")


@pytest.mark.parametrize("value", [None, 1, "x", {}, [1], {"sales": 1}, {"error": "Unauthorized"}])
def test_what_is_no_configuration_is_refused(value: Json) -> None:
    with pytest.raises(Unreadable):
        read_exports(value, "old")


def test_what_holds_what_is_wanted() -> None:
    current = {"a": {"b": 1, "c": None}, "d": [{"e": 2, "f": 3}]}
    assert holds(current, {"a": {"b": 1}, "d": [{"e": 2}]})
    assert not holds(current, {"a": {"b": 2}})
    assert not holds(current, {"a": {"c": 1}})
    assert not holds(current, {"d": []})
    assert not holds(current, {"d": {"e": 2}})
    assert selects_something({"sales": {"accounts": {"x": {"selectedAccountId": "1"}}}})
    assert not selects_something({"sales": {"accounts": {"x": {"selectedAccountId": None}}}})
