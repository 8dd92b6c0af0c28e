"""Which of QuickBooks' forms carries a document, and what kinds of account those forms take. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from daybook.domain.documents import Document, Kind
from daybook.domain.ledger import ReferenceData
from daybook.platforms.quickbooks.reading import (
    BANK,
    CREDIT_CARD,
    CURRENT_ASSET,
    GLOBAL,
    MANUAL,
    NO_TAX,
    PAYABLE,
    RECEIVABLE,
)

INVOICE, CREDIT_MEMO, PAYMENT = "Invoice", "CreditMemo", "Payment"
BILL, VENDOR_CREDIT, BILL_PAYMENT = "Bill", "VendorCredit", "BillPayment"
PURCHASE, DEPOSIT, TRANSFER, JOURNAL = "Purchase", "Deposit", "Transfer", "JournalEntry"


class Form(NamedTuple):
    """The form that moves the money, and the one that then matches it with what it settles, if any."""

    entity: str
    then: str = ""


# Every form that a document of a kind may be written as; the first is its own.
FORMS: dict[Kind, tuple[str, ...]] = {
    Kind.INVOICE: (INVOICE,),
    Kind.CREDIT_NOTE: (CREDIT_MEMO,),
    Kind.PAYMENT: (PAYMENT, JOURNAL),
    Kind.REFUND: (JOURNAL, PAYMENT),
    Kind.BILL: (BILL,),
    Kind.BILL_CREDIT_NOTE: (VENDOR_CREDIT,),
    Kind.BILL_PAYMENT: (BILL_PAYMENT, JOURNAL),
    Kind.BILL_REFUND: (DEPOSIT, JOURNAL, BILL_PAYMENT),
    Kind.SPEND_MONEY: (PURCHASE, JOURNAL),
    Kind.RECEIVE_MONEY: (DEPOSIT, JOURNAL),
    Kind.TRANSFER: (TRANSFER, JOURNAL),
    Kind.JOURNAL: (JOURNAL,),
}
# Forms that bear no number one could search for.
WITHOUT_NUMBER = (PAYMENT, DEPOSIT, TRANSFER)
_CENT = Decimal("0.01")
_SALES = (Kind.INVOICE, Kind.CREDIT_NOTE)
_PURCHASES = (Kind.BILL, Kind.BILL_CREDIT_NOTE)


def form(document: Document, data: ReferenceData) -> Form:
    """The form a document is written as.

    Money that a form of its own cannot move, because its account is no bank account, is moved by a journal;
    a payment of nothing then matches the journal with what it settles.
    """
    kind, of_account = document.kind, account_type(document.account, data)
    own = FORMS[kind][0]
    if kind in (*_SALES, *_PURCHASES, Kind.JOURNAL):
        return Form(own)
    if kind is Kind.REFUND:
        return Form(JOURNAL, PAYMENT if document.settles else "")
    if kind is Kind.TRANSFER:
        ends = (of_account, account_type(document.to_account, data))
        return Form(own if all(end in (BANK, CURRENT_ASSET) for end in ends) else JOURNAL)
    if kind in (Kind.PAYMENT, Kind.BILL_REFUND, Kind.RECEIVE_MONEY):
        fits = of_account in (BANK, CURRENT_ASSET)
    else:
        fits = of_account in (BANK, CREDIT_CARD)
    if kind in (Kind.SPEND_MONEY, Kind.RECEIVE_MONEY) and not is_global(data):
        fits = fits and not any(line.tax for line in document.lines)
    if kind is Kind.BILL_PAYMENT:
        fits = fits and bool(document.settles)
    if fits:
        return Form(own)
    settling = {Kind.PAYMENT: PAYMENT, Kind.BILL_PAYMENT: BILL_PAYMENT, Kind.BILL_REFUND: BILL_PAYMENT}
    return Form(JOURNAL, settling.get(kind, "") if document.settles else "")


def refusal(document: Document, data: ReferenceData) -> str:
    """Why QuickBooks cannot carry a document, which is known before it is asked; "" when it can."""
    base = data.company.base_currency
    if document.currency != base and not data.details.get("multiCurrency"):
        return (
            f"This is in {document.currency}, and the books in QuickBooks are kept in {base} only. Turn on "
            "multiple currencies there, or leave out what is in another currency."
        )
    amounts = [document.total, *(amount for line in document.lines for amount in (line.net, line.tax))]
    if any(amount != amount.quantize(_CENT) for amount in amounts):
        return f"QuickBooks keeps two decimals, and amounts in {document.currency} have more."
    if document.kind in (*_SALES, *_PURCHASES):
        return _tax_refusal(document, data)
    if form(document, data).then == BILL_PAYMENT and not a_bank(data):
        return "QuickBooks needs a bank account to match what is paid with a bill. Add one in QuickBooks."
    return ""


def searched_by_day(data: ReferenceData) -> frozenset[str]:
    """The forms that are not certain to bear the numbers we give: it is their notes that tell."""
    found = set(WITHOUT_NUMBER)
    if not data.details.get("ownNumbers"):
        found |= {INVOICE, CREDIT_MEMO}
    if not data.details.get("ownPurchaseNumbers"):
        found |= {BILL, VENDOR_CREDIT, BILL_PAYMENT, PURCHASE}
    return frozenset(found)


def is_global(data: ReferenceData) -> bool:
    """Whether every line bears a tax code of the company's own, as everywhere but in the United States."""
    return data.details.get("taxModel") == GLOBAL


def account_type(account_id: str, data: ReferenceData) -> str:
    """QuickBooks' own type of an account; "" for one that it does not have."""
    found = data.details.get("accountTypes", {}).get(account_id, "")
    return str(found)


def is_control(account_id: str, data: ReferenceData) -> bool:
    """Whether an account is kept by customer or supplier."""
    return account_type(account_id, data) in (RECEIVABLE, PAYABLE)


def in_currency(account_id: str, currency: str, data: ReferenceData) -> str:
    """The account of what is owed in this currency, in place of the company's own: there is one for each.

    The account itself where there is none yet (QuickBooks adds it with the first invoice), and for others.
    """
    if currency == data.company.base_currency or not is_control(account_id, data):
        return account_id
    kind = account_type(account_id, data)
    same = [x.id for x in data.accounts if x.currency == currency and account_type(x.id, data) == kind]
    return same[0] if same else account_id


def a_bank(data: ReferenceData) -> str:
    """The bank account that a payment of nothing names; "" when there is none."""
    named = [each.id for each in data.accounts if each.is_bank and each.status == "Active"]
    return named[0] if named else ""


def _tax_refusal(document: Document, data: ReferenceData) -> str:
    taxed = [line for line in document.lines if line.tax]
    model = data.details.get("taxModel", NO_TAX)
    if model == GLOBAL:
        is_bare = any(not line.tax_rate for line in document.lines) and not data.details.get("noTaxCode")
        if is_bare:
            return (
                "QuickBooks wants a tax code on every line, and has none for lines without tax. Add one of "
                "0 % in QuickBooks, or choose tax rates for all sales in Daybook's settings."
            )
        is_bare = any(not line.tax_rate for line in taxed)
        return "A line has tax without a tax rate. Choose tax rates in Daybook's settings." if is_bare else ""
    return _american_refusal(document, model) if taxed else ""


def _american_refusal(document: Document, model: str) -> str:
    """As above, of a document with tax where lines bear no tax code of the company's own."""
    if document.kind in _PURCHASES:
        return "QuickBooks keeps no tax on purchases in this company. Use the journal format in Daybook."
    if model == NO_TAX:
        return "Sales tax is not turned on in QuickBooks. Turn it on there, or use the journal format."
    if model == MANUAL and len({line.tax_rate for line in document.lines if line.tax}) > 1:
        return (
            "QuickBooks takes one sales tax rate on an invoice in the United States, and this one has "
            "several. Use the journal format in Daybook."
        )
    return ""
