"""Sends events to webhooks. Reads the deliver queue (FIFO, a group for each webhook and company)."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from daybook.services.deliver import Later, receive
from daybook.services.runtime import runtime
from daybook.wire.messages import DeliverMessage, read_message

_logger = Logger(service="deliverer", level=os.environ.get("LOG_LEVEL"))


def handler(event: dict[str, Any], context: Any) -> Any:
    """Send each event; one that was not taken comes again later, before those that follow it."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False
    return process_partial_response(event, _deliver, processor, context)


def _deliver(record: SQSRecord) -> None:
    message = read_message(DeliverMessage, record.body)
    told = {"webhookId": message.webhook_id, "deliveryId": message.delivery_id}
    try:
        receive(runtime(), message, record.receipt_handle)
    except Later:
        _logger.info("to be sent again", extra=told)
        raise
    _logger.info("handled", extra=told)
