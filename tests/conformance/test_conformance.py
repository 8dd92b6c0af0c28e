"""Each method of both published clients, unmodified, against the running stack: one partner's journey.

In this order: the journey builds on itself, and the table at the end is made of all of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.api_client import Client
from tests.conformance import (
    journey_current,
    journey_v1,
    journey_v1_reading,
    journey_v1_writing,
    published,
    table,
)
from tests.conformance.calls import FOREIGN, WRONG_KEY, Call, Callers, Finding
from tests.conformance.published import ASYNC, CURRENT, V1, Method, methods
from tests.conformance.steps import STEPS, Journey, Step

METHODS = {(method.client, method.name): method for method in methods()}
JOURNEYS = [(step, "") for step in STEPS if step.client == CURRENT]
JOURNEYS += [(step, ASYNC) for step in STEPS if step.client == CURRENT]
JOURNEYS += [(step, "") for step in STEPS if step.client == V1]
FINDINGS: list[Finding] = []
RUN: set[tuple[Step, str]] = set()
# Importing them made the steps, in this order.
assert all((journey_current, journey_v1, journey_v1_reading, journey_v1_writing))


def named(each: object) -> str:
    return str(each) if each else "."


@pytest.fixture(scope="session")
def travellers(stack: dict[str, Any]) -> Iterator[Callable[[str, str], tuple[Callers, Journey]]]:
    """Answers the callers and the journey of one client, the same for all its steps."""
    url, keys = stack["apiUrl"], (stack["apiKey"], stack["otherKey"], "a key nobody was given")
    held: dict[tuple[str, str], tuple[Callers, Journey]] = {}
    with asyncio.Runner() as runner:

        def of(client: str, suffix: str) -> tuple[Callers, Journey]:
            if (client, suffix) not in held:
                held[client, suffix] = (
                    Callers(*(caller(client, suffix, key) for key in keys)),
                    Journey(Client(url, stack["apiKey"]), stack["clientId"]),
                )
            return held[client, suffix]

        def caller(client: str, suffix: str, key: str) -> published.Caller:
            if client == V1:
                return published.v1_caller(url, key)
            return published.current_caller(url, key, runner if suffix else None)

        yield of
        for callers, _ in held.values():
            for each in (callers.own, callers.other, callers.wrong):
                each.close()


def test_the_clients_are_the_published_ones() -> None:
    assert len(METHODS) == 2 * 22 + 58


@pytest.mark.parametrize("method", METHODS.values(), ids=str)
def test_every_method_has_a_step(method: Method) -> None:
    assert (method.client, method.twin_of) in {(step.client, step.method) for step in STEPS}


@pytest.mark.parametrize(("step", "suffix"), JOURNEYS, ids=named)
def test_step(step: Step, suffix: str, travellers: Callable[[str, str], tuple[Callers, Journey]]) -> None:
    RUN.add((step, suffix))
    callers, journey = travellers(step.client, suffix)
    call = Call(METHODS[step.client, f"{step.method}{suffix}"], callers)
    try:
        step.run(call, journey)
    finally:
        FINDINGS.extend(call.findings)
    assert all(finding.good for finding in call.findings), call.told()


@pytest.fixture
def findings() -> list[Finding]:
    """All that was found; not for a run of a few chosen steps."""
    if set(JOURNEYS) != RUN:
        pytest.skip("only after the whole journey")
    return FINDINGS


def test_every_method_was_called_by_wrong_callers_too(findings: list[Finding]) -> None:
    tried = {(found.client, found.method, found.case) for found in findings}
    for (client, name), method in METHODS.items():
        assert (client, name, table.WORKS) in tried
        assert (client, name, WRONG_KEY) in tried
        if "company_id" in method.placeholders:
            assert (client, name, FOREIGN) in tried


def test_every_body_was_tried_with_a_bad_one(findings: list[Finding]) -> None:
    bad = {(found.client, found.method) for found in findings if found.expected.endswith(" 400")}
    without = {
        str(method)
        for key, method in METHODS.items()
        if key not in bad and method.verb != "GET" and not table.takes_no_body(method)
    }
    assert not without


def test_the_table_in_the_documentation_is_of_this_run(
    findings: list[Finding], stack: dict[str, Any]
) -> None:
    document = table.rendered(findings, METHODS.values(), table.DOCUMENT.read_text(encoding="utf-8"))
    if stack.get("writeTable"):
        table.DOCUMENT.write_text(document, encoding="utf-8")
    Path(stack["results"]).write_text(json.dumps([found.to_json() for found in findings], indent=1))
    assert table.DOCUMENT.read_text(encoding="utf-8") == document, "make compatibility"
