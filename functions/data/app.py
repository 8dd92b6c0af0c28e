"""Commerce data in and out, and the accounting data of a company's ledger."""

from __future__ import annotations

from daybook.services import ingest, push_history, read_back, reference_data, show_dataset
from daybook.services.companies import find_company
from daybook.services.connections import find_connection
from daybook.services.read_back import commerce_connection, read_data_type
from daybook.services.request_direct_push import request_direct_push
from daybook.services.runtime import runtime
from daybook.wire.accounting import AccountRequest
from daybook.wire.direct_requests import (
    CustomerRequest,
    DirectRequest,
    JournalEntryRequest,
    PaymentRequest,
    read_timeout,
)
from daybook.wire.direct_sales import CreditNoteRequest, DirectIncomeRequest, InvoiceRequest
from daybook.wire.models import read
from daybook.wire.paging import read_listing
from rest import NO_CONTENT, Api, Request

api = Api("data")
handler = api.handle

_DATA = "/companies/<company_id>/data"
_CONNECTION_DATA = "/companies/<company_id>/connections/<connection_id>/data"
_PUSH = "/companies/<company_id>/connections/<connection_id>/push"
_HISTORY = (f"{_DATA}/history", "/meta/companies/<company_id>/pull/history")


@api.route("POST", f"{_DATA}/commerce-<data_type>", "/data/companies/<company_id>/sync/<data_type>")
@api.route("PUT", f"{_DATA}/commerce-<data_type>")
def push_records(request: Request, company_id: str, data_type: str) -> object:
    """Take in records of the partner's own platform.

    They go to the company's oldest connection to your own sales data. The answer is a dataset, at once: the
    records are read after it, and `GET .../data/history/{datasetId}` says what became of them.

    Each record is taken or refused by itself. A refused one is listed in the dataset with its id and the
    reason; the others are kept. A record sent again replaces the one before; a record with nothing but its id
    deletes it (a transaction: its id, and its type where several have that id). Whatever comes late moves the
    day it belongs to, and the next sync writes the difference.
    """
    company = find_company(runtime(), request.client_id, company_id)
    kind = read_data_type(data_type)
    dataset = ingest.push_records(runtime(), company.id, None, kind, request.body())
    return show_dataset.show_dataset(dataset)


@api.route("POST", f"{_CONNECTION_DATA}/commerce-<data_type>")
@api.route("PUT", f"{_CONNECTION_DATA}/commerce-<data_type>")
def push_records_to_connection(
    request: Request, company_id: str, connection_id: str, data_type: str
) -> object:
    """Take in records of a named connection.

    As a push that names no connection, through the one named.
    """
    company = find_company(runtime(), request.client_id, company_id)
    kind = read_data_type(data_type)
    connection = commerce_connection(find_connection(runtime(), company, connection_id))
    dataset = ingest.push_records(runtime(), company.id, connection.id, kind, request.body())
    return show_dataset.show_dataset(dataset)


@api.route("GET", *_HISTORY)
def list_datasets(request: Request, company_id: str) -> object:
    """A page of the company's datasets.

    Newest first, those of pushed records and those of data read from the books.
    """
    company = find_company(runtime(), request.client_id, company_id)
    listing = read_listing(request.parameters)
    return show_dataset.list_datasets(runtime(), company, listing, request.path, request.parameters)


@api.route("GET", *(f"{path}/<dataset_id>" for path in _HISTORY))
def get_dataset(request: Request, company_id: str, dataset_id: str) -> object:
    """One dataset.

    It is done when `isCompleted`. `accepted`, `ignored` (known already) and `refused` add up to `received`.
    """
    company = find_company(runtime(), request.client_id, company_id)
    return show_dataset.read_dataset(runtime(), company, dataset_id)


@api.route("GET", "/companies/<company_id>/dataStatus")
def get_data_status(request: Request, company_id: str) -> object:
    """How up to date each type of data is.

    By its published name. A type that was never pushed or read is left out.
    """
    return show_dataset.data_status(runtime(), find_company(runtime(), request.client_id, company_id))


@api.route("POST", f"{_DATA}/all")
def refresh_all(request: Request, company_id: str) -> object:
    """Read everything from the ledger again.

    It is read before every sync anyway; ask when the merchant has just changed something.
    """
    reference_data.refresh_all(runtime(), find_company(runtime(), request.client_id, company_id))
    return NO_CONTENT


@api.route("POST", f"{_DATA}/queue/<data_type>")
def refresh_data_type(request: Request, company_id: str, data_type: str) -> object:
    """Read one type of data again.

    A shop's own data is pushed, so of a `commerce-` type there is nothing to read and the dataset is
    complete.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection_id = request.parameters.get("connectionId", "")
    dataset = reference_data.refresh(runtime(), company, data_type, connection_id)
    return show_dataset.show_dataset(dataset)


@api.route("POST", f"{_DATA}/info")
def refresh_company_info(request: Request, company_id: str) -> object:
    """Read the ledger's company again."""
    company = find_company(runtime(), request.client_id, company_id)
    return show_dataset.show_dataset(reference_data.refresh(runtime(), company, "company", ""))


@api.route("GET", f"{_DATA}/info")
def get_company_info(request: Request, company_id: str) -> object:
    """The company as the accounting software knows it."""
    return reference_data.company_info(runtime(), find_company(runtime(), request.client_id, company_id))


@api.route("GET", f"{_CONNECTION_DATA}/commerce-info")
def get_source_info(request: Request, company_id: str, connection_id: str) -> object:
    """The company as the source of its commerce data knows it."""
    company = find_company(runtime(), request.client_id, company_id)
    connection = commerce_connection(find_connection(runtime(), company, connection_id))
    return read_back.source_info(runtime(), company, connection)


@api.route("GET", f"{_CONNECTION_DATA}/commerce-<data_type>")
def list_records(request: Request, company_id: str, connection_id: str, data_type: str) -> object:
    """A page of a connection's records.

    In the order of their ids unless asked otherwise. Codes have their published spelling, or are `Unknown`
    with what was sent beside them; times are in UTC; everything else is as it was sent.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection = commerce_connection(find_connection(runtime(), company, connection_id))
    kind, listing = read_data_type(data_type), read_listing(request.parameters)
    return read_back.list_records(runtime(), company, connection, kind, listing, request.path)


@api.route("GET", f"{_CONNECTION_DATA}/commerce-<data_type>/<record_id>")
def get_record(
    request: Request, company_id: str, connection_id: str, data_type: str, record_id: str
) -> object:
    """One record.

    As the list of its type has it.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection = commerce_connection(find_connection(runtime(), company, connection_id))
    return read_back.read_one(runtime(), company, connection, read_data_type(data_type), record_id)


@api.route("GET", f"{_DATA}/<kind>")
def list_ledger_data(request: Request, company_id: str, kind: str) -> object:
    """A page of one kind of the ledger's data."""
    company = find_company(runtime(), request.client_id, company_id)
    listing = read_listing(request.parameters)
    return reference_data.list_data(runtime(), company, kind, "", listing, request.path)


@api.route("GET", f"{_CONNECTION_DATA}/<kind>")
def list_connection_data(request: Request, company_id: str, connection_id: str, kind: str) -> object:
    """A page of one kind of a connection's ledger data."""
    company = find_company(runtime(), request.client_id, company_id)
    listing = read_listing(request.parameters)
    return reference_data.list_data(runtime(), company, kind, connection_id, listing, request.path)


@api.route("GET", f"{_DATA}/<kind>/<item_id>")
def get_ledger_item(request: Request, company_id: str, kind: str, item_id: str) -> object:
    """One account, tax rate, customer, supplier or bank account."""
    company = find_company(runtime(), request.client_id, company_id)
    return reference_data.read_one(runtime(), company, kind, "", item_id)


@api.route("GET", f"{_CONNECTION_DATA}/<kind>/<item_id>")
def get_connection_item(
    request: Request, company_id: str, connection_id: str, kind: str, item_id: str
) -> object:
    """One of a connection's accounts, tax rates, customers, suppliers or bank accounts."""
    company = find_company(runtime(), request.client_id, company_id)
    return reference_data.read_one(runtime(), company, kind, connection_id, item_id)


@api.route("POST", f"{_PUSH}/accounts")
def create_account(request: Request, company_id: str, connection_id: str) -> object:
    """Add an account to the ledger.

    It can be selected in the configuration afterwards.
    """
    company = find_company(runtime(), request.client_id, company_id)
    connection = reference_data.linked_ledger(runtime(), company, connection_id)
    asked = read(AccountRequest, request.json())
    return reference_data.create_account(runtime(), company, connection, asked)


@api.route("POST", f"{_PUSH}/creditNotes")
def push_credit_note(request: Request, company_id: str, connection_id: str) -> object:
    """Write a credit note to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    """
    return _push(request, company_id, connection_id, CreditNoteRequest)


@api.route("POST", f"{_PUSH}/customers")
def push_customer(request: Request, company_id: str, connection_id: str) -> object:
    """Add a customer to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    """
    return _push(request, company_id, connection_id, CustomerRequest)


@api.route("POST", f"{_PUSH}/directIncomes")
def push_direct_income(request: Request, company_id: str, connection_id: str) -> object:
    """Write money that was received to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    """
    return _push(request, company_id, connection_id, DirectIncomeRequest)


@api.route("POST", f"{_PUSH}/invoices")
def push_invoice(request: Request, company_id: str, connection_id: str) -> object:
    """Write an invoice to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    """
    return _push(request, company_id, connection_id, InvoiceRequest)


@api.route("POST", f"{_PUSH}/journalEntries")
def push_journal_entry(request: Request, company_id: str, connection_id: str) -> object:
    """Write a journal entry to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    """
    return _push(request, company_id, connection_id, JournalEntryRequest)


@api.route("POST", f"{_PUSH}/payments")
def push_payment(request: Request, company_id: str, connection_id: str) -> object:
    """Write a customer's payment to the ledger.

    It is kept and written in its turn: the answer is Pending, and the push history tells what became of it.
    Each document that it settles is settled by one of its own.
    """
    return _push(request, company_id, connection_id, PaymentRequest)


def _push(request: Request, company_id: str, connection_id: str, model: type[DirectRequest]) -> object:
    company = find_company(runtime(), request.client_id, company_id)
    connection = reference_data.linked_ledger(runtime(), company, connection_id)
    minutes, asked = read_timeout(request.parameters), read(model, request.json())
    request_key = request.headers.get("idempotency-key", "")
    push = request_direct_push(runtime(), connection, asked, request_key, minutes)
    return push_history.show_direct_push(runtime(), push)
