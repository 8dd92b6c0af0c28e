"""What the simulated books contain at first: the chart of a small cafe, tax codes, a customer, a supplier."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

BANK, RECEIVABLE, PAYABLE, CARD = "Bank", "Accounts Receivable", "Accounts Payable", "Credit Card"
CURRENT_ASSET, CURRENT_LIABILITY = "Other Current Asset", "Other Current Liability"
UNDEPOSITED = "Undeposited Funds"
RECEIVABLE_NAME, PAYABLE_NAME = "Accounts receivable", "Accounts payable"

CLASSIFICATIONS = {
    BANK: "Asset",
    RECEIVABLE: "Asset",
    CURRENT_ASSET: "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    PAYABLE: "Liability",
    CARD: "Liability",
    CURRENT_LIABILITY: "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}

# The first of a type is taken when none is given.
SUB_TYPES = {
    BANK: ("Checking", "Savings", "CashOnHand", "MoneyMarket", "RentsHeldInTrust", "TrustAccounts"),
    RECEIVABLE: ("AccountsReceivable",),
    CURRENT_ASSET: (
        "OtherCurrentAssets",
        "UndepositedFunds",
        "PrepaidExpenses",
        "Inventory",
        "EmployeeCashAdvances",
        "AllowanceForBadDebts",
    ),
    "Fixed Asset": ("FurnitureAndFixtures", "MachineryAndEquipment", "OtherFixedAssets", "Vehicles"),
    "Other Asset": ("OtherLongTermAssets", "SecurityDeposits", "Licenses"),
    PAYABLE: ("AccountsPayable",),
    CARD: ("CreditCard",),
    CURRENT_LIABILITY: (
        "OtherCurrentLiabilities",
        "GlobalTaxPayable",
        "SalesTaxPayable",
        "PayrollClearing",
        "LoanPayable",
        "PrepaidExpensesPayable",
    ),
    "Long Term Liability": ("NotesPayable", "OtherLongTermLiabilities"),
    "Equity": ("OpeningBalanceEquity", "OwnersEquity", "RetainedEarnings", "PartnerDistributions"),
    "Income": (
        "SalesOfProductIncome",
        "ServiceFeeIncome",
        "OtherPrimaryIncome",
        "DiscountsRefundsGiven",
        "NonProfitIncome",
    ),
    "Other Income": ("OtherMiscellaneousIncome", "InterestEarned", "OtherInvestmentIncome"),
    "Cost of Goods Sold": ("SuppliesMaterialsCogs", "OtherCostsOfServiceCos", "ShippingFreightDeliveryCos"),
    "Expense": (
        "OtherMiscellaneousServiceCost",
        "BankCharges",
        "PayrollExpenses",
        "RentOrLeaseOfBuildings",
        "Utilities",
        "AdvertisingPromotional",
        "OtherBusinessExpenses",
        "InterestPaid",
        "BadDebts",
    ),
    "Other Expense": ("OtherMiscellaneousExpense", "Depreciation", "PenaltiesSettlements"),
}


class Row(NamedTuple):
    """An account; a name with a colon is a sub-account of the account before the colon."""

    number: str
    name: str
    type: str
    sub_type: str = ""


CHART = (
    Row("1000", "Bank current account", BANK),
    Row("1010", "Bank savings account", BANK, "Savings"),
    Row("1050", "Cash on hand", BANK, "CashOnHand"),
    Row("1060", "Card clearing", BANK),
    Row("1061", "Online card clearing", BANK),
    Row("1062", "Klarna clearing", BANK),
    Row("1063", "PayPal clearing", BANK),
    Row("1064", "Mobile payments clearing", BANK),
    Row("1100", RECEIVABLE_NAME, RECEIVABLE),
    Row("1110", UNDEPOSITED, CURRENT_ASSET, "UndepositedFunds"),
    Row("1150", "Disputed funds", CURRENT_ASSET),
    Row("1160", "Reserve held at provider", CURRENT_ASSET),
    Row("1200", "Stock", CURRENT_ASSET, "Inventory"),
    Row("1300", "Prepayments", CURRENT_ASSET, "PrepaidExpenses"),
    Row("1500", "Fixtures and equipment", "Fixed Asset"),
    Row("2100", PAYABLE_NAME, PAYABLE),
    Row("2120", "Company credit card", CARD),
    Row("2150", "Tips payable", CURRENT_LIABILITY),
    Row("2160", "Gift card liability", CURRENT_LIABILITY),
    Row("2170", "Store credit liability", CURRENT_LIABILITY),
    Row("2180", "Customer deposits", CURRENT_LIABILITY),
    Row("2250", "Input VAT", CURRENT_LIABILITY),
    Row("2300", "Wages payable", CURRENT_LIABILITY, "PayrollClearing"),
    Row("2400", "Loan payable", "Long Term Liability"),
    Row("3000", "Opening balance equity", "Equity"),
    Row("3100", "Owner's drawings", "Equity", "OwnersEquity"),
    Row("3200", "Retained earnings", "Equity", "RetainedEarnings"),
    Row("4000", "Sales", "Income"),
    Row("4010", "Sales:Food", "Income"),
    Row("4020", "Sales:Drinks", "Income"),
    Row("4090", "Other sales", "Income"),
    Row("4100", "Refunds", "Income", "DiscountsRefundsGiven"),
    Row("4200", "Service charge income", "Income", "ServiceFeeIncome"),
    Row("4210", "Shipping income", "Income", "OtherPrimaryIncome"),
    Row("4220", "Customer overpayments", "Income", "OtherPrimaryIncome"),
    Row("4300", "Cashback income", "Other Income"),
    Row("4900", "Rounding", "Income", "OtherPrimaryIncome"),
    Row("5000", "Food and drink purchases", "Cost of Goods Sold"),
    Row("5100", "Packaging", "Cost of Goods Sold"),
    Row("6000", "Wages", "Expense", "PayrollExpenses"),
    Row("6100", "Rent and rates", "Expense", "RentOrLeaseOfBuildings"),
    Row("6110", "Heat, light and water", "Expense", "Utilities"),
    Row("6200", "Promotions expense", "Expense", "AdvertisingPromotional"),
    Row("6300", "Payment fees", "Expense", "BankCharges"),
    Row("6310", "Payout fees", "Expense", "BankCharges"),
    Row("6320", "Loan fees", "Expense", "InterestPaid"),
    Row("6330", "Dispute fees", "Expense", "BankCharges"),
    Row("6340", "Chargeback losses", "Expense", "BadDebts"),
    Row("6900", "Sundry expenses", "Expense", "OtherBusinessExpenses"),
    Row("9000", "Suspense", CURRENT_ASSET),
)


class Rate(NamedTuple):
    """A tax code of one rate, collected for an agency of its own, and so with an account of its own."""

    name: str
    percent: Decimal
    account: str
    number: str


TAX_RATES = (
    Rate("Tax 20%", Decimal(20), "Tax 20% payable", "2200"),
    Rate("Tax 10%", Decimal(10), "Tax 10% payable", "2201"),
    Rate("Tax 9.975%", Decimal("9.975"), "Tax 9.975% payable", "2202"),
    Rate("Tax 8%", Decimal(8), "Tax 8% payable", "2203"),
    Rate("Tax 5%", Decimal(5), "Tax 5% payable", "2204"),
    Rate("Tax 0%", Decimal(0), "Tax 0% payable", "2205"),
    Rate("Zero-rated", Decimal(0), "Zero-rated tax payable", "2206"),
    Rate("Exempt", Decimal(0), "Exempt tax payable", "2207"),
)
CUSTOMERS = ("Daily sales",)
VENDORS = ("Payment provider",)
DEFAULT_ITEM = "Services"
