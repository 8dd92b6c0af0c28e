"""The company behind a merchant who is sent through the sync configuration flow, made if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daybook.domain.errors import BadRequest, Conflict, Problem
from daybook.services.companies import create_company
from daybook.services.connections import create_connection
from daybook.store import companies, layout
from daybook.store.connections import ACCOUNTING, LINKED, list_connections
from daybook.store.table import Absent, ConditionFailed, Equals, Put
from daybook.wire.companies import LONGEST_NAME, CompanyRequest, clean_name

if TYPE_CHECKING:
    from daybook.services.integrations import Integration
    from daybook.services.runtime import Runtime
    from daybook.store.companies import Company
    from daybook.store.connections import Connection

# How often others may be the first to connect the company before the caller is told to try again.
_TRIES = 8


def company_of_merchant(
    runtime: Runtime, client_id: str, created_by: str, merchant: str, platforms: tuple[Integration, ...]
) -> Company:
    """The client's company with this id or, else, with this identifier of the client's own, connected.

    A new merchant gets a company called by the identifier. However many ask at once, there is one company
    with one connection to each platform. Raises NotFound for a company that was deleted, BadRequest when the
    identifier cannot be a name or the merchant's books are linked to another accounting platform.
    """
    found = companies.find_merchant(runtime.table, client_id, merchant)
    if found is None:
        request = CompanyRequest(name=_name_of(merchant))
        try:
            return create_company(
                runtime, client_id, created_by, request, platforms=platforms, merchant_identifier=merchant
            )
        except Conflict:  # another call for the same merchant was first
            found = companies.find_merchant(runtime.table, client_id, merchant)
            if found is None:
                raise
    for platform in platforms:
        connect(runtime, found, platform)
    return found


def _name_of(merchant: str) -> str:
    try:
        return clean_name(merchant)[:LONGEST_NAME].strip()
    except ValueError:
        message = "merchantIdentifier holds no letter or digit, so that no company can be called by it."
        raise BadRequest(message, [Problem("merchantIdentifier", message, "name")]) from None


def connect(runtime: Runtime, company: Company, platform: Integration) -> None:
    """Have a connection to the platform; one that was unlinked is there to be linked again.

    Raises BadRequest when the merchant's books are linked to another accounting platform.
    """
    key = layout.flow_connections(company.id)
    for _ in range(_TRIES):
        before = runtime.table.get(*key)
        there = list_connections(runtime.table, company.id)
        _refuse_other_books(there, platform)
        if any(each.platform_key == platform.key for each in there):
            return
        count = before["count"] if before else 0
        counted = Put(
            {"PK": key[0], "SK": key[1], "count": count + 1},
            Equals("count", count) if before else Absent(),
        )
        try:
            create_connection(runtime, company, platform.key, counted)
        except ConditionFailed:
            continue
        return
    raise Conflict("Others are connecting this merchant at the same time. Try again.")


def _refuse_other_books(there: list[Connection], platform: Integration) -> None:
    for other in there:
        is_other = other.source_type == ACCOUNTING and other.platform_key != platform.key
        if platform.source_type == ACCOUNTING and is_other and other.status == LINKED:
            message = (
                f"The merchant's books are linked to {other.platform_name} (connection {other.id}). "
                f"Unlink it before they are connected to {platform.name}."
            )
            raise BadRequest(message, [Problem("accountingKey", message, "oneAccountingConnection")])
