"""What is proposed to a merchant, held against the charts of accounts that platforms hand out."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

import pytest

from daybook.domain.account_keys import accounts_taken
from daybook.domain.configuration import FEE_KEYS, PAYMENT_KEYS, SALES_KEYS
from daybook.domain.ledger import ReferenceData
from daybook.domain.suggestions import suggest_accounts, suggest_customer, suggest_supplier, suggest_zone
from daybook.domain.tax_suggestions import suggest_component_rate, suggest_no_tax, suggest_rate
from daybook.platforms.sandbox.chart import new_books
from tests.unit import charts

KEYS = (*SALES_KEYS, *PAYMENT_KEYS, *FEE_KEYS)

SANDBOX = """
sales = Sales
sales-other = Other sales
refund = Refunds
gratuity = Tips payable
prepaid = Gift card liability
prepaidDiscount = Promotions expense
serviceCharge = Service charge income
shipping = Shipping income
overpayment = Customer overpayments
rounding = Rounding
deposits = Customer deposits
card = Card clearing
cash = Cash on hand
payout = Bank current account
invoice = Accounts receivable
onlineCard = Online card clearing
storeCredit = Store credit liability
prepaidPayment = Gift card liability
paypal = PayPal clearing
paypalQr = PayPal clearing
mobile = Mobile payments clearing
paymentFee = Payment fees
paymentFeeTax = Input VAT
paymentFeeRefund = Payment fees
payoutFee = Payout fees
loan = Loan payable
loanPayment = Loan payable
loanFee = Loan fees
cashback = Cashback income
dispute = Disputed funds
disputeFee = Dispute fees
disputeLoss = Chargeback losses
reserve = Reserve held at provider
"""
_XERO_BOTH = """
sales = Sales
sales-other = Other Revenue
refund = Sales
invoice = Accounts Receivable
loan = Loan
loanPayment = Loan
cashback = Other Revenue
"""
_XERO_AMERICA = f"""{_XERO_BOTH}
paymentFee = Bank Service Charges
paymentFeeRefund = Bank Service Charges
loanFee = Interest Expense
disputeLoss = Bad Debts
"""
EXPECTED = MappingProxyType(
    {
        "XERO_UK": f"""{_XERO_BOTH}
            prepaid = Income in Advance
            deposits = Income in Advance
            payout = Business Bank Account
            paymentFee = Bank Fees
            paymentFeeRefund = Bank Fees
            loanFee = Interest Paid""",
        "XERO_US": f"""{_XERO_AMERICA}
            payout = Checking Account""",
        "XERO_CA": f"""{_XERO_AMERICA}
            payout = Chequing Account""",
        "FREEAGENT_UK": """
            sales = Sales
            sales-other = Sales
            refund = Sales
            payout = Business Current Account
            invoice = Trade Debtors
            paypal = PayPal Account
            paypalQr = PayPal Account
            paymentFee = Bank/Finance Charges
            paymentFeeRefund = Bank/Finance Charges
            loan = Loans from Other Parties
            loanPayment = Loans from Other Parties
            loanFee = Interest Payable""",
        "QUICKBOOKS_UK": """
            sales = Sales
            sales-other = Other income
            refund = Sales
            prepaidDiscount = Discounts given
            shipping = Shipping and delivery income
            cash = Undeposited Funds
            payout = Current
            invoice = Accounts Receivable (A/R)
            paymentFee = Bank charges
            paymentFeeRefund = Bank charges
            loanFee = Interest paid
            cashback = Other income""",
        "QUICKBOOKS_US": """
            sales = Sales
            sales-other = Sales
            refund = Refunds-Allowances
            prepaidDiscount = Discounts given
            shipping = Shipping, Freight, and Delivery Income
            cash = Payments to deposit
            payout = Checking
            invoice = Accounts Receivable (A/R)
            paymentFee = Merchant account fees
            paymentFeeRefund = Merchant account fees
            loan = Loan Payable
            loanPayment = Loan Payable
            loanFee = Interest paid:Business loan interest
            cashback = Credit card rewards""",
        "QUICKBOOKS_CA": """
            sales = Sales
            sales-other = Other Income
            refund = Sales
            gratuity = Tips
            prepaid = Gift Certificates Outstanding
            prepaidPayment = Gift Certificates Outstanding
            prepaidDiscount = Discounts given
            deposits = Customer Deposits
            cash = Cash on hand
            payout = Chequing
            invoice = Accounts Receivable (A/R)
            paymentFee = Bank charges
            paymentFeeRefund = Bank charges
            loanFee = Interest expense
            cashback = Other Income
            disputeLoss = Bad debts""",
        "QUICKBOOKS_CA_FRENCH": """
            sales = Ventes
            sales-other = Autres revenus
            refund = Retours sur ventes
            gratuity = Pourboires à remettre
            prepaid = Cartes-cadeaux en circulation
            prepaidPayment = Cartes-cadeaux en circulation
            prepaidDiscount = Rabais accordés
            deposits = Revenus reportés
            cash = Petite caisse
            payout = Compte-chèques
            invoice = Comptes clients (C/C)
            paymentFee = Frais bancaires
            paymentFeeRefund = Frais bancaires
            loan = Emprunt bancaire
            loanPayment = Emprunt bancaire
            loanFee = Intérêts sur emprunts
            cashback = Autres revenus
            disputeLoss = Mauvaises créances""",
    }
)


def expected(table: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in table.strip().splitlines() if line.strip())
    return {key.strip(): name.strip() for key, _, name in pairs}


def proposed(reference: ReferenceData, *, journal: bool = False, **names: str) -> dict[str, str]:
    """Names of the proposed accounts by key."""
    called = {account.id: account.name for account in reference.accounts}
    keys = (*KEYS, *(name.replace("_", "-") for name in names))
    found = suggest_accounts(
        reference, keys, journal=journal, names={name.partition("_")[2]: text for name, text in names.items()}
    )
    return {key: called[account] for key, account in found.items()}


def test_sandbox_books() -> None:
    assert proposed(new_books("company", "Copper Kettle")) == expected(SANDBOX)


@pytest.mark.parametrize("chart", EXPECTED)
def test_charts_that_platforms_hand_out(chart: str) -> None:
    assert proposed(charts.ledger(getattr(charts, chart))) == expected(EXPECTED[chart])


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize("chart", EXPECTED)
def test_only_what_may_be_chosen_is_proposed(chart: str, *, journal: bool) -> None:
    reference = charts.ledger(getattr(charts, chart))
    found = suggest_accounts(reference, KEYS, journal=journal, names={})
    for key, account in found.items():
        assert account in {each.id for each in accounts_taken(reference, key, journal=journal)}, key
    assert found.get("card") is None or found["card"] != found.get("payout")


def test_a_clearing_account_is_for_cards_and_not_for_others() -> None:
    clearing = charts.XERO_UK + "610c | Card Clearing | Bank\n611c | Klarna Clearing | Bank\n"
    found = proposed(charts.ledger(clearing), custom_k="Klarna")
    assert (found["card"], found["onlineCard"], found["custom-k"]) == (
        "Card Clearing",
        "Card Clearing",
        "Klarna Clearing",
    )
    assert found["payout"] == "Business Bank Account"


def test_categories_and_methods_are_told_by_their_names() -> None:
    reference = new_books("company", "Copper Kettle")
    found = proposed(reference, sales_1="Food", sales_2="Hats", custom_3="Klarna", custom_4="")
    assert found["sales-1"] == "Sales: Food"
    assert found["custom-3"] == "Klarna clearing"
    assert not {"sales-2", "custom-4"} & set(found), "nothing is made up"


def test_accounts_that_must_stay_empty_are_not_proposed() -> None:
    chart = """
        1 | Uncategorised sales | Income
        2 | Gift card suspense | Liability+
        3 | Payroll cash on hand | Bank
        4 | Debtors | Receivable
        5 | Creditors | Payable
        6 | VAT | Tax
    """
    assert proposed(charts.ledger(chart)) == {"invoice": "Debtors"}


def test_archived_accounts_are_not_proposed() -> None:
    reference = new_books("company", "Copper Kettle")
    gone = tuple(
        type(each)(each.id, each.code, each.name, each.type, "Archived", each.is_bank, each.takes_payments)
        for each in reference.accounts
    )
    archived = type(reference)(reference.company, gone, reference.tax_rates, (), ())
    assert proposed(archived) == {}


@pytest.mark.parametrize(
    ("rates", "chosen", "no_tax"),
    [
        (charts.XERO_UK_RATES, {"20": "OUTPUT2", "5": "RROUTPUT", "0": "ZERORATEDOUTPUT", "10": ""}, "NONE"),
        (charts.QUICKBOOKS_UK_RATES, {"20": "1", "5": "4", "0": "5", "10": ""}, "8"),
        (charts.FREEAGENT_UK_RATES, {"20": "20", "5": "5", "0": "0", "10": ""}, "EXEMPT"),
        (charts.XERO_US_RATES, {"8.25": "TAX001", "20": ""}, "NONE"),
        (charts.QUICKBOOKS_CA_RATES, {"5": "5", "13": "6", "12": "8", "14.975": "9", "0": "3"}, "4"),
        (charts.QUICKBOOKS_CA_FRENCH_RATES, {"5": "5", "9.975": "11", "0": "3"}, "4"),
    ],
)
def test_tax_rates_of_sales(rates: str, chosen: dict[str, str], no_tax: str) -> None:
    reference = charts.ledger(charts.XERO_UK, rates)
    assert {percent: suggest_rate(reference, Decimal(percent)) for percent in chosen} == chosen
    assert suggest_no_tax(reference) == no_tax


def test_taxes_that_no_sale_bears_are_not_proposed() -> None:
    rates = """
        INPUT2 | 20% (VAT on Expenses) | 20
        RC | 20.0% RC | 20
        ACHAT | TPS sur achats | 5
    """
    reference = charts.ledger(charts.XERO_UK, rates)
    assert suggest_rate(reference, Decimal(20)) == suggest_rate(reference, Decimal(5)) == ""


def test_books_without_taxes_propose_none() -> None:
    reference = charts.ledger(charts.QUICKBOOKS_US)
    assert (suggest_rate(reference, Decimal(20)), suggest_no_tax(reference)) == ("", "")


@pytest.mark.parametrize(
    ("taxes", "rates", "rate"),
    [
        ([("GST", "0.05")], charts.QUICKBOOKS_CA_RATES, "5"),
        ([("TPS", "0.05"), ("TVQ", "0.09975")], charts.QUICKBOOKS_CA_RATES, "9"),
        ([("GST", "0.05"), ("QST", "0.09975")], charts.QUICKBOOKS_CA_FRENCH_RATES, "9"),
        ([("Zero-rated", "0")], charts.QUICKBOOKS_CA_RATES, "3"),
        ([("Exempt", "0")], charts.XERO_UK_RATES, "EXEMPTOUTPUT"),
        ([("Zero", "0")], charts.XERO_UK_RATES, "ZERORATEDOUTPUT"),
        ([("VAT", "0.20")], charts.XERO_UK_RATES, "OUTPUT2"),
        ([("VAT", "0.125")], charts.XERO_UK_RATES, ""),
        ([("HST ON", None)], charts.QUICKBOOKS_CA_RATES, "6"),
        ([("Something", None)], charts.QUICKBOOKS_CA_RATES, ""),
    ],
)
def test_components_of_tax(taxes: list[tuple[str, str | None]], rates: str, rate: str) -> None:
    reference = charts.ledger(charts.QUICKBOOKS_CA, rates)
    named = [(name, None if text is None else Decimal(text)) for name, text in taxes]
    assert suggest_component_rate(reference, named) == rate


@pytest.mark.parametrize(
    ("contacts", "customer", "supplier"),
    [
        (("Daily sales", "Payment provider"), "Daily sales", "Payment provider"),
        (("Walk-in customer", "Stripe Payments UK"), "Walk-in customer", "Stripe Payments UK"),
        (("Client comptoir", "Moneris"), "Client comptoir", "Moneris"),
        (("Ventes au comptant", "Prestataire de paiement"), "Ventes au comptant", "Prestataire de paiement"),
        (("Harbour Bakery", "Quay Coffee"), "", ""),
    ],
)
def test_contacts(contacts: tuple[str, ...], customer: str, supplier: str) -> None:
    reference = charts.ledger(charts.XERO_UK, contacts=contacts)
    assert (suggest_customer(reference), suggest_supplier(reference)) == (customer, supplier)


@pytest.mark.parametrize(
    ("zone", "country", "guessed"),
    [
        ("America/Vancouver", "CA", "America/Vancouver"),
        ("Etc/UTC", "CA", "America/Toronto"),
        ("Etc/UTC", "GB", "Europe/London"),
        ("nonsense", "FR", "Europe/Paris"),
        ("Etc/UTC", "", "Etc/UTC"),
    ],
)
def test_the_time_zone_is_the_ledgers(zone: str, country: str, guessed: str) -> None:
    assert suggest_zone(charts.ledger(charts.XERO_UK, country=country, zone=zone)) == guessed
    assert suggest_zone(None) == "Etc/UTC"
