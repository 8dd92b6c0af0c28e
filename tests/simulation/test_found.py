"""Cases in which the simulation once found the product wrong, each as small as it can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from daybook.services import syncs
from daybook.services.sandbox import update_account
from daybook.store.ledger import Ledger
from daybook.store.syncs import NOTHING_TO_WRITE, WRITTEN, Sync
from daybook.wire.sandbox import AccountUpdate
from tests.scenarios.shapes import at, line, order, payment, transaction
from tests.simulation.model import Selection
from tests.simulation.world import World

CONFIGURATION = 4000
FORMATS = ("Invoice", "JournalEntry")


@pytest.mark.parametrize("output_format", FORMATS)
def test_money_given_back_on_account_needs_no_refund_document(output_format: str) -> None:
    """A refund of type Invoice leaves the credit note open; the ledger takes no money from the receivable."""
    world = World()
    company = world.open_company()
    payments = [payment("p1", "10.00", "Cash"), payment("p2", "-3.00", "Invoice", on=2)]
    world.push(company, "orders", [order("o1", [line("10.00")], payments)[1]])
    world.configure(company, replace(Selection(output_format=output_format).choices(), start="2026-03-01"))
    sync = world.sync(company)
    assert (sync.status_code, sync.error_message) == (WRITTEN, "")
    assert world.balances(company) == {
        ("GBP", "Cash on hand"): Decimal(10),
        ("GBP", "Sales"): Decimal(-10),
        ("GBP", "Refunds"): Decimal(3),
        ("GBP", "Accounts receivable"): Decimal(-3),
    }
    assert world.sync(company).status_code == NOTHING_TO_WRITE


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_receipt_leaves_its_order_again(output_format: str) -> None:
    """A payment joined to an order late, or no more, moves the receivable without a document of its own."""
    world = World()
    company = world.open_company()
    world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "8.00", "Cash")])[1]])
    world.push(company, "payments", [payment("q1", "2.00", "Card")])
    world.configure(company, replace(Selection(output_format=output_format).choices(), start="2026-03-01"))
    assert world.sync(company).status_code == WRITTEN
    joined = transaction("q1", "Payment", "2.00", source=("Order", "o1"))[1]
    for bodies in ([joined], [{"id": "q1"}]):
        world.push(company, "transactions", bodies)
        sync = world.sync(company)
        assert (sync.status_code in (WRITTEN, NOTHING_TO_WRITE), sync.error_message) == (True, "")
        assert world.balances(company) == {
            ("GBP", "Cash on hand"): Decimal(8),
            ("GBP", "Card clearing"): Decimal(2),
            ("GBP", "Sales"): Decimal(-10),
        }


@pytest.mark.parametrize("kind", ["latest", "historic", "restate"])
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_sync_that_ends_earlier_takes_nothing_back(output_format: str, kind: str) -> None:
    """A day posted to its end stays posted to its end, though a later sync of it is cut at noon."""
    world = World()
    company = world.open_company()

    def sold(number: int, clock: str, price: str) -> dict[str, object]:
        when = at(1, clock)
        paid = payment(f"p{number}", price, "Cash", created=when)
        return order(f"o{number}", [line(price)], [paid], created=when)[1]

    world.push(company, "orders", [sold(1, "09:00:00", "1.00"), sold(2, "15:00:00", "2.00")])
    world.configure(company, replace(Selection(output_format=output_format).choices(), start="2026-03-01"))
    assert world.sync(company).status_code == WRITTEN
    late = sold(3, "10:00:00", "4.00")
    world.push(company, "orders", [late])
    begin, noon = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)
    match kind:
        case "latest":
            syncs.request_latest(world.runtime, company, noon)
        case "historic":
            syncs.request_historic(world.runtime, company, begin, noon)
        case _:
            syncs.request_restate(world.runtime, company, begin, noon)
    world.deliver()
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(7), ("GBP", "Sales"): Decimal(-7)}
    assert world.sync(company).status_code == NOTHING_TO_WRITE


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_restatement_never_posts_to_an_archived_account(output_format: str) -> None:
    """It is blocked, and says why; with the account restored it moves the day."""
    world = World()
    company = world.open_company()
    world.push(company, "orders", [order("o1", [line("10.00")], [payment("p1", "10.00", "Cash")])[1]])
    chosen = replace(Selection(output_format).choices(), start="2026-03-01")
    world.configure(company, chosen)
    assert world.sync(company).status_code == WRITTEN
    world.configure(company, replace(chosen, accounts={**chosen.accounts, "sales": "Other sales"}))

    def set_status(status: str) -> None:
        books = Ledger(world.table, company.id).read()
        assert books is not None
        account = next(each for each in books.data.accounts if each.name == "Sales")
        update_account(world.runtime, company, account.id, AccountUpdate.model_validate({"status": status}))

    def restate() -> Sync:
        begin, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
        asked = syncs.request_restate(world.runtime, company, begin, end)
        world.deliver()
        return syncs.read_sync(world.runtime, company, asked.id)

    set_status("Archived")
    blocked = restate()
    assert blocked.status_code == CONFIGURATION
    assert "'sales'" in blocked.error_message
    assert world.balances(company) == {("GBP", "Cash on hand"): Decimal(10), ("GBP", "Sales"): Decimal(-10)}
    set_status("Active")
    assert restate().status_code == WRITTEN
    assert world.balances(company)["GBP", "Other sales"] == Decimal(-10)
    assert world.sync(company).status_code == NOTHING_TO_WRITE
