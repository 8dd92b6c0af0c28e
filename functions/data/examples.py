"""Examples of commerce data, datasets and ledger data for the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daybook.wire import accounting
from describing import COMPANY_ID, CONNECTION_ID, DATASET_ID, LEDGER_ID

DATASET = {
    "id": DATASET_ID,
    "datasetId": DATASET_ID,
    "companyId": COMPANY_ID,
    "connectionId": CONNECTION_ID,
    "dataType": "commerce-orders",
    "status": "Queued",
    "statusDescription": None,
    "errorMessage": None,
    "requested": "2026-03-02T09:00:00Z",
    "completed": None,
    "progress": 0,
    "isCompleted": False,
    "isErrored": False,
    "validationInformationUrl": None,
    "validation": None,
    "received": 1,
    "accepted": 0,
    "ignored": 0,
    "refused": 0,
}
DONE = {
    **DATASET,
    "status": "Complete",
    "completed": "2026-03-02T09:00:01Z",
    "progress": 100,
    "isCompleted": True,
    "accepted": 1,
}
READ = {**DONE, "connectionId": LEDGER_ID, "dataType": "chartOfAccounts", "received": 0, "accepted": 0}
_AT = {"createdDate": "2026-03-01T12:00:00Z", "sourceModifiedDate": "2026-03-01T12:05:00Z"}
_PAYMENT = {"id": "pay-1001", "amount": 12.0, "currency": "GBP", "type": "Card", "status": "Paid", **_AT}
# A record of each type: what it is called, and how it looks.
RECORDS_SENT: Mapping[str, tuple[str, dict[str, Any]]] = {
    "orders": (
        "orders",
        {
            "id": "order-1001",
            "orderNumber": "1001",
            "currency": "GBP",
            "country": "GBR",
            "totalAmount": 12.0,
            "totalTaxAmount": 2.0,
            "totalGratuity": 0,
            "orderLineItems": [
                {
                    "id": "1",
                    "quantity": 2,
                    "unitPrice": 5.0,
                    "taxPercentage": 20,
                    "totalAmount": 12.0,
                    "totalTaxAmount": 2.0,
                    "productRef": {"id": "flat-white", "name": "Flat white"},
                }
            ],
            "payments": [_PAYMENT],
            "locationRef": {"id": "pier"},
            **_AT,
        },
    ),
    "payments": ("payments", _PAYMENT),
    "transactions": (
        "transactions",
        {
            "id": "fee-1001",
            "type": "PaymentFee",
            "totalAmount": 0.3,
            "currency": "GBP",
            "transactionSourceRef": {"id": "pay-1001", "type": "Payment"},
            **_AT,
        },
    ),
    "products": (
        "products",
        {
            "id": "flat-white",
            "name": "Flat white",
            "isGiftCard": False,
            "productCategoryRefs": ["drinks"],
            "variants": [{"id": "large", "name": "Large", "prices": [{"currency": "GBP", "unitPrice": 5.0}]}],
        },
    ),
    "locations": (
        "locations",
        {"id": "pier", "name": "At the pier", "address": {"type": "Delivery", "country": "GBR"}},
    ),
    "taxComponents": (
        "tax components",
        {"id": "vat-20", "name": "VAT", "rate": 0.2, "isCompound": False},
    ),
    "paymentMethods": ("payment methods", {"id": "voucher", "name": "Voucher", "status": "Active"}),
    "productCategories": ("product categories", {"id": "drinks", "name": "Drinks", "hasChildren": False}),
    "customers": ("customers", {"id": "regular-7", "defaultCurrency": "GBP"}),
    "disputes": (
        "disputes",
        {
            "id": "dispute-9",
            "status": "Lost",
            "totalAmount": 12.0,
            "currency": "GBP",
            "disputedTransactions": [{"id": "pay-1001", "type": "Payment"}],
            **_AT,
        },
    ),
}
ACCOUNT = {
    "id": "5d0c8b7e-8f12-5a34-9b56-7c8d9e0f1a2b",
    "nominalCode": "200",
    "name": "Sales",
    "description": None,
    "fullyQualifiedCategory": "Income",
    "fullyQualifiedName": "Income.Sales",
    "currency": "GBP",
    "currentBalance": None,
    "type": "Income",
    "status": "Active",
    "isBankAccount": False,
    "validDatatypeLinks": [{"property": "Id", "links": ["Invoices.LineItems.AccountRef.Id"]}],
    "metadata": {"isDeleted": False},
}
_ALIVE = {"status": "Active", "metadata": {"isDeleted": False}}
LEDGER: Mapping[str, tuple[str, str, Any, dict[str, Any]]] = {
    "accounts": ("accounts", "account", accounting.Account, ACCOUNT),
    "taxRates": (
        "tax rates",
        "tax rate",
        accounting.TaxRate,
        {
            "id": "b7e65f3b",
            "code": "VAT20",
            "name": "20 % (VAT on income)",
            "effectiveTaxRate": 20,
            "totalTaxRate": 20,
            "components": [{"name": "20 % (VAT on income)", "rate": 20, "isCompound": False}],
            **_ALIVE,
        },
    ),
    "customers": (
        "customers of the books",
        "customer of the books",
        accounting.Customer,
        {"id": "c0d9e8f7", "customerName": "Daily sales", "addresses": [], **_ALIVE},
    ),
    "suppliers": (
        "suppliers of the books",
        "supplier of the books",
        accounting.Supplier,
        {"id": "d3c2b1a0", "supplierName": "Card processor", "addresses": [], **_ALIVE},
    ),
    "bankAccounts": (
        "bank accounts",
        "bank account",
        accounting.BankAccount,
        {
            "id": "e4d3c2b1",
            "accountName": "Current account",
            "accountType": "Debit",
            "nominalCode": "090",
            "currency": "GBP",
            "balance": None,
            **_ALIVE,
        },
    ),
}
