"""Every fault at every call to every platform: nothing lost, nothing twice, every sync ends well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.platforms import counts
from tests.platforms.benches import SHORT, benches
from tests.platforms.story import Story, as_it_is
from tests.platforms.world import Bench
from tests.scenarios import INVOICE, JOURNAL
from tests.simulators.server import BUSY, DROPPED, FAULTS, REFUSED, Fault

# Under these a write was not carried out; the others came after it was.
BEFOREHAND = (REFUSED, BUSY, DROPPED)


def forgets_requests(simulator: Any) -> None:
    """No request is known again by its key."""
    simulator.replays_requests = False  # QuickBooks
    simulator.idempotency_seconds = 0  # Xero


def variants() -> list[Any]:
    """Each platform as it is; those that know a repeated request again also when they do not."""
    made = []
    for bench in benches():
        for output_format in (INVOICE, JOURNAL):
            made.append(pytest.param(bench, output_format, as_it_is, id=f"{bench}-{output_format}"))
            if bench.name != "freeagent":
                name = f"{bench}-without-replay-{output_format}"
                made.append(pytest.param(bench, output_format, forgets_requests, id=name))
    return made


def faults_at(call: int) -> tuple[str, ...]:
    """Those a call meets: all of them, or two of them in turn where a quick look is asked for."""
    if not SHORT:
        return FAULTS
    return FAULTS[call % len(FAULTS)], FAULTS[(call + 3) % len(FAULTS)]


@pytest.mark.parametrize(("bench", "output_format", "prepare"), variants())
def test_every_fault_at_every_call(
    bench: Bench, output_format: str, prepare: Callable[[Any], None], request: pytest.FixtureRequest
) -> None:
    plain = Story(bench, output_format, prepare)
    calls = plain.run(None)
    plain.world.close()
    wanted = plain.written()
    assert set(wanted.values()) == {1}
    walked: Counter[str] = Counter()
    for call in range(calls):
        for what in faults_at(call):
            story = Story(bench, output_format, prepare)
            try:
                story.run(Fault(what, call))
                assert story.written() == wanted
                assert len(story.world.simulator.happened) == 1
            except AssertionError as failed:
                met = story.world.simulator.happened
                raise AssertionError(f"call {call}: {met}; {story.world.parked}: {failed}") from failed
            finally:
                story.world.close()
            walked["before" if what in BEFOREHAND else "after"] += 1
    runs = walked.total()
    counts.say(
        f"fault walk, {request.node.callspec.id}: {calls} calls, {runs} runs with a fault "
        f"({walked['before']} before and {walked['after']} after the platform acted), "
        f"{wanted.total()} documents each: 0 lost, 0 twice"
    )
    assert runs == sum(len(faults_at(call)) for call in range(calls)) > 0
