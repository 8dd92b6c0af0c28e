"""The calls: what is asked of QuickBooks, how few times, and what is made of every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import (
    AuthorisationLost,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import Written
from daybook.platforms.access import Access
from daybook.platforms.oauth import Tenant
from daybook.platforms.quickbooks import authorisation, connect, tenants
from daybook.platforms.transport import Reply
from tests.unit.quickbooks_examples import (
    ALL,
    BILL,
    CUSTOMERS,
    DAY,
    INVOICE,
    ITEMS,
    JOURNAL,
    LISTS,
    PAYMENT,
    PREFERENCES,
    REFUND,
    SPENT,
    TRANSFER,
    TWO_CONTROLS,
    Company,
    books,
    document,
    fault,
    line,
)

LOST = PlatformUnclear("QuickBooks", "QuickBooks did not answer in time.")
BUSY = PlatformUnavailable("QuickBooks", "QuickBooks takes no more calls for 60 seconds.", 60)


def refusing(name: str, answer: Any) -> Callable[[str, Any], Any]:
    return lambda asked, _content: answer if asked == name else None


def looked_up(company: Company, of: Document) -> Written | None:
    """What another process finds of a document."""
    again, _ = books(Company(lists=company.lists))
    return again.find(of.kind, of.reference, of.dated)


def test_a_company_is_read_in_one_request() -> None:
    made, company = books()
    data = made.reference_data()
    assert made.reference_data() is data
    ((path, query, body),) = company.requests
    assert path == "/batch"
    assert query == {"minorversion": "75"}  # a question needs no request id
    texts = [each["Query"] for each in body["BatchItemRequest"]]
    assert "select * from Account where Active in (true, false) startposition 1 maxresults 1000" in texts
    assert made._client.reads == 1
    made.reference_data(fresh=True)
    assert made._client.reads == 2


def test_long_lists_come_in_pages() -> None:
    company = Company()
    company.lists["Customer"] = [{"Id": str(n), "DisplayName": f"C{n}"} for n in range(2500)]
    made, _ = books(company)
    assert len(made.reference_data().customers) == 2500
    assert company.reads() == 3


def test_a_company_that_does_not_say_who_it_is() -> None:
    company = Company()
    company.lists["Preferences"] = []
    with pytest.raises(PlatformUnavailable):
        books(company)[0].reference_data()


@pytest.mark.parametrize("of", ALL, ids=[each.reference for each in ALL])
def test_what_is_written_is_found(of: Document) -> None:
    made, company = books()
    (outcome,) = made.write([of])
    assert isinstance(outcome, Written)
    assert outcome.total == of.total
    assert outcome.tax == sum((each.tax for each in of.lines), Decimal(0))
    assert looked_up(company, of) == outcome
    assert looked_up(company, replace(of, reference=f"{of.reference[:-1]}9")) is None


def test_everything_of_a_day_takes_two_batches_and_one_look() -> None:
    made, company = books()
    made.reference_data()
    outcomes = made.write(ALL)
    assert [each.total for each in outcomes if isinstance(each, Written)] == [each.total for each in ALL]
    assert len(company.writes()) == 2  # the payments of nothing know the journals they match
    assert company.reads() == 2  # the company; what is there of documents that take several forms
    assert all(len(each["bId"]) <= 10 for body in company.writes() for each in body["BatchItemRequest"])
    ids = [query["requestid"] for _, query, _ in company.requests if "requestid" in query]
    assert len({*ids}) == 2
    assert all(len(each) <= 36 for each in ids)


def test_simple_documents_need_no_look() -> None:
    made, company = books()
    made.write([INVOICE, BILL, SPENT, TRANSFER])
    assert (company.reads(), len(company.writes())) == (1, 1)


def test_the_request_id_is_the_same_on_every_attempt() -> None:
    ids = []
    for _ in range(2):
        made, company = books()
        made.write([INVOICE, BILL])
        ids.append(company.requests[-1][1]["requestid"])
    assert ids[0] == ids[1]


def test_batches_hold_thirty() -> None:
    many = [replace(INVOICE, reference=f"AB-260314-I{n}") for n in range(65)]
    made, company = books()
    outcomes = made.write(many)
    assert len(outcomes) == 65
    assert [len(body["BatchItemRequest"]) for body in company.writes()] == [30, 30, 5]


def test_each_outcome_is_its_own_documents() -> None:
    def refuse(_name: str, content: Any) -> Any:
        return fault("6000") if content.get("DocNumber") == BILL.reference else None

    made, company = books(Company(refuse))
    first, second, third = made.write([INVOICE, BILL, SPENT])
    assert isinstance(first, Written)
    assert isinstance(second, PlatformRejected)
    assert isinstance(third, Written)
    assert looked_up(company, BILL) is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (fault("6210"), PlatformRejected),
        (fault("6190"), SubscriptionExpired),
        (fault("120"), AuthorisationLost),
        (fault("003001"), PlatformUnavailable),
        (fault("10000", "SystemFault"), PlatformUnclear),
        ({}, PlatformUnclear),
    ],
)
def test_one_document_that_was_not_taken(given: dict[str, Any], error: type[PlatformError]) -> None:
    made, _ = books(Company(refusing("Bill", given)))
    outcome, other = made.write([BILL, SPENT])
    assert type(outcome) is error
    assert isinstance(other, Written)


@pytest.mark.parametrize(
    ("given", "first", "rest"),
    [
        (LOST, PlatformUnclear, PlatformUnavailable),
        (BUSY, PlatformUnavailable, PlatformUnavailable),
        ((403, {}), AuthorisationLost, AuthorisationLost),
        ((400, fault("2020")), PlatformRejected, PlatformRejected),
        ((200, b"<html>"), PlatformUnclear, PlatformUnavailable),
    ],
)
def test_a_batch_that_was_not_taken(
    given: Any, first: type[PlatformError], rest: type[PlatformError]
) -> None:
    many = [replace(SPENT, reference=f"AB-260314-S{n}") for n in range(31)]
    made, company = books(Company(refusing("request", given)))
    outcomes = made.write(many)
    assert {type(each) for each in outcomes[:30]} == {first}
    assert type(outcomes[30]) is rest
    assert len(company.writes()) == (2 if first is PlatformRejected else 1)


@pytest.mark.parametrize("of", ALL, ids=[each.reference for each in ALL])
def test_a_lost_answer_never_writes_twice(of: Document) -> None:
    """As the service does it: after an unclear outcome, look up; write again only what is not there."""
    made, company = books()
    company.after = LOST
    for _ in range(2):  # as many as a document has steps
        if made.find(of.kind, of.reference, of.dated) is None:
            assert isinstance(made.write([of])[0], PlatformUnclear)
    held = made.find(of.kind, of.reference, of.dated)
    assert held is not None
    assert held.total == of.total
    forms = [each for name in LISTS.keys() ^ company.lists.keys() for each in company.made(name)]
    assert len(forms) == len({(each.get("PrivateNote"), each.get("DocNumber", "payment")) for each in forms})


def test_a_document_in_two_steps_goes_on_from_the_first() -> None:
    made, company = books(Company(refusing("Payment", fault("003001"))))
    (outcome,) = made.write([REFUND])
    assert isinstance(outcome, PlatformUnclear)
    assert made.find(REFUND.kind, REFUND.reference, DAY) is None  # not all of it
    again, same = books(Company(lists=company.lists))
    (outcome,) = again.write([REFUND])
    assert outcome == Written(company.made("JournalEntry")[0]["Id"], Decimal(12))
    assert len(same.made("JournalEntry")) == len(same.made("Payment")) == 1
    (outcome,) = again.write([REFUND])  # once more: everything is there
    assert isinstance(outcome, Written)
    assert len(same.made("JournalEntry")) == 1


def test_a_first_step_without_a_second_is_taken_back() -> None:
    made, company = books(Company(refusing("Payment", fault("6000"))))
    (outcome,) = made.write([REFUND])
    assert isinstance(outcome, PlatformRejected)
    assert company.made("JournalEntry") == []


def test_a_first_step_that_cannot_be_taken_back_is_for_a_person() -> None:
    def refuse(name: str, content: Any) -> Any:
        if name == "request" and content["BatchItemRequest"][0]["operation"] == "delete":
            return (400, fault("6210"))
        return fault("6000") if name == "Payment" else None

    made, company = books(Company(refuse))
    (outcome,) = made.write([REFUND])
    assert isinstance(outcome, PlatformUnclear)
    assert len(company.made("JournalEntry")) == 1


def test_parts_written_in_another_way_are_left_alone() -> None:
    made, company = books()
    made.write([REFUND])
    company.lists["Payment"][0]["PrivateNote"] = f"{REFUND.reference} [1 of 3, 9] by hand"
    (outcome,) = made.write([REFUND])
    assert isinstance(outcome, PlatformUnclear)
    assert len(company.made("JournalEntry")) == len(company.made("Payment")) == 1


def test_a_number_that_is_another_documents() -> None:
    company = Company()
    made, _ = books(company)
    made.write([replace(TWO_CONTROLS, lines=JOURNAL.lines, total=Decimal(12))])
    (outcome,) = made.write([TWO_CONTROLS])
    assert isinstance(outcome, PlatformRejected)
    assert len(company.made("JournalEntry")) == 1


def test_the_same_number_twice_is_nobodys_document() -> None:
    made, company = books()
    made.write([PAYMENT])
    company.lists["Payment"].append(company.lists["Payment"][0] | {"Id": "another"})
    held = looked_up(company, PAYMENT)
    assert held is not None
    assert held.total == 2 * PAYMENT.total


def test_a_company_that_numbers_its_own_invoices() -> None:
    company = Company()
    company.lists["Preferences"] = [PREFERENCES | {"SalesFormsPrefs": {"CustomTxnNumbers": False}}]
    made, _ = books(company)
    made.write([INVOICE])
    company.lists["Invoice"][0]["DocNumber"] = "1047"
    held = looked_up(company, INVOICE)
    assert held is not None
    assert held.total == INVOICE.total


def test_another_total_is_told() -> None:
    company = Company(refusing("Bill", None))
    made, _ = books(company)
    company._item = lambda item: {"bId": item["bId"], "Bill": {"Id": "7", "TotalAmt": 4}}  # type: ignore[method-assign]
    made._held = books()[0].reference_data()
    assert made.write([BILL]) == [Written("7", Decimal(4))]


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


def test_a_number_too_long_is_not_looked_for() -> None:
    made, company = books()
    assert made.find(Kind.INVOICE, "x" * 22, DAY) is None
    assert company.requests == []


def test_what_it_takes_to_connect() -> None:
    with pytest.raises(ValueError, match="tokens"):
        connect(Access("company", "connection"))


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

        monkeypatch.setattr(authorisation.Transport, "read", read)
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
