"""Ending a sync: its proof, its status, and room for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook import telemetry
from daybook.domain.codes import DATA, DEAUTHORISED, DUPLICATE, PRECEDENCE, SUBSCRIPTION_EXPIRED
from daybook.domain.errors import AuthorisationLost, NotFound, SubscriptionExpired
from daybook.domain.instants import iso
from daybook.domain.totals import posted_totals, rows
from daybook.services.differing import differing, differs
from daybook.services.next_sync import start_message
from daybook.services.note_end import end_writes
from daybook.services.raise_event import status_changed
from daybook.services.runtime import Runtime
from daybook.services.stopped import Stopped
from daybook.store import connections, retention
from daybook.store.connections import ACCOUNTING, DEAUTHORIZED, LINKED
from daybook.store.documents import CANCELLED, FAILED, OUTSTANDING, SUCCESS, StoredDocument
from daybook.store.outbox import event_put
from daybook.store.syncs import (
    FINISHED,
    NOTHING_TO_WRITE,
    PLANNING,
    SUCCESSFUL,
    WRITTEN,
    Blocked,
    Sync,
)

WRITING = 5130
# The rows of a tie-out for each kind of document: what was written, and the tax of it.
WRITTEN_AS, TAX_WRITTEN_AS = "Written as ", "Tax written as "

_HOUR = timedelta(hours=1)
# Rank first among a sync's troubles: what stands in the ledger now is not what was meant.
_URGENT = (DUPLICATE, WRITING)
# As many troubles are kept of a sync, the most pressing; the others are counted.
_MOST_TROUBLES = 100


def finish_sync(runtime: Runtime, sync: Sync) -> None:
    """End a round whose documents have all been decided: go on with the next, or end the sync."""
    documents = [
        stored
        for day in sync.days
        for stored in runtime.documents.of_day(sync.company_id, day)
        if stored.sync_id == sync.id
    ]
    proof = _prove(runtime, sync, documents)
    refused = _refusals(documents)
    explained = {trouble.day for trouble in refused}
    troubles = [*refused, *(differing(each) for each in documents if differs(each))]
    troubles += [each for each in _disagreements(proof) if each.day not in explained]
    closed = with_troubles(
        replace(sync, data_pushed=sync.data_pushed or any(each.status == SUCCESS for each in documents)),
        troubles,
    )
    runtime.days.save_tie_out(sync.company_id, sync.id, proof)
    _clear_marks(runtime, sync, {*sync.unwell, *(trouble.day for trouble in troubles)})
    if sync.more:
        following = replace(
            closed, stage=PLANNING, after=sync.examined[-1], examined=(), days=(), marks=(), unwell=()
        )
        runtime.syncs.save(replace(following, more=False), start_message(runtime, sync.company_id))
        return
    if closed.blocked:
        messages = [_with_record(each) for each in closed.blocked]
        code = closed.blocked[0].code
        _end(runtime, replace(closed, status_code=code, **_messages(messages, closed.omitted)))
    else:
        _end(runtime, replace(closed, status_code=WRITTEN if closed.data_pushed else NOTHING_TO_WRITE))


def with_troubles(sync: Sync, troubles: Iterable[Blocked]) -> Sync:
    """The sync with these troubles added, the one it will end with first; never more than it can hold.

    Specification: mapping, validation: of the earliest blocked day, the reason that ranks first.
    """
    ranked = sorted([*sync.blocked, *troubles], key=_pressing)
    kept = ranked[:_MOST_TROUBLES]
    return replace(sync, blocked=tuple(kept), omitted=sync.omitted + len(ranked) - len(kept))


@contextmanager
def ending_early(runtime: Runtime, sync: Sync) -> Iterator[None]:
    """End the sync when what is done within finds that it cannot go on for a reason the merchant can mend."""
    try:
        yield
    except Stopped as stopped:
        end_early(runtime, sync, stopped.code, stopped.message)
    except SubscriptionExpired as expired:
        message = f"{expired.message} Renew the accounting software's subscription; syncing then goes on."
        end_early(runtime, sync, SUBSCRIPTION_EXPIRED, message)
    except AuthorisationLost as lost:
        message = f"{lost.message} Link the accounting software again; the days missed are then written."
        deauthorise(runtime, sync.company_id, message)
        end_early(runtime, sync, DEAUTHORISED, message)


def end_early(runtime: Runtime, sync: Sync, code: int, message: str, since: str = "") -> None:
    """End a sync that cannot go on; what it had to look at stays marked for the next one.

    With `since` only if it made no progress after that. Raises ConditionFailed when it got on meanwhile.
    """
    latest = runtime.syncs.get(sync.company_id, sync.id)
    if latest is None or latest.stage == FINISHED:
        return
    pushed = latest.data_pushed or any(
        stored.status == SUCCESS and stored.sync_id == sync.id
        for day in latest.days
        for stored in runtime.documents.of_day(sync.company_id, day)
    )
    _end(
        runtime,
        replace(latest, status_code=code, data_pushed=pushed, **_messages([message], 0)),
        since,
    )


def _end(runtime: Runtime, sync: Sync, since: str = "") -> None:
    now = iso(runtime.clock.now())
    well = sync.status_code in SUCCESSFUL
    notice = "" if well else _notice(runtime, sync)
    ended = replace(sync, finished=now, error_message=f"{sync.error_message} {notice}".strip())
    if sync.connection_id:
        _note_last_sync(runtime, sync, now)
    event = "SyncCompleted" if well else "SyncFailed"
    detail = {
        "companyId": sync.company_id,
        "syncId": sync.id,
        "syncStatusCode": sync.status_code,
        "stage": sync.stage,
    }
    runtime.syncs.finish(
        ended,
        event_put(event, detail, runtime.ids.new(), now),
        start_message(runtime, sync.company_id),
        *end_writes(runtime, ended),
        since=since,
    )
    _tell(ended, well=well)
    if notice:
        from daybook.services.disable_schedule import disable_schedule

        disable_schedule(runtime, sync.company_id, notice)


def _notice(runtime: Runtime, sync: Sync) -> str:
    # Failing is rare, and what it takes is much: a push begins without it.
    from daybook.services.disable_schedule import failing_too_long

    return failing_too_long(runtime, sync)


def _tell(sync: Sync, *, well: bool) -> None:
    """Say in the log how a sync ended, with the figures that alarms watch."""
    days = [each.day for each in sync.blocked if each.day]
    figures: dict[str, float] = {"SyncsEnded": 1, "SyncsFailed": 0 if well else 1}
    figures["DaysBlocked"] = len(set(days)) + sync.omitted
    if days:
        age = datetime.fromisoformat(sync.finished) - datetime.fromisoformat(min(days)).replace(tzinfo=UTC)
        figures["OldestBlockedDay"] = max(age.total_seconds(), 0)
    told = {"companyId": sync.company_id, "syncId": sync.id, "status": sync.status_code}
    telemetry.tell("sync ended", told, figures)


def _note_last_sync(runtime: Runtime, sync: Sync, now: str) -> None:
    try:
        connections.update(runtime.table, sync.company_id, sync.connection_id, last_sync=now)
    except NotFound:  # deleted meanwhile
        return


def deauthorise(runtime: Runtime, company_id: str, message: str) -> None:
    """Show at the ledger's connection that its access is gone, so that nothing is attempted until it is back.

    The connection is the one that is linked, which is that of a running sync or push.
    """
    for connection in connections.list_connections(runtime.table, company_id):
        if connection.source_type == ACCOUNTING and connection.status == LINKED:
            error = {
                "statusCode": "401",
                "statusText": "Unauthorized",
                "errorMessage": message,
                "erroredOnUtc": iso(runtime.clock.now()),
            }
            change: dict[str, Any] = {"status": DEAUTHORIZED, "errors": (error,)}
            told = status_changed(runtime, connection.status, replace(connection, **change))
            connections.change_status(runtime.table, connection, *told, **change)


def _prove(runtime: Runtime, sync: Sync, documents: list[StoredDocument]) -> list[dict[str, Any]]:
    """The tie-out of every day the round looked at: source, documents and platform, by currency."""
    days: list[dict[str, Any]] = []
    if not sync.examined:
        return days
    kept = runtime.days.source_totals(sync.company_id, sync.id, sync.examined[0], sync.examined[-1])
    for day, source in kept:
        posted = posted_totals(runtime.days.posted(sync.company_id, day).amounts)
        mine = [stored for stored in documents if stored.document.day == day and stored.status == SUCCESS]
        mine += _differing_before(runtime, sync, day.isoformat())
        table = rows(source, posted)
        for currency in sorted({*table, *(stored.document.currency for stored in mine)}):
            answered = _answered(stored for stored in mine if stored.document.currency == currency)
            days.append(
                {
                    "day": day.isoformat(),
                    "currency": currency,
                    "rows": [
                        {
                            "measure": row.measure,
                            "source": _text(row.source),
                            "documents": _text(row.documents),
                            "platform": _text(row.platform),
                            "agrees": row.agrees,
                        }
                        for row in table.get(currency, [])
                    ]
                    + answered,
                }
            )
    return days


def _answered(documents: Iterable[StoredDocument]) -> list[dict[str, Any]]:
    """Each kind of document written: our totals beside the platform's, and our tax beside its.

    A row agrees when every document of it does: a penny over does not make up for a penny under.
    """
    found: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for stored in sorted(documents, key=lambda each: each.document.kind.value):
        kind, tax = stored.document.kind.value, stored.document.tax
        total = (stored.document.total, Decimal(stored.platform_total))
        found.setdefault(WRITTEN_AS + kind, []).append(total)
        if tax is not None and stored.platform_tax and (tax or Decimal(stored.platform_tax)):
            found.setdefault(TAX_WRITTEN_AS + kind, []).append((tax, Decimal(stored.platform_tax)))
    return [
        {
            "measure": measure,
            "source": None,
            "documents": str(sum((ours for ours, _ in sides), Decimal(0))),
            "platform": str(sum((theirs for _, theirs in sides), Decimal(0))),
            "agrees": all(ours == theirs for ours, theirs in sides),
        }
        for measure, sides in found.items()
    ]


def _differing_before(runtime: Runtime, sync: Sync, day: str) -> list[StoredDocument]:
    """What earlier syncs wrote of a day and the platform holds otherwise, as planning found."""
    if not any(trouble.day == day and trouble.code == DATA for trouble in sync.blocked):
        return []
    return [
        stored
        for stored in runtime.documents.of_day(sync.company_id, day)
        if stored.sync_id != sync.id and differs(stored)
    ]


def _clear_marks(runtime: Runtime, sync: Sync, unwell: set[str]) -> None:
    """Forget the marked hours whose every day was looked at to its end and came out well.

    Hours before the start date stay marked: they are looked at when the start date is moved before them.
    """
    calendar = runtime.days.calendar(sync.company_id)
    if calendar is None:
        return
    well = set(sync.examined) - unwell
    closed = retention.get(runtime.table, sync.company_id).closed
    cut = datetime.fromisoformat(sync.finish)

    def is_done(day: str, hour: str) -> bool:
        ends = datetime.fromisoformat(day).replace(tzinfo=UTC) + (int(hour) + 1) * _HOUR
        touched = calendar.days_of_hours(day, [hour])
        return ends <= cut and all(each in closed or each.isoformat() in well for each in touched)

    for mark in sync.marks:
        kept = [hour for hour in mark.hours if not is_done(mark.day, hour)]
        if len(kept) < len(mark.hours):
            runtime.days.clear_mark(sync.company_id, mark, kept)


def _pressing(trouble: Blocked) -> tuple[bool, str, int]:
    if trouble.code in _URGENT:
        return False, "", _URGENT.index(trouble.code)
    return True, trouble.day, PRECEDENCE.index(trouble.code)


def _refusals(documents: list[StoredDocument]) -> list[Blocked]:
    """What became of a round's documents that are not in the ledger as they should be."""
    troubles = []
    for stored in documents:
        day, reference = stored.document.day.isoformat(), stored.document.reference
        if stored.status in OUTSTANDING:
            troubles.append(Blocked(day, DUPLICATE, stored.error))
        elif stored.status in (FAILED, CANCELLED):
            troubles.append(Blocked(day, WRITING, f"{reference} was not written. {stored.error}"))
    return troubles


def _disagreements(proof: list[dict[str, Any]]) -> list[Blocked]:
    """The days whose postings are not the source's; documents that differ are named by themselves."""
    stated = [(part["day"], row) for part in proof for row in part["rows"] if row["source"] is not None]
    days = sorted({day for day, row in stated if not row["agrees"]})
    message = (
        "What the accounting software holds does not add up to the source. "
        "Compare the day's totals in the tie-out and correct the record or the entry that differs."
    )
    return [Blocked(day, DATA, message) for day in days]


def _with_record(trouble: Blocked) -> str:
    message = f"{trouble.day}: {trouble.message}"
    return f"{message} (record {trouble.record})" if trouble.record else message


def _messages(messages: list[str], omitted: int) -> dict[str, Any]:
    """What the merchant reads, and everything for support."""
    shown, rest = messages[:3], len(messages) - 3 + omitted
    more = f" And {rest} more." if rest > 0 else ""
    return {"error_message": " ".join(shown) + more, "exception_message": "\n".join(messages[:50])}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
