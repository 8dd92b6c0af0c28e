"""What QuickBooks says of a company, of a form, and of what is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.json_text import dump
from daybook.domain.ledger import ACTIVE, ARCHIVED, Account, Written
from daybook.platforms.quickbooks import answers, faults, reading
from daybook.platforms.quickbooks.additions import new_account, new_customer, new_item
from daybook.platforms.transport import Reply
from tests.unit.quickbooks_examples import ACCOUNTS, fault, reference


def test_company() -> None:
    company = reference().company
    assert company.name == "Corner Cafe Ltd"
    assert (company.base_currency, company.country, company.time_zone) == ("GBP", "GB", "Europe/London")
    assert (company.receivable_account, company.payable_account) == ("debtors", "creditors")
    assert company.lock_date == date(2025, 12, 31)


def test_a_company_that_was_never_closed() -> None:
    assert reference(AccountingInfoPrefs={}).company.lock_date is None


def test_accounts() -> None:
    accounts = {each.id: each for each in reference().accounts}
    assert "memo" not in accounts  # nothing can be posted there
    assert [accounts[x].type for x in ("bank", "card", "visa", "gifts", "sales", "fees", "debtors")] == [
        "Asset", "Asset", "Liability", "Liability", "Income", "Expense", "Asset",
    ]  # fmt: skip
    assert {x for x, each in accounts.items() if each.is_bank} == {"bank", "till"}
    assert {x for x, each in accounts.items() if each.takes_payments} == {
        "bank", "till", "card", "visa", "gifts", "vat", "pst",
    }  # fmt: skip
    assert (accounts["old"].status, accounts["sales"].status) == (ARCHIVED, ACTIVE)


def test_tax_codes_of_sales() -> None:
    rates = {each.id: each for each in reference().tax_rates}
    assert set(rates) == {"2", "3", "4"}  # neither hidden ones nor those of purchases, nor the one for no tax
    assert rates["2"].rate == 20
    assert rates["4"].rate == Decimal("14.975")  # the sum of its rates, each as it is in force now
    # An account named after the agency, else the first: nobody says which it is.
    assert {x: each.account for x, each in rates.items()} == {"2": "vat", "3": "pst", "4": "vat"}


def test_contacts_that_are_gone_are_read_too() -> None:
    customers = {each.id: each.status for each in reference().customers}
    assert customers == {"shopper": ACTIVE, "gone": ARCHIVED}


@pytest.mark.parametrize(
    ("country", "taxes", "model"),
    [
        ("GB", {"UsingSalesTax": True}, reading.GLOBAL),
        ("GB", {"UsingSalesTax": False}, reading.NO_TAX),
        ("GB", {}, reading.NO_TAX),
        ("US", {"UsingSalesTax": True}, reading.MANUAL),
        ("USA", {"UsingSalesTax": True, "PartnerTaxEnabled": True}, reading.AUTOMATED),
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": False}, reading.AUTOMATED),
    ],
)
def test_how_tax_is_worked_out(country: str, taxes: dict[str, Any], model: str) -> None:
    assert reference(country, taxes).details["taxModel"] == model


@pytest.mark.parametrize(("value", "keeps"), [("true", True), ("false", False)])
def test_whether_our_numbers_are_kept(value: str, keeps: bool) -> None:  # noqa: FBT001
    name = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
    data = reference(
        OtherPrefs={"NameValue": [{"Name": "Odd", "Value": "true"}, {"Name": name, "Value": value}]}
    )
    assert data.details["ownPurchaseNumbers"] is keeps


def test_details_are_json_values() -> None:
    dump(reference().details)
    assert reference().details["noTaxCode"] == "6"
    assert reference().details["ownNumbers"] is True


def test_our_items_are_those_that_still_lead_to_their_account() -> None:
    def item(name: str, account: str, **more: Any) -> dict[str, Any]:
        return {"Id": name, "Name": name, "IncomeAccountRef": {"value": account}, **more}

    found = reading.items(
        [
            item("Sales (Daybook 1)", "1"),
            item("Moved (Daybook 2)", "9"),
            item("Theirs", "3"),
            item("Gone (Daybook 4)", "4", Active=False),
        ]
    )
    assert found == {"1": "Sales (Daybook 1)"}


@pytest.mark.parametrize("name", ["Sales", "Income:Sales", 'The "best" ones', "x" * 200])
def test_an_item_is_known_again(name: str) -> None:
    asked = new_item(Account("79", "", name, "Income"))
    assert len(asked["Name"]) <= 100
    assert not set(':"') & set(asked["Name"])
    assert reading.items([asked | {"Id": "5"}]) == {"79": "5"}


@pytest.mark.parametrize(
    ("entity", "record", "held"),
    [
        (
            "Invoice",
            {"TotalAmt": 125, "TxnTaxDetail": {"TotalTax": 20}},
            Written("7", Decimal(125), Decimal(20)),
        ),
        ("Transfer", {"Amount": Decimal("5.50")}, Written("7", Decimal("5.50"))),
        ("Payment", {"TotalAmt": 0}, Written("7", Decimal(0))),
        ("Invoice", {"TotalAmt": True}, None),
        ("Invoice", {}, None),
        ("JournalEntry", {"TotalAmt": 0}, None),
    ],
)
def test_what_quickbooks_holds(entity: str, record: dict[str, Any], held: Written | None) -> None:
    assert answers.written(entity, {"Id": "7", **record}) == held


def test_a_journal_comes_to_its_debits() -> None:
    def entry(amount: int, side: str) -> dict[str, Any]:
        return {"Amount": amount, "JournalEntryLineDetail": {"PostingType": side}}

    record = {"Id": "7", "TotalAmt": 0, "Line": [entry(4, "Debit"), entry(3, "Debit"), entry(7, "Credit")]}
    assert answers.written("JournalEntry", record) == Written("7", Decimal(7))


@pytest.mark.parametrize(
    ("code", "kind", "error", "words"),
    [
        ("6140", "ValidationFault", PlatformRejected, "another number"),
        ("6210", "ValidationFault", PlatformRejected, "closing date"),
        ("610", "ValidationFault", PlatformRejected, "active"),
        ("2500", "ValidationFault", PlatformRejected, "active"),
        ("6240", "ValidationFault", PlatformRejected, "name"),
        ("6000", "ValidationFault", PlatformRejected, "settings"),
        ("2020", "ValidationFault", PlatformRejected, "It is wrong."),
        ("9999", "ValidationFault", PlatformRejected, "It is wrong."),
        ("6190", "ValidationFault", SubscriptionExpired, "renewed"),
        ("120", "ValidationFault", AuthorisationLost, "Link it again"),
        ("003200", "AUTHENTICATION", AuthorisationLost, "Link it again"),
        ("003001", "THROTTLE", PlatformUnavailable, "60 seconds"),
        ("5010", "ValidationFault", PlatformUnavailable, "tried again"),
        ("10000", "SystemFault", PlatformUnclear, "what was done"),
    ],
)
def test_faults(code: str, kind: str, error: type[PlatformError], words: str) -> None:
    found = faults.error(faults.faults(fault(code, kind)))
    assert type(found) is error
    assert words in found.message
    if isinstance(found, PlatformUnavailable):
        assert found.retry_after == (60 if code == "003001" else None)


def _reply(status: int, body: Any) -> Reply:
    return Reply("QuickBooks", status, {}, body if isinstance(body, bytes) else dump(body).encode())


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (_reply(400, fault("2020")), PlatformRejected),
        (_reply(400, b"<html>"), PlatformRejected),
        (_reply(402, b""), SubscriptionExpired),
        (_reply(403, b""), AuthorisationLost),
        (_reply(403, fault("6190")), SubscriptionExpired),
        (_reply(403, fault("4")), AuthorisationLost),
        (_reply(403, {"fault": {"error": [{"code": "3100"}], "type": "AUTHORIZATION"}}), AuthorisationLost),
        (_reply(200, b"<html>"), PlatformUnclear),
    ],
)
def test_requests_that_are_refused(reply: Reply, error: type[PlatformError]) -> None:
    assert type(faults.refused(reply)) is error


@pytest.mark.parametrize("reply", [_reply(400, fault("4000")), _reply(404, b""), _reply(200, b"<html>")])
def test_a_question_is_never_rejected(reply: Reply) -> None:
    assert type(faults.unread(reply)) is PlatformUnavailable


def test_new_account() -> None:
    known = reference().accounts
    assert new_account("Tips", "210", "Liability", known) == {
        "Name": "Tips",
        "AccountType": "Other Current Liability",
        "AccountSubType": "OtherCurrentLiabilities",
        "AcctNum": "210",
    }
    for name, code, kind in [
        ("sales", "", "Income"),
        ("", "", "Income"),
        ("a:b", "", "Income"),
        ("x", "", "Odd"),
    ]:
        with pytest.raises(PlatformRejected):
            new_account(name, code, kind, known)
    assert ACCOUNTS[5]["Name"] == "Sales"  # what "sales" collides with


def test_new_customer() -> None:
    asked = new_customer(NewCustomer("Mill  Lane", "Ada Long Name", "ada@example.com", "0123"))
    assert asked == {
        "DisplayName": "Mill Lane",
        "GivenName": "Ada Long",
        "FamilyName": "Name",
        "PrimaryEmailAddr": {"Address": "ada@example.com"},
        "PrimaryPhone": {"FreeFormNumber": "0123"},
    }
    with pytest.raises(PlatformRejected):
        new_customer(NewCustomer("a:b"))
