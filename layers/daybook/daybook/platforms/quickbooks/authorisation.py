"""How a merchant gives Daybook access to QuickBooks Online, and which company that reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.frozen import frozen
from daybook.platforms.oauth import OAuth, Tenant
from daybook.platforms.quickbooks import faults
from daybook.platforms.quickbooks.faults import PLATFORM_NAME
from daybook.platforms.transport import Transport

HOST = "https://quickbooks.api.intuit.com"
# Older ones are served as this one.
MINOR_VERSION = "75"
# QuickBooks allows 500 a minute and company; the rest is left to other uses of the same application.
CALLS_A_MINUTE = 450

OAUTH = OAuth(
    platform=PLATFORM_NAME,
    authorise_url="https://appcenter.intuit.com/connect/oauth2",
    token_url="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
    revoke_url="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    scopes=("com.intuit.quickbooks.accounting",),
)

_REALM = re.compile(r"[0-9A-Za-z-]{1,50}")


@frozen
class _OneToken:
    """The access token of a consent that is not kept yet: there is no other."""

    token: str

    def access(self) -> str:
        """The token."""
        return self.token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - there is no other
        """Raises AuthorisationLost."""
        raise AuthorisationLost(PLATFORM_NAME, "QuickBooks does not accept this consent. Link it again.")


class _OwnPace:
    """The one call of a new consent is not counted."""

    def before_call(self) -> None:
        """Let every call pass."""

    def blocked_for(self, seconds: int) -> None:
        """Leave it to the caller, who is told."""


def company_url(url: str, realm: str) -> str:
    """Where one company answers. `url` is the API's host where that is not the usual one."""
    return f"{url or HOST}/v3/company/{realm}"


def tenants(url: str, token: str, parameters: Mapping[str, str]) -> list[Tenant]:
    """The company a consent reaches: the one chosen in it, which the way back names.

    None when the way back names none. Raises PlatformUnavailable, AuthorisationLost, SubscriptionExpired.
    """
    realm = parameters.get("realmId", "")
    if not _REALM.fullmatch(realm):
        return []
    transport = Transport(PLATFORM_NAME, company_url(url, realm), _OneToken(token), _OwnPace())
    reply = transport.read(f"/companyinfo/{realm}", {"minorversion": MINOR_VERSION})
    answer: Any = reply.json()
    company = answer.get("CompanyInfo") if isinstance(answer, Mapping) else None
    if not reply.ok:
        raise faults.unread(reply)
    if not isinstance(company, Mapping):
        raise PlatformUnavailable(PLATFORM_NAME, "QuickBooks does not say whose books these are.")
    return [Tenant(realm, str(company.get("CompanyName") or ""))]
