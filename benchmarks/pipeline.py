"""A model of work that flows through stages, each with workers and limits, second by second.

Work is counted in items, not followed one by one: a stage takes what waits at the rate that its workers, and
the limits on it, allow, and hands what it made to those after it. Stages of one pool share their workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Less than this is nothing: what is left of fractions.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Stage:
    """`workers` at once take `seconds` for each item; at most `limit` items a second, whatever the workers.

    `makes` is how many items of other stages come of each; of a `pool` all stages have the same workers.
    """

    name: str
    workers: float
    seconds: float
    limit: float = float("inf")
    makes: Mapping[str, float] = field(default_factory=dict)
    pool: str = ""

    @property
    def rate(self) -> float:
        """Items a second at most."""
        return min(self.workers / self.seconds, self.limit)


@dataclass(slots=True)
class Course:
    """What became of a stage: what it took in, the most that waited, seconds behind, when it ended."""

    taken: float = 0.0
    most_waiting: float = 0.0
    behind_seconds: int = 0
    ended: int = 0


def run(
    stages: Sequence[Stage], arrivals: Mapping[int, Mapping[str, float]], seconds: int
) -> dict[str, Course]:
    """Let work arrive (second, stage, items) and flow; stages are given in the order of the flow."""
    waiting = {stage.name: 0.0 for stage in stages}
    courses = {stage.name: Course() for stage in stages}
    last = max(arrivals)
    for second in range(seconds):
        for name, items in arrivals.get(second, {}).items():
            waiting[name] += items
        served = _served(stages, waiting)
        for stage in stages:
            there, done = waiting[stage.name], served[stage.name]
            if there < _NOTHING:
                continue
            course = courses[stage.name]
            course.most_waiting = max(course.most_waiting, there)
            course.taken += done
            course.ended = second + 1
            course.behind_seconds += done < there
            waiting[stage.name] = there - done
            for name, items in stage.makes.items():
                waiting[name] += done * items
        if second > last and max(waiting.values()) < _NOTHING:
            break
    return courses


def _served(stages: Sequence[Stage], waiting: Mapping[str, float]) -> dict[str, float]:
    """What each stage can take this second: those of a pool in proportion to what waits."""
    pooled: dict[str, float] = {}
    for stage in stages:
        pool = stage.pool or stage.name
        pooled[pool] = pooled.get(pool, 0.0) + waiting[stage.name]
    served = {}
    for stage in stages:
        there = pooled[stage.pool or stage.name]
        part = min(1.0, stage.rate / there) if there else 0.0
        served[stage.name] = waiting[stage.name] * part
    return served
