"""What operators see of the running code: lines of the log, figures that alarms watch, and what caused what.

A correlation id is given to a request by API Gateway, or to a strike of the dispatcher by Lambda. It travels
in the outbox and as an attribute of each message, never in a message's body, so that it belongs to no schema;
a line of the log names it wherever the work was done. Figures are written to the log in CloudWatch's embedded
metric format, which costs no call and no import (docs/adr/0032).
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Handler = Callable[[dict[str, Any], Any], Answer]

NAMESPACE = "Daybook"
# The attribute of a message, and of an item of the outbox.
ATTRIBUTE = "correlationId"
# And of a line of the log.
LOGGED = "correlation_id"
COUNT, SECONDS = "Count", "Seconds"

# Every figure there is, with its unit and what it is told apart by besides the stack (docs/runbook.md).
FIGURES: Mapping[str, tuple[str, str]] = {
    "SyncsEnded": (COUNT, ""),
    "SyncsFailed": (COUNT, ""),
    "DaysBlocked": (COUNT, ""),
    "OldestBlockedDay": (SECONDS, ""),
    "SyncsStuck": (COUNT, ""),
    "CompaniesNotSynced": (COUNT, ""),
    "MessagesLeftBehind": (COUNT, ""),
    "MessagesFailed": (COUNT, "Queue"),
    "PlatformCalls": (COUNT, "Platform"),
    "PlatformCallsFailed": (COUNT, "Platform"),
    "PlatformCallsHeldBack": (COUNT, "Platform"),
    "ConsentsLost": (COUNT, ""),
    "SecretsUnreadable": (COUNT, ""),
    "LinksRefused": (COUNT, ""),
}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# A function works on one event at a time, with several threads perhaps: all of them for the same cause.
_state = {"cause": ""}


def correlation_id() -> str:
    """What caused the work that is being done; "" where nobody said."""
    return _state["cause"]


@contextmanager
def caused_by(cause: str) -> Iterator[None]:
    """Have what is done within it known as caused by this; "" leaves it as it was."""
    before = _state["cause"]
    _state["cause"] = cause or before
    try:
        yield
    finally:
        _state["cause"] = before


def tell(
    message: str,
    ids: Mapping[str, object],
    figures: Mapping[str, float] | None = None,
    apart: str = "",
    level: str = "INFO",
) -> None:
    """Write a line to the log of a function: what happened, to which of our ids, and figures of it.

    `apart` is what figures are told apart by, such as the queue. Never a text that anybody wrote. Outside a
    function nothing is written.
    """
    stack = os.environ.get("STACK_NAME", "")
    least = os.environ.get("LOG_LEVEL", "INFO")
    if not stack or (not figures and _LEVELS.index(level) < _LEVELS.index(least)):
        return
    line: dict[str, object] = {"level": level, "message": message, "timestamp": _now(), **ids}
    if _state["cause"]:
        line[LOGGED] = _state["cause"]
    if figures:
        line |= _embedded(stack, figures, apart)
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def kind_and_place(error: BaseException) -> dict[str, Any]:
    """What a line of the log says of an error: its kind, where it came from, and the code of AWS's refusals.

    Neither its message nor the values it met: either may quote what a shopper or a partner sent.
    """
    frames = traceback.walk_tb(error.__traceback__)
    stack = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in frames]
    told: dict[str, Any] = {"error": type(error).__name__, "stack": stack}
    response = getattr(error, "response", None)
    refusal = response.get("Error") if isinstance(response, dict) else None
    return told | {"code": refusal.get("Code")} if isinstance(refusal, dict) else told


class FunctionFailed(Exception):
    """An invocation failed; the line `unexpected error` of its log says how."""


def plain_failures(service: str) -> Callable[[Handler[Answer]], Handler[Answer]]:
    """Have an error that leaves a handler say no more than its kind, wherever Lambda then writes it.

    Lambda puts the message of such an error into the log, the trace and what it keeps of a failed invocation,
    and a message may quote what somebody sent. So another is raised in its place: the invocation counts as
    failed as before, and a line of ours says where the error came from.
    """

    def wrap(handle: Handler[Answer]) -> Handler[Answer]:
        @wraps(handle)
        def handler(event: dict[str, Any], context: Any) -> Answer:
            try:
                return handle(event, context)
            except Exception as error:  # noqa: BLE001 - told here, and raised below as another
                kind = type(error).__name__
                tell("unexpected error", {"service": service, **kind_and_place(error)}, level="ERROR")
            # Not where it is caught: the error itself would hang on this one.
            raise FunctionFailed(f"{kind}: see `unexpected error` in the log")

        return handler

    return wrap


def _embedded(stack: str, figures: Mapping[str, float], apart: str) -> dict[str, object]:
    """Figures as CloudWatch takes them from a line: for the stack, and for each of a kind."""
    named = {FIGURES[name][1] for name in figures} - {""}
    dimensions = [["Stack"], *(["Stack", name] for name in sorted(named))]
    metrics = [{"Name": name, "Unit": FIGURES[name][0]} for name in figures]
    directive = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
    told = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": told, "Stack": stack, **dict.fromkeys(named, apart), **figures}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
