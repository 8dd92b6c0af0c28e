"""What a new company of the simulated FreeAgent contains: categories, bank accounts, tax rates, contacts.

Categories are called as accounts in Sandbox books are, so that the same configuration can be chosen by name.
Where FreeAgent differs it differs here too: money is in bank accounts, which are no categories of their own;
one category takes all VAT; and debtors and creditors have FreeAgent's own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

DEBTORS, CREDITORS, VAT, BANK = "681", "796", "817", "750"
DEFAULT_CUSTOMER, DEFAULT_SUPPLIER = "Daily sales", "Payment provider"
INCOME, COST_OF_SALES, ADMIN_EXPENSES, GENERAL = "income", "cost_of_sales", "admin_expenses", "general"

# The codes that a new category of a group may have.
RANGES: Mapping[str, range] = {
    INCOME: range(1, 50),
    COST_OF_SALES: range(96, 200),
    ADMIN_EXPENSES: range(200, 400),
    "current_assets": range(671, 721),
    "liabilities": range(731, 781),
    "equities": range(921, 961),
}
GROUP_DESCRIPTIONS: Mapping[str, str] = {
    INCOME: "Income (normally VATable)",
    COST_OF_SALES: "Cost of sales (normally VATable)",
    ADMIN_EXPENSES: "Admin expenses (normally VATable)",
}
# The rates that a category may have of itself, in percent; None: no VAT at all.
AUTO_RATES: Mapping[str, int | None] = {
    "Standard rate": 20,
    "Reduced rate": 5,
    "Zero rate": 0,
    "Exempt": None,
    "Outside of the scope of VAT": None,
}
ASSET_REPORTING_NAMES = frozenset({"debtors", "money_in_transit", "prepayments_and_accrued_income"})


class Row(NamedTuple):
    """A category: the group says which of the four lists it is in."""

    code: str
    name: str
    group: str
    needs: str = ""


CHART = (
    Row("001", "Sales", INCOME),
    Row("002", "Sales: Food", INCOME),
    Row("003", "Sales: Drinks", INCOME),
    Row("004", "Other sales", INCOME),
    Row("005", "Refunds", INCOME),
    Row("006", "Service charge income", INCOME),
    Row("007", "Shipping income", INCOME),
    Row("008", "Customer overpayments", INCOME),
    Row("009", "Cashback income", INCOME),
    Row("010", "Rounding", INCOME),
    Row("051", "Interest Received", GENERAL),
    Row("101", "Cost of Sales", COST_OF_SALES),
    Row("102", "Commission Paid", COST_OF_SALES),
    Row("110", "Food and drink purchases", COST_OF_SALES),
    Row("111", "Packaging", COST_OF_SALES),
    Row("250", "Rent and rates", ADMIN_EXPENSES),
    Row("251", "Heat, light and water", ADMIN_EXPENSES),
    Row("260", "Promotions expense", ADMIN_EXPENSES),
    Row("261", "Payment fees", ADMIN_EXPENSES),
    Row("262", "Payout fees", ADMIN_EXPENSES),
    Row("263", "Loan fees", ADMIN_EXPENSES),
    Row("264", "Dispute fees", ADMIN_EXPENSES),
    Row("265", "Chargeback losses", ADMIN_EXPENSES),
    Row("280", "Sundry expenses", ADMIN_EXPENSES),
    Row("285", "Accommodation and Meals", ADMIN_EXPENSES),
    Row("401", "Wages", ADMIN_EXPENSES),
    Row("602", "Computer Equipment Purchase", GENERAL, needs="capital_asset_type"),
    Row("609", "Stock", GENERAL, needs="stock_item"),
    Row("671", "Disputed funds", GENERAL),
    Row("672", "Reserve held at provider", GENERAL),
    Row("673", "Prepayments", GENERAL),
    Row("674", "Suspense", GENERAL),
    Row(DEBTORS, "Trade Debtors", GENERAL),
    Row("731", "Tips payable", GENERAL),
    Row("732", "Gift card liability", GENERAL),
    Row("733", "Store credit liability", GENERAL),
    Row("734", "Customer deposits", GENERAL),
    Row("735", "Loan payable", GENERAL),
    Row("736", "Wages payable", GENERAL),
    Row("737", "Input VAT", GENERAL),
    Row(BANK, "Bank Account", GENERAL, needs="bank_account"),
    Row(CREDITORS, "Trade Creditors", GENERAL),
    Row(VAT, "VAT", GENERAL),
    Row("902", "Salary and Bonuses", GENERAL, needs="user"),
    Row("921", "Owner's drawings", GENERAL),
    Row("922", "Opening balance equity", GENERAL),
    Row("968", "Retained Profits", GENERAL),
)
BANK_ACCOUNTS = (
    "Bank current account",
    "Bank savings account",
    "Cash on hand",
    "Card clearing",
    "Online card clearing",
    "Klarna clearing",
    "PayPal clearing",
    "Mobile payments clearing",
)
# A bank account in euro as well, since FreeAgent's have one currency each.
FOREIGN_BANK_ACCOUNT = ("Card clearing (EUR)", "EUR")
RATES = ("20.0", "10.0", "9.975", "8.0", "5.0", "0.0")
CURRENCIES = frozenset(
    {
        "AED",
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "RON",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "USD",
        "ZAR",
    }
)
COMPANY_TYPES: Mapping[str, str] = {"GB": "UkLimitedCompany", "US": "UsLimitedLiabilityCompany"}
