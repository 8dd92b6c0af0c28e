"""The real services over a table in memory, writing to simulated accounting platforms over real HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from http.client import HTTPConnection
from math import ceil
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from daybook import platforms
from daybook.domain.errors import PlatformError, PlatformUnavailable, PlatformUnclear
from daybook.platforms.interface import Platform
from daybook.services import link
from daybook.services import runtime as outside
from daybook.services.companies import create_company
from daybook.services.connections import create_connection
from daybook.services.link import Linked
from daybook.store.companies import Company
from daybook.store.connections import Connection
from daybook.store.outbox import Message
from daybook.wire.companies import CompanyRequest
from local.merchant import Choices
from tests.platforms import counts
from tests.scenarios import TaxTreatment
from tests.simulation.test_tokens import Reversing
from tests.simulation.world import CLIENT, Ids, World
from tests.simulators.authorisation import SimulatedAuthorisation
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.server import Fault, Request

BASE_URL = "https://api.example/v1"
_PATIENCE = 60
# Seconds until a message whose work failed comes again.
_NEXT_TRY = 30


class Simulator(Protocol):
    """A simulated platform with the books of one organisation."""

    authorisation: SimulatedAuthorisation
    fault: Fault | None
    requests: list[Request]
    happened: list[str]

    @property
    def ledger(self) -> SimulatedLedger:
        """Those books."""
        ...

    @property
    def violations(self) -> list[str]:
        """Whatever was not as the platform's official description says."""
        ...

    @property
    def checks(self) -> Any:
        """What was held against it: `validated` counts, `summary` says so in a line."""
        ...

    def credentials(self) -> Mapping[str, Any]:
        """What its partner was given."""
        ...

    def start(self, port: int = 0) -> Any:
        """Answer at a free port of this machine."""
        ...

    def stop(self) -> None:
        """Answer no more."""
        ...


def _nothing(*_: Any) -> Any:
    """Nothing has to be done."""


@dataclass(frozen=True)
class Difference:
    """A scenario that is otherwise on a platform; `reason` stands in the page about the platform.

    In the formats of `refused` the platform writes nothing of it, and `words` are in what the merchant is
    told; in the others it is as everywhere, once `prepare` has set up what is needed there, and with the
    `accounts` of the standard documents by their names there.
    """

    reason: str
    refused: tuple[str, ...] = ()
    words: str = ""
    prepare: Callable[[Any], None] = _nothing
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """A platform under test: its key, its simulator, and how it differs from the standard documents.

    `tax_account` says where the tax of a treatment is, in an output format; `names` how accounts and tax
    rates of the standard documents are called there; `folded` where the accounts of the fold are;
    `references` gives the references of ours that the books of a simulator hold; `read_back` has the
    platform's own library read them, counts them, and raises ImportError where it is not installed;
    `differences` is by scenario. The rest is trouble at a simulator: `lock` closes the books up to a day;
    `shut_out` takes the merchant's access to the company, and gives it back; `end_subscription` answers what
    pays for it again; `run_out` leaves few calls, and answers for how many seconds the platform then wants to
    be left alone; `misstate` has taxed documents bear so much more tax within their totals, and `mend` takes
    it out of those that are there. Where `compares_tax`, the platform's module refuses them itself.
    """

    key: str
    name: str
    simulator: Callable[[str, str], Simulator]  # of a base currency and a time zone
    tax_account: Callable[[TaxTreatment, str], str]
    title: str = ""
    description: str = "the official description"
    names: Mapping[str, str] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)
    references: Callable[[Any], Iterable[str]] = list
    read_back: Callable[[Any], int] | None = None
    differences: Mapping[int, Difference] = field(default_factory=dict)
    lock: Callable[[Any, date], None] = _nothing
    shut_out: Callable[[Any, bool], None] = _nothing
    end_subscription: Callable[[Any], Callable[[], None]] = _nothing
    run_out: Callable[[Any], int] = _nothing
    misstate: Callable[[Any, Decimal], None] = _nothing
    mend: Callable[[Any, Decimal], None] = _nothing
    compares_tax: bool = False

    def __str__(self) -> str:
        """Its name."""
        return self.name


@dataclass
class PlatformWorld(World):
    """One partner's Daybook, with merchants whose books are at a simulated platform."""

    bench: Bench = field(kw_only=True)
    currency: str = "GBP"
    zone: str = "Europe/London"
    # How long messages waited for the platform; None where it did not say for how long.
    parked: list[int | None] = field(default_factory=list)
    # How often each message failed.
    failed: Counter[str] = field(default_factory=Counter)
    # How long a worker waited itself, in seconds.
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open it, and the platform."""
        self.simulator = self.bench.simulator(self.currency, self.zone)
        self.simulator.start()
        self.simulator.authorisation.now = int(self.clock.now().timestamp())
        credentials = {self.bench.key: self.simulator.credentials()}
        runtime = outside.over(self.table, self.clock, Ids(self.clock), Reversing(), lambda: credentials)

        def connect(connection: Connection) -> Platform:
            access = replace(runtime.access.to(connection), wait=self._wait_at_work)
            return platforms.connect(connection.platform_key, access)

        self.runtime = replace(runtime, connect=connect)

    def close(self) -> None:
        """End the platform; count what was held against its official description."""
        self.simulator.stop()
        counts.checked(self.bench.name, self._checked())

    def _checked(self) -> Counter[str]:
        validated = self.simulator.checks.validated
        found = Counter({"worlds": 1, "violations": len(self.simulator.violations)})
        return found + validated + Counter({"unchecked": not validated})

    def open_company(self, name: str = "Corner Cafe", shops: int = 1, currency: str = "") -> Company:
        """A company linked to the platform by its merchant's consent, with as many sources of records."""
        assert currency in ("", self.currency)
        request = CompanyRequest.model_validate({"name": name})
        company = create_company(self.runtime, CLIENT, "tests", request)
        books = create_connection(self.runtime, company, self.bench.key)
        self.ledgers[company.id] = books.id
        self.link(company)
        for _ in range(shops):
            create_connection(self.runtime, company, "lqai")
        return company

    def link(self, company: Company) -> None:
        """Follow the company's link to the platform, consent there, and come back."""
        begun = link.begin(self.runtime, company.id, self.ledgers[company.id], BASE_URL)
        back = dict(parse_qsl(urlsplit(self._consent(begun.url)).query))
        assert isinstance(link.come_back(self.runtime, back, begun.cookie, BASE_URL), Linked)

    def deliver(self) -> None:
        """Deliver every message; one that fails comes again, as late as the platform wants it."""
        for _ in range(_PATIENCE):
            self.simulator.authorisation.now = int(self.clock.now().timestamp())
            try:
                super().deliver()
            except PlatformUnavailable as unavailable:
                self.parked.append(unavailable.retry_after)
                self._wait(unavailable.retry_after or _NEXT_TRY)
            except PlatformUnclear:
                self.parked.append(None)
                self._wait(_NEXT_TRY)
            else:
                return
        raise AssertionError(f"the platform never takes the rest: {self.parked[-3:]}")

    def receive(self, message: Message) -> None:
        """As everywhere; counts how often it failed."""
        try:
            super().receive(message)
        except PlatformError:
            self.failed[message.id] += 1
            raise

    def balances(self, company: Company) -> dict[tuple[str, str], Decimal]:  # noqa: ARG002 - it is the only one
        """(currency, account name) to balance of the books there, accounts at nought left out."""
        held = self.simulator.ledger.balances(self.currency)
        return {(self.currency, self._standard(name)): balance for name, balance in held.items()}

    def movements(self) -> dict[str, dict[str, Decimal]]:
        """What every day moved in the books there, by account."""
        found: dict[str, dict[str, Decimal]] = {}
        currencies = {entry.currency for entry in self.simulator.ledger.entries}
        for currency in currencies:
            moved: Mapping[tuple[date, str], Decimal] = self.simulator.ledger.by_day(currency)
            for (day, account), amount in moved.items():
                on, name = found.setdefault(day.isoformat(), {}), self._standard(account)
                on[name] = on.get(name, Decimal(0)) + amount
        return found

    def named_there(self, chosen: Choices) -> Choices:
        """A merchant's choices by the names that the platform's options have."""
        names = self.bench.names
        return replace(
            chosen,
            accounts={key: names.get(name, name) for key, name in chosen.accounts.items()},
            taxes={components: names.get(name, name) for components, name in chosen.taxes.items()},
            no_tax=names.get(chosen.no_tax, chosen.no_tax),
        )

    def _standard(self, account: str) -> str:
        """What the standard documents call an account of the platform."""
        return next((name for name, there in self.bench.names.items() if there == account), account)

    def _wait_at_work(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        """Let time pass, here and there."""
        self.clock.advance(seconds=ceil(seconds))
        self.simulator.authorisation.now = int(self.clock.now().timestamp())

    def _consent(self, url: str) -> str:
        """What a merchant's browser is sent back with."""
        parts = urlsplit(url)
        there = HTTPConnection(parts.netloc)
        there.request("GET", f"{parts.path}?{parts.query}", headers={"User-Agent": "a browser"})
        location = there.getresponse().headers["Location"]
        there.close()
        assert location.startswith(f"{BASE_URL}/oauth/callback?")
        return location
