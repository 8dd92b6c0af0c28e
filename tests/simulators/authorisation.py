"""OAuth 2 as the simulated platforms do it: consent, codes used once, refresh tokens that rotate."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.simulators.server import Answer, Request

CLIENT_ID, CLIENT_SECRET = "daybook-client", "daybook-secret"


@dataclass
class Grant:
    """A merchant's consent: its refresh tokens in force, and when its access tokens end."""

    refresh: str
    previous: str = ""
    revoked: bool = False


@dataclass
class SimulatedAuthorisation:
    """An authorisation server. Tests move `now` (seconds) and set the switches.

    `old_works_after_rotation`: how many seconds a refresh token can still be used after the one that follows
    it was given out (Xero: 1,800 while the new one was not used; others: 0).
    """

    access_seconds: int = 1800
    old_works_after_rotation: int = 0
    rotates: bool = True
    needs_pkce: bool = False
    denies: bool = False
    now: int = 1_800_000_000
    calls: Counter[str] = field(default_factory=Counter)
    grants: dict[str, Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nobody's consent."""
        self._numbers = itertools.count(1)
        self._codes: dict[str, tuple[str, str, str]] = {}
        self._access: dict[str, tuple[str, int]] = {}
        self._rotated: dict[str, tuple[str, int]] = {}

    def consent(self, request: Request, extra: dict[str, str] | None = None) -> Answer:
        """The merchant's browser at the consent page, who at once agrees (or declines)."""
        asked = request.query
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["state"]
        if self.needs_pkce:
            assert asked["code_challenge_method"] == "S256"
        if self.denies:
            back = {"error": "access_denied", "state": asked["state"]}
        else:
            code = f"code-{next(self._numbers)}"
            self._codes[code] = (asked["redirect_uri"], asked.get("code_challenge", ""), code)
            back = {"code": code, "state": asked["state"], **(extra or {})}
        return Answer(302, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def token(self, request: Request) -> Answer:
        """The token endpoint."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return Answer(401, {"error": "invalid_client"})
        form = request.form()
        self.calls[form.get("grant_type", "")] += 1
        if form.get("grant_type") == "authorization_code":
            return self._first(form)
        return self._refresh(form.get("refresh_token", ""))

    def revoke(self, request: Request) -> Answer:
        """The end of a consent."""
        self.calls["revoke"] += 1
        for grant in self.grants.values():
            if request.form().get("token") in (grant.refresh, grant.previous):
                grant.revoked = True
        return Answer(200, {})

    def grant_of(self, authorization: str) -> Grant | None:
        """Whose access a request has, or None when its token is not good."""
        token = authorization.removeprefix("Bearer ")
        name, ends = self._access.get(token, ("", 0))
        grant = self.grants.get(name)
        return grant if grant is not None and not grant.revoked and self.now < ends else None

    def expire_access(self) -> None:
        """Have every access token end."""
        self._access.clear()

    def _first(self, form: dict[str, str]) -> Answer:
        redirect, challenge, name = self._codes.pop(form.get("code", ""), ("", "", ""))
        verifier = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not name or redirect != form.get("redirect_uri"):
            return Answer(400, {"error": "invalid_grant"})
        if challenge and verifier.decode().rstrip("=") != challenge:
            return Answer(400, {"error": "invalid_grant"})
        self.grants[name] = Grant("")
        return self._pair(name)

    def _refresh(self, token: str) -> Answer:
        for name, grant in self.grants.items():
            if grant.revoked:
                continue
            if token == grant.refresh:
                return self._pair(name)
            following, rotated = self._rotated.get(token, ("", 0))
            if following == grant.refresh and self.now - rotated < self.old_works_after_rotation:
                return self._pair(name)
        return Answer(400, {"error": "invalid_grant"})

    def _pair(self, name: str) -> Answer:
        grant = self.grants[name]
        access = f"access-{next(self._numbers)}"
        self._access[access] = (name, self.now + self.access_seconds)
        if self.rotates or not grant.refresh:
            grant.previous, grant.refresh = grant.refresh, f"refresh-{next(self._numbers)}"
            self._rotated[grant.previous] = (grant.refresh, self.now)
        return Answer(
            200,
            {
                "access_token": access,
                "refresh_token": grant.refresh,
                "expires_in": self.access_seconds,
                "token_type": "Bearer",
            },
        )
