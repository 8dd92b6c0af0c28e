"""Money that moves: customers' payments, bill payments, deposits, transfers."""

from __future__ import annotations

from decimal import Decimal

from tests.simulators.quickbooks import chart, faults, parties
from tests.simulators.quickbooks.company import Body, Company, Draft, money, reference, scope_of, total
from tests.simulators.quickbooks.tax import EXCLUDED, SALES, TaxedLine, tax

_DEPOSIT_TO = (chart.BANK, chart.CURRENT_ASSET)


def payment(company: Company, kind: str, body: Body) -> Draft:
    """What a customer's payment does; one of nought only links credits and debits. Raises Refused."""
    dated = parties.begin(company, body)
    customer = company.referred("Customer", body, "CustomerRef")
    body["CustomerRef"] = reference(customer)
    currency = parties.currency_of(company, body, customer)
    amount = money(body.get("TotalAmt"), "TotalAmt")
    if amount < 0:
        raise faults.business("The total of a payment must be nought or greater.")
    receivable = parties.control(company, body, "ARAccountRef", chart.RECEIVABLE, currency)
    if "DepositToAccountRef" not in body:
        body["DepositToAccountRef"] = reference(company.named("Account", chart.UNDEPOSITED))
    into = parties.account(company, body, "DepositToAccountRef", _DEPOSIT_TO)
    parties.fits_currency(company, into, currency)
    draft = Draft(kind, body, dated, currency, [(into["Id"], amount), (receivable["Id"], -amount)])
    taken: dict[int, Decimal] = {}
    for line in body.get("Line", []):
        part = money(line.get("Amount"), "Line.Amount")
        draft.settles.append(parties.settle(company, line, customer["Id"], part, taken))
    applied = total(part for _, part in draft.settles)
    if applied > amount or (applied < 0):
        raise faults.business(f"The lines come to {applied}, the payment to {amount}.")
    body["TotalAmt"] = amount
    body["UnappliedAmt"] = amount - applied
    return draft


def bill_payment(company: Company, kind: str, body: Body) -> Draft:
    """What the payment of bills does. Raises Refused."""
    dated = parties.begin(company, body)
    vendor = company.referred("Vendor", body, "VendorRef")
    body["VendorRef"] = reference(vendor)
    currency = parties.currency_of(company, body, vendor)
    amount = money(body.get("TotalAmt"), "TotalAmt")
    payable = parties.control(company, body, "APAccountRef", chart.PAYABLE, currency)
    paid_from = _paid_from(company, body)
    parties.fits_currency(company, paid_from, currency)
    draft = Draft(kind, body, dated, currency, [(payable["Id"], amount), (paid_from["Id"], -amount)])
    taken: dict[int, Decimal] = {}
    if not body.get("Line"):
        raise faults.missing("Line")
    for line in body["Line"]:
        part = money(line.get("Amount"), "Line.Amount")
        draft.settles.append(parties.settle(company, line, vendor["Id"], part, taken))
    applied = -total(part for _, part in draft.settles)
    if applied != amount or amount < 0:
        raise faults.business(f"The lines come to {applied}, the bill payment to {amount}.")
    draft.scope = scope_of(kind, body)
    return draft


def _paid_from(company: Company, body: Body) -> Body:
    how = body.get("PayType")
    if how is None:
        raise faults.missing("PayType")
    if how == "Check":
        found = parties.account(company, body.get("CheckPayment", {}), "BankAccountRef", (chart.BANK,))
        if found["AccountSubType"] != "Checking":
            raise faults.business(f"Bills are not paid from an account of {found['AccountSubType']}.")
        return found
    return parties.account(company, body.get("CreditCardPayment", {}), "CCAccountRef", (chart.CARD,))


def deposit(company: Company, kind: str, body: Body) -> Draft:
    """What money paid into an account does, from others or from undeposited payments. Raises Refused."""
    dated = parties.begin(company, body)
    currency = parties.currency_of(company, body, None)
    into = parties.account(company, body, "DepositToAccountRef", _DEPOSIT_TO)
    parties.fits_currency(company, into, currency)
    if not body.get("Line"):
        raise faults.missing("Line")
    entries, taxed_lines, amount = [], [], Decimal(0)
    for line in body["Line"]:
        part = money(line.get("Amount"), "Line.Amount")
        amount += part
        account = _deposit_account(company, line, currency)
        entries.append((account, -part))
        detail = line.get("DepositLineDetail", {})
        if "TaxCodeRef" in detail:
            taxed_lines.append(TaxedLine(line, detail, part))
    parties.number_lines(body)
    if taxed_lines and "GlobalTaxCalculation" in body:
        taxed = tax(company, body, taxed_lines, SALES)
        amount += taxed.total
        entries += [(account, -part) for account, part in taxed.by_account]
        body["TxnTaxDetail"] = taxed.detail
    elif body.get("GlobalTaxCalculation") == EXCLUDED:
        body["TxnTaxDetail"] = {"TotalTax": Decimal(0), "TaxLine": []}
    if amount < 0:
        raise faults.business("The total of a deposit must be nought or greater.")
    body["TotalAmt"] = amount
    return Draft(kind, body, dated, currency, [(into["Id"], amount), *entries])


def _deposit_account(company: Company, line: Body, currency: str) -> str:
    links = line.get("LinkedTxn", [])
    if links:
        if "TxnLineId" not in links[0]:
            raise faults.missing("TxnLineId")
        undeposited: str = company.named("Account", chart.UNDEPOSITED)["Id"]
        paid = company.held["Payment"].get(links[0].get("TxnId", ""), {})
        if paid.get("DepositToAccountRef", {}).get("value") != undeposited:
            raise faults.business("Only a payment in Undeposited Funds can be deposited.")
        return undeposited
    if line.get("DetailType") != "DepositLineDetail":
        raise faults.missing("DepositLineDetail")
    found = parties.account(company, line["DepositLineDetail"], "AccountRef")
    named = "Entity" in line["DepositLineDetail"]
    if found["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE) and not named:
        raise faults.business("A line of receivables or payables needs a customer or a vendor.")
    parties.fits_currency(company, found, currency)
    return str(found["Id"])


def transfer(company: Company, kind: str, body: Body) -> Draft:
    """What a transfer between two accounts of the balance sheet does. Raises Refused.

    The schema says accounts of the balance sheet, the reference says assets.
    """
    dated = parties.begin(company, body)
    currency = body.get("CurrencyRef", {}).get("value", company.currency)
    amount = money(body.get("Amount"))
    ends = [parties.account(company, body, name) for name in ("FromAccountRef", "ToAccountRef")]
    for found in ends:
        if found["Classification"] != "Asset" or found["AccountType"] == chart.RECEIVABLE:
            raise faults.business(
                f"Money cannot be transferred from or to {found['FullyQualifiedName']}: "
                f"it is of the type {found['AccountType']}."
            )
        parties.fits_currency(company, found, currency)
    taken_from, into = ends
    if taken_from["Id"] == into["Id"]:
        raise faults.business("A transfer needs two different accounts.")
    if amount <= 0:
        raise faults.business("The amount of a transfer must be greater than nought.")
    return Draft(kind, body, dated, currency, [(taken_from["Id"], -amount), (into["Id"], amount)])
