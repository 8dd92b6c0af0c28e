"""The calls: what is asked of QuickBooks, how few times, and what is made of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

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
from daybook.platforms.quickbooks import connect
from tests.unit.quickbooks_examples import (
    ALL,
    BILL,
    COMPANY,
    DAY,
    INVOICE,
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
    fault,
    refusing,
)

LOST = PlatformUnclear("QuickBooks", "QuickBooks did not answer in time.")
BUSY = PlatformUnavailable("QuickBooks", "QuickBooks takes no more calls for 60 seconds.", 60)


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
    assert (outcome.tax or Decimal(0)) == sum((each.tax for each in of.lines), Decimal(0))
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


@pytest.mark.parametrize("given", [fault("003001"), fault("10000", "SystemFault"), fault("120")])
def test_what_comes_after_a_document_in_trouble_is_not_sent(given: dict[str, Any]) -> None:
    many = [replace(SPENT, reference=f"AB-260314-S{n}") for n in range(31)]
    made, company = books(Company(refusing("Bill", given)))
    outcomes = made.write([BILL, *many])
    assert all(isinstance(each, Written) for each in outcomes[1:30])
    assert not isinstance(outcomes[30], Written | PlatformRejected | PlatformUnclear)
    assert len(company.writes()) == 1


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


@pytest.mark.parametrize(
    ("of", "form", "setting"),
    [
        (INVOICE, "Invoice", {"SalesFormsPrefs": {"CustomTxnNumbers": False}}),
        (BILL, "Bill", {"OtherPrefs": {}}),
        (SPENT, "Purchase", {"OtherPrefs": {}}),
    ],
)
def test_a_company_that_numbers_its_own_forms(of: Document, form: str, setting: dict[str, Any]) -> None:
    company = Company()
    company.lists["Preferences"] = [PREFERENCES | setting]
    made, _ = books(company)
    made.write([of])
    company.lists[form][0]["DocNumber"] = "1047"
    held = looked_up(company, of)
    assert held is not None
    assert held.total == of.total


class Automated(Company):
    """A company in the United States that puts a tax of its own on what it is sent, if it may."""

    overrides = False
    more = 1  # on the total, beside the tax

    def _item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        answered = super()._item(item)
        if "Invoice" in answered and item["operation"] == "create" and not self.overrides:
            answered["Invoice"]["TotalAmt"] += self.more
            answered["Invoice"]["TxnTaxDetail"]["TotalTax"] += 1
        return answered


@pytest.fixture
def automated() -> Automated:
    company = Automated()
    company.lists["CompanyInfo"] = [COMPANY | {"Country": "US"}]
    company.lists["Preferences"] = [
        PREFERENCES | {"TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True}}
    ]
    return company


@pytest.mark.parametrize("more", [1, 0])
def test_tax_that_is_replaced_is_taken_back(automated: Automated, more: int) -> None:
    """Also one within the very total."""
    automated.more = more
    made, _ = books(automated)
    outcome, other = made.write([INVOICE, SPENT])
    assert isinstance(outcome, PlatformRejected)
    assert "journal format" in outcome.message
    assert isinstance(other, Written)
    assert automated.made("Invoice") == []


def test_tax_that_is_replaced_and_stays_is_for_a_person(automated: Automated) -> None:
    def refuse(name: str, content: Any) -> Any:
        is_deletion = name == "request" and content["BatchItemRequest"][0]["operation"] == "delete"
        return LOST if is_deletion else None

    automated.refuse = refuse
    made, _ = books(automated)
    assert isinstance(made.write([INVOICE])[0], PlatformUnclear)
    held = looked_up(automated, INVOICE)
    assert held is not None
    assert held.total != INVOICE.total


def test_tax_that_may_stand(automated: Automated) -> None:
    automated.overrides = True
    (outcome,) = books(automated)[0].write([INVOICE])
    assert isinstance(outcome, Written)
    assert (outcome.total, outcome.tax) == (Decimal(125), Decimal(20))


def test_another_total_is_told() -> None:
    company = Company(refusing("Bill", None))
    made, _ = books(company)
    made.reference_data()
    company._item = lambda item: {"bId": item["bId"], "Bill": {"Id": "7", "TotalAmt": 4}}  # type: ignore[method-assign]
    assert made.write([BILL]) == [Written("7", Decimal(4))]


def test_a_number_too_long_is_not_looked_for() -> None:
    made, company = books()
    assert made.find(Kind.INVOICE, "x" * 22, DAY) is None
    assert company.requests == []


def test_what_it_takes_to_connect() -> None:
    with pytest.raises(ValueError, match="tokens"):
        connect(Access("company", "connection"))
