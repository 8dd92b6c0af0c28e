"""Connecting a merchant's sales and books in the flow, by their own click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import Conflict
from daybook.platforms import SANDBOX
from daybook.services import link
from daybook.services.connections import authorise
from daybook.services.flow_company import connect
from daybook.services.flow_entry import accounting_connection, commerce_connection
from daybook.services.integrations import integration
from daybook.services.platform_access import ORGANISATION
from daybook.store.connections import LINKED, PENDING
from daybook.wire.companies import Authorization

if TYPE_CHECKING:
    from daybook.services.flow_link import FlowEntry
    from daybook.services.link import Begun
    from daybook.services.runtime import Runtime
    from daybook.store.connections import Connection


def books_to_connect(runtime: Runtime, entry: FlowEntry) -> Connection:
    """The connection to the merchant's books, made when it was deleted meanwhile.

    Raises NotFound before they chose their accounting software, BadRequest when other books are linked,
    Conflict when the connection is being deleted.
    """
    found = accounting_connection(runtime, entry)
    if found is None:
        connect(runtime, entry.company, integration(entry.accounting_key))
        found = accounting_connection(runtime, entry)
    if found is None:
        raise Conflict("The connection is being deleted. Try again.")
    return found


def is_linked(connection: Connection | None) -> bool:
    """Whether a connection is there and linked."""
    return connection is not None and connection.status == LINKED


def was_linked(connection: Connection) -> bool:
    """Whether a connection was linked once and is no longer."""
    return connection.status not in (LINKED, PENDING)


def organisation_of(connection: Connection) -> str:
    """Whose books a connection leads to, "" where nobody said."""
    return connection.connection_info.get(ORGANISATION, "")


def consent_page(runtime: Runtime, connection: Connection) -> str:
    """Where consent is asked for, "" for Sandbox books, which ask nobody. Raises NotLinked."""
    return "" if connection.platform_key == SANDBOX else link.consent_page(runtime, connection)


def begin(runtime: Runtime, entry: FlowEntry, connection: Connection, base_url: str) -> Begun | None:
    """Connect books: where the browser goes for consent, or None when they are linked already.

    Raises NotLinked, and BadRequest when other books are linked.
    """
    if connection.status == LINKED:
        return None
    if connection.platform_key == SANDBOX:
        authorise(runtime, entry.company, connection, Authorization())
        return None
    return link.begin(runtime, entry.company.id, connection.id, base_url, entry.locale)


def connect_sales(runtime: Runtime, entry: FlowEntry) -> None:
    """Have the merchant's sales linked, as they are when nobody unlinked them."""
    connect(runtime, entry.company, integration(entry.commerce_key))
    found = commerce_connection(runtime, entry)
    if found is not None and found.status != LINKED:
        authorise(runtime, entry.company, found, Authorization())
