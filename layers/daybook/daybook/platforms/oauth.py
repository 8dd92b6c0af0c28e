"""OAuth 2 authorisation code, as the accounting platforms do it: three requests with forms (RFC 6749, 7636).

Tokens pass through here and are neither kept nor logged.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from urllib3.exceptions import HTTPError

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.frozen import frozen
from daybook.platforms.access import Credentials
from daybook.platforms.transport import pool

# What a token endpoint answers for a refresh token or a code that will never work again.
_FOR_GOOD = ("invalid_grant",)


@frozen
class OAuth:
    """How a platform authorises: its addresses, and what to ask for."""

    platform: str
    authorise_url: str
    token_url: str
    revoke_url: str = ""
    scopes: tuple[str, ...] = ()
    # Proof Key for Code Exchange, where the platform knows it.
    pkce: bool = False


@frozen
class TokenPair:
    """An access token with its life in seconds, and the refresh token that makes the next."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


@frozen
class Tenant:
    """An organisation that a consent reaches: its id at the platform, and its name there."""

    id: str
    name: str


def consent_url(oauth: OAuth, credentials: Credentials, state: str, redirect: str, verifier: str) -> str:
    """Where a merchant's browser is sent to give consent."""
    asked = {
        "response_type": "code",
        "client_id": credentials.client_id,
        "redirect_uri": redirect,
        "state": state,
    }
    if oauth.scopes:
        asked["scope"] = " ".join(oauth.scopes)
    if oauth.pkce:
        digest = hashlib.sha256(verifier.encode()).digest()
        asked["code_challenge"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        asked["code_challenge_method"] = "S256"
    return f"{credentials.urls.get('authorise', oauth.authorise_url)}?{urlencode(asked)}"


def exchange(oauth: OAuth, credentials: Credentials, code: str, redirect: str, verifier: str) -> TokenPair:
    """The first pair, for the code a merchant's browser brought back.

    Raises AuthorisationLost when the code is of no use, PlatformUnavailable.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    if oauth.pkce:
        form["code_verifier"] = verifier
    return _pair(oauth, _post(oauth, credentials, credentials.urls.get("token", oauth.token_url), form), "")


def refresh(oauth: OAuth, credentials: Credentials, refresh_token: str) -> TokenPair:
    """The next pair; a platform that does not rotate its refresh tokens leaves the old one in force.

    Raises AuthorisationLost when the merchant's consent has ended, PlatformUnavailable.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    answer = _post(oauth, credentials, credentials.urls.get("token", oauth.token_url), form)
    return _pair(oauth, answer, refresh_token)


def revoke(oauth: OAuth, credentials: Credentials, refresh_token: str) -> None:
    """End a consent at the platform, where it can be told to. Raises PlatformUnavailable."""
    url = credentials.urls.get("revoke", oauth.revoke_url)
    if url:
        try:
            _post(oauth, credentials, url, {"token": refresh_token})
        except AuthorisationLost:  # it has ended already
            return


def _post(oauth: OAuth, credentials: Credentials, url: str, form: Mapping[str, str]) -> Any:
    """One request to a token endpoint, as a confidential client."""
    secret = base64.b64encode(f"{credentials.client_id}:{credentials.client_secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {secret}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "User-Agent": "Daybook",
    }
    try:
        reply = pool().request("POST", url, body=urlencode(form), headers=headers, redirect=False)
    except HTTPError:
        raise PlatformUnavailable(oauth.platform, f"{oauth.platform} cannot be reached now.") from None
    try:
        answer = json.loads(reply.data, parse_float=Decimal) if reply.data.strip() else {}
    except ValueError:
        answer = {}
    if reply.status == HTTPStatus.OK:
        return answer
    error = answer.get("error") if isinstance(answer, dict) else None
    if error in _FOR_GOOD:
        raise AuthorisationLost(oauth.platform, f"The merchant's consent at {oauth.platform} has ended.")
    if error in ("invalid_client", "unauthorized_client"):
        message = f"{oauth.platform} does not accept the client id and secret of this Daybook."
    else:
        message = f"{oauth.platform} gives no access now (HTTP {reply.status})."
    raise PlatformUnavailable(oauth.platform, message)


def _pair(oauth: OAuth, answer: Any, known_refresh: str) -> TokenPair:
    try:
        access, seconds = str(answer["access_token"]), int(answer["expires_in"])
        return TokenPair(access, str(answer.get("refresh_token") or known_refresh), seconds)
    except (KeyError, TypeError, ValueError, AttributeError):
        message = f"{oauth.platform} answered without a token."
        raise PlatformUnavailable(oauth.platform, message) from None
