"""Entering the portal, its first page, finding things, and lists of syncs and companies."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from daybook.domain.flow_rows import LOCALES
from daybook.services import portal_dashboard, portal_export, portal_search
from daybook.services.portal_link import redeem_portal_link
from daybook.services.portal_search import SORTS, STATUSES, Search
from daybook.services.runtime import runtime
from daybook.services.sessions import change_session, close_session, open_session
from pages import Seat, form_of, is_fetched_ahead, page, see_other, session_cookie
from portal.charts import chart_of
from portal.site import FIRST_PAGE, pages, query, seat_at, show
from rest import Reply, Request, Text

_FAILING = 50


@pages.route("GET", "/portal/dashboard")
def dashboard(request: Request) -> object:
    """How the client's syncs go."""
    seat = seat_at(request)
    span = portal_dashboard.read_span(request.parameters.get("days", ""))
    now = runtime().clock.now()
    shown = portal_dashboard.read_dashboard(runtime(), seat.session.client_id, span)
    values: dict[str, Any] = {"view": shown, "chart": chart_of(shown.outcomes), "span": span, "now": now}
    return show(request, seat, "dashboard", "dashboard", spans=portal_dashboard.SPANS, **values)


@pages.route("GET", "/portal/failing")
def failing(request: Request) -> object:
    """The companies whose last sync failed."""
    seat = seat_at(request)
    rows, following = portal_search.failing_now(
        runtime(), seat.session.client_id, _FAILING, request.parameters.get("page", "")
    )
    return show(request, seat, "failing", "failing", rows=rows, following=following)


@pages.route("GET", "/portal/find")
def find(request: Request) -> object:
    """Go where an id leads; else list the companies of that name."""
    seat = seat_at(request)
    text = request.parameters.get("q", "").strip()[:200]
    found = portal_search.find_by_id(runtime(), seat.session.client_id, text) if text else ""
    return see_other(request, found or f"/portal/companies{query({'q': text})}")


@pages.route("GET", "/portal/syncs")
def syncs(request: Request) -> object:
    """Syncs by date and outcome."""
    seat = seat_at(request)
    search = _search(request)
    found = None if search.problems else portal_search.search_syncs(runtime(), seat.session.client_id, search)
    status = 422 if search.problems else 200
    values: dict[str, Any] = {"search": search, "found": found, "statuses": STATUSES, "sorts": SORTS}
    return show(request, seat, "syncs", "syncs", status=status, most=portal_export.MOST_ROWS, **values)


@pages.route("GET", "/portal/syncs/export")
def export_parts(request: Request) -> object:
    """The files of a search that is too long for one."""
    seat = seat_at(request)
    search = _search(request)
    if search.problems:
        return see_other(request, f"/portal/syncs{query(search.typed)}")
    parts = portal_export.list_parts(runtime(), seat.session.client_id, search)
    return show(request, seat, "export", "syncs", search=search, parts_found=parts)


@pages.route("GET", "/portal/syncs/syncs.csv")
def export_file(request: Request) -> object:
    """Syncs as a file for a spreadsheet."""
    seat = seat_at(request)
    search = _search(request)
    if search.problems:
        return see_other(request, f"/portal/syncs{query(search.typed)}")
    shards = request.parameters.get("shards", "")[:40]
    text = portal_export.export(runtime(), seat.session.client_id, replace(search, cursor=""), shards)
    name = f"syncs-{search.first}-{search.last}"
    if re.fullmatch("[0-7](-[0-7])*", shards):
        name += f"-{shards}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Reply(Text(text, "text/csv; charset=utf-8"), headers)


@pages.route("GET", "/portal/companies")
def companies(request: Request) -> object:
    """Companies by name."""
    seat = seat_at(request)
    text = request.parameters.get("q", "").strip()[:200]
    found = portal_search.search_companies(
        runtime(), seat.session.client_id, text, request.parameters.get("page", "")
    )
    return show(request, seat, "companies", "companies", found=found, text=text)


@pages.route("POST", "/portal/language")
def change_language(request: Request) -> object:
    """Go on in another language."""
    seat = seat_at(request)
    form = form_of(request, seat)
    if form.one("locale") in LOCALES:
        change_session(runtime(), seat.token, replace(seat.session, locale=form.one("locale")))
    back = form.one("back")
    return see_other(request, back if back.startswith("/portal/") else FIRST_PAGE)


@pages.route("POST", "/portal/sign-out")
def sign_out(request: Request) -> object:
    """End the session."""
    seat = seat_at(request)
    form_of(request, seat)
    close_session(runtime(), seat.token)
    over = Seat(replace(seat.session, ends=0), "")
    return see_other(request, FIRST_PAGE, session_cookie(request, over.session, over.token))


@pages.route("GET", "/portal/<client_id>/start")
def enter(request: Request, client_id: str) -> object:
    """Redeem a link: a session for this browser, and on to the first page."""
    if is_fetched_ahead(request):
        return page(request, "link/ahead.html", status=503)
    session = redeem_portal_link(runtime(), client_id, request.parameters.get("otp", ""))
    cookie = session_cookie(request, session, open_session(runtime(), session))
    return see_other(request, FIRST_PAGE, cookie)


def _search(request: Request) -> Search:
    return portal_search.read_search(request.parameters, runtime().clock.now().date())
