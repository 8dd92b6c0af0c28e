"""A document as Xero takes it, and which call takes it. Pure.

Every line is one amount that includes its tax, with the tax written out, so that nothing is left for Xero to
work out and its totals are ours to the last unit (specification: mapping, reading records 6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from daybook.domain.documents import Document, DocumentLine, Kind
from daybook.domain.json_text import dump
from daybook.domain.ledger import DRAFT, ReferenceData

NO_TAX = "NONE"
LONGEST_NUMBER, LONGEST_TEXT = 255, 4000
# Xero keeps two decimals of every currency.
_MOST_DECIMALS = 2


class Resource(NamedTuple):
    """Where Xero keeps documents of some kinds: path and name of the list, and the name of their ids.

    `at_once` is how many one request may create; `dead` the statuses of documents that no longer count, of
    which the first is the one that takes a document out of the books.
    """

    name: str
    id_field: str
    dead: tuple[str, ...]
    at_once: int = 50

    @property
    def path(self) -> str:
        """Below the API's address."""
        return f"/{self.name}"


INVOICES = Resource("Invoices", "InvoiceID", ("VOIDED", "DELETED"))
CREDIT_NOTES = Resource("CreditNotes", "CreditNoteID", ("VOIDED", "DELETED"))
PAYMENTS = Resource("Payments", "PaymentID", ("DELETED",))
BANK_TRANSACTIONS = Resource("BankTransactions", "BankTransactionID", ("DELETED", "VOIDED"))
# Several at once are answered all or nothing, without saying which was refused.
BANK_TRANSFERS = Resource("BankTransfers", "BankTransferID", ("DELETED",), at_once=1)
MANUAL_JOURNALS = Resource("ManualJournals", "ManualJournalID", ("VOIDED", "DELETED"))


class Call(NamedTuple):
    """What a kind of document is in Xero: its resource, its type there, the fields of its type and number."""

    resource: Resource
    type: str
    type_field: str
    number_field: str


# Kind of document -> call; the order of the resources is the order in which requests are sent.
CALLS: Mapping[Kind, Call] = MappingProxyType(
    {
        Kind.INVOICE: Call(INVOICES, "ACCREC", "Type", "InvoiceNumber"),
        Kind.BILL: Call(INVOICES, "ACCPAY", "Type", "InvoiceNumber"),
        Kind.CREDIT_NOTE: Call(CREDIT_NOTES, "ACCRECCREDIT", "Type", "CreditNoteNumber"),
        Kind.BILL_CREDIT_NOTE: Call(CREDIT_NOTES, "ACCPAYCREDIT", "Type", "CreditNoteNumber"),
        Kind.PAYMENT: Call(PAYMENTS, "ACCRECPAYMENT", "PaymentType", "Reference"),
        Kind.BILL_PAYMENT: Call(PAYMENTS, "ACCPAYPAYMENT", "PaymentType", "Reference"),
        Kind.REFUND: Call(PAYMENTS, "ARCREDITPAYMENT", "PaymentType", "Reference"),
        Kind.BILL_REFUND: Call(PAYMENTS, "APCREDITPAYMENT", "PaymentType", "Reference"),
        Kind.SPEND_MONEY: Call(BANK_TRANSACTIONS, "SPEND", "Type", "Reference"),
        Kind.RECEIVE_MONEY: Call(BANK_TRANSACTIONS, "RECEIVE", "Type", "Reference"),
        Kind.TRANSFER: Call(BANK_TRANSFERS, "", "", "Reference"),
        Kind.JOURNAL: Call(MANUAL_JOURNALS, "", "", "Narration"),
    }
)
RESOURCES = tuple(dict.fromkeys(call.resource for call in CALLS.values()))


def refusal(document: Document, data: ReferenceData) -> str:
    """Why Xero cannot hold a document as it is, known without asking; "" when nothing is known."""
    currency, base = document.currency, data.company.base_currency
    if len(document.reference) > LONGEST_NUMBER:
        return f"Xero's numbers have at most {LONGEST_NUMBER} characters."
    amounts = [document.total, *(part for line in document.lines for part in (line.net, line.tax))]
    if any(amount != round(amount, _MOST_DECIMALS) for amount in amounts):
        return f"Xero keeps two decimals of every amount, and amounts of {currency} here have more."
    if document.kind is Kind.JOURNAL and currency != base:
        return (
            f"Xero's manual journals are in {base} only, and this one is in {currency}. "
            f"Choose invoices instead of journals for days with takings in {currency}."
        )
    return ""


def payload(document: Document, data: ReferenceData) -> dict[str, Any]:
    """The element of the request's list that creates a document."""
    kind, day = document.kind, document.dated.isoformat()
    if kind is Kind.JOURNAL:
        return {
            "Narration": narration(document.reference, document.description),
            "Date": day,
            "LineAmountTypes": "NoTax",
            "Status": "POSTED",
            "JournalLines": [_journal_line(line, data) for line in document.lines],
        }
    if kind is Kind.TRANSFER:
        return {
            "FromBankAccount": {"AccountID": document.account},
            "ToBankAccount": {"AccountID": document.to_account},
            "Amount": document.total,
            "Date": day,
            "Reference": document.reference,
        }
    resource = CALLS[kind].resource
    if resource is PAYMENTS:
        return _payment(document)
    common = {
        "Type": CALLS[kind].type,
        "Contact": {"ContactID": document.contact},
        "Date": day,
        "CurrencyCode": document.currency,
        "LineAmountTypes": "Inclusive",
        "LineItems": [_line_item(line, data) for line in document.lines],
    }
    if resource is BANK_TRANSACTIONS:
        bank = {"AccountID": document.account}
        return common | {"BankAccount": bank, "Reference": document.reference, "Status": "AUTHORISED"}
    is_draft = document.status.lower() == DRAFT.lower()
    common |= {CALLS[kind].number_field: document.reference, "Status": "DRAFT" if is_draft else "AUTHORISED"}
    if resource is INVOICES:
        common["DueDate"] = (document.due or document.dated).isoformat()
    if kind in (Kind.INVOICE, Kind.CREDIT_NOTE) and document.description:
        common["Reference"] = document.description[:LONGEST_NUMBER]
    return common


def narration(reference: str, description: str) -> str:
    """The text of a journal, which is the only place for its number."""
    return f"{reference}: {description}"[:LONGEST_TEXT]


def request_body(resource: Resource, elements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of a request that creates these."""
    return {resource.name: list(elements)}


def idempotency_key(path: str, body: object, after: Sequence[str] = ()) -> str:
    """The same for the very same request, which names its documents' references, and for no other.

    `after`: what an earlier request like it made and what is void now, so that its answer is not given again.
    """
    return hashlib.sha256(f"{path} {dump(body)} {' '.join(after)}".encode()).hexdigest()


def _payment(document: Document) -> dict[str, Any]:
    of_credit = document.kind in (Kind.REFUND, Kind.BILL_REFUND)
    return {
        "CreditNote" if of_credit else "Invoice": {
            "CreditNoteID" if of_credit else "InvoiceID": document.settles
        },
        "Account": {"AccountID": document.account},
        "Date": document.dated.isoformat(),
        "Amount": document.total,
        "Reference": document.reference,
    }


def _line_item(line: DocumentLine, data: ReferenceData) -> dict[str, Any]:
    return {
        "Description": _text(line),
        "Quantity": 1,
        "UnitAmount": line.net + line.tax,
        "TaxType": _tax_type(line, data),
        "TaxAmount": line.tax,
        **_account(line.account, data),
    }


def _journal_line(line: DocumentLine, data: ReferenceData) -> dict[str, Any]:
    """Tax in a journal is a line of its own: Xero is not to work out another."""
    return {
        "Description": _text(line),
        "LineAmount": line.net,
        "TaxType": NO_TAX,
        **_account(line.account, data),
    }


def _text(line: DocumentLine) -> str:
    return line.description[:LONGEST_TEXT] or "-"


def _account(account_id: str, data: ReferenceData) -> dict[str, str]:
    """The code, which every line takes; accounts without one are named by their id."""
    code = next((each.code for each in data.accounts if each.id == account_id), "")
    return {"AccountCode": code} if code else {"AccountID": account_id}


def _tax_type(line: DocumentLine, data: ReferenceData) -> str:
    """The line's tax rate; none where there is no tax and Xero does not take that rate on such an account."""
    if not line.tax_rate:
        return NO_TAX
    kind = next((each.type for each in data.accounts if each.id == line.account), "")
    allowed = data.details.get("taxTypes", {}).get(line.tax_rate)
    if line.tax == Decimal(0) and kind and allowed is not None and kind not in allowed:
        return NO_TAX
    return line.tax_rate
