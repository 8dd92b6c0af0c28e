"""The calls: what is asked of Xero, how few times, and what is made of every answer."""

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
    PlatformRejected,
    PlatformUnavailable,
    PlatformUnclear,
    SubscriptionExpired,
)
from daybook.domain.ledger import ReferenceData, Written
from daybook.platforms.access import Access
from daybook.platforms.xero import connect
from daybook.platforms.xero.books import XeroBooks
from daybook.platforms.xero.parts import in_parts
from daybook.platforms.xero.payloads import payload
from tests.unit.xero_examples import (
    BILL,
    DAY,
    INVOICE,
    JOURNAL,
    TAKINGS,
    Call,
    books,
    created,
    document,
    line,
    organisation,
    reference,
    taken,
)

LOST = PlatformUnclear("Xero", "Xero did not answer in time.")
BUSY = PlatformUnavailable("Xero", "Xero takes no more calls for 60 seconds.", 60)
PAYMENT = document(Kind.PAYMENT, "AB-260314-P1", total="125", account="bank", settles="i")
TRANSFER = document(Kind.TRANSFER, "AB-260314-T1", total="50", account="till", to_account="bank")
SPENT = document(Kind.SPEND_MONEY, "AB-260314-S1", line("fees", "3"), account="bank", contact="provider")
CREDIT = document(Kind.CREDIT_NOTE, "AB-260314-C1", line("sales", "10", "2", "OUTPUT2"), contact="shopper")
ALL = [JOURNAL, TRANSFER, SPENT, PAYMENT, CREDIT, BILL, INVOICE]


def xero(call: Call) -> Any:
    """Xero, taking everything; empty otherwise."""
    return organisation(call) or (taken(call) if call.method == "PUT" else empty(call))


def empty(call: Call) -> Any:
    return {call.path.removeprefix("/"): []}


def holding(*documents: Document, **changed: Any) -> Callable[[Call], Any]:
    """Xero with these documents in it, written by us."""
    data = reference()

    def answer(call: Call) -> Any:
        known = organisation(call)
        if known is not None or call.method != "GET":
            return known or taken(call)
        name = call.path.removeprefix("/")
        held = [
            created(payload(each, data), name.removesuffix("s") + "ID", at) | types(each) | changed
            for at, each in enumerate(documents, 1)
            if name in str(NAMES[each.kind])
        ]
        return {name: held}

    return answer


NAMES = {
    Kind.INVOICE: "Invoices", Kind.BILL: "Invoices", Kind.CREDIT_NOTE: "CreditNotes",
    Kind.PAYMENT: "Payments", Kind.SPEND_MONEY: "BankTransactions", Kind.RECEIVE_MONEY: "BankTransactions",
    Kind.TRANSFER: "BankTransfers", Kind.JOURNAL: "ManualJournals",
}  # fmt: skip


def types(each: Document) -> dict[str, str]:
    return {"PaymentType": "ACCRECPAYMENT"} if each.kind is Kind.PAYMENT else {}


def test_nothing_is_reached_without_an_organisation() -> None:
    with pytest.raises(ValueError, match="organisation"):
        connect(Access("company", "connection"))


def test_reference_data_takes_four_reads_and_is_kept() -> None:
    made, calls = books(xero)
    assert made.reference_data() == reference()
    assert made.reference_data() is made.reference_data()
    assert [call.path for call in calls.calls] == ["/Organisation", "/Accounts", "/TaxRates", "/Contacts"]
    made.reference_data(fresh=True)
    assert len(calls.calls) == 8


def test_contacts_are_read_to_their_last_page() -> None:
    def answer(call: Call) -> Any:
        if call.path != "/Contacts":
            return organisation(call)
        page = int(call.query["page"])
        return {
            "Contacts": [{"ContactID": f"c{page}", "Name": f"Contact {page}"}],
            "pagination": {"page": page, "pageCount": 3},
        }

    made, calls = books(answer)
    assert [each.id for each in made.reference_data().customers] == ["c1", "c2", "c3"]
    assert [call.query.get("page") for call in calls.calls if call.path == "/Contacts"] == ["1", "2", "3"]


def test_contacts_without_end_are_read_up_to_a_bound() -> None:
    full = [{"ContactID": str(number), "Name": "Somebody"} for number in range(1000)]
    made, calls = books(lambda call: {"Contacts": full} if call.path == "/Contacts" else organisation(call))
    made.reference_data()
    assert sum(call.path == "/Contacts" for call in calls.calls) == 20


class Kept:
    """A cache of reference data that counts."""

    def __init__(self) -> None:
        self.forgotten = 0

    def data(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        return read()

    def renewed(self, read: Callable[[], ReferenceData]) -> ReferenceData:
        return read()

    def forget(self) -> None:
        self.forgotten += 1


def test_the_cache_is_told_when_what_it_keeps_may_be_old() -> None:
    made, _ = books(lambda call: organisation(call) or (400, {"Message": "Account code '200' is not valid"}))
    made._reference = kept = Kept()
    assert isinstance(made.write([INVOICE])[0], PlatformRejected)
    assert kept.forgotten == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ((403, {"Detail": "AuthenticationUnsuccessful"}), AuthorisationLost),
        ((403, {"Detail": "The subscription has expired"}), SubscriptionExpired),
        ((200, b"<html>"), PlatformUnavailable),
        ((200, {"Organisations": None}), PlatformUnavailable),
        ((200, {"Organisations": []}), PlatformUnavailable),
        ((404, b""), PlatformUnavailable),
        (BUSY, PlatformUnavailable),
    ],
)
def test_reads_that_fail(given: Any, error: type[Exception]) -> None:
    made, _ = books(lambda _: given)
    with pytest.raises(error):
        made.reference_data()
    (outcome,) = made.write([INVOICE])
    assert type(outcome) is error


def test_documents_of_one_list_are_one_request() -> None:
    made, calls = books(xero)
    outcomes = made.write(ALL)
    assert [call.path for call in calls.sent()] == [
        "/Invoices", "/CreditNotes", "/Payments", "/BankTransactions", "/BankTransfers", "/ManualJournals",
    ]  # fmt: skip
    assert [each.total for each in outcomes if isinstance(each, Written)] == [each.total for each in ALL]
    assert [each["Type"] for each in calls.sent()[0].body["Invoices"]] == ["ACCPAY", "ACCREC"]


def test_batches_answer_each_document_for_itself_and_have_keys() -> None:
    made, calls = books(xero)
    made.write(ALL)
    made.write(ALL)
    keys = [call.headers["Idempotency_Key"] for call in calls.sent()]
    assert keys[:6] == keys[6:]
    assert len(set(keys)) == 6
    assert {call.path for call in calls.sent() if call.query != {"summarizeErrors": "false"}} == {
        "/BankTransfers"
    }


def test_no_request_has_more_than_fifty_and_transfers_go_one_by_one() -> None:
    made, calls = books(xero)
    many = [replace(PAYMENT, reference=f"P{number}") for number in range(101)]
    moved = [replace(TRANSFER, reference=f"T{number}") for number in range(3)]
    outcomes = made.write([*many, *moved])
    sizes = [len(next(iter(call.body.values()))) for call in calls.sent()]
    assert sizes == [50, 50, 1, 1, 1, 1]
    assert all(isinstance(each, Written) for each in outcomes)


def test_one_refused_document_hinders_no_other() -> None:
    def answer(call: Call) -> Any:
        if call.method != "PUT":
            return organisation(call)
        good, bad = taken(call)["Invoices"]
        error = {
            "StatusAttributeString": "ERROR",
            "ValidationErrors": [{"Message": "Invoice # must be unique."}],
        }
        return {"Invoices": [good, bad | error]}

    made, _ = books(answer)
    first, second = made.write([BILL, INVOICE])
    assert isinstance(first, Written)
    assert isinstance(second, PlatformRejected)


def test_a_batch_refused_as_a_whole_is_sent_one_by_one() -> None:
    def answer(call: Call) -> Any:
        if call.method != "PUT":
            return organisation(call)
        if any(each["Type"] == "ACCREC" for each in call.body["Invoices"]):
            return 400, {"Message": "The date cannot be read"}
        return taken(call)

    made, calls = books(answer)
    first, second = made.write([BILL, INVOICE])
    assert isinstance(first, Written)
    assert isinstance(second, PlatformRejected)
    assert len(calls.sent()) == 3


@pytest.mark.parametrize(
    ("given", "error", "others"),
    [
        (LOST, PlatformUnclear, PlatformUnavailable),
        (BUSY, PlatformUnavailable, PlatformUnavailable),
        (AuthorisationLost("Xero", "No."), AuthorisationLost, AuthorisationLost),
        ((200, b"<html>"), PlatformUnclear, PlatformUnavailable),
        ((200, {"Invoices": []}), PlatformUnclear, PlatformUnavailable),
        ((302, b""), PlatformUnclear, PlatformUnavailable),
        ((402, b""), SubscriptionExpired, SubscriptionExpired),
        ((403, b""), AuthorisationLost, AuthorisationLost),
    ],
)
def test_after_trouble_nothing_more_is_sent(
    given: Any, error: type[Exception], others: type[Exception]
) -> None:
    made, calls = books(
        lambda call: organisation(call) or (given if call.path == "/Invoices" else taken(call))
    )
    journal, invoice, bill = made.write([JOURNAL, INVOICE, BILL])
    assert (type(invoice), type(bill), type(journal)) == (error, error, others)
    assert len(calls.sent()) == 1


def test_how_long_to_wait_is_passed_on() -> None:
    made, _ = books(lambda call: organisation(call) or BUSY)
    waits = [each.retry_after for each in made.write(ALL) if isinstance(each, PlatformUnavailable)]
    assert waits == [60] * len(ALL)


def test_what_xero_cannot_hold_is_not_sent() -> None:
    made, calls = books(xero)
    outcomes = made.write([replace(JOURNAL, currency="EUR"), JOURNAL])
    assert isinstance(outcomes[0], PlatformRejected)
    assert isinstance(outcomes[1], Written)
    assert len(calls.sent()) == 1


def test_a_document_in_parts_is_one_request_for_each_list() -> None:
    made, calls = books(xero)
    (outcome,) = made.write([TAKINGS])
    assert outcome == Written("ManualJournalID-1", TAKINGS.total)
    assert [call.path for call in calls.sent("GET")[4:]] == ["/BankTransactions", "/ManualJournals"]
    assert [call.path for call in calls.sent()] == ["/BankTransactions", "/ManualJournals"]
    assert {each["Contact"]["ContactID"] for each in calls.sent()[0].body["BankTransactions"]} == {"shopper"}


def test_parts_that_are_there_are_not_written_again() -> None:
    parts = [replace(part, contact="shopper") for part in in_parts(TAKINGS, reference())]
    made, calls = books(holding(parts[0]))
    (outcome,) = made.write([TAKINGS])
    assert outcome == Written("ManualJournalID-1", TAKINGS.total)
    sent = [each.get("Reference") for each in calls.sent()[0].body["BankTransactions"]]
    assert sent == [parts[1].reference]


def test_parts_of_another_plan_are_left_for_a_person() -> None:
    data = reference()
    other = in_parts(replace(TAKINGS, total=Decimal(125)), data)[0]
    changed = replace(in_parts(TAKINGS, data)[0], lines=(line("rounding", "99"),))
    for there in ([replace(other, contact="shopper")], [changed], [in_parts(TAKINGS, data)[1]] * 2):
        made, calls = books(holding(*there))
        (outcome,) = made.write([TAKINGS])
        assert isinstance(outcome, PlatformUnclear)
        assert calls.sent() == []


def test_totals_of_parts_that_are_off_are_told() -> None:
    def answer(call: Call) -> Any:
        given = xero(call)
        if call.method == "PUT" and call.path == "/BankTransactions":
            given["BankTransactions"][0]["Total"] += Decimal("0.01")
        return given

    made, _ = books(answer)
    (outcome,) = made.write([TAKINGS])
    assert isinstance(outcome, Written)
    assert outcome.total == TAKINGS.total + Decimal("0.01")


def refusing_journals(taking_back: Any) -> Callable[[Call], Any]:
    def answer(call: Call) -> Any:
        if call.path == "/ManualJournals" and call.method == "PUT":
            return {"ManualJournals": [{"ValidationErrors": [{"Message": "Account code '404' is archived"}]}]}
        return taking_back(call) if call.method == "POST" else xero(call)

    return answer


def test_parts_are_taken_back_when_the_rest_is_refused() -> None:
    made, calls = books(refusing_journals(taken))
    (outcome,) = made.write([TAKINGS])
    assert isinstance(outcome, PlatformRejected)
    assert [call.path for call in calls.sent("POST")] == [
        "/BankTransactions/BankTransactionID-1", "/BankTransactions/BankTransactionID-2",
    ]  # fmt: skip
    ended = [call.body["BankTransactions"][0] for call in calls.sent("POST")]
    assert {each["Status"] for each in ended} == {"DELETED"}
    assert [each["BankTransactionID"] for each in ended] == ["BankTransactionID-1", "BankTransactionID-2"]


def test_after_parts_were_taken_back_the_same_batch_is_another_request() -> None:
    parts = [replace(part, contact="shopper") for part in in_parts(TAKINGS, reference())]
    keys = []
    for answer in (xero, holding(*parts[:2], Status="DELETED"), holding(*parts[:2], Status="DELETED")):
        made, calls = books(answer)
        assert made.write([TAKINGS]) == [Written("ManualJournalID-1", TAKINGS.total)]
        keys.append([call.headers["Idempotency_Key"] for call in calls.sent()])
    assert keys[0] != keys[1] == keys[2]


@pytest.mark.parametrize(
    "given", [LOST, (400, {"Message": "No"}), (200, b""), (200, {"BankTransactions": []})]
)
def test_parts_that_cannot_be_taken_back_leave_it_open(given: Any) -> None:
    made, _ = books(refusing_journals(lambda _: given))
    (outcome,) = made.write([TAKINGS])
    assert isinstance(outcome, PlatformUnclear)
    assert "archived" in outcome.message


def test_a_document_of_which_a_part_is_written_is_never_said_to_be_absent() -> None:
    made, _ = books(
        lambda call: BUSY if (call.method, call.path) == ("PUT", "/ManualJournals") else xero(call)
    )
    (outcome,) = made.write([TAKINGS])
    assert isinstance(outcome, PlatformUnclear)


def test_a_contact_is_added_once_when_parts_need_one() -> None:
    def answer(call: Call) -> Any:
        if call.path == "/Contacts" and call.method == "GET":
            return {"Contacts": []}
        return xero(call)

    made, calls = books(answer)
    debts = [
        document(Kind.JOURNAL, f"AB-260314-J{n}", line("debtors", "5"), line("sales", "-5")) for n in (1, 2)
    ]
    assert all(isinstance(each, Written) for each in made.write(debts))
    assert [call.path for call in calls.sent()] == ["/Contacts", "/Invoices"]
    assert calls.sent()[0].body == {"Contacts": [{"Name": "Daily sales"}]}
    assert {each["Contact"]["ContactID"] for each in calls.sent()[1].body["Invoices"]} == {"ContactID-1"}


def test_trouble_with_a_contact_sends_nothing() -> None:
    def answer(call: Call) -> Any:
        if call.path == "/Contacts":
            return {"Contacts": []} if call.method == "GET" else LOST
        return xero(call)

    made, calls = books(answer)
    debt = document(Kind.JOURNAL, "AB-260314-J1", line("debtors", "5"), line("sales", "-5"))
    assert [type(each) for each in made.write([debt, INVOICE])] == [PlatformUnavailable, PlatformUnavailable]
    assert [call.path for call in calls.sent()] == ["/Contacts"]


@pytest.mark.parametrize("asked", ALL, ids=lambda each: each.kind.value)
def test_what_was_written_is_found(asked: Document) -> None:
    made, _ = books(holding(*ALL))
    found = made.find(asked.kind, asked.reference, DAY)
    assert found is not None
    assert found.total == asked.total
    assert made.find(asked.kind, asked.reference + "1", DAY) is None


@pytest.mark.parametrize("asked", ALL, ids=lambda each: each.kind.value)
@pytest.mark.parametrize("changed", [{"Status": "DELETED"}, {"InvoiceNumber": "1", "CreditNoteNumber": "1",
                                     "Reference": "1", "Narration": "1"}])  # fmt: skip
def test_what_is_deleted_or_another_is_not(asked: Document, changed: dict[str, str]) -> None:
    made, _ = books(holding(*ALL, **changed))
    assert made.find(asked.kind, asked.reference, DAY) is None


def test_several_bills_with_one_number_are_nobodys() -> None:
    made, _ = books(holding(BILL, BILL))
    found = made.find(Kind.BILL, BILL.reference, DAY)
    assert found is not None
    assert found.total == 2 * BILL.total


def test_a_document_is_found_when_all_of_its_parts_are_there() -> None:
    parts = [replace(part, contact="shopper") for part in in_parts(TAKINGS, reference())]
    assert found_of(parts) == TAKINGS.total
    for missing in range(3):
        assert found_of(parts[:missing] + parts[missing + 1 :]) is None
    twice = found_of([*parts, parts[0]])
    assert twice is not None
    assert twice > TAKINGS.total


def test_parts_that_contradict_each_other_are_nobodys() -> None:
    data = reference()
    first, second, journal = in_parts(TAKINGS, data)
    other = in_parts(replace(TAKINGS, total=Decimal(999)), data)[1]
    assert (
        found_of([replace(first, contact="shopper"), replace(other, contact="shopper"), journal]) == 124 + 999
    )
    assert second.reference != other.reference


def test_one_receipt_that_comes_to_less_than_its_journal_is_found_at_the_journals_total() -> None:
    asked = document(
        Kind.JOURNAL, "AB-260314-J1", line("bank", "100"), line("fees", "20"), line("sales", "-120")
    )
    (receipt,) = in_parts(asked, reference())
    assert receipt.total == 100
    made, _ = books(holding(replace(receipt, contact="shopper")))
    found = made.find(Kind.JOURNAL, asked.reference, DAY)
    assert found is not None
    assert found.total == 120
    assert made.write([asked]) == [Written(found.platform_id, Decimal(120))]


def test_of_tax_that_got_a_line_of_its_own_nothing_is_told() -> None:
    made, calls = books(xero)
    income = document(
        Kind.RECEIVE_MONEY,
        "AB-260314-V1",
        line("sales", "10", "2", "OUTPUT2"),
        account="card",
        contact="shopper",
    )
    assert made.write([income]) == [Written("ManualJournalID-1", Decimal(12))]
    assert [call.path for call in calls.sent()] == ["/ManualJournals"]


def found_of(parts: list[Document]) -> Decimal | None:
    made, _ = books(holding(*parts))
    found = made.find(Kind.JOURNAL, TAKINGS.reference, DAY)
    return found.total if found else None


def test_a_journal_that_became_a_receipt_is_found() -> None:
    takings = document(Kind.JOURNAL, "AB-260314-J1", line("bank", "12"), line("sales", "-12"))
    (receipt,) = in_parts(takings, reference())
    made, _ = books(holding(replace(receipt, contact="shopper")))
    assert made.find(Kind.JOURNAL, "AB-260314-J1", DAY) is not None


def asked_for(made: XeroBooks, calls: Any, kind: Kind, number: str) -> list[tuple[str, dict[str, str]]]:
    made.find(kind, number, DAY)
    return [(call.path, dict(call.query)) for call in calls.calls]


def test_how_is_searched() -> None:
    made, calls = books(empty)
    assert asked_for(made, calls, Kind.INVOICE, "AB-260314-I1") == [
        ("/Invoices", {"InvoiceNumbers": "AB-260314-I1", "page": "1", "pageSize": "1000"})
    ]
    made, calls = books(empty)
    day = {"where": "Date==DateTime(2026, 03, 14)"}
    paged = day | {"page": "1", "pageSize": "1000"}
    assert asked_for(made, calls, Kind.INVOICE, 'a,b"') == [("/Invoices", paged)]
    assert asked_for(made, calls, Kind.BILL, "1") == [("/Invoices", paged)]
    made, calls = books(empty)
    assert asked_for(made, calls, Kind.JOURNAL, "1") == [
        ("/ManualJournals", paged), ("/BankTransfers", day), ("/BankTransactions", paged),
        ("/Invoices", paged), ("/CreditNotes", paged),
    ]  # fmt: skip


def test_lists_are_read_once_for_several_documents_and_again_after_a_write() -> None:
    made, calls = books(lambda call: organisation(call) or (taken(call) if call.body else empty(call)))
    for number in range(5):
        made.find(Kind.PAYMENT, str(number), DAY)
    assert len(calls.calls) == 1
    made.write([PAYMENT])
    made.find(Kind.PAYMENT, "1", DAY)
    assert [call.path for call in calls.calls].count("/Payments") == 3


def test_a_search_that_does_not_say_the_total_is_no_answer() -> None:
    made, _ = books(holding(BILL, Total=None))
    with pytest.raises(PlatformUnavailable):
        made.find(Kind.BILL, BILL.reference, DAY)


def added(name: str, id_field: str) -> Callable[[Call], Any]:
    def answer(call: Call) -> Any:
        if call.method == "PUT":
            element = call.body.get(name, [call.body])[0]
            return {name: [element | {id_field: "new"}]}
        return organisation(call)

    return answer


def test_an_account_gets_a_free_code() -> None:
    made, calls = books(added("Accounts", "AccountID"))
    account = made.create_account(" Gift cards ", "", "Liability")
    assert (account.id, account.code, account.name, account.type) == ("new", "801", "Gift cards", "Liability")
    assert account.takes_payments
    assert calls.sent()[0].body == {
        "Name": "Gift cards", "Code": "801", "Type": "CURRLIAB", "EnablePaymentsToAccount": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("sales", "", "Income"), ("New", "200", "Income"), ("", "", "Income"), ("x" * 151, "", "Income"),
        ("New", "x" * 11, "Income"), ("New", "", "Bank"),
    ],
)  # fmt: skip
def test_accounts_that_are_not_added(name: str, code: str, kind: str) -> None:
    made, calls = books(added("Accounts", "AccountID"))
    with pytest.raises(PlatformRejected):
        made.create_account(name, code, kind)
    assert calls.sent() == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (
            (400, {"Elements": [{"ValidationErrors": [{"Message": "Please enter a unique Name."}]}]}),
            PlatformRejected,
        ),
        ({"Accounts": [{"ValidationErrors": [{"Message": "No"}]}]}, PlatformRejected),
        ({"Accounts": [{}]}, PlatformUnclear),
        ((200, b"<html>"), PlatformUnclear),
        (LOST, PlatformUnclear),
    ],
)
def test_accounts_that_xero_does_not_take(given: Any, error: type[Exception]) -> None:
    made, _ = books(lambda call: organisation(call) or given)
    with pytest.raises(error):
        made.create_account("New", "", "Asset")


def test_a_customer_is_added_or_the_one_there_is_answered() -> None:
    made, calls = books(added("Contacts", "ContactID"))
    assert made.create_customer(NewCustomer("daily SALES")).id == "shopper"
    assert calls.sent() == []
    asked = NewCustomer("Former", "Jo van Dam", "jo@example.com", "0123", "GB1", "77")
    assert made.create_customer(asked).id == "new"
    assert calls.sent()[0].body == {
        "Contacts": [
            {
                "Name": "Former", "FirstName": "Jo van", "LastName": "Dam", "EmailAddress": "jo@example.com",
                "TaxNumber": "GB1", "CompanyNumber": "77",
                "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "0123"}],
            }
        ]
    }  # fmt: skip
    with pytest.raises(PlatformRejected):
        made.create_customer(NewCustomer(" "))
