"""Tells every subscription of an event. Reads the notify queue (FIFO, a group for each company)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from causes import traced
from daybook import telemetry
from daybook.services.notify import notify
from daybook.services.runtime import runtime
from daybook.wire.messages import NotifyMessage, read_message


@telemetry.plain_failures("notifier")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Send each event on its way; one that failed comes again, before those of its company that follow."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False
    return process_partial_response(event, traced("notify", _notify), processor, context)


def _notify(record: SQSRecord) -> None:
    notify(runtime(), read_message(NotifyMessage, record.body))
