"""Consent: what is asked for, which organisations it reaches, how one of them is let go."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.domain.json_text import dump
from daybook.platforms import authorised, transport
from daybook.platforms.access import Credentials
from daybook.platforms.oauth import Tenant, consent_url
from daybook.platforms.xero import CALLS_A_MINUTE, OAUTH, disconnect, tenants

ORGANISATIONS = [
    {"id": "c1", "tenantId": "t1", "tenantName": "Cafe", "tenantType": "ORGANISATION", "authEventId": "now"},
    {"id": "c2", "tenantId": "t2", "tenantName": "Bar", "tenantType": "ORGANISATION", "authEventId": "then"},
    {"id": "c3", "tenantId": "t3", "tenantName": "Accountants", "tenantType": "PRACTICE"},
]


@dataclass
class _Answer:
    status: int
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Pool:
    """Stands in for the connections to Xero: the organisations of one person."""

    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)

    def request(self, method: str, url: str, **sent: Any) -> _Answer:
        assert sent["headers"]["Authorization"].startswith("Bearer ")
        self.asked.append((method, url))
        if method == "DELETE" or self.status != 200:
            return _Answer(204 if self.status == 200 else self.status, b"")
        event = parse_qs(urlsplit(url).query).get("authEventId", [""])[0]
        found = [each for each in ORGANISATIONS if event in ("", each.get("authEventId"))]
        return _Answer(200, dump(found).encode())


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    monkeypatch.setattr(transport, "pool", lambda: made)
    return made


def token(claims: object) -> str:
    middle = base64.urlsafe_b64encode(dump(claims).encode()).decode().rstrip("=")
    return f"header.{middle}.signature"


def test_what_is_asked_for() -> None:
    url = consent_url(OAUTH, Credentials("client", "secret"), "state", "https://d.example/back", "verifier")
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("https://login.xero.com/identity/connect/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    assert "offline_access" in query["scope"][0].split()
    assert "accounting.transactions" not in query["scope"][0].split()
    assert CALLS_A_MINUTE < 60
    assert authorised("gbol").OAUTH is OAUTH


def test_the_organisations_of_this_consent(pool: Pool) -> None:
    assert tenants("", token({"authentication_event_id": "now"}), {}) == [Tenant("t1", "Cafe")]
    assert pool.asked == [("GET", "https://api.xero.com/Connections?authEventId=now")]


@pytest.mark.parametrize(
    "unclear", ["opaque", "a.b.c", "a.!.c", token({}), token([]), token({"authentication_event_id": "x"})]
)
def test_all_organisations_where_xero_does_not_say_which(pool: Pool, unclear: str) -> None:
    assert tenants("http://xero.test", unclear, {}) == [Tenant("t1", "Cafe"), Tenant("t2", "Bar")]
    assert pool.asked[-1] == ("GET", "http://xero.test/Connections")


def test_one_organisation_is_let_go_and_no_other(pool: Pool) -> None:
    disconnect("", "token", "t2")
    assert pool.asked[1:] == [("DELETE", "https://api.xero.com/Connections/c2")]
    disconnect("", "token", "unknown")
    assert len(pool.asked) == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthorisationLost), (403, AuthorisationLost), (400, PlatformUnavailable)],
)
@pytest.mark.parametrize("call", [lambda: tenants("", "token", {}), lambda: disconnect("", "token", "t1")])
def test_consents_that_are_over(
    pool: Pool, status: int, error: type[Exception], call: Callable[[], object]
) -> None:
    pool.status = status
    with pytest.raises(error):
        call()
