"""What is added to a company beside documents, and the company that a consent reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
)
from daybook.domain.ledger import Written
from daybook.platforms.oauth import Tenant
from daybook.platforms.quickbooks import tenants
from daybook.platforms.transport import Reply, Transport
from tests.unit.quickbooks_examples import (
    CUSTOMERS,
    INVOICE,
    ITEMS,
    SPENT,
    TWO_CONTROLS,
    Company,
    books,
    document,
    fault,
    line,
    refusing,
)

LOST = PlatformUnclear("QuickBooks", "QuickBooks did not answer in time.")
BUSY = PlatformUnavailable("QuickBooks", "QuickBooks takes no more calls for 60 seconds.", 60)


class TestItems:
    """A sales line leads to its account by an item, which is made once."""

    def test_made_once(self) -> None:
        company = Company()
        company.lists["Item"] = []
        made, _ = books(company)
        made.write([INVOICE])
        made.write([replace(INVOICE, reference="AB-260314-I2")])
        assert [each["Name"] for each in company.made("Item")] == [
            "Sales (Daybook sales)",
            "Gift cards (Daybook gifts)",
        ]
        used = {x["SalesItemLineDetail"]["ItemRef"]["value"] for x in company.made("Invoice")[0]["Line"]}
        assert used == {each["Id"] for each in company.made("Item")}

    def test_one_that_is_there_by_name(self) -> None:
        company = Company(refusing("Item", fault("6240")))
        named = ITEMS[0] | {"Name": "Sales (Daybook sales)"}
        company.lists["Item"] = []
        made, _ = books(company)
        made.reference_data()
        company.lists["Item"] = [named, ITEMS[1] | {"Name": "Gift cards (Daybook gifts)"}]
        (outcome,) = made.write([INVOICE])
        assert isinstance(outcome, Written)

    def test_an_account_that_can_have_none(self) -> None:
        company = Company(refusing("Item", fault("6000", detail="Pick an income account")))
        company.lists["Item"] = []
        made, _ = books(company)
        refused, other = made.write([INVOICE, SPENT])
        assert isinstance(refused, PlatformRejected)
        assert 'No product for the account "Sales"' in refused.message
        assert isinstance(other, Written)

    def test_an_account_that_is_gone(self) -> None:
        made, _ = books()
        (outcome,) = made.write([document(Kind.INVOICE, "R", line("nowhere", "1"), contact="shopper")])
        assert isinstance(outcome, PlatformRejected)

    @pytest.mark.parametrize("given", [LOST, BUSY])
    def test_an_answer_that_does_not_come(self, given: PlatformError) -> None:
        company = Company(refusing("request", given))
        company.lists["Item"] = []
        made, _ = books(company)
        outcomes = made.write([INVOICE, SPENT])
        assert {type(each) for each in outcomes} == {PlatformUnavailable}  # nothing of them was sent


class TestContacts:
    """Names are unique over customers, suppliers and employees."""

    def test_a_customer_is_added_once(self) -> None:
        made, company = books()
        first = made.create_customer(NewCustomer("O'Hara"))
        assert made.create_customer(NewCustomer("O'Hara")).id != ""
        assert made.create_customer(NewCustomer("Daily sales")).id == "shopper"
        assert first.name == "O'Hara"
        asked = [query["query"] for path, query, _ in company.requests if path == "/query"]
        assert r"DisplayName = 'O\'Hara'" in asked[0]

    def test_a_name_that_somebody_else_has(self) -> None:
        made, _ = books(Company(refusing("Customer", fault("6240"))))
        with pytest.raises(PlatformRejected, match="an employee"):
            made.create_customer(NewCustomer("Payment provider"))

    def test_who_stands_in_is_added_where_missing(self) -> None:
        company = Company()
        company.lists["Customer"] = [each for each in CUSTOMERS if each["Id"] != "shopper"]
        made, _ = books(company)
        (outcome,) = made.write([TWO_CONTROLS])
        assert isinstance(outcome, Written)
        (stand_in,) = company.made("Customer")
        assert stand_in["DisplayName"] == "Daily sales"

    def test_documents_that_need_nobody_are_written_without(self) -> None:
        company = Company(refusing("Customer", fault("6240")))
        company.lists["Customer"] = []
        made, _ = books(company)
        refused, other = made.write([TWO_CONTROLS, SPENT])
        assert isinstance(refused, PlatformRejected)
        assert isinstance(other, Written)


def test_an_account_is_added() -> None:
    made, company = books()
    account = made.create_account("Tips", "210", "Liability")
    assert (account.name, account.code, account.type) == ("Tips", "210", "Liability")
    assert company.made("Account")[0]["Id"] == account.id
    with pytest.raises(PlatformRejected):
        books(Company(refusing("Account", fault("6240"))))[0].create_account("Tips", "", "Income")


class TestTenants:
    """The company of a consent."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        urls: list[str] = []

        def read(transport: Any, path: str, query: Any = None) -> Reply:
            urls.append(f"{transport.base_url}{path}?{query}")
            body = b'{"CompanyInfo": {"CompanyName": "Corner Cafe"}}'
            return Reply(
                "QuickBooks", 403 if "refused" in path else 200, {}, b"{}" if "odd" in path else body
            )

        monkeypatch.setattr(Transport, "read", read)
        return urls

    def test_its_name(self, asked: list[str]) -> None:
        assert tenants("", "token", {"realmId": "123"}) == [Tenant("123", "Corner Cafe")]
        assert tenants("http://here", "token", {"realmId": "123"}) == [Tenant("123", "Corner Cafe")]
        assert asked[0].startswith("https://quickbooks.api.intuit.com/v3/company/123/companyinfo/123?")
        assert asked[1].startswith("http://here/v3/company/123/companyinfo/123?")

    def test_a_way_back_that_names_none(self, asked: list[str]) -> None:
        assert tenants("", "token", {}) == []
        assert tenants("", "token", {"realmId": "../1"}) == []
        assert asked == []

    @pytest.mark.usefixtures("asked")
    def test_one_that_cannot_be_read(self) -> None:
        with pytest.raises(AuthorisationLost):
            tenants("", "token", {"realmId": "refused"})
        with pytest.raises(PlatformUnavailable):
            tenants("", "token", {"realmId": "odd"})
