"""Planning a sync: storing, for every business day that changed, the documents the ledger lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from daybook.domain.codes import DUPLICATE
from daybook.domain.documents import add_effects
from daybook.domain.instants import iso
from daybook.domain.parts import Pool
from daybook.domain.rendering import Rendering
from daybook.domain.suspense import is_in_suspense
from daybook.frozen import frozen
from daybook.services.differing import differing_still
from daybook.services.finish_sync import ending_early, finish_sync, with_troubles
from daybook.services.mark_days import mark_days, mark_suspense
from daybook.services.runtime import Runtime
from daybook.services.settle_outstanding import settle_outstanding
from daybook.services.work_out_day import (
    Context,
    DayPlan,
    cut_of,
    days_to_examine,
    keeps_its_rules,
    read_context,
    work_out_day,
)
from daybook.store import parts, retention, suspense
from daybook.store.documents import StoredDocument, document_key
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.suspense import SuspenseDay
from daybook.store.syncs import PLANNING, PUSHING, RESTATE, Blocked, Mark, Sync
from daybook.store.table import ConditionFailed, Write
from daybook.wire.messages import PushMessage, body_of

# DynamoDB takes 100 writes in a transaction; a document is two of them, the day up to five.
_DOCUMENTS_AT_ONCE = 47


# A round: as many business days are planned, pushed and proven at a time, so that months of missed days fit
# a function's time and a sync's item.
DAYS_IN_ROUND = 31
_MOST_WARNINGS = 100
# A business day begins less than two days before the UTC date it is named after.
_ZONES = timedelta(days=2)


@frozen
class _Outcome:
    documents: bool = False
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[str, ...] = ()
    waits: bool = False


def _always() -> bool:
    return True


def start_sync(runtime: Runtime, company_id: str, has_time: Callable[[], bool] = _always) -> None:
    """Run the company's oldest queued sync, unless one runs; take up one whose planning goes on.

    Out of time, the days that are left wait for another round. Raises PlatformUnavailable when the message
    must be received again.
    """
    active = runtime.syncs.active(company_id)
    if active is None:
        sync = runtime.syncs.start_next(company_id, iso(runtime.clock.now()))
    else:
        sync = runtime.syncs.get(company_id, active)
    if sync is not None and sync.stage == PLANNING:
        with ending_early(runtime, sync):
            plan_round(runtime, sync, has_time)


def plan_round(runtime: Runtime, sync: Sync, has_time: Callable[[], bool]) -> None:
    """Store what the next days lack, then hand over to the push queue; or end the sync.

    Raises Stopped, AuthorisationLost and SubscriptionExpired when the sync cannot go on.
    """
    context = read_context(runtime, sync)
    runtime.days.save_calendar(sync.company_id, context.calendar)
    retention.ensure(runtime.table, sync.company_id, iso(runtime.clock.now()))
    catalogue = runtime.days.save_catalogue(sync.company_id, context.catalogue)
    if not sync.examined:
        sync = _open_round(runtime, sync, context)
    planned: list[str] = []
    for number, text in enumerate(sync.examined):
        if number and not has_time():
            sync = replace(sync, examined=sync.examined[:number], more=True)
            break
        if not runtime.syncs.progressed(sync.company_id, sync.id, iso(runtime.clock.now())):
            return
        outcome = _plan_day(runtime, sync, context, date.fromisoformat(text), catalogue)
        warnings = dict.fromkeys([*sync.warnings, *outcome.warnings])
        sync = with_troubles(replace(sync, warnings=tuple(warnings)[:_MOST_WARNINGS]), outcome.blocked)
        if outcome.blocked or outcome.waits:
            sync = replace(sync, unwell=(*sync.unwell, text))
        if outcome.documents:
            planned.append(text)
    if not planned:
        finish_sync(runtime, sync)
        return
    message = PushMessage(company_id=sync.company_id, connection_id=sync.connection_id, sync_id=sync.id)
    now = iso(runtime.clock.now())
    push = outbox_put(PUSH, sync.connection_id, body_of(message), runtime.ids.new(), now)
    runtime.syncs.save(replace(sync, stage=PUSHING, days=tuple(planned)), push)


def _open_round(runtime: Runtime, sync: Sync, context: Context) -> Sync:
    """Choose the days of a round and keep them with their marks before any of them is looked at.

    An interrupted round goes on with these marks: what was marked since is not taken for looked at.
    """
    if not sync.after:
        mark_suspense(runtime, context)
        if sync.kind == RESTATE:
            # No record changed: without a mark, a document that fails would not be tried again.
            mark_days(runtime, context, days_to_examine(runtime, sync, context, []))
    first = context.closed.first_open(context.configuration.schedule.start_date)
    since = max(first, date.fromisoformat(sync.after)) if sync.after else first
    marks = runtime.days.marks(sync.company_id, since - _ZONES if since.year > 1 else since)
    examined = days_to_examine(runtime, sync, context, marks)
    round_days = set(examined[:DAYS_IN_ROUND])

    def concerns(mark: Mark) -> bool:
        return not round_days.isdisjoint(context.calendar.days_of_hours(mark.day, mark.hours))

    changed = replace(
        sync,
        connection_id=context.connection.id,
        configuration=context.version,
        marks=tuple(mark for mark in marks if concerns(mark)),
        examined=tuple(day.isoformat() for day in sorted(round_days)),
        more=len(examined) > DAYS_IN_ROUND,
    )
    return runtime.syncs.save(changed) if round_days else changed


def _plan_day(runtime: Runtime, sync: Sync, context: Context, day: date, catalogue: str) -> _Outcome:
    """Store what a day lacks."""
    is_planned = runtime.days.posted(sync.company_id, day).planned_by == sync.id
    stored = runtime.documents.of_day(sync.company_id, day.isoformat())
    troubles = differing_still(runtime, context.platform, sync, stored)
    if is_planned:
        # Planning was interrupted after this day: its documents are stored, and none has been sent.
        mine = [each.document for each in stored if each.sync_id == sync.id]
        context.open_items.plan(mine)
        return _Outcome(documents=bool(mine), blocked=troubles, waits=True)
    troubles += settle_outstanding(runtime, context.platform, sync, stored)
    if any(trouble.code == DUPLICATE for trouble in troubles):
        return _Outcome(blocked=troubles)
    plan = work_out_day(runtime, context, day)
    if plan.posted.planned_by == sync.id:
        raise ConditionFailed  # by another worker, which took this one for dead: go on from what it stored
    if plan.rendering is None:
        if plan.totals is not None:
            as_read = [runtime.days.unchanged(sync.company_id, plan.posted), runtime.syncs.runs(sync)]
            runtime.table.transact([*_source_totals(runtime, sync, plan), *as_read])
        return _Outcome(blocked=(*troubles, *plan.blocked), warnings=plan.warnings, waits=plan.waits)
    _store(runtime, sync, context, plan, plan.rendering, catalogue)
    return _Outcome(bool(plan.rendering.documents), troubles, plan.warnings, plan.waits)


def _store(
    runtime: Runtime, sync: Sync, context: Context, plan: DayPlan, rendering: Rendering, catalogue: str
) -> None:
    """Keep the documents before anything is sent; the day with the last of them, so that a plan is whole."""
    posted, now, kept_as = plan.posted, iso(runtime.clock.now()), runtime.ids.new()
    stored = [
        StoredDocument(
            document_key(sync.company_id, document.reference),
            sync.company_id,
            sync.id,
            ordinal,
            document,
            requested=now,
            parts=kept_as,
        )
        for ordinal, document in enumerate(rendering.documents)
    ]
    keeps = keeps_its_rules(posted, sync.kind)
    planned = replace(
        posted,
        amounts=add_effects(dict(posted.amounts), rendering.silent.items()),
        revision=posted.revision + 1 if stored else posted.revision,
        configuration=posted.configuration if keeps else context.version,
        catalogue=posted.catalogue if keeps else catalogue,
        planned_by=sync.id,
        completed_by=plan.completed_by if keeps else (),
        cut=cut_of(context, posted),
    )
    unplanned = runtime.days.unchanged(sync.company_id, posted)
    runtime.documents.discard(sync.company_id, posted.day.isoformat(), sync.id, unplanned)
    silent = _store_parts(runtime, sync, plan, rendering, kept_as)
    while len(stored) > _DOCUMENTS_AT_ONCE:
        first, stored = stored[:_DOCUMENTS_AT_ONCE], stored[_DOCUMENTS_AT_ONCE:]
        runtime.table.transact([write for each in first for write in runtime.documents.planned(each)])
    writes: list[Write] = [write for each in stored for write in runtime.documents.planned(each)]
    writes += [*silent, *_suspense(context, rendering), *_source_totals(runtime, sync, plan)]
    runtime.table.transact(
        [*writes, runtime.syncs.runs(sync), runtime.days.changed(sync.company_id, planned)]
    )


def _source_totals(runtime: Runtime, sync: Sync, plan: DayPlan) -> list[Write]:
    """The write that keeps what the day was planned from, as long as it is this plan that is kept."""
    if plan.totals is None:
        return []
    return [runtime.days.source_totals_put(sync.company_id, sync.id, plan.posted.day, plan.totals)]


def _suspense(context: Context, rendering: Rendering) -> list[Write]:
    """The write that remembers a day with something in suspense."""
    account = rendering.plan.configuration.suspense_account
    postings = [posting for document in rendering.documents for posting, _ in document.effects]
    if not is_in_suspense(postings, account):
        return []
    held = SuspenseDay(rendering.plan.day.isoformat(), account, context.version)
    return [suspense.put(context.company_id, held)]


def _store_parts(
    runtime: Runtime, sync: Sync, plan: DayPlan, rendering: Rendering, kept_as: str
) -> list[Write]:
    """Keep which records each document is made of; the write for what moves without a document."""
    company_id, day = sync.company_id, plan.posted.day.isoformat()
    pool = Pool(plan.parts, plan.confirmed, plan.instead)
    parts.save(
        runtime.table,
        company_id,
        day,
        kept_as,
        [(document.reference, pool.take(document.effects)) for document in rendering.documents],
    )
    moved = pool.take(rendering.silent.items())
    return [parts.silent(company_id, day, sync.id, moved)] if moved else []
