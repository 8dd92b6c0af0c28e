"""Keeping a connection's calls under its platform's limit, counted over all functions that call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daybook import telemetry
from daybook.domain.errors import PlatformUnavailable
from daybook.store import pace as store
from daybook.store.table import Table

# Calls counted at once: a block costs one write, and what is left of it at a process's end is not made up.
_BLOCK = 5
_MINUTE = 60


@dataclass
class ConnectionPace:
    """The pace of one connection (`platforms.access.Pace`); `now` gives seconds of Unix time."""

    table: Table
    now: Callable[[], int]
    connection_id: str
    platform: str
    calls_a_minute: int
    _minute: int = 0
    _left: int = 0

    def before_call(self) -> None:
        """Count a call. Raises PlatformUnavailable with the seconds to wait when there are none left."""
        now = self.now()
        if self._left == 0 or self._minute != now // _MINUTE:
            self._reserve(now)
        self._left -= 1

    def blocked_for(self, seconds: int) -> None:
        """The platform refuses calls for so long: none is made until then, by anybody."""
        self._left = 0
        store.block(self.table, self.connection_id, self.now() + seconds)

    def _reserve(self, now: int) -> None:
        minute = now // _MINUTE
        block = min(_BLOCK, self.calls_a_minute)
        counted, blocked = store.reserve(self.table, self.connection_id, minute, block)
        if blocked > now:
            raise self._none_left(blocked - now)
        if counted > self.calls_a_minute:
            raise self._none_left(_MINUTE - now % _MINUTE)
        self._minute, self._left = minute, block

    def _none_left(self, seconds: int) -> PlatformUnavailable:
        figure = {"PlatformCallsHeldBack": 1}
        told = {"connectionId": self.connection_id, "seconds": seconds}
        telemetry.tell("no calls left", told, figure, self.platform)
        message = f"{self.platform} takes no more calls for {seconds} seconds."
        return PlatformUnavailable(self.platform, message, seconds)
