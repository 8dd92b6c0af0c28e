"""What is read whole: the company, its preferences, the trial balance."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from tests.simulators.quickbooks import faults
from tests.simulators.quickbooks.company import Body, Company


def company_info(company: Company) -> Body:
    """The CompanyInfo entity."""
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyStartDate": "2020-01-01",
        "FiscalYearStartMonth": "January",
        "Country": company.country,
        "SupportedLanguages": "en",
        "DefaultTimeZone": company.time_zone,
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": faults.now(), "LastUpdatedTime": faults.now()},
    }


def preferences(company: Company) -> Body:
    """The Preferences entity."""
    settings = company.settings
    accounting: Body = {
        "UseAccountNumbers": settings.uses_account_numbers,
        "TrackDepartments": False,
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": False,
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "CustomerTerminology": "Customers",
    }
    if settings.closing_date:
        accounting["BookCloseDate"] = settings.closing_date.isoformat()
    sales: Body = {
        "CustomTxnNumbers": settings.custom_numbers,
        "AllowDeposit": False,
        "AllowDiscount": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
    }
    if settings.default_item:
        sales["DefaultItem"] = {"value": "1"}
    tax: Body = {
        "UsingSalesTax": settings.using_sales_tax,
        "PartnerTaxEnabled": company.is_us and settings.automated_sales_tax,
    }
    return {
        "AccountingInfoPrefs": accounting,
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True},
        "SalesFormsPrefs": sales,
        "VendorAndPurchasesPrefs": {"EnableBills": True, "TrackingByCustomer": False},
        "TaxPrefs": tax,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": settings.multicurrency,
            "HomeCurrency": {"value": company.currency},
        },
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {"NameValue": _others(company)},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": faults.now(), "LastUpdatedTime": faults.now()},
    }


def _others(company: Company) -> list[Body]:
    settings = company.settings
    flags = {
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": settings.custom_purchase_numbers,
        "WarnDuplicateCheckNumber": "cheques" in settings.warns_of_duplicates,
        "WarnDuplicateBillNumber": "bills" in settings.warns_of_duplicates,
        "WarnDuplicateJournalNumber": "journals" in settings.warns_of_duplicates,
        "AccountingInfoPrefs.ShowAccountNumbers": settings.uses_account_numbers,
    }
    return [{"Name": name, "Value": str(value).lower()} for name, value in flags.items()]


def trial_balance(company: Company, until: date | None) -> Body:
    """The TrialBalance report, in the company's own currency."""
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for entry in company.ledger.entries:
        if entry.currency == company.currency and (until is None or entry.dated <= until):
            for name, amount in entry.lines:
                balances[name] += amount
    rows: list[Body] = []
    debits = credits_ = Decimal(0)
    for account in company.held["Account"].values():
        amount = balances[company.ledger_name(account["Id"])]
        if not amount:
            continue
        debits += max(amount, Decimal(0))
        credits_ += max(-amount, Decimal(0))
        first = {"value": account["FullyQualifiedName"], "id": account["Id"]}
        rows.append({"ColData": [first, *_columns(amount)]})
    total = [{"value": "TOTAL"}, {"value": str(debits)}, {"value": str(credits_)}]
    rows.append({"Summary": {"ColData": total}, "type": "Section", "group": "GrandTotal"})
    header: Body = {
        "Time": faults.now(),
        "ReportName": "TrialBalance",
        "ReportBasis": "Accrual",
        "Currency": company.currency,
        "Option": [{"Name": "NoReportData", "Value": str(len(rows) == 1).lower()}],
    }
    if until:
        header["EndPeriod"] = until.isoformat()
    columns = [_column("", "Account"), _column("Debit", "Money"), _column("Credit", "Money")]
    return {"Header": header, "Columns": {"Column": columns}, "Rows": {"Row": rows}}


def _columns(amount: Decimal) -> list[Body]:
    text = str(abs(amount))
    return [{"value": text}, {"value": ""}] if amount > 0 else [{"value": ""}, {"value": text}]


def _column(title: str, kind: str) -> dict[str, Any]:
    return {"ColTitle": title, "ColType": kind}
