"""How a merchant gives Daybook access to FreeAgent, and which company that reaches."""

from __future__ import annotations

from collections.abc import Mapping

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.frozen import frozen
from daybook.platforms.oauth import OAuth, Tenant
from daybook.platforms.transport import Transport

PLATFORM_NAME = "FreeAgent"
HOST = "https://api.freeagent.com"
# FreeAgent allows 120 a minute and user; the rest is left to the merchant's other uses of our application.
CALLS_A_MINUTE = 100

# No scopes: what a token may do is what its user may do. No revocation is documented.
OAUTH = OAuth(
    platform=PLATFORM_NAME,
    authorise_url=f"{HOST}/v2/approve_app",
    token_url=f"{HOST}/v2/token_endpoint",
)


@frozen
class _NewConsent:
    """The token of a consent that is not kept yet, and the pace of the one call made with it."""

    token: str

    def access(self) -> str:
        """The only token there is."""
        return self.token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - whichever it was, there is no other
        """Raises AuthorisationLost."""
        raise AuthorisationLost(PLATFORM_NAME, "FreeAgent does not accept this consent. Link it again.")

    def before_call(self) -> None:
        """One call is within every limit."""

    def blocked_for(self, seconds: int) -> None:
        """Nobody else waits for this consent."""


def host(url: str) -> str:
    """Where the API answers: FreeAgent's own host for "", else the one given, with its `/v2` or without."""
    return url.rstrip("/").removesuffix("/v2") or HOST


def tenants(url: str, token: str, parameters: Mapping[str, str]) -> list[Tenant]:  # noqa: ARG001
    """The one company that a consent reaches: that of the person who gave it.

    `url` as in `host`. Raises PlatformUnavailable, AuthorisationLost.
    """
    consent = _NewConsent(token)
    reply = Transport(PLATFORM_NAME, host(url), consent, consent).read("/v2/company")
    answer = reply.json()
    company = answer.get("company") if reply.ok and isinstance(answer, Mapping) else None
    identity = (company.get("subdomain") or company.get("url")) if isinstance(company, Mapping) else None
    if not isinstance(company, Mapping) or not identity:
        message = f"FreeAgent does not say whose books these are (HTTP {reply.status})."
        raise PlatformUnavailable(PLATFORM_NAME, message)
    return [Tenant(str(identity), str(company.get("name") or ""))]
