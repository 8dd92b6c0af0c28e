"""The entries of the last full day, shown to a merchant before they say yes; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from daybook.domain.bookkeeping import entry_lines, totals
from daybook.domain.errors import AuthorisationLost, SubscriptionExpired
from daybook.domain.instants import iso
from daybook.frozen import frozen
from daybook.services.flow_fields import account_text
from daybook.services.stopped import Stopped
from daybook.services.work_out_day import Context, DayPlan, read_context, work_out_day
from daybook.store.syncs import HISTORIC, Sync

if TYPE_CHECKING:
    from daybook.domain.documents import Document
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company

# A merchant waits for the page: so many days are looked at for one with entries, back from yesterday.
_MOST_DAYS = 7
_DAY = timedelta(days=1)


@frozen
class Line:
    """An account's part of an entry; one of the two amounts is zero."""

    account: str
    debit: Decimal
    credit: Decimal


@frozen
class Entry:
    """A document as a bookkeeper reads it. `contact` is who it is to or from, "" for nobody."""

    kind: str
    reference: str
    dated: date
    currency: str
    contact: str
    lines: tuple[Line, ...]
    debits: Decimal
    credits: Decimal


@frozen
class DayShown:
    """A day's entries, and why it would not be written where it would not (in words for the merchant)."""

    day: date
    entries: tuple[Entry, ...]
    troubles: tuple[str, ...]
    warnings: tuple[str, ...]


@frozen
class Preview:
    """The last day with entries, None where there is none; `trouble` where no day can be worked out."""

    day: DayShown | None = None
    trouble: str = ""


def preview_last_day(runtime: Runtime, company: Company) -> Preview:
    """The entries of the last full day that has any, under the configuration as it is saved."""
    now = runtime.clock.now()
    beginning = datetime.combine(now.date() - timedelta(days=400), time(), UTC)
    sync = Sync(runtime.ids.new(), company.id, HISTORIC, iso(now), iso(beginning), iso(now))
    try:
        context = read_context(runtime, sync, though_off=True)
    except (Stopped, AuthorisationLost, SubscriptionExpired) as stopped:
        return Preview(trouble=stopped.message)
    last = context.calendar.day_of(now) - _DAY
    context = replace(context, cut=context.calendar.window(last)[1])
    for day in _days_with_records(runtime, company, context, last):
        plan = work_out_day(runtime, context, day)
        if plan.blocked or plan.rendering is not None:
            return Preview(_shown(plan, context))
    return Preview()


def _days_with_records(runtime: Runtime, company: Company, context: Context, last: date) -> list[date]:
    """The latest days with records not written yet, latest first."""
    marks = runtime.days.marks(company.id)
    days = {day for mark in marks for day in context.calendar.days_of_hours(mark.day, mark.hours)}
    return sorted((day for day in days if day <= last), reverse=True)[:_MOST_DAYS]


def _shown(plan: DayPlan, context: Context) -> DayShown:
    documents = plan.rendering.documents if plan.rendering is not None else ()
    return DayShown(
        day=plan.posted.day,
        entries=tuple(_entry(document, context) for document in documents),
        troubles=tuple(dict.fromkeys(each.message for each in plan.blocked)),
        warnings=tuple(plan.warnings),
    )


def _entry(document: Document, context: Context) -> Entry:
    reference = context.reference
    called = {account.id: account_text(account) for account in reference.accounts}
    people = {each.id: each.name for each in (*reference.customers, *reference.suppliers)}
    lines = sorted(entry_lines(document, reference), key=lambda line: line.amount < 0)
    debits, credits_ = totals(tuple(lines))
    zero = Decimal(0)
    return Entry(
        kind=document.kind.value,
        reference=document.reference,
        dated=document.dated,
        currency=document.currency,
        contact=people.get(document.contact, ""),
        lines=tuple(
            Line(called.get(line.account, line.account), max(line.amount, zero), max(-line.amount, zero))
            for line in lines
        ),
        debits=debits,
        credits=credits_,
    )
