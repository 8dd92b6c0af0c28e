"""Starts the syncs that are due. Called by a schedule for each time zone and hour in use, and every hour."""

from __future__ import annotations

from typing import Any

from daybook import telemetry
from daybook.services.runtime import runtime
from daybook.services.schedule import dispatch, relay_left_behind
from daybook.wire.messages import DueInput, read_message


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Request every sync that is due by now.

    The hourly strike also sends messages left behind, ends syncs that are stuck, keeps consents alive that
    would lapse unused, and once a day has each company's records looked at that are past their retention.
    """
    with telemetry.caused_by(getattr(context, "aws_request_id", "")):
        return _strike(event)


def _strike(event: dict[str, Any]) -> dict[str, int]:
    strike = read_message(DueInput, event) if "timeZone" in event else None
    relayed = 0 if strike else relay_left_behind(runtime())
    dispatched = dispatch(runtime())
    swept, retention, kept_alive = (0, 0, 0) if strike else _look_after()
    counts = {
        "requested": dispatched.requested,
        "failed": len(dispatched.failed),
        "relayed": relayed,
        "swept": swept,
        "retention": retention,
        "keptAlive": kept_alive,
    }
    struck = {"timeZone": strike.time_zone, "syncHour": strike.sync_hour} if strike else {}
    figures = {"CompaniesNotSynced": counts["failed"], "MessagesLeftBehind": relayed, "SyncsStuck": swept}
    without = {"companyIds": dispatched.failed[:100]} if dispatched.failed else {}
    told = {"service": "dispatcher", **struck, **counts, **without}
    telemetry.tell("dispatched", told, figures)
    return counts


def _look_after() -> tuple[int, int, int]:
    """Syncs ended, companies whose retention is looked at, consents kept alive."""
    # Late: a zone's strike, which syncs wait for, begins without what these import.
    from daybook.services.keep_alive import keep_alive
    from daybook.services.retention import request_due
    from daybook.services.sweep import sweep

    return sweep(runtime()), request_due(runtime()), keep_alive(runtime())
