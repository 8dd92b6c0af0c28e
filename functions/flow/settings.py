"""A merchant's settings: how the syncs stand, what was chosen, and the ways out."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from daybook.domain.errors import BadRequest, PlatformError
from daybook.services import flow_settings
from daybook.services.flow_problems import Fault, faults_of
from daybook.services.flow_setup import NotSaved, Setup, Stale, discard, read_setup, switch
from daybook.services.flow_stages import next_page
from daybook.services.runtime import runtime
from daybook.services.said import said
from daybook.services.schedule import ensure_schedule
from daybook.services.sessions import close_session
from daybook.services.syncs import request_latest
from flow.site import pages, visit_of
from flow.stages import STAGES, visible_rows
from pages import form_of, page, see_other

if TYPE_CHECKING:
    from flow.site import Visit
    from rest import Reply, Request

_SETTINGS = "/flow/<company_id>/settings"
_NOTICES = frozenset(("saved", "on", "off", "started", "unlinked", "dropped"))
_LEAVING = {"unlink": flow_settings.deauthorise, "disconnect": flow_settings.delete_books}


@pages.route("GET", _SETTINGS)
def show_settings(request: Request, company_id: str) -> object:
    """How the syncs stand and what was chosen."""
    visit = visit_of(request, company_id)
    notice = request.parameters.get("notice", "saved" if request.parameters.get("saved") else "")
    return _settings(request, visit, notice=notice if notice in _NOTICES else "")


@pages.route("POST", f"{_SETTINGS}/on")
def switch_on(request: Request, company_id: str) -> object:
    """Switch the syncs on, from another first day where one is given."""
    visit = visit_of(request, company_id)
    start = form_of(request, visit.seat).one("start")
    changes: dict[str, Any] = {"enable": True} | ({"schedule": {"startDate": start}} if start else {})
    setup = read_setup(runtime(), visit.entry.company)
    try:
        switch(runtime(), setup, changes, ensure_schedule)
    except NotSaved as refused:
        label = said("flow.schedule.start")
        faults = faults_of(refused.problems, [("start", "$.schedule.startDate", label)], "")
        return _settings(request, visit, faults, HTTPStatus.UNPROCESSABLE_ENTITY, start=start)
    except Stale:
        return _settings(request, visit, (Fault("", said("settings.stale")),), HTTPStatus.CONFLICT)
    return see_other(request, visit.path("settings?notice=on"))


@pages.route("POST", f"{_SETTINGS}/off")
def switch_off(request: Request, company_id: str) -> object:
    """Switch the syncs off."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    setup = read_setup(runtime(), visit.entry.company)
    try:
        switch(runtime(), setup, {"enable": False}, ensure_schedule)
    except Stale:
        return _settings(request, visit, (Fault("", said("settings.stale")),), HTTPStatus.CONFLICT)
    return see_other(request, visit.path("settings?notice=off"))


@pages.route("POST", f"{_SETTINGS}/sync")
def sync_now(request: Request, company_id: str) -> object:
    """Have a sync run now."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    try:
        request_latest(runtime(), visit.entry.company, None)
    except BadRequest:
        fault = Fault("", said("settings.cannot-sync"))
        return _settings(request, visit, (fault,), HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(request, visit.path("settings?notice=started"))


@pages.route("POST", f"{_SETTINGS}/drop")
def drop_changes(request: Request, company_id: str) -> object:
    """Forget changes that were not saved yet."""
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    discard(runtime(), read_setup(runtime(), visit.entry.company))
    return see_other(request, visit.path("settings?notice=dropped"))


@pages.route("GET", f"{_SETTINGS}/unlink")
def ask_unlink(request: Request, company_id: str) -> object:
    """What goes and what stays when access to the books is taken away."""
    return _confirm(request, company_id, "unlink")


@pages.route("POST", f"{_SETTINGS}/unlink")
def take_unlink(request: Request, company_id: str) -> object:
    """Take away the access to the books."""
    return _leave(request, company_id, "unlink", "settings?notice=unlinked")


@pages.route("GET", f"{_SETTINGS}/disconnect")
def ask_disconnect(request: Request, company_id: str) -> object:
    """What goes and what stays when the connection to the books is deleted."""
    return _confirm(request, company_id, "disconnect")


@pages.route("POST", f"{_SETTINGS}/disconnect")
def take_disconnect(request: Request, company_id: str) -> object:
    """Delete the connection to the books."""
    return _leave(request, company_id, "disconnect", "accounting")


@pages.route("GET", f"{_SETTINGS}/delete")
def ask_delete(request: Request, company_id: str) -> object:
    """What goes and what stays when everything is deleted."""
    return _confirm(request, company_id, "delete")


@pages.route("POST", f"{_SETTINGS}/delete")
def take_delete(request: Request, company_id: str) -> object:
    """Delete the company, and end the visit."""
    visit = visit_of(request, company_id)
    form = form_of(request, visit.seat)
    if form.one("sure") != "yes":
        fault = Fault("sure", said("settings.delete.sure.error"))
        return _confirm(request, company_id, "delete", (fault,), HTTPStatus.UNPROCESSABLE_ENTITY)
    flow_settings.delete_all(runtime(), visit.entry.company)
    gone = page(request, "flow/gone.html", visit.seat, company_id=company_id, steps=())
    close_session(runtime(), visit.seat.token)
    return gone


def _leave(request: Request, company_id: str, action: str, onward: str) -> object:
    visit = visit_of(request, company_id)
    form_of(request, visit.seat)
    _LEAVING[action](runtime(), visit.entry.company)
    return see_other(request, visit.path(onward))


def _confirm(
    request: Request,
    company_id: str,
    action: str,
    faults: Iterable[Fault] = (),
    status: int = HTTPStatus.OK,
) -> Reply:
    visit = visit_of(request, company_id)
    return page(
        request,
        "flow/confirm.html",
        visit.seat,
        status=status,
        company_id=company_id,
        steps=(),
        action=action,
        faults=tuple(faults),
        company=visit.entry.company.name,
        ledger=flow_settings.standing(runtime(), visit.entry.company).ledger,
    )


def _settings(
    request: Request,
    visit: Visit,
    faults: Iterable[Fault] = (),
    status: int = HTTPStatus.OK,
    *,
    notice: str = "",
    start: str = "",
) -> Reply:
    company = visit.entry.company
    setup = _setup_if_reachable(visit)
    sections, troubles = _choices(visit, setup)
    return page(
        request,
        "flow/settings.html",
        visit.seat,
        status=status,
        company_id=company.id,
        steps=(),
        company=company.name,
        faults=tuple(faults),
        notice=notice,
        start=start,
        standing=flow_settings.standing(runtime(), company),
        history=flow_settings.history(runtime(), company, request.parameters.get("before", "")),
        is_paged="before" in request.parameters,
        setup=setup,
        unfinished=next_page(setup) if setup is not None and setup.is_open else "",
        waits=next_page(setup) if setup is not None and setup.waits and not setup.is_open else "",
        sections=sections,
        troubles=troubles,
    )


def _setup_if_reachable(visit: Visit) -> Setup | None:
    """The set-up; None while the books do not answer, which must not keep anybody from their settings."""
    try:
        return read_setup(runtime(), visit.entry.company)
    except PlatformError:
        return None


def _choices(visit: Visit, setup: Setup | None) -> tuple[list[tuple[str, bool, object]], list[Fault]]:
    """What was chosen on each page (its key, whether it is switched on, its choices), and what is wrong."""
    if setup is None:
        return [], []
    visible = visible_rows(visit)
    shown = {key: stage.build(setup, visible, lambda _: None) for key, stage in STAGES.items()}
    fields = [(each.id, each.path, each.label) for each_page in shown.values() for each in each_page.fields]
    sections: list[tuple[str, bool, object]] = [
        (key, bool(getattr(each, "is_on", True)), flow_settings.chosen_in(each.fields))
        for key, each in shown.items()
    ]
    return sections, faults_of(setup.problems, fields, "") if flow_settings.has_trouble(setup) else []
