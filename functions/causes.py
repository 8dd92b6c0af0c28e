"""What caused an event, for the log: read off a queue's message, and told once the work is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from daybook import telemetry
from daybook.domain.errors import DaybookError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

# The ids of ours that a message may name.
_NAMED = ("companyId", "connectionId", "datasetId", "syncId", "pushOperationKey", "eventId", "deliveryId")


def traced(
    queue: str, work: Callable[[SQSRecord], None], expected: type[Exception] = DaybookError
) -> Callable[[SQSRecord], None]:
    """Work on a queue's message, known as caused by what the message says; a line of the log tells of it.

    A failure of the kind that is expected, such as a platform that is down, is told and not counted.
    """

    def do(record: SQSRecord) -> None:
        started = time.monotonic()
        with telemetry.caused_by(cause_of(record)):
            told: dict[str, Any] = {
                "service": f"{queue}_worker",
                "receives": _receives(record),
                **_ids(record),
            }
            with failure_told(queue, told, expected):
                work(record)
            took = round((time.monotonic() - started) * 1000)
            telemetry.tell("message done", {**told, "milliseconds": took})

    return do


@contextmanager
def failure_told(
    queue: str, told: Mapping[str, Any], expected: type[Exception] = DaybookError
) -> Iterator[None]:
    """Tell of whatever a message fails with, and count what is not expected; it is raised again.

    `told` is read when it fails, so it may be completed meanwhile.
    """
    try:
        yield
    except Exception as error:
        figures = {"MessagesFailed": int(not isinstance(error, expected))}
        line = {**told, **telemetry.kind_and_place(error)}
        telemetry.tell("message failed", line, figures, queue, "WARNING")
        raise


def cause_of(record: SQSRecord) -> str:
    """The correlation id that came with a message; its own id where none did."""
    attribute = (record.raw_event.get("messageAttributes") or {}).get(telemetry.ATTRIBUTE) or {}
    return str(attribute.get("stringValue") or record.message_id)


def _receives(record: SQSRecord) -> int:
    return int((record.raw_event.get("attributes") or {}).get("ApproximateReceiveCount", 1))


def _ids(record: SQSRecord) -> dict[str, Any]:
    try:
        body = record.json_body
    except ValueError:  # whoever works on it says so
        return {}
    if not isinstance(body, dict):
        return {}
    return {name: body[name] for name in _NAMED if isinstance(body.get(name), str) and body[name]}
