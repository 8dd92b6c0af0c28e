"""Saying where sales, fees and payments go in the books, and when; then seeing it before saying yes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from daybook.domain.errors import BadRequest, Outdated, Problem
from daybook.frozen import frozen
from daybook.services import flow_money, flow_sales, flow_schedule
from daybook.services.flow_entry import way_out
from daybook.services.flow_fields import Field, is_journal
from daybook.services.flow_new_account import NotMade, make_account, make_contact
from daybook.services.flow_preview import preview_last_day
from daybook.services.flow_problems import Fault, by_field, faults_of
from daybook.services.flow_settings import standing, text_of
from daybook.services.flow_setup import NotSaved, Setup, Stale, hold_page, read_setup, save_page, switch
from daybook.services.flow_stages import next_page, stages
from daybook.services.runtime import runtime
from daybook.services.schedule import ensure_schedule
from daybook.services.visible_accounts import show_visible_accounts
from flow.site import pages, visit_of
from pages import Form, form_of, leave, page, see_other

if TYPE_CHECKING:
    from flow.site import Visit
    from rest import Reply, Request

Typed = Callable[[str], str | None]
# No field of ours needs as much: ids are at most 200 characters, names 255.
_LONGEST = 500


class Shown(Protocol):
    """What a page shows."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its fields in their order."""
        ...


@frozen
class Stage:
    """A page of the flow: what it shows, what answers mean, and the field that stands for its switch."""

    key: str
    build: Callable[[Setup, Iterable[str], Typed], Shown]
    read: Callable[[Any, Typed], dict[str, Any]]
    switch: str


def _schedule(setup: Setup, _visible: Iterable[str], typed: Typed) -> Shown:
    return flow_schedule.schedule_page(setup, runtime().clock.now(), typed)


STAGES = {
    each.key: each
    for each in (
        Stage("sales", flow_sales.sales_page, flow_sales.read_sales, "sync"),
        Stage(
            "fees",
            flow_money.fees_page,
            lambda shown, form: flow_money.read_money("fees", shown, form),
            "sync",
        ),
        Stage(
            "payments",
            flow_money.payments_page,
            lambda shown, form: flow_money.read_money("payments", shown, form),
            "sync",
        ),
        Stage("schedule", _schedule, lambda _shown, form: flow_schedule.read_schedule(form), ""),
    )
}


@frozen
class Asked:
    """A stage of one merchant, asked for or answered."""

    request: Request
    visit: Visit
    stage: Stage
    setup: Setup

    def shown(self, typed: Typed) -> Shown:
        """The page, with what was typed on top."""
        return self.stage.build(self.setup, visible_rows(self.visit), typed)


@pages.route("GET", "/flow/<company_id>/preview")
def show_preview(request: Request, company_id: str) -> object:
    """The last full day's entries, and whether to begin."""
    visit = visit_of(request, company_id)
    setup = read_setup(runtime(), visit.entry.company)
    if not setup.situation.has_accounting:
        return see_other(request, visit.path("accounting"))
    onward = next_page(setup)
    if onward != "preview":
        return see_other(request, visit.path(onward))
    return page(
        request,
        "flow/preview.html",
        visit.seat,
        leads_to=(way_out(visit.entry),),
        company_id=company_id,
        steps=stages(runtime(), visit.entry.company, visit.entry, "preview", setup),
        preview=preview_last_day(runtime(), visit.entry.company),
        schedule=setup.body["schedule"],
        first_day=date.fromisoformat(setup.body["schedule"]["startDate"]),
    )


@pages.route("POST", "/flow/<company_id>/preview")
def say_yes(request: Request, company_id: str) -> object:
    """Switch the syncs on."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    setup = read_setup(runtime(), visit.entry.company)
    onward = next_page(setup)
    if onward not in ("preview", "settings"):
        return see_other(request, visit.path(onward))
    try:
        switch(runtime(), setup, {"enable": True}, ensure_schedule)
    except (NotSaved, Stale):  # something changed since: its page says what
        return see_other(request, visit.path(next_page(read_setup(runtime(), visit.entry.company))))
    out = way_out(visit.entry)
    return leave(out) if out else see_other(request, visit.path("done"))


@pages.route("GET", "/flow/<company_id>/done")
def show_done(request: Request, company_id: str) -> object:
    """That all is set up, and what happens next."""
    visit = visit_of(request, company_id)
    setup = read_setup(runtime(), visit.entry.company)
    if setup.is_open:
        return see_other(request, visit.path(next_page(setup)))
    return page(
        request,
        "flow/done.html",
        visit.seat,
        company_id=company_id,
        steps=stages(runtime(), visit.entry.company, visit.entry, setup=setup),
        standing=standing(runtime(), visit.entry.company),
        client=visit.entry.client.name,
    )


def visible_rows(visit: Visit) -> list[str]:
    """The rows that the client shows for the merchant's accounting software."""
    entry = visit.entry
    return show_visible_accounts(runtime(), entry.client.id, entry.accounting_key).visible_accounts


def _ask(request: Request, company_id: str, key: str) -> object:
    visit = visit_of(request, company_id)
    setup = read_setup(runtime(), visit.entry.company)
    if not setup.situation.has_accounting:
        return see_other(request, visit.path("accounting"))
    asked = Asked(request, visit, STAGES[key], setup)
    known = setup.problems_on(key) if not setup.is_open or key in setup.draft.done else []
    return _page(asked, lambda _: None, known)


def _take(request: Request, company_id: str, key: str) -> object:
    visit = visit_of(request, company_id)
    form = form_of(request, visit.seat)
    setup = read_setup(runtime(), visit.entry.company)
    if not setup.situation.has_accounting:
        return see_other(request, visit.path("accounting"))
    if any(len(value) > _LONGEST for values in form.values.values() for value in values):
        raise BadRequest("This form holds more than its fields have room for.")
    asked = Asked(request, visit, STAGES[key], setup)
    typed = _typed(form)
    shown = asked.shown(typed)
    try:
        if form.one("create"):
            return _create(asked, form, shown)
        posted = asked.stage.read(shown, typed)
        after = save_page(runtime(), setup, key, posted, form.one("version"), ensure_schedule)
    except Outdated:  # another tab, or the partner, at this very moment too
        return _page(replace(asked, setup=read_setup(runtime(), setup.company)), typed, status=409)
    except NotSaved as refused:
        return _page(asked, typed, refused.problems, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotMade as refused:
        return _page(asked, typed, (), (refused.fault,), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    onward = next_page(after, key)
    return see_other(request, visit.path(f"{onward}?saved=1" if onward == "settings" else onward))


def _create(asked: Asked, form: Form, shown: Shown) -> object:
    """Make an account or a contact, choose it, and come back to the field; the rest of the page waits."""
    wanted, company = form.one("create"), asked.setup.company
    answers = _typed(form)
    if wanted in ("customer", "supplier"):
        made = make_contact(runtime(), company, wanted, form.one(f"new-{wanted}"))
    else:
        fields = (each for each in shown.fields if each.id == wanted)
        found = next(fields, None)
        if found is None:
            return see_other(asked.request, asked.visit.path(asked.stage.key))
        new = (form.one(f"new-name-{wanted}"), form.one(f"new-code-{wanted}"), form.one(f"new-type-{wanted}"))
        journal = is_journal(asked.setup, answers)
        made = make_account(runtime(), company, found, new, journal=journal)
    posted = asked.stage.read(shown, lambda name: made if name == wanted else answers(name))
    hold_page(runtime(), asked.setup, asked.stage.key, posted, form.one("version"))
    return see_other(asked.request, asked.visit.path(f"{asked.stage.key}?made=1#{wanted}"))


def _page(
    asked: Asked,
    typed: Typed,
    problems: Iterable[Problem] = (),
    more: Iterable[Fault] = (),
    status: int = HTTPStatus.OK,
) -> Reply:
    shown = asked.shown(typed)
    is_stale = status == HTTPStatus.CONFLICT
    saved = {each.id: each for each in asked.shown(lambda _: None).fields} if is_stale else {}
    fields = shown.fields
    faults = [*faults_of(problems, [(f.id, f.path, f.label) for f in fields], asked.stage.switch), *more]
    entry = asked.visit.entry
    return page(
        asked.request,
        f"flow/{asked.stage.key}.html",
        asked.visit.seat,
        status=status,
        company_id=entry.company.id,
        steps=stages(runtime(), entry.company, entry, asked.stage.key, asked.setup),
        stage=asked.stage.key,
        setup=asked.setup,
        version=asked.setup.version_of(asked.stage.key),
        asks=shown,
        faults=faults,
        errors=by_field(faults),
        is_stale=is_stale,
        saved={
            field.id: text_of(saved[field.id])
            for field in fields
            if field.id in saved and saved[field.id].value and saved[field.id].value != field.value
        },
        was_made=asked.request.parameters.get("made") == "1",
        typed=lambda name: typed(name) or "",
        back=_before(asked),
    )


def _before(asked: Asked) -> str:
    """The page before this one: of the stages, or the settings once all is set up."""
    if not asked.setup.is_open:
        return asked.visit.path("settings")
    keys = ("accounting", *STAGES)
    return asked.visit.path(keys[keys.index(asked.stage.key) - 1])


def _typed(form: Form) -> Typed:
    return lambda name: form.one(name) if name in form.values else None


def _register(key: str) -> None:
    """Have a stage asked and answered at its path."""
    pages.route("GET", f"/flow/<company_id>/{key}")(
        lambda request, company_id: _ask(request, company_id, key)
    )
    pages.route("POST", f"/flow/<company_id>/{key}")(
        lambda request, company_id: _take(request, company_id, key)
    )


for _key in STAGES:
    _register(_key)
