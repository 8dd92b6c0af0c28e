"""What new Sandbox books contain: the chart of accounts of a small cafe, tax rates, a customer, a supplier.

Every id is derived from the company and the name, so it is the same each time and can be told without asking.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import NamedTuple

from daybook.domain.ledger import Account, Contact, LedgerCompany, ReferenceData, TaxRate

RECEIVABLE = "Accounts receivable"
PAYABLE = "Accounts payable"
DEFAULT_CUSTOMER = "Daily sales"
DEFAULT_SUPPLIER = "Payment provider"

_IDS = uuid.UUID("6f1f3a5e-2f0b-5b9a-9d6e-64617962f06b")


class _Row(NamedTuple):
    code: str
    name: str
    type: str
    is_bank: bool = False
    takes_payments: bool = False


_MONEY = {"is_bank": True, "takes_payments": True}

_CHART = (
    _Row("1000", "Bank current account", "Asset", **_MONEY),
    _Row("1010", "Bank savings account", "Asset", **_MONEY),
    _Row("1050", "Cash on hand", "Asset", **_MONEY),
    _Row("1060", "Card clearing", "Asset", **_MONEY),
    _Row("1061", "Online card clearing", "Asset", **_MONEY),
    _Row("1062", "Klarna clearing", "Asset", **_MONEY),
    _Row("1063", "PayPal clearing", "Asset", **_MONEY),
    _Row("1064", "Mobile payments clearing", "Asset", **_MONEY),
    _Row("1100", RECEIVABLE, "Asset"),
    _Row("1150", "Disputed funds", "Asset", takes_payments=True),
    _Row("1160", "Reserve held at provider", "Asset", takes_payments=True),
    _Row("1200", "Stock", "Asset"),
    _Row("1300", "Prepayments", "Asset"),
    _Row("1500", "Fixtures and equipment", "Asset"),
    _Row("2100", PAYABLE, "Liability"),
    _Row("2150", "Tips payable", "Liability", takes_payments=True),
    _Row("2160", "Gift card liability", "Liability", takes_payments=True),
    _Row("2170", "Store credit liability", "Liability", takes_payments=True),
    _Row("2180", "Customer deposits", "Liability", takes_payments=True),
    _Row("2250", "Input VAT", "Liability"),
    _Row("2300", "Wages payable", "Liability"),
    _Row("2400", "Loan payable", "Liability", takes_payments=True),
    _Row("3000", "Opening balance equity", "Equity"),
    _Row("3100", "Owner's drawings", "Equity", takes_payments=True),
    _Row("3200", "Retained earnings", "Equity"),
    _Row("4000", "Sales", "Income"),
    _Row("4010", "Sales: Food", "Income"),
    _Row("4020", "Sales: Drinks", "Income"),
    _Row("4090", "Other sales", "Income"),
    _Row("4100", "Refunds", "Income"),
    _Row("4200", "Service charge income", "Income"),
    _Row("4210", "Shipping income", "Income"),
    _Row("4220", "Customer overpayments", "Income"),
    _Row("4300", "Cashback income", "Income"),
    _Row("4900", "Rounding", "Income"),
    _Row("5000", "Food and drink purchases", "Expense"),
    _Row("5100", "Packaging", "Expense"),
    _Row("6000", "Wages", "Expense"),
    _Row("6100", "Rent and rates", "Expense"),
    _Row("6110", "Heat, light and water", "Expense"),
    _Row("6200", "Promotions expense", "Expense"),
    _Row("6300", "Payment fees", "Expense"),
    _Row("6310", "Payout fees", "Expense"),
    _Row("6320", "Loan fees", "Expense"),
    _Row("6330", "Dispute fees", "Expense"),
    _Row("6340", "Chargeback losses", "Expense"),
    _Row("6900", "Sundry expenses", "Expense"),
    _Row("9000", "Suspense", "Asset", takes_payments=True),
)


class _Rate(NamedTuple):
    code: str
    name: str
    rate: str
    account_code: str
    account_name: str


# Specification: api, authorise on the merchant's behalf.
_TAX_RATES = (
    _Rate("T20", "Tax 20%", "20", "2200", "Tax 20% payable"),
    _Rate("T10", "Tax 10%", "10", "2201", "Tax 10% payable"),
    _Rate("T9.975", "Tax 9.975%", "9.975", "2202", "Tax 9.975% payable"),
    _Rate("T8", "Tax 8%", "8", "2203", "Tax 8% payable"),
    _Rate("T5", "Tax 5%", "5", "2204", "Tax 5% payable"),
    _Rate("T0", "Tax 0%", "0", "2205", "Tax 0% payable"),
    _Rate("ZERO", "Zero-rated", "0", "2206", "Zero-rated tax payable"),
    _Rate("EXEMPT", "Exempt", "0", "2207", "Exempt tax payable"),
)


def identifier(company_id: str, what: str, name: str) -> str:
    """The id of a thing in a company's books; `what` is account, taxRate, customer, supplier or document."""
    return str(uuid.uuid5(_IDS, f"{company_id}/{what}/{name}"))


def account_id(company_id: str, name: str) -> str:
    """The id of the account with this name."""
    return identifier(company_id, "account", name)


def tax_rate_id(company_id: str, name: str) -> str:
    """The id of the tax rate with this name."""
    return identifier(company_id, "taxRate", name)


def new_books(
    company_id: str,
    name: str,
    base_currency: str = "GBP",
    time_zone: str = "Europe/London",
    country: str = "GB",
) -> ReferenceData:
    """Books as they are when a company first opens them: everything to post to, and nothing posted."""
    rows = [*_CHART, *(_Row(rate.account_code, rate.account_name, "Liability") for rate in _TAX_RATES)]
    return ReferenceData(
        company=LedgerCompany(
            name=name,
            base_currency=base_currency,
            country=country,
            time_zone=time_zone,
            receivable_account=account_id(company_id, RECEIVABLE),
            payable_account=account_id(company_id, PAYABLE),
        ),
        accounts=tuple(
            Account(
                id=account_id(company_id, row.name),
                code=row.code,
                name=row.name,
                type=row.type,
                is_bank=row.is_bank,
                takes_payments=row.takes_payments,
                currency=base_currency,
            )
            for row in sorted(rows)
        ),
        tax_rates=tuple(
            TaxRate(
                id=tax_rate_id(company_id, rate.name),
                code=rate.code,
                name=rate.name,
                rate=Decimal(rate.rate),
                account=account_id(company_id, rate.account_name),
            )
            for rate in _TAX_RATES
        ),
        customers=(Contact(identifier(company_id, "customer", DEFAULT_CUSTOMER), DEFAULT_CUSTOMER),),
        suppliers=(Contact(identifier(company_id, "supplier", DEFAULT_SUPPLIER), DEFAULT_SUPPLIER),),
    )
