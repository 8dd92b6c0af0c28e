"""Under which published data type each kind of document is shown."""

from __future__ import annotations

from types import MappingProxyType

from daybook.domain.documents import Kind

# The published clients read these types only; a document of another name breaks their whole page.
DATA_TYPES = MappingProxyType(
    {
        Kind.INVOICE: "invoices",
        Kind.PAYMENT: "payments",
        Kind.CREDIT_NOTE: "creditNotes",
        Kind.REFUND: "payments",
        Kind.BILL: "bills",
        Kind.BILL_PAYMENT: "billPayments",
        Kind.BILL_CREDIT_NOTE: "billCreditNotes",
        Kind.BILL_REFUND: "billPayments",
        Kind.SPEND_MONEY: "directCosts",
        Kind.RECEIVE_MONEY: "directIncomes",
        Kind.TRANSFER: "transfers",
        Kind.JOURNAL: "journalEntries",
    }
)
