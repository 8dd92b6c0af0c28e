"""Planning a sync: storing, for every business day that changed, the documents the ledger lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from daybook.domain.errors import AuthorisationLost, SubscriptionExpired
from daybook.domain.parts import Pool
from daybook.domain.rendering import Rendering, add_effects
from daybook.services.finish_sync import end_early, finish_sync
from daybook.services.runtime import Runtime
from daybook.services.settle_outstanding import settle_outstanding
from daybook.services.syncs import iso
from daybook.services.work_out_day import (
    DEAUTHORISED,
    SUBSCRIPTION_EXPIRED,
    Context,
    DayPlan,
    Stopped,
    days_to_examine,
    keeps_its_rules,
    read_context,
    work_out_day,
)
from daybook.store import parts
from daybook.store.documents import SUCCESS, StoredDocument, document_key
from daybook.store.outbox import PUSH, outbox_put
from daybook.store.syncs import PLANNING, PUSHING, Blocked, Sync
from daybook.store.table import Write
from daybook.wire.messages import PushMessage, body_of

# DynamoDB takes 100 writes in a transaction; a document is two of them, the day up to two.
_DOCUMENTS_AT_ONCE = 49


@dataclass(frozen=True, slots=True)
class _Outcome:
    documents: bool = False
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[str, ...] = ()


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
        context = read_context(runtime, sync)
    except Stopped as stopped:
        end_early(runtime, sync, stopped.code, stopped.message)
        return
    except AuthorisationLost as lost:
        end_early(runtime, sync, DEAUTHORISED, lost.message)
        return
    except SubscriptionExpired as expired:
        end_early(runtime, sync, SUBSCRIPTION_EXPIRED, expired.message)
        return
    runtime.days.save_calendar(sync.company_id, context.calendar)
    catalogue = runtime.days.save_catalogue(sync.company_id, context.catalogue)
    marks = runtime.days.marks(sync.company_id)
    examined = days_to_examine(runtime, sync, context, marks)
    blocked: list[Blocked] = []
    warnings: list[str] = []
    planned: list[str] = []
    for day in examined:
        outcome = _plan_day(runtime, sync, context, day, catalogue)
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


def _plan_day(runtime: Runtime, sync: Sync, context: Context, day: date, catalogue: str) -> _Outcome:
    """Store what a day lacks."""
    if runtime.days.posted(sync.company_id, day).planned_by == sync.id:
        # Planning was interrupted after this day: its documents are stored, and none has been sent.
        stored = runtime.documents.of_day(sync.company_id, day.isoformat())
        mine = [each.document for each in stored if each.sync_id == sync.id]
        context.open_items.plan(mine)
        return _Outcome(documents=bool(mine))
    settle_outstanding(runtime, context.platform, sync.company_id, day)
    plan = work_out_day(runtime, context, day)
    if plan.totals is not None:
        runtime.days.save_source_totals(sync.company_id, sync.id, day, plan.totals)
    if plan.rendering is None:
        return _Outcome(blocked=plan.blocked, warnings=plan.warnings)
    _store(runtime, sync, context, plan, plan.rendering, catalogue)
    return _Outcome(documents=bool(plan.rendering.documents), warnings=plan.warnings)


def _store(
    runtime: Runtime, sync: Sync, context: Context, plan: DayPlan, rendering: Rendering, catalogue: str
) -> None:
    """Keep the documents before anything is sent; the day with the last of them, so that a plan is whole."""
    posted, now = plan.posted, iso(runtime.clock.now())
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
    keeps = keeps_its_rules(posted, sync.kind)
    planned = replace(
        posted,
        amounts=add_effects(dict(posted.amounts), rendering.silent.items()),
        revision=posted.revision + 1 if stored else posted.revision,
        configuration=posted.configuration if keeps else context.version,
        catalogue=posted.catalogue if keeps else catalogue,
        planned_by=sync.id,
    )
    runtime.documents.discard(sync.company_id, posted.day.isoformat(), sync.id)
    silent = _store_parts(runtime, sync, plan, rendering)
    while len(stored) > _DOCUMENTS_AT_ONCE:
        first, stored = stored[:_DOCUMENTS_AT_ONCE], stored[_DOCUMENTS_AT_ONCE:]
        runtime.table.transact([write for each in first for write in runtime.documents.planned(each)])
    writes: list[Write] = [write for each in stored for write in runtime.documents.planned(each)]
    runtime.table.transact([*writes, *silent, runtime.days.changed(sync.company_id, planned)])


def _store_parts(runtime: Runtime, sync: Sync, plan: DayPlan, rendering: Rendering) -> list[Write]:
    """Keep which records each document is made of; the write for what moves without a document."""
    company_id, day = sync.company_id, plan.posted.day.isoformat()
    confirmed = []
    if plan.posted.revision:
        confirmed = parts.all_silent(runtime.table, company_id, day)
        for stored in runtime.documents.of_day(company_id, day):
            if stored.status == SUCCESS:
                confirmed.append(parts.of_document(runtime.table, company_id, day, stored.document.reference))
    pool = Pool(plan.parts, confirmed, plan.instead)
    parts.save(
        runtime.table,
        company_id,
        day,
        [(document.reference, pool.take(document.effects)) for document in rendering.documents],
    )
    moved = pool.take(rendering.silent.items())
    return [parts.silent(company_id, day, sync.id, moved)] if moved else []
