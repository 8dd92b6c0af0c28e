"""Access tokens: refreshed once however many need them, kept before they are used, lost only for good."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.domain.errors import AuthorisationLost, PlatformUnavailable
from daybook.platforms import oauth
from daybook.platforms.access import Credentials
from daybook.platforms.oauth import OAuth
from daybook.services.pace import ConnectionPace
from daybook.services.tokens import ConnectionTokens
from daybook.store import tokens as store
from tests.simulation.memory import MemoryTable
from tests.simulators.authorisation import CLIENT_ID, CLIENT_SECRET, SimulatedAuthorisation
from tests.simulators.server import ANSWER_DROPPED, REFUSED, Fault, Request, SimulatedPlatform

CONNECTION = "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c55"
COMPANY = "0b5f2f0e-6f0c-4d3f-9a44-0d5d6a1e7c11"
BACK = "https://daybook.example/oauth/callback"
VERIFIER = "v" * 64


class Reversing:
    """Encrypts for tests: tells contexts apart, and never leaves a token readable."""

    def encrypt(self, text: str, context: str) -> str:
        return base64.b85encode(f"{context}|{text}".encode()[::-1]).decode()

    def decrypt(self, sealed: str, context: str) -> str:
        found, _, text = base64.b85decode(sealed)[::-1].decode().partition("|")
        assert found == context
        return text


class Platform(SimulatedPlatform):
    """Only the authorisation of a platform."""

    def __init__(self, authorisation: SimulatedAuthorisation) -> None:
        super().__init__()
        self.authorisation = authorisation
        self.route("GET", "/authorise", authorisation.consent)
        self.route("POST", "/token", authorisation.token)
        self.route("POST", "/revoke", authorisation.revoke)


@pytest.fixture
def platform() -> Iterator[Platform]:
    started = Platform(SimulatedAuthorisation(access_seconds=1800, old_works_after_rotation=1800))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable()


def tokens_of(platform: Platform, table: MemoryTable) -> ConnectionTokens:
    """A process's view of the connection's tokens."""
    addresses = {name: f"{platform.url}/{name}" for name in ("authorise", "token", "revoke")}
    settings = OAuth("Books", "https://unused", "https://unused", "https://unused", ("ledger",), pkce=True)

    def credentials() -> Credentials:
        return Credentials(CLIENT_ID, CLIENT_SECRET, addresses)

    return ConnectionTokens(
        table, Reversing(), lambda: platform.authorisation.now, CONNECTION, settings, credentials
    )


def link(platform: Platform, table: MemoryTable) -> ConnectionTokens:
    """Consent to the connection as a merchant's browser does."""
    tokens = tokens_of(platform, table)
    url = oauth.consent_url(tokens.settings, tokens.credentials(), "state", BACK, VERIFIER)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    answer = platform.authorisation.consent(Request("GET", "/authorise", asked, {}, b""))
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["state"]
    pair = oauth.exchange(tokens.settings, tokens.credentials(), back["code"][0], BACK, VERIFIER)
    tokens.keep(COMPANY, pair)
    return tokens


def test_fifty_callers_at_once_make_one_refresh(platform: Platform, table: MemoryTable) -> None:
    first = link(platform, table).access()
    platform.authorisation.now += 1800
    together = Barrier(50)

    def ask(_: int) -> str:
        tokens = tokens_of(platform, table)
        together.wait()
        return tokens.access()

    with ThreadPoolExecutor(50) as callers:
        found = set(callers.map(ask, range(50)))
    assert platform.authorisation.calls["refresh_token"] == 1
    assert len(found) == 1
    assert first not in found


def test_a_token_is_refreshed_before_it_ends_and_not_sooner(platform: Platform, table: MemoryTable) -> None:
    tokens = link(platform, table)
    first = tokens.access()
    platform.authorisation.now += 1800 - 121
    assert tokens_of(platform, table).access() == first
    platform.authorisation.now += 1
    assert tokens_of(platform, table).access() != first


def test_a_refused_token_is_replaced_once_for_all_who_were_refused(
    platform: Platform, table: MemoryTable
) -> None:
    refused = link(platform, table).access()
    platform.authorisation.expire_access()
    one, other = tokens_of(platform, table), tokens_of(platform, table)
    assert one.renewed(refused) == other.renewed(refused) != refused
    assert platform.authorisation.calls["refresh_token"] == 1


def test_a_lost_answer_costs_one_more_refresh_where_the_platform_allows_it(
    platform: Platform, table: MemoryTable
) -> None:
    tokens = link(platform, table)
    platform.authorisation.now += 1800
    platform.fault = Fault(ANSWER_DROPPED, matches=lambda request: request.path == "/token")
    with pytest.raises(PlatformUnavailable):
        tokens.access()
    assert tokens_of(platform, table).access()
    assert platform.authorisation.calls["refresh_token"] == 2


def test_trouble_at_the_token_endpoint_keeps_the_tokens(platform: Platform, table: MemoryTable) -> None:
    tokens = link(platform, table)
    platform.authorisation.now += 1800
    platform.fault = Fault(REFUSED, matches=lambda request: request.path == "/token")
    with pytest.raises(PlatformUnavailable):
        tokens.access()
    assert tokens.access()


def test_whoever_takes_over_a_lease_that_ran_out_refreshes(platform: Platform, table: MemoryTable) -> None:
    link(platform, table)
    platform.authorisation.now += 1800
    now = platform.authorisation.now
    assert store.lease(table, CONNECTION, 1, now, now + 40)
    waited: list[float] = []
    late = tokens_of(platform, table)

    def wait(seconds: float) -> None:
        waited.append(seconds)
        platform.authorisation.now += 1

    late.wait = wait
    assert late.access()
    assert len(waited) == 41
    assert platform.authorisation.calls["refresh_token"] == 1


def test_a_refresh_token_another_process_replaced_is_not_taken_for_the_end(
    platform: Platform, table: MemoryTable
) -> None:
    platform.authorisation.old_works_after_rotation = 0
    slow = link(platform, table)
    platform.authorisation.now += 1800
    read = slow._read()
    newer = tokens_of(platform, table).access()
    assert slow._fetch(read).access == newer


def test_access_is_lost_when_the_consent_has_ended(platform: Platform, table: MemoryTable) -> None:
    tokens = link(platform, table)
    for grant in platform.authorisation.grants.values():
        grant.revoked = True
    platform.authorisation.now += 1800
    with pytest.raises(AuthorisationLost, match="consent at Books has ended"):
        tokens.access()


def test_a_connection_without_tokens_says_to_link_it(platform: Platform, table: MemoryTable) -> None:
    with pytest.raises(AuthorisationLost, match="Link it again"):
        tokens_of(platform, table).access()


def test_revoking_ends_the_consent_at_the_platform(platform: Platform, table: MemoryTable) -> None:
    link(platform, table).revoke()
    assert [grant.revoked for grant in platform.authorisation.grants.values()] == [True]


def test_tokens_are_never_readable_in_the_table(platform: Platform, table: MemoryTable) -> None:
    access = link(platform, table).access()
    stored = store.get(table, CONNECTION)
    assert stored is not None
    assert access not in (stored.access, stored.refresh)


def test_tokens_that_nobody_used_for_long_are_found(platform: Platform, table: MemoryTable) -> None:
    link(platform, table)
    ends = platform.authorisation.now + 1800
    assert list(store.ended_before(table, ends - 1)) == []
    assert list(store.ended_before(table, ends)) == [(COMPANY, CONNECTION)]
    tokens_of(platform, table).refresh()
    platform.authorisation.now += 60
    tokens_of(platform, table).refresh()
    assert list(store.ended_before(table, ends)) == []


def pace_of(table: MemoryTable, now: list[int], limit: int = 20) -> ConnectionPace:
    """A process's view of the connection's pace."""
    return ConnectionPace(table, lambda: now[0], CONNECTION, "Books", limit)


def test_calls_of_all_processes_together_stay_under_the_limit(table: MemoryTable) -> None:
    now, made = [1_800_000_000], 0
    processes = [pace_of(table, now) for _ in range(3)]
    with pytest.raises(PlatformUnavailable) as full:  # noqa: PT012 - it is the last of many calls
        for _ in range(20):
            for process in processes:
                process.before_call()
                made += 1
    assert 10 <= made <= 20
    assert full.value.retry_after == 60
    now[0] += 60
    processes[0].before_call()


def test_a_block_stops_everybody_until_it_ends(table: MemoryTable) -> None:
    now = [1_800_000_000]
    one, other = pace_of(table, now), pace_of(table, now)
    one.before_call()
    one.blocked_for(66_975)
    for process in (one, other):
        with pytest.raises(PlatformUnavailable) as blocked:
            process.before_call()
        assert blocked.value.retry_after == 66_975
    now[0] += 66_975
    other.before_call()
