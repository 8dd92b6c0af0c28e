"""What a new organisation of the simulated Xero contains: a cafe's chart of accounts, tax rates, contacts.

Accounts are called as in Sandbox books, so that the same configuration can be chosen by name. Where Xero
differs it differs here too: one account for all tax, system accounts, and a bank account without a code.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

RECEIVABLE, PAYABLE, ROUNDING = "Accounts receivable", "Accounts payable", "Rounding"
DEFAULT_CUSTOMER, DEFAULT_SUPPLIER = "Daily sales", "Payment provider"

CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "PAYG": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}


class Row(NamedTuple):
    """An account; `type` CLEARING is what the simulator's own switch says clearing accounts are."""

    code: str
    name: str
    type: str
    takes_payments: bool = False
    system: str = ""


CHART = (
    Row("", "Bank current account", "BANK"),
    Row("1010", "Bank savings account", "BANK"),
    Row("1050", "Cash on hand", "CLEARING"),
    Row("1060", "Card clearing", "CLEARING"),
    Row("1061", "Online card clearing", "CLEARING"),
    Row("1062", "Klarna clearing", "CLEARING"),
    Row("1063", "PayPal clearing", "CLEARING"),
    Row("1064", "Mobile payments clearing", "CLEARING"),
    Row("1100", RECEIVABLE, "CURRENT", system="DEBTORS"),
    Row("1150", "Disputed funds", "CURRENT", takes_payments=True),
    Row("1160", "Reserve held at provider", "CURRENT", takes_payments=True),
    Row("1200", "Stock", "INVENTORY"),
    Row("1300", "Prepayments", "PREPAYMENT"),
    Row("1500", "Fixtures and equipment", "FIXED"),
    Row("2100", PAYABLE, "CURRLIAB", system="CREDITORS"),
    Row("2150", "Tips payable", "CURRLIAB", takes_payments=True),
    Row("2160", "Gift card liability", "CURRLIAB", takes_payments=True),
    Row("2170", "Store credit liability", "CURRLIAB", takes_payments=True),
    Row("2180", "Customer deposits", "CURRLIAB", takes_payments=True),
    Row("2200", "TAX", "CURRLIAB", system="GST"),
    Row("2250", "Input VAT", "CURRLIAB"),
    Row("2300", "Wages payable", "CURRLIAB"),
    Row("2400", "Loan payable", "TERMLIAB", takes_payments=True),
    Row("3000", "Opening balance equity", "EQUITY"),
    Row("3100", "Owner's drawings", "EQUITY", takes_payments=True),
    Row("3200", "Retained earnings", "EQUITY", system="RETAINEDEARNINGS"),
    Row("4000", "Sales", "REVENUE"),
    Row("4010", "Sales: Food", "REVENUE"),
    Row("4020", "Sales: Drinks", "REVENUE"),
    Row("4090", "Other sales", "REVENUE"),
    Row("4100", "Refunds", "REVENUE"),
    Row("4200", "Service charge income", "REVENUE"),
    Row("4210", "Shipping income", "REVENUE"),
    Row("4220", "Customer overpayments", "OTHERINCOME"),
    Row("4300", "Cashback income", "OTHERINCOME"),
    Row("4900", ROUNDING, "CURRLIAB", system="ROUNDING"),
    Row("5000", "Food and drink purchases", "DIRECTCOSTS"),
    Row("5100", "Packaging", "DIRECTCOSTS"),
    Row("6000", "Wages", "EXPENSE"),
    Row("6100", "Rent and rates", "OVERHEADS"),
    Row("6110", "Heat, light and water", "OVERHEADS"),
    Row("6200", "Promotions expense", "EXPENSE"),
    Row("6300", "Payment fees", "EXPENSE"),
    Row("6310", "Payout fees", "EXPENSE"),
    Row("6320", "Loan fees", "EXPENSE"),
    Row("6330", "Dispute fees", "EXPENSE"),
    Row("6340", "Chargeback losses", "EXPENSE"),
    Row("6900", "Sundry expenses", "EXPENSE"),
    Row("9000", "Suspense", "CURRENT", takes_payments=True),
)

# The system account for tax, by country.
TAX_ACCOUNTS = {"GB": "VAT", "IE": "VAT", "AU": "GST", "NZ": "GST"}
OTHER_TAX_ACCOUNT = "Sales tax"

# Which classes of account a rate may be used with.
_SALES = frozenset({"ASSET", "EQUITY", "LIABILITY", "REVENUE"})
_PURCHASES = frozenset({"ASSET", "EQUITY", "LIABILITY", "EXPENSE"})
ANYTHING = _SALES | _PURCHASES


class Rate(NamedTuple):
    """A tax rate: `percent` may have four decimal places."""

    tax_type: str
    name: str
    percent: Decimal
    classes: frozenset[str]
    status: str = "ACTIVE"


_BRITISH = {
    "Tax 20%": "OUTPUT2",
    "Tax 5%": "RROUTPUT",
    "Zero-rated": "ZERORATEDOUTPUT",
    "Exempt": "EXEMPTOUTPUT",
    "Tax 20% on purchases": "INPUT2",
    "Tax 5% on purchases": "RRINPUT",
    "Zero-rated purchases": "ZERORATEDINPUT",
    "Exempt purchases": "EXEMPTINPUT",
}
_RATES = (
    ("Tax 20%", "20", _SALES),
    ("Tax 10%", "10", _SALES),
    ("Tax 9.975%", "9.975", _SALES),
    ("Tax 8%", "8", _SALES),
    ("Tax 5%", "5", _SALES),
    ("Tax 0%", "0", _SALES),
    ("Zero-rated", "0", _SALES),
    ("Exempt", "0", _SALES),
    ("Tax 20% on purchases", "20", _PURCHASES),
    ("Tax 5% on purchases", "5", _PURCHASES),
    ("Zero-rated purchases", "0", _PURCHASES),
    ("Exempt purchases", "0", _PURCHASES),
)


def tax_rates(country: str) -> list[Rate]:
    """The rates of an organisation: the country's own where Xero has them, else the merchant's."""
    found = [Rate("NONE", "No tax", Decimal(0), ANYTHING)]
    for number, (name, percent, classes) in enumerate(_RATES, 1):
        own = _BRITISH.get(name) if country == "GB" else None
        found.append(Rate(own or f"TAX{number:03}", name, Decimal(percent), classes))
    return found
