"""The account keys a merchant chooses accounts for: how each is called, and which accounts it may take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daybook.domain.configuration import (
    CATEGORY_PREFIX,
    CUSTOM_PREFIX,
    PAID_PREFIX,
    apart_from_others,
    section_of,
)
from daybook.domain.labels import type_of
from daybook.domain.ledger import ACTIVE, Account, ReferenceData
from daybook.frozen import frozen

# Without these a section cannot be written at all; every other key falls back to another one, or matters
# only to merchants who have such records.
REQUIRED_KEYS = {"sales": "sales", "payments": "card", "fees": "paymentFee"}


@frozen
class Wording:
    """What a merchant reads beside an account key."""

    label: str
    description: str


_WORDINGS = {
    "sales": Wording("Sales", "Income from what was sold, without tax"),
    "sales-other": Wording("Other sales", "Income from products in no category that has its own account"),
    "refund": Wording("Refunds", "What was paid back for returned or cancelled sales, without tax"),
    "gratuity": Wording("Tips", "Tips and gratuities received"),
    "prepaid": Wording("Gift cards sold", "What is still owed to holders of gift cards"),
    "prepaidDiscount": Wording(
        "Gift card discounts", "The difference when a gift card sells below its value"
    ),
    "serviceCharge": Wording("Service charges", "Charges added to an order, without tax"),
    "shipping": Wording("Shipping", "Delivery charged to the customer, without tax"),
    "overpayment": Wording("Overpayments", "Money that customers left without asking for change"),
    "rounding": Wording("Rounding", "Small differences from rounding totals"),
    "deposits": Wording("Deposits", "Money taken before the sale it is for"),
    "card": Wording("Card", "Where card takings wait until they are paid out"),
    "cash": Wording("Cash", "Cash taken"),
    "payout": Wording("Payouts", "The bank account that payouts arrive in"),
    "invoice": Wording("Unpaid sales", "What customers still owe"),
    "onlineCard": Wording("Online card", "Card payments taken online"),
    "custom": Wording("Other payments", "Payments by a method without an account of its own"),
    "storeCredit": Wording("Store credit", "Store credit that customers spent"),
    "prepaidPayment": Wording("Gift cards spent", "Gift cards that customers paid with"),
    "paypal": Wording("PayPal", "Payments by PayPal"),
    "paypalQr": Wording("PayPal QR", "Payments by a PayPal QR code"),
    "mobile": Wording("Mobile", "Payments by telephone"),
    "vipps": Wording("Vipps", "Payments by Vipps"),
    "swish": Wording("Swish", "Payments by Swish"),
    "manual": Wording("Manual", "Payments entered by hand"),
    "paymentFee": Wording("Payment fees", "What the provider charges for taking payments"),
    "paymentFeeTax": Wording("Tax on payment fees", "Tax that the provider adds to its fees"),
    "paymentFeeRefund": Wording("Fees returned", "Payment fees that the provider gave back"),
    "payoutFee": Wording("Payout fees", "What the provider charges for paying out"),
    "loan": Wording("Loan", "Money advanced by the provider"),
    "loanPayment": Wording("Loan repayments", "Repayments of an advance"),
    "loanFee": Wording("Loan fees", "The cost of an advance"),
    "cashback": Wording("Cashback", "Rebates from the provider"),
    "dispute": Wording("Disputes", "Money held back while a customer disputes a payment"),
    "disputeFee": Wording("Dispute fees", "What the provider charges for a dispute"),
    "disputeLoss": Wording("Disputes lost", "Payments lost to the customer"),
    "reserve": Wording("Reserve", "Money that the provider holds as security"),
}

_LONGEST_KEY = 200


def is_payment_key(key: str) -> bool:
    """Whether this can be the account key of a way of paying, known or not: one word in camel case.

    Beside those, `custom-` with a method's id, and `paid-` with a word that is the key of something else.
    """
    if len(key) > _LONGEST_KEY or section_of(key) != "payments":
        return False
    if key.startswith(CUSTOM_PREFIX):
        return key != CUSTOM_PREFIX
    name = key.removeprefix(PAID_PREFIX)
    if name != key:
        return name.isalnum() and key == apart_from_others(name)
    return key.isalnum() and not key[0].isupper()


def wording(key: str, names: Mapping[str, str]) -> Wording:
    """Label and description of a key; `names` gives those of product categories and payment methods by id."""
    if key in _WORDINGS:
        return _WORDINGS[key]
    for prefix, sentence in (
        (CATEGORY_PREFIX, "Income from products of the category {}, without tax"),
        (CUSTOM_PREFIX, "Payments by {}"),
    ):
        if key.startswith(prefix):
            identifier = key.removeprefix(prefix)
            name = names.get(identifier) or identifier
            return Wording(name, sentence.format(name))
    label = type_of(key)
    if key.startswith(PAID_PREFIX):
        return Wording(f"Paid by '{label}'", f"Payments whose type is {label}")
    return Wording(label, f"Payments by {label}")


def is_required(key: str) -> bool:
    """Whether the section that holds this key cannot do without an account for it."""
    return key in REQUIRED_KEYS.values()


def accounts_taken(reference: ReferenceData, key: str, *, journal: bool) -> tuple[Account, ...]:
    """The accounts of the ledger that a platform would accept for this key, in the ledger's order.

    Lines of an invoice, a credit note or a bill cannot be posted to money accounts, nor to the ledger's own
    receivable and payable accounts; money comes into accounts that take payments. A journal takes more.
    """
    return tuple(
        account
        for account in reference.accounts
        if account.status == ACTIVE and _takes(reference, account, key, journal=journal)
    )


def _takes(reference: ReferenceData, account: Account, key: str, *, journal: bool) -> bool:
    company = reference.company
    is_control = account.id in (company.receivable_account, company.payable_account)
    if key == "invoice":
        is_receivable = account.id == company.receivable_account
        return is_receivable or (not is_control and account.type == "Asset" and not account.is_bank)
    if is_control:
        return False
    section = section_of(key)
    if section == "sales":
        return not account.is_bank
    if section == "fees":
        # A fee account that is a bank account makes a spend-money transaction instead of a bill.
        return True
    takes_money = account.is_bank or account.takes_payments
    return takes_money or (journal and key != "payout" and account.type in ("Asset", "Liability"))


def suspense_accounts(accounts: Iterable[Account], reference: ReferenceData) -> tuple[Account, ...]:
    """The accounts that items without a mapping may wait in."""
    company = reference.company
    control = (company.receivable_account, company.payable_account)
    return tuple(a for a in accounts if a.status == ACTIVE and a.id not in control)


def classification(account: Account) -> str:
    """How an option names the kind of its account: `Bank Nominal`, `Income Nominal` and so on."""
    return "Bank Nominal" if account.is_bank else f"{account.type} Nominal"
