"""What an organisation is set up with: itself, its currencies, accounts and tax rates."""

from __future__ import annotations

from typing import Any

from tests.simulators.server import Answer, Request
from tests.simulators.xero import chart
from tests.simulators.xero.batch import envelope, one
from tests.simulators.xero.filters import chosen
from tests.simulators.xero.organisation import Organisation, Record
from tests.simulators.xero.refusals import Refused, not_found, refuse_unless

_EDITIONS = {"GB": "UK", "US": "US", "AU": "AU", "NZ": "NZ"}


def organisation(held: Organisation, _: Request) -> Answer:
    """The organisation itself."""
    record: Record = {
        "OrganisationID": held.id,
        "Name": held.name,
        "LegalName": held.name,
        "PaysTax": True,
        "Version": _EDITIONS.get(held.country, "GLOBAL"),
        "OrganisationType": "COMPANY",
        "BaseCurrency": held.base_currency,
        "CountryCode": held.country,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 3,
        "SalesTaxBasis": "ACCRUALS" if held.country == "GB" else "ACCRUAL",
        "SalesTaxPeriod": "QUARTERLY",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "PeriodLockDate": held.period_lock,
        "EndOfYearLockDate": held.year_lock,
        "CreatedDateUTC": held.now(),
        "Timezone": held.time_zone,
        "OrganisationEntityType": "COMPANY",
        "ShortCode": "!daybk",
        "Class": "PREMIUM" if held.multicurrency else "STANDARD",
        "Edition": "BUSINESS",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    return envelope(held, "Organisations", [record])


def actions(held: Organisation, _: Request) -> Answer:
    """What the organisation's plan allows."""
    allowed = {
        "UseMulticurrency": held.multicurrency,
        "CreateApprovedBill": True,
        "CreateApprovedInvoice": True,
    }
    records = [
        {"Name": name, "Status": "ALLOWED" if value else "NOT-ALLOWED"} for name, value in allowed.items()
    ]
    return envelope(held, "Actions", records)


def currencies(held: Organisation, request: Request) -> Answer:
    """The currencies documents may be in."""
    records = [{"Code": code, "Description": code} for code in held.currencies]
    return envelope(held, "Currencies", chosen(records, request.query, request.headers))


def accounts(held: Organisation, request: Request) -> Answer:
    """The chart of accounts, archived ones included."""
    return envelope(held, "Accounts", chosen(held.held.accounts.values(), request.query, request.headers))


def account(held: Organisation, _: Request, key: str) -> Answer:
    """One account."""
    found = held.held.accounts.get(key.lower())
    if found is None:
        raise not_found()
    return envelope(held, "Accounts", [found])


def create_account(held: Organisation, request: Request) -> Answer:
    """A new account; the request is one account, not a list."""
    return one(held, "Accounts", lambda: _new_account(held, request.json()))


def _new_account(held: Organisation, given: Record) -> Record:
    code, name, kind = given.get("Code") or "", given.get("Name") or "", given.get("Type")
    there = [each for each in held.held.accounts.values() if each["Status"] != "DELETED"]
    number, currency = given.get("BankAccountNumber"), given.get("CurrencyCode", held.base_currency)
    tax_type = given.get("TaxType")
    refuse_unless(
        (bool(name.strip()), "Account name is required"),
        (len(name) <= 150, "Account Name is too long. Maximum of 150 characters allowed"),
        (bool(code.strip()) or kind == "BANK", "Account code is required"),
        (len(code) <= 10, "Account Code is too long. Maximum of 10 characters allowed"),
        (kind in chart.CLASSES, f"Account type is not valid: {kind}"),
        (kind != "BANK" or bool(number), "Bank account number is required"),
        (currency in held.currencies, f"Organisation is not subscribed to currency {currency}"),
        (tax_type is None or tax_type in held.rates, f"The TaxType code {tax_type} does not exist"),
    )
    for each in there:
        if code and each.get("Code", "").lower() == code.lower():
            raise Refused("Please enter a unique Code.")
        if each["Name"].lower() == name.lower():
            raise Refused("Please enter a unique Name.")
    return held.add_account(given)


def tax_rates(held: Organisation, request: Request) -> Answer:
    """The tax rates, deleted and archived ones included."""
    records: list[Record] = []
    for rate in held.rates.values():
        percent = rate.percent
        component: dict[str, Any] = {
            "Name": rate.name,
            "Rate": percent,
            "IsCompound": False,
            "IsNonRecoverable": False,
        }
        records.append(
            {
                "Name": rate.name,
                "TaxType": rate.tax_type,
                "CanApplyToAssets": "ASSET" in rate.classes,
                "CanApplyToEquity": "EQUITY" in rate.classes,
                "CanApplyToExpenses": "EXPENSE" in rate.classes,
                "CanApplyToLiabilities": "LIABILITY" in rate.classes,
                "CanApplyToRevenue": "REVENUE" in rate.classes,
                "DisplayTaxRate": percent,
                "EffectiveRate": percent,
                "Status": rate.status,
                "TaxComponents": [component],
            }
        )
    return envelope(held, "TaxRates", chosen(records, request.query, request.headers))
