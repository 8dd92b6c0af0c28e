"""The simulated FreeAgent itself: who is let in, what is checked, and which operation does what."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET, Grant, SimulatedAuthorisation
from tests.simulators.freeagent import attributes, chart, journals, sales
from tests.simulators.freeagent.company import Company
from tests.simulators.freeagent.resources import RESOURCES, Resource, page, selected
from tests.simulators.freeagent.values import Record, errors, forbidden, not_found, text
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.server import Answer, Request, SimulatedPlatform

_OPEN = ("/v2/approve_app", "/v2/token_endpoint")
_LEVELS = {"categories": 2, "accounting": 7, "account_locks": 8}
_REFRESH_TOKEN_SECONDS = 631_151_957
_TRANSITIONS = {
    "invoices": ("mark_as_sent", "mark_as_draft", "mark_as_cancelled"),
    "credit_notes": ("mark_as_sent", "mark_as_draft"),
}
_BODIES = {resource.singular: name for name, resource in RESOURCES.items()} | {"category": "categories"}


@dataclass
class Limits:
    """How often a user may call. They hold only when `enforced`, since the time of tests stands still.

    A request with X-RateLimit-Test always has `test` a minute.
    """

    enforced: bool = False
    minute: int = 120
    hour: int = 3600
    refreshes: int = 15
    test: int = 5
    made: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def exceeded(self, user: str, what: str, seconds: int, most: int, now: int) -> Answer | None:
        """Count a call, and refuse it when it is one too many in its minute or hour."""
        self.made[user, what, now // seconds] += 1
        if self.made[user, what, now // seconds] <= most:
            return None
        words = f"At most {most} requests per {seconds} seconds".encode()
        wait = str(seconds - now % seconds)
        return Answer(429, words, {"Retry-After": wait, "Content-Type": "text/plain"})


class FreeAgentSimulator(SimulatedPlatform):
    """FreeAgent, with one company until others are added; a consent reaches the one that is `consenting`.

    A request that is not as documented is answered with 400 and kept in `violations`.
    """

    def __init__(self, country: str = "GB", base_currency: str = "GBP", name: str = "Corner Cafe") -> None:
        super().__init__()
        self.authorisation = SimulatedAuthorisation(access_seconds=3600)
        self.company = Company(name, country, base_currency, clock=self._now)
        self.organisations = [self.company]
        self.consenting = self.company
        self.limits = Limits()
        self.checks = attributes.Checks()
        self._reached: dict[str, Company] = {}
        self.route("GET", "/v2/approve_app", self._consent)
        self.route("POST", "/v2/token_endpoint", self._token)
        self.route("GET", "/v2/company", self._company)
        self.route("GET", "/v2/users/me", self._me)
        self.route("GET", "/v2/account_locks", self._locks)
        self.route("GET", "/v2/categories", self._categories)
        self.route("POST", "/v2/categories", self._new_category)
        self.route("GET", "/v2/categories/{code}", self._one_category)
        self.route("GET", "/v2/accounting/trial_balance/summary", self._trial_balance)
        for collection, resource in RESOURCES.items():
            self._routes_of(collection, resource)

    @property
    def violations(self) -> list[str]:
        """The requests that were not as documented, and how."""
        return self.checks.violations

    @property
    def ledger(self) -> SimulatedLedger:
        """The ledger of the company."""
        return self.company.ledger

    @property
    def api_url(self) -> str:
        """Where its API is."""
        return f"{self.url}/v2"

    def balances(self, currency: str) -> dict[str, Decimal]:
        """Name of a category or bank account of the company -> balance, debit positive."""
        return self.company.balances(currency)

    def credentials(self) -> dict[str, object]:
        """What a partner was given. There is nowhere to revoke a token."""
        urls = {"authorise": f"{self.api_url}/approve_app", "token": f"{self.api_url}/token_endpoint"}
        return {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "urls": urls | {"api": self.url}}

    def add_organisation(self, name: str, subdomain: str, **settings: Any) -> Company:
        """Another company, which consents reach from now on."""
        company = Company(name=name, subdomain=subdomain, clock=self._now, **settings)
        self.organisations.append(company)
        self.consenting = company
        return company

    def consented(self) -> tuple[str, str]:
        """A merchant's consent without a browser: an access token and a refresh token."""
        asked = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "state": "state",
            "redirect_uri": "https://here",
        }
        with self.lock:
            sent = self._consent(Request("GET", "", asked, {}, b"")).headers["Location"]
            code = dict(parse_qsl(urlsplit(sent).query))["code"]
            secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://here"}
            headers = {"authorization": f"Basic {secret}"}
            pair = self._token(Request("POST", "", {}, headers, urlencode(form).encode())).body
        return pair["access_token"], pair["refresh_token"]

    def admit(self, request: Request) -> Answer | None:
        """Refuse calls without a User-Agent or a good token, too many calls, and users who may not."""
        if not request.headers.get("user-agent"):
            return errors(403, "A User-Agent is required")
        now = self.authorisation.now
        if request.path.rstrip("/") in _OPEN:
            refreshing = b"grant_type=refresh_token" in request.body
            if self.limits.enforced and refreshing:
                return self.limits.exceeded("", "refresh", 60, self.limits.refreshes, now)
            return None
        grant = self.authorisation.grant_of(request.headers.get("authorization", ""))
        if grant is None:
            return errors(401, "Access token not recognised")
        user = self._name(grant)
        if request.headers.get("x-ratelimit-test", "").lower() not in ("", "false", "0"):
            refused = self.limits.exceeded(user, "test", 60, self.limits.test, now)
        elif self.limits.enforced:
            refused = self.limits.exceeded(user, "minute", 60, self.limits.minute, now)
            refused = refused or self.limits.exceeded(user, "hour", 3600, self.limits.hour, now)
        else:
            refused = None
        return refused or self._may(request)

    def _may(self, request: Request) -> Answer | None:
        first = request.path.split("/")[2] if request.path.count("/") > 1 else ""
        resource = RESOURCES.get(first)
        level = resource.level if resource is not None else _LEVELS.get(first, 1)
        allowed = self._of(request).permission_level >= level
        return None if allowed else errors(403, "Your access level does not allow this")

    def check(self, request: Request, answer: Answer | None) -> None:
        """Hold a request against the documented attributes and filters."""
        if answer is not None or request.path in _OPEN:
            return
        self.checks.validated["requests"] += 1
        parts = request.path.strip("/").split("/")
        assert request.headers.get("accept", "application/json") in ("*/*", "application/json"), (
            "not JSON asked"
        )
        if request.method == "GET":
            known = attributes.FILTERS.get(parts[1], frozenset()) if len(parts) != 3 else frozenset()
            assert set(request.query) <= known, f"{request.path} has no {sorted(set(request.query) - known)}"
        if request.method in ("POST", "PUT") and "transitions" not in parts:
            kind = request.headers.get("content-type", "")
            assert kind.startswith("application/json"), f"{request.path}: Content-Type is {kind!r}"
            singular = next((name for name, plural in _BODIES.items() if plural == parts[1]), None)
            if singular is not None:
                attributes.check_body(singular, request.json())

    def _do(self, request: Request) -> Answer:
        """As every platform does it; what is not as documented is kept, and refused."""
        try:
            return super()._do(request)
        except AssertionError as wrong:
            self.checks.violations.append(f"{request.method} {request.path}: {wrong}")
            return errors(400, f"Not as documented: {wrong}")
        except json.JSONDecodeError:
            return errors(400, "The request is no JSON")

    def _name(self, grant: Grant) -> str:
        return next(name for name, each in self.authorisation.grants.items() if each is grant)

    def _of(self, request: Request) -> Company:
        grant = self.authorisation.grant_of(request.headers.get("authorization", ""))
        assert grant is not None
        return self._reached.get(self._name(grant), self.company)

    def _now(self) -> float:
        return self.authorisation.now

    def _consent(self, request: Request, **_: str) -> Answer:
        assert "code_challenge" not in request.query, "PKCE is not documented"
        answer = self.authorisation.consent(request)
        code = dict(parse_qsl(urlsplit(answer.headers["Location"]).query)).get("code", "")
        self._reached[code] = self.consenting
        return answer

    def _token(self, request: Request, **_: str) -> Answer:
        answer = self.authorisation.token(request)
        if "access_token" not in answer.body:
            return answer
        more = {"token_type": "bearer", "refresh_token_expires_in": _REFRESH_TOKEN_SECONDS}
        return Answer(200, {**answer.body, **more})

    def _routes_of(self, name: str, resource: Resource) -> None:
        self.route("GET", f"/v2/{name}", partial(self._list, name))
        self.route("GET", f"/v2/{name}/{{id}}", partial(self._one, name))
        if resource.create is not None:
            self.route("POST", f"/v2/{name}", partial(self._create, name))
        if resource.delete is not None:
            self.route("DELETE", f"/v2/{name}/{{id}}", partial(self._delete, name))
        if name in _TRANSITIONS:
            self.route("PUT", f"/v2/{name}/{{id}}", partial(self._update, name))
            self.route("PUT", f"/v2/{name}/{{id}}/transitions/{{to}}", partial(self._transition, name))

    def _list(self, name: str, request: Request, **_: str) -> Answer:
        company, resource = self._of(request), RESOURCES[name]
        query = {key: self._inside(value) for key, value in request.query.items()}
        records, headers = page(selected(company, name, query), f"{self.api_url}/{name}", dict(request.query))
        items = name == "journal_sets" or query.get(resource.nested) == "true"
        shown = [self._outside(resource.show(company, each, items, False)) for each in records]  # noqa: FBT003
        return Answer(200, {name: shown}, headers)

    def _one(self, name: str, request: Request, **parts: str) -> Answer:
        company = self._of(request)
        return self._answer(company, name, company.find(name, f"/v2/{name}/{parts['id']}"))

    def _create(self, name: str, request: Request, **_: str) -> Answer:
        company, resource = self._of(request), RESOURCES[name]
        assert resource.create is not None
        record = resource.create(company, self._inside(request.json()[resource.singular]))
        found = self._answer(company, name, record, new=True)
        return Answer(201, found.body, {"Location": self.url + record["url"]})

    def _update(self, name: str, request: Request, **parts: str) -> Answer:
        company = self._of(request)
        record = company.find(name, f"/v2/{name}/{parts['id']}")
        given = self._inside(request.json()[RESOURCES[name].singular])
        return self._answer(company, name, sales.update(company, name, record, given))

    def _transition(self, name: str, request: Request, **parts: str) -> Answer:
        company = self._of(request)
        record = company.find(name, f"/v2/{name}/{parts['id']}")
        if parts["to"] not in _TRANSITIONS[name]:
            raise not_found()
        return self._answer(company, name, sales.transition(company, name, record, parts["to"]))

    def _delete(self, name: str, request: Request, **parts: str) -> Answer:
        company, resource = self._of(request), RESOURCES[name]
        assert resource.delete is not None
        resource.delete(company, company.find(name, f"/v2/{name}/{parts['id']}"))
        return Answer(200, {})

    def _answer(self, company: Company, name: str, record: Record, *, new: bool = False) -> Answer:
        resource = RESOURCES[name]
        return Answer(200, {resource.singular: self._outside(resource.show(company, record, True, new))})  # noqa: FBT003

    def _company(self, request: Request, **_: str) -> Answer:
        company = self._of(request)
        shown = {
            "url": "/v2/company",
            "id": str(1 + self.organisations.index(company)),
            "name": company.name,
            "subdomain": company.subdomain,
            "type": chart.COMPANY_TYPES.get(company.country, "UniversalCompany"),
            "currency": company.base_currency,
            "mileage_units": "miles",
            "company_start_date": "2020-05-01",
            "freeagent_start_date": "2020-05-01",
            "first_accounting_year_end": "2021-04-30",
            "country": {"GB": "United Kingdom", "US": "United States"}.get(company.country, company.country),
            "sales_tax_registration_status": "Registered" if company.vat_registered else "Not Registered",
            "sales_tax_name": "VAT",
            "sales_tax_rates": list(company.rates) if company.vat_registered else [],
            "sales_tax_is_value_added": True,
            "locked_attributes": [],
        }
        return Answer(200, {"company": self._outside(shown)})

    def _me(self, request: Request, **_: str) -> Answer:
        level = self._of(request).permission_level
        shown = {"url": "/v2/users/1", "role": "Owner", "permission_level": level, "opening_mileage": 0}
        return Answer(200, {"user": self._outside(shown)})

    def _locks(self, request: Request, **_: str) -> Answer:
        locked_to = self._of(request).locked_to
        locks = [{"locked_to_date": locked_to, "user_lock": True, "locked_by_description": "Owner"}]
        return Answer(200, {"account_locks": self._outside(locks if locked_to else [])})

    def _categories(self, request: Request, **_: str) -> Answer:
        sub_accounts = request.query.get("sub_accounts") == "true"
        return Answer(200, self._outside(journals.listed(self._of(request), sub_accounts=sub_accounts)))

    def _one_category(self, request: Request, **parts: str) -> Answer:
        record = self._of(request).category(f"/v2/categories/{parts['code']}")
        return Answer(200, {f"{record['_group']}_categories": self._outside(record)})

    def _new_category(self, request: Request, **_: str) -> Answer:
        given = request.json()["category"]
        company = self._of(request)
        if company.permission_level < (7 if given.get("category_group") == chart.INCOME else 8):
            raise forbidden("Your access level does not allow this")
        record = journals.create_category(company, given)
        return Answer(201, {f"{record['_group']}_categories": self._outside(record)})

    def _trial_balance(self, request: Request, **_: str) -> Answer:
        rows = journals.trial_balance(self._of(request), request.query)
        return Answer(200, {"trial_balance_summary": self._outside(rows)})

    def _inside(self, given: Any) -> Any:
        """What was given, with references to resources here without the host."""
        if isinstance(given, str):
            prefix = f"{self.url}/v2/"
            return given.removeprefix(self.url) if given.startswith(prefix) else given
        if isinstance(given, list):
            return [self._inside(each) for each in given]
        if isinstance(given, Mapping):
            return {name: self._inside(each) for name, each in given.items()}
        return given

    def _outside(self, kept: Any) -> Any:
        """What is answered: whole references, numbers in strings, nothing of our own."""
        if isinstance(kept, str):
            return self.url + kept if kept.startswith("/v2/") else kept
        if isinstance(kept, Decimal):
            return text(kept)
        if isinstance(kept, date):
            return kept.isoformat()
        if isinstance(kept, list):
            return [self._outside(each) for each in kept]
        if isinstance(kept, Mapping):
            return {name: self._outside(each) for name, each in kept.items() if not name.startswith("_")}
        return kept
