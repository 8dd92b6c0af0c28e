"""What of a company is still to be linked, for whoever has its link and no key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daybook.services.identifiers import identifier
from daybook.store import companies
from daybook.store.connections import ACCOUNTING, LINKED, list_connections

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A link to follow: the platform's name, its logo and the link, both as paths of this API."""

    name: str
    logo: str
    path: str


@dataclass(frozen=True, slots=True)
class WaitingLinks:
    """The links to follow, and the client whose page it is. Nothing tells which company it is.

    `is_done` when there is none to follow because books are linked.
    """

    client_id: str
    links: tuple[WaitingLink, ...]
    is_done: bool


def waiting_links(runtime: Runtime, company_id: str) -> WaitingLinks:
    """The links of a company's connections to books that are not linked; none once some are.

    Raises NotFound.
    """
    company = companies.find(runtime.table, identifier(company_id, "company"))
    ledgers = [each for each in list_connections(runtime.table, company.id) if each.source_type == ACCOUNTING]
    is_done = any(each.status == LINKED for each in ledgers)
    links = tuple(
        WaitingLink(each.platform_name, f"/assets/integrations/{each.platform_key}/square.svg", each.link_url)
        for each in ledgers
        if not is_done
    )
    return WaitingLinks(company.client_id, links, is_done)
