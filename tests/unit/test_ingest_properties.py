"""Random pushes, written in any order, interrupted and repeated, with a sync looking on in between.

Two promises: in the end every record stands in the version it should; and whatever differs from what a sync
last saw is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.store.datasets import Dataset
from tests.simulation.shop import COMPANY, Shop, order, payment, transaction

TIMES = st.sampled_from([f"2026-03-0{day}T0{hour}:30:00Z" for day in (1, 3, 5) for hour in (1, 9)])
AMOUNTS = st.integers(1, 2)
PAYMENTS = st.sampled_from(["p1", "p2"])
ORDERS = st.sampled_from(["o1", "o2"])

payments = st.builds(lambda each, at, amount: payment(each, at, amount=amount), PAYMENTS, TIMES, AMOUNTS)
orders = st.builds(
    lambda order_id, created, inside: order(order_id, created, *inside),
    ORDERS,
    TIMES,
    st.lists(payments, max_size=1),
)
transactions = st.one_of(
    st.builds(lambda each, at, of: transaction(each, "Payment", at, ("Order", of)), PAYMENTS, TIMES, ORDERS),
    st.builds(
        lambda at, of: transaction("c", "Unknown", at, ("Payment", of), subType="cashbackGiven"),
        TIMES,
        PAYMENTS,
    ),
    st.builds(lambda each, at: transaction(each, "PaymentFee", at), PAYMENTS, TIMES),
)
deletions = st.sampled_from(["o1", "p1", "p2", "c"]).map(lambda each: {"id": each})
pushes = st.one_of(
    st.tuples(st.just("orders"), st.lists(orders | deletions, min_size=1, max_size=2)),
    st.tuples(st.just("payments"), st.lists(payments | deletions, min_size=1, max_size=2)),
    st.tuples(st.just("transactions"), st.lists(transactions | deletions, min_size=1, max_size=2)),
)
# What happens in between: a waiting dataset (by number) is written, to its end or stopped at an operation;
# or a sync looks at what is marked.
steps = st.one_of(
    pushes,
    st.tuples(st.just("write"), st.integers(0, 3), st.none() | st.integers(1, 25)),
    st.just(("look",)),
)


class Stopped(Exception):
    """The process was stopped."""


def stop_at(shop: Shop, operation: int | None) -> None:
    left = [operation or 0]

    def count(_name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped

    shop.memory.before = count


def effective(shop: Shop) -> dict[tuple[str, str], dict[str, Any]]:
    """What stands, less the transactions that join no payment: nothing is posted of them."""
    standing = shop.standing()
    return {
        name: body
        for name, body in standing.items()
        if body.get("type") != "Payment" or ("payments", body["id"]) in standing
    }


def cases(shop: Shop) -> Iterator[list[tuple[str, str]]]:
    """What belongs together, worked out from the bodies alone."""
    standing = effective(shop)
    parent: dict[Any, Any] = {}

    def root(each: Any) -> Any:
        while parent.setdefault(each, each) != each:
            each = parent[each]
        return each

    for (data_type, identity), body in standing.items():
        names = [f"{data_type}/{body['id']}"] if data_type != "transactions" else []
        names += [f"payments/{inside['id']}" for inside in body.get("payments", ())]
        source = body.get("transactionSourceRef", {})
        if source.get("type") == "Order":
            names += [f"orders/{source['id']}", f"payments/{body['id']}"]
        elif source.get("type") == "Payment":
            names += [f"payments/{source['id']}"]
        for name in names:
            parent[root(name)] = root((data_type, identity))
    together: dict[Any, list[tuple[str, str]]] = {}
    for name in standing:
        together.setdefault(root(name), []).append(name)
    yield from together.values()


def view(shop: Shop) -> dict[str, list[Any]]:
    """For each hour, everything on which what is posted of it depends."""
    standing = effective(shop)
    seen: dict[str, list[Any]] = {}
    for case in cases(shop):
        bodies = sorted((name, str(standing[name])) for name in case)
        times = {
            time[:13]
            for name in case
            for time in (
                standing[name]["createdDate"],
                *(inside["createdDate"] for inside in standing[name].get("payments", ())),
            )
        }
        for hour in times:
            seen.setdefault(hour, []).append(bodies)
    return {hour: sorted(of_hour) for hour, of_hour in seen.items()}


def expected(pushed: list[tuple[str, list[dict[str, Any]]]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The latest of every record in the order of pushing, in the plainest way."""
    standing: dict[tuple[str, str], dict[str, Any]] = {}
    for data_type, bodies in pushed:
        for body in bodies:
            if len(body) == 1:
                for name in [each for each in standing if each[0] == data_type]:
                    if standing[name]["id"] == body["id"]:
                        del standing[name]
            else:
                kind = f"{body['type']}/" if data_type == "transactions" else ""
                kind += f"{body['subType'].lower()}/" if "subType" in body else ""
                standing[data_type, kind + body["id"]] = body
    return standing


@settings(max_examples=80, deadline=None)
@given(st.lists(steps, min_size=6, max_size=16))
def test_every_change_is_marked_and_the_latest_stands(script: list[Any]) -> None:
    shop = Shop()
    pushed: list[tuple[str, list[dict[str, Any]]]] = []
    waiting: list[Dataset] = []
    looked: dict[str, list[Any]] = {}
    for step in script:
        match step:
            case ("look",):
                now = view(shop)
                looked |= {hour: now.get(hour, []) for hour in shop.marked()}
                shop.clear()
            case ("write", int(number), stop):
                if waiting:
                    dataset = waiting[number % len(waiting)]
                    stop_at(shop, stop)
                    try:
                        shop.write(dataset)
                    except Stopped:
                        continue
                    finally:
                        shop.memory.before = lambda _: None
                    waiting.remove(dataset)
            case (data_type, bodies):
                pushed.append((data_type, bodies))
                waiting.append(shop.push(data_type, *bodies))
    for dataset in reversed(waiting):
        shop.write(dataset)
    assert shop.standing() == expected(pushed)
    final, marked = view(shop), shop.marked()
    changed = {hour for hour in {*final, *looked} if final.get(hour, []) != looked.get(hour, [])}
    assert changed <= marked
    for hour, of_hour in final.items():
        found = shop.window(f"{hour}:00", f"{hour}:59")
        assert {f"{name[0]}/{name[1]}" for case in of_hour for name, _ in case} <= found
    assert not list(shop.table.query_all(f"DATASET#{COMPANY}"))
