"""A merchant's set-up as it stands: the configuration, with what waits to be taken into it on top.

A page is saved into the configuration as soon as that is right as a whole. Before, what the merchant chose
waits in a draft (docs/adr/0027). Nothing is checked here but by the configuration's own rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import BadRequest, Outdated, Problem
from daybook.domain.json_text import dump
from daybook.domain.schedule import DEFAULT_TIME_ZONE
from daybook.domain.selection import Body, empty_body, merge, today_in
from daybook.domain.validation import Situation, problems_of
from daybook.frozen import frozen
from daybook.services.configure import save_version, situation_of
from daybook.services.flow_problems import pages_of
from daybook.services.ledger_connection import ledger_connection
from daybook.services.observe import offer_of
from daybook.store import configurations, flow_drafts
from daybook.store.flow_drafts import Draft
from daybook.wire.entity_tags import IfMatch

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.configurations import StoredConfiguration
    from daybook.wire.configuration_answer import Offer

EnsureSchedule = Callable[[str, int], None]

SALES, FEES, PAYMENTS, SCHEDULE = "sales", "fees", "payments", "schedule"
PAGES = (SALES, FEES, PAYMENTS, SCHEDULE)


class Stale(Outdated):
    """The page was sent from an older version than is in force; nothing was saved."""


class NotSaved(BadRequest):
    """What was chosen on a page is not right; nothing was saved."""


@frozen
class Setup:
    """A set-up as it stands. `body` is the configuration with what waits on top; `problems` what is wrong."""

    company: Company
    stored: StoredConfiguration | None
    draft: Draft
    body: Body
    situation: Situation
    offer: Offer
    problems: tuple[Problem, ...]

    @property
    def is_open(self) -> bool:
        """Whether the merchant is still setting up and has not said yes."""
        return self.draft.open or self.stored is None

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The sections of the configuration."""
        chosen: Mapping[str, Any] = self.body["configuration"]
        return chosen

    @property
    def waits(self) -> bool:
        """Whether something chosen is not in the configuration yet."""
        return bool(self.draft.posted)

    def is_done(self, page: str) -> bool:
        """Whether a page was sent and is right."""
        return (not self.is_open or page in self.draft.done) and not self.problems_on(page)

    def is_touched(self, page: str) -> bool:
        """Whether a page was sent before, so that an empty choice on it is the merchant's own."""
        return not self.is_open or page in self.draft.touched

    def problems_on(self, page: str) -> list[Problem]:
        """What is wrong with a page."""
        return [problem for problem in self.problems if page in pages_of(problem)]

    def version_of(self, page: str) -> str:
        """The version of what a page shows: another page's changes leave it as it is."""
        shown: list[object] = [self.chosen.get(name) for name in _SECTIONS[page]]
        shown += [self.body["schedule"]] if page == SCHEDULE else []
        return hashlib.sha256(dump(shown).encode()).hexdigest()[:16]


_SECTIONS: Mapping[str, tuple[str, ...]] = {
    SALES: ("mapSettings", "sales", "suspenseAccountId"),
    FEES: ("fees",),
    PAYMENTS: ("payments",),
    SCHEDULE: (),
}


def read_setup(runtime: Runtime, company: Company) -> Setup:
    """The set-up as it stands. Raises PlatformError when the ledger cannot be read."""
    stored = configurations.current(runtime.table, company.id)
    if stored is not None and "startDate" not in stored.body["schedule"]:
        # Its books were taken away: what is kept is a version with nothing in it.
        is_empty = not stored.body["configuration"]["sales"]["accounts"]
    else:
        is_empty = stored is None
    draft = _draft(runtime, company, is_new=is_empty)
    if stored is not None and stored.body["enable"]:
        draft = replace(draft, open=False)  # the partner said yes for them
    situation = situation_of(runtime, company)
    offer = offer_of(runtime, company.id, situation.reference, situation.in_use)
    return _setup(runtime, company, stored, draft, situation, offer)


def save_page(
    runtime: Runtime,
    setup: Setup,
    page: str,
    posted: Mapping[str, Any],
    version: str,
    ensure_schedule: EnsureSchedule,
) -> Setup:
    """Take what was chosen on a page; the set-up then.

    Raises Stale when the page was shown in another version, NotSaved with the problems of this page; what is
    wrong elsewhere keeps the choices waiting.
    """
    after = _with(runtime, setup, page, posted, version, is_done=True)
    own = after.problems_on(page)
    if own:
        raise NotSaved("This page has problems.", own)
    if after.problems:
        flow_drafts.keep(runtime.table, setup.company.id, after.draft)
    else:
        _save(runtime, setup, after, ensure_schedule)
    return read_setup(runtime, setup.company)


def hold_page(runtime: Runtime, setup: Setup, page: str, posted: Mapping[str, Any], version: str) -> Setup:
    """Have what was chosen on a page wait, right or wrong; the set-up then. Raises Stale."""
    after = _with(runtime, setup, page, posted, version, is_done=False)
    flow_drafts.keep(runtime.table, setup.company.id, after.draft)
    return replace(after, draft=replace(after.draft, version=after.draft.version + 1))


def switch(
    runtime: Runtime, setup: Setup, changes: Mapping[str, Any], ensure_schedule: EnsureSchedule
) -> None:
    """Save the configuration with these changes, the merchant's yes among them. Raises NotSaved, Stale."""
    posted = _deep({**setup.draft.posted}, changes) if changes.get("enable") else dict(changes)
    try:
        save_version(
            runtime, setup.company, posted, _version_of(setup.stored), ensure_schedule=ensure_schedule
        )
    except Outdated as outdated:
        raise Stale(outdated.message) from None
    except BadRequest as refused:
        raise NotSaved(refused.message, refused.problems) from None
    if changes.get("enable"):
        flow_drafts.drop(runtime.table, setup.company.id)


def discard(runtime: Runtime, setup: Setup) -> None:
    """Forget what waits; the configuration stays."""
    if not setup.is_open:
        flow_drafts.drop(runtime.table, setup.company.id)


def _save(runtime: Runtime, before: Setup, after: Setup, ensure_schedule: EnsureSchedule) -> None:
    """Save what waits; an open set-up stays switched off until the merchant says yes."""
    enable = {} if before.stored is not None and not before.is_open else {"enable": False}
    posted = {**after.draft.posted, **enable}
    try:
        save_version(
            runtime, before.company, posted, _version_of(before.stored), ensure_schedule=ensure_schedule
        )
    except Outdated as outdated:
        raise Stale(outdated.message) from None
    except BadRequest as refused:  # the books changed since they were read for the page
        raise NotSaved(refused.message, refused.problems) from None
    if before.is_open:
        flow_drafts.keep(runtime.table, before.company.id, replace(after.draft, posted={}))
    elif before.draft.version:
        flow_drafts.drop(runtime.table, before.company.id)


def _with(
    runtime: Runtime, setup: Setup, page: str, posted: Mapping[str, Any], version: str, *, is_done: bool
) -> Setup:
    """The set-up as it would be with what was posted. Raises Stale."""
    if version != setup.version_of(page):
        raise Stale("Somebody else changed this page meanwhile.")
    draft = replace(
        setup.draft,
        posted=_deep(setup.draft.posted, posted),
        touched=setup.draft.touched | {page},
        done=setup.draft.done | ({page} if is_done else set()),
    )
    return _setup(runtime, setup.company, setup.stored, draft, setup.situation, setup.offer)


def _setup(
    runtime: Runtime,
    company: Company,
    stored: StoredConfiguration | None,
    draft: Draft,
    situation: Situation,
    offer: Offer,
) -> Setup:
    before = stored.body if stored else None
    body = before or empty_body()
    if draft.posted:
        switched = {} if before else {"enable": False}
        today = today_in(runtime.clock.now(), DEFAULT_TIME_ZONE)
        body = merge(before, {**draft.posted, **switched}, today)
    problems = tuple(problems_of(body, situation))
    return Setup(company, stored, draft, body, situation, offer, problems)


def _draft(runtime: Runtime, company: Company, *, is_new: bool) -> Draft:
    """What waits for the books the company has now; choices of other books' accounts mean nothing here."""
    ledger = ledger_connection(runtime, company)
    connection_id = ledger.id if ledger else ""
    kept = flow_drafts.read(runtime.table, company.id)
    if kept is None:
        return Draft(open=is_new, connection_id=connection_id)
    if kept.connection_id != connection_id:
        return Draft(open=is_new, connection_id=connection_id, version=kept.version)
    return replace(kept, open=kept.open or is_new)


def _version_of(stored: StoredConfiguration | None) -> IfMatch:
    return IfMatch(frozenset({str(stored.version if stored else 0)}))


def _deep(before: Mapping[str, Any], posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was posted last, over what was posted before."""
    merged = dict(before)
    for name, value in posted.items():
        earlier = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(earlier, Mapping)
        merged[name] = _deep(earlier, value) if both else value  # type: ignore[arg-type]
    return merged
