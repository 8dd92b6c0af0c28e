"""The operations of the Accounting API that the simulated Xero has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.simulators.server import Answer, Request
from tests.simulators.xero import bank, contacts, settings
from tests.simulators.xero.batch import envelope, many, one
from tests.simulators.xero.documents import CREDIT_NOTES, INVOICES, Documents, Form
from tests.simulators.xero.filters import chosen, listed, paged, value_at
from tests.simulators.xero.journals import Journals, trial_balance
from tests.simulators.xero.organisation import Organisation, Record, as_date
from tests.simulators.xero.payments import Payments
from tests.simulators.xero.refusals import Refused, not_found, unusable

Operation = Callable[..., Answer]


def payments_of(held: Organisation) -> Payments:
    """The payments of an organisation, with what they pay."""
    return Payments(held, Documents(held, INVOICES), Documents(held, CREDIT_NOTES))


def unit_places(request: Request) -> int:
    """How many decimal places a UnitAmount keeps."""
    return 4 if request.query.get("unitdp") == "4" else 2


def answer_list(held: Organisation, request: Request, collection: str, records: Iterable[Record]) -> Answer:
    """A list; lines are shown only in pages."""
    found, place = paged(chosen(records, request.query, request.headers), request.query)
    if place is None or request.query.get("summaryOnly") == "true":
        lines = "JournalLines" if collection == "ManualJournals" else "LineItems"
        found = [{**record, lines: []} if lines in record else record for record in found]
    return envelope(held, collection, found, **({"pagination": place} if place else {}))


def list_invoices(held: Organisation, request: Request) -> Answer:
    """Invoices and bills, chosen in any of the ways there are."""
    query = request.query
    admitted = {
        "IDs": "InvoiceID",
        "InvoiceNumbers": "InvoiceNumber",
        "ContactIDs": "Contact.ContactID",
        "Statuses": "Status",
    }
    found = list(held.held.invoices.values())
    for parameter, field in admitted.items():
        if parameter in query:
            values = [value.lower() for value in listed(query, parameter)]
            found = [each for each in found if str(value_at(each, field)).lower() in values]
    if query.get("createdByMyApp") == "true":
        found = [each for each in found if each["_app"]]
    term = query.get("searchTerm", "").lower()
    if term:
        fields = ("InvoiceNumber", "Reference", "Contact.Name", "Total")
        found = [
            each
            for each in found
            if any(term in str(value_at(each, field) or "").lower() for field in fields)
        ]
    return answer_list(held, request, "Invoices", found)


def list_contacts(held: Organisation, request: Request) -> Answer:
    """Contacts; archived ones only when asked for."""
    query = request.query
    found = list(held.held.contacts.values())
    ids = [value.lower() for value in listed(query, "IDs")]
    if "IDs" in query:
        found = [each for each in found if each["ContactID"] in ids]
    if query.get("includeArchived") != "true":
        found = [each for each in found if each["ContactStatus"] != "ARCHIVED"]
    term = query.get("searchTerm", "").lower()
    fields = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")
    if term:
        found = [each for each in found if any(term in str(each.get(field, "")).lower() for field in fields)]
    return answer_list(held, request, "Contacts", found)


def write_contacts(held: Organisation, request: Request) -> Answer:
    """PUT makes contacts, POST makes or changes them."""
    save = contacts.create if request.method == "PUT" else contacts.save
    return many(held, request, "Contacts", "ContactID", lambda given: save(held, given))


def read_documents(form: Form) -> Operation:
    """One invoice or credit note by id or number, with its lines."""

    def read(held: Organisation, _: Request, key: str) -> Answer:
        found = Documents(held, form).find(key)
        if found is None:
            raise not_found()
        return envelope(held, form.collection, [found])

    return read


def write_documents(form: Form) -> Operation:
    """PUT makes documents, POST makes or changes them; with an id in the path one is changed."""

    def write(held: Organisation, request: Request, key: str = "") -> Answer:
        documents, places = Documents(held, form), unit_places(request)

        def save(given: Any) -> Record:
            if request.method == "PUT":
                return documents.create(given, places)
            found = documents.find(key) if key else None
            if key and found is None:
                raise not_found()
            own = {form.id: found[form.id]} if found else {}
            return documents.save({**given, **own}, places)

        return many(held, request, form.collection, form.id, save)

    return write


def list_credit_notes(held: Organisation, request: Request) -> Answer:
    """Credit notes."""
    return answer_list(held, request, "CreditNotes", held.held.credit_notes.values())


def allocate(held: Organisation, request: Request, key: str) -> Answer:
    """Set a credit note against invoices."""
    payments = payments_of(held)
    credit_note = payments.documents["CreditNote"].find(key)
    if credit_note is None:
        raise not_found()
    return many(
        held, request, "Allocations", "AllocationID", lambda given: payments.allocate(credit_note, given)
    )


def list_payments(held: Organisation, request: Request) -> Answer:
    """Payments."""
    return answer_list(held, request, "Payments", held.held.payments.values())


def read_payment(held: Organisation, _: Request, key: str) -> Answer:
    """One payment."""
    if key not in held.held.payments:
        raise not_found()
    return envelope(held, "Payments", [held.held.payments[key]])


def put_payments(held: Organisation, request: Request) -> Answer:
    """Pay several documents."""
    return many(held, request, "Payments", "PaymentID", payments_of(held).create)


def post_payment(held: Organisation, request: Request) -> Answer:
    """Pay one document; the request is one payment, not a list."""
    return one(held, "Payments", lambda: payments_of(held).create(request.json()))


def delete_payment(held: Organisation, request: Request, key: str) -> Answer:
    """Undo a payment."""
    if key not in held.held.payments:
        raise not_found()
    if request.json().get("Status") != "DELETED":
        raise unusable(10, "ValidationException", "A payment can only be deleted")
    return one(held, "Payments", lambda: payments_of(held).delete(held.held.payments[key]))


def list_bank_transactions(held: Organisation, request: Request) -> Answer:
    """Money spent and received."""
    return answer_list(held, request, "BankTransactions", held.held.bank_transactions.values())


def read_bank_transaction(held: Organisation, _: Request, key: str) -> Answer:
    """One of them, with its lines."""
    if key not in held.held.bank_transactions:
        raise not_found()
    return envelope(held, "BankTransactions", [held.held.bank_transactions[key]])


def write_bank_transactions(held: Organisation, request: Request, key: str = "") -> Answer:
    """Spend or receive money."""
    own = {"BankTransactionID": key} if key else {}

    def save(given: Any) -> Record:
        return bank.BankTransactions(held).save(
            {**given, **own}, unit_places(request), creating=request.method == "PUT"
        )

    return many(held, request, "BankTransactions", "BankTransactionID", save)


def list_bank_transfers(held: Organisation, request: Request) -> Answer:
    """Transfers between bank accounts; deleted ones only when asked for."""
    everything = request.query.get("includeDeleted") == "true"
    found = [each for each in held.held.bank_transfers.values() if everything or each["Status"] != "DELETED"]
    return answer_list(held, request, "BankTransfers", found)


def write_bank_transfers(held: Organisation, request: Request) -> Answer:
    """PUT transfers, POST deletes."""
    save = bank.transfer if request.method == "PUT" else bank.delete_transfer
    return many(held, request, "BankTransfers", "BankTransferID", lambda given: save(held, given))


def list_journals(held: Organisation, request: Request) -> Answer:
    """Manual journals."""
    return answer_list(held, request, "ManualJournals", held.held.journals.values())


def read_journal(held: Organisation, _: Request, key: str) -> Answer:
    """One manual journal, with its lines."""
    if key not in held.held.journals:
        raise not_found()
    return envelope(held, "ManualJournals", [held.held.journals[key]])


def write_journals(held: Organisation, request: Request, key: str = "") -> Answer:
    """Enter manual journals."""
    own = {"ManualJournalID": key} if key else {}

    def save(given: Any) -> Record:
        return Journals(held).save({**given, **own}, creating=request.method == "PUT")

    return many(held, request, "ManualJournals", "ManualJournalID", save)


def read_trial_balance(held: Organisation, request: Request) -> Answer:
    """The trial balance at the end of a day."""
    try:
        until = as_date(request.query.get("date"), held.now().date())
    except Refused as wrong:
        raise unusable(10, "ValidationException", wrong.messages[0]) from None
    return envelope(held, "Reports", [trial_balance(held, until)])


OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "/Organisation", settings.organisation),
    ("GET", "/Organisation/Actions", settings.actions),
    ("GET", "/Currencies", settings.currencies),
    ("GET", "/Accounts", settings.accounts),
    ("PUT", "/Accounts", settings.create_account),
    ("GET", "/Accounts/{key}", settings.account),
    ("GET", "/TaxRates", settings.tax_rates),
    ("GET", "/Contacts", list_contacts),
    ("PUT", "/Contacts", write_contacts),
    ("POST", "/Contacts", write_contacts),
    ("GET", "/Invoices", list_invoices),
    ("PUT", "/Invoices", write_documents(INVOICES)),
    ("POST", "/Invoices", write_documents(INVOICES)),
    ("GET", "/Invoices/{key}", read_documents(INVOICES)),
    ("POST", "/Invoices/{key}", write_documents(INVOICES)),
    ("GET", "/CreditNotes", list_credit_notes),
    ("PUT", "/CreditNotes", write_documents(CREDIT_NOTES)),
    ("POST", "/CreditNotes", write_documents(CREDIT_NOTES)),
    ("GET", "/CreditNotes/{key}", read_documents(CREDIT_NOTES)),
    ("POST", "/CreditNotes/{key}", write_documents(CREDIT_NOTES)),
    ("PUT", "/CreditNotes/{key}/Allocations", allocate),
    ("GET", "/Payments", list_payments),
    ("PUT", "/Payments", put_payments),
    ("POST", "/Payments", post_payment),
    ("GET", "/Payments/{key}", read_payment),
    ("POST", "/Payments/{key}", delete_payment),
    ("GET", "/BankTransactions", list_bank_transactions),
    ("PUT", "/BankTransactions", write_bank_transactions),
    ("POST", "/BankTransactions", write_bank_transactions),
    ("GET", "/BankTransactions/{key}", read_bank_transaction),
    ("POST", "/BankTransactions/{key}", write_bank_transactions),
    ("GET", "/BankTransfers", list_bank_transfers),
    ("PUT", "/BankTransfers", write_bank_transfers),
    ("POST", "/BankTransfers", write_bank_transfers),
    ("GET", "/ManualJournals", list_journals),
    ("PUT", "/ManualJournals", write_journals),
    ("POST", "/ManualJournals", write_journals),
    ("GET", "/ManualJournals/{key}", read_journal),
    ("POST", "/ManualJournals/{key}", write_journals),
    ("GET", "/Reports/TrialBalance", read_trial_balance),
)
