"""Sends what a transaction left in the outbox. Reads the table's stream."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from causes import failure_told
from daybook import telemetry
from daybook.services.relay import relay
from daybook.store.dynamodb import table
from daybook.store.outbox import message_of

_processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


class HeldBack(Exception):
    """A message waits for an earlier one of its company that could not be sent."""


@telemetry.plain_failures("relay")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Send each message; those that failed come again, with those of their company that follow them."""
    unsent: set[str] = set()

    def send(record: DynamoDBRecord) -> None:
        told = {"service": "relay"}
        with failure_told("outbox", told, HeldBack):
            message = message_of(record.raw_event["dynamodb"]["NewImage"])
            told |= {"companyId": message.company_id, telemetry.LOGGED: message.correlation_id}
            if message.company_id in unsent:
                raise HeldBack
            unsent.add(message.company_id)
            relay(table(), message)
            unsent.remove(message.company_id)

    return process_partial_response(event, send, _processor, context)
