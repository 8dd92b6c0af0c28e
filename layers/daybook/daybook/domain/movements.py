"""Movements of the merchant's balance at the payment provider: fees, payouts, loans, disputes and the like.

Specification: mapping, reading records 12, and the lower half of projection of one business day. Every one of
them is posted against `card`, the provider's clearing account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from daybook.domain.codes import DATA
from daybook.domain.documents import Posting
from daybook.domain.records import Dispute, Transaction
from daybook.domain.resolution import Resolver
from daybook.domain.times import Calendar

# Types whose sign is known whatever the source sent, and their account key.
_SIGNED = {
    "paymentfee": ("paymentFee", -1),
    "paymentfeerefund": ("paymentFeeRefund", 1),
    "failedpayout": ("payout", 1),
}
# Types that keep the sign they came with.
_AS_SENT = {"payout": "payout", "transfer": "payout"}
_SUB_TYPES = {
    key.lower(): key
    for key in (
        *("loan", "loanPayment", "loanFee", "cashback", "dispute", "disputeFee", "reserve"),
        *("payoutFee", "paymentFeeTax"),
    )
}
_FEES = frozenset({"paymentFee", "paymentFeeTax", "payoutFee", "loanFee", "disputeFee"})
_LOST = frozenset({"lost", "accepted"})

Part = tuple[Posting, Decimal, str]


def read_movement(transaction: Transaction) -> tuple[str, Decimal] | None:
    """The account key of a transaction and its effect on the balance; None when it names no movement."""
    kind = transaction.type.lower()
    if kind in _SIGNED:
        key, sign = _SIGNED[kind]
        return key, sign * abs(transaction.amount)
    if kind in _AS_SENT:
        return _AS_SENT[kind], transaction.amount
    named = _SUB_TYPES.get((transaction.sub_type or "").lower())
    return (named, transaction.amount) if named else None


def movements(
    resolver: Resolver,
    transactions: Iterable[tuple[str, Transaction]],
    window: tuple[datetime, datetime],
    calendar: Calendar,
) -> Iterator[Part]:
    """The postings of the transactions dated within [start, end)."""
    for label, transaction in transactions:
        if not window[0] <= calendar.instant(transaction.created) < window[1]:
            continue
        movement = read_movement(transaction)
        if movement is None:
            message = (
                f"The transaction {transaction.id} has the type '{transaction.type}' and the sub-type "
                f"'{transaction.sub_type or ''}', which name no movement. Send it again with one that does."
            )
            resolver.findings.block(DATA, message, label)
            continue
        key, amount = movement
        if amount and (key == "payout" or resolver.configuration.sync_fees):
            yield from _against(
                resolver, _role(key, amount), (key, "card"), (transaction.currency, -amount), label
            )


def disputes_lost(
    resolver: Resolver,
    disputes: Iterable[tuple[str, Dispute]],
    window: tuple[datetime, datetime],
    calendar: Calendar,
) -> Iterator[Part]:
    """A dispute lost moves from disputed funds to losses, on the date it was lost."""
    for label, dispute in disputes:
        if dispute.status.lower() not in _LOST or not resolver.configuration.sync_fees:
            continue
        moment = dispute.source_modified or dispute.created
        if moment is not None and window[0] <= calendar.instant(moment) < window[1] and dispute.amount:
            yield from _against(
                resolver,
                "journal",
                ("disputeLoss", "dispute"),
                (dispute.currency, abs(dispute.amount)),
                label,
            )


def _role(key: str, amount: Decimal) -> str:
    if key == "payout":
        return "payout"
    if key == "paymentFeeRefund" or (key in _FEES and amount > 0):
        return "feeRefund"
    return "fee" if key in _FEES else "journal"


def _against(
    resolver: Resolver, role: str, keys: tuple[str, str], money: tuple[str, Decimal], label: str
) -> Iterator[Part]:
    currency, amount = money
    for key, signed in ((keys[0], amount), (keys[1], -amount)):
        account = resolver.account(key, label)
        yield Posting(currency, "", role, key, account, "", "", ""), signed, label
