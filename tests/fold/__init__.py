"""What every account must hold in the end, worked out from the records alone.

This is the second opinion against which the product is checked. It shares no code with it and knows nothing
of documents, syncs or adjustments: it takes the final state of every record, order by order, and adds up.
Where the product compares and corrects, this simply posts. Amounts are signed, debit positive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from tests.fold.ledger import ZERO, Body, Choice, Ledger, Span, is_paid, number, payment_key
from tests.fold.orders import fold_order

__all__ = ["Choice", "Ledger", "Span", "fold"]

AGAINST_CARD = (
    "loan loanPayment loanFee cashback dispute disputeFee reserve payoutFee paymentFeeTax".split()  # noqa: SIM905
)


def fold(
    records: list[tuple[str, str, Body]],
    choice: Choice,
    kept: Mapping[date, Choice] | None = None,
    spans: Sequence[Span] = (),
) -> Ledger:
    """Add up the latest records, given as (connection, data type, body); see `Ledger` for the rest."""
    ledger = Ledger(choice, kept, spans)
    for connection in sorted({record[0] for record in records}):
        mine: dict[str, list[Body]] = defaultdict(list)
        for owner, data_type, body in records:
            if owner == connection:
                mine[data_type].append(body)
        fold_connection(ledger, mine)
    return ledger


def fold_connection(ledger: Ledger, mine: dict[str, list[Body]]) -> None:
    """One shop: orders with their payments, then payments of no order, then the provider's transactions."""
    products = {product["id"]: product for product in mine["products"]}
    apart = {payment["id"]: payment for payment in mine["payments"]}
    seen: set[str] = set()
    of_order, handed_out = read_links(mine["transactions"])
    for order in mine["orders"]:
        payments = {payment["id"]: payment for payment in order.get("payments") or []}
        payments |= {each: apart[each] for each in of_order[order["id"]] if each in apart}
        # Money in another currency settles nothing: it stays with the receipts of no order.
        payments = {each: kept for each, kept in payments.items() if kept["currency"] == order["currency"]}
        seen |= set(payments)
        given = sum((handed_out[identifier] for identifier in payments), ZERO)
        paid = [payment for payment in payments.values() if is_paid(payment)]
        fold_order(ledger, order, paid, products, given)
    for payment in mine["payments"]:
        if payment["id"] not in seen and is_paid(payment):
            when, amount = ledger.day_of(payment["createdDate"]), number(payment["amount"])
            ledger.post(when, payment["currency"], payment_key(payment), amount)
            ledger.post(when, payment["currency"], "invoice", -amount)
    for transaction in mine["transactions"]:
        fold_transaction(ledger, transaction)
    for dispute in mine["disputes"]:
        if str(dispute.get("status", "")).lower() in ("lost", "accepted"):
            when, amount = ledger.day_of(dispute["sourceModifiedDate"]), abs(number(dispute["totalAmount"]))
            ledger.post(when, dispute["currency"], "disputeLoss", amount)
            ledger.post(when, dispute["currency"], "dispute", -amount)


def read_links(transactions: list[Body]) -> tuple[dict[str, list[str]], dict[str, Decimal]]:
    """Order id to the payments that transactions join to it; payment id to the cash handed out with it."""
    of_order: dict[str, list[str]] = defaultdict(list)
    handed_out: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for transaction in transactions:
        source = transaction.get("transactionSourceRef") or {}
        if transaction["type"].lower() in ("payment", "refund") and source.get("type") == "Order":
            of_order[source["id"]].append(transaction["id"])
        if str(transaction.get("subType", "")).lower() == "cashbackgiven":
            handed_out[source.get("id", "")] += abs(number(transaction["totalAmount"]))
    return of_order, handed_out


def fold_transaction(ledger: Ledger, transaction: Body) -> None:
    """What the provider did to the merchant's balance; payments and refunds are counted as such already."""
    when, currency = ledger.day_of(transaction["createdDate"]), transaction["currency"]
    kind, amount = transaction["type"].lower(), number(transaction["totalAmount"])
    sub_type = str(transaction.get("subType", "")).lower()
    if kind in ("payment", "refund"):
        return
    if sub_type == "cashbackgiven":
        ledger.post(when, currency, "cash", -abs(amount))
        ledger.post(when, currency, "invoice", abs(amount))
        return
    if kind == "paymentfee":
        key, effect = "paymentFee", -abs(amount)
    elif kind == "paymentfeerefund":
        key, effect = "paymentFeeRefund", abs(amount)
    elif kind == "failedpayout":
        key, effect = "payout", abs(amount)
    elif kind in ("payout", "transfer"):
        key, effect = "payout", amount
    else:
        key = {name.lower(): name for name in AGAINST_CARD}[sub_type]
        effect = amount
    ledger.post(when, currency, "card", effect)
    ledger.post(when, currency, key, -effect)
