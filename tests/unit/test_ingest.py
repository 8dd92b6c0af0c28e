"""Records as they are written: versions, deletions, days, joins, marks, and interruptions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from daybook.store import datasets as datasets_store
from daybook.store.datasets import Dataset
from daybook.store.records import get
from daybook.store.table import Item
from tests.simulation.shop import COMPANY, SHOP, Shop, order, payment, transaction

D1, D2, D3, D5 = (f"2026-03-0{day}T12:00:00Z" for day in (1, 2, 3, 5))


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_the_newer_version_stands(shop: Shop) -> None:
    first = order("o1", D1, sourceModifiedDate=D2)
    assert shop.send("orders", first).accepted == 1
    assert shop.send("orders", {**first, "orderNumber": "same date"}).ignored == 1
    assert shop.send("orders", {**first, "orderNumber": "older", "sourceModifiedDate": D1}).ignored == 1
    assert shop.standing()["orders", "o1"] == first
    newer = {**first, "orderNumber": "newer", "sourceModifiedDate": D3}
    assert shop.send("orders", newer).accepted == 1
    assert shop.standing()["orders", "o1"] == newer


def test_without_dates_the_later_arrival_stands_however_late_the_earlier_is_written(shop: Shop) -> None:
    first = shop.push("payments", payment("p1", D1))
    second = shop.push("payments", payment("p1", D1, amount=13))
    assert shop.write(second).accepted == 1
    assert shop.write(first).ignored == 1
    assert shop.standing()["payments", "p1"]["amount"] == 13


def test_versions_within_a_dataset_are_taken_in_order(shop: Shop) -> None:
    versions = [order("o1", D1, orderNumber=str(number), sourceModifiedDate=D2) for number in range(3)]
    versions.append(order("o1", D1, orderNumber="newest", sourceModifiedDate=D3))
    dataset = shop.send("orders", *versions)
    assert (dataset.accepted, dataset.ignored) == (1, 3)
    assert shop.standing()["orders", "o1"]["orderNumber"] == "newest"


def test_a_deletion_marks_the_days_it_empties(shop: Shop) -> None:
    shop.send("orders", order("o1", D1, payment("p1", D5)))
    shop.clear()
    assert shop.send("orders", {"id": "o1"}).accepted == 1
    assert shop.standing() == {}
    assert shop.marked() == {"2026-03-01T12", "2026-03-05T12"}
    assert shop.window("2026-03-01", "2026-03-06") == set()
    assert shop.send("orders", {"id": "o1"}).ignored == 1


def test_a_deletion_holds_for_what_arrived_before_it_but_is_written_later(shop: Shop) -> None:
    pushed = shop.push("orders", order("o1", D1, sourceModifiedDate=D2))
    shop.send("orders", {"id": "o1"})
    assert shop.write(pushed).ignored == 1
    assert shop.send("orders", order("o1", D1, sourceModifiedDate=D2)).ignored == 1
    assert shop.standing() == {}
    assert shop.send("orders", order("o1", D1, sourceModifiedDate=D3)).accepted == 1


def test_transactions_of_one_id_are_deleted_together_or_by_type(shop: Shop) -> None:
    kinds = ["Payment", "PaymentFee", "Refund", "tip"]
    loans = [transaction("t", "Unknown", D1, subType=name) for name in ("loan", "loanFee")]
    shop.send(
        "transactions", *(transaction("t", kind, D1) for kind in kinds), *loans, transaction("t2", "tip", D1)
    )
    assert shop.send("transactions", {"id": "t", "type": "paymentFEE"}).accepted == 1
    assert len(shop.standing()) == 6
    shop.send("transactions", {"id": "t", "type": "Unknown", "subType": "loan"})
    assert ("transactions", "Unknown/loan/t") not in shop.standing()
    shop.send("transactions", {"id": "t", "type": "Unknown"})
    assert ("transactions", "Unknown/loanfee/t") not in shop.standing()
    shop.clear()
    assert shop.send("transactions", {"id": "t"}).accepted == 1
    assert set(shop.standing()) == {("transactions", "tip/t2")}
    assert shop.marked() == {"2026-03-01T12"}


def test_deleting_an_id_holds_for_transactions_written_later(shop: Shop) -> None:
    before = shop.push(
        "transactions", transaction("t", "Payment", D1), transaction("t", "Unknown", D1, subType="x")
    )
    shop.send("transactions", {"id": "t"})
    shop.send("transactions", transaction("t", "PaymentFee", D1))
    shop.write(before)
    assert set(shop.standing()) == {("transactions", "PaymentFee/t")}


def test_both_days_are_marked_when_a_record_moves(shop: Shop) -> None:
    shop.send("payments", payment("p1", D1))
    shop.clear()
    shop.send("payments", payment("p1", D3))
    assert shop.marked() == {"2026-03-01T12", "2026-03-03T12"}
    assert shop.window("2026-03-03", "2026-03-04") == {"payments/p1"}


def test_nothing_is_marked_when_nothing_changes(shop: Shop) -> None:
    shop.send("payments", payment("p1", D1))
    shop.clear()
    shop.send("payments", payment("p1", D1))
    assert shop.marked() == set()


def test_a_mark_made_anew_has_another_version(shop: Shop) -> None:
    versions = []
    for amount in (1, 2):
        shop.send("payments", payment("p1", D1, amount=amount))
        (mark,) = shop.table.query_all(f"MARKS#{COMPANY}")
        versions.append(mark["version"])
        shop.clear()
    assert versions[0] != versions[1]


def test_local_times_are_found_and_marked_wherever_they_may_be(shop: Shop) -> None:
    shop.send("orders", order("o1", "2026-03-02T00:30:00"))
    assert shop.window("2026-03-01T10:00", "2026-03-01T11:00") == {"orders/o1"}
    assert shop.window("2026-03-02T14:00", "2026-03-02T15:00") == {"orders/o1"}
    marked = shop.marked()
    assert {"2026-03-01T10", "2026-03-02T00", "2026-03-02T14"} <= marked
    assert len(marked) == 29


def test_a_window_finds_what_falls_in_it_and_not_much_else(shop: Shop) -> None:
    for hour in range(24):
        shop.send("payments", payment(f"p{hour:02}", f"2026-03-01T{hour:02}:59:59.999Z"))
    found = shop.window("2026-03-01T10:00", "2026-03-01T12:00")
    assert {"payments/p10", "payments/p11"} <= found
    assert "payments/p03" not in found
    assert "payments/p20" not in found


def test_a_payment_apart_leads_to_its_order_and_back(shop: Shop) -> None:
    shop.send("orders", order("o1", D1))
    shop.send("payments", payment("p1", D3), payment("p2", D5))
    shop.clear()
    joining = [transaction(each, "Payment", D5, ("Order", "o1")) for each in ("p1", "p2")]
    shop.send("transactions", *joining)
    everything = {
        "orders/o1",
        "payments/p1",
        "payments/p2",
        "transactions/Payment/p1",
        "transactions/Payment/p2",
    }
    for day in ("01", "03", "05"):
        assert shop.window(f"2026-03-{day}", f"2026-03-{day}T23:00") == everything
    assert shop.marked() == {"2026-03-01T12", "2026-03-03T12", "2026-03-05T12"}


def test_a_changed_join_marks_the_order_it_left(shop: Shop) -> None:
    shop.send("orders", order("o1", D1), order("o2", D2))
    shop.send("payments", payment("p1", D3))
    shop.send("transactions", transaction("p1", "Payment", D3, ("Order", "o1")))
    shop.clear()
    shop.send("transactions", transaction("p1", "Payment", D3, ("Order", "o2")))
    assert shop.marked() == {"2026-03-01T12", "2026-03-02T12", "2026-03-03T12"}
    assert "payments/p1" in shop.window("2026-03-02", "2026-03-02T23:00")


def test_a_payment_inside_and_apart_is_found_from_either_day(shop: Shop) -> None:
    shop.send("orders", order("o1", D1, payment("p1", D1)))
    shop.clear()
    shop.send("payments", payment("p1", D5))
    assert shop.marked() == {"2026-03-01T12", "2026-03-05T12"}
    for day in ("01", "05"):
        assert shop.window(f"2026-03-{day}", f"2026-03-{day}T23:00") == {"orders/o1", "payments/p1"}
    shop.clear()
    shop.send("orders", order("o1", D1))
    assert shop.marked() == {"2026-03-01T12", "2026-03-05T12"}


def test_a_payment_inside_two_orders_leads_to_both(shop: Shop) -> None:
    shop.send("orders", order("o1", D1, payment("p1", D1)), order("o3", D3, payment("p3", D3)))
    shop.clear()
    shop.send("orders", order("o2", D5, payment("p1", D5)))
    assert shop.marked() == {"2026-03-01T12", "2026-03-05T12"}
    for day in ("01", "05"):
        assert shop.window(f"2026-03-{day}", f"2026-03-{day}T23:00") == {"orders/o1", "orders/o2"}


def test_two_orders_linked_to_one_payment_at_once_are_both_linked(shop: Shop) -> None:
    first, second = (shop.push("orders", order(each, D1, payment("p1", D1))) for each in ("o1", "o2"))

    def meanwhile(operation: str) -> None:
        if operation == "transact":
            shop.memory.before = lambda _: None
            shop.write(second)

    datasets_store.start(shop.table, first)
    shop.memory.before = meanwhile
    shop.write(first)
    assert shop.window("2026-03-01", "2026-03-02") == {"orders/o1", "orders/o2"}
    link = shop.table.get(f"LINK#{COMPANY}#{SHOP}", "payment/p1")
    assert link is not None
    assert link["orders"] == {"o1", "o2"}


def test_cash_given_on_a_payment_belongs_to_its_order(shop: Shop) -> None:
    shop.send("orders", order("o1", D1, payment("p1", D1)))
    shop.clear()
    given = transaction("c1", "Unknown", D5, ("Payment", "p1"), subType="cashbackGiven")
    shop.send("transactions", given)
    assert shop.marked() == {"2026-03-01T12", "2026-03-05T12"}
    for day in ("01", "05"):
        found = shop.window(f"2026-03-{day}", f"2026-03-{day}T23:00")
        assert found == {"orders/o1", "transactions/Unknown/cashbackgiven/c1"}


def test_a_change_of_the_catalogue_is_counted(shop: Shop) -> None:
    shop.send("products", {"id": "p", "name": "Tea"})
    shop.send("products", {"id": "p", "name": "Tea"})
    shop.send("products", {"id": "p", "name": "Green tea"})
    item = shop.table.get(f"COMPANY#{COMPANY}", "CATALOGUE")
    assert item is not None
    assert item["revision"] == 2


def comparable(shop: Shop) -> list[Item]:
    """Everything in the table but what an interruption may change: how often, and when, it was written."""
    ours = [item for item in shop.memory.everything() if not item["PK"].startswith(("MARKS#", "OUTBOX#"))]
    return [
        {name: value for name, value in item.items() if name not in {"completed", "revision"}}
        for item in ours
    ]


def prepared() -> tuple[Shop, list[Dataset]]:
    """A shop with records that were written, and changes to them that were only pushed."""
    shop = Shop()
    shop.send("orders", order("o1", D1, payment("p0", D1)), order("o2", D2), order("o3", D2))
    shop.send("payments", payment("p1", D3), payment("p2", D3))
    shop.send(
        "transactions", transaction("p1", "Payment", D3, ("Order", "o1")), transaction("f", "PaymentFee", D5)
    )
    shop.clear()
    pushed = [
        shop.push(
            "orders", order("o1", D2), {"id": "o2"}, order("o4", D5), order("o1", D3), order("bad", "")
        ),
        shop.push("transactions", transaction("p1", "Payment", D3, ("Order", "o3")), {"id": "f"}),
        shop.push("products", {"id": "tea", "isGiftCard": True}),
    ]
    return shop, pushed


class Interrupted(Exception):
    """The process was stopped."""


def interruption(number: int) -> Callable[[str], None]:
    """Stop at the operation of this number, once."""
    left = [number]

    def stop(_operation: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Interrupted

    return stop


def test_interrupted_anywhere_and_repeated_the_end_is_the_same() -> None:
    undisturbed, datasets = prepared()
    operations = [0]

    def count(_operation: str) -> None:
        operations[0] += 1

    undisturbed.memory.before = count
    for dataset in datasets:
        undisturbed.write(dataset)
    expected, expected_marks = comparable(undisturbed), undisturbed.marked()
    assert len(expected_marks) == 4
    for number in range(1, operations[0] + 1):
        for moment in ("before", "after"):
            shop, pushed = prepared()
            setattr(shop.memory, moment, interruption(number))
            for dataset in pushed:
                try:
                    shop.write(dataset)
                except Interrupted:
                    shop.write(dataset)
            setattr(shop.memory, moment, lambda _: None)
            assert comparable(shop) == expected, (number, moment)
            assert shop.marked() == expected_marks, (number, moment)


def test_interrupted_before_its_marks_a_dataset_makes_up_for_them_even_after_another(shop: Shop) -> None:
    shop.send("payments", payment("p1", D1))
    shop.clear()
    second, third = (shop.push("payments", payment("p1", day)) for day in (D2, D3))
    shop.memory.before = lambda operation: interruption(1)(operation) if operation == "add" else None
    with pytest.raises(Interrupted):
        shop.write(second)
    shop.memory.before = lambda _: None
    shop.write(third)
    assert shop.marked() == {"2026-03-01T12", "2026-03-02T12", "2026-03-03T12"}


@pytest.mark.parametrize("attempt", range(3))
def test_written_twice_at_once_the_end_is_the_same(attempt: int) -> None:
    alone, datasets = prepared()
    for dataset in datasets:
        alone.write(dataset)
    shop, pushed = prepared()
    with ThreadPoolExecutor(4) as pool:
        for dataset in pushed:
            list(pool.map(shop.write, [dataset] * 4))
    assert comparable(shop) == comparable(alone), attempt
    assert shop.marked() >= alone.marked()


def test_two_datasets_at_once_leave_the_later_versions(shop: Shop) -> None:
    bodies: list[list[dict[str, Any]]] = [
        [order(f"o{number}", day, orderNumber=day) for number in range(40)] for day in (D1, D2, D3)
    ]
    pushed = [shop.push("orders", *each) for each in bodies]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(shop.write, reversed(pushed)))
    assert {body["orderNumber"] for body in shop.standing().values()} == {D3}
    assert len(shop.standing()) == 40
    assert {"2026-03-03T12"} <= shop.marked()


def test_a_record_remembers_which_dataset_changed_it(shop: Shop) -> None:
    first = shop.send("payments", payment("p1", D1))
    shop.send("payments", payment("p1", D1))
    stored = get(shop.table, COMPANY, SHOP, "payments", "p1")
    assert stored is not None
    assert (stored.dataset, stored.source_modified, stored.deleted) == (first.id, None, False)
