"""What every page of the flow has in common: whose it is, the steps at its side, where to go next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.frozen import frozen
from daybook.services.flow_entry import entry_of, unfinished_link
from daybook.services.flow_stages import first_page, stages
from daybook.services.runtime import runtime
from daybook.services.sessions import FLOW
from pages import PageApi, page, seat_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daybook.services.flow_link import FlowEntry
    from pages import Seat
    from rest import Reply, Request

pages = PageApi("flow")


@frozen
class Visit:
    """A browser in a company's flow: its session, and what that is about."""

    seat: Seat
    entry: FlowEntry

    @property
    def company_id(self) -> str:
        """Whose flow it is."""
        return self.entry.company.id

    def path(self, stage: str) -> str:
        """The path of a page of this flow, such as `accounting`."""
        return f"/flow/{self.company_id}/{stage}"


def visit_of(request: Request, company_id: str) -> Visit:
    """The visit of the browser that asks. Raises SessionOver."""
    seat = seat_of(request, FLOW, company_id)
    return Visit(seat, entry_of(runtime(), seat.session))


def show(
    request: Request,
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    leads_to: Iterable[str] = (),
    stage: str = "",
    **values: object,
) -> Reply:
    """A page of the flow, with its steps at the side; `stage` is the one it belongs to."""
    return page(
        request,
        template,
        visit.seat,
        status=status,
        leads_to=leads_to,
        headers={},
        client_id="",
        locale="",
        company_id=visit.company_id,
        steps=stages(runtime(), visit.entry.company, visit.entry, stage),
        **values,
    )


def next_path(entry: FlowEntry) -> str:
    """Where a merchant goes on: the first page with something to do, else the settings."""
    stage = unfinished_link(runtime(), entry)
    return f"/flow/{entry.company.id}/{stage}" if stage else first_page(runtime(), entry.company)
