"""Charts of accounts as platforms hand them out, as plain tables: code | name | kind.

Kinds: Bank, Card (a credit card), Asset and Liability that take payments (with +) or do not, Income, Expense,
Equity, Receivable, Payable, Tax, Rounding. Facts: the platforms' public lists of default accounts and rates.
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from daybook.domain.ledger import Account, Contact, LedgerCompany, ReferenceData, TaxRate

_TYPES = MappingProxyType(
    {
        "Bank": "Asset",
        "Card": "Liability",
        "Receivable": "Asset",
        "Payable": "Liability",
        "Tax": "Liability",
        "Rounding": "Liability",
    }
)

XERO_UK = """
090 | Business Bank Account | Bank
091 | Business Savings Account | Bank
092 | Company Credit Card | Bank
200 | Sales | Income
260 | Other Revenue | Income
270 | Interest Income | Income
310 | Cost of Goods Sold | Expense
320 | Direct Wages | Expense
325 | Direct Expenses | Expense
400 | Advertising & Marketing | Expense
401 | Audit & Accountancy fees | Expense
404 | Bank Fees | Expense
416 | Depreciation Expense | Expense
425 | Postage, Freight & Courier | Expense
429 | General Expenses | Expense
437 | Interest Paid | Expense
449 | Motor Vehicle Expenses | Expense
477 | Salaries | Expense
497 | Bank Revaluations | Expense
610 | Accounts Receivable | Receivable
611 | Less Provision for Doubtful Debts | Asset
620 | Prepayments | Asset
630 | Inventory | Asset
710 | Office Equipment | Asset
800 | Accounts Payable | Payable
805 | Accruals | Liability
810 | Income in Advance | Liability
811 | Credit Card Control Account | Liability
814 | Wages Payable - Payroll | Liability
820 | VAT | Tax
825 | PAYE Payable | Liability
835 | Directors' Loan Account | Liability+
840 | Historical Adjustment | Liability
850 | Suspense | Liability
860 | Rounding | Rounding
877 | Tracking Transfers | Liability
900 | Loan | Liability
910 | Hire Purchase Loan | Liability
947 | Student Loan Deductions Payable | Liability
960 | Retained Earnings | Equity
970 | Owner A Funds Introduced | Equity+
980 | Owner A Drawings | Equity+
"""

XERO_US = """
 | Checking Account | Bank
 | Savings Account | Bank
120 | Accounts Receivable | Receivable
130 | Prepayments | Asset
140 | Inventory | Asset
200 | Accounts Payable | Payable
205 | Accruals | Liability
210 | Unpaid Expense Claims | Liability
215 | Wages Payable | Liability
220 | Sales Tax | Tax
230 | Employee Tax Payable | Liability
250 | Owner A Drawings | Liability+
255 | Historical Adjustment | Liability
260 | Rounding | Rounding
265 | Tracking Transfers | Liability
290 | Loan | Liability
320 | Retained Earnings | Equity
400 | Sales | Income
460 | Other Revenue | Income
470 | Interest Income | Income
500 | Cost of Goods Sold | Expense
600 | Advertising | Expense
604 | Bank Service Charges | Expense
620 | Entertainment | Expense
624 | Postage & Delivery | Expense
632 | Interest Expense | Expense
690 | Bad Debts | Expense
700 | Depreciation | Expense
810 | Bank Revaluations | Expense
"""

# Organisations in Canada get the same list, their taxes in one account.
XERO_CA = XERO_US.replace("Sales Tax", "GST/HST Payable").replace("Checking", "Chequing")

FREEAGENT_UK = """
 | Business Current Account | Bank
 | PayPal Account | Bank
001 | Sales | Income
051 | Interest Received | Income
053 | Grant Income | Income
101 | Cost of Sales | Expense
102 | Commission Paid | Expense
103 | Subcontractor Costs | Expense
211 | Advertising and Promotion | Expense
250 | Rent | Expense
270 | Postage | Expense
359 | Sundries | Expense
363 | Bank/Finance Charges | Expense
364 | Interest Payable | Expense
365 | Bad Debts Written Off | Expense
681 | Trade Debtors | Receivable
730 | Loans from Other Parties | Liability+
796 | Trade Creditors | Payable
817 | VAT | Tax
814 | PAYE/NI | Liability+
901 | Capital Account | Equity+
907 | Director Loan Account | Equity+
998 | Suspense Account | Asset+
"""

QUICKBOOKS_UK = """
 | Current | Bank
 | Cash and cash equivalents | Bank
 | Accounts Receivable (A/R) | Receivable
 | Undeposited Funds | Asset+
 | Prepaid expenses | Asset+
 | Stock Asset | Asset+
 | Uncategorised Asset | Asset+
 | Accounts Payable (A/P) | Payable
 | VAT Control | Tax
 | VAT Suspense | Liability+
 | Payroll Clearing | Liability+
 | Directors' loan account | Liability+
 | Opening Balance Equity | Equity
 | Retained Earnings | Equity
 | Share capital | Equity
 | Sales | Income
 | Sales of Product Income | Income
 | Services | Income
 | Billable Expense Income | Income
 | Discounts given | Income
 | Shipping and delivery income | Income
 | Unapplied Cash Payment Income | Income
 | Uncategorised Income | Income
 | Interest earned | Income
 | Other income | Income
 | Cost of sales | Expense
 | Advertising | Expense
 | Bank charges | Expense
 | Commissions and fees | Expense
 | Interest paid | Expense
 | Shipping, freight and delivery | Expense
 | Reconciliation Discrepancies | Expense
 | Uncategorised Expense | Expense
"""

QUICKBOOKS_US = """
 | Checking | Bank
 | Savings | Bank
 | Mastercard | Card
 | Accounts Receivable (A/R) | Receivable
 | Inventory Asset | Asset+
 | Payments to deposit | Asset+
 | Prepaid expenses | Asset+
 | Uncategorized Asset | Asset+
 | Accounts Payable (A/P) | Payable
 | California Department of Tax and Fee Administration Payable | Tax
 | Loan Payable | Liability+
 | Payroll Clearing | Liability+
 | Notes Payable | Liability
 | Opening Balance Equity | Equity
 | Retained Earnings | Equity
 | Owner's Pay & Personal Expenses | Equity
 | Billable Expense Income | Income
 | Discounts given | Income
 | Gross Receipts | Income
 | Refunds-Allowances | Income
 | Sales | Income
 | Sales of Product Income | Income
 | Services | Income
 | Shipping, Freight, and Delivery Income | Income
 | Unapplied Cash Payment Income | Income
 | Uncategorized Income | Income
 | Credit card rewards | Income
 | Interest earned | Income
 | Cost of Goods Sold | Expense
 | Cost of Goods Sold:Shipping | Expense
 | Advertising & marketing | Expense
 | Bank fees & service charges | Expense
 | Commissions & fees | Expense
 | Interest paid:Business loan interest | Expense
 | Merchant account fees | Expense
 | QuickBooks Payments Fees | Expense
 | Reconciliation Discrepancies | Expense
 | Vehicle expenses:Vehicle loan interest | Expense
"""

QUICKBOOKS_CA = """
 | Chequing | Bank
 | Cash on hand | Bank
 | Accounts Receivable (A/R) | Receivable
 | Undeposited Funds | Asset+
 | Prepaid expenses | Asset+
 | Inventory Asset | Asset+
 | Accounts Payable (A/P) | Payable
 | GST/HST Payable | Tax
 | GST/HST Suspense | Liability+
 | PST Payable | Liability+
 | Gift Certificates Outstanding | Liability+
 | Customer Deposits | Liability+
 | Shareholder loan | Liability
 | Opening Balance Equity | Equity
 | Retained Earnings | Equity
 | Sales | Income
 | Sales of Product Income | Income
 | Services | Income
 | Tips | Income
 | Discounts given | Income
 | Other Income | Income
 | Uncategorized Income | Income
 | Cost of Goods Sold | Expense
 | Bank charges | Expense
 | Commissions and fees | Expense
 | Interest expense | Expense
 | Bad debts | Expense
"""

QUICKBOOKS_CA_FRENCH = """
 | Compte-chèques | Bank
 | Compte d'épargne Desjardins | Bank
 | Caisse populaire | Bank
 | Petite caisse | Bank
 | Comptes clients (C/C) | Receivable
 | Fonds non déposés | Asset+
 | Frais payés d'avance | Asset+
 | Stocks | Asset+
 | Actif non catégorisé | Asset+
 | Comptes fournisseurs (C/F) | Payable
 | TPS/TVH à payer | Tax
 | TVQ à payer | Liability+
 | Cartes-cadeaux en circulation | Liability+
 | Revenus reportés | Liability+
 | Emprunt bancaire | Liability+
 | Prêt d'un actionnaire | Liability
 | Pourboires à remettre | Liability+
 | Solde d'ouverture des capitaux propres | Equity
 | Bénéfices non répartis | Equity
 | Ventes | Income
 | Ventes de produits | Income
 | Services | Income
 | Rabais accordés | Income
 | Retours sur ventes | Income
 | Revenus non catégorisés | Income
 | Autres revenus | Income
 | Coût des ventes | Expense
 | Frais bancaires | Expense
 | Frais de livraison | Expense
 | Commissions et frais | Expense
 | Intérêts sur emprunts | Expense
 | Mauvaises créances | Expense
"""

XERO_UK_RATES = """
OUTPUT2 | 20% (VAT on Income) | 20
RROUTPUT | 5% (VAT on Income) | 5
CAPEXOUTPUT2 | 20% (VAT on Capital Sales) | 20
ZERORATEDOUTPUT | Zero Rated Income | 0
EXEMPTOUTPUT | Exempt Income | 0
NONE | No VAT | 0
ECZROUTPUT | Zero Rated EC Goods Income | 0
ECZROUTPUTSERVICES | Zero Rated EC Services | 0
DRCHARGESUPPLY20 | Domestic Reverse Charge @ 20% (VAT on Income) | 20
INPUT2 | 20% (VAT on Expenses) | 20
"""
QUICKBOOKS_UK_RATES = """
1 | 20.0% S | 20
2 | 20.0% ECG | 20
3 | 20.0% RC | 20
4 | 5.0% R | 5
5 | 0.0% Z | 0
6 | 0.0% ECG | 0
7 | Exempt | 0
8 | No VAT | 0
"""
FREEAGENT_UK_RATES = """
20 | VAT 20% | 20
5 | VAT 5% | 5
0 | VAT 0% | 0
EXEMPT | VAT exempt | 0
"""
XERO_US_RATES = """
OUTPUT | Tax on Sales | 0
INPUT | Tax on Purchases | 0
NONE | Tax Exempt | 0
TAX001 | California 8.25% | 8.25
"""
QUICKBOOKS_CA_RATES = """
2 | Exempt | 0
3 | Zero-rated | 0
4 | Out of Scope | 0
5 | GST | 5
6 | HST ON | 13
7 | HST NS | 14
8 | GST/PST BC | 12
9 | GST/QST QC - 9.975 | 14.975
10 | PST BC | 7
11 | QST QC - 9.975 | 9.975
"""
QUICKBOOKS_CA_FRENCH_RATES = """
2 | Exonéré | 0
3 | Détaxé | 0
4 | Hors champ | 0
5 | TPS | 5
9 | TPS/TVQ QC - 9,975 | 14.975
11 | TVQ 9,975 | 9.975
"""


def ledger(
    chart: str, rates: str = "", country: str = "GB", zone: str = "Etc/UTC", contacts: tuple[str, ...] = ()
) -> ReferenceData:
    """A ledger with this chart and these rates; the id of an account is its name, of a contact too."""
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in chart.strip().splitlines()]
    control = {kind: name for _, name, kind in rows}
    known = tuple(Contact(name, name) for name in contacts)
    return ReferenceData(
        company=LedgerCompany(
            "Copper Kettle", "GBP", country, zone, control["Receivable"], control["Payable"]
        ),
        accounts=tuple(_account(code, name, kind) for code, name, kind in rows),
        tax_rates=tuple(_rate(line, control["Tax"]) for line in rates.strip().splitlines()),
        customers=known,
        suppliers=known,
        details={"rounding": control.get("Rounding", "")},
    )


def _account(code: str, name: str, kind: str) -> Account:
    plain = kind.removesuffix("+")
    return Account(
        id=name,
        code=code,
        name=name,
        type=_TYPES.get(plain, plain),
        is_bank=plain == "Bank",
        takes_payments=kind.endswith("+") or plain in ("Bank", "Card"),
    )


def _rate(line: str, account: str) -> TaxRate:
    code, name, rate = (cell.strip() for cell in line.split("|"))
    return TaxRate(code, code, name, Decimal(rate), account)
