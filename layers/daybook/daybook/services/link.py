"""Linking a company to its accounting software by the merchant's consent (specification: sync, platforms).

The merchant's browser is sent to the platform with a `state` that is used once and a cookie: only the browser
that began can bring a consent back, and only to the connection it began for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field, replace

from daybook import platforms
from daybook.domain.errors import (
    AuthorisationLost,
    BadRequest,
    DaybookError,
    NotFound,
    PlatformUnavailable,
    Problem,
)
from daybook.frozen import frozen
from daybook.platforms import oauth
from daybook.platforms.oauth import Tenant
from daybook.services import connections
from daybook.services.ledger_connection import ledger_connection
from daybook.services.platform_access import ORGANISATION, TENANT
from daybook.services.pull_books import begin_pull
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


class NotLinked(BadRequest):
    """A consent that linked nothing, in words for the merchant.

    `reason` is one of those below; `values` are the platform's name and others that its text names.
    """

    def __init__(self, reason: str, message: str, **values: str) -> None:
        super().__init__(message, [Problem("$", message, "authorisation")])
        self.reason = reason
        self.values = values


# Why: declined at the platform; too old, used or another browser's; not the organisation this connection
# writes to, or none at all; the platform is not set up here; it did not answer, or gave no access; the books
# are linked to other software.
DECLINED, OLD, WRONG_ORGANISATION, NO_ORGANISATION = "declined", "old", "organisation", "none"
NOT_SET_UP, DOWN, LOST, OTHER_BOOKS = "setup", "down", "lost", "other"


@frozen
class Begun:
    """Where to send the browser, and the cookie it must bring back."""

    url: str
    cookie: str = field(repr=False)


@frozen
class Linked:
    """A connection that is linked now."""

    company: Company
    connection: Connection


@frozen
class Choice:
    """Several organisations that the consent reaches; `state` is what the choice is sent back with."""

    platform: str
    state: str
    tenants: tuple[Tenant, ...]
    company: Company


@frozen
class Came:
    """Where a browser that comes back began: at this company of a client; `locale` is "" outside the flow."""

    client_id: str
    company_id: str
    locale: str


def consent_page(runtime: Runtime, connection: Connection) -> str:
    """The address of a platform's consent page, without what is asked there. Raises NotLinked."""
    settings = platforms.authorised(connection.platform_key).OAUTH
    _check_set_up(runtime, connection)
    urls = runtime.access.credentials(connection.platform_key).urls
    return urls.get("authorise", settings.authorise_url)


def begin(
    runtime: Runtime, company_id: str, connection_id: str, base_url: str, flow_locale: str = ""
) -> Begun:
    """Send a merchant's browser to the platform's consent page.

    Whoever has the link may follow it: it gives nobody access to anything but the right to consent.
    `flow_locale` says that it is begun in the flow, and leads back there. Raises NotFound, and NotLinked for
    a platform that is not set up here.
    """
    _, connection = connections.find_by_link(runtime, company_id, connection_id)
    if connection.source_type != ACCOUNTING:
        raise NotFound("connection")
    settings = platforms.authorised(connection.platform_key).OAUTH
    _check_set_up(runtime, connection)
    state, cookie = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    link_states.keep(runtime.table, _new_state(runtime, connection, (state, cookie), flow_locale))
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

    Raises NotLinked when it was declined, is too old or came by another browser; BadRequest when other books
    are linked; PlatformUnavailable and AuthorisationLost.
    """
    state = _taken(runtime, parameters.get("state", ""), cookie)
    connection = get_connection(runtime.table, state.company_id, state.connection_id)
    if parameters.get("error") or not parameters.get("code"):
        raise NotLinked(
            DECLINED,
            f"{connection.platform_name} was not connected, because the request was declined there. "
            "Open the link again to connect it.",
            platform=connection.platform_name,
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
        raise _no_organisation(connection)
    runtime.access.tokens(connection.platform_key, connection.id).keep(connection.company_id, pair)
    if len(fitting) == 1:
        return _link(runtime, connection, fitting[0], reads=not state.flow_locale)
    again = secrets.token_urlsafe(32)
    offered = tuple((each.id, each.name) for each in fitting)
    kept = replace(_new_state(runtime, connection, (again, cookie), state.flow_locale), tenants=offered)
    link_states.keep(runtime.table, kept)
    company = companies.find(runtime.table, connection.company_id)
    return Choice(connection.platform_name, again, fitting, company)


def choose(runtime: Runtime, state: str, tenant_id: str, cookie: str) -> Linked:
    """Link the organisation that the merchant chose. Raises as `come_back`."""
    taken = _taken(runtime, state, cookie)
    chosen = next((Tenant(*each) for each in taken.tenants if each[0] == tenant_id), None)
    if chosen is None:
        raise _too_old()
    connection = get_connection(runtime.table, taken.company_id, taken.connection_id)
    return _link(runtime, connection, chosen, reads=not taken.flow_locale)


def came_from(runtime: Runtime, state: str, cookie: str) -> Came | None:
    """Where this browser began, also when what it brings is used or too old; None for another browser."""
    found = _known(runtime, state, cookie)
    try:
        company = companies.find(runtime.table, found.company_id) if found else None
    except NotFound:
        return None
    return Came(company.client_id, company.id, found.flow_locale) if found and company else None


def reason_of(error: DaybookError) -> str:
    """Why a consent linked nothing, of the reasons above."""
    if isinstance(error, NotLinked):
        return error.reason
    if isinstance(error, AuthorisationLost):
        return LOST
    return OTHER_BOOKS if isinstance(error, BadRequest) else DOWN


def _link(runtime: Runtime, connection: Connection, tenant: Tenant, *, reads: bool) -> Linked:
    """Link a connection to an organisation; `reads` is whether what is in its books is read at once."""
    company = companies.find(runtime.table, connection.company_id)
    info = {TENANT: tenant.id, ORGANISATION: tenant.name}
    if connection.status == LINKED and connection.connection_info.get(TENANT) == tenant.id:
        linked = connection
    else:
        linked = _linked(runtime, company, connection, info)
    if not reads:
        begin_pull(runtime, linked)
        return Linked(company, linked)
    with suppress(PlatformUnavailable):  # linked all the same; the books are read when first asked for
        runtime.platform_for(linked).reference_data(fresh=True)
    return Linked(company, linked)


def _linked(runtime: Runtime, company: Company, connection: Connection, info: dict[str, str]) -> Connection:
    """The connection as linked. Raises NotLinked, with its consent given back, when it may not be."""
    try:
        return connections.link_ledger(runtime, company, connection, connection_info=info)
    except BadRequest as refused:
        revoke_access(runtime, replace(connection, connection_info=info))
        other = ledger_connection(runtime, company)
        named = {"platform": connection.platform_name, "other": other.platform_name if other else ""}
        raise NotLinked(OTHER_BOOKS, refused.message, **named) from None


def _check_set_up(runtime: Runtime, connection: Connection) -> None:
    if not runtime.access.is_set_up(connection.platform_key):
        raise NotLinked(
            NOT_SET_UP,
            f"{connection.platform_name} is not set up on this Daybook, so it cannot be connected.",
            platform=connection.platform_name,
        )


def _new_state(
    runtime: Runtime, connection: Connection, tokens: tuple[str, str], flow_locale: str
) -> LinkState:
    """An authorisation under way; `tokens` are its state and its browser's cookie."""
    state, cookie = map(_digest, tokens)
    return LinkState(
        digest=state,
        company_id=connection.company_id,
        connection_id=connection.id,
        browser=cookie,
        ends=int(runtime.clock.now().timestamp()) + _SECONDS,
        flow_locale=flow_locale,
    )


def _taken(runtime: Runtime, state: str, cookie: str) -> LinkState:
    """The authorisation under way that this browser began, used up."""
    now = int(runtime.clock.now().timestamp())
    found = _known(runtime, state, cookie)
    if found is None or found.used or found.ends <= now or not link_states.take(runtime.table, found):
        raise _too_old()
    return found


def _known(runtime: Runtime, state: str, cookie: str) -> LinkState | None:
    """What this browser was sent away with, used or not; None when it was another browser."""
    found = link_states.find(runtime.table, _digest(state[:_LONGEST]))
    if found is None or not secrets.compare_digest(found.browser, _digest(cookie[:_LONGEST])):
        return None
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _no_organisation(connection: Connection) -> NotLinked:
    platform, organisation = connection.platform_name, connection.connection_info.get(ORGANISATION, "")
    if organisation:
        return NotLinked(
            WRONG_ORGANISATION,
            f"This connection writes to {organisation}. Sign in to {platform} as somebody who may use "
            f"{organisation}, and open the link again.",
            platform=platform,
            organisation=organisation,
        )
    return NotLinked(
        NO_ORGANISATION,
        f"No organisation of {platform} was chosen. Open the link again and choose one there.",
        platform=platform,
    )


def _too_old() -> NotLinked:
    return NotLinked(
        OLD, "This page is no longer valid. Open the link again, and finish within half an hour."
    )
