"""What the operations on a company's configuration take and answer."""

from __future__ import annotations

from typing import Any

from configuration import app
from daybook.wire.configuration import PostedConfiguration
from daybook.wire.described.configuration import Configuration
from describing import COMPANY_ID, IF_MATCH, Described, Tag

_ACCOUNT = {"id": "a1f0c2b3", "name": "Sales", "nominalCode": "200", "classification": "Income"}
_RATE = {"id": "b7e65f3b", "name": "20 % (VAT on income)"}


def _key(label: str) -> dict[str, Any]:
    return {
        "labelText": label,
        "descriptionText": f"Where {label.lower()} go.",
        "selectedAccountId": _ACCOUNT["id"],
        "required": True,
        "accountOptions": [_ACCOUNT],
    }


_CHOICES: dict[str, Any] = {
    "mapSettings": {"outputFormat": None},
    "sales": {
        "syncSales": True,
        "accounts": {"newSales": _key("Sales")},
        "invoiceStatus": {
            "selectedInvoiceStatus": "Complete",
            "invoiceStatusOptions": ["Complete", "Pending"],
        },
        "salesCustomer": {
            "selectedCustomerId": "c0d9e8f7",
            "customerOptions": [{"id": "c0d9e8f7", "name": "Daily sales"}],
        },
        "taxRates": {"20": {"selectedTaxRateId": _RATE["id"], "taxRateOptions": [_RATE]}},
        "newTaxRates": {
            "accountingTaxRateOptions": [_RATE],
            "commerceTaxRateOptions": [],
            "taxRateMappings": [],
            "selectedDefaultZeroTaxRateId": None,
            "defaultZeroTaxRateOptions": [],
        },
        "grouping": {
            "groupingPeriod": {"selectedGroupingPeriod": "Day", "groupingPeriodOptions": ["Day"]},
            "groupingLevels": {
                "invoiceLevel": {"selectedGroupByOptions": [], "groupByOptions": ["Location"]},
                "invoiceLineLevel": {"selectedGroupByOptions": [], "groupByOptions": ["ProductCategory"]},
            },
        },
        "salesDate": "OrderCreated",
    },
    "payments": {"syncPayments": True, "accounts": {"cash": _key("Cash payments")}},
    "newPayments": {"syncPayments": True, "accounts": {"cash": _key("Cash payments")}},
    "fees": {
        "syncFees": True,
        "accounts": {"paymentFee": _key("Payment fees")},
        "feesSupplier": {
            "selectedSupplierId": "d3c2b1a0",
            "supplierOptions": [{"id": "d3c2b1a0", "name": "Card processor"}],
        },
    },
}
_CONFIGURATION = {
    "companyId": COMPANY_ID,
    "accountingSoftwareCompanyName": "Harbour Cafe",
    "enable": True,
    "enabled": True,
    "configured": True,
    "schedule": {
        "selectedFrequency": "Daily",
        "frequencyOptions": ["Daily"],
        "startDate": "2026-03-01T00:00:00Z",
        "syncHour": 3,
        "timeZone": "Europe/London",
    },
    "configuration": {"countryCode": "GB", **_CHOICES},
    **_CHOICES,
}
_POSTED = {
    "enable": True,
    "schedule": {
        "selectedFrequency": "Daily",
        "startDate": "2026-03-01",
        "syncHour": 3,
        "timeZone": "Europe/London",
    },
    "configuration": {
        "sales": {
            "syncSales": True,
            "accounts": {"newSales": {"selectedAccountId": _ACCOUNT["id"]}},
            "salesCustomer": {"selectedCustomerId": "c0d9e8f7"},
            "taxRates": {"20": {"selectedTaxRateId": _RATE["id"]}},
        },
        "newPayments": {"syncPayments": True, "accounts": {"cash": {"selectedAccountId": _ACCOUNT["id"]}}},
    },
}

_VERSION = {"ETag": "The version of the selection, for `If-Match`."}

OPERATIONS = {
    app.get_configuration: Described(
        Tag.CONFIGURATION, answer=Configuration, example=_CONFIGURATION, headers=_VERSION
    ),
    app.set_configuration: Described(
        Tag.CONFIGURATION,
        parameters=(IF_MATCH,),
        request=PostedConfiguration,
        body_required=False,
        answer=Configuration,
        request_example=_POSTED,
        example=_CONFIGURATION,
        errors={
            400: "Something selected is not one of the options, or something needed is not selected. "
            "Nothing is saved; `validation.errors` lists every problem.",
            409: "Somebody saved another version than the one in `If-Match`, or others kept saving at the "
            "same time. Read the configuration again, then save again.",
        },
        headers=_VERSION,
    ),
}
