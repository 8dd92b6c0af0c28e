"""Planning a sync: for every business day that changed, the documents that are missing from the ledger.

documents = render(projection(records of the day, configuration) - posted(day))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from daybook.domain.cases import assemble
from daybook.domain.configuration import Configuration, read_configuration
from daybook.domain.documents import Posting
from daybook.domain.errors import AuthorisationLost, NotFound, SubscriptionExpired
from daybook.domain.inactive import use_active
from daybook.domain.invoices import render_invoices
from daybook.domain.ledger import ACTIVE, ReferenceData
from daybook.domain.projection import Rules, project
from daybook.domain.rendering import Plan, Rendering, add_effects, difference, render_journals
from daybook.domain.resolution import CONFIGURATION, PRECEDENCE, Blocker, Catalogue, LedgerAccounts
from daybook.domain.tie_out import source_totals
from daybook.domain.times import Calendar
from daybook.platforms.interface import Platform
from daybook.services.catalogue import current_catalogue, kept_with
from daybook.services.connections import LINKED, ledger_connection
from daybook.services.finish_sync import DEAUTHORISED, SUBSCRIPTION_EXPIRED, end_early, finish_sync
from daybook.services.open_items import OpenItems
from daybook.services.records import read_day
from daybook.services.runtime import Runtime
from daybook.services.settle_outstanding import settle_outstanding
from daybook.services.syncs import iso
from daybook.store import companies, configurations
from daybook.store.connections import Connection
from daybook.store.days import PostedDay
from daybook.store.documents import StoredDocument, document_key
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.syncs import HISTORIC, PLANNING, PUSHING, RESTATE, Blocked, Mark, Sync
from daybook.store.table import Write
from daybook.wire.messages import PushMessage, body_of

_DAY = timedelta(days=1)
# DynamoDB takes 100 writes in a transaction; a document is two of them, the day one.
_DOCUMENTS_AT_ONCE = 49


@dataclass(frozen=True, slots=True)
class _Context:
    """What planning needs to know of the company, read once for all days."""

    company_id: str
    connection: Connection
    platform: Platform
    reference: ReferenceData
    version: int
    configuration: Configuration
    catalogue: Catalogue
    catalogue_digest: str
    calendar: Calendar
    cut: datetime
    open_items: OpenItems

    @property
    def ledger(self) -> LedgerAccounts:
        """Where tax goes, and the accounts that invoices and bills move.

        Journals may send tax straight to a liability account: the mapping offers those beside the tax rates.
        """
        company = self.reference.company
        taxes = {account.id: account.id for account in self.reference.accounts if account.type == "Liability"}
        taxes |= {rate.id: rate.account for rate in self.reference.tax_rates}
        return LedgerAccounts(taxes, company.receivable_account, company.payable_account)


class _Stopped(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def start_sync(runtime: Runtime, company_id: str) -> None:
    """Run the company's oldest queued sync, unless one runs; take up one whose planning was interrupted."""
    active = runtime.syncs.active(company_id)
    if active is None:
        sync = runtime.syncs.start_next(company_id, iso(runtime.clock.now()))
    else:
        sync = runtime.syncs.get(company_id, active)
    if sync is not None and sync.stage == PLANNING:
        plan_sync(runtime, sync)


def plan_sync(runtime: Runtime, sync: Sync) -> None:
    """Store every document the sync must write, then hand over to the push queue; or end the sync."""
    try:
        context = _context(runtime, sync)
    except _Stopped as stopped:
        end_early(runtime, sync, stopped.code, stopped.message)
        return
    except AuthorisationLost as lost:
        end_early(runtime, sync, DEAUTHORISED, lost.message)
        return
    except SubscriptionExpired as expired:
        end_early(runtime, sync, SUBSCRIPTION_EXPIRED, expired.message)
        return
    marks = runtime.days.marks(sync.company_id)
    examined = _days(runtime, sync, context, marks)
    blocked: list[Blocked] = []
    warnings: list[str] = []
    planned: list[str] = []
    for day in examined:
        outcome = _plan_day(runtime, sync, context, day)
        blocked.extend(outcome.blocked)
        warnings.extend(outcome.warnings)
        if outcome.documents:
            planned.append(day.isoformat())
    changed = replace(
        sync,
        connection_id=context.connection.id,
        marks=tuple(marks),
        examined=tuple(day.isoformat() for day in examined),
        days=tuple(planned),
        blocked=tuple(blocked),
        warnings=tuple(dict.fromkeys(warnings)),
    )
    if not planned:
        finish_sync(runtime, changed)
        return
    message = PushMessage(company_id=sync.company_id, connection_id=context.connection.id, sync_id=sync.id)
    now = iso(runtime.clock.now())
    push = outbox_put(PUSH, context.connection.id, body_of(message), runtime.ids.new(), now)
    runtime.syncs.save(replace(changed, stage=PUSHING), push)


def _context(runtime: Runtime, sync: Sync) -> _Context:
    try:
        company = companies.find(runtime.table, sync.company_id)
    except NotFound:
        raise _Stopped(DEAUTHORISED, "The company was deleted.") from None
    connection = ledger_connection(runtime, company)
    if connection is None or connection.status != LINKED:
        raise _Stopped(
            DEAUTHORISED, "The accounting software is not linked any more. Link it again to go on."
        )
    stored = configurations.current(runtime.table, sync.company_id)
    if stored is None:
        raise _Stopped(CONFIGURATION, "The company is not configured. Save a configuration first.")
    configuration = read_configuration(stored.body)
    if not configuration.enabled:
        raise _Stopped(CONFIGURATION, "Syncing is switched off for this company.")
    platform = runtime.platform_for(connection)
    catalogue = current_catalogue(runtime, sync.company_id)
    return _Context(
        company_id=sync.company_id,
        connection=connection,
        platform=platform,
        reference=platform.reference_data(),
        version=stored.version,
        configuration=configuration,
        catalogue=catalogue,
        catalogue_digest=runtime.days.save_catalogue(sync.company_id, catalogue),
        calendar=_calendar(runtime, sync.company_id, configuration),
        cut=datetime.fromisoformat(sync.finish),
        open_items=OpenItems(runtime.days, sync.company_id),
    )


def _calendar(runtime: Runtime, company_id: str, configuration: Configuration) -> Calendar:
    """The company's calendar, continued under a changed zone or hour from the last posted day on."""
    schedule = configuration.schedule
    kept = runtime.days.calendar(company_id)
    if kept is None:
        calendar = Calendar.of(schedule.time_zone, schedule.sync_hour)
    else:
        last = runtime.days.last_posted(company_id)
        calendar = kept.changed(schedule.time_zone, schedule.sync_hour, last)
    if calendar != kept:
        runtime.days.save_calendar(company_id, calendar)
    return calendar


def _days(runtime: Runtime, sync: Sync, context: _Context, marks: list[Mark]) -> list[date]:
    """The business days to look at, start date to cut: those changed or, to restate, posted."""
    first = context.configuration.schedule.start_date
    last = context.calendar.day_of(context.cut - timedelta(microseconds=1))
    if sync.kind in (HISTORIC, RESTATE):
        first = max(first, context.calendar.day_of(datetime.fromisoformat(sync.start)))
    if sync.kind == RESTATE:
        posted = runtime.days.posted_between(sync.company_id, first, last)
        return [day.day for day in posted if day.amounts]
    changed = {day for mark in marks for day in context.calendar.days_of_hours(mark.day, mark.hours)}
    return sorted(day for day in changed if first <= day <= last)


@dataclass(frozen=True, slots=True)
class _Outcome:
    documents: bool = False
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[str, ...] = ()


def _plan_day(runtime: Runtime, sync: Sync, context: _Context, day: date) -> _Outcome:
    """Store what a day lacks. A day that is blocked is left as it is, whole."""
    posted = runtime.days.posted(sync.company_id, day)
    if posted.planned_by == sync.id:
        # Planning was interrupted after this day: its documents are stored, and none has been sent.
        mine = [
            stored
            for stored in runtime.documents.of_day(sync.company_id, day.isoformat())
            if stored.sync_id == sync.id
        ]
        context.open_items.plan(stored.document for stored in mine)
        return _Outcome(documents=bool(mine))
    settle_outstanding(runtime, context.platform, sync.company_id, day)
    posted = runtime.days.posted(sync.company_id, day)
    rules = _rules(runtime, sync, context, posted)
    records = read_day(runtime, sync.company_id, *context.calendar.window(day))
    projection = project(day, records, rules, context.cut)
    if projection.blockers:
        return _Outcome(blocked=_blocked(day, projection.blockers), warnings=projection.warnings)
    changes = difference(projection.amounts, posted.amounts)
    changes, missing = use_active(changes, context.reference, context.configuration)
    missing = (*missing, *_contacts_missing(changes, rules.configuration, context.reference))
    if missing:
        return _Outcome(blocked=_blocked(day, missing), warnings=projection.warnings)
    totals = source_totals(day, assemble(records, rules.calendar.zone_of(day)), rules, context.cut)
    runtime.days.save_source_totals(sync.company_id, sync.id, day, totals)
    if not changes:
        return _Outcome(warnings=projection.warnings)
    rendering = _render(context, rules, posted, changes)
    context.open_items.plan(rendering.documents)
    _store(runtime, sync, context, posted, rendering)
    return _Outcome(documents=bool(rendering.documents), warnings=projection.warnings)


def _rules(runtime: Runtime, sync: Sync, context: _Context, posted: PostedDay) -> Rules:
    """A posted day keeps its configuration and catalogue, unless it is being restated."""
    configuration, catalogue = context.configuration, context.catalogue
    if posted.amounts and posted.configuration and sync.kind != RESTATE:
        kept = configurations.get(runtime.table, sync.company_id, posted.configuration)
        configuration = read_configuration(kept.body)
        catalogue = kept_with(runtime.days.catalogue(sync.company_id, posted.catalogue), catalogue)
    return Rules(configuration, catalogue, context.ledger, context.calendar)


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
    context: _Context, rules: Rules, posted: PostedDay, changes: Mapping[Posting, Decimal]
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


def _store(runtime: Runtime, sync: Sync, context: _Context, posted: PostedDay, rendering: Rendering) -> None:
    """Keep the documents before anything is sent; the day with the last of them, so that a plan is whole."""
    now = iso(runtime.clock.now())
    stored = [
        StoredDocument(
            document_key(sync.company_id, document.reference),
            sync.company_id,
            sync.id,
            ordinal,
            document,
            requested=now,
        )
        for ordinal, document in enumerate(rendering.documents)
    ]
    keeps = posted.amounts and posted.configuration and sync.kind != RESTATE
    planned = replace(
        posted,
        amounts=add_effects(dict(posted.amounts), rendering.silent.items()),
        revision=posted.revision + 1 if stored else posted.revision,
        configuration=posted.configuration if keeps else context.version,
        catalogue=posted.catalogue if keeps else context.catalogue_digest,
        planned_by=sync.id,
    )
    runtime.documents.discard(sync.company_id, posted.day.isoformat(), sync.id)
    while len(stored) > _DOCUMENTS_AT_ONCE:
        first, stored = stored[:_DOCUMENTS_AT_ONCE], stored[_DOCUMENTS_AT_ONCE:]
        runtime.table.transact([write for each in first for write in runtime.documents.planned(each)])
    writes: list[Write] = [write for each in stored for write in runtime.documents.planned(each)]
    runtime.table.transact([*writes, runtime.days.changed(sync.company_id, planned)])


def _blocked(day: date, blockers: tuple[Blocker, ...]) -> tuple[Blocked, ...]:
    ranked = sorted(blockers, key=lambda blocker: PRECEDENCE.index(blocker.code))
    return tuple(Blocked(day.isoformat(), each.code, each.message, each.record) for each in ranked[:20])
