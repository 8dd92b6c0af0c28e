"""Invoices, bills and their credit notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.simulators.xero.amounts import ZERO, read_lines
from tests.simulators.xero.contacts import contact_of, named
from tests.simulators.xero.organisation import Organisation, Record, as_date
from tests.simulators.xero.refusals import NO_ID, Refused, refuse_unless

ALLOCATED = "This document cannot be edited as it has a payment or credit note allocated to it."
NOT_TO_BE_MODIFIED = "Invoice not of valid status for modification"
_SETTABLE = ("DRAFT", "SUBMITTED", "AUTHORISED")
_ENDED = ("VOIDED", "DELETED")
_AMOUNTS = ("Exclusive", "Inclusive", "NoTax")
# Every field that can be changed as long as nothing is paid on a document.
_KEPT = (
    "Type",
    "Date",
    "DueDate",
    "LineAmountTypes",
    "Reference",
    "Url",
    "CurrencyCode",
    "Status",
    "LineItems",
    "Contact",
)


@dataclass(frozen=True)
class Form:
    """Which of the two: the names of its fields, and the side its types put on their control account."""

    collection: str
    store: str
    id: str
    number: str
    prefix: str
    # type -> (system account, +1 debit or -1 credit)
    control: Mapping[str, tuple[str, int]]
    unique: str


INVOICES = Form(
    "Invoices",
    "invoices",
    "InvoiceID",
    "InvoiceNumber",
    "INV",
    {"ACCREC": ("DEBTORS", 1), "ACCPAY": ("CREDITORS", -1)},
    "ACCREC",
)
CREDIT_NOTES = Form(
    "CreditNotes",
    "credit_notes",
    "CreditNoteID",
    "CreditNoteNumber",
    "CN",
    {"ACCRECCREDIT": ("DEBTORS", -1), "ACCPAYCREDIT": ("CREDITORS", 1)},
    "ACCRECCREDIT",
)


class Documents:
    """One kind of document of an organisation."""

    def __init__(self, organisation: Organisation, form: Form) -> None:
        self.organisation = organisation
        self.form = form

    @property
    def held(self) -> dict[str, Record]:
        """Every one there is, by id."""
        found: dict[str, Record] = getattr(self.organisation.held, self.form.store)
        return found

    def find(self, key: str) -> Record | None:
        """The one with this id or number."""
        return self.held.get(key.lower()) or self._numbered(key, tuple(self.form.control))

    def create(self, given: Mapping[str, Any], unit_places: int) -> Record:
        """PUT. Raises Refused."""
        refuse_unless((given.get(self.form.id, NO_ID) == NO_ID, f"{self.form.id} is not for new documents"))
        return self._write({}, given, unit_places)

    def save(self, given: Mapping[str, Any], unit_places: int) -> Record:
        """POST: creates, or without a word overwrites what has this id or (own documents) this number."""
        known = self._known(given)
        if known is None:
            return self.create(given, unit_places)
        if known["Status"] in _ENDED:
            raise Refused(NOT_TO_BE_MODIFIED)
        if given.get("Status") in _ENDED:
            return self._end(known, given["Status"])
        if self.settled(known) and set(given) - {
            self.form.id,
            self.form.number,
            "Type",
            "Status",
            "Reference",
        }:
            raise Refused(ALLOCATED)
        if known["Status"] in ("AUTHORISED", "PAID") and given.get("Status", "AUTHORISED") not in (
            "AUTHORISED",
            "PAID",
        ):
            raise Refused(NOT_TO_BE_MODIFIED)
        return self._write(known, given, unit_places)

    def _known(self, given: Mapping[str, Any]) -> Record | None:
        document_id = given.get(self.form.id, NO_ID).lower()
        if document_id != NO_ID:
            known = self.held.get(document_id)
            if known is None:
                raise Refused("The document with the supplied id was not found for this endpoint.")
            return known
        return self._numbered(given.get(self.form.number, ""), (self.form.unique,))

    def _numbered(self, number: str, types: tuple[str, ...]) -> Record | None:
        for record in self.held.values():
            alike = number and record.get(self.form.number) == number and record["Type"] in types
            if alike and record["Status"] not in _ENDED:
                return record
        return None

    def settled(self, document: Record) -> Decimal:
        """What is paid, credited or allocated of a document."""
        held, own = self.organisation.held, document[self.form.id]
        paid = (
            each["Amount"] for each in held.payments.values() if _alive(each) and each["_document"] == own
        )
        ends = (each for each in held.allocations.values() if own in (each["_invoice"], each["_credit_note"]))
        allocated: Decimal = sum((each["Amount"] for each in ends), ZERO)
        return sum(paid, allocated)

    def _write(self, known: Record, given: Mapping[str, Any], unit_places: int) -> Record:
        wanted = {name: known[name] for name in _KEPT if name in known} | dict(given)
        if known.get("Status") == "PAID":
            wanted["Status"] = "AUTHORISED"
        self._check_head(known, wanted)
        draft = wanted.get("Status", "DRAFT") != "AUTHORISED"
        amounts = wanted.get("LineAmountTypes", "Exclusive")
        lines = read_lines(
            self.organisation, wanted.get("LineItems") or [], amounts, unit_places, draft=draft
        )
        dated = as_date(wanted.get("Date"), self.organisation.now().date())
        stated = wanted.get("DueDate")
        due = None if stated is None else as_date(stated, dated, "DueDate")
        refuse_unless(
            (draft or bool(lines.records), "One or more line items must be specified"),
            (draft or due is not None or self.form is CREDIT_NOTES, "The document must have a due date"),
            (lines.total >= 0, "The document total must be greater than or equal to zero"),
        )
        if not draft:
            self.organisation.check_lock(dated)
            if known:
                self.organisation.check_lock(known["Date"])
        currency = self.organisation.currency(wanted.get("CurrencyCode"))
        contact = contact_of(self.organisation, wanted.get("Contact"))
        record = self._record(known, wanted, contact, dated)
        record |= {
            "CurrencyCode": currency,
            "CurrencyRate": Decimal(1),
            "LineAmountTypes": amounts,
            "LineItems": lines.records,
            "SubTotal": lines.subtotal,
            "TotalTax": lines.tax,
            "Total": lines.total,
        }
        if due is not None:
            record["DueDate"] = due
        return self._enter(record, lines.nets)

    def _check_head(self, known: Record, wanted: Mapping[str, Any]) -> None:
        kind, number = wanted.get("Type"), wanted.get(self.form.number)
        same = self._numbered(number or "", (self.form.unique,)) if kind == self.form.unique else None
        refuse_unless(
            (kind in self.form.control, f"Type is not valid: {kind}"),
            (known.get("Type", kind) == kind, "Type cannot be changed"),
            (wanted.get("Status", "DRAFT") in _SETTABLE, f"{wanted.get('Status')} is not a valid status"),
            (bool(wanted.get("Contact")), "A Contact must be specified for this type of transaction"),
            (wanted.get("LineAmountTypes", "Exclusive") in _AMOUNTS, "LineAmountTypes is not valid"),
            (
                same is None or same is known,
                "Invoice # must be unique." if self.form is INVOICES else "Credit Note # must be unique.",
            ),
        )

    def _record(self, known: Record, wanted: Mapping[str, Any], contact: Record, dated: date) -> Record:
        form, organisation = self.form, self.organisation
        number = wanted.get(form.number) or known.get(form.number)
        if not number and wanted["Type"] == form.unique:
            number = f"{form.prefix}-{len(self.held) + 1:04}"
        role = "IsCustomer" if form.control[wanted["Type"]][0] == "DEBTORS" else "IsSupplier"
        contact[role] = True
        return {
            form.id: known.get(form.id) or organisation.new_id("document"),
            "Type": wanted["Type"],
            form.number: number or "",
            "Reference": wanted.get("Reference", "") if wanted["Type"].startswith("ACCREC") else None,
            "Url": wanted.get("Url"),
            "Contact": named(contact),
            "Date": dated,
            "Status": wanted.get("Status", "DRAFT"),
            "SentToContact": False,
            "HasAttachments": False,
            "HasErrors": False,
            "_revision": known.get("_revision", 0) + 1,
            "_posted": known.get("_posted", ""),
            "_app": True,
        }

    def _enter(self, record: Record, nets: list[tuple[str, Decimal]]) -> Record:
        """Hold a document, and enter it in the ledger in place of what was there of it."""
        organisation = self.organisation
        if record["_posted"]:
            organisation.reverse(record["_posted"])
            record["_posted"] = ""
        if record["Status"] == "AUTHORISED":
            account, sign = self.form.control[record["Type"]]
            name = record[self.form.number]
            record["_posted"] = f"{self.form.collection} {name} {record[self.form.id]} {record['_revision']}"
            organisation.post(
                record["_posted"],
                record["Date"],
                record["CurrencyCode"],
                [
                    (organisation.system(account), sign * record["Total"]),
                    *((account_name, -sign * net) for account_name, net in nets),
                    (organisation.tax_account, -sign * record["TotalTax"]),
                ],
            )
        self.held[record[self.form.id]] = record
        self.refresh(record)
        return record

    def _end(self, record: Record, status: str) -> Record:
        allowed = ("AUTHORISED",) if status == "VOIDED" else ("DRAFT", "SUBMITTED")
        if self.settled(record):
            raise Refused(ALLOCATED)
        if record["Status"] not in allowed and not (record["Status"] == "PAID" and not record["Total"]):
            raise Refused(NOT_TO_BE_MODIFIED)
        if record["_posted"]:
            self.organisation.check_lock(record["Date"])
            self.organisation.reverse(record["_posted"])
        record["_posted"] = ""
        record["Status"] = status
        self.refresh(record)
        return record

    def refresh(self, record: Record) -> None:
        """Bring what is due, and the status that follows from it, up to date."""
        held, own = self.organisation.held, record[self.form.id]
        ended = record["Status"] in _ENDED
        payments = [each for each in held.payments.values() if _alive(each) and each["_document"] == own]
        ends = [each for each in held.allocations.values() if own in (each["_invoice"], each["_credit_note"])]
        paid: Decimal = sum((each["Amount"] for each in payments), ZERO)
        credited: Decimal = sum((each["Amount"] for each in ends), ZERO)
        due = ZERO if ended else record["Total"] - paid - credited
        if record["Status"] in ("AUTHORISED", "PAID"):
            record["Status"] = "AUTHORISED" if due else "PAID"
        record["FullyPaidOnDate"] = (
            max((each["Date"] for each in [*payments, *ends]), default=record["Date"])
            if record["Status"] == "PAID"
            else None
        )
        record["Payments"] = [
            {name: each[name] for name in ("PaymentID", "Date", "Amount", "Reference", "CurrencyRate")}
            for each in payments
        ]
        if self.form is INVOICES:
            record |= {"AmountDue": due, "AmountPaid": paid, "AmountCredited": credited}
            record["CreditNotes"] = [
                {"CreditNoteID": each["_credit_note"], "AppliedAmount": each["Amount"]} for each in ends
            ]
        else:
            record["RemainingCredit"] = due
            record["Allocations"] = ends
        record["UpdatedDateUTC"] = self.organisation.now()

    def outstanding(self, record: Record) -> Decimal:
        """What is still to be paid of an invoice, or left of a credit note."""
        due: Decimal = record["AmountDue"] if self.form is INVOICES else record["RemainingCredit"]
        return due


def _alive(payment: Record) -> bool:
    return bool(payment["Status"] != "DELETED")
