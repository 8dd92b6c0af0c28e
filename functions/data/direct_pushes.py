"""What the operations that push a single document take and answer."""

from __future__ import annotations

from typing import Any

from data import app
from daybook.wire.accounting import PushOperation
from daybook.wire.direct_requests import CustomerRequest, JournalEntryRequest, PaymentRequest
from daybook.wire.direct_sales import CreditNoteRequest, DirectIncomeRequest, InvoiceRequest
from describing import COMPANY_ID, DOCUMENT_ID, LEDGER_ID, Described, Link, Parameter, Tag

_TIMEOUT = Parameter(
    "timeoutInMinutes",
    "How long the document may wait to be sent. What was not sent by then ends as TimedOut and is not "
    "written. Without it, it waits for as long as it takes.",
    schema={"type": "integer", "minimum": 1, "maximum": 10080},
)
_REFUSED = (
    "The document is wrong in itself, names what the books do not have, or holds what cannot be written; "
    "`validation` lists every problem. Or: the company's accounting software is not linked."
)
_ACCOUNT = {"id": "5d0c8b7e-8f12-5a34-9b56-7c8d9e0f1a2b"}
_CASH = {"id": "6e1d9c8f-9023-5b45-8c67-8d9e0f1a2b3c"}
_CUSTOMER = {"id": "c0d9e8f7"}
_TAX_RATE = {"id": "b7e65f3b"}
_LINE = {
    "description": "Catering for 20",
    "unitAmount": 12.5,
    "quantity": 20,
    "taxAmount": 50,
    "accountRef": _ACCOUNT,
    "taxRateRef": _TAX_RATE,
}
_SALE = {
    "customerRef": _CUSTOMER,
    "issueDate": "2026-03-02",
    "currency": "GBP",
    "lineItems": [_LINE],
    "subTotal": 250,
    "totalTaxAmount": 50,
    "totalAmount": 300,
    "status": "Submitted",
}
_PENDING = {
    "pushOperationKey": DOCUMENT_ID,
    "companyId": COMPANY_ID,
    "dataConnectionKey": LEDGER_ID,
    "dataType": "invoices",
    "status": "Pending",
    "statusCode": 202,
    "requestedOnUtc": "2026-03-02T09:00:00Z",
    "completedOnUtc": None,
    "timeoutInMinutes": None,
    "timeoutInSeconds": None,
    "errorMessage": None,
    "validation": None,
    "changes": [],
    "data": None,
    "syncId": None,
    "reference": "DB-K7Q2M4XN3JTA5V",
}


def _pushed(data_type: str, request: Any, example: dict[str, Any], **shown: object) -> Described:
    return Described(
        Tag.DIRECT_PUSHES,
        parameters=(_TIMEOUT,),
        request=request,
        answer=PushOperation,
        request_example=example,
        example={**_PENDING, "dataType": data_type, **shown},
        errors={400: _REFUSED},
        links={
            "watch": Link("get_push_operation", {"company_id": "path.company_id", "key": "pushOperationKey"})
        },
    )


DIRECT_PUSHES: dict[Any, Described] = {
    app.push_invoice: _pushed(
        "invoices",
        InvoiceRequest,
        {**_SALE, "invoiceNumber": "2026-17", "dueDate": "2026-04-01"},
        reference="2026-17",
    ),
    app.push_credit_note: _pushed(
        "creditNotes", CreditNoteRequest, {**_SALE, "creditNoteNumber": "C-3"}, reference="C-3"
    ),
    app.push_direct_income: _pushed(
        "directIncomes",
        DirectIncomeRequest,
        {
            "issueDate": "2026-03-02",
            "currency": "GBP",
            "lineItems": [_LINE],
            "paymentAllocations": [
                {"payment": {"accountRef": _CASH, "totalAmount": 300}, "allocation": {"totalAmount": 300}}
            ],
            "subTotal": 250,
            "taxAmount": 50,
            "totalAmount": 300,
        },
    ),
    app.push_journal_entry: _pushed(
        "journalEntries",
        JournalEntryRequest,
        {
            "description": "Stock taken for tasting",
            "postedOn": "2026-03-02",
            "journalLines": [
                {"netAmount": 30, "accountRef": _ACCOUNT, "currency": "GBP"},
                {"netAmount": -30, "accountRef": _CASH, "currency": "GBP"},
            ],
        },
    ),
    app.push_payment: _pushed(
        "payments",
        PaymentRequest,
        {
            "date": "2026-03-09",
            "customerRef": _CUSTOMER,
            "accountRef": _CASH,
            "totalAmount": 300,
            "lines": [{"amount": 300, "links": [{"type": "Invoice", "id": "0b6f-invoice", "amount": -300}]}],
        },
    ),
    app.push_customer: _pushed(
        "customers",
        CustomerRequest,
        {"customerName": "Harbour Office", "emailAddress": "post@harbour.example", "status": "Active"},
        reference=None,
    ),
}
