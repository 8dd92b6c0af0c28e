"""The words for account keys."""

from __future__ import annotations

import re

from daybook.domain.configuration import PAID_PREFIX

_LABELS = {
    "sales": "Sales",
    "sales-other": "Other sales",
    "refund": "Refunds",
    "gratuity": "Tips",
    "prepaid": "Gift cards",
    "prepaidDiscount": "Gift cards sold below face value",
    "serviceCharge": "Service charge",
    "shipping": "Shipping",
    "overpayment": "Overpayments",
    "rounding": "Rounding",
    "deposits": "Deposits",
    "invoice": "Receivable",
    "cash": "Cash",
    "card": "Card",
    "onlineCard": "Online card",
    "prepaidPayment": "Gift cards redeemed",
    "storeCredit": "Store credit",
    "payout": "Payouts",
    "paymentFee": "Payment fees",
    "paymentFeeTax": "Tax on payment fees",
    "paymentFeeRefund": "Payment fees refunded",
    "payoutFee": "Payout fees",
    "loan": "Loan",
    "loanPayment": "Loan repayment",
    "loanFee": "Loan fees",
    "cashback": "Cashback",
    "dispute": "Disputes",
    "disputeFee": "Dispute fees",
    "disputeLoss": "Disputes lost",
    "reserve": "Reserve",
}


def label(key: str) -> str:
    """The words for an account key on a document line."""
    if key in _LABELS:
        return _LABELS[key]
    if key.startswith(PAID_PREFIX):
        return f"'{type_of(key)}'"  # a shop's own word, told from ours for something else
    words = key.replace("custom-", "").replace("sales-", "Sales ")
    return words[:1].upper() + words[1:]


def type_of(key: str) -> str:
    """The payment type that an account key was made of, in words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key.removeprefix(PAID_PREFIX))
    return words[:1].upper() + words[1:].lower()
