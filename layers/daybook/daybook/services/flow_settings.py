"""What a merchant sees on later visits: how their syncs stand, and what they may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING

from daybook.domain.configuration import read_configuration
from daybook.domain.schedule import next_due
from daybook.frozen import frozen
from daybook.services.companies import delete_company
from daybook.services.connections import erase_connection, unlink
from daybook.services.flow_fields import Field
from daybook.services.said import Said, said
from daybook.services.show_sync import LONG_IN_PROGRESS, show_status
from daybook.store import configurations, due, flow_drafts
from daybook.store.connections import LINKED, PENDING, list_connections
from daybook.store.syncs import IN_PROGRESS, SUCCESSFUL, Blocked, Sync

if TYPE_CHECKING:
    from daybook.services.flow_setup import Setup
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

PAGE = 10
GOOD, BAD, BUSY = "good", "bad", "busy"


@frozen
class SyncRow:
    """A sync in the history. `state` is good, bad or busy; times are instants."""

    id: str
    code: int
    state: str
    asked: datetime
    start: datetime
    finish: datetime
    message: str
    blocked: tuple[Blocked, ...]
    omitted: int


@frozen
class History:
    """A page of the history; `older` is the id to ask for the next page with, "" on the last."""

    rows: tuple[SyncRow, ...]
    older: str


@frozen
class Standing:
    """How a company's syncs stand. `zone` is the one its times are shown in; None for what is not."""

    is_on: bool
    zone: str
    last: SyncRow | None
    next: datetime | None
    is_running: bool
    connections: tuple[Connection, ...] = field(default=())

    @property
    def ledger(self) -> Connection | None:
        """The connection to the books: the linked one, else the newest that was."""
        books = [each for each in self.connections if each.source_type == "Accounting"]
        return max(books, key=lambda each: (each.status == LINKED, each.created), default=None)

    @property
    def is_linked(self) -> bool:
        """Whether the books are linked."""
        return self.ledger is not None and self.ledger.status == LINKED


def standing(runtime: Runtime, company: Company) -> Standing:
    """How a company's syncs stand."""
    stored = configurations.current(runtime.table, company.id)
    schedule = read_configuration(stored.body).schedule if stored else None
    waiting = due.get(runtime.table, company.id)
    newest = runtime.syncs.older(company.id, 1)
    is_on = stored is not None and stored.body["enable"]
    upcoming = None
    if is_on and schedule is not None:
        upcoming = waiting.at if waiting else next_due(schedule, runtime.clock.now())
    return Standing(
        is_on=is_on,
        zone=schedule.time_zone if schedule else "Etc/UTC",
        last=_row(runtime, newest[0]) if newest else None,
        next=upcoming,
        is_running=runtime.syncs.active(company.id) is not None,
        connections=tuple(
            each for each in list_connections(runtime.table, company.id) if each.status != PENDING
        ),
    )


def history(runtime: Runtime, company: Company, before: str) -> History:
    """A page of a company's syncs, newest first; those older than the one with this id, where given."""
    found = runtime.syncs.older(company.id, PAGE + 1, before)
    rows = tuple(_row(runtime, sync) for sync in found[:PAGE])
    return History(rows, rows[-1].id if len(found) > PAGE else "")


def chosen_in(fields: Iterable[Field]) -> tuple[tuple[Said, Said | date], ...]:
    """What is chosen in a page's fields: label and choice, of those where anything is."""
    return tuple((each.label, _choice(each)) for each in fields if each.value and not each.is_suggested)


def text_of(shown: Field) -> Said:
    """What a field's choice is called."""
    options = (option for group in shown.groups for option in group.options)
    found = next((option.text for option in options if option.value == shown.value), None)
    return found or said("flow.literal", text=shown.value)


def deauthorise(runtime: Runtime, company: Company) -> None:
    """Take away the access to the company's books; configuration and history stay."""
    for connection in _books(runtime, company):
        if connection.status == LINKED:
            unlink(runtime, connection)


def delete_books(runtime: Runtime, company: Company) -> None:
    """Remove the connection to the company's books, with the configuration made for them."""
    for connection in _books(runtime, company):
        erase_connection(runtime, connection)
    flow_drafts.drop(runtime.table, company.id)


def delete_all(runtime: Runtime, company: Company) -> None:
    """Delete the company; what was posted stays in its books."""
    delete_company(runtime, company)


def has_trouble(setup: Setup) -> bool:
    """Whether the configuration in force cannot be kept as it is, so that the next sync will fail."""
    return not setup.is_open and not setup.waits and bool(setup.problems)


def _choice(shown: Field) -> Said | date:
    try:
        return date.fromisoformat(shown.value) if shown.id == "start" else text_of(shown)
    except ValueError:
        return text_of(shown)


def _books(runtime: Runtime, company: Company) -> list[Connection]:
    return [each for each in list_connections(runtime.table, company.id) if each.source_type == "Accounting"]


def _row(runtime: Runtime, sync: Sync) -> SyncRow:
    code = show_status(runtime, sync).sync_status_code
    is_busy = code in (IN_PROGRESS, LONG_IN_PROGRESS)
    return SyncRow(
        id=sync.id,
        code=code,
        state=BUSY if is_busy else GOOD if code in SUCCESSFUL else BAD,
        asked=datetime.fromisoformat(sync.started or sync.requested),
        start=datetime.fromisoformat(sync.start),
        finish=datetime.fromisoformat(sync.finish),
        message=sync.error_message,
        blocked=sync.blocked,
        omitted=sync.omitted,
    )
