"""A platform that is one module and one line of the registry: all that adding one takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import PlatformRejected
from daybook.domain.ledger import Account, Contact, LedgerCompany, ReferenceData, Written
from daybook.platforms import Access
from daybook.platforms.interface import Outcome, not_sent
from daybook.platforms.oauth import OAuth, Tenant
from daybook.platforms.transport import Transport, pool
from tests.simulators.authorisation import SimulatedAuthorisation
from tests.simulators.server import Answer, Request, SimulatedPlatform

KEY, NAME = "exmp", "Example books"
OAUTH = OAuth(NAME, "https://unused", "https://unused", "https://unused", ("ledger",), pkce=True)
CALLS_A_MINUTE = 60
_REFUSED = PlatformRejected(NAME, "Example books take nothing.")


class ExampleSimulator(SimulatedPlatform):
    """Its other end: consent, organisations, one account."""

    def __init__(self) -> None:
        super().__init__()
        self.authorisation = SimulatedAuthorisation(needs_pkce=True)
        self.organisations = {"org-1": "Corner Cafe Ltd"}
        self.route("GET", "/authorise", self.authorisation.consent)
        self.route("POST", "/token", self.authorisation.token)
        self.route("POST", "/revoke", self.authorisation.revoke)
        self.route("GET", "/organisations", self._organisations)
        self.route("GET", "/accounts", self._accounts)

    def credentials(self) -> dict[str, object]:
        """What its partner was given."""
        urls = {name: f"{self.url}/{name}" for name in ("authorise", "token", "revoke")}
        return {
            "clientId": "daybook-client",
            "clientSecret": "daybook-secret",
            "urls": urls | {"api": self.url},
        }

    def admit(self, request: Request) -> Answer | None:
        known = self.authorisation.grant_of(request.headers.get("authorization", ""))
        is_open = request.path in ("/authorise", "/token", "/revoke")
        return None if is_open or known is not None else Answer(401, {})

    def _organisations(self, _request: Request) -> Answer:
        return Answer(200, [{"id": key, "name": name} for key, name in self.organisations.items()])

    def _accounts(self, request: Request) -> Answer:
        assert request.headers["organisation"] in self.organisations
        return Answer(200, [{"id": "a1", "name": "Sales"}])


def tenants(url: str, token: str, parameters: Mapping[str, str]) -> Sequence[Tenant]:
    """The organisations a consent reaches."""
    assert parameters["state"]
    answer = pool().request("GET", f"{url}/organisations", headers={"Authorization": f"Bearer {token}"})
    return [Tenant(each["id"], each["name"]) for each in json.loads(answer.data)]


@dataclass
class ExampleBooks:
    """The platform."""

    access: Access

    writes_in_steps = False
    reference_parts = ("accounts",)

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        """Read from the platform, or as last read."""
        return (self.access.reference.renewed if fresh else self.access.reference.data)(self._read)

    def read_part(self, part: str) -> Any:
        """What there is: accounts."""
        assert part == "accounts"
        access = self.access
        assert access.tokens is not None
        assert access.pace is not None
        transport = Transport(
            NAME, access.url, access.tokens, access.pace, headers={"organisation": access.tenant}
        )
        return transport.read("/accounts").json()

    def join_parts(self, parts: Mapping[str, Any]) -> ReferenceData:
        """Kept as last read."""
        return self.access.reference.renewed(lambda: self._joined(parts["accounts"]))

    def _read(self) -> ReferenceData:
        return self._joined(self.read_part("accounts"))

    def _joined(self, accounts: Sequence[Mapping[str, str]]) -> ReferenceData:
        return ReferenceData(
            company=LedgerCompany("Corner Cafe Ltd", "GBP", "GB", "Europe/London", "", ""),
            accounts=tuple(Account(each["id"], "", each["name"], "Income") for each in accounts),
            tax_rates=(),
            customers=(),
            suppliers=(),
        )

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        """Nothing is there."""

    def write(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        """Nothing is taken."""
        return not_sent(_REFUSED, len(documents))

    def create_account(self, *_: str) -> Account:
        """Nothing is taken."""
        raise _REFUSED

    def create_customer(self, _: NewCustomer) -> Contact:
        """Nothing is taken."""
        raise _REFUSED

    def create_supplier(self, _: str) -> Contact:
        """Nothing is taken."""
        raise _REFUSED


def connect(access: Access) -> ExampleBooks:
    """The books behind a connection."""
    return ExampleBooks(access)
