"""Xero's limits on calls: a minute, a day, an application, and how many at a time."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.simulators.server import Answer

MINUTE, DAY = 60, 86_400


@dataclass(frozen=True)
class Limits:
    """Calls taken from one organisation a minute, a day and at a time; from the application a minute.

    The defaults, except `concurrent`, are so high that tests in which no time passes do not meet them.
    """

    minute: int = 1_000_000
    day: int = 1_000_000
    app_minute: int = 1_000_000
    concurrent: int = 5


# As Xero has them.
REAL = Limits(60, 5_000, 10_000, 5)


class Meter:
    """Counts calls; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.limits = Limits()
        self.refused: list[str] = []
        self._calls: dict[tuple[str, int], deque[int]] = defaultdict(deque)

    def count(self, tenant: str) -> Answer | None:
        """Count a call of an organisation, or refuse it."""
        checks = (
            ("minute", tenant, MINUTE, self.limits.minute),
            ("day", tenant, DAY, self.limits.day),
            ("appminute", "", MINUTE, self.limits.app_minute),
        )
        for problem, whose, seconds, limit in checks:
            recent = self._recent(whose, seconds)
            if len(recent) >= limit:
                first = recent[-limit] if limit else self.clock()
                return self.refusal(problem, max(1, first + seconds - self.clock()))
        for _, whose, seconds, _ in checks:
            self._recent(whose, seconds).append(self.clock())
        return None

    def refusal(self, problem: str, seconds: int) -> Answer:
        """429, and for how long."""
        self.refused.append(problem)
        return Answer(429, b"", {"Retry-After": str(seconds), "X-Rate-Limit-Problem": problem})

    def left(self, tenant: str) -> dict[str, str]:
        """The headers of every answer: the calls that are left."""
        return {
            "X-MinLimit-Remaining": str(self.limits.minute - len(self._recent(tenant, MINUTE))),
            "X-DayLimit-Remaining": str(self.limits.day - len(self._recent(tenant, DAY))),
            "X-AppMinLimit-Remaining": str(self.limits.app_minute - len(self._recent("", MINUTE))),
        }

    def _recent(self, whose: str, seconds: int) -> deque[int]:
        calls = self._calls[whose, seconds]
        while calls and calls[0] <= self.clock() - seconds:
            calls.popleft()
        return calls
