"""Xero at one address: consent, tokens, connections, and the Accounting API of several organisations.

What Xero does not say is a switch here, and an assumption: see the fields of XeroSimulator and Organisation.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET, SimulatedAuthorisation
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.server import Answer, Failed, Request, SimulatedPlatform
from tests.simulators.xero.api import OPERATIONS, Operation
from tests.simulators.xero.batch import refused_something
from tests.simulators.xero.limits import Limits, Meter
from tests.simulators.xero.official import API, Checks, official
from tests.simulators.xero.organisation import Organisation
from tests.simulators.xero.refusals import problem, unusable

SCOPES = frozenset(
    {
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
        "accounting.settings.read",
        "accounting.contacts.read",
        "accounting.reports.trialbalance.read",
    }
)
# Xero's names for time zones that tests use.
_ZONES = {
    "UTC": "UTC",
    "Europe/London": "GMTSTANDARDTIME",
    "Europe/Paris": "ROMANCESTANDARDTIME",
    "Europe/Berlin": "WEUROPESTANDARDTIME",
    "America/New_York": "EASTERNSTANDARDTIME",
    "America/Toronto": "EASTERNSTANDARDTIME",
    "Asia/Tokyo": "TOKYOSTANDARDTIME",
    "America/Los_Angeles": "PACIFICSTANDARDTIME",
    "Australia/Sydney": "AUSEASTERNSTANDARDTIME",
    "Pacific/Auckland": "NEWZEALANDSTANDARDTIME",
}


class XeroSimulator(SimulatedPlatform):
    """Xero, with one organisation unless others are given.

    `chosen`: the organisations a merchant gives consent for (None: every one). `limits`: lower them to meet
    429. `replays_refusals`: whether an Idempotency-Key answers a refusal again too;
    `idempotency_seconds`: how long a key is known. `violations` is everything that was not as described.
    """

    def __init__(
        self,
        country: str = "GB",
        base_currency: str = "GBP",
        *,
        time_zone: str = "Europe/London",
        clearing: str = "BANK",
        currencies: Sequence[str] = (),
        names: Sequence[str] = ("Corner Cafe",),
    ) -> None:
        super().__init__()
        self.authorisation = SimulatedAuthorisation(
            access_seconds=1800, old_works_after_rotation=1800, needs_pkce=True
        )
        self.organisations = [
            Organisation(
                name,
                country,
                base_currency,
                _ZONES.get(time_zone, time_zone),
                clearing,
                tuple(currencies),
                clock=lambda: self.authorisation.now,
            )
            for name in names
        ]
        self.chosen: list[Organisation] | None = None
        self.replays_refusals = False
        self.idempotency_seconds = 86_400
        self.checks = Checks()
        self.meter = Meter(lambda: self.authorisation.now)
        self._under_way: Counter[str] = Counter()
        self._counting = threading.Lock()
        # consent -> connection id -> organisation
        self.connections: dict[str, dict[str, Organisation]] = {}
        self._first: dict[tuple[str, str], tuple[int, tuple[Any, ...], Answer]] = {}
        self._route_all()

    @property
    def limits(self) -> Limits:
        """How many calls are taken; may be set."""
        return self.meter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.meter.limits = limits

    @property
    def ledger(self) -> SimulatedLedger:
        """The ledger of the first organisation."""
        return self.organisations[0].ledger

    @property
    def api_url(self) -> str:
        """What stands for https://api.xero.com."""
        return self.url

    @property
    def violations(self) -> list[str]:
        """Everything that was not as the official description says."""
        return self.checks.violations

    def credentials(self) -> dict[str, object]:
        """What a partner was given, with the addresses here."""
        urls = {
            "authorise": f"{self.url}/identity/connect/authorize",
            "token": f"{self.url}/connect/token",
            "revoke": f"{self.url}/connect/revocation",
            "api": self.api_url,
        }
        return {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "urls": urls}

    def consented(self) -> tuple[str, str]:
        """A merchant's consent without a browser: an access token and a refresh token."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
        asked = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "state": "state",
            "redirect_uri": "https://here",
            "scope": " ".join(sorted(SCOPES)),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with self.lock:
            sent = self._consent(Request("GET", "", asked, {}, b"")).headers["Location"]
            code = dict(parse_qsl(urlsplit(sent).query))["code"]
            secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": "https://here",
                "code_verifier": "verifier",
            }
            headers = {"authorization": f"Basic {secret}"}
            pair = self._token(Request("POST", "", {}, headers, urlencode(form).encode())).body
        return pair["access_token"], pair["refresh_token"]

    def admit(self, request: Request) -> Answer | None:
        """Let in a request with a good token, for an organisation of that consent, within the limits."""
        if not (request.path.startswith(API) or request.path.lower().startswith("/connections")):
            return None
        consent = self._consent_of(request)
        if consent is None:
            return problem(401, "Unauthorized", "AuthenticationUnsuccessful: TokenExpired")
        if not request.path.startswith(API):
            return None
        organisation = self._organisation(request)
        if organisation is None or not organisation.reachable:
            return problem(403, "Forbidden", "AuthenticationUnsuccessful")
        refused = self.meter.count(organisation.id)
        return refused or self._as_described(request)

    def check(self, request: Request, answer: Answer | None) -> None:
        """Hold an answer against the official description; requests are when they are let in."""
        description = official()
        if description is None or answer is None or isinstance(answer.body, bytes):
            return
        wrong: list[str] = []
        if request.path.startswith(API):
            path = request.path.removeprefix(API).rstrip("/")
            wrong = description.answer(request.method, path, answer.status, answer.body)
        elif request.path.lower() == "/connections":
            wrong = description.connections(answer.body)
        else:
            return
        wrong = self.checks.note("answers", f"{request.method} {request.path}", wrong)
        assert not wrong, wrong

    def respond(self, request: Request) -> tuple[Answer | None, str]:
        """Answer with what is left of the limits, unless too many calls are under way."""
        tenant = request.headers.get("xero-tenant-id", "")
        with self._counting:
            self._under_way[tenant] += 1
            crowded = bool(tenant) and self._under_way[tenant] > self.limits.concurrent
        try:
            if crowded:
                answer: Answer | None = self.meter.refusal("concurrent", 1)
                what = ""
            else:
                answer, what = super().respond(request)
        finally:
            with self._counting:
                self._under_way[tenant] -= 1
        if answer is None or not request.path.startswith(API):
            return answer, what
        return Answer(answer.status, answer.body, {**answer.headers, **self.meter.left(tenant)}), what

    def _as_described(self, request: Request) -> Answer | None:
        """Refuse a request that is not as the official description says."""
        description = official()
        if description is None:
            return None
        path = request.path.removeprefix(API).rstrip("/")
        wrong: list[str] = []
        body = None
        try:
            body = request.json() if request.body else None
        except ValueError:
            wrong.append("the body is not JSON")
        wrong += description.request(request.method, path, dict(request.query), body)
        if "application/json" not in request.headers.get("accept", ""):
            wrong.append("without Accept: application/json Xero answers XML")
        wrong = self.checks.note("requests", f"{request.method} {request.path}", wrong)
        if not wrong:
            return None
        return Answer(
            400, {"ErrorNumber": 17, "Type": "PostDataInvalidException", "Message": "; ".join(wrong)}
        )

    def _route_all(self) -> None:
        for prefix in ("/identity/connect", "/connect"):
            self.route("GET", f"{prefix}/authorize", self._consent)
        self.route("POST", "/connect/token", self._token)
        self.route("POST", "/connect/revocation", self.authorisation.revoke)
        for path in ("/connections", "/Connections"):
            self.route("GET", path, self._list_connections)
            self.route("DELETE", path + "/{id}", self._disconnect)
        for method, path, operation in OPERATIONS:
            self.route(method, API + path, self._doing(operation))

    def _doing(self, operation: Operation) -> Any:
        """An operation on the organisation of a request, done once for each Idempotency-Key."""

        def do(request: Request, **parts: str) -> Answer:
            organisation = self._organisation(request)
            assert organisation is not None
            key = request.headers.get("idempotency-key", "") if request.method != "GET" else ""
            if len(key) > 128:
                raise unusable(17, "PostDataInvalidException", "Idempotency-Key: 128 characters at most")
            same = (request.method, request.path, tuple(sorted(request.query.items())), request.body)
            ends, asked, first = self._first.get((organisation.id, key), (0, (), Answer()))
            if key and self.authorisation.now < ends:
                if asked != same:
                    raise unusable(
                        17, "IdempotencyException", "The Idempotency-Key was used for another request"
                    )
                return first
            answer = operation(organisation, request, **parts)
            if key and (self.replays_refusals or not refused_something(answer)):
                ends = self.authorisation.now + self.idempotency_seconds
                self._first[organisation.id, key] = (ends, same, answer)
            return answer

        return do

    def _consent(self, request: Request) -> Answer:
        scopes = set(request.query.get("scope", "").split())
        if scopes <= SCOPES and "offline_access" in scopes:
            return self.authorisation.consent(request)
        back = urlencode({"error": "invalid_scope", "state": request.query["state"]})
        return Answer(302, b"", {"Location": f"{request.query['redirect_uri']}?{back}"})

    def _token(self, request: Request) -> Answer:
        answer = self.authorisation.token(request)
        form = request.form()
        if answer.status == 200 and form["grant_type"] == "authorization_code":
            chosen = self.organisations if self.chosen is None else self.chosen
            self.connections[form["code"]] = {each.new_id("connection"): each for each in chosen}
        return answer

    def _consent_of(self, request: Request) -> str | None:
        grant = self.authorisation.grant_of(request.headers.get("authorization", ""))
        names = [name for name, each in self.authorisation.grants.items() if each is grant]
        return names[0] if names else None

    def _organisation(self, request: Request) -> Organisation | None:
        tenant = request.headers.get("xero-tenant-id", "").lower()
        linked = self.connections.get(self._consent_of(request) or "", {})
        return next((each for each in linked.values() if each.id == tenant), None)

    def _list_connections(self, request: Request) -> Answer:
        consent = self._consent_of(request) or ""
        event = hashlib.md5(consent.encode(), usedforsecurity=False).hexdigest()
        event = "-".join((event[:8], event[8:12], event[12:16], event[16:20], event[20:]))
        wanted = request.query.get("authEventId")
        found = [
            {
                "id": connection,
                "authEventId": event,
                "tenantId": organisation.id,
                "tenantType": "ORGANISATION",
                "tenantName": organisation.name,
                "createdDateUtc": f"{organisation.now():%Y-%m-%dT%H:%M:%S}.0000000",
                "updatedDateUtc": f"{organisation.now():%Y-%m-%dT%H:%M:%S}.0000000",
            }
            for connection, organisation in self.connections.get(consent, {}).items()
            if wanted in (None, event)
        ]
        return Answer(200, found)

    def _disconnect(self, request: Request, id: str) -> Answer:  # noqa: A002 - the path's own name
        linked = self.connections.get(self._consent_of(request) or "", {})
        if linked.pop(id, None) is None:
            raise Failed(problem(404, "Not Found", "No such connection"))
        return Answer(204)
