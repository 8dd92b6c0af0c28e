"""On which business days an order has an effect, and which part of it on which.

Specification: mapping, reading records 14 and the opening of projection of one business day.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from daybook.domain.cases import Case, Receipt
from daybook.domain.configuration import Configuration
from daybook.domain.money import ZERO, minor_unit
from daybook.domain.records import Line, ServiceCharge
from daybook.domain.times import Calendar

# Minor units by which an order with a cash payment may be rounded (specification: mapping, rounding).
_CASH_ROUNDING = 5


class OrderDays(NamedTuple):
    """An order cut into days: its sale, its return, and its receipts.

    `sale` is None while the order is still open, `returned` None when nothing was returned (or not yet).
    """

    sale: date | None
    returned: date | None
    receipts: tuple[tuple[date, Receipt], ...]
    sold_lines: tuple[Line, ...]
    returned_lines: tuple[Line, ...]
    sold_charges: tuple[ServiceCharge, ...]
    returned_charges: tuple[ServiceCharge, ...]

    def touches(self, day: date) -> bool:
        """Whether anything of the order falls on this day."""
        return day in (self.sale, self.returned) or any(when == day for when, _ in self.receipts)

    @property
    def has_returns(self) -> bool:
        """Whether goods came back, so that money paid back is for them."""
        return bool(self.returned_lines)


def order_days(case: Case, configuration: Configuration, calendar: Calendar, cut: datetime) -> OrderDays:
    """Place every part of the order on its business day; parts dated at or after `cut` are left out."""
    order = case.order
    receipts = tuple(
        (calendar.day_of(receipt.instant), receipt) for receipt in case.receipts if receipt.instant < cut
    )
    moment = order.closed if configuration.sales_date == "closed" else order.created
    sold_at = calendar.instant(moment) if moment is not None else None
    returned_lines = tuple(line for line in order.lines if line.quantity < 0)
    sold_lines = order.lines
    if returned_lines:
        sold_lines = tuple(line for line in order.lines if line.quantity >= 0)
    sold_charges = order.service_charges
    returned_charges: tuple[ServiceCharge, ...] = ()
    returned_at: datetime | None = None
    if returned_lines and not sold_lines:
        # A return of its own: its charges (a restocking fee, say) belong to it.
        sold_charges, returned_charges = (), order.service_charges
        returned_at, sold_at = sold_at, None
    elif returned_lines:
        sold_charges = tuple(charge for charge in order.service_charges if charge.total >= 0)
        returned_charges = tuple(charge for charge in order.service_charges if charge.total < 0)
        # Nothing comes back that has not been sold: an open order is no sale yet.
        returned_at = _returned_at(case, calendar) if sold_at is not None and sold_at < cut else None
    return OrderDays(
        calendar.day_of(sold_at) if sold_at is not None and sold_at < cut else None,
        calendar.day_of(returned_at) if returned_at is not None and returned_at < cut else None,
        receipts,
        sold_lines,
        returned_lines,
        sold_charges,
        returned_charges,
    )


def _returned_at(case: Case, calendar: Calendar) -> datetime:
    """Lines returned on the original order: dated by its first refund payment, else by its last change."""
    for receipt in case.receipts:
        if receipt.amount < 0 and not receipt.cashback:
            return receipt.instant
    return calendar.instant(case.order.source_modified or case.order.created)


def gross_of(lines: tuple[Line, ...], charges: tuple[ServiceCharge, ...]) -> Decimal:
    """What lines and charges come to, tax included."""
    return sum((line.total for line in lines), ZERO) + sum((charge.total for charge in charges), ZERO)


def rounding_of(case: Case, days: OrderDays) -> Decimal:
    """What the order's own total says beyond its parts.

    That total includes later refunds, so it is held against the parts with and without them and the nearest
    reading counts (specification: mapping, reading records 5 and 6).
    """
    order = case.order
    if order.total is None:
        return ZERO
    gross = gross_of(order.lines, order.service_charges)
    if gross and order.total == gross:  # nearly always
        return ZERO
    refund = abs(order.total_refund or ZERO)
    if not days.has_returns:
        paid_back = -sum((r.amount for r in case.receipts if r.amount < 0 and not r.cashback), ZERO)
        readings = [order.total, order.total + refund, order.total + paid_back]
    elif days.sold_lines:
        readings = [order.total, order.total + gross - gross_of(days.sold_lines, days.sold_charges)]
    else:
        readings = [order.total or -refund]
    return min((reading - gross for reading in readings), key=abs)


def allowed_rounding(case: Case) -> Decimal:
    """One minor unit for each line, or five where cash changed hands and that is more."""
    units = len(case.order.lines)
    if any(receipt.key == "cash" for receipt in case.receipts):
        units = max(units, _CASH_ROUNDING)
    return units * minor_unit(case.order.currency)
