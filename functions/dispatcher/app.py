"""Starts the syncs that are due. Called by a schedule for each time zone and hour in use, and every hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from daybook import telemetry
from daybook.services.runtime import runtime
from daybook.services.schedule import dispatch, relay_left_behind
from daybook.wire.messages import DueInput, read_message

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime


@telemetry.plain_failures("dispatcher")
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Request every sync that is due by now.

    The hourly strike also sends messages left behind, ends syncs that are stuck, keeps consents alive that
    would lapse unused, and once a day has each company's records looked at that are past their retention.
    """
    with telemetry.caused_by(getattr(context, "aws_request_id", "")):
        return _strike(event)


class StepsFailed(Exception):
    """Some of what a strike does could not be done; the line `step failed` of each says how."""


class _Steps:
    """What a strike does, one thing after the other: none keeps those that follow from being done."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def do(self, name: str, step: Callable[[Runtime], int]) -> int:
        """How many a step did; 0 when it failed."""
        try:
            return step(runtime())
        except Exception as error:  # noqa: BLE001 - told here, and raised at the end of the strike
            told = {"service": "dispatcher", "step": name, **telemetry.kind_and_place(error)}
            telemetry.tell("step failed", told, level="ERROR")
            self.failed.append(name)
            return 0


def _strike(event: dict[str, Any]) -> dict[str, int]:
    strike = read_message(DueInput, event) if "timeZone" in event else None
    steps, without = _Steps(), list[str]()
    relayed = 0 if strike else steps.do("relayed", relay_left_behind)
    requested = steps.do("requested", lambda found: _dispatch(found, without))
    swept, retention, kept_alive = (0, 0, 0) if strike else _look_after(steps)
    counts = {
        "requested": requested,
        "failed": len(without),
        "relayed": relayed,
        "swept": swept,
        "retention": retention,
        "keptAlive": kept_alive,
    }
    struck = {"timeZone": strike.time_zone, "syncHour": strike.sync_hour} if strike else {}
    figures = {"CompaniesNotSynced": counts["failed"], "MessagesLeftBehind": relayed, "SyncsStuck": swept}
    named = {"companyIds": without[:100]} if without else {}
    telemetry.tell("dispatched", {"service": "dispatcher", **struck, **counts, **named}, figures)
    if steps.failed:  # so that it is called again, and kept in the end
        raise StepsFailed
    return counts


def _dispatch(found: Runtime, without: list[str]) -> int:
    """Syncs requested; who is left without theirs is added to `without`."""
    dispatched = dispatch(found)
    without.extend(dispatched.failed)
    return dispatched.requested


def _look_after(steps: _Steps) -> tuple[int, int, int]:
    """Syncs ended, companies whose retention is looked at, consents kept alive."""
    # Late: a zone's strike, which syncs wait for, begins without what these import.
    from daybook.services.keep_alive import keep_alive
    from daybook.services.retention import request_due
    from daybook.services.sweep import sweep

    return steps.do("swept", sweep), steps.do("retention", request_due), steps.do("keptAlive", keep_alive)
