"""A partner's receiver of events: a real server on this machine, on a port of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """What arrived, each verified with the secret; `status` decides what is answered."""

    url: str = ""
    secret: str = ""
    status: Callable[[int], int] = lambda _: 204
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Note a request; the status to answer."""
        with self.arrived:
            self.requests.append((headers, body))
            self.arrived.notify_all()
            return self.status(len(self.requests))

    def wait_for(self, there: Callable[[list[Any]], bool], seconds: float = 60) -> list[Any]:
        """The events, verified, once this holds of them."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: there(self.events()), seconds), self.events()
        return self.events()

    def events(self) -> list[Any]:
        """Every event that arrived. Raises WebhookVerificationError for one that is not signed as it must."""
        return [Webhook(self.secret).verify(body, headers) for headers, body in self.requests]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens."""
    mine = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(mine.take(headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mine.url = f"http://127.0.0.1:{server.server_port}/daybook"
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()
