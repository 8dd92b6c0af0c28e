"""What an order posts on a business day: its sale, its return, its payments and what stays due.

Specification: mapping, reading records 5 to 10 and 14, and the upper half of projection of one business day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from daybook.domain.cases import Case, Receipt
from daybook.domain.codes import DATA
from daybook.domain.documents import Posting
from daybook.domain.money import ZERO, quantize
from daybook.domain.orders import OrderDays, allowed_rounding, gross_of, rounding_of
from daybook.domain.records import Line, Order, ServiceCharge
from daybook.domain.refunds import MoneyRefunds
from daybook.domain.resolution import Resolver, Taxed, read_taxes
from daybook.frozen import frozen

_CHARGE_KEYS = {"Generic": "serviceCharge", "Shipping": "shipping", "Overpayment": "overpayment"}

Part = tuple[Posting, Decimal, str]


@dataclass(slots=True)
class _Account:
    """How an order stands as its days are walked through: due, paid, and held as deposit."""

    due: Decimal = ZERO
    paid: Decimal = ZERO
    deposits: Decimal = ZERO
    receivable: dict[str, Decimal] = field(default_factory=dict)

    def owe(self, settles: date, amount: Decimal) -> None:
        """The customer owes this much more (negative: less) on the invoice of that day."""
        self.due += amount
        self._move(settles, amount)

    def pay(self, settles: date, amount: Decimal) -> None:
        """The customer paid (negative: was paid back) on the invoice of that day."""
        self.paid += amount
        self._move(settles, -amount)

    def _move(self, settles: date, amount: Decimal) -> None:
        key = settles.isoformat()
        self.receivable[key] = self.receivable.get(key, ZERO) + amount


@frozen
class Sales:
    """The postings of orders on one business day."""

    resolver: Resolver
    day: date

    def postings(self, case: Case, days: OrderDays) -> Iterator[Part]:
        """Walk through the order's days up to this one and yield what falls on it.

        A receipt before the sale is a deposit; one after it settles the sale's own day. Money paid back first
        returns what was paid beyond what was due; what is left of it is for returned lines or, where there
        are none, reduces the sale (a money-only refund).
        """
        order = case.order
        rounding = self._rounding(case, days)
        base = Posting(order.currency, self._group(order), "", "", "", "", "", "")
        refunds = MoneyRefunds(self.resolver, base, case, days)
        account = _Account()
        for today in sorted(
            {day for day in (days.sale, days.returned, *(d for d, _ in days.receipts)) if day}
        ):
            if today > self.day:
                return
            account.receivable.clear()
            self.resolver.findings.muted = today < self.day
            parts = list(self._one_day(case, days, today, base, account, refunds, rounding))
            self.resolver.findings.muted = False
            if today == self.day:
                yield from parts

    def _one_day(
        self,
        case: Case,
        days: OrderDays,
        today: date,
        base: Posting,
        account: _Account,
        refunds: MoneyRefunds,
        rounding: Decimal,
    ) -> Iterator[Part]:
        for when, lines, charges, role in (
            (days.sale, days.sold_lines, days.sold_charges, "sale"),
            (days.returned, days.returned_lines, days.returned_charges, "refund"),
        ):
            if when == today:
                extras = (ZERO, ZERO)
                if role == "sale" or days.sale is None:
                    extras = (case.order.gratuity, rounding)
                account.owe(today, gross_of(lines, charges) + sum(extras, ZERO))
                yield from self._sold(case, base._replace(role=role), lines, charges, extras)
        settled = _first(days.sale, days.returned, today)
        if settled == today and account.deposits:
            yield self._posting(base, "payment", "deposits", today), account.deposits, case.label
            account.pay(today, account.deposits)
            account.deposits = ZERO
        receipts = [receipt for when, receipt in days.receipts if when == today]
        for receipt in sorted(receipts, key=lambda receipt: receipt.amount < 0 and not receipt.cashback):
            if settled is None:
                yield from self._deposit(base, receipt, account)
            else:
                yield from self._receipt(base, receipt, days, (today, settled), account, refunds)
        for settles, amount in account.receivable.items():
            if amount:
                yield self._receivable(base, settles, case.label), amount, case.label

    def _sold(
        self,
        case: Case,
        base: Posting,
        lines: tuple[Line, ...],
        charges: tuple[ServiceCharge, ...],
        extras: tuple[Decimal, Decimal],
    ) -> Iterator[Part]:
        """Lines, charges, gratuity and rounding, as credits (a return's amounts are negative themselves)."""
        currency = base.currency
        for line in lines:
            if self.resolver.catalogue.is_gift_card(case.connection, line.product_id):
                yield from self._gift_card(case, base, line)
                continue
            key = "refund" if base.role == "refund" else self._sales_key(case, line)
            net, tax = line.total - line.tax, line.tax
            amount = read_taxes(
                self.resolver, currency, net, tax, line.taxes, line.tax_percentage, case.label
            )
            yield from self._taxed(base, key, amount, case.label)
        for charge in charges:
            net, tax = charge.total - charge.tax, charge.tax
            amount = read_taxes(
                self.resolver, currency, net, tax, charge.taxes, charge.tax_percentage, case.label
            )
            yield from self._taxed(base, _CHARGE_KEYS.get(charge.type, "serviceCharge"), amount, case.label)
        for key, extra in zip(("gratuity", "rounding"), extras, strict=True):
            if extra:
                yield self._plain(base, key, case.label), -extra, case.label

    def _taxed(self, base: Posting, key: str, amount: Taxed, label: str) -> Iterator[Part]:
        if not amount.net and not amount.tax:
            return
        for posting, part in self.resolver.taxed(self._plain(base, key, label), amount, label):
            yield posting, -part, label

    def _gift_card(self, case: Case, base: Posting, line: Line) -> Iterator[Part]:
        """A card is a debt at face value; what it was sold for below that is a promotion's cost."""
        face = line.total + line.discount
        if line.unit_price is not None:
            face = quantize(line.quantity * line.unit_price, base.currency)
        yield self._plain(base, "prepaid", case.label), -face, case.label
        if face != line.total:
            yield self._plain(base, "prepaidDiscount", case.label), face - line.total, case.label

    def _deposit(self, base: Posting, receipt: Receipt, account: _Account) -> Iterator[Part]:
        if receipt.key == "invoice" or not self.resolver.configuration.sync_payments:
            return
        account.deposits += receipt.amount
        yield self._posting(base, "deposit", receipt.key, None, receipt.label), receipt.amount, receipt.label
        yield self._posting(base, "deposit", "deposits", None, receipt.label), -receipt.amount, receipt.label

    def _receipt(
        self,
        base: Posting,
        receipt: Receipt,
        days: OrderDays,
        when: tuple[date, date],
        account: _Account,
        refunds: MoneyRefunds,
    ) -> Iterator[Part]:
        today, settled = when
        if receipt.amount > 0 and receipt.key == "invoice":
            return  # paying "by invoice" is leaving it due, which is what happens without any payment
        money_only = ZERO
        if receipt.amount < 0 and not receipt.cashback:
            if days.has_returns:
                settled = days.returned if days.returned and days.returned <= today else settled
            else:
                money_only = -receipt.amount - min(-receipt.amount, max(ZERO, account.paid - account.due))
        if money_only:
            account.owe(today, -money_only)
            yield from refunds.postings(money_only, receipt.label)
        for settles, amount in ((today, -money_only), (settled, receipt.amount + money_only)):
            if not amount:
                continue
            if self.resolver.configuration.sync_payments:
                account.pay(settles, amount)
                role = "payment" if amount > 0 else "refundPayment"
                yield self._posting(base, role, receipt.key, settles, receipt.label), amount, receipt.label
            else:
                account.paid += amount

    def _sales_key(self, case: Case, line: Line) -> str:
        if not self.resolver.configuration.group_by_category:
            return "sales"
        for category in self.resolver.catalogue.categories_of(case.connection, line.product_id):
            if self.resolver.configuration.accounts.get(f"sales-{category}"):
                return f"sales-{category}"
        return "sales-other"

    def _group(self, order: Order) -> str:
        parts = []
        if self.resolver.configuration.group_by_location:
            parts.append(order.location_id or "-")
        if self.resolver.configuration.group_by_country:
            parts.append(order.country or "-")
        return " / ".join(parts)

    def _plain(self, base: Posting, key: str, label: str) -> Posting:
        return self.resolver.place(base, base.role, key, "", label)

    def _posting(self, base: Posting, role: str, key: str, settles: date | None, label: str = "") -> Posting:
        return self.resolver.place(base, role, key, settles.isoformat() if settles else "", label)

    def _receivable(self, base: Posting, settles: str, label: str) -> Posting:
        """What is due stands on the account for `invoice`, or the ledger's own without payments."""
        account = self.resolver.ledger.receivable
        if self.resolver.configuration.sync_payments:
            account = self.resolver.account("invoice", label)
        return base._replace(role="receivable", key="invoice", account=account, settles=settles)

    def _rounding(self, case: Case, days: OrderDays) -> Decimal:
        """What the order's own total says beyond its parts; more than may be rounding blocks the day."""
        order, rounding = case.order, rounding_of(case, days)
        if rounding and abs(rounding) > allowed_rounding(case):
            message = (
                f"The lines and charges of order {order.id} and its total differ by {rounding}. "
                "Send the order again with parts and a total that agree."
            )
            self.resolver.findings.block(DATA, message, case.label)
        return rounding


def _first(sale: date | None, returned: date | None, today: date) -> date | None:
    """The day the order's receipts belong to, once it has been sold or returned."""
    if sale is not None:
        return sale if sale <= today else None
    return returned if returned is not None and returned <= today else None
