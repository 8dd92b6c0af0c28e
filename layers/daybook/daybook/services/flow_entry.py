"""What a merchant's session in the sync configuration flow is about, and how far they are connected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.redirects import may_redirect
from daybook.frozen import frozen
from daybook.services import integrations
from daybook.services.flow_company import connect
from daybook.services.flow_link import FlowEntry
from daybook.services.ledger_connection import ledger_connection, ledger_of
from daybook.services.pull_books import is_pulled
from daybook.services.sessions import (
    FLOW,
    Session,
    SessionOver,
    change_session,
    find_session,
    open_session,
    session_ends,
)
from daybook.store import clients, companies
from daybook.store.connections import ACCOUNTING, COMMERCE, LINKED, PENDING, list_connections

if TYPE_CHECKING:
    from daybook.services.integrations import Integration
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

PLATFORM, COMMERCE_STAGE, ACCOUNTING_STAGE, PROGRESS = (
    "platform",
    "commerce",
    "accounting",
    "accounting/progress",
)


@frozen
class Tile:
    """Accounting software that a merchant may choose: its key, name and logo (a path of this API)."""

    key: str
    name: str
    logo: str


def open_visit(runtime: Runtime, entry: FlowEntry, token: str) -> tuple[Session, str]:
    """The session of who redeemed a link, and its token.

    A browser that is in this company's flow already (`token`) goes on in the same session: what another tab
    holds can still be sent.
    """
    session = Session(
        kind=FLOW,
        client_id=entry.client.id,
        company_id=entry.company.id,
        locale=entry.locale,
        ends=session_ends(runtime, FLOW),
        values={
            "commerce": entry.commerce_key,
            "accounting": entry.accounting_key,
            "chooses": "yes" if entry.chooses else "",
            "redirect": entry.redirect_url,
        },
    )
    try:
        before = find_session(runtime, FLOW, token, entry.company.id)
        if before.client_id == entry.client.id:
            change_session(runtime, token, session)
            return session, token
    except SessionOver:
        pass
    return session, open_session(runtime, session)


def entry_of(runtime: Runtime, session: Session) -> FlowEntry:
    """What a session is about. Raises NotFound once the company was deleted."""
    company = companies.find(runtime.table, session.company_id)
    values = session.values
    chooses = bool(values.get("chooses"))
    key = values.get("accounting", "")
    if chooses:
        key = _chosen_before(runtime, company, key)
    return FlowEntry(
        client=clients.get(runtime.table, session.client_id),
        company=company,
        commerce_key=values.get("commerce", ""),
        accounting_key=key,
        locale=session.locale,
        redirect_url=values.get("redirect", ""),
        chooses=chooses,
    )


def tiles(runtime: Runtime) -> tuple[Tile, ...]:
    """The accounting software there is to choose from."""
    return tuple(
        Tile(each.key, each.name, logo_of(each.key))
        for each in integrations.INTEGRATIONS
        if _may_be_chosen(runtime, each)
    )


def logo_of(platform_key: str) -> str:
    """Where the logo of a platform is, as a path of this API; its name is not in it."""
    return f"/assets/integrations/{platform_key}/square.svg"


def may_choose(runtime: Runtime, entry: FlowEntry) -> bool:
    """Whether the merchant may choose their accounting software: as long as none is linked."""
    ledger = ledger_connection(runtime, entry.company)
    return entry.chooses and (ledger is None or ledger.status != LINKED)


def choose_platform(runtime: Runtime, session: Session, token: str, key: str) -> Session:
    """Take a merchant's choice of accounting software; the session as it is then.

    Raises BadRequest when there is none of this key to choose, or other books are linked already.
    """
    company = companies.find(runtime.table, session.company_id)
    try:
        platform = integrations.integration(key)
    except NotFound:
        platform = None
    if platform is None or not session.values.get("chooses") or not _may_be_chosen(runtime, platform):
        message = "Choose one of these."
        raise BadRequest(message, [Problem("platform", message, "enum")])
    connect(runtime, company, platform)
    changed = replace(session, values={**session.values, "accounting": platform.key})
    change_session(runtime, token, changed)
    return changed


def accounting_connection(runtime: Runtime, entry: FlowEntry) -> Connection | None:
    """The connection to the merchant's books: the linked one, else the newest to the software they chose."""
    connections = list(list_connections(runtime.table, entry.company.id))
    ledger = ledger_of(connections)
    if ledger is not None and ledger.status == LINKED:
        return ledger
    found = [
        each
        for each in connections
        if each.source_type == ACCOUNTING and each.platform_key == entry.accounting_key
    ]
    return max(found, key=lambda each: (each.status != PENDING, each.created, each.id), default=None)


def commerce_connection(runtime: Runtime, entry: FlowEntry) -> Connection | None:
    """The oldest connection to where the merchant's sales come from, a linked one before others."""
    found = [
        each
        for each in list_connections(runtime.table, entry.company.id)
        if each.source_type == COMMERCE and each.platform_key == entry.commerce_key
    ]
    return min(found, key=lambda each: (each.status != LINKED, each.created, each.id), default=None)


def unfinished_link(runtime: Runtime, entry: FlowEntry) -> str:
    """The first page of the flow on which something is still to be connected, "" when all is."""
    commerce = commerce_connection(runtime, entry)
    books = accounting_connection(runtime, entry)
    if not entry.accounting_key and books is None:
        return PLATFORM
    if commerce is None or commerce.status != LINKED:
        return COMMERCE_STAGE
    if books is None or books.status != LINKED:
        return ACCOUNTING_STAGE
    return "" if is_pulled(runtime, books) else PROGRESS


def way_out(entry: FlowEntry) -> str:
    """Where the merchant goes when done, "" when they stay: as allowed now, not when the link was made."""
    allowed = may_redirect(entry.redirect_url, entry.client.redirect_hosts)
    return entry.redirect_url if entry.redirect_url and allowed else ""


def _may_be_chosen(runtime: Runtime, platform: Integration) -> bool:
    return platform.source_type == ACCOUNTING and integrations.is_enabled(runtime, platform)


def _chosen_before(runtime: Runtime, company: Company, key: str) -> str:
    """The key of the linked software, else of what the merchant chose, else of what was linked once."""
    ledger = ledger_connection(runtime, company)
    if ledger is None or ledger.status == PENDING:
        return key
    return ledger.platform_key if ledger.status == LINKED else key or ledger.platform_key
