"""The link by which a merchant enters the sync configuration flow: made for a client, redeemed once.

Its one-time password is worth 30 seconds of access to one merchant's settings (specification: api, sync flow
URL). It is bound to its company, kept only as a digest, works once, and stops working after five wrong tries.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from typing import TYPE_CHECKING

from daybook import telemetry
from daybook.domain.errors import BadRequest, NotFound, Problem
from daybook.domain.redirects import may_redirect
from daybook.frozen import frozen
from daybook.services.flow_company import company_of_merchant
from daybook.services.identifiers import identifier
from daybook.services.integrations import Integration, integration, is_enabled
from daybook.store import clients, companies, flow_links
from daybook.store.connections import ACCOUNTING, COMMERCE
from daybook.wire.errors import Unauthorized
from daybook.wire.sync_flow import FlowRequest, SyncFlowUrl

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime
    from daybook.store.clients import Client
    from daybook.store.companies import Company

VALID_SECONDS = 30
MOST_WRONG_TRIES = 5
# Given in the place of an accounting platform's key: the merchant chooses one in the flow.
CHOOSE = "choose"
# Nobody types it, so it may be long: 40 digits are 132 bits, which no number of tries finds.
_DIGITS = 40


class LinkRefused(Unauthorized):
    """The password is wrong, used, too old, another company's, or was guessed at; all alike."""

    message = (
        "This link has expired or was used before. Go back to where you found it and open it again: "
        "each link works once, within 30 seconds."
    )


@frozen
class FlowEntry:
    """What a redeemed link opens: who may set up what, in which language, and where they go afterwards.

    `accounting_key` is "" while they have not chosen their accounting software, where they may (`chooses`).
    `redirect_url` is "" when they stay; it was allowed when the link was made.
    """

    client: Client
    company: Company
    commerce_key: str
    accounting_key: str
    locale: str
    redirect_url: str
    chooses: bool = False


def start_flow(
    runtime: Runtime,
    client_id: str,
    created_by: str,
    platform_keys: tuple[str, str],
    asked: FlowRequest,
    base_url: str,
) -> SyncFlowUrl:
    """A link for a merchant, whose company and connections are made at need.

    `platform_keys` are those of the commerce and of the accounting platform, or CHOOSE for the latter. Raises
    NotFound for an unknown platform or a deleted company; BadRequest for a platform that cannot be used here,
    a redirectUrl that is not allowed, and what `company_of_merchant` refuses. Then nothing was made.
    """
    commerce = _platform(runtime, platform_keys[0], COMMERCE, "commerceKey")
    accounting = None
    if platform_keys[1].lower() != CHOOSE:
        accounting = _platform(runtime, platform_keys[1], ACCOUNTING, "accountingKey")
    if asked.redirect_url:
        _check_redirect(clients.get(runtime.table, client_id), asked.redirect_url)
    platforms = (commerce,) if accounting is None else (commerce, accounting)
    company = company_of_merchant(runtime, client_id, created_by, asked.merchant_identifier, platforms)
    password = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
    link = flow_links.FlowLink(
        company_id=company.id,
        digest=_digest_of(password),
        commerce_key=commerce.key,
        accounting_key=accounting.key if accounting else CHOOSE,
        locale=asked.locale,
        redirect_url=asked.redirect_url,
        valid_until=_milliseconds(runtime) + VALID_SECONDS * 1000,
    )
    flow_links.create(runtime.table, link)
    path = f"/flow/{company.id}/{link.commerce_key}/{link.accounting_key}/start"
    return SyncFlowUrl(url=f"{base_url}{path}?otp={password}")


def redeem(runtime: Runtime, company_id: str, password: str) -> FlowEntry:
    """Use a link's password up. Raises LinkRefused, alike whatever the reason.

    Of several who redeem it at once one succeeds.
    """
    try:
        # Tries are counted only for companies there are: nobody can fill the table with others.
        company = companies.find(runtime.table, identifier(company_id, "company"))
    except NotFound:
        raise refused({}) from None
    digest = _digest_of(password)
    link = flow_links.take(runtime.table, company.id, digest, _milliseconds(runtime), MOST_WRONG_TRIES)
    if link is None:
        raise refused({"companyId": company.id})
    return FlowEntry(
        client=clients.get(runtime.table, company.client_id),
        company=company,
        commerce_key=link.commerce_key,
        accounting_key="" if link.accounting_key == CHOOSE else link.accounting_key,
        locale=link.locale,
        redirect_url=link.redirect_url,
        chooses=link.accounting_key == CHOOSE,
    )


def refused(ids: dict[str, object]) -> LinkRefused:
    """Count a refusal, where somebody who guesses is seen; `ids` say whose link it claims to be."""
    telemetry.tell("one-time link refused", ids, {"LinksRefused": 1}, level="WARNING")
    return LinkRefused()


def _platform(runtime: Runtime, key: str, source_type: str, parameter: str) -> Integration:
    found = integration(key)
    if found.source_type != source_type:
        message = f"{found.name} ({found.key}) is no {source_type.lower()} platform."
    elif not is_enabled(runtime, found):
        message = f"{found.name} is not set up on this Daybook."
    else:
        return found
    raise BadRequest(message, [Problem(parameter, message, "platform")])


def _check_redirect(client: Client, url: str) -> None:
    if not may_redirect(url, client.redirect_hosts):
        message = (
            "redirectUrl must be an absolute http or https URL to one of the hosts that whoever runs this "
            "Daybook has allowed for you."
        )
        raise BadRequest(message, [Problem("redirectUrl", message, "redirectUrl")])


def _digest_of(password: str) -> str:
    """What is kept of a password. It is random, so that it needs no slower digest."""
    return hashlib.sha256(password.encode(errors="replace")).hexdigest()


def _milliseconds(runtime: Runtime) -> int:
    return math.floor(runtime.clock.now().timestamp() * 1000)
