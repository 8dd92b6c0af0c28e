"""Companies: created, listed, changed and deleted, each within its own client."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from daybook.domain.configuration import read_configuration
from daybook.domain.instants import utc_text
from daybook.domain.times import parse_time, resolve
from daybook.services import connections
from daybook.services.erase import erase_message
from daybook.services.identifiers import identifier
from daybook.services.raise_event import company_created, company_deleted
from daybook.services.revoke_access import revoke_access
from daybook.store import companies as store
from daybook.store import configurations, due
from daybook.store.companies import Company
from daybook.store.connections import creation, list_connections
from daybook.wire import companies as wire
from daybook.wire.models import answer
from daybook.wire.paging import OLDEST_FIRST, Listing, page_of
from daybook.wire.syncs import DateRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daybook.services.integrations import Integration
    from daybook.services.runtime import Runtime


def find_company(runtime: Runtime, client_id: str, company_id: str) -> Company:
    """A client's company. Raises NotFound, alike for an unknown id and for somebody else's."""
    return store.get(runtime.table, client_id, identifier(company_id, "company"))


def zone_of(runtime: Runtime, company: Company) -> ZoneInfo:
    """The zone in which the company's times without an offset are meant; UTC before it is configured."""
    stored = configurations.current(runtime.table, company.id)
    return ZoneInfo(read_configuration(stored.body).schedule.time_zone) if stored else ZoneInfo("Etc/UTC")


def resolve_time(runtime: Runtime, company: Company, text: str) -> datetime:
    """The instant (UTC) a time means to this company; the text is one `parse_time` reads."""
    return resolve(parse_time(text), zone_of(runtime, company))


def resolve_range(runtime: Runtime, company: Company, asked: DateRange) -> tuple[datetime, datetime]:
    """The instants (UTC) between which a range lies."""
    return resolve_time(runtime, company, asked.start), resolve_time(runtime, company, asked.finish)


def create_company(
    runtime: Runtime,
    client_id: str,
    created_by: str,
    request: wire.CompanyRequest,
    *,
    platforms: Sequence[Integration] = (),
    merchant_identifier: str = "",
) -> Company:
    """Create a company with a connection to each of these platforms; the partner's own is Linked at once.

    Raises Conflict when the client has a company with this merchant identifier.
    """
    company = Company(
        id=runtime.ids.new(),
        client_id=client_id,
        name=request.name,
        description=request.description or "",
        tags=dict(request.tags),
        created=utc_text(runtime.clock.now()),
        created_by=created_by,
        merchant_identifier=merchant_identifier,
    )
    made = [connections.new_connection(runtime, company, platform) for platform in platforms]
    told = company_created(runtime, company, made)
    store.create(runtime.table, company, told, *(creation(connection) for connection in made))
    return company


def list_companies(
    runtime: Runtime, client_id: str, listing: Listing, path: str, base_url: str
) -> dict[str, object]:
    """A page of a client's companies, oldest first unless asked otherwise."""
    companies = {company.id: company for company in store.list_companies(runtime.table, client_id)}

    def complete(row: dict[str, Any]) -> dict[str, Any]:
        return answer(show_company(runtime, companies[row["id"]], base_url))

    # Connections are read for the companies of the page only, unless the caller looks for them.
    looks_at = listing.query.properties | {order.steps[0] for order in listing.orders}
    rows = [answer(_shown(company, [], base_url)) for company in companies.values()]
    if "dataconnections" in looks_at or "lastsync" in looks_at:
        return page_of((complete(row) for row in rows), listing, path, places=OLDEST_FIRST)
    return page_of(rows, listing, path, complete, places=OLDEST_FIRST)


def replace_company(runtime: Runtime, company: Company, request: wire.CompanyRequest) -> Company:
    """Replace everything the caller may say of a company."""
    changed = replace(
        company, name=request.name, description=request.description or "", tags=dict(request.tags)
    )
    store.update(runtime.table, changed)
    return changed


def update_company(runtime: Runtime, company: Company, request: wire.CompanyUpdate) -> Company:
    """Change what is given of a company."""
    changed = replace(
        company,
        name=company.name if request.name is None else request.name,
        description=company.description if request.description is None else request.description,
        tags=company.tags if request.tags is None else dict(request.tags),
    )
    store.update(runtime.table, changed)
    return changed


def delete_company(runtime: Runtime, company: Company) -> None:
    """Delete a company: from now on it cannot be found and none of its syncs goes on.

    All that is kept of it is erased soon after; what was posted stays in the merchant's ledger.
    """
    store.delete(
        runtime.table,
        company,
        utc_text(runtime.clock.now()),
        due.clear(company.id),
        erase_message(runtime, company.id),
        company_deleted(runtime, company),
    )
    for connection in list_connections(runtime.table, company.id):
        revoke_access(runtime, connection)


def show_company(runtime: Runtime, company: Company, base_url: str) -> wire.Company:
    """A company with its connections, as it is answered."""
    shown = [
        connections.show_connection(connection, base_url)
        for connection in list_connections(runtime.table, company.id)
    ]
    return _shown(company, shown, base_url)


def _shown(company: Company, shown: list[wire.Connection], base_url: str) -> wire.Company:
    return wire.Company(
        id=company.id,
        name=company.name,
        description=company.description or None,
        redirect=f"{base_url}/link/{company.id}",
        created=company.created,
        created_by_user_name=company.created_by or None,
        last_sync=max((connection.last_sync for connection in shown if connection.last_sync), default=None),
        tags=dict(company.tags),
        data_connections=shown,
    )
