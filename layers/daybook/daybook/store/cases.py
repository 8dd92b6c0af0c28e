"""Finding what belongs together: an order, its payments, and the transactions that join or add to them.

Specification: mapping, reading records 12 and 13. Three kinds of links help, each written before the record
that makes it: an order to the payments joined to it, a payment to the orders it stands in, a payment to the
transactions that added cash to it. What no record of a company ever made use of is not looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from daybook.frozen import frozen
from daybook.store import layout
from daybook.store.stored_record import Name, StoredRecord, get_many
from daybook.store.table import Absent, ConditionFailed, Item, Key, Table

# Of the 400 KB of an item: thousands of ids, far more than an order has payments or a payment orders.
MOST_LINK_BYTES = 300 * 1024

ForEach = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
Part = tuple[str, str]  # connection id, and the id of an order or a payment

# What a company's records make use of.
SEPARATE, SHARED, JOINING, CASH, FLOATING = "separate", "shared", "joining", "cash", "floating"


def shapes(table: Table, company_id: str) -> set[str]:
    """What the company's records make use of."""
    item = table.get(*layout.shapes(company_id))
    return set(item["shapes"]) if item else set()


def add_shapes(table: Table, company_id: str, new: set[str]) -> None:
    """Note what the company's records make use of besides."""
    if new:
        table.add(*layout.shapes(company_id), sets={"shapes": new})


def shapes_of(record: StoredRecord) -> set[str]:
    """What one record makes use of."""
    kinds = {kind for kind, _ in record.joins}
    found = {FLOATING} if record.floating else set()
    match record.data_type:
        case "payments":
            found.add(SEPARATE)
        case "transactions" if kinds:
            found.add(JOINING if "orders" in kinds else CASH)
    return found


@frozen
class Linked:
    """What linking records came to.

    `shapes` is what they make use of besides (`shared`, or nothing). `full` are the identities of those not
    linked: what they name is named by as many others as one item of the table holds.
    """

    shapes: set[str]
    full: set[str]


_Join = tuple[str, Key, str, set[str]]  # identity of the record, and what its link holds under which name


def link(table: Table, company_id: str, stored: Iterable[StoredRecord], for_each: ForEach = map) -> Linked:
    """Write the links that these records make, each identity once.

    `for_each` is a `map`, which may do things at the same time.
    """
    joins = [join for record in stored for join in _joins_of(company_id, record)]
    there = table.batch_get(key for _, key, _, _ in joins)
    full = _overfull(joins, there)
    inside: dict[Key, set[str]] = {}
    for identity, key, name, ids in joins:
        if identity in full:
            continue
        if name == "orders":
            inside.setdefault(key, set()).update(ids)
        elif not ids <= _ids(there, key, name):
            table.add(*key, sets={name: ids})
    return Linked({SHARED} if _link_inside(table, inside, there, for_each) else set(), full)


def _joins_of(company_id: str, record: StoredRecord) -> Iterator[_Join]:
    home, identity = record.connection_id, record.identity
    payments = {joined_id for kind, joined_id in record.joins if kind == "payments"}
    orders = [joined_id for kind, joined_id in record.joins if kind == "orders"]
    if record.data_type == "orders":
        for payment_id in payments:
            yield identity, layout.payment_link(company_id, home, payment_id), "orders", {identity}
    elif orders:
        yield identity, layout.order_link(company_id, home, orders[0]), "payments", payments
    elif payments:
        yield identity, layout.cashback_link(company_id, home, min(payments)), "transactions", {identity}


def _overfull(joins: Iterable[_Join], there: Mapping[Key, Item]) -> set[str]:
    """The identities of those that a link has no room for, beside what it holds and those before them."""
    held: dict[Key, set[str]] = {}
    size: dict[Key, int] = {}
    full: set[str] = set()
    for identity, key, name, ids in joins:
        if key not in held:
            held[key] = set(_ids(there, key, name))
            size[key] = _bytes(held[key])
        new = ids - held[key]
        if new and size[key] + _bytes(new) > MOST_LINK_BYTES:
            full.add(identity)
        else:
            held[key] |= new
            size[key] += _bytes(new)
    return full


def _ids(there: Mapping[Key, Item], key: Key, name: str) -> set[str]:
    ids: set[str] = there[key][name] if key in there else set()
    return ids


def _bytes(ids: Iterable[str]) -> int:
    return sum(len(each.encode()) + 1 for each in ids)


def _link_inside(
    table: Table, inside: Mapping[Key, set[str]], before: Mapping[Key, Item], for_each: ForEach
) -> bool:
    """Link payments to the orders they stand in; whether any of them stands in several.

    Each by a write of its own, which costs half of what it would in a transaction.
    """

    def is_new(key: Key) -> bool:
        try:
            table.put({"PK": key[0], "SK": key[1], "orders": inside[key]}, Absent())
        except ConditionFailed:  # somebody else links it at this moment
            return False
        return True

    there = {key: before[key]["orders"] for key in inside if key in before}
    new = [key for key in inside if key not in there]
    more = [key for key in there if not inside[key] <= there[key]]
    more += [key for key, done in zip(new, for_each(is_new, new), strict=True) if not done]
    there |= {key: table.add(*key, sets={"orders": inside[key]})["orders"] for key in more}
    return any(len(there.get(key, inside[key])) > 1 for key in inside)


@dataclass(slots=True)
class Gathering:
    """Collects every record of every case that it is given a part of."""

    table: Table
    company_id: str
    shapes: set[str]
    found: dict[Name, StoredRecord] = field(default_factory=dict)
    _orders: set[Part] = field(default_factory=set)
    _payments: set[Part] = field(default_factory=set)

    def add(self, stored: Iterable[StoredRecord]) -> None:
        """Start from records."""
        orders: set[Part] = set()
        payments: set[Part] = set()
        for record in stored:
            self.found[record.name] = record
            if record.data_type == "orders":
                orders.add((record.connection_id, record.identity))
            elif record.data_type == "payments":
                payments.add((record.connection_id, record.identity))
            for kind, joined_id in record.joins:
                (orders if kind == "orders" else payments).add((record.connection_id, joined_id))
        self.gather(orders, payments)

    def gather(self, orders: Iterable[Part], payments: Iterable[Part]) -> None:
        """Start from orders and payments."""
        wanted_orders, wanted_payments = set(orders), set(payments)
        while wanted_orders or wanted_payments:
            self._orders |= wanted_orders
            self._payments |= wanted_payments
            more_payments = self._from_orders(wanted_orders) - self._payments
            more_orders = self._from_payments(wanted_payments) - self._orders
            wanted_orders, wanted_payments = more_orders, more_payments

    def _from_orders(self, orders: set[Part]) -> set[Part]:
        """Fetch orders and answer their payments."""
        stored = self._fetch([(home, "orders", order_id) for home, order_id in orders])
        if not self.shapes & {SEPARATE, CASH, SHARED}:
            return set()  # every payment stands in one order, and nothing adds to one
        payments = {(each.connection_id, joined_id) for each in stored for _, joined_id in each.joins}
        if JOINING in self.shapes:
            for home, link in self._links(layout.order_link, orders):
                payments |= {(home, payment_id) for payment_id in link["payments"]}
        return payments

    def _from_payments(self, payments: set[Part]) -> set[Part]:
        """Fetch payments with their transactions and answer their orders."""
        if not self.shapes & {SEPARATE, CASH, SHARED}:
            return set()
        names: list[Name] = []
        if SEPARATE in self.shapes:
            names += [(home, "payments", payment_id) for home, payment_id in payments]
        if {SEPARATE, JOINING} <= self.shapes:
            names += [
                (home, "transactions", f"{kind}/{payment_id}")
                for home, payment_id in payments
                for kind in ("Payment", "Refund")
            ]
        if CASH in self.shapes:
            for home, link in self._links(layout.cashback_link, payments):
                names += [(home, "transactions", identity) for identity in link["transactions"]]
        orders = {
            (each.connection_id, joined_id)
            for each in self._fetch(names)
            for kind, joined_id in each.joins
            if kind == "orders"
        }
        for home, link in self._links(layout.payment_link, payments):
            orders |= {(home, order_id) for order_id in link["orders"]}
        return orders

    def _fetch(self, names: list[Name]) -> list[StoredRecord]:
        missing = [name for name in names if name not in self.found]
        self.found |= get_many(self.table, self.company_id, missing)
        return [self.found[name] for name in names if name in self.found]

    def _links(self, key_of: Callable[[str, str, str], Key], parts: Iterable[Part]) -> list[tuple[str, Item]]:
        keys = {key_of(self.company_id, home, part_id): home for home, part_id in parts}
        return [(keys[key], item) for key, item in self.table.batch_get(keys).items()]
