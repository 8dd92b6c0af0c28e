"""The proof of a day: what the source says, beside what the documents say, beside what the platform answered.

Specification: mapping, tie-out. The source's side is added up from the records without any posting, the
documents' side from the confirmed postings without any record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from daybook.domain.cases import Case, Cases, Receipt
from daybook.domain.catalogue import Catalogue
from daybook.domain.labels import label
from daybook.domain.money import ZERO, quantize, spread
from daybook.domain.movements import disputes_lost, read_movement
from daybook.domain.orders import OrderDays, gross_of, order_days, rounding_of
from daybook.domain.projection import Rules
from daybook.domain.records import Line, ServiceCharge
from daybook.domain.resolution import Findings, Resolver
from daybook.domain.totals import (
    PAID,
    REFUNDS,
    REFUNDS_TAX,
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
            add_to(totals, case.order.currency, _of_order(case, days, day, rules))
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


def _of_order(case: Case, days: OrderDays, day: date, rules: Rules) -> Iterator[tuple[str, Decimal]]:
    order = case.order
    if days.sale == day:
        yield SALES, gross_of(days.sold_lines, days.sold_charges)
        yield SALES_TAX, _tax_of(case, days.sold_lines, days.sold_charges, rules.catalogue)
    if days.returned == day:
        yield REFUNDS, -gross_of(days.returned_lines, days.returned_charges)
        yield REFUNDS_TAX, -_tax_of(case, days.returned_lines, days.returned_charges, rules.catalogue)
        if not days.sold_lines:
            yield TIPS, order.gratuity
            yield ROUNDING, rounding_of(case, days)
    if days.sale == day:
        yield TIPS, order.gratuity
        yield ROUNDING, rounding_of(case, days)
    due = gross_of(days.sold_lines, days.sold_charges) + order.gratuity
    refunds = list(_money_refunded(days, due + rounding_of(case, days)))
    yield REFUNDS, sum((amount for when, amount in refunds if when == day), ZERO)
    for when, tax in _tax_given_back(case, days, refunds, rules.catalogue):
        if when == day:
            yield REFUNDS_TAX, tax
    first = days.sale or days.returned or date.max
    for when, receipt in days.receipts:
        leaves_due = receipt.key == "invoice" and (receipt.amount > 0 or when < first)
        if rules.configuration.sync_payments and when == day and not leaves_due:
            yield PAID + label(receipt.key), receipt.amount


def _tax_of(
    case: Case, lines: Iterable[Line], charges: Iterable[ServiceCharge], catalogue: Catalogue
) -> Decimal:
    """The tax of what was charged; whatever a record says, none is due on a gift card until it is spent."""
    taxed = (line.tax for line in lines if not catalogue.is_gift_card(case.connection, line.product_id))
    return sum(taxed, ZERO) + sum((charge.tax for charge in charges), ZERO)


def _money_refunded(days: OrderDays, due: Decimal) -> Iterator[tuple[date, Decimal]]:
    """Each refund of money for nothing returned, with its day: what exceeds what had been paid too much."""
    if days.has_returns or days.sale is None:
        return
    paid = ZERO

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
        if money_only:
            yield moment, money_only


def _tax_given_back(
    case: Case, days: OrderDays, refunds: Iterable[tuple[date, Decimal]], catalogue: Catalogue
) -> Iterator[tuple[date, Decimal]]:
    """The tax in each refund of money, with its day, which no record states: by the rule, from the order.

    A refund is spread over the order's tax treatments by their gross; of each part as much is tax as was of
    the treatment, never more than is left of it (specification: mapping, money-only refund).
    """
    shares: dict[object, tuple[Decimal, Decimal]] | None = None
    left: dict[object, Decimal] = {}
    given = ZERO
    for when, amount in refunds:
        if shares is None:
            shares = _charged(case, days, catalogue)
            left = {treatment: tax for treatment, (_, tax) in shares.items()}
        weights = [gross for gross, _ in shares.values()]
        within = min(amount, max(ZERO, sum(weights, ZERO) - given))
        given += amount
        if not within:
            continue
        for treatment, part in zip(shares, spread(within, weights, case.order.currency), strict=True):
            gross, tax = shares[treatment]
            back = min(quantize(part * tax / gross, case.order.currency), max(ZERO, left[treatment]))
            left[treatment] -= back
            yield when, back


def _charged(case: Case, days: OrderDays, catalogue: Catalogue) -> dict[object, tuple[Decimal, Decimal]]:
    """Gross and tax of what was charged, by tax treatment; money gives back no gift cards."""
    charged: dict[object, tuple[Decimal, Decimal]] = {}
    lines = [line for line in days.sold_lines if not catalogue.is_gift_card(case.connection, line.product_id)]
    parts: list[Line | ServiceCharge] = [*lines, *days.sold_charges]
    for part in parts:
        treatment = tuple(sorted(tax.component_id for tax in part.taxes if tax.component_id))
        name = treatment or part.tax_percentage
        gross, tax = charged.get(name, (ZERO, ZERO))
        charged[name] = gross + part.total, tax + part.tax
    return {name: amounts for name, amounts in charged.items() if amounts[0] > 0}
