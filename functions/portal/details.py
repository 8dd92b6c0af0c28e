"""The pages of one company, one sync, one document, and the way down to the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import BadRequest
from daybook.services import portal_company, portal_record, portal_search, portal_sync
from daybook.services.runtime import runtime
from daybook.wire.json_text import write_json
from pages import form_of, see_other
from portal.site import pages, seat_at, show
from rest import JSON, Reply, Request, Text

if TYPE_CHECKING:
    from pages import Seat

_COMPANY = "/portal/companies/<company_id>"
_SYNC = f"{_COMPANY}/syncs/<sync_id>"
_DOCUMENT = f"{_COMPANY}/documents/<key>"


@pages.route("GET", _COMPANY)
def company(request: Request, company_id: str) -> object:
    """A company: how it is connected, how its days stand, its syncs."""
    seat = seat_at(request)
    search = portal_search.read_search(request.parameters, runtime().clock.now().date())
    month = request.parameters.get("month", "")
    shown = portal_company.view_company(runtime(), seat.session.client_id, company_id, month, search)
    return show(request, seat, "company", "companies", view=shown, search=search)


@pages.route("GET", _SYNC)
def sync(request: Request, company_id: str, sync_id: str) -> object:
    """A sync: what became of it and why."""
    return _sync_page(request, seat_at(request), company_id, sync_id)


@pages.route("GET", f"{_SYNC}/configuration.json")
def configuration(request: Request, company_id: str, sync_id: str) -> object:
    """The configuration a sync ran with, as a file."""
    seat = seat_at(request)
    kept = portal_sync.sync_configuration(runtime(), seat.session.client_id, company_id, sync_id)
    name = f"configuration-{kept.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    told = {"version": kept.version, "saved": kept.saved, "configuration": kept.body}
    return Reply(Text(write_json(told), JSON), headers)


@pages.route("POST", f"{_SYNC}/retry")
def retry(request: Request, company_id: str, sync_id: str) -> object:
    """Try again what failed, and go where it can be watched."""
    seat = seat_at(request)
    form_of(request, seat)
    try:
        again = portal_sync.sync_again(runtime(), seat.session.client_id, company_id)
    except BadRequest as refused:
        return _sync_page(request, seat, company_id, sync_id, refused.message)
    return see_other(request, f"/portal/companies/{again.company_id}/syncs/{again.id}")


@pages.route("GET", _DOCUMENT)
def document(request: Request, company_id: str, key: str) -> object:
    """A document that a sync wrote, or did not."""
    seat = seat_at(request)
    shown = portal_sync.view_document(runtime(), seat.session.client_id, company_id, key)
    return show(request, seat, "document", "syncs", view=shown)


@pages.route("GET", f"{_DOCUMENT}/lines/<number>")
def line(request: Request, company_id: str, key: str, number: str) -> object:
    """The records that a document's line is made of."""
    seat = seat_at(request)
    shown = portal_sync.view_line(runtime(), seat.session.client_id, company_id, key, number)
    return show(request, seat, "line", "syncs", view=shown)


@pages.route("GET", f"{_COMPANY}/records")
def record(request: Request, company_id: str) -> object:
    """A record as the partner sent it."""
    seat = seat_at(request)
    asked = request.parameters
    identity = (asked.get("connection", ""), asked.get("type", ""), asked.get("id", ""))
    shown = portal_record.view_record(runtime(), seat.session.client_id, company_id, *identity)
    return show(request, seat, "record", "syncs", view=shown, text=write_json(shown.body, indent=2))


def _sync_page(request: Request, seat: Seat, company_id: str, sync_id: str, problem: str = "") -> Reply:
    after = request.parameters.get("after", "")[:36]
    shown = portal_sync.view_sync(runtime(), seat.session.client_id, company_id, sync_id, after)
    status = 422 if problem else 200
    return show(request, seat, "sync", "syncs", status=status, view=shown, problem=problem, after=after)
