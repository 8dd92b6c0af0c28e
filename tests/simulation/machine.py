"""A merchant, a partner, a ledger and bad luck, in any order; the books end as the fold of the records."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from daybook.domain.errors import BadRequest
from daybook.services import syncs
from daybook.services.configure import read_configuration, save_configuration
from daybook.services.connections import authorise, find_connection, unlink
from daybook.services.ingest import push_records
from daybook.services.sandbox import update_account, update_books
from daybook.store import configurations
from daybook.store.companies import Company
from daybook.store.ledger import Ledger
from daybook.store.syncs import FINISHED, NOTHING_TO_WRITE, RESTATE, SUCCESSFUL, Sync
from daybook.wire.companies import Authorization
from daybook.wire.sandbox import AccountUpdate, BooksUpdate
from local.merchant import selection as posted_selection
from tests.simulation.deployment import Deployment
from tests.simulation.faults import FAULTS, PLATFORM_WRITE, Fault
from tests.simulation.model import ARCHIVABLE, START, ZONES, Model, Selection, edited
from tests.simulation.proof import (
    check_entries,
    check_listed,
    check_one_at_a_time,
    check_tie_out,
    entries_of,
    kept_configurations,
    moved_by_day,
    spans_of,
)
from tests.simulation.trade import CATALOGUE, LAST_DAY, Record, modified, numbers, orders, records

BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)
AFTERWARDS = datetime(2026, 3, 12, tzinfo=UTC)
instants = st.integers(0, LAST_DAY * 4 + 8).map(lambda quarter: BEGINNING + timedelta(hours=6 * quarter))
whats = st.sampled_from(sorted({what for kinds in FAULTS.values() for what in kinds}))


@cache
def opened() -> tuple[list[dict[str, Any]], Company, int]:
    """A company with its books open and its catalogue pushed, made once: items, company, ids made."""
    world = Deployment()
    company = world.open_company()
    for data_type in ("productCategories", "products"):
        bodies = [modified(record, 0)[1] for record in CATALOGUE if record[0] == data_type]
        world.push(company, data_type, bodies)
    world.clock.moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    return world.table.everything(), company, world.runtime.ids.made  # type: ignore[attr-defined]


class LedgerMachine(RuleBasedStateMachine):
    """Every rule is something that a partner, a merchant, a bookkeeper or the machinery does."""

    def __init__(self) -> None:
        super().__init__()
        items, self.company, made = opened()
        self.world = Deployment()
        self.world.runtime.ids.made = made  # type: ignore[attr-defined]
        self.world.table.batch_put(items)
        self.model = Model()
        self.version = 0
        self.kept: dict[date, int] = {}
        self.restated: set[str] = set()
        self.archived: set[str] = set()
        self.replaced = False
        self.selection = Selection()
        self._configure(self.selection)
        self.world.watch = self.watch_kept_configurations

    # What the partner does.

    @rule(record=records(), now=st.booleans())
    def push(self, record: Record, now: bool) -> None:  # noqa: FBT001
        self.version += 1
        self._push(modified(record, self.version))
        if now:
            self.world.deliver()

    @rule(record=numbers.flatmap(orders))
    def edit_while_a_sync_runs(self, record: Record) -> None:
        self._request_latest(AFTERWARDS)
        self.world.work()
        self.push(record, now=False)
        self.world.work(1)

    @precondition(lambda self: self.model.standing)
    @rule(data=st.data(), stale=st.sampled_from(["same", "same date", "older"]))
    def send_again(self, data: st.DataObject, stale: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.standing)))
        kind, body = self.model.standing[key]
        if stale != "same" and kind == "orders":
            body = {
                **data.draw(orders(int(body["id"][1:])))[1],
                "sourceModifiedDate": body["sourceModifiedDate"],
            }
            if stale == "older":
                body = modified((kind, body), 0)[1]
        self._push((kind, body))

    @precondition(lambda self: self.model.standing)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        kind, body = self.model.standing[data.draw(st.sampled_from(sorted(self.model.standing)))]
        self._send(kind, {"id": body["id"]})
        self.model.delete(kind, body["id"])

    # What the merchant does.

    @precondition(lambda self: not self.archived)
    @rule(
        output_format=st.sampled_from(["Invoice", "JournalEntry"]),
        sales=st.sampled_from(["Sales", "Other sales"]),
        cash=st.sampled_from(["Cash on hand", "Mobile payments clearing"]),
        refund=st.sampled_from(["Refunds", "Sales"]),
        standard=st.sampled_from(["20%", "10%"]),
        by_location=st.booleans(),
        by_category=st.booleans(),
    )
    def configure(self, **changes: Any) -> None:
        self._configure(edited(self.selection, **changes))

    @precondition(lambda self: not self.archived)
    @rule(zone=st.sampled_from(ZONES), sync_hour=st.sampled_from([0, 4]))
    def move_days(self, zone: str, sync_hour: int) -> None:
        self._configure(edited(self.selection, zone=zone, sync_hour=sync_hour))

    @rule(finish=st.one_of(instants, st.just(AFTERWARDS)), now=st.booleans())
    def sync_latest(self, finish: datetime, now: bool) -> None:  # noqa: FBT001
        self._request_latest(finish)
        if now:
            self.world.deliver()

    @rule(start=instants, finish=instants)
    def sync_historic(self, start: datetime, finish: datetime) -> None:
        first, last = min(start, finish), max(start, finish) + timedelta(hours=6)
        self._ask(lambda: syncs.request_historic(self.world.runtime, self.company, first, last))

    @rule(due=instants)
    def sync_scheduled(self, due: datetime) -> None:
        self.world.attempt(lambda: syncs.request_scheduled(self.world.runtime, self.company.id, due))

    @rule(start=instants, finish=instants)
    def restate(self, start: datetime, finish: datetime) -> None:
        first, last = min(start, finish), max(start, finish) + timedelta(hours=6)
        self._ask(lambda: syncs.request_restate(self.world.runtime, self.company, first, last))

    # What the bookkeeper does.

    @rule(day=st.one_of(st.none(), st.integers(1, 8)))
    def lock(self, day: int | None) -> None:
        self._lock(f"2026-03-{day + 1:02}" if day else "")

    @precondition(lambda self: not self.archived)
    @rule(name=st.sampled_from(ARCHIVABLE))
    def archive(self, name: str) -> None:
        self._account(name, "Archived")
        self.archived.add(name)
        self.replaced = True

    @precondition(lambda self: self.archived)
    @rule()
    def restore(self) -> None:
        for name in sorted(self.archived):
            self._account(name, "Active")
        self.archived.clear()

    @rule()
    def unlink_for_a_while(self) -> None:
        runtime = self.world.runtime
        connection_id = self.world_ledger()
        self.world.attempt(lambda: unlink(runtime, find_connection(runtime, self.company, connection_id)))
        self.world.work()
        self._relink()

    # What the machinery does.

    @rule(count=st.integers(1, 4), pick=st.integers(0, 2))
    def work(self, count: int, pick: int) -> None:
        for _ in range(count):
            self.world.work(pick)

    @rule(call=st.integers(0, 120), what=whats)
    def fail(self, call: int, what: str) -> None:
        self.world.injector.arm(Fault(call, what))

    @rule(call=st.integers(0, 60), what=whats)
    def fail_while_working(self, call: int, what: str) -> None:
        self._request_latest(AFTERWARDS)
        self.world.work()
        self.world.injector.arm(Fault(call, what))
        self.world.deliver()

    @rule(number=st.integers(0, 3), what=st.sampled_from(FAULTS[PLATFORM_WRITE]))
    def fail_while_writing(self, number: int, what: str) -> None:
        self._request_latest(AFTERWARDS)
        self.world.work()
        self.world.injector.arm(Fault(number, what, PLATFORM_WRITE))
        self.world.deliver()

    @invariant()
    def one_sync_at_a_time(self) -> None:
        check_one_at_a_time(self.world, self.company)

    def watch_kept_configurations(self) -> None:
        """After every message: a posted day has another configuration if it was restated, not otherwise."""
        found = kept_configurations(self.world, self.company)
        restates = {
            sync.id for sync in self.world.runtime.syncs.newest_first(self.company.id) if sync.kind == RESTATE
        }
        for day, version in found.items():
            if self.kept.get(day, version) != version:
                assert self.world.runtime.days.posted(self.company.id, day).planned_by in restates
        self.kept = found

    def teardown(self) -> None:
        self.world.injector.arm(None)
        self.restore()
        self._relink()
        self.world.deliver()
        if self.replaced:  # what was posted elsewhere meanwhile goes back when its day is looked at again
            self._touch_every_day()
        final = self._finish()
        assert final.status_code in SUCCESSFUL, (final.status_code, final.exception_message)
        check_tie_out(self.world, self.company, final)
        check_listed(self.world, self.company)
        entries = entries_of(self.world, self.company)
        check_entries(entries, START)
        expected = self.model.books(
            self.selection,
            kept_configurations(self.world, self.company),
            spans_of(self.world, self.company),
        )
        found = moved_by_day(self.world, self.company)
        assert found == expected, f"{found} is not {expected}"
        assert max(self.world.writes.values(), default=1) == 1
        again = self._finish()
        assert again.status_code == NOTHING_TO_WRITE
        assert len(entries_of(self.world, self.company)) == len(entries)
        assert all(sync.stage == FINISHED for sync in self.world.runtime.syncs.newest_first(self.company.id))

    # How they do it.

    def world_ledger(self) -> str:
        from daybook.services.connections import ledger_connection_id

        return ledger_connection_id(self.world.runtime, self.company)

    def _push(self, record: Record) -> None:
        self._send(*record)
        self.model.push(record)

    def _send(self, data_type: str, body: dict[str, Any]) -> None:
        raw = json.dumps([body], default=str).encode()
        self.world.attempt(lambda: push_records(self.world.runtime, self.company.id, None, data_type, raw))

    def _ask(self, request: Any) -> Sync | None:
        def asked() -> Sync | None:
            try:
                answer: Sync = request()
            except BadRequest:
                return None
            return answer

        return self.world.attempt(asked)

    def _request_latest(self, finish: datetime) -> Sync | None:
        return self._ask(lambda: syncs.request_latest(self.world.runtime, self.company, finish))

    def _finish(self) -> Sync:
        asked = self._request_latest(self.world.clock.now())
        self.world.deliver()
        assert asked is not None
        return syncs.read_sync(self.world.runtime, self.company, asked.id)

    def _configure(self, selection: Selection) -> None:
        runtime, company = self.world.runtime, self.company

        def save() -> int:
            options = json.loads(json.dumps(read_configuration(runtime, company), default=str))
            body = posted_selection(options, selection.choices())
            levels = body["configuration"]["sales"]["grouping"]["groupingLevels"]
            levels["invoiceLevel"] = {"selectedGroupByOptions": ["Location"] if selection.by_location else []}
            save_configuration(runtime, company, body)
            saved = configurations.current(runtime.table, company.id)
            assert saved is not None
            return saved.version

        version = self.world.attempt(save)
        self.selection = self.model.selections[version] = selection

    def _lock(self, lock_date: str) -> None:
        request = BooksUpdate.model_validate({"lockDate": lock_date})
        self.world.attempt(lambda: update_books(self.world.runtime, self.company, request))

    def _account(self, name: str, status: str) -> None:
        def change() -> None:
            books = Ledger(self.world.table, self.company.id).read()
            assert books is not None
            account = next(each for each in books.data.accounts if each.name == name)
            request = AccountUpdate.model_validate({"status": status})
            update_account(self.world.runtime, self.company, account.id, request)

        self.world.attempt(change)

    def _relink(self) -> None:
        runtime, connection_id = self.world.runtime, self.world_ledger()

        def link() -> None:
            connection = find_connection(runtime, self.company, connection_id)
            authorise(runtime, self.company, connection, Authorization.model_validate({}))

        self.world.attempt(link)

    def _touch_every_day(self) -> None:
        from tests.scenarios.shapes import line, order, payment

        for number in range(1, LAST_DAY + 4):
            paid = payment(f"x{number}", "1.00", "Cash", on=number)
            record = order(f"x{number}", [line("1.00")], [paid], on=number)
            self._push(replace_modified(record))


def replace_modified(record: Record) -> Record:
    """The record, as its source changed it last of all."""
    return record[0], {**record[1], "sourceModifiedDate": "2026-03-30T00:00:00Z"}
