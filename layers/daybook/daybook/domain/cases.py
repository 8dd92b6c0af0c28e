"""Orders with their payments brought together, wherever and in whatever order those arrived.

Specification: mapping, reading records 11 to 13.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from daybook.domain.configuration import payment_key
from daybook.domain.records import Dispute, Order, Payment, Record, Transaction
from daybook.domain.times import Calendar

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

# Types that mirror a payment in the provider's balance: they join a payment to its order and post nothing.
JOINING_TYPES = frozenset({"payment", "refund"})


class Stored(NamedTuple):
    """A record with where it came from: connection, data type and identity."""

    connection: str
    data_type: str
    identity: str
    record: Record

    @property
    def label(self) -> str:
        """Names the record in contributions: `<connection>/orders/1001`."""
        return f"{self.connection}/{self.data_type}/{self.identity}"


class Receipt(NamedTuple):
    """Money received (or, negative, given back) for an order, at an instant, by a payment method."""

    label: str
    instant: datetime
    amount: Decimal
    key: str
    currency: str
    cashback: bool = False


@dataclass(slots=True)
class Case:
    """An order and every paid payment of it, in order of time, money in before money out."""

    label: str
    connection: str
    order: Order
    receipts: list[Receipt] = field(default_factory=list)


@dataclass(slots=True)
class Cases:
    """The records of a window, sorted by what they are."""

    orders: list[Case] = field(default_factory=list)
    unallocated: list[Receipt] = field(default_factory=list)
    transactions: list[tuple[str, Transaction]] = field(default_factory=list)
    disputes: list[tuple[str, Dispute]] = field(default_factory=list)


def shown(label: str) -> str:
    """A record's label as people read it: `orders/1001`."""
    return label.partition("/")[2]


def assemble(records: Iterable[Stored], calendar: Calendar) -> Cases:
    """Bring orders and payments together; times without an offset are the company's own."""
    cases = Cases()
    joins: dict[tuple[str, str], str] = {}
    cashback: dict[tuple[str, str], list[tuple[str, Transaction]]] = {}
    separate: dict[tuple[str, str], tuple[str, Payment]] = {}
    orders: dict[tuple[str, str], tuple[str, Order]] = {}
    for stored in records:
        record, home = stored.record, stored.connection
        if isinstance(record, Order):
            orders[home, record.id] = (stored.label, record)
        elif isinstance(record, Payment):
            separate[home, record.id] = (stored.label, record)
        elif isinstance(record, Dispute):
            cases.disputes.append((stored.label, record))
        elif isinstance(record, Transaction):
            if record.type.lower() in JOINING_TYPES:
                if (record.source_type or "").lower() == "order" and record.source_id:
                    joins[home, record.id] = record.source_id
            elif (record.sub_type or "").lower() == "cashbackgiven":
                cashback.setdefault((home, record.source_id or ""), []).append((stored.label, record))
            else:
                cases.transactions.append((stored.label, record))
    _fill(cases, orders, separate, joins, cashback, calendar)
    return cases


def _fill(
    cases: Cases,
    orders: dict[tuple[str, str], tuple[str, Order]],
    separate: dict[tuple[str, str], tuple[str, Payment]],
    joins: dict[tuple[str, str], str],
    cashback: dict[tuple[str, str], list[tuple[str, Transaction]]],
    calendar: Calendar,
) -> None:
    by_order: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (home, payment_id), order_id in sorted(joins.items()):
        by_order.setdefault((home, order_id), []).append((home, payment_id))
    taken: set[tuple[str, str]] = set()
    for (home, order_id), (label, order) in sorted(orders.items()):
        case = Case(label, home, order)
        payments = {
            (home, payment.id): _newer(separate.get((home, payment.id)), (label, payment), order)
            for payment in order.payments
        }
        joined = {key: separate[key] for key in by_order.get((home, order_id), ()) if key in separate}
        for key, (source, payment) in {**joined, **payments}.items():
            if key not in taken:
                taken.add(key)
                target = case.receipts if payment.currency == order.currency else cases.unallocated
                target.extend(_receipts(source, payment, cashback.pop(key, ()), calendar))
        if len(case.receipts) > 1:
            case.receipts.sort(key=lambda receipt: (receipt.instant, receipt.amount < 0, receipt.label))
        cases.orders.append(case)
    for key, (label, payment) in sorted(separate.items()):
        if key not in taken:
            cases.unallocated.extend(_receipts(label, payment, cashback.pop(key, ()), calendar))
    for given in cashback.values():
        cases.unallocated.extend(_cashback(label, transaction, calendar) for label, transaction in given)


def _newer(
    separate: tuple[str, Payment] | None, embedded: tuple[str, Payment], order: Order
) -> tuple[str, Payment]:
    if separate is None:
        return embedded
    inside = embedded[1].modified or order.source_modified or _LONG_AGO
    outside = separate[1].modified or _LONG_AGO
    if (inside.tzinfo is None) != (outside.tzinfo is None):
        inside, outside = inside.replace(tzinfo=UTC), outside.replace(tzinfo=UTC)
    return embedded if outside is not _LONG_AGO and inside > outside else separate


def _receipts(
    label: str, payment: Payment, cashback: Iterable[tuple[str, Transaction]], calendar: Calendar
) -> Iterable[Receipt]:
    if payment.status.lower() == "paid" and payment.amount:
        key = payment_key(payment.type or "Custom", payment.method_id)
        yield Receipt(label, calendar.instant(payment.created), payment.amount, key, payment.currency)
    for source, transaction in cashback:
        yield _cashback(source, transaction, calendar)


def _cashback(label: str, transaction: Transaction, calendar: Calendar) -> Receipt:
    instant = calendar.instant(transaction.created)
    return Receipt(label, instant, transaction.amount, "cash", transaction.currency, cashback=True)
