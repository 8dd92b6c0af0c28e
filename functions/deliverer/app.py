"""Sends events to webhooks. Reads the deliver queue (FIFO, a group for each webhook and company)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from causes import traced
from daybook import telemetry
from daybook.services.deliver import Later, receive
from daybook.services.runtime import runtime
from daybook.wire.messages import DeliverMessage, read_message


@telemetry.plain_failures("deliverer")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Send each event; one that was not taken comes again later, before those that follow it."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False
    return process_partial_response(event, traced("deliver", _deliver, Later), processor, context)


def _deliver(record: SQSRecord) -> None:
    message = read_message(DeliverMessage, record.body)
    receive(runtime(), message, record.receipt_handle)
