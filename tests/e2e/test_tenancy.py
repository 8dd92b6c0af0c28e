"""Every operation, called by everybody who must not: told apart by nothing, told nothing, changing nothing.

For each operation under each spelling: every kind of missing, malformed, unknown and revoked key; another
client's key with each of its ids replaced by the owner's, alone and together, beside the same with ids that
nobody has. The two must be answered alike (specification: api, conventions).
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from local.settings import LocalStack
from tests.e2e.sweep import (
    KEYLESS,
    Answer,
    Caller,
    Operation,
    at_once,
    basic,
    mixtures,
    operations,
    unknown_ids,
    wrong_authorizations,
)
from tests.e2e.tenants import Tenant, new_client, settle

# Steps of a consent at a real platform, which the owner has none of.
FOR_BROWSERS = {"begin_linking", "come_back"}
LOOKED_UP = ("no header", "an unknown key", "a revoked key")
SAMPLES = 7
SAMPLES_IN_DOUBT = 40
SLOWER = 1.5
NOTICEABLE_SECONDS = 0.005


@dataclass(frozen=True)
class Tenants:
    """Whose things they are, and who reaches for them; `revoked` was a key of the owner's."""

    owner: Tenant
    intruder: Tenant
    revoked: str
    call: Caller


@pytest.fixture(scope="module")
def tenants(stack: LocalStack, deployed: dict[str, Any]) -> Tenants:
    owner = settle(*new_client(stack, deployed, "Owner"))
    intruder = settle(*new_client(stack, deployed, "Intruder"))
    made = owner.client.post("/apiKeys", {"name": f"{owner.mark} revoked"})
    owner.client.call("DELETE", f"/apiKeys/{made['id']}")
    return Tenants(owner, intruder, made["apiKey"], Caller(owner.client.url))


@pytest.fixture(scope="module")
def held(aws: Callable[[str], Any], deployed: dict[str, Any], tenants: Tenants) -> Callable[[], list[str]]:
    """What the table holds of the owner: every item that names it anywhere."""
    names = [*tenants.owner.told(), *tenants.owner.merchant.shops.values()]

    def dump() -> list[str]:
        pages = aws("dynamodb").get_paginator("scan").paginate(TableName=deployed["tableName"])
        items = [json.dumps(item, sort_keys=True, default=repr) for page in pages for item in page["Items"]]
        return sorted(text for text in items if any(name in text for name in names))

    return dump


def leaks(tenants: Tenants, answer: Answer, sent: set[str]) -> list[str]:
    """What of the owner an answer tells that was not sent along."""
    return sorted(text for text in tenants.owner.told() - sent if text in answer.text)


def test_nobody_without_a_key(tenants: Tenants, held: Callable[[], list[str]]) -> None:
    before = held()
    wrong = wrong_authorizations(tenants.owner.client.key, tenants.revoked)
    keyed = [operation for operation in operations() if operation.name not in KEYLESS]
    first = {(each.name, each.method): each for each in reversed(keyed)}
    # Every kind for every operation; for its other spellings those that differ in what must be looked up.
    cases = [(operation, kind) for operation in first.values() for kind in wrong]
    cases += [(each, kind) for each in keyed if each not in first.values() for kind in LOOKED_UP]

    def attempt(case: tuple[Operation, str]) -> Answer:
        operation, kind = case
        path = operation.filled(operation.ids_of(tenants.owner))
        return tenants.call(operation, path, wrong[kind])

    answers = at_once(attempt, cases)
    expected = answers[0].without()
    assert (expected.status, expected.kind) == (401, "application/json")
    assert json.loads(expected.text)["statusCode"] == 401
    differing = Counter(
        f"{kind}: {operation.method} {operation.path}: {answer.status} {answer.text[:200]}"
        for (operation, kind), answer in zip(cases, answers, strict=True)
        if answer.without() != expected
    )
    counted = f"{len(first)} operations in {len(keyed)} spellings, {len(wrong)} kinds of header"
    print(f"\n{len(cases)} calls without a valid key: {counted}")  # noqa: T201
    assert not differing
    assert held() == before


def test_nobody_with_another_clients_ids(tenants: Tenants, held: Callable[[], list[str]]) -> None:
    before = held()
    cases = [
        (operation, foreign)
        for operation in operations()
        for foreign in mixtures(operation)
        # Whoever has the whole link may follow it: that is what it is for.
        if not (operation.name in KEYLESS and foreign == frozenset(operation.ids))
    ]

    def attempt(case: tuple[Operation, frozenset[str]]) -> list[str]:
        return wrongs_of(tenants, *case)

    wrong = [text for found in at_once(attempt, cases) for text in found]
    print(f"\n{2 * len(cases)} calls with another client's ids or nobody's; {len(wrong)} told apart")  # noqa: T201
    assert wrong == []
    assert len(cases) > 300
    assert held() == before


def wrongs_of(tenants: Tenants, operation: Operation, foreign: frozenset[str]) -> list[str]:
    """What is wrong with how another client's ids are answered."""
    own, theirs = operation.ids_of(tenants.intruder), operation.ids_of(tenants.owner)
    nobodys = unknown_ids(operation)
    # What both have, such as an id that every ledger gives to its first account, is no secret of either.
    if any(own[name] == theirs[name] for name in foreign):
        return []
    authorization = basic(tenants.intruder.client.key)

    def ask(others: dict[str, str]) -> Answer:
        path = operation.filled({name: others[name] if name in foreign else own[name] for name in own})
        return tenants.call(operation, path, authorization)

    reached, unknown = ask(theirs), ask(nobodys)
    where = f"{operation.method} {operation.path} with {', '.join(sorted(foreign))} of another client"
    found = [f"{where} tells {text}" for text in leaks(tenants, reached, set(theirs.values()))]
    if reached.status != 404:
        found.append(f"{where} is answered {reached.status} {reached.text[:200]}")
    if reached.without(*theirs.values()) != unknown.without(*nobodys.values()):
        found.append(
            f"{where}: {reached.text[:200]}, but for nobody's: {unknown.status} {unknown.text[:200]}"
        )
    return found


def test_lists_hold_only_ones_own(tenants: Tenants) -> None:
    """What names no id answers for the key's own client: nothing of the owner's is in it."""
    shared = [operation for operation in operations() if not operation.ids]
    key = basic(tenants.intruder.client.key)
    answers = at_once(lambda operation: tenants.call(operation, operation.path, key), shared)
    for operation, answer in zip(shared, answers, strict=True):
        assert answer.status < 500, (operation, answer)
        assert leaks(tenants, answer, set()) == [], operation
    assert len(shared) > 15


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/companies/{own}/data/queue/accounts?connectionId={ledger}"),
        ("GET", "/companies?query=id%3D{company_id}"),
        ("GET", "/companies/{own}/connections?query=id%3D{ledger}"),
        ("GET", "/companies/{own}/data/history?query=id%3D{dataset_id}"),
    ],
)
def test_ids_in_queries_open_nothing(tenants: Tenants, method: str, path: str) -> None:
    own = tenants.intruder.merchant.company_id
    named = {"own": own, "ledger": tenants.owner.ledger, **tenants.owner.ids}
    answer = tenants.call(
        Operation("", method, path), path.format(**named), basic(tenants.intruder.client.key)
    )
    assert answer.status in (200, 400, 404), answer
    sent = {tenants.owner.ledger, tenants.owner.ids["company_id"], tenants.owner.ids["dataset_id"]}
    assert leaks(tenants, answer, sent) == []
    if answer.status == 200 and "query=" in path:
        assert json.loads(answer.text)["results"] == []


def test_another_clients_id_takes_as_long_as_nobodys(tenants: Tenants) -> None:
    """Nobody learns from the time of an answer whether an id exists."""
    first = {(each.name, each.method): each for each in reversed(operations()) if each.ids}
    asked = [operation for operation in first.values() if operation.name not in KEYLESS]
    doubtful = [operation for operation in asked if differs(tenants, operation, SAMPLES)]
    slow = [operation for operation in doubtful if differs(tenants, operation, SAMPLES_IN_DOUBT)]
    print(f"\n{len(asked)} operations timed; {len(doubtful)} measured again")  # noqa: T201
    assert slow == []


def differs(tenants: Tenants, operation: Operation, samples: int) -> bool:
    """Whether the median times of another client's ids and of nobody's are apart."""
    theirs, nobodys = operation.ids_of(tenants.owner), unknown_ids(operation)
    key = basic(tenants.intruder.client.key)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * samples):
        is_theirs = bool(number % 2)
        path = operation.filled(theirs if is_theirs else nobodys)
        started = time.perf_counter()
        tenants.call(operation, path, key)
        seconds[is_theirs].append(time.perf_counter() - started)
    less, more = sorted(statistics.median(each) for each in seconds.values())
    return more > SLOWER * less and more - less > NOTICEABLE_SECONDS


def test_the_owner_reaches_all_of_it(tenants: Tenants) -> None:
    """The control: with the right key the same paths and ids are answered, so a 404 above means something."""
    key = basic(tenants.owner.client.key)
    reading = [operation for operation in operations() if operation.method == "GET"]
    answers = at_once(
        lambda operation: tenants.call(operation, operation.filled(operation.ids_of(tenants.owner)), key),
        reading,
    )
    refused = {
        f"{operation.path}: {answer.status} {answer.text[:150]}"
        for operation, answer in zip(reading, answers, strict=True)
        if answer.status != 200 and not is_empty(operation) and operation.name not in FOR_BROWSERS
    }
    assert refused == set()


def is_empty(operation: Operation) -> bool:
    """Whether the owner has nothing of this: records of most types, and most of a ledger's items."""
    kept = ("commerce-orders/", "commerce-customers/", "commerce-locations/", "data/accounts/")
    return bool({"record_id", "item_id"} & set(operation.ids)) and not any(
        part in operation.path for part in kept
    )


def test_the_intruder_could_do_it_at_home(tenants: Tenants) -> None:
    """The control of what writes: the same bodies are taken at home, so it is the id that was refused."""
    # What ends things comes last, the company at the very end.
    later = {"update_connection": 1, "delete_company": 3}
    writing = {each.name: each for each in reversed(operations()) if each.method != "GET" and each.ids}
    key = basic(tenants.intruder.client.key)
    refused = []
    for operation in sorted(
        writing.values(), key=lambda each: later.get(each.name, 2 * (each.method == "DELETE"))
    ):
        path = operation.filled(operation.ids_of(tenants.intruder))
        answer = tenants.call(operation, path, key)
        if answer.status not in (200, 204, 400):
            refused.append((operation, answer))
    assert refused == []
    assert len(writing) > 15
