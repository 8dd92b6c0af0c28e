"""Daybook deployed in memory: the real services, its queues and its books, with a fault at any call.

Messages go the way they go in production: a transaction leaves them in the outbox, the relay sends them, a
queue hands them to a worker until the worker is done. Queues deliver at least once; FIFO queues keep the
order of a group.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from unittest import mock

from daybook.domain.errors import PlatformError
from daybook.platforms.interface import Platform
from daybook.services import schedule, write_records
from daybook.services.relay import relay
from daybook.store import outbox, queues
from daybook.store.connections import Connection
from daybook.store.outbox import Message
from daybook.store.table import ConditionFailed
from tests.simulation.faults import (
    BUS,
    DONE,
    OUT_OF_ORDER,
    QUEUE,
    TWICE,
    CallFailed,
    FaultyPlatform,
    Injector,
    Killed,
    RetryingTable,
)
from tests.simulation.world import World

Answer = TypeVar("Answer")
STANDARD = (outbox.INGEST, outbox.ERASE)
# Whatever a fault brings about must be over after so many deliveries.
_QUIET_WITHIN = 400
# How a process ends when a call failed: its caller asks again, its message comes again. ConditionFailed is
# among them because a write that its client sent twice is refused the second time.
_FAILURES = (CallFailed, Killed, PlatformError, ConditionFailed)


@dataclass
class MemoryQueues:
    """The three queues and the bus."""

    injector: Injector
    waiting: list[Message] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def send(
        self,
        queue: str,
        body: Mapping[str, Any],
        group: str,
        deduplication: str = "",
        delay: int | None = None,  # noqa: ARG002 - there is no time here
    ) -> None:
        """Take a message. FIFO queues drop repeats within minutes; here none does, which is harder."""
        copy = json.loads(json.dumps(body))
        message = Message(copy["companyId"], "", queue, group, deduplication, copy, "")
        what = self.injector.around(QUEUE, lambda: self.waiting.append(message))
        if what == TWICE:
            self.waiting.append(message)
        elif what == OUT_OF_ORDER:
            self.waiting.insert(0, self.waiting.pop())

    def put_event(self, event: str, detail: Mapping[str, Any]) -> None:
        """Take an event."""
        if self.injector.around(BUS, lambda: self.events.append((event, dict(detail)))) == TWICE:
            self.events.append((event, dict(detail)))

    def receivable(self) -> list[Message]:
        """What may be received now: anything of the standard queues, the oldest of each FIFO group."""
        heads: dict[tuple[str, str], Message] = {}
        for message in self.waiting:
            if message.queue not in STANDARD:
                heads.setdefault((message.queue, message.group), message)
        return [each for each in self.waiting if each.queue in STANDARD or each in heads.values()]

    def done(self, message: Message) -> None:
        """Delete a message that was received and worked off."""
        self.injector.around(DONE, lambda: self.waiting.remove(message))


@dataclass
class Deployment(World):
    """A world whose calls can fail."""

    injector: Injector = field(default_factory=Injector)
    writes: Counter[str] = field(default_factory=Counter)
    unreachable: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    watch: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        """Deploy."""
        self.table = RetryingTable(self.injector)
        super().__post_init__()
        self.queues = MemoryQueues(self.injector)
        connect = self.runtime.connect

        def connect_through(connection: Connection) -> Platform:
            return FaultyPlatform(connect(connection), self.injector, self.writes, self.unreachable)

        self.runtime = replace(self.runtime, connect=connect_through)

    @contextmanager
    def process(self) -> Iterator[None]:
        """Whatever is done inside is done by one process; it may fail or be killed."""
        self.clock.advance(seconds=1)
        with (
            mock.patch.multiple(queues, send=self.queues.send, put_event=self.queues.put_event),
            # One thread: a story must go the same way every time.
            mock.patch.object(write_records, "THREADS", 1),
            mock.patch.object(schedule, "_AT_ONCE", 1),
        ):
            self.injector.start()
            try:
                yield
            finally:
                self.injector.stop()

    def attempt(self, action: Callable[[], Answer]) -> Answer:
        """Do something as a caller of the API does: again, when no answer came."""
        for _ in range(3):
            with self.process():
                try:
                    return action()
                except _FAILURES as failed:
                    self.trouble.append(repr(failed))
        raise AssertionError(f"one fault failed three calls: {self.trouble[-3:]}")

    def relay_waiting(self) -> None:
        """Send what waits in the outbox."""
        with self.process():
            try:
                for message in list(outbox.unsent(self.table, "9999")):
                    relay(self.table, message)
            except (CallFailed, Killed) as failed:
                self.trouble.append(repr(failed))

    def work(self, pick: int = 0) -> bool:
        """Relay, then have one of the messages that may be received worked off; False when there is none."""
        self.relay_waiting()
        receivable = self.queues.receivable()
        if not receivable:
            return bool(list(outbox.unsent(self.table, "9999")))
        message = receivable[pick % len(receivable)]
        with self.process():
            try:
                self.receive(message)
                self.queues.done(message)
            except _FAILURES as failed:
                self.trouble.append(repr(failed))
        self.watch()
        return True

    def deliver(self) -> None:
        """Work until nothing is left to do."""
        for _ in range(_QUIET_WITHIN):
            if not self.work():
                return
        raise AssertionError(f"there is no end to it: {self.trouble[-5:]} {self.queues.receivable()[:3]}")
