"""Payments of invoices, bills and credit notes, and credit allocated to invoices."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.simulators.xero.amounts import CENT
from tests.simulators.xero.documents import Documents
from tests.simulators.xero.organisation import Organisation, Record, as_date
from tests.simulators.xero.refusals import Refused, number, refuse_unless

TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
ONLY_AUTHORISED = "Payments can only be made against Authorised documents"
_TYPES = {
    "ACCREC": "ACCRECPAYMENT",
    "ACCPAY": "ACCPAYPAYMENT",
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
}
# The credit notes that may be allocated to a type of invoice.
_CREDITS = {"ACCRECCREDIT": "ACCREC", "ACCPAYCREDIT": "ACCPAY"}


class Payments:
    """The payments of an organisation."""

    def __init__(self, organisation: Organisation, invoices: Documents, credit_notes: Documents) -> None:
        self.organisation = organisation
        self.documents = {"Invoice": invoices, "CreditNote": credit_notes}

    def create(self, given: Mapping[str, Any]) -> Record:
        """Pay something. Raises Refused."""
        organisation = self.organisation
        documents, document = self._document(given)
        account = self._account(given.get("Account") or {}, given.get("Code"))
        amount = number(given.get("Amount"), "Amount")
        dated = as_date(given.get("Date"), organisation.now().date())
        refuse_unless(
            (document["Status"] in ("AUTHORISED", "PAID"), ONLY_AUTHORISED),
            (amount > 0, "The payment amount must be greater than 0"),
            (amount == amount.quantize(CENT), "The payment amount may have two decimal places"),
            (amount <= documents.outstanding(document), TOO_MUCH),
        )
        refuse_unless(
            (
                account.get("CurrencyCode", document["CurrencyCode"])
                in (document["CurrencyCode"], organisation.base_currency),
                "The account's currency must be the document's or the base currency",
            )
        )
        organisation.check_lock(dated)
        record = self._record(given, documents, document, account)
        record |= {"Date": dated, "Amount": amount, "BankAmount": amount}
        organisation.held.payments[record["PaymentID"]] = record
        self._enter(record, documents, document)
        documents.refresh(document)
        return record

    def _document(self, given: Mapping[str, Any]) -> tuple[Documents, Record]:
        """What is paid."""
        named = []
        for kind, documents in self.documents.items():
            inner, flat = given.get(kind) or {}, given.get(f"{kind}Number")
            key = inner.get(f"{kind}ID") or inner.get(f"{kind}Number") or flat
            if key:
                named.append((documents, documents.find(key)))
        if len(named) != 1:
            raise Refused("You must specify one of an invoice, a credit note, a prepayment or an overpayment")
        documents, document = named[0]
        if document is None:
            raise Refused("The document with the supplied id was not found for this endpoint.")
        return documents, document

    def _account(self, given: Mapping[str, Any], code: str | None) -> Record:
        """Where the money comes from or goes to."""
        account = self.organisation.account(given.get("AccountID"), given.get("Code") or code)
        if account is None:
            raise Refused("Account could not be found")
        shown = account.get("Code", account["AccountID"])
        refuse_unless(
            (account["Status"] == "ACTIVE", f"Account code '{shown}' has been archived or has been deleted."),
            (
                account["Type"] == "BANK" or account["EnablePaymentsToAccount"],
                f"Account code '{shown}' cannot be used for payments: payments to it are not enabled.",
            ),
        )
        return account

    def _record(
        self, given: Mapping[str, Any], documents: Documents, document: Record, account: Record
    ) -> Record:
        form = documents.form
        kind = "Invoice" if form.collection == "Invoices" else "CreditNote"
        shown = (form.id, form.number, "Type", "Contact", "CurrencyCode")
        return {
            "PaymentID": self.organisation.new_id("payment"),
            kind: {name: document[name] for name in shown},
            "Account": {name: account[name] for name in ("AccountID", "Code") if name in account},
            "CurrencyRate": Decimal(1),
            "Reference": given.get("Reference", ""),
            "IsReconciled": bool(given.get("IsReconciled")),
            "Status": "AUTHORISED",
            "PaymentType": _TYPES[document["Type"]],
            "HasAccount": True,
            "HasValidationErrors": False,
            "UpdatedDateUTC": self.organisation.now(),
            "_document": document[form.id],
            "_account": account["Name"],
            "_app": True,
        }

    def _enter(self, record: Record, documents: Documents, document: Record) -> None:
        account, sign = documents.form.control[document["Type"]]
        self.organisation.post(
            f"Payment {record['PaymentID']}",
            record["Date"],
            document["CurrencyCode"],
            [
                (self.organisation.system(account), -sign * record["Amount"]),
                (record["_account"], sign * record["Amount"]),
            ],
        )

    def delete(self, record: Record) -> Record:
        """Undo a payment. Raises Refused."""
        refuse_unless((record["Status"] != "DELETED", "The payment has been deleted already"))
        self.organisation.check_lock(record["Date"])
        record["Status"] = "DELETED"
        self.organisation.reverse(f"Payment {record['PaymentID']}")
        for documents in self.documents.values():
            if record["_document"] in documents.held:
                documents.refresh(documents.held[record["_document"]])
        return record

    def allocate(self, credit_note: Record, given: Mapping[str, Any]) -> Record:
        """Set a credit note against an invoice; no account moves. Raises Refused."""
        invoices, credit_notes = self.documents["Invoice"], self.documents["CreditNote"]
        named = given.get("Invoice") or {}
        invoice = invoices.find(named.get("InvoiceID") or named.get("InvoiceNumber") or "")
        if invoice is None:
            raise Refused("The invoice with the supplied id was not found.")
        amount = number(given.get("Amount"), "Amount")
        dated = as_date(given.get("Date"), self.organisation.now().date())
        ids = [document["Contact"]["ContactID"] for document in (invoice, credit_note)]
        refuse_unless(
            (credit_note["Status"] in ("AUTHORISED", "PAID"), "The credit note must be authorised"),
            (invoice["Status"] in ("AUTHORISED", "PAID"), "The invoice must be authorised"),
            (
                _CREDITS[credit_note["Type"]] == invoice["Type"],
                "The credit note is not for this kind of invoice",
            ),
            (ids[0] == ids[1], "The credit note and the invoice must be of the same contact"),
            (credit_note["CurrencyCode"] == invoice["CurrencyCode"], "The currencies must be the same"),
            (amount > 0, "The amount must be greater than 0"),
            (amount <= credit_notes.outstanding(credit_note), "The amount exceeds the remaining credit"),
            (amount <= invoices.outstanding(invoice), "The amount exceeds the amount due on the invoice"),
        )
        self.organisation.check_lock(dated)
        record = {
            "AllocationID": self.organisation.new_id("allocation"),
            "Invoice": {name: invoice[name] for name in ("InvoiceID", "InvoiceNumber")},
            "Amount": amount,
            "Date": dated,
            "IsDeleted": False,
            "_invoice": invoice["InvoiceID"],
            "_credit_note": credit_note["CreditNoteID"],
        }
        self.organisation.held.allocations[record["AllocationID"]] = record
        invoices.refresh(invoice)
        credit_notes.refresh(credit_note)
        return record
