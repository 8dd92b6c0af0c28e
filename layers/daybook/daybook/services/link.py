"""Linking a company to its accounting software by the merchant's consent (specification: sync, platforms).

The merchant's browser is sent to the platform with a `state` that is used once and a cookie: only the browser
that began can bring a consent back, and only to the connection it began for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from daybook import platforms
from daybook.domain.errors import AuthorisationLost, BadRequest, NotFound, PlatformUnavailable, Problem
from daybook.platforms import oauth
from daybook.platforms.oauth import Tenant
from daybook.services import connections
from daybook.services.platform_access import ORGANISATION, TENANT
from daybook.services.revoke_access import revoke_access
from daybook.services.runtime import Runtime
from daybook.store import companies, link_states
from daybook.store.companies import Company
from daybook.store.connections import ACCOUNTING, LINKED, Connection
from daybook.store.connections import get as get_connection
from daybook.store.link_states import LinkState

CALLBACK = "/oauth/callback"
# A merchant may have to find a password meanwhile.
_SECONDS = 1800
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the cookie it must bring back."""

    url: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """A connection that is linked now."""

    company: Company
    connection: Connection


@dataclass(frozen=True, slots=True)
class Choice:
    """Several organisations that the consent reaches; `state` is what the choice is sent back with."""

    platform: str
    state: str
    tenants: tuple[Tenant, ...]


def begin(runtime: Runtime, company_id: str, connection_id: str, base_url: str) -> Begun:
    """Send a merchant's browser to the platform's consent page.

    Whoever has the link may follow it: it gives nobody access to anything but the right to consent. Raises
    NotFound, and BadRequest for a platform that is not set up here.
    """
    _, connection = connections.find_by_link(runtime, company_id, connection_id)
    if connection.source_type != ACCOUNTING:
        raise NotFound("connection")
    settings = platforms.authorised(connection.platform_key).OAUTH
    _check_set_up(runtime, connection)
    state, cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    link_states.keep(runtime.table, _new_state(runtime, connection, state, cookie))
    url = oauth.consent_url(
        settings,
        runtime.access.credentials(connection.platform_key),
        state,
        f"{base_url}{CALLBACK}",
        cookie,
    )
    return Begun(url, cookie)


def come_back(runtime: Runtime, parameters: Mapping[str, str], cookie: str, base_url: str) -> Linked | Choice:
    """Take a consent that a merchant's browser brings back.

    Raises BadRequest, in words for the merchant, when it was declined, is too old or came by another browser.
    """
    state = _taken(runtime, parameters.get("state", ""), cookie)
    connection = get_connection(runtime.table, state.company_id, state.connection_id)
    if parameters.get("error") or not parameters.get("code"):
        raise _refused(
            f"{connection.platform_name} was not connected, because the request was declined there. "
            "Open the link again to connect it."
        )
    module = platforms.authorised(connection.platform_key)
    credentials = runtime.access.credentials(connection.platform_key)
    code = parameters["code"][:_LONGEST]
    try:
        pair = oauth.exchange(module.OAUTH, credentials, code, f"{base_url}{CALLBACK}", cookie)
    except AuthorisationLost:
        raise _too_old() from None
    tenants = tuple(module.tenants(credentials.urls.get("api", ""), pair.access, parameters))
    known = connection.connection_info.get(TENANT, "")
    fitting = tuple(each for each in tenants if each.id == known) if known else tenants
    if not fitting:
        raise _refused(_no_organisation(connection))
    runtime.access.tokens(connection.platform_key, connection.id).keep(connection.company_id, pair)
    if len(fitting) == 1:
        return _link(runtime, connection, fitting[0])
    again = secrets.token_urlsafe(32)
    offered = tuple((each.id, each.name) for each in fitting)
    kept = replace(_new_state(runtime, connection, again, cookie), tenants=offered)
    link_states.keep(runtime.table, kept)
    return Choice(connection.platform_name, again, fitting)


def choose(runtime: Runtime, state: str, tenant_id: str, cookie: str) -> Linked:
    """Link the organisation that the merchant chose. Raises BadRequest as `come_back`."""
    taken = _taken(runtime, state, cookie)
    chosen = next((Tenant(*each) for each in taken.tenants if each[0] == tenant_id), None)
    if chosen is None:
        raise _too_old()
    connection = get_connection(runtime.table, taken.company_id, taken.connection_id)
    return _link(runtime, connection, chosen)


def _link(runtime: Runtime, connection: Connection, tenant: Tenant) -> Linked:
    """Link a connection to an organisation, and read what is in its books."""
    company = companies.find(runtime.table, connection.company_id)
    info = {TENANT: tenant.id, ORGANISATION: tenant.name}
    if connection.status == LINKED and connection.connection_info.get(TENANT) == tenant.id:
        linked = connection
    else:
        linked = _linked(runtime, company, connection, info)
    with suppress(PlatformUnavailable):  # linked all the same; the books are read when first asked for
        runtime.platform_for(linked).reference_data(fresh=True)
    return Linked(company, linked)


def _linked(runtime: Runtime, company: Company, connection: Connection, info: dict[str, str]) -> Connection:
    """The connection as linked. Raises BadRequest, with its consent given back, when it may not be."""
    try:
        return connections.link_ledger(runtime, company, connection, connection_info=info)
    except BadRequest:
        revoke_access(runtime, replace(connection, connection_info=info))
        raise


def _check_set_up(runtime: Runtime, connection: Connection) -> None:
    if not runtime.access.is_set_up(connection.platform_key):
        raise _refused(
            f"{connection.platform_name} is not set up on this Daybook, so it cannot be connected."
        )


def _new_state(runtime: Runtime, connection: Connection, state: str, cookie: str) -> LinkState:
    ends = int(runtime.clock.now().timestamp()) + _SECONDS
    return LinkState(_digest(state), connection.company_id, connection.id, _digest(cookie), ends)


def _taken(runtime: Runtime, state: str, cookie: str) -> LinkState:
    """The authorisation under way that this browser began, used up."""
    now = int(runtime.clock.now().timestamp())
    found = link_states.find(runtime.table, _digest(state[:_LONGEST]), now)
    if found is None or not secrets.compare_digest(found.browser, _digest(cookie[:_LONGEST])):
        raise _too_old()
    if not link_states.take(runtime.table, found):
        raise _too_old()
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _no_organisation(connection: Connection) -> str:
    organisation = connection.connection_info.get(ORGANISATION)
    if organisation:
        return (
            f"This connection writes to {organisation}. Sign in to {connection.platform_name} as somebody "
            f"who may use {organisation}, and open the link again."
        )
    return (
        f"No organisation of {connection.platform_name} was chosen. Open the link again and choose one there."
    )


def _too_old() -> BadRequest:
    return _refused("This page is no longer valid. Open the link again, and finish within half an hour.")


def _refused(message: str) -> BadRequest:
    return BadRequest(message, [Problem("$", message, "authorisation")])
