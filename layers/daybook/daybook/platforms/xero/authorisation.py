"""How a merchant gives Daybook access to Xero, which organisations that reaches, and how it ends."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.frozen import frozen
from daybook.platforms.oauth import OAuth, Tenant
from daybook.platforms.transport import Reply, Transport

PLATFORM_NAME = "Xero"
HOST = "https://api.xero.com"
# Xero allows sixty a minute and connection; the rest is left to the merchant's other uses of our application.
CALLS_A_MINUTE = 50

# Applications made since March 2026 get these narrow scopes only. No `revoke_url`: revoking a token there
# ends every organisation that the same person connected; `disconnect` ends one.
OAUTH = OAuth(
    platform=PLATFORM_NAME,
    authorise_url="https://login.xero.com/identity/connect/authorize",
    token_url="https://identity.xero.com/connect/token",  # noqa: S106 - an address
    scopes=(
        "openid",
        "profile",
        "email",
        "offline_access",
        "accounting.invoices",
        "accounting.payments",
        "accounting.banktransactions",
        "accounting.manualjournals",
        "accounting.contacts",
        "accounting.settings",
    ),
    pkce=True,
)


@frozen
class _OneToken:
    """An access token of a consent that is not kept yet, or about to end: there is no other."""

    token: str

    def access(self) -> str:
        """The token."""
        return self.token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - there is no other
        """Raises AuthorisationLost."""
        raise AuthorisationLost(
            PLATFORM_NAME, f"{PLATFORM_NAME} does not accept this consent. Link it again."
        )


class _OwnPace:
    """These two calls are made once in a connection's life; they are not counted."""

    def before_call(self) -> None:
        """Let every call pass."""

    def blocked_for(self, seconds: int) -> None:
        """Leave it to the caller, who is told."""


def tenants(url: str, token: str, parameters: Mapping[str, str]) -> list[Tenant]:  # noqa: ARG001
    """The organisations a consent reaches: those chosen in it where Xero says which, else all of the person.

    `url` is the API's host where that is not Xero's own. Raises PlatformUnavailable, AuthorisationLost.
    """
    transport = _transport(url, token)
    event = _claim(token, "authentication_event_id")
    connections = _connections(transport, event)
    if event and not connections:
        connections = _connections(transport, "")
    return [Tenant(each["tenantId"], str(each.get("tenantName") or "")) for each in connections]


def disconnect(url: str, token: str, tenant: str) -> None:
    """End Daybook's access to one organisation, and to no other of the same person; safe to repeat.

    Raises PlatformUnavailable, PlatformUnclear (do it again), AuthorisationLost.
    """
    transport = _transport(url, token)
    for each in _connections(transport, ""):
        if each["tenantId"] == tenant:
            reply = transport.write("DELETE", f"/Connections/{each['id']}")
            if not reply.ok and reply.status != HTTPStatus.NOT_FOUND:
                raise _refused(reply)


def _transport(url: str, token: str) -> Transport:
    return Transport(PLATFORM_NAME, url or HOST, _OneToken(token), _OwnPace())


def _connections(transport: Transport, event: str) -> list[dict[str, Any]]:
    reply = transport.read("/Connections", {"authEventId": event} if event else None)
    answer = reply.json()
    if not reply.ok or not isinstance(answer, list):
        raise _refused(reply)
    return [
        each
        for each in answer
        if isinstance(each, dict)
        and each.get("tenantId")
        and each.get("tenantType", "ORGANISATION") == "ORGANISATION"
    ]


def _refused(reply: Reply) -> PlatformUnavailable | AuthorisationLost:
    if reply.status == HTTPStatus.FORBIDDEN:
        return AuthorisationLost(PLATFORM_NAME, f"{PLATFORM_NAME} gives no access. Link it again.")
    message = f"{PLATFORM_NAME} does not say which organisations there are (HTTP {reply.status})."
    return PlatformUnavailable(PLATFORM_NAME, message)


def _claim(token: str, name: str) -> str:
    """A claim of an access token, which came from Xero itself; "" for a token that is not readable."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature (RFC 7519)
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return ""
    value = claims.get(name) if isinstance(claims, dict) else None
    return value if isinstance(value, str) else ""
