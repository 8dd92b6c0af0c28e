"""The proof of a day: what the source says, beside what the documents say, beside what the platform answered.

Specification: mapping, tie-out. The source's side is added up from the records without any posting, the
documents' side from the confirmed postings without any record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from daybook.domain.cases import Case, Cases, Receipt
from daybook.domain.labels import label
from daybook.domain.money import ZERO
from daybook.domain.movements import disputes_lost, read_movement
from daybook.domain.orders import OrderDays, gross_of, order_days, rounding_of
from daybook.domain.projection import Rules
from daybook.domain.resolution import Findings, Resolver
from daybook.domain.totals import (
    PAID,
    REFUNDS,
    ROUNDING,
    SALES,
    SALES_TAX,
    TIPS,
    Totals,
    add_to,
    movement_measure,
)


def source_totals(day: date, cases: Cases, rules: Rules, cut: datetime) -> Totals:
    """What the records of a day add up to, by (currency, measure)."""
    configuration = rules.configuration
    totals: Totals = {}
    if not configuration.sync_sales:
        return totals
    start, end = rules.calendar.window(day)
    for case in cases.orders:
        days = order_days(case, configuration, rules.calendar, cut)
        if days.touches(day):
            add_to(
                totals, case.order.currency, _of_order(case, days, day, payments=configuration.sync_payments)
            )
    if configuration.sync_payments:
        for currency, measure, amount in _apart_from_orders(cases, rules, (start, min(end, cut))):
            add_to(totals, currency, [(measure, amount)])
    return {name: total for name, total in totals.items() if total}


def _apart_from_orders(
    cases: Cases, rules: Rules, window: tuple[datetime, datetime]
) -> Iterator[tuple[str, str, Decimal]]:
    start, end = window
    for receipt in cases.unallocated:
        if start <= receipt.instant < end and receipt.key != "invoice":
            yield receipt.currency, PAID + label(receipt.key), receipt.amount
    for _, transaction in cases.transactions:
        movement = read_movement(transaction)
        if movement and start <= rules.calendar.instant(transaction.created) < end:
            key, amount = movement
            if key == "payout" or rules.configuration.sync_fees:
                yield transaction.currency, movement_measure(key), -amount
    muted = Resolver(rules.configuration, rules.catalogue, rules.ledger, Findings(muted=True))
    for posting, amount, _ in disputes_lost(muted, cases.disputes, window, rules.calendar):
        yield posting.currency, label(posting.key), amount


def _of_order(case: Case, days: OrderDays, day: date, *, payments: bool) -> Iterator[tuple[str, Decimal]]:
    order = case.order
    if days.sale == day:
        yield SALES, gross_of(days.sold_lines, days.sold_charges)
        yield SALES_TAX, sum((line.tax for line in days.sold_lines), ZERO)
        yield SALES_TAX, sum((charge.tax for charge in days.sold_charges), ZERO)
    if days.returned == day:
        yield REFUNDS, -gross_of(days.returned_lines, days.returned_charges)
        if not days.sold_lines:
            yield TIPS, order.gratuity
            yield ROUNDING, rounding_of(case, days)
    if days.sale == day:
        yield TIPS, order.gratuity
        yield ROUNDING, rounding_of(case, days)
    due = gross_of(days.sold_lines, days.sold_charges) + order.gratuity
    yield REFUNDS, _money_refunded(days, day, due + rounding_of(case, days))
    first = days.sale or days.returned or date.max
    for when, receipt in days.receipts:
        leaves_due = receipt.key == "invoice" and (receipt.amount > 0 or when < first)
        if payments and when == day and not leaves_due:
            yield PAID + label(receipt.key), receipt.amount


def _money_refunded(days: OrderDays, day: date, due: Decimal) -> Decimal:
    """Money paid back on a day for nothing returned, beyond what had been paid too much."""
    if days.has_returns or days.sale is None:
        return ZERO
    refunded, paid = ZERO, ZERO

    def when(entry: tuple[date, Receipt]) -> tuple[date, bool]:
        return entry[0], entry[1].amount < 0 and not entry[1].cashback

    for moment, receipt in sorted(days.receipts, key=when):
        if receipt.amount > 0 or receipt.cashback or moment < days.sale:
            if receipt.key != "invoice" or receipt.amount < 0:
                paid += receipt.amount
            continue
        money_only = max(ZERO, -receipt.amount - max(ZERO, paid - due))
        due -= money_only
        paid += receipt.amount
        if moment == day:
            refunded += money_only
    return refunded
