"""Telling a story once for every fault at every call: the walk that the fault walks share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tests.simulation.deployment import Deployment
from tests.simulation.faults import FAULTS, Fault

Walk = Counter[tuple[str, str]]


class Story(Protocol):
    """Steps between which nothing is on its way, and what must be true when all are done."""

    world: Deployment
    steps: list[Callable[[], Any]]

    def snapshot(self) -> tuple[Any, ...]:
        """All there is between two steps."""
        ...

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        """Go back there."""
        ...

    def check(self) -> None:
        """Raise AssertionError unless nothing was lost and nothing doubled."""
        ...


def walk(story: Story) -> tuple[int, Walk]:
    """Tell it without a fault, then with each; how many calls there are, and how often each was met.

    Raises AssertionError naming the fault that something was lost or doubled by.
    """
    injector, walked = story.world.injector, Walk()
    snapshots: list[tuple[Any, ...]] = []
    counted: list[Sequence[str]] = []
    for step in story.steps:
        snapshots.append(story.snapshot())
        injector.arm(None)
        step()
        counted.append(list(injector.calls))
    story.check()
    for number, (snapshot, kinds) in enumerate(zip(snapshots, counted, strict=True)):
        for call, kind in enumerate(kinds):
            for what in FAULTS[kind]:
                story.restore(snapshot)
                injector.arm(Fault(call, what))
                injector.happened.clear()
                try:
                    for step in story.steps[number:]:
                        step()
                    injector.arm(None)
                    story.check()
                except AssertionError as failed:
                    message = f"step {number}, call {call}, {kind}: {what}; {story.world.trouble}"
                    raise AssertionError(message) from failed
                assert len(injector.happened) == 1
                walked[kind, what] += 1
    return sum(map(len, counted)), walked
