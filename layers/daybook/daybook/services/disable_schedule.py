"""Switching a schedule off that has failed for a month (specification: sync, failure).

The merchant may have booked those days by hand. Whoever switches it on again may post a new start date with
it; days before that are never touched.
"""

from __future__ import annotations

from daybook.domain.configuration import read_configuration
from daybook.domain.errors import Conflict
from daybook.domain.instants import iso
from daybook.domain.schedule import DAILY
from daybook.services.runtime import Runtime
from daybook.services.schedule import due_change
from daybook.store import configurations
from daybook.store.outbox import event_put
from daybook.store.syncs import FINISHED, LATEST, SCHEDULED, SUCCESSFUL, Sync

FAILING_DAYS = 31
# A monthly schedule that fails twice running has failed for longer than that.
_FAILING_MONTHS = 2
# Others may save the configuration at the same moment; the next failing run tries again.
_TRIES = 3


def failing_too_long(runtime: Runtime, sync: Sync) -> str:
    """What to tell the merchant when this failed sync is one too many in a row; "" when it is not."""
    stored = configurations.current(runtime.table, sync.company_id)
    if sync.kind != SCHEDULED or stored is None:
        return ""
    configuration = read_configuration(stored.body)
    daily = configuration.schedule.frequency == DAILY
    allowed = FAILING_DAYS if daily else _FAILING_MONTHS
    if not configuration.enabled or _failures_before(runtime, sync, allowed) + 1 < allowed:
        return ""
    return (
        f"Scheduled syncs have failed {allowed} {'days' if daily else 'months'} in a row, so the schedule "
        "was switched off. When the cause is mended, switch it on again in the configuration, with a later "
        "start date if you have booked some of these days by hand."
    )


def disable_schedule(runtime: Runtime, company_id: str, notice: str) -> None:
    """Switch a company's schedule off and tell the partner, both or neither."""
    for _ in range(_TRIES):
        stored = configurations.current(runtime.table, company_id)
        if stored is None or not stored.body["enable"]:
            return
        body, now = {**stored.body, "enable": False}, iso(runtime.clock.now())
        detail = {
            "companyId": company_id,
            "message": notice,
            "startDate": stored.body["schedule"].get("startDate"),
        }
        told = event_put("sync.disabled", detail, runtime.ids.new(), now)
        try:
            configurations.save(
                runtime.table,
                company_id,
                body,
                stored.version,
                now,
                due_change(runtime, company_id, body),
                told,
            )
        except Conflict:
            continue
        return


def _failures_before(runtime: Runtime, sync: Sync, most: int) -> int:
    """How many scheduled syncs failed in a row before this one; a success asked for by hand counts too."""
    failures = 0
    for earlier in runtime.syncs.newest_first(sync.company_id):
        if earlier.stage != FINISHED or earlier.id == sync.id or earlier.kind not in (SCHEDULED, LATEST):
            continue
        if earlier.status_code in SUCCESSFUL:
            break
        failures += earlier.kind == SCHEDULED
        if failures == most:
            break
    return failures
