"""Configurations as a partner would post them for a company with Sandbox books."""

from __future__ import annotations

from typing import Any

from daybook.platforms.sandbox.chart import (
    DEFAULT_CUSTOMER,
    DEFAULT_SUPPLIER,
    account_id,
    identifier,
    new_books,
    tax_rate_id,
)

Json = dict[str, Any]
COMPANY = "00000000-0000-4000-8000-000000000001"
BOOKS = new_books(COMPANY, "Corner Café Ltd")
SALES = {"sales": "Sales", "refund": "Refunds", "gratuity": "Tips payable"}
PAYMENTS = {"card": "Card clearing", "cash": "Cash on hand", "payout": "Bank current account"}
FEES = {"paymentFee": "Payment fees"}
RATES = {"0": "Tax 0%", "5": "Tax 5%", "10": "Tax 10%", "20": "Tax 20%"}


def account(name: str) -> str:
    """The id of an account by its name."""
    return account_id(COMPANY, name)


def rate(name: str) -> str:
    """The id of a tax rate by its name."""
    return tax_rate_id(COMPANY, name)


def accounts(names: dict[str, str]) -> Json:
    """Account entries that select an account by name."""
    return {key: {"selectedAccountId": account(name)} for key, name in names.items()}


def sections(output_format: str | None = None) -> Json:
    """Every section with a valid selection."""
    return {
        "mapSettings": {"outputFormat": output_format},
        "sales": {
            "syncSales": True,
            "accounts": accounts(SALES),
            "invoiceStatus": {"selectedInvoiceStatus": "Submitted"},
            "salesCustomer": {"selectedCustomerId": identifier(COMPANY, "customer", DEFAULT_CUSTOMER)},
            "taxRates": {key: {"selectedTaxRateId": rate(name)} for key, name in RATES.items()},
            "newTaxRates": {
                "taxRateMappings": [
                    {
                        "selectedCommerceTaxRateIds": ["vat"],
                        "selectedAccountingTaxRateId": rate("Tax 20%"),
                    },
                    {
                        "selectedCommerceTaxRateIds": ["gst", "qst"],
                        "selectedAccountingTaxRateId": rate("Tax 9.975%"),
                    },
                ],
                "selectedDefaultZeroTaxRateId": rate("Zero-rated"),
            },
            "grouping": {
                "groupingPeriod": {"selectedGroupingPeriod": "Daily"},
                "groupingLevels": {
                    "invoiceLevel": {"selectedGroupByOptions": ["Location"]},
                    "invoiceLineLevel": {"selectedGroupByOptions": []},
                },
            },
        },
        "payments": {"syncPayments": True, "accounts": accounts(PAYMENTS)},
        "fees": {
            "syncFees": True,
            "accounts": accounts(FEES),
            "feesSupplier": {"selectedSupplierId": identifier(COMPANY, "supplier", DEFAULT_SUPPLIER)},
        },
    }


def schedule() -> Json:
    """A valid schedule."""
    return {
        "selectedFrequency": "Daily",
        "startDate": "2026-03-01T00:00:00Z",
        "syncHour": 4,
        "timeZone": "Europe/London",
    }


def nested(output_format: str | None = None) -> Json:
    """A valid configuration in the current shape."""
    return {"enable": True, "schedule": schedule(), "configuration": sections(output_format)}
