"""Working out a business day: the documents that are missing from the ledger. Nothing is written here.

documents = render(projection(records of the day, configuration) - posted(day))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from daybook.domain.cases import Stored, assemble
from daybook.domain.catalogue import Catalogue
from daybook.domain.codes import CONFIGURATION, DEAUTHORISED, DELETED, PRECEDENCE
from daybook.domain.configuration import Configuration, read_configuration
from daybook.domain.documents import Posting
from daybook.domain.errors import NotFound
from daybook.domain.garbage import uncollected
from daybook.domain.inactive import use_active
from daybook.domain.invoices import render_invoices
from daybook.domain.ledger import ACTIVE, ReferenceData
from daybook.domain.parts import Parts, Rows
from daybook.domain.projection import Rules, project
from daybook.domain.records import event_times
from daybook.domain.rendering import Plan, Rendering, difference, render_journals
from daybook.domain.resolution import Blocker, LedgerAccounts
from daybook.domain.retention import Closed
from daybook.domain.suspense import completed
from daybook.domain.tie_out import source_totals
from daybook.domain.times import Calendar
from daybook.domain.totals import Totals, added, posted_totals
from daybook.frozen import frozen
from daybook.platforms.interface import Platform
from daybook.services.catalogue import current_catalogue, kept_with
from daybook.services.ledger_connection import ledger_connection
from daybook.services.open_items import OpenItems
from daybook.services.posted_parts import amounts_of, confirmed_parts, parts_of_gone, with_parts
from daybook.services.records import read_day
from daybook.services.runtime import Runtime
from daybook.services.stopped import DELETED_MESSAGE, UNLINKED_MESSAGE, Stopped
from daybook.store import companies, configurations, retention, suspense
from daybook.store.connections import LINKED, Connection
from daybook.store.days import PostedDay
from daybook.store.syncs import HISTORIC, RESTATE, Blocked, Mark, Sync

_DAY = timedelta(days=1)


@frozen
class Context:
    """What planning needs to know of the company, read once for all days."""

    company_id: str
    kind: str
    connection: Connection
    platform: Platform
    reference: ReferenceData
    version: int
    configuration: Configuration
    catalogue: Catalogue
    calendar: Calendar
    cut: datetime
    open_items: OpenItems
    closed: Closed

    @property
    def ledger(self) -> LedgerAccounts:
        """Where tax goes, and the accounts that invoices and bills move.

        Journals may send tax straight to a liability account: the mapping offers those beside the tax rates.
        """
        company = self.reference.company
        taxes = {account.id: account.id for account in self.reference.accounts if account.type == "Liability"}
        taxes |= {rate.id: rate.account for rate in self.reference.tax_rates}
        return LedgerAccounts(taxes, company.receivable_account, company.payable_account)


@frozen
class DayPlan:
    """What a day lacks. `rendering` is None when it lacks nothing or is blocked, `totals` when blocked.

    A day that `waits` has records with events at or after the cut, which may yet change what it should be.
    """

    posted: PostedDay
    rendering: Rendering | None = None
    totals: Totals | None = None
    parts: Parts = field(default_factory=dict)
    confirmed: Sequence[Rows] = ()
    instead: Mapping[Posting, Posting] = field(default_factory=dict)
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[str, ...] = ()
    completed_by: tuple[int, ...] = ()
    waits: bool = False


def read_context(runtime: Runtime, sync: Sync, *, though_off: bool = False) -> Context:
    """What the sync needs to know of its company, `though_off` also of one that is switched off.

    Raises Stopped, AuthorisationLost, SubscriptionExpired.
    """
    try:
        company = companies.find(runtime.table, sync.company_id)
    except NotFound:
        raise Stopped(DELETED, DELETED_MESSAGE) from None
    connection = ledger_connection(runtime, company)
    if connection is None or connection.status != LINKED:
        raise Stopped(DEAUTHORISED, UNLINKED_MESSAGE)
    stored = configurations.current(runtime.table, sync.company_id)
    if stored is None:
        raise Stopped(CONFIGURATION, "The company is not configured. Save a configuration first.")
    configuration = read_configuration(stored.body)
    if not configuration.enabled and not though_off:
        raise Stopped(
            CONFIGURATION, "Syncing is switched off for this company. Switch it on in its configuration."
        )
    platform = runtime.platform_for(connection)
    return Context(
        company_id=sync.company_id,
        kind=sync.kind,
        connection=connection,
        platform=platform,
        reference=platform.reference_data(),
        version=stored.version,
        configuration=configuration,
        catalogue=current_catalogue(runtime, sync.company_id),
        calendar=_calendar(runtime, sync.company_id, configuration),
        cut=datetime.fromisoformat(sync.finish),
        open_items=OpenItems(runtime.days, sync.company_id),
        closed=retention.get(runtime.table, sync.company_id).closed,
    )


def _calendar(runtime: Runtime, company_id: str, configuration: Configuration) -> Calendar:
    """The company's calendar, continued under a changed zone or hour from the last posted day on."""
    schedule = configuration.schedule
    kept = runtime.days.calendar(company_id)
    if kept is None:
        return Calendar.of(schedule.time_zone, schedule.sync_hour)
    return kept.changed(schedule.time_zone, schedule.sync_hour, runtime.days.last_posted(company_id))


def days_to_examine(runtime: Runtime, sync: Sync, context: Context, marks: list[Mark]) -> list[date]:
    """The business days to look at, start date to cut: those changed or, to restate, posted.

    None that is closed: its records may be gone, and what is posted of it stays.
    """
    first = context.configuration.schedule.start_date
    last = context.calendar.day_of(context.cut - timedelta(microseconds=1))
    if sync.kind in (HISTORIC, RESTATE):
        first = max(first, context.calendar.day_of(datetime.fromisoformat(sync.start)))
    if sync.kind == RESTATE:
        first = max(first, date.fromisoformat(sync.after) + _DAY) if sync.after else first
        posted = runtime.days.posted_between(sync.company_id, first, last)
        return [day.day for day in posted if day.amounts and day.day not in context.closed]
    changed = {day for mark in marks for day in context.calendar.days_of_hours(mark.day, mark.hours)}
    held = suspense.before(runtime.table, sync.company_id, context.version)
    changed.update(date.fromisoformat(each.day) for each in held)
    return sorted(
        day
        for day in changed
        if first <= day <= last and day.isoformat() > sync.after and day not in context.closed
    )


def work_out_day(runtime: Runtime, context: Context, day: date) -> DayPlan:
    """The documents a day lacks. A day that is blocked is left as it is, whole."""
    posted = runtime.days.posted(context.company_id, day)
    rules, completed_by = _rules(runtime, context, posted)
    records = uncollected(read_day)(runtime, context.company_id, *context.calendar.window(day))
    cut = cut_of(context, posted)
    projection = project(day, records, rules, cut)
    if projection.blockers:
        blocked = _blocked(day, projection.blockers)
        return DayPlan(posted, blocked=blocked, warnings=projection.warnings)
    confirmed = confirmed_parts(runtime, context.company_id, posted)
    gone = parts_of_gone(runtime, context.company_id, records, confirmed)
    projection = with_parts(projection, gone)
    changes = difference(projection.amounts, posted.amounts)
    changes, missing, instead = use_active(
        changes, context.reference, context.configuration, restates=context.kind == RESTATE
    )
    missing = (*missing, *_contacts_missing(changes, rules.configuration, context.reference))
    if missing:
        return DayPlan(posted, blocked=_blocked(day, missing), warnings=projection.warnings)
    totals = source_totals(day, assemble(records, rules.calendar), rules, cut)
    totals = added(totals, posted_totals(amounts_of(gone)))
    # A restated day takes the configuration in force also when that changes nothing in the books yet.
    restated = context.kind == RESTATE and posted.amounts
    rendering = _render(context, rules, posted, changes) if changes or restated else None
    if rendering is not None:
        context.open_items.plan(rendering.documents)
    warnings = projection.warnings
    parts = projection.parts
    waits = _waits(records, rules.calendar, cut)
    return DayPlan(posted, rendering, totals, parts, confirmed, instead, (), warnings, completed_by, waits)


def _waits(records: Iterable[Stored], calendar: Calendar, cut: datetime) -> bool:
    return any(calendar.instant(time) >= cut for each in records for time in event_times(each.record))


def cut_of(context: Context, posted: PostedDay) -> datetime:
    """Up to when a day's events count: the sync's cut, or the later one of a sync before it.

    Otherwise a sync that ends within a day would take back what was posted of the rest of it.
    """
    return max(context.cut, posted.cut or context.cut)


def keeps_its_rules(posted: PostedDay, kind: str) -> bool:
    """Whether a day keeps the configuration and catalogue it was posted under: unless it is restated."""
    return bool(posted.amounts and posted.configuration and kind != RESTATE)


def _rules(runtime: Runtime, context: Context, posted: PostedDay) -> tuple[Rules, tuple[int, ...]]:
    """What the day is projected under, and the configurations that completed the one it keeps."""
    configuration, catalogue = context.configuration, context.catalogue
    completed_by: tuple[int, ...] = ()
    if keeps_its_rules(posted, context.kind):
        configuration = _version(runtime, context, posted.configuration)
        catalogue = kept_with(runtime.days.catalogue(context.company_id, posted.catalogue), catalogue)
        if configuration.suspense_account:
            for version in (*posted.completed_by, context.version):
                before = configuration
                configuration = completed(configuration, _version(runtime, context, version))
                if configuration != before:
                    completed_by = (*completed_by, version)
    return Rules(configuration, catalogue, context.ledger, context.calendar), completed_by


def _version(runtime: Runtime, context: Context, version: int) -> Configuration:
    if version == context.version:
        return context.configuration
    return read_configuration(configurations.get(runtime.table, context.company_id, version).body)


def _contacts_missing(
    changes: Mapping[Posting, Decimal], configuration: Configuration, reference: ReferenceData
) -> tuple[Blocker, ...]:
    """The customer or supplier that a day's documents need and the ledger has no more."""
    if not changes or configuration.is_journal:
        return ()
    found = []
    for wanted, known, what in (
        (configuration.customer, reference.customers, "customer"),
        (configuration.supplier if configuration.sync_fees else "", reference.suppliers, "supplier"),
    ):
        if wanted and not any(contact.id == wanted and contact.status == ACTIVE for contact in known):
            message = f"The {what} selected is archived or no longer exists. Select another one."
            found.append(Blocker(CONFIGURATION, message))
    return tuple(found)


def _render(
    context: Context, rules: Rules, posted: PostedDay, changes: Mapping[Posting, Decimal]
) -> Rendering:
    settled = {posting.settles for posting in changes if posting.settles}
    lock = context.reference.company.lock_date
    plan = Plan(
        code=sha256(context.company_id.encode()).hexdigest()[:5],
        day=posted.day,
        dated=lock + _DAY if lock is not None and posted.day <= lock else posted.day,
        revision=posted.revision + 1,
        configuration=rules.configuration,
        ledger=rules.ledger,
        bank_accounts=frozenset(account.id for account in context.reference.accounts if account.is_bank),
        open_items=context.open_items.of_days({*settled, posted.day.isoformat()}),
        posted=posted.amounts,
    )
    return (
        render_journals(changes, plan) if rules.configuration.is_journal else render_invoices(changes, plan)
    )


def _blocked(day: date, blockers: tuple[Blocker, ...]) -> tuple[Blocked, ...]:
    ranked = sorted(blockers, key=lambda blocker: PRECEDENCE.index(blocker.code))
    return tuple(Blocked(day.isoformat(), each.code, each.message, each.record) for each in ranked[:20])
