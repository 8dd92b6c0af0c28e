"""What every page of the portal has in common: whose it is, how states and times are shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from daybook.services.sessions import PORTAL
from pages import PageApi, page, seat_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages import Seat
    from rest import Reply, Request

pages = PageApi("portal")

FIRST_PAGE = "/portal/dashboard"
# Pages of what changes by the minute, and of other people's trade: nothing of it is kept by a browser.
_UNKEPT = {"Cache-Control": "no-store"}
_KINDS = {1000: "busy", 1010: "busy", 2000: "good", 2040: "quiet"}


def seat_at(request: Request) -> Seat:
    """The session of the agent who asks. Raises SessionOver."""
    return seat_of(request, PORTAL)


def show(
    request: Request, seat: Seat, template: str, section: str, *, status: int = 200, **values: Any
) -> Reply:
    """A page of the portal; `section` is the entry of the navigation it belongs to."""
    return page(
        request,
        f"portal/{template}.html",
        seat,
        status=status,
        headers=_UNKEPT,
        section=section,
        instant=datetime.fromisoformat,
        iso_date=date.fromisoformat,
        kind_of=kind_of,
        query=query,
        duration=duration,
        asked=request.parameters.get("q", "")[:200],
        **values,
    )


def kind_of(code: int) -> str:
    """How a badge shows a status code: good, quiet, busy or bad."""
    return _KINDS.get(code, "bad")


def query(parameters: Mapping[str, str], **more: str) -> str:
    """A query string, with a question mark, of what has a value."""
    text = urlencode({name: value for name, value in {**parameters, **more}.items() if value})
    return f"?{text}" if text else ""


def duration(time: timedelta) -> tuple[str, int]:
    """A length of time as a unit's text and a number of that unit, rounded down."""
    seconds = max(int(time.total_seconds()), 0)
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"portal.time.{unit}", seconds // length
    return "portal.time.seconds", seconds
