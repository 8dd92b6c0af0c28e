"""What a sync of a range would write now, and why; nothing is written, neither here nor there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from daybook.domain.documents import Document
from daybook.domain.errors import BadRequest, Problem
from daybook.domain.instants import iso
from daybook.services.runtime import Runtime
from daybook.services.stopped import Stopped
from daybook.services.syncs import imagine_historic
from daybook.services.work_out_day import DayPlan, days_to_examine, read_context, work_out_day
from daybook.store.companies import Company


def preview(runtime: Runtime, company: Company, start: datetime, finish: datetime) -> dict[str, Any]:
    """Per business day: the documents, or what blocks it; also before syncs are switched on.

    Raises BadRequest for a company that is not configured or linked.
    """
    sync = imagine_historic(runtime, company, start, finish)
    try:
        context = read_context(runtime, sync, though_off=True)
    except Stopped as stopped:
        raise BadRequest(stopped.message, [Problem("$", stopped.message)]) from None
    marks = runtime.days.marks(company.id)
    plans = [work_out_day(runtime, context, day) for day in days_to_examine(runtime, sync, context, marks)]
    return {
        "companyId": company.id,
        "dateRange": {"start": iso(start), "finish": iso(finish)},
        "days": [_day(plan) for plan in plans if plan.rendering is not None or plan.blocked],
    }


def _day(plan: DayPlan) -> dict[str, Any]:
    adjusts = plan.posted.revision > 0
    return {
        "day": plan.posted.day.isoformat(),
        "reason": "Records of this day changed after it was posted."
        if adjusts
        else "The day is not posted yet.",
        "documents": [describe(document) for document in plan.rendering.documents] if plan.rendering else [],
        "blocked": [
            {"statusCode": each.code, "message": each.message, "record": each.record or None}
            for each in plan.blocked
        ],
        "warnings": list(plan.warnings),
    }


def describe(document: Document) -> dict[str, Any]:
    """A document as it is shown."""
    return {
        "kind": document.kind.value,
        "reference": document.reference,
        "date": document.dated.isoformat(),
        "currency": document.currency,
        "description": document.description,
        "total": document.total,
        "settles": document.settles_reference or None,
        "accountId": document.account or None,
        "toAccountId": document.to_account or None,
        "lines": [
            {
                "description": line.description,
                "accountId": line.account,
                "netAmount": line.net,
                "taxAmount": line.tax,
                "taxRateId": line.tax_rate or None,
            }
            for line in document.lines
        ],
    }
