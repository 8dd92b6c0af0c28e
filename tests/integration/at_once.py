"""Two callers at once: one does all of its work at one call of the table that the other makes, at each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.simulation.memory import MemoryTable


def interleaved(table: MemoryTable, one: Callable[[], object], other: Callable[[], object]) -> int:
    """Do all of `other` before each of the calls of the table that `one` makes, a run for each.

    Answers the number of runs; whoever calls this resets what must be new in every run.
    """
    place = 0
    while True:
        calls = 0
        done = False

        def before(_: str, at: int = place) -> None:
            nonlocal calls, done
            calls += 1
            if calls == at + 1 and not done:
                done = True
                table.before = lambda _: None
                other()
                table.before = before

        table.before = before
        try:
            one()
        finally:
            table.before = lambda _: None
        if not done:
            return place
        place += 1


@contextmanager
def alone(table: MemoryTable) -> Iterator[None]:
    """Do something while nobody interferes."""
    before, table.before = table.before, lambda _: None
    yield
    table.before = before
