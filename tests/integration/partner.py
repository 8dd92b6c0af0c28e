"""A partner with receivers, over a table and queues in memory and a clock that moves only when told to.

The queues do what FIFO queues do: the oldest of a group first, nothing of a group while one of it is hidden.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import rest
from daybook.frozen import frozen
from daybook.outside.sender import Answer, NotReached, Sender
from daybook.services.relay import relay
from daybook.services.runtime import Runtime, over
from daybook.store import outbox, queues
from tests.described import check_event
from tests.integration.api_calls import CONTEXT, Caller
from tests.simulation.memory import MemoryTable
from tests.simulation.world import Clock, Ids

API_URL = "https://daybook.example/v1"
WORKERS = {"notify": "notifier", "deliver": "deliverer"}


class OpenCipher:
    """Says what context a text was meant for, and opens it for no other."""

    def encrypt(self, text: str, context: str) -> str:
        return f"{context}:{text[::-1]}"

    def decrypt(self, sealed: str, context: str) -> str:
        meant_for, _, text = sealed.partition(":")
        assert meant_for == context
        return text[::-1]


@dataclass
class Received:
    """A request as a receiver got it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return str(self.event.get("eventType") or self.event["RuleType"])


@frozen
class Receivers(Sender):
    """Every receiver there is; `status` decides what one answers (0: nothing)."""

    clock: Clock = field(default_factory=Clock)
    received: list[Received] = field(default_factory=list)
    status: list[Callable[[Received], int]] = field(default_factory=lambda: [lambda _: 204])
    body: bytes = b"no"

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        got = Received(url, dict(headers), body, self.clock.now())
        check_event(got.event)
        self.received.append(got)
        status = self.status[0](got)
        if not status:
            raise NotReached("No answer came within 15 seconds.")
        return Answer(status, self.body)


@dataclass
class Waiting:
    """A message in a queue, visible from a moment on."""

    queue: str
    group: str
    body: str
    visible: datetime
    receives: int = 0


class Partner:
    """One client, its receivers, and everything between."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, functions: tuple[str, ...] = ()) -> None:
        self.clock = Clock()
        self.table = MemoryTable()
        self.receivers = Receivers(clock=self.clock)
        made = over(self.table, self.clock, Ids(self.clock), OpenCipher())
        self.runtime: Runtime = replace(made, find_sender=lambda: self.receivers)
        self.bus: list[tuple[str, Any]] = []
        self.queue: list[Waiting] = []
        self.known: set[str] = set()
        monkeypatch.setenv("API_URL", API_URL)
        monkeypatch.setattr(rest, "runtime", lambda: self.runtime)
        handlers = {}
        for name in ("webhooks", "companies", *functions, *WORKERS.values()):
            module = importlib.import_module(f"{name}.app")
            monkeypatch.setattr(module, "runtime", lambda: self.runtime)
            handlers[name] = module.handler
        self.handlers = handlers
        self.call = Caller(handlers)
        monkeypatch.setattr(queues, "send", self.send)
        monkeypatch.setattr(queues, "hide", self.hide)
        monkeypatch.setattr(queues, "put_event", lambda event, detail: self.bus.append((event, detail)))

    def subscribe(self, url: str = "https://hooks.example.com/a", **wanted: Any) -> dict[str, Any]:
        answer = self.call("POST", "/webhooks", {"url": url, **wanted})
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def create_company(self, name: str = "Corner Cafe") -> str:
        answer = self.call("POST", "/companies", {"name": name})
        assert answer.status == 200
        return str(answer.body["id"])

    def deliveries(self, webhook_id: str) -> list[Any]:
        return list(self.call("GET", f"/webhooks/{webhook_id}/deliveries").body["results"])

    def send(self, queue: str, body: Mapping[str, Any], group: str, deduplication: str = "") -> None:
        if queue in WORKERS and f"{queue}/{deduplication}" not in self.known:
            self.known.add(f"{queue}/{deduplication}")
            self.queue.append(Waiting(queue, group, json.dumps(body), self.clock.now()))

    def hide(self, queue: str, receipt: str, seconds: int) -> None:
        message = next(each for each in self.queue if id(each) == int(receipt))
        assert message.queue == queue
        assert 0 < seconds <= queues.LONGEST_HIDDEN
        message.visible = self.clock.now() + timedelta(seconds=seconds)

    def run(self) -> None:
        """Have everything done that can be done at this moment."""
        while self.step():
            pass

    def step(self) -> bool:
        for message in list(outbox.unsent(self.table, "9999")):
            relay(self.table, message)
        ready = [each for each in self.heads() if each.visible <= self.clock.now()]
        if not ready:
            return False
        self.receive(ready[0])
        return True

    def heads(self) -> list[Waiting]:
        """The oldest of each group: all that a FIFO queue may give out."""
        heads: dict[tuple[str, str], Waiting] = {}
        for each in self.queue:
            heads.setdefault((each.queue, each.group), each)
        return list(heads.values())

    def receive(self, message: Waiting) -> None:
        message.receives += 1
        record = {
            "messageId": "1",
            "receiptHandle": str(id(message)),
            "body": message.body,
            "attributes": {"MessageGroupId": message.group},
            "eventSource": "aws:sqs",
        }
        answer = self.handlers[WORKERS[message.queue]]({"Records": [record]}, CONTEXT)
        if not answer["batchItemFailures"]:
            self.queue.remove(message)

    def pass_time(self, until: datetime) -> None:
        """Let time pass, and whatever becomes due be done when it is due."""
        self.run()
        while due := [each.visible for each in self.heads() if each.visible <= until]:
            self.clock.moment = max(min(due), self.clock.moment)
            self.run()
        self.clock.moment = until
