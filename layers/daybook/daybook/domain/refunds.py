"""Refunds of money alone: nothing came back, so what they reduce has to be estimated from the order.

Specification: mapping, reading records 14, and the rows on refunds in projection of one business day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from daybook.domain.cases import Case, shown
from daybook.domain.documents import Posting
from daybook.domain.money import ZERO, quantize, spread
from daybook.domain.orders import OrderDays
from daybook.domain.records import Line, ServiceCharge
from daybook.domain.resolution import Resolver, Taxed, Treatment, read_taxes


@dataclass(slots=True)
class _Share:
    """What was charged under one tax treatment, and how much of its tax refunds have reversed."""

    gross: Decimal = ZERO
    tax: Decimal = ZERO
    taxes: list[Decimal] = field(default_factory=list)
    reversed: Decimal = ZERO


class MoneyRefunds:
    """The money-only refunds of one order, one after the other."""

    def __init__(self, resolver: Resolver, base: Posting, case: Case, days: OrderDays) -> None:
        self._resolver = resolver
        self._base = base
        self._case = case
        self._days = days
        self._shares: dict[Treatment, _Share] | None = None
        self._refunded = ZERO

    def postings(self, amount: Decimal, label: str) -> Iterator[tuple[Posting, Decimal, str]]:
        """Debit a refund over the tax treatments by their gross; beyond what was charged, without tax."""
        shares = self._charged(label)
        charged = sum((share.gross for share in shares.values() if share.gross > 0), ZERO)
        within = min(amount, max(ZERO, charged - self._refunded))
        self._refunded += amount
        base = self._resolver.place(self._base, "refund", "refund", "", label)
        message = (
            f"The refund {shown(label)} of {amount} {base.currency} names no lines: its tax is estimated."
        )
        self._resolver.findings.warn(message)
        if within:
            treatments = [treatment for treatment, share in shares.items() if share.gross > 0]
            parts = spread(within, [shares[treatment].gross for treatment in treatments], base.currency)
            for treatment, part in zip(treatments, parts, strict=True):
                if part:
                    reversal = self._reversal(treatment, shares[treatment], part)
                    for posting, signed in self._resolver.taxed(base, reversal, label):
                        yield posting, signed, label
        if amount > within:
            message = f"The refund {shown(label)} exceeds order {self._case.order.id} by {amount - within}."
            self._resolver.findings.warn(message)
            untaxed = Taxed(amount - within, ZERO, Treatment())
            for posting, signed in self._resolver.taxed(base, untaxed, label):
                yield posting, signed, label

    def _reversal(self, treatment: Treatment, share: _Share, part: Decimal) -> Taxed:
        """The part's tax by the treatment's own ratio, half up, at most what is left of the tax charged."""
        currency = self._base.currency
        tax = min(quantize(part * share.tax / share.gross, currency), max(ZERO, share.tax - share.reversed))
        share.reversed += tax
        taxes: tuple[Decimal, ...] = ()
        if share.taxes:
            weights = share.taxes if sum(share.taxes, ZERO) > 0 else [Decimal(1)] * len(share.taxes)
            taxes = tuple(spread(tax, weights, currency))
        return Taxed(part - tax, tax, treatment, taxes)

    def _charged(self, label: str) -> dict[Treatment, _Share]:
        """Lines (gift cards apart) and charges of the order by tax treatment."""
        if self._shares is not None:
            return self._shares
        catalogue, home = self._resolver.catalogue, self._case.connection
        lines = [x for x in self._days.sold_lines if not catalogue.is_gift_card(home, x.product_id)]
        shares: dict[Treatment, _Share] = {}
        parts: list[Line | ServiceCharge] = [*lines, *self._days.sold_charges]
        for item in parts:
            net, currency = item.total - item.tax, self._base.currency
            taxed = read_taxes(
                self._resolver, currency, net, item.tax, item.taxes, item.tax_percentage, label
            )
            share = shares.setdefault(taxed.treatment, _Share(taxes=[ZERO] * len(taxed.taxes)))
            share.gross += item.total
            share.tax += item.tax
            share.taxes = [a + b for a, b in zip(share.taxes, taxed.taxes, strict=True)]
        self._shares = shares
        return shares
