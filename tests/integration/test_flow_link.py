"""Links into the sync configuration flow: made for a merchant, redeemed once (specification: api)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daybook.domain.errors import BadRequest, NotFound
from daybook.services.companies import delete_company
from daybook.services.connections import create_connection, find_connection, unlink
from daybook.services.flow_link import FlowEntry, LinkRefused, redeem, start_flow
from daybook.services.runtime import Runtime, over
from daybook.store import clients, companies
from daybook.store.connections import list_connections, update
from daybook.wire.sync_flow import FlowRequest
from tests.integration.api_calls import CountedIds, SteppingClock
from tests.integration.at_once import alone, interleaved
from tests.simulation.memory import MemoryTable

BASE = "https://api.example/v1"
KEYS = ("lqai", "mqjo")


class StoppedClock(SteppingClock):
    """A clock that is set by hand."""

    def now(self) -> datetime:
        """The instant it is."""
        return self.moment


@dataclass
class Flow:
    """A partner and its merchants."""

    table: MemoryTable = field(default_factory=MemoryTable)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        """Have two clients."""
        self.runtime = over(self.table, self.clock, CountedIds(SteppingClock()))
        clients.create(self.table, clients.Client("c", "Till Makers", ("till.example",)))
        clients.create(self.table, clients.Client("d", "Others"))

    def start(
        self,
        merchant: str = "Harbour Cafe",
        client_id: str = "c",
        keys: tuple[str, str] = KEYS,
        locale: str = "en-us",
        redirect_url: str = "",
    ) -> str:
        """A new link's URL."""
        asked = FlowRequest(merchant, locale, redirect_url)
        return start_flow(self.runtime, client_id, "first key", keys, asked, BASE).url

    def link(self, merchant: str = "Harbour Cafe", **more: Any) -> tuple[str, str]:
        """A new link's company and password."""
        return parts_of(self.start(merchant, **more))

    def redeem(self, company_id: str, password: str) -> FlowEntry:
        """Use a password."""
        return redeem(self.runtime, company_id, password)

    def refused(self, company_id: str, password: str) -> bool:
        """Whether this password opens nothing."""
        try:
            self.redeem(company_id, password)
        except LinkRefused:
            return True
        return False

    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.clock.moment += timedelta(milliseconds=milliseconds)

    def connections(self, company_id: str) -> list[tuple[str, str]]:
        """Platform and status of each connection."""
        return [(each.platform_key, each.status) for each in list_connections(self.table, company_id)]


@pytest.fixture
def flow() -> Flow:
    return Flow()


def parts_of(url: str) -> tuple[str, str]:
    """The company and the password of a link."""
    path, _, password = url.removeprefix(f"{BASE}/flow/").partition("/start?otp=")
    company_id, *keys = path.split("/")
    assert keys == list(KEYS)
    return company_id, password


def test_a_link_opens_what_it_was_made_for(flow: Flow) -> None:
    company_id, password = flow.link(locale="fr-fr", redirect_url="https://till.example/done?x=1")
    entry = flow.redeem(company_id, password)
    assert entry.company.id == company_id
    assert (entry.client.id, entry.client.name) == ("c", "Till Makers")
    assert (entry.commerce_key, entry.accounting_key) == KEYS
    assert (entry.locale, entry.redirect_url) == ("fr-fr", "https://till.example/done?x=1")


def test_a_password_is_long_random_and_not_kept(flow: Flow) -> None:
    passwords = [flow.link()[1] for _ in range(20)]
    assert len(set(passwords)) == 20
    assert all(password.isdecimal() and len(password) == 40 for password in passwords)
    kept = repr(flow.table.everything())
    assert "FLOW#PASSWORD#" in kept
    assert not any(password in kept for password in passwords)


def test_a_password_is_forgotten_by_itself(flow: Flow) -> None:
    flow.link()
    (kept,) = [item for item in flow.table.everything() if item["SK"].startswith("FLOW#PASSWORD#")]
    now = int(flow.clock.now().timestamp())
    assert now + 30 < kept["expires"] < now + 24 * 3600


def test_a_password_works_for_thirty_seconds(flow: Flow) -> None:
    in_time, late = flow.link(), flow.link()
    flow.wait(30_000)
    assert not flow.refused(*in_time)
    flow.wait(1)
    assert flow.refused(*late)


def test_a_password_works_once(flow: Flow) -> None:
    link = flow.link()
    assert [flow.refused(*link) for _ in range(3)] == [False, True, True]


def test_several_links_of_a_merchant_work_beside_each_other(flow: Flow) -> None:
    links = [flow.link() for _ in range(3)]
    assert [flow.refused(*link) for link in reversed(links)] == [False] * 3


@pytest.mark.parametrize(("wrong_tries", "refused"), [(4, False), (5, True), (50, True)])
def test_a_password_dies_of_five_wrong_tries(flow: Flow, wrong_tries: int, *, refused: bool) -> None:
    company_id, password = flow.link()
    for number in range(wrong_tries):
        assert flow.refused(company_id, f"{number:040}")
    assert flow.refused(company_id, password) is refused


def test_wrong_tries_end_with_the_links_there_were(flow: Flow) -> None:
    company_id, old = flow.link()
    assert all(flow.refused(company_id, text) for text in ("", "123456", "x", "\ud800", "0" * 5000))
    _, new = flow.link()
    assert flow.refused(company_id, old), "a new link must not bring the old one back"
    assert not flow.refused(company_id, new)


def test_wrong_tries_elsewhere_do_no_harm(flow: Flow) -> None:
    link, other = flow.link(), flow.link("Quay Books")[0]
    for _ in range(9):
        assert flow.refused(other, "0" * 40)
    assert not flow.refused(*link)


def test_a_password_is_worth_nothing_at_another_company(flow: Flow) -> None:
    company_id, password = flow.link()
    for other in (flow.link("Quay Books")[0], flow.link(client_id="d")[0]):
        assert flow.refused(other, password)
    assert not flow.refused(company_id, password)


@pytest.mark.parametrize("company_id", ["", "x", "..", "0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60", "COMPANY#1"])
def test_guesses_at_companies_there_are_not_leave_nothing_behind(flow: Flow, company_id: str) -> None:
    _, password = flow.link()
    before = flow.table.everything()
    assert flow.refused(company_id, password)
    assert flow.table.everything() == before


def test_the_link_of_a_deleted_company_opens_nothing(flow: Flow) -> None:
    company_id, password = flow.link()
    delete_company(flow.runtime, companies.find(flow.table, company_id))
    assert flow.refused(company_id, password)


def test_of_two_who_redeem_a_link_at_once_one_succeeds(flow: Flow) -> None:
    runs: list[list[bool]] = []
    state: dict[str, tuple[str, str]] = {}

    def one() -> None:
        with alone(flow.table):
            state["link"] = flow.link()
        runs.append([])
        runs[-1].append(flow.refused(*state["link"]))

    def other() -> None:
        runs[-1].append(flow.refused(*state["link"]))

    assert interleaved(flow.table, one, other) >= 4
    assert all(sorted(run) == [False, True] for run in runs[:-1])
    assert runs[-1] == [False]


def test_two_first_calls_for_a_merchant_make_one_company(flow: Flow) -> None:
    made: list[tuple[str, str]] = []

    def call() -> None:
        made.append(flow.link(f"merchant {number}"))

    def one() -> None:
        nonlocal number
        number += 1
        call()

    number = 0
    runs = interleaved(flow.table, one, call)
    assert runs >= 4
    assert len(list(companies.list_companies(flow.table, "c"))) == runs + 1
    assert {tuple(flow.connections(company_id)) for company_id, _ in made} == {
        (("lqai", "Linked"), ("mqjo", "PendingAuth"))
    }
    assert not any(flow.refused(*link) for link in made)


def test_two_calls_connect_a_merchant_once(flow: Flow) -> None:
    known: list[str] = []

    def call() -> None:
        flow.link(known[-1])

    def one() -> None:
        company = companies.Company(f"0b8f8b1a-5d6c-7c3e-9a51-{len(known):012d}", "c", "Bare")
        with alone(flow.table):
            companies.create(flow.table, company)
        known.append(company.id)
        call()

    assert interleaved(flow.table, one, call) >= 8
    for company_id in known:
        assert sorted(flow.connections(company_id)) == [("lqai", "Linked"), ("mqjo", "PendingAuth")]


def test_a_merchant_is_known_by_either_identifier(flow: Flow) -> None:
    company_id, _ = flow.link("shop/7 (east)")
    assert companies.find(flow.table, company_id).name == "shop7 east"
    for merchant in ("shop/7 (east)", company_id, company_id.upper()):
        assert flow.link(merchant)[0] == company_id
    assert flow.link("shop/7 (East)")[0] != company_id
    assert len(list(companies.list_companies(flow.table, "c"))) == 2


def test_the_same_identifier_of_another_client_is_another_merchant(flow: Flow) -> None:
    company_id, _ = flow.link()
    others, _ = flow.link(client_id="d")
    assert others != company_id
    # Another client's id is no company of one's own: as any unknown text, it names a new merchant.
    assert flow.link(company_id, client_id="d")[0] not in (company_id, others)
    assert companies.find(flow.table, company_id).client_id == "c"


def test_a_deleted_company_stays_deleted(flow: Flow) -> None:
    company_id, _ = flow.link()
    delete_company(flow.runtime, companies.find(flow.table, company_id))
    with pytest.raises(NotFound):
        flow.start(company_id)
    assert flow.link()[0] != company_id, "its merchant may begin anew"


def test_an_unlinked_ledger_is_there_to_be_linked_again(flow: Flow) -> None:
    company_id, _ = flow.link()
    company = companies.find(flow.table, company_id)
    ledger = next(each for each in list_connections(flow.table, company_id) if each.platform_key == "mqjo")
    update(flow.table, company_id, ledger.id, status="Linked")
    unlink(flow.runtime, find_connection(flow.runtime, company, ledger.id))
    flow.start()
    assert flow.connections(company_id) == [("lqai", "Linked"), ("mqjo", "Unlinked")]


def test_a_merchant_linked_to_other_books_is_refused(flow: Flow) -> None:
    company_id, _ = flow.link()
    xero = create_connection(flow.runtime, companies.find(flow.table, company_id), "gbol")
    flow.start()
    update(flow.table, company_id, xero.id, status="Linked")
    with pytest.raises(BadRequest, match="linked to Xero"):
        flow.start()


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        (("lqai", "zzzz"), NotFound),
        (("zzzz", "mqjo"), NotFound),
        (("lqai", "gbol"), BadRequest),
        (("lqai", "lqai"), BadRequest),
        (("mqjo", "mqjo"), BadRequest),
        (("mqjo", "lqai"), BadRequest),
    ],
)
def test_platforms_that_cannot_be_used_are_refused(
    flow: Flow, keys: tuple[str, str], error: type[Exception]
) -> None:
    before = flow.table.everything()
    with pytest.raises(error):
        flow.start(keys=keys)
    assert flow.table.everything() == before


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "till.example/done", "/done", "https://till.example@x/"]
)
def test_where_a_merchant_may_not_return_is_refused(flow: Flow, url: str) -> None:
    before = flow.table.everything()
    with pytest.raises(BadRequest) as refused:
        flow.start(redirect_url=url)
    assert [problem.item for problem in refused.value.problems] == ["redirectUrl"]
    with pytest.raises(BadRequest):
        flow.start(client_id="d", redirect_url="https://till.example/")
    assert flow.table.everything() == before
