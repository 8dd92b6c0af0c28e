"""Ending a sync: its proof, its status, and room for the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.domain.configuration import read_configuration
from daybook.domain.resolution import PRECEDENCE
from daybook.domain.tie_out import posted_totals, rows
from daybook.services.runtime import Runtime
from daybook.services.syncs import iso, start_message
from daybook.store import configurations
from daybook.store.documents import CANCELLED, FAILED, SUCCESS, StoredDocument
from daybook.store.outbox import event_put
from daybook.store.syncs import NOTHING_TO_WRITE, SUCCESSFUL, WRITTEN, Blocked, Mark, Sync

DATA_PROCESSING, WRITING = 5120, 5130

_HOUR = timedelta(hours=1)


def finish_sync(runtime: Runtime, sync: Sync) -> None:
    """End a sync whose documents have all been decided."""
    documents = [
        stored
        for day in sync.days
        for stored in runtime.documents.of_day(sync.company_id, day)
        if stored.sync_id == sync.id
    ]
    failed = [stored for stored in documents if stored.status in (FAILED, CANCELLED)]
    proof = _prove(runtime, sync, documents)
    disagreeing = [day["day"] for day in proof if not all(row["agrees"] for row in day["rows"])]
    ended = replace(
        sync,
        finished=iso(runtime.clock.now()),
        data_pushed=any(stored.status == SUCCESS for stored in documents),
    )
    unwell = {stored.document.day.isoformat() for stored in failed} | {
        blocked.day for blocked in sync.blocked
    }
    if failed:
        ended = replace(ended, status_code=WRITING, **_messages(_refusals(failed)))
    elif sync.blocked:
        worst = _worst(sync.blocked)
        messages = [f"{blocked.day}: {_with_record(blocked)}" for blocked in sync.blocked]
        ended = replace(ended, status_code=worst.code, **_messages(messages))
    elif disagreeing:
        message = f"What was written does not add up to the source on {', '.join(disagreeing)}."
        ended = replace(ended, status_code=DATA_PROCESSING, **_messages([message]))
    else:
        ended = replace(ended, status_code=WRITTEN if documents else NOTHING_TO_WRITE)
    runtime.days.save_tie_out(sync.company_id, sync.id, proof)
    _clear_marks(runtime, sync, unwell)
    _end(runtime, ended)


def end_early(runtime: Runtime, sync: Sync, code: int, message: str) -> None:
    """End a sync that cannot go on; what it had to look at stays marked for the next one."""
    _end(runtime, replace(sync, status_code=code, finished=iso(runtime.clock.now()), **_messages([message])))


def _end(runtime: Runtime, sync: Sync) -> None:
    now = iso(runtime.clock.now())
    event = "SyncCompleted" if sync.status_code in SUCCESSFUL else "SyncFailed"
    detail = {"companyId": sync.company_id, "syncId": sync.id, "syncStatusCode": sync.status_code}
    runtime.syncs.finish(
        sync,
        event_put(event, detail, runtime.ids.new(), now),
        start_message(runtime, sync.company_id),
    )


def _prove(runtime: Runtime, sync: Sync, documents: list[StoredDocument]) -> list[dict[str, Any]]:
    """The tie-out of every day the sync looked at: source, documents and platform, by currency."""
    days = []
    for day, source in runtime.days.source_totals(sync.company_id, sync.id):
        posted = posted_totals(runtime.days.posted(sync.company_id, day).amounts)
        mine = [stored for stored in documents if stored.document.day == day and stored.status == SUCCESS]
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
    """Each kind of document written by this sync: our totals beside the platform's."""
    kinds: dict[str, list[Decimal]] = {}
    for stored in documents:
        totals = kinds.setdefault(stored.document.kind.value, [Decimal(0), Decimal(0)])
        totals[0] += stored.document.total
        totals[1] += Decimal(stored.platform_total)
    return [
        {
            "measure": f"Written as {kind}",
            "source": None,
            "documents": str(ours),
            "platform": str(theirs),
            "agrees": ours == theirs,
        }
        for kind, (ours, theirs) in sorted(kinds.items())
    ]


def _clear_marks(runtime: Runtime, sync: Sync, unwell: set[str]) -> None:
    """Forget the marks whose every day was looked at to its end and came out well."""
    calendar = runtime.days.calendar(sync.company_id)
    stored = configurations.current(runtime.table, sync.company_id)
    if calendar is None or stored is None:
        return
    first = read_configuration(stored.body).schedule.start_date
    well = set(sync.examined) - unwell
    cut = datetime.fromisoformat(sync.finish)
    for mark in sync.marks:
        if _ends(mark) <= cut and all(
            day < first or day.isoformat() in well for day in calendar.days_of_hours(mark.day, mark.hours)
        ):
            runtime.days.clear_mark(sync.company_id, mark)


def _ends(mark: Mark) -> datetime:
    last = max((int(hour) for hour in mark.hours), default=23)
    return datetime.fromisoformat(mark.day).replace(tzinfo=UTC) + (last + 1) * _HOUR


def _worst(blocked: tuple[Blocked, ...]) -> Blocked:
    """Of the earliest blocked day, the reason that ranks first (specification: mapping, validation)."""
    return min(blocked, key=lambda each: (each.day, PRECEDENCE.index(each.code)))


def _with_record(blocked: Blocked) -> str:
    return f"{blocked.message} (record {blocked.record})" if blocked.record else blocked.message


def _refusals(failed: list[StoredDocument]) -> list[str]:
    return [f"{stored.document.day}: {stored.document.reference}: {stored.error}" for stored in failed]


def _messages(messages: list[str]) -> dict[str, Any]:
    """What the merchant reads, and everything for support."""
    shown, rest = messages[:3], len(messages) - 3
    more = f" And {rest} more." if rest > 0 else ""
    return {"error_message": " ".join(shown) + more, "exception_message": "\n".join(messages[:50])}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
