"""The words for account keys."""

from __future__ import annotations

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
    words = key.replace("custom-", "").replace("sales-", "Sales ")
    return words[:1].upper() + words[1:]
