"""The totals of a day, as a tie-out shows them, and what the confirmed postings add up to.

Specification: mapping, tie-out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from daybook.domain.documents import Posting
from daybook.domain.labels import label
from daybook.domain.money import ZERO
from daybook.frozen import frozen

SALES, SALES_TAX, TIPS = "Sales, tax included", "Tax on sales", "Tips"
REFUNDS, REFUNDS_TAX = "Refunds, tax included", "Tax on refunds"
FEES, PAYOUTS, ROUNDING = "Fees", "Payouts", "Rounding"
PAID = "Paid by "

Totals = dict[tuple[str, str], Decimal]


@frozen
class Row:
    """One total, as each side has it; None where a side does not state it."""

    measure: str
    source: Decimal | None
    documents: Decimal | None
    platform: Decimal | None

    @property
    def agrees(self) -> bool:
        """Whether every side that states it states the same, to the last minor unit."""
        return (
            len({total for total in (self.source, self.documents, self.platform) if total is not None}) <= 1
        )


def posted_totals(amounts: Mapping[Posting, Decimal]) -> Totals:
    """What the confirmed postings of a day add up to, by (currency, measure)."""
    totals: Totals = {}
    for posting, amount in amounts.items():
        add_to(totals, posting.currency, _of_posting(posting, amount))
    return {name: total for name, total in totals.items() if total}


def added(totals: Totals, more: Totals) -> Totals:
    """Two sets of totals together."""
    both = {name: totals.get(name, ZERO) + more.get(name, ZERO) for name in {**totals, **more}}
    return {name: total for name, total in both.items() if total}


def rows(source: Totals, documents: Totals) -> dict[str, list[Row]]:
    """The two sides beside one another, by currency."""
    table: dict[str, list[Row]] = {}
    for currency, measure in sorted(
        {*source, *documents}, key=lambda name: (name[0], _place(name[1]), name[1])
    ):
        name = (currency, measure)
        table.setdefault(currency, []).append(
            Row(measure, source.get(name, ZERO), documents.get(name, ZERO), None)
        )
    return table


def _of_posting(posting: Posting, amount: Decimal) -> Iterator[tuple[str, Decimal]]:
    role, key = posting.role, posting.key
    if role in ("sale", "refund") and key in ("gratuity", "rounding"):
        yield (TIPS if key == "gratuity" else ROUNDING), -amount
    elif role == "sale":
        yield SALES, -amount
        if posting.tax_account:
            yield SALES_TAX, -amount
    elif role == "refund":
        yield REFUNDS, amount
        if posting.tax_account:
            yield REFUNDS_TAX, amount
    elif role in ("payment", "refundPayment", "deposit") and _is_paid(posting):
        yield PAID + label(key), amount
    elif role in ("fee", "feeRefund", "journal", "payout") and key != "card":
        yield movement_measure(key), amount


def _is_paid(posting: Posting) -> bool:
    """Whether a receipt's posting is of money: not a deposit's other side, nor what a receipt leaves due."""
    if posting.key == "invoice":
        return posting.role == "refundPayment" and bool(posting.settles)
    return posting.key != "deposits"


def movement_measure(key: str) -> str:
    """The measure of what moves money apart from sales, by its account key."""
    if key == "payout":
        return PAYOUTS
    if key in ("paymentFee", "paymentFeeTax", "paymentFeeRefund", "payoutFee", "loanFee", "disputeFee"):
        return FEES
    return label(key)


def add_to(totals: Totals, currency: str, measured: Iterable[tuple[str, Decimal]]) -> None:
    """Add amounts by measure to the totals of a currency."""
    for measure, amount in measured:
        totals[currency, measure] = totals.get((currency, measure), ZERO) + amount


def _place(measure: str) -> int:
    order = (SALES, SALES_TAX, TIPS, REFUNDS, REFUNDS_TAX)
    if measure in order:
        return order.index(measure)
    return 10 if measure.startswith(PAID) else 20
