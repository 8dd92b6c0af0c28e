"""The pages of Sandbox books: what a bookkeeper wants to see of a ledger.

A merchant comes from the flow, a support agent from the portal; both see the same pages, each under the path
that their session's cookie is for. Nothing can be changed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from daybook.domain.errors import NotFound
from daybook.frozen import frozen
from daybook.services import sandbox, show_books
from daybook.services.companies import find_company
from daybook.services.runtime import runtime
from daybook.services.sessions import FLOW, PORTAL
from daybook.services.show_books import Period
from daybook.wire.sandbox import Format
from pages import PageApi, Seat, page, seat_of
from rest import Reply, Request, Text

pages = PageApi("books")
handler = pages.handle

_FLOW, _PORTAL = "/flow/<company_id>/books", "/portal/companies/<company_id>/books"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SECTIONS = ("", "/balances", "/journal", "/documents", "/accounts")
FORMATS: Mapping[Format, str] = MappingProxyType({"beancount": "beancount", "hledger": "journal"})


@frozen
class Visit:
    """Who looks at which company's books, and where: `home` is the page they came from."""

    seat: Seat
    client_id: str
    company_id: str
    root: str
    home: str
    language: str


@frozen
class Asked:
    """The dates a reader asked for, as typed; what is wrong with them, by field, as keys of texts."""

    texts: dict[str, str]
    period: Period
    faults: dict[str, str]


@pages.route("GET", _FLOW, _PORTAL)
def show_trial_balance(request: Request, company_id: str) -> object:
    """What moved on every account, and what is left."""
    return _balances(request, company_id, "books/trial_balance.html", "")


@pages.route("GET", f"{_FLOW}/balances", f"{_PORTAL}/balances")
def show_contact_balances(request: Request, company_id: str) -> object:
    """What customers owe, and what suppliers are owed."""
    return _balances(request, company_id, "books/balances.html", "/balances")


@pages.route("GET", f"{_FLOW}/accounts", f"{_PORTAL}/accounts")
def show_chart(request: Request, company_id: str) -> object:
    """The chart of accounts and the tax rates."""
    visit = _visit(request, company_id)
    data = show_books.open_books(runtime(), visit.client_id, company_id)
    return _page(request, visit, "books/accounts.html", "/accounts", data=data, asked=None)


@pages.route("GET", f"{_FLOW}/journal", f"{_PORTAL}/journal")
def show_journal(request: Request, company_id: str) -> object:
    """Every entry, the newest first."""
    return _journal(request, company_id, "books/journal.html", "/journal")


@pages.route("GET", f"{_FLOW}/documents", f"{_PORTAL}/documents")
def show_documents(request: Request, company_id: str) -> object:
    """Every document and how it stands, the newest first."""
    return _journal(request, company_id, "books/documents.html", "/documents")


@pages.route("GET", f"{_FLOW}/export/<name>", f"{_PORTAL}/export/<name>")
def export_books(request: Request, company_id: str, name: str) -> object:
    """The books as plain text accounting, to keep."""
    visit = _visit(request, company_id)
    kind = next((kind for kind, ending in FORMATS.items() if name == f"books.{ending}"), None)
    if kind is None:
        raise NotFound("file")
    company = find_company(runtime(), visit.client_id, company_id)
    text = sandbox.books_as_text(runtime(), company, show_books.whole_books(kind))
    return Reply(Text(text), {"Content-Disposition": f'attachment; filename="{name}"'})


def _balances(request: Request, company_id: str, template: str, section: str) -> Reply:
    visit, asked = _visit(request, company_id), _asked(request)
    balances = show_books.show_balances(runtime(), visit.client_id, company_id, asked.period)
    return _page(request, visit, template, section, asked=asked, data=balances.data, balances=balances)


def _journal(request: Request, company_id: str, template: str, section: str) -> Reply:
    visit, asked = _visit(request, company_id), _asked(request)
    begins = request.parameters.get("begins", "")
    journal = show_books.show_journal(runtime(), visit.client_id, company_id, asked.period, begins)
    older = urlencode({**asked.texts, "begins": journal.rest}) if journal.rest else ""
    values = {"data": journal.data, "entries": journal.entries, "older": older, "begins": begins}
    return _page(request, visit, template, section, asked=asked, **values)


def _visit(request: Request, company_id: str) -> Visit:
    """Raises SessionOver without a session for these books, NotFound for another client's company."""
    if request.path.startswith("/portal/"):
        seat, home = seat_of(request, PORTAL), f"/portal/companies/{company_id}"
        language = "/portal/language"
    else:
        seat, home = seat_of(request, FLOW, company_id), f"/flow/{company_id}/settings"
        language = f"/flow/{company_id}/language"
    root = (
        f"/portal/companies/{company_id}/books" if home.startswith("/portal") else f"/flow/{company_id}/books"
    )
    return Visit(seat, seat.session.client_id, company_id, root, home, language)


def _asked(request: Request) -> Asked:
    texts = {name: request.parameters.get(name, "").strip()[:40] for name in ("from", "to")}
    texts = {name: text for name, text in texts.items() if text}
    dates: dict[str, date] = {}
    faults: dict[str, str] = {}
    for name, text in texts.items():
        try:
            dates[name] = date.fromisoformat(text if _DATE.fullmatch(text) else "")
        except ValueError:
            faults[name] = "books.period.wrong"
    if not faults and dates.get("from", date.min) > dates.get("to", date.max):
        faults["from"] = "books.period.order"
    period = Period() if faults else Period(dates.get("from"), dates.get("to"))
    return Asked(texts, period, faults)


def _presets(zone: str) -> list[dict[str, str]]:
    """Periods that are asked for most, with the query of each."""
    today = runtime().clock.now().astimezone(ZoneInfo(zone)).date()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    periods = {
        "books.period.this-month": {"from": month, "to": today},
        "books.period.last-month": {"from": before.replace(day=1), "to": before},
        "books.period.this-year": {"from": month.replace(month=1), "to": today},
        "books.period.everything": {},
    }
    return [{"text": key, "query": urlencode(dates)} for key, dates in periods.items()]


def _page(
    request: Request, visit: Visit, template: str, section: str, *, asked: Asked | None, **values: Any
) -> Reply:
    faults = asked.faults if asked else {}
    return page(
        request,
        template,
        visit.seat,
        status=422 if faults else 200,
        visit=visit,
        section=section,
        sections=SECTIONS,
        formats=FORMATS,
        asked=asked,
        presets=_presets(values["data"].company.time_zone) if asked else [],
        **values,
    )
