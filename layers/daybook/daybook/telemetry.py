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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

NAMESPACE = "Daybook"
# The attribute of a message, and of an item of the outbox.
ATTRIBUTE = "correlationId"
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
        line["correlation_id"] = _state["cause"]
    if figures:
        line |= _embedded(stack, figures, apart)
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


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
