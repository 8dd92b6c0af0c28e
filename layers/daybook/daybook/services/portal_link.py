"""The link by which a support agent enters the portal: made with an API key, redeemed once.

Whoever holds the key vouches for the agent; the portal asks for nothing else (docs/adr/0028).
"""

from __future__ import annotations

import hashlib
import math
import secrets
from typing import TYPE_CHECKING

from daybook.domain.errors import NotFound
from daybook.services.flow_link import MOST_WRONG_TRIES, VALID_SECONDS, refused
from daybook.services.identifiers import identifier
from daybook.services.sessions import PORTAL, Session, session_ends
from daybook.store import clients, portal_links
from daybook.wire.portal import PortalUrl

if TYPE_CHECKING:
    from daybook.services.runtime import Runtime


def make_portal_link(runtime: Runtime, client_id: str, locale: str, base_url: str) -> PortalUrl:
    """A link into the portal of a client. It holds a one-time password, of which only a digest is kept."""
    password = secrets.token_hex(20)
    valid_until = _milliseconds(runtime) + VALID_SECONDS * 1000
    portal_links.create(runtime.table, client_id, _digest_of(password), locale, valid_until)
    return PortalUrl(url=f"{base_url}/portal/{client_id}/start?otp={password}")


def redeem_portal_link(runtime: Runtime, client_id: str, password: str) -> Session:
    """Use a link's password up: the session it opens. Raises LinkRefused, alike whatever the reason."""
    try:
        # Tries are counted only for clients there are: nobody can fill the table with others.
        client = clients.get(runtime.table, identifier(client_id, "client"))
    except NotFound:
        raise refused({}) from None
    digest = _digest_of(password)
    locale = portal_links.take(runtime.table, client.id, digest, _milliseconds(runtime), MOST_WRONG_TRIES)
    if locale is None:
        raise refused({"clientId": client.id})
    return Session(PORTAL, client.id, "", locale, session_ends(runtime, PORTAL))


def _digest_of(password: str) -> str:
    """What is kept of a password. It is random, so that it needs no slower digest."""
    return hashlib.sha256(password.encode(errors="replace")).hexdigest()


def _milliseconds(runtime: Runtime) -> int:
    return math.floor(runtime.clock.now().timestamp() * 1000)
