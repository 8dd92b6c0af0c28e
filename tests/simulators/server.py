"""What every simulated platform has in common: a server here, a log of requests, faults on demand."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

# What a fault does to the request it meets.
REFUSED = "refused with 503"  # before anything is done
BUSY = "refused with 429"
DROPPED = "connection dropped before"
ANSWER_DROPPED = "done, then connection dropped"
ANSWER_BROKEN = "done, then 500"
ANSWER_GARBLED = "done, then an answer that cannot be read"
FAULTS = (REFUSED, BUSY, DROPPED, ANSWER_DROPPED, ANSWER_BROKEN, ANSWER_GARBLED)
_NOTHING_DONE = (REFUSED, BUSY, DROPPED)


@dataclass(frozen=True)
class Request:
    """A request as the platform sees it; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; fractions are Decimal."""
        return json.loads(self.body, parse_float=Decimal)

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """An answer; `body` is bytes, or anything JSON holds (Decimals become numbers)."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else dump(self.body)


class Failed(Exception):
    """The platform refuses a request with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Handler(Protocol):
    """Does what a request asks; `parts` are the named groups of its path."""

    def __call__(self, request: Request, **parts: str) -> Answer: ...


@dataclass
class Fault:
    """What happens to the request with this number, counted from 0 among those that `matches` admits."""

    what: str
    call: int = 0
    matches: Callable[[Request], bool] = lambda request: "token" not in request.path
    seen: int = 0


class SimulatedPlatform:
    """A platform: `route` its operations in `__init__`, then `start` it.

    Subclasses override `admit` (tokens, limits) and `check` (is the request as the specification says?).
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[tuple[Request, Answer]] = []
        self.happened: list[str] = []
        self.fault: Fault | None = None
        self.lock = threading.RLock()
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        assert self._server is not None, "not started"
        return f"http://127.0.0.1:{self._server.server_port}"

    def route(self, method: str, path: str, handler: Handler) -> None:
        """Have a handler do an operation; `{name}` in the path is given to it by name."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
        self._routes.append((method, re.compile(f"{pattern}/?"), handler))

    def start(self, port: int = 0) -> SimulatedPlatform:
        """Answer at a free port of this machine."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def calls(self) -> Counter[str]:
        """How many requests of each method were answered, those for tokens left out."""
        return Counter(request.method for request in self.requests if "token" not in request.path)

    def admit(self, request: Request) -> Answer | None:
        """What refuses this request before it is looked at (no token, too many calls), or None."""

    def check(self, request: Request, answer: Answer | None) -> None:
        """Check a request, and then its answer, against the official specification. Raises AssertionError."""

    def respond(self, request: Request) -> tuple[Answer | None, str]:
        """The answer to a request and the fault it met; no answer when the connection is dropped."""
        with self.lock:
            self.requests.append(request)
            what = self._fault(request)
            if what in _NOTHING_DONE:
                return _refusal(what), what
            answer = self.admit(request)
            if answer is None:
                answer = self._do(request)
            self.answers.append((request, answer))
        if what == ANSWER_DROPPED:
            return None, what
        if what == ANSWER_BROKEN:
            return Answer(500, b"<html>Internal Server Error</html>", {"Content-Type": "text/html"}), what
        if what == ANSWER_GARBLED:
            return Answer(200, answer.raw()[: len(answer.raw()) // 2]), what
        return answer, ""

    def _do(self, request: Request) -> Answer:
        self.check(request, None)
        for method, pattern, handler in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                try:
                    answer = handler(request, **found.groupdict())
                except Failed as failed:
                    answer = failed.answer
                self.check(request, answer)
                return answer
        return Answer(404, {"Message": "The resource you're looking for cannot be found"})

    def _fault(self, request: Request) -> str:
        fault = self.fault
        if fault is None or not fault.matches(request):
            return ""
        fault.seen += 1
        if fault.seen != fault.call + 1:
            return ""
        self.happened.append(f"{request.method} {request.path}: {fault.what}")
        return fault.what


def dump(value: Any) -> bytes:
    """JSON in which Decimals are numbers with their own digits."""
    text = json.dumps(value, default=lambda number: f"\x00{number}\x00", ensure_ascii=False)
    return re.sub(r'"\\u0000([^\\"]*)\\u0000"', r"\1", text).encode()


def _refusal(what: str) -> Answer | None:
    if what == REFUSED:
        return Answer(503, b"Service Unavailable", {"Content-Type": "text/plain"})
    return Answer(429, b"", {"Retry-After": "30"}) if what == BUSY else None


def _handler(platform: SimulatedPlatform) -> type[BaseHTTPRequestHandler]:
    class Server(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            named = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            answer, _ = platform.respond(Request(self.command, parts.path, query, named, body))
            if answer is None:
                self.close_connection = True
                return
            raw = answer.raw()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815 - names of the library

    return Server
