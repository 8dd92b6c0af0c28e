"""Measuring side by side: every contestant in each round, so that a busy machine is busy for all of them."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds on the clock, round by round, of each contestant."""

    by_name: Mapping[str, Sequence[float]]

    def seconds(self, name: str) -> float:
        """The median."""
        return statistics.median(self.by_name[name])

    def ratio(self, name: str, to: str) -> float:
        """The median of the rounds' own ratios: what was slow in a round was slow for both."""
        pairs = zip(self.by_name[name], self.by_name[to], strict=True)
        return statistics.median(mine / other for mine, other in pairs)


def side_by_side(contestants: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Run all of them in turn, after a first round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            with others_garbage_apart():
                began = time.perf_counter()
                result = run()
                took = time.perf_counter() - began
            del result
            if number:
                times[name].append(took)
    return Times(times)


@contextmanager
def others_garbage_apart() -> Iterator[None]:
    """Let nobody pay for looking through what others left; what one allocates itself, it pays for."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def machine() -> str:
    """The class of machine, and how busy it is with other things."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith(("model name", "Model"))
        ),
        platform.machine(),
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({cpu}), {int(memory) // 1024**2} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, load {load:.1f} when it began"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []
