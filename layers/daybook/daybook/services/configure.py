"""Reading and saving a company's configuration (specification: api, configuration; mapping, saving)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from daybook.domain.errors import BadRequest, Conflict, NotFound, Outdated, PlatformError
from daybook.domain.instants import utc_text
from daybook.domain.schedule import DEFAULT_TIME_ZONE
from daybook.domain.selection import Body, empty_body, merge, today_in
from daybook.domain.validation import Situation, problems_of
from daybook.services.ledger_connection import ledger_of
from daybook.services.observe import offer_of, treatments_in_use
from daybook.services.schedule import due_change
from daybook.store import configurations
from daybook.store.connections import COMMERCE, DEAUTHORIZED, LINKED, UNLINKED, list_connections
from daybook.wire.configuration import read_posted
from daybook.wire.configuration_answer import answer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from daybook.platforms.interface import ReferenceData
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection
    from daybook.wire.entity_tags import IfMatch

# Two partners' processes saving at once is rare, three times in a row is something else.
_ATTEMPTS = 3


class Configured(NamedTuple):
    """A configuration as it is answered, and its version: how often one was saved."""

    answer: dict[str, Any]
    version: int


def read_configuration(runtime: Runtime, company: Company) -> dict[str, Any]:
    """The configuration with every option of the merchant's ledger, also before one is linked and after."""
    return read_version(runtime, company).answer


def read_version(runtime: Runtime, company: Company) -> Configured:
    """Like `read_configuration`, with the version it is."""
    stored = configurations.current(runtime.table, company.id)
    body = stored.body if stored else empty_body()
    answer = _answer(runtime, company, body, situation_of(runtime, company), saved=stored is not None)
    return Configured(answer, stored.version if stored else 0)


def save_configuration(
    runtime: Runtime,
    company: Company,
    posted: object,
    *,
    ensure_schedule: Callable[[str, int], None] | None = None,
) -> dict[str, Any]:
    """Save what is posted (None for a request without a body) and answer the configuration as it is then.

    `ensure_schedule` has a schedule strike at a time zone's hour; without it the hourly sweep alone starts
    the company's syncs. Raises BadRequest with every problem at once, and Conflict when others kept saving.
    """
    return save_version(runtime, company, posted, None, ensure_schedule=ensure_schedule).answer


def save_version(
    runtime: Runtime,
    company: Company,
    posted: object,
    if_match: IfMatch | None,
    *,
    ensure_schedule: Callable[[str, int], None] | None = None,
) -> Configured:
    """Like `save_configuration`, with the version it then is.

    Raises Outdated unless the version it is based on is one that `if_match` names: of two who edit at once
    the second is told, and nothing of the first is lost.
    """
    given = {} if posted is None else read_posted(posted)
    for _ in range(_ATTEMPTS - 1):
        try:
            return _save(runtime, company, given, if_match, ensure_schedule)
        except Outdated:
            raise
        except Conflict:  # somebody else saved in between: what is left out of this post stays as they chose
            continue
    return _save(runtime, company, given, if_match, ensure_schedule)


def _save(
    runtime: Runtime,
    company: Company,
    given: Body,
    if_match: IfMatch | None,
    ensure_schedule: Callable[[str, int], None] | None,
) -> Configured:
    stored = configurations.current(runtime.table, company.id)
    version = stored.version if stored else 0
    _refuse_outdated(if_match, version)
    before = stored.body if stored else empty_body()
    now = runtime.clock.now()
    body = merge(stored.body if stored else None, given, today_in(now, DEFAULT_TIME_ZONE))
    situation = situation_of(runtime, company)
    if body != before:
        if body != {**before, "enable": False}:  # switching off is always possible
            _refuse(body, situation, "$.configuration" if "configuration" in given else "$")
        version = configurations.save(
            runtime.table,
            company.id,
            body,
            stored.version if stored else None,
            utc_text(now),
            due_change(runtime, company.id, body),
        )
    if body["enable"] and ensure_schedule is not None:
        ensure_schedule(body["schedule"]["timeZone"], body["schedule"]["syncHour"])
    return Configured(_answer(runtime, company, body, situation, saved=version > 0), version)


def _refuse_outdated(if_match: IfMatch | None, version: int) -> None:
    if if_match is None or if_match.accepts(version):
        return
    if not version:
        raise Outdated('No configuration was saved yet. Send If-Match: "0" or none to save the first.')
    raise Outdated(
        f"The configuration was changed since you read it; it is version {version} now. "
        "Read it again, repeat your change on it and send the new ETag as If-Match."
    )


def _refuse(body: Body, situation: Situation, root: str) -> None:
    problems = problems_of(body, situation, root)
    if problems:
        listed = " ".join(problem.message for problem in problems)
        raise BadRequest(f"The configuration was not saved. {listed}", problems)


def _answer(
    runtime: Runtime, company: Company, body: Body, situation: Situation, *, saved: bool
) -> dict[str, Any]:
    configured = saved and not problems_of(body, situation)
    offer = offer_of(runtime, company.id, situation.reference, situation.in_use)
    return answer_of(company.id, body, offer, configured=configured)


def situation_of(runtime: Runtime, company: Company) -> Situation:
    """What a configuration of this company is checked against."""
    connections = list(list_connections(runtime.table, company.id))
    linked = [each for each in connections if each.status == LINKED]
    ledger = ledger_of(connections)
    return Situation(
        has_accounting=ledger is not None and ledger.status == LINKED,
        has_commerce=any(each.source_type == COMMERCE for each in linked),
        reference=_reference(runtime, ledger),
        in_use=treatments_in_use(runtime, company.id),
    )


def _reference(runtime: Runtime, connection: Connection | None) -> ReferenceData | None:
    """The ledger as it is now; None before one was linked and when it cannot be read any more."""
    if connection is None or connection.status not in (LINKED, UNLINKED, DEAUTHORIZED):
        return None
    try:
        return runtime.platform_for(connection).reference_data()
    except (NotFound, PlatformError):
        if connection.status == LINKED:
            raise
        return None
