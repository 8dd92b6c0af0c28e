"""The way into the flow: the one-time link, the language, and which accounting software it is."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from daybook.domain.errors import BadRequest
from daybook.domain.flow_rows import LOCALES
from daybook.services import flow_entry, flow_link
from daybook.services.runtime import runtime
from daybook.services.sessions import FLOW, change_session
from flow.site import next_path, pages, show, visit_of
from pages import form_of, is_fetched_ahead, page, see_other, session_cookie, token_of
from rest import Html, Reply, Request

_START = "/flow/<company_id>/<commerce_key>/<accounting_key>/start"
# The rest of a page's path below its company's.
_PAGE = re.compile(r"[a-z]+(/[a-z]+)?")


@pages.route("GET", _START)
def enter(request: Request, company_id: str, **_keys: str) -> object:
    """Use a one-time link, and go where there is something to do."""
    if is_fetched_ahead(request):
        return page(request, "link/ahead.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    entry = flow_link.redeem(runtime(), company_id, request.parameters.get("otp", ""))
    session, token = flow_entry.open_visit(runtime(), entry, token_of(request, FLOW))
    return see_other(request, next_path(entry), session_cookie(request, session, token))


@pages.route("HEAD", _START)
def look_at_link(_request: Request, **_path: str) -> object:
    """What looks at links before people do learns nothing, and uses nothing up."""
    return Reply(Html(""))


@pages.route("GET", "/flow/<company_id>")
def go_on(request: Request, company_id: str) -> object:
    """Go where there is something to do."""
    return see_other(request, next_path(visit_of(request, company_id).entry))


@pages.route("POST", "/flow/<company_id>/language")
def change_language(request: Request, company_id: str) -> object:
    """Show the same page in another language."""
    visit = visit_of(request, company_id)
    form = form_of(request, visit.seat)
    locale = form.one("locale")
    if locale in LOCALES:
        change_session(runtime(), visit.seat.token, replace(visit.seat.session, locale=locale))
    below = form.one("back").removeprefix(f"/flow/{company_id}/")
    return see_other(request, visit.path(below) if _PAGE.fullmatch(below) else next_path(visit.entry))


@pages.route("GET", "/flow/<company_id>/platform")
def show_platforms(request: Request, company_id: str) -> object:
    """Tiles of the accounting software there is."""
    return _platforms(request, company_id, HTTPStatus.OK, "")


@pages.route("POST", "/flow/<company_id>/platform")
def choose_platform(request: Request, company_id: str) -> object:
    """Choose accounting software."""
    visit = visit_of(request, company_id)
    key = form_of(request, visit.seat).one("platform")
    try:
        flow_entry.choose_platform(runtime(), visit.seat.session, visit.seat.token, key)
    except BadRequest:  # nothing of these, or linked by another tab meanwhile
        return _platforms(request, company_id, HTTPStatus.UNPROCESSABLE_ENTITY, "link.platform.choose")
    return see_other(request, next_path(visit_of(request, company_id).entry))


def _platforms(request: Request, company_id: str, status: HTTPStatus, problem: str) -> object:
    visit = visit_of(request, company_id)
    if not flow_entry.may_choose(runtime(), visit.entry):
        return see_other(request, next_path(visit.entry))
    tiles = flow_entry.tiles(runtime())
    return show(request, visit, "link/platform.html", status=status, tiles=tiles, problem=problem)
