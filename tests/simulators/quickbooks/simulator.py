"""The simulated QuickBooks Online: its operations, and what refuses a request before it is looked at."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET, SimulatedAuthorisation
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.quickbooks import faults, operations, schema
from tests.simulators.quickbooks.company import Body, Company, Settings, new_company
from tests.simulators.quickbooks.faults import Refused
from tests.simulators.server import Answer, Request, SimulatedPlatform

REALM = "9130350000000001"
MINOR_VERSION = "75"
_COMPANY = "/v3/company/"
_REFRESH_SECONDS = 100 * 24 * 3600
_PARAMETERS = {"minorversion", "requestid", "query", "include", "operation"} | {
    "start_date",
    "end_date",
    "accounting_method",
    "date_macro",
}
Operation = Callable[..., Body]


@dataclass
class Limits:
    """How many requests are let in; None is no limit. QuickBooks: 500 a minute, 10 a second, 40 batches."""

    minute: int | None = None
    second: int | None = None
    batches: int | None = None
    clock: Callable[[], float] = time.monotonic
    _all: deque[float] = field(default_factory=deque)
    _batches: deque[float] = field(default_factory=deque)

    def admit(self, *, is_batch: bool) -> bool:
        """Count a request, and say whether it is within the limits."""
        now = self.clock()
        self._all.append(now)
        if is_batch:
            self._batches.append(now)
        return (
            _within(self._all, now, 60, self.minute)
            and _within(self._all, now, 1, self.second)
            and (not is_batch or _within(self._batches, now, 60, self.batches))
        )


def _within(calls: deque[float], now: float, seconds: int, most: int | None) -> bool:
    while calls and now - calls[0] >= 60:
        calls.popleft()
    return most is None or sum(1 for each in calls if now - each < seconds) <= most


class QuickBooksSimulator(SimulatedPlatform):
    """QuickBooks Online with one company, unless others are added with `add_company`.

    `settings` are the merchant's preferences. Of requests with a `requestid`: `replays_requests` off makes
    them carried out again, `replays_refusals` on replays refusals too (not documented); `replays` counts
    answers given again, `changed_replays` those whose request was not the first one's. `checks` counts what
    was held against the official schema, or says why nothing was; `violations` is what was wrong in requests.
    """

    def __init__(
        self,
        country: str = "GB",
        base_currency: str = "GBP",
        *,
        name: str = "Simulated cafe",
        time_zone: str = "",
        currencies: Sequence[str] = ("EUR", "USD"),
        realm: str = REALM,
    ) -> None:
        super().__init__()
        self.authorisation = SimulatedAuthorisation(access_seconds=3600)
        self.organisations: list[Company] = []
        self.realm = realm
        company = self.add_company(realm, name, country, base_currency, currencies)
        company.time_zone = time_zone or company.time_zone
        self.limits = Limits()
        self.replays_requests = True
        self.replays_refusals = False
        self.replays = 0
        self.changed_replays = 0
        self.status_of_lost_admin = 401
        self.checks = schema.Checks()
        self._answered: dict[tuple[str, str], tuple[str, Answer]] = {}
        self._consented: dict[str, str] = {}
        self._wrong = ""
        self._routes_of_authorisation()
        self._routes_of_companies()

    @property
    def api_url(self) -> str:
        """Where the API is; /v3/company follows."""
        return self.url

    @property
    def company(self) -> Company:
        """The company that a merchant consents for."""
        return self._of_realm(self.realm)

    @property
    def violations(self) -> list[str]:
        """What was wrong in requests."""
        return self.checks.violations

    @property
    def settings(self) -> Settings:
        """That company's preferences."""
        return self.company.settings

    @property
    def ledger(self) -> SimulatedLedger:
        """That company's ledger."""
        return self.company.ledger

    def balances(self, currency: str) -> dict[str, Decimal]:
        """Account name -> balance, debit positive."""
        return self.ledger.balances(currency)

    def add_company(
        self, realm: str, name: str, country: str, base_currency: str, currencies: Sequence[str] = ()
    ) -> Company:
        """Another company. Set `realm` to have merchants consent for it."""
        company = new_company(realm, name, country, base_currency, currencies)
        self.organisations.append(company)
        return company

    def credentials(self) -> dict[str, object]:
        """What a partner was given, with the addresses here."""
        urls = {
            "authorise": f"{self.url}/connect/oauth2",
            "token": f"{self.url}/oauth2/v1/tokens/bearer",
            "revoke": f"{self.url}/v2/oauth2/tokens/revoke",
            "api": self.api_url,
        }
        return {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "urls": urls}

    def consented(self) -> tuple[str, str]:
        """A merchant's consent without a browser: an access token and a refresh token."""
        back = "http://127.0.0.1/"
        asked = {"client_id": CLIENT_ID, "response_type": "code", "state": "s", "redirect_uri": back}
        answer = self._consent(Request("GET", "/connect/oauth2", asked, {}, b""))
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": back}).encode()
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        given = self._token(Request("POST", "/", {}, {"authorization": f"Basic {basic}"}, form)).body
        return given["access_token"], given["refresh_token"]

    def admit(self, request: Request) -> Answer | None:
        """Refuse calls without a good token for this company, and calls beyond the limits."""
        if not request.path.startswith(_COMPANY):
            return None
        grant = self.authorisation.grant_of(request.headers.get("authorization", ""))
        if grant is None:
            return Answer(401, _unauthenticated(), {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        realm = request.path.removeprefix(_COMPANY).split("/")[0]
        name = next(name for name, each in self.authorisation.grants.items() if each is grant)
        known = {each.realm for each in self.organisations}
        if realm not in known or self._consented.get(name, realm) != realm:
            return Answer(403, _envelope(_forbidden()))
        if not self.limits.admit(is_batch=request.path.endswith("/batch")):
            return Answer(429, _envelope(_throttled()))
        if self._of_realm(realm).settings.admin_lost:
            lost = faults.lost_admin(self.status_of_lost_admin)
            return Answer(lost.status, _envelope(lost))
        return None

    def check(self, request: Request, answer: Answer | None) -> None:
        """Validate a request (what is wrong is listed and refused), then its answer."""
        if not request.path.startswith(_COMPANY):
            return
        if answer is not None:
            held = self.checks.answers_too and not self.checks.unvalidated
            if held and isinstance(answer.body, dict):
                operations.check_answer(request.path, answer.body)
                self.checks.validated["answers"] += 1
            return
        self._wrong = ""
        try:
            _check_parameters(request)
            if not self.checks.unvalidated:
                operations.check_request(request)
                self.checks.validated["requests"] += 1
        except schema.Unlike as unlike:
            self._wrong = str(unlike)
            self.checks.violations.append(f"{request.method} {request.path}: {unlike}")

    def _of_realm(self, realm: str) -> Company:
        return next(each for each in self.organisations if each.realm == realm)

    def _routes_of_authorisation(self) -> None:
        self.route("GET", "/connect/oauth2", self._consent)
        self.route("POST", "/oauth2/v1/tokens/bearer", self._token)
        self.route("POST", "/v2/oauth2/tokens/revoke", self._revoke)

    def _routes_of_companies(self) -> None:
        for method, path, operation in operations.OPERATIONS:
            self.route(method, f"{_COMPANY}{{realm}}/{path}", self._within(operation))

    def _consent(self, request: Request, **_: str) -> Answer:
        answer = self.authorisation.consent(request, {"realmId": self.realm})
        for code in parse_qs(urlsplit(answer.headers["Location"]).query).get("code", []):
            self._consented[code] = self.realm
        return answer

    def _token(self, request: Request, **_: str) -> Answer:
        answer = self.authorisation.token(request)
        if answer.status != 200:
            return answer
        return Answer(200, {**answer.body, "x_refresh_token_expires_in": _REFRESH_SECONDS})

    def _revoke(self, request: Request, **_: str) -> Answer:
        if "token" in request.form():
            return self.authorisation.revoke(request)
        asked = request.json()  # documented with a JSON body
        form = f"token={asked.get('token', '')}".encode()
        return self.authorisation.revoke(
            Request(request.method, request.path, request.query, request.headers, form)
        )

    def _within(self, operation: Operation) -> Callable[..., Answer]:
        def handle(request: Request, *, realm: str, **parts: str) -> Answer:
            if self._wrong:
                refused = Refused(
                    "2010", "Request has invalid or unsupported property", f"Property Name:{self._wrong}"
                )
                return Answer(400, _envelope(refused))
            return self._once(request, realm, lambda: self._carry_out(operation, request, realm, parts))

        return handle

    def _carry_out(self, operation: Operation, request: Request, realm: str, parts: dict[str, str]) -> Answer:
        try:
            return _kept(Answer(200, operation(self._of_realm(realm), request, **parts)))
        except Refused as refused:
            return Answer(refused.status, _envelope(refused))

    def _once(self, request: Request, realm: str, carry_out: Callable[[], Answer]) -> Answer:
        """Answer again what was answered to the same requestid."""
        key = request.query.get("requestid", "")
        longest = 36 if request.path.endswith("/batch") else 50
        if len(key) > longest:
            return Answer(400, _envelope(faults.wrong_length("requestid", longest, len(key))))
        if not key or request.method != "POST" or not self.replays_requests:
            return carry_out()
        asked = hashlib.sha256(request.path.encode() + request.body).hexdigest()
        if (realm, key) in self._answered:
            first, answer = self._answered[realm, key]
            self.replays += 1
            self.changed_replays += first != asked
            return answer
        answer = carry_out()
        if answer.status == 200 or self.replays_refusals:
            self._answered[realm, key] = (asked, answer)
        return answer


def _kept(answer: Answer) -> Answer:
    """The answer as it is now, whatever becomes of what it speaks of."""
    return Answer(answer.status, json.loads(answer.raw(), parse_float=Decimal), answer.headers)


def _envelope(refused: Refused) -> dict[str, Any]:
    return {"Fault": refused.fault(), "time": faults.now()}


def _unauthenticated() -> Body:
    """This one fault is in lower case (recorded; the documentation shows no body)."""
    error = {
        "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        "detail": "Token expired",
        "code": "3200",
        "element": None,
    }
    return {"warnings": None, "fault": {"error": [error], "type": "AUTHENTICATION"}, "time": 0}


def _forbidden() -> Refused:
    refused = Refused(
        "3100",
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "The application has no access to this company",
    )
    refused.kind = "AuthorizationFault"
    return refused


def _throttled() -> Refused:
    refused = Refused(
        "003001",
        "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "The request limit was reached; wait 60 seconds",
    )
    refused.kind = "SystemFault"
    return refused


def _check_parameters(request: Request) -> None:
    """Raises Unlike when a request is not one the API would answer in JSON as it is now."""
    if int(request.query.get("minorversion", "0")) < int(MINOR_VERSION):
        raise schema.Unlike(f"minorversion={MINOR_VERSION} is missing")
    for name in request.query:
        if name not in _PARAMETERS:
            raise schema.Unlike(f"there is no parameter {name}")
    if "application/json" not in request.headers.get("accept", ""):
        raise schema.Unlike("without Accept: application/json the answer would be XML")
    kind = request.headers.get("content-type", "")
    if request.method == "POST" and not kind.startswith(("application/json", "application/text")):
        raise schema.Unlike(f"Content-Type {kind!r} is not JSON")
