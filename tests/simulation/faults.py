"""What can go wrong around every call that leaves a function, and the one place where it is made to.

Every call of the table, of a queue, of the bus, of the schedules and of an accounting platform passes through
an `Injector`. It counts them, and at one of them it does what a `Fault` says. Nothing here waits or throws
dice: the same fault at the same call of the same story is the same failure again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from daybook.domain.direct import NewCustomer
from daybook.domain.documents import Document, Kind
from daybook.domain.errors import PlatformError, PlatformUnavailable, PlatformUnclear
from daybook.domain.ledger import Account, Contact, ReferenceData, Written
from daybook.platforms.interface import Outcome, Platform
from daybook.store.table import Condition, Item
from tests.simulation.memory import MemoryTable

Answer = TypeVar("Answer")

TABLE_READ, TABLE_WRITE = "table read", "table write"
QUEUE, DONE, BUS, SCHEDULER = "queue", "done", "bus", "scheduler"
PLATFORM_READ, PLATFORM_WRITE = "platform read", "platform write"

REFUSED, THROTTLED, TIMED_OUT, ANSWER_LOST = "refused", "throttled", "timed out", "answer lost"
SERVER_ERROR, MALFORMED = "server error", "malformed answer"
KILLED_BEFORE, KILLED_AFTER = "killed before", "killed after"
TWICE, OUT_OF_ORDER = "delivered twice", "delivered out of order"
# The client of the table retries by itself: what it sent may take effect twice, or be refused then.
SENT_TWICE = "sent twice"

_ANYWHERE = (REFUSED, THROTTLED, TIMED_OUT, ANSWER_LOST, KILLED_BEFORE, KILLED_AFTER)
# Every fault that each kind of call can meet.
FAULTS = MappingProxyType(
    {
        # No code tells one exception of the table's client from another: a call that was throttled or timed
        # out on its way was refused to it; of one that timed out on its way back the answer was lost. A read
        # has no effect to lose the answer of.
        TABLE_READ: (REFUSED, KILLED_BEFORE),
        TABLE_WRITE: (REFUSED, ANSWER_LOST, KILLED_BEFORE, KILLED_AFTER, SENT_TWICE),
        QUEUE: (*_ANYWHERE, TWICE, OUT_OF_ORDER),
        DONE: _ANYWHERE,
        BUS: (*_ANYWHERE, TWICE),
        SCHEDULER: _ANYWHERE,
        PLATFORM_READ: (*_ANYWHERE, SERVER_ERROR, MALFORMED),
        PLATFORM_WRITE: (*_ANYWHERE, SERVER_ERROR, MALFORMED),
    }
)
_READS = ("get", "query", "batch_get")
# After these the effect has happened, whatever the caller is told.
_AFTERWARDS = (ANSWER_LOST, MALFORMED, KILLED_AFTER)


class CallFailed(Exception):
    """A call to AWS failed, or its answer never came: the worker cannot know which."""


class Killed(BaseException):
    """The process ended here. No code of the product may stop it from ending."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the call with this number, counted from 0: of all calls or of those of one kind."""

    call: int
    what: str
    kind: str = ""


@dataclass
class Injector:
    """Counts the calls of processes, and makes one of them go wrong; one that was killed makes no more.

    While no process runs, whoever looks at the table is a test.
    """

    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    running: bool = False
    dead: bool = False
    pending: str = ""

    def arm(self, fault: Fault | None) -> None:
        """Count from here, and fail as told; None: nothing fails."""
        self.fault, self.calls, self.dead = fault, [], False

    def start(self) -> None:
        """Start a process."""
        self.running, self.dead = True, False

    def stop(self) -> None:
        """End it."""
        self.running = self.dead = False

    def watch(self, table: MemoryTable) -> None:
        """Stand around every call of a table."""

        def before(operation: str) -> None:
            self.pending = self.next(TABLE_READ if operation in _READS else TABLE_WRITE)
            if self.pending not in _AFTERWARDS:
                self.fail(self.pending)

        def after(_operation: str) -> None:
            if self.pending in _AFTERWARDS:
                what, self.pending = self.pending, ""
                self.fail(what)

        table.before, table.after = before, after

    def next(self, kind: str) -> str:
        """Count a call; the fault that it meets, or ""."""
        if not self.running:
            return ""
        if self.dead:
            raise Killed
        self.calls.append(kind)
        if self.fault is None or self.fault.kind not in ("", kind) or self.fault.what not in FAULTS[kind]:
            return ""
        number = self.calls.count(kind) if self.fault.kind else len(self.calls)
        if number != self.fault.call + 1:
            return ""
        self.happened.append(f"{kind}: {self.fault.what}")
        return self.fault.what

    def fail(self, what: str) -> None:
        """End a call as the fault says; nothing happens for "" and for what concerns deliveries only."""
        if what in (KILLED_BEFORE, KILLED_AFTER):
            self.dead = True
            raise Killed
        if what and what not in (TWICE, OUT_OF_ORDER, SENT_TWICE):
            raise CallFailed(what)

    def around(self, kind: str, call: Callable[[], None]) -> str:
        """Make a call to AWS, or not, as the fault says; what is left to do about its delivery."""
        what = self.next(kind)
        if what not in _AFTERWARDS:
            self.fail(what)
        call()
        self.fail(what)
        return what

    def platform(self, kind: str, call: Callable[[], Answer]) -> Answer:
        """Make a call to an accounting platform, or not, and answer as the interface says it must."""
        what = self.next(kind)
        if what in (KILLED_BEFORE, TIMED_OUT, REFUSED, THROTTLED, SERVER_ERROR):
            self._platform_fails(kind, what)
        answer = call()
        self._platform_fails(kind, what)
        return answer

    def _platform_fails(self, kind: str, what: str) -> None:
        if not what:
            return
        if what in (KILLED_BEFORE, KILLED_AFTER):
            self.fail(what)
        if kind == PLATFORM_WRITE and what in (TIMED_OUT, ANSWER_LOST, MALFORMED):
            raise PlatformUnclear("Books", f"The answer did not come: {what}.")
        raise PlatformUnavailable("Books", f"Not now: {what}.", 30 if what == THROTTLED else None)


class RetryingTable(MemoryTable):
    """A table in memory whose client may send a write twice; a transaction has a token and counts once."""

    def __init__(self, injector: Injector) -> None:
        super().__init__()
        self._injector = injector
        injector.watch(self)

    def put(self, item: Item, condition: Condition | None = None) -> None:
        super().put(item, condition)
        if self._again():
            super().put(item, condition)

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        super().delete(pk, sk, condition)
        if self._again():
            super().delete(pk, sk, condition)

    def add(
        self,
        pk: str,
        sk: str,
        numbers: Mapping[str, int] | None = None,
        sets: Mapping[str, set[str]] | None = None,
        put: Mapping[str, Any] | None = None,
        condition: Condition | None = None,
    ) -> Item:
        item = super().add(pk, sk, numbers, sets, put, condition)
        return super().add(pk, sk, numbers, sets, put, condition) if self._again() else item

    def _again(self) -> bool:
        again, self._injector.pending = self._injector.pending == SENT_TWICE, ""
        return again


@dataclass
class FaultyPlatform:
    """An accounting platform behind an injector. `writes` counts, over all processes, what took effect."""

    inner: Platform
    injector: Injector
    writes: Counter[str]
    unreachable: set[str] = field(default_factory=set)
    writes_in_steps: bool = False

    def reference_data(self, *, fresh: bool = False) -> ReferenceData:
        return self.injector.platform(PLATFORM_READ, lambda: self.inner.reference_data(fresh=fresh))

    def find(self, kind: Kind, reference: str, dated: date) -> Written | None:
        if reference in self.unreachable:
            raise PlatformUnavailable("Books", "The document cannot be looked up now.")
        return self.injector.platform(PLATFORM_READ, lambda: self.inner.find(kind, reference, dated))

    def write(self, documents: Sequence[Document]) -> Sequence[Outcome]:
        def write() -> Sequence[Outcome]:
            outcomes = self.inner.write(documents)
            for document, outcome in zip(documents, outcomes, strict=True):
                self.writes[document.reference] += isinstance(outcome, Written)
            return outcomes

        try:
            return self.injector.platform(PLATFORM_WRITE, write)
        except PlatformError as trouble:
            return [trouble] * len(documents)

    def create_account(self, name: str, code: str, type: str) -> Account:  # noqa: A002 - the interface's own
        return self.injector.platform(PLATFORM_WRITE, lambda: self.inner.create_account(name, code, type))

    def create_customer(self, customer: NewCustomer) -> Contact:
        return self.injector.platform(PLATFORM_WRITE, lambda: self.inner.create_customer(customer))

    def create_supplier(self, name: str) -> Contact:
        return self.injector.platform(PLATFORM_WRITE, lambda: self.inner.create_supplier(name))
