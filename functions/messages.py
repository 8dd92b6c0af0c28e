"""What the workers of the FIFO queues share: each message done, or received again when it is worth it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    ExceptionInfo,
    FailureResponse,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from causes import cause_of, failure_told, traced
from daybook import telemetry
from daybook.services.runtime import runtime

if TYPE_CHECKING:
    from daybook.services.receive_again import Received

# What a function keeps of its time to finish the business day it has begun.
_RESERVE_MILLISECONDS = 120_000


class _Processor(SqsFifoPartialProcessor):
    """Reports each message that failed by itself, and settles when it comes again."""

    def __init__(self, queue: str) -> None:
        # A company or connection in trouble must not hold up the others of its batch.
        super().__init__(skip_group_on_error=True)
        self.raise_on_entire_batch_failure = False
        self._queue = queue

    def failure_handler(self, record: Any, exception: ExceptionInfo) -> FailureResponse:
        """Hide the message until it is worth another try.

        Where that fails too, the queue itself shows it again, later; the function goes on.
        """
        told = {"service": f"{self._queue}_worker"}
        with telemetry.caused_by(cause_of(record)), suppress(Exception), failure_told(self._queue, told):
            self._put_off(_received(self._queue, record), exception[1])
        return super().failure_handler(record, exception)

    def _put_off(self, message: Received, error: BaseException | None) -> None:
        from daybook.services.receive_again import receive_again

        seconds = receive_again(runtime(), message, error)
        told = {
            "service": f"{self._queue}_worker",
            "companyId": message.company_id,
            "syncId": message.sync_id,
            "pushOperationKey": message.push_operation_key,
            "receives": message.receives,
            "seconds": seconds,
            "error": type(error).__name__,
        }
        telemetry.tell("received again", told, level="WARNING")


def process(queue: str, event: dict[str, Any], context: Any, work: Callable[[SQSRecord], None]) -> Any:
    """Do the work of each message; answers those that must be received again."""
    return process_partial_response(event, traced(queue, work), _Processor(queue), context)


def has_time(context: Any) -> Callable[[], bool]:
    """Whether a function has time for another business day."""
    return lambda: int(context.get_remaining_time_in_millis()) > _RESERVE_MILLISECONDS


def _received(queue: str, record: SQSRecord) -> Received:
    from daybook.services.receive_again import Received

    body = record.json_body
    return Received(
        queue,
        record.receipt_handle,
        int(record.attributes.approximate_receive_count),
        str(body.get("companyId", "")),
        str(body.get("syncId", "")),
        str(body.get("pushOperationKey", "")),
    )
