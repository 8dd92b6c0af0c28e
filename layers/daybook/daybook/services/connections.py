"""Connections of a company to platforms: its books, and where its sales come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.instants import utc_text
from daybook.domain.selection import empty_body
from daybook.platforms import SANDBOX
from daybook.services.erase import erase_message
from daybook.services.identifiers import identifier
from daybook.services.integrations import OWN_DATA, Integration, integration
from daybook.services.ledger_connection import ledger_connection
from daybook.services.raise_event import connection_created, connection_deleted, status_changed
from daybook.services.revoke_access import revoke_access
from daybook.store import companies, configurations, due
from daybook.store import connections as store
from daybook.store.connections import ACCOUNTING, COMMERCE, Connection
from daybook.store.ledger import Ledger
from daybook.wire import companies as wire
from daybook.wire.models import answer
from daybook.wire.paging import OLDEST_FIRST, Listing, page_of

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.table import Write

NO_CONNECTION = "00000000-0000-0000-0000-000000000000"
PENDING, LINKED = store.PENDING, store.LINKED
UNLINKED, DEAUTHORIZED = store.UNLINKED, store.DEAUTHORIZED


def find_connection(runtime: Runtime, company: Company, connection_id: str) -> Connection:
    """A company's connection. Raises NotFound."""
    return store.get(runtime.table, company.id, identifier(connection_id, "connection"))


def find_by_link(runtime: Runtime, company_id: str, connection_id: str) -> tuple[Company, Connection]:
    """What a link names, for whoever has it and no key. Raises NotFound, alike for either id."""
    try:
        company = companies.find(runtime.table, identifier(company_id, "connection"))
    except NotFound:
        raise NotFound("connection") from None
    return company, find_connection(runtime, company, connection_id)


def list_connections(
    runtime: Runtime, company: Company, listing: Listing, path: str, base_url: str
) -> dict[str, object]:
    """A page of a company's connections, oldest first unless asked otherwise."""
    kept = store.list_connections(runtime.table, company.id)
    return page_of(
        (answer(show_connection(each, base_url)) for each in kept), listing, path, places=OLDEST_FIRST
    )


def create_connection(runtime: Runtime, company: Company, platform_key: str, *also: Write) -> Connection:
    """Connect a company to a platform; `also` is what must happen in the same moment.

    The partner's own data is Linked at once; a ledger waits for its authorisation, and asking again meanwhile
    answers the connection that waits. Raises BadRequest for an unknown platform, and for a second ledger.
    """
    try:
        platform = integration(platform_key)
    except NotFound:
        message = f"There is no platform {platform_key!r}; GET /config/integrations lists those there are."
        raise BadRequest(message, [Problem("$.platformKey", message, "enum")]) from None
    if platform.source_type == ACCOUNTING:
        _refuse_second_ledger(runtime, company, "")
        for waiting in store.list_connections(runtime.table, company.id):
            if (waiting.platform_key, waiting.status) == (platform.key, PENDING):
                return waiting
    connection = new_connection(runtime, company, platform)
    store.create(runtime.table, connection, connection_created(runtime, connection), *also)
    return connection


def new_connection(runtime: Runtime, company: Company, platform: Integration) -> Connection:
    """A connection not kept yet; one to the partner's own data is Linked from the start."""
    connection_id = runtime.ids.new()
    return Connection(
        id=connection_id,
        company_id=company.id,
        integration_id=platform.id,
        platform_key=platform.key,
        platform_name=platform.name,
        source_type=platform.source_type,
        source_id=platform.source_id,
        status=PENDING if platform.source_type == ACCOUNTING else LINKED,
        created=utc_text(runtime.clock.now()),
        link_url=_link_path(company.id, connection_id, platform.key),
    )


def authorise(
    runtime: Runtime, company: Company, connection: Connection, request: wire.Authorization
) -> Connection:
    """Link a connection on the merchant's behalf (specification: api, authorise on the merchant's behalf).

    Raises BadRequest where a platform cannot be linked like this, or another ledger is linked.
    """
    if connection.source_type == COMMERCE:
        return _with_status(runtime, connection, LINKED, errors=())
    if connection.platform_key != SANDBOX:
        message = (
            f"{connection.platform_name} is linked by the merchant's own consent: have the connection's "
            "linkUrl followed."
        )
        raise BadRequest(message, [Problem("$", message, "platform")])
    zone = request.time_zone or "Europe/London"
    _check_zone(zone)
    _refuse_second_ledger(runtime, company, connection.id)
    from daybook.platforms.sandbox.chart import new_books

    books = new_books(
        company.id,
        company.name,
        (request.base_currency or "GBP").upper(),
        zone,
        (request.country or "GB").upper(),
    )
    Ledger(runtime.table, company.id).open(books)
    return link_ledger(runtime, company, connection)


def unlink(runtime: Runtime, connection: Connection) -> Connection:
    """Take a connection's access away; the configuration and the history stay."""
    unlinked = _with_status(runtime, connection, UNLINKED)
    revoke_access(runtime, connection)
    return unlinked


def erase_connection(runtime: Runtime, connection: Connection) -> None:
    """Remove a connection with what came through it: a ledger's configuration, a source's records.

    From now on nothing of it counts any more; it is erased soon after. The configurations that days were
    posted under are kept with the posted days.
    """
    if connection.source_type != COMMERCE:
        revoke_access(runtime, connection)
        _reset_configuration(runtime, connection.company_id)
    now = utc_text(runtime.clock.now())
    erased = store.erased(connection.company_id, connection.id, now)
    message = erase_message(runtime, connection.company_id, connection.id)
    told = connection_deleted(runtime, connection)
    store.delete(runtime.table, connection.company_id, connection.id, erased, message, told)


def ledger_connection_id(runtime: Runtime, company: Company) -> str:
    """The id of the connection to the company's books; all zeros once it was deleted."""
    found = ledger_connection(runtime, company)
    return found.id if found else NO_CONNECTION


def own_data_connection(runtime: Runtime, company: Company) -> Connection:
    """Where pushes go that name no connection: the oldest to the partner's own platform.

    Raises BadRequest when there is none.
    """
    own = [
        each for each in store.list_connections(runtime.table, company.id) if each.platform_key == OWN_DATA
    ]
    if not own:
        message = 'The company has no commerce connection. Create one with {"platformKey": "lqai"}.'
        raise BadRequest(message, [Problem("$", message, "connection")])
    return min(own, key=lambda each: (each.created, each.id))


def show_connection(connection: Connection, base_url: str) -> wire.Connection:
    """A connection as it is answered."""
    return wire.Connection(
        id=connection.id,
        integration_id=connection.integration_id,
        integration_key=connection.platform_key,
        source_id=connection.source_id,
        source_type=connection.source_type,
        platform_name=connection.platform_name,
        link_url=f"{base_url}{connection.link_url}",
        status=connection.status,
        created=connection.created,
        last_sync=connection.last_sync or None,
        data_connection_errors=[
            wire.DataConnectionError.model_validate(error) for error in connection.errors
        ],
        connection_info=dict(connection.connection_info),
    )


def _reset_configuration(runtime: Runtime, company_id: str) -> None:
    stored = configurations.current(runtime.table, company_id)
    if stored is not None:
        now = utc_text(runtime.clock.now())
        off = due.clear(company_id)
        configurations.save(runtime.table, company_id, empty_body(), stored.version, now, off)


def _with_status(runtime: Runtime, connection: Connection, status: str, **changes: Any) -> Connection:
    """The connection with this status, and those who ask for it told. Raises NotFound."""
    while connection.status != status:
        after = replace(connection, status=status, **changes)
        told = status_changed(runtime, connection.status, after)
        changed = store.change_status(runtime.table, connection, *told, status=status, **changes)
        connection = changed or store.get(runtime.table, connection.company_id, connection.id)
    return connection


def link_ledger(runtime: Runtime, company: Company, connection: Connection, **changes: Any) -> Connection:
    """Link a connection to the books, setting these fields of it as well.

    Raises BadRequest when another is linked, also at this very moment.
    """
    if connection.status == LINKED and not changes:
        return connection
    while True:
        links = store.ledger_links(runtime.table, company.id)
        _refuse_second_ledger(runtime, company, connection.id)
        after = replace(connection, status=LINKED, errors=(), **changes)
        told = status_changed(runtime, connection.status, after)
        linked = store.link_ledger(
            runtime.table, connection, links, *told, status=LINKED, errors=(), **changes
        )
        if linked is not None:
            return linked


def _link_path(company_id: str, connection_id: str, platform_key: str) -> str:
    if platform_key == SANDBOX:
        return f"/sandbox/{company_id}/link/{connection_id}"
    return f"/link/{company_id}/{connection_id}"


def _refuse_second_ledger(runtime: Runtime, company: Company, connection_id: str) -> None:
    for other in store.list_connections(runtime.table, company.id):
        if other.source_type == ACCOUNTING and other.status == LINKED and other.id != connection_id:
            message = (
                f"The company is linked to {other.platform_name} (connection {other.id}). "
                "Unlink it before another accounting platform is connected."
            )
            raise BadRequest(message, [Problem("$", message, "oneAccountingConnection")])


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{zone!r} is no IANA time zone; write it like Europe/London."
        raise BadRequest(message, [Problem("$.timeZone", message, "timeZone")]) from None
