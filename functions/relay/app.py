"""Sends what a transaction left in the outbox. Reads the table's stream."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from daybook.services.relay import relay
from daybook.store.dynamodb import table
from daybook.store.outbox import message_of

_processor = BatchProcessor(event_type=EventType.DynamoDBStreams)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Send each message; those that failed come again."""
    return process_partial_response(event, _relay, _processor, context)


def _relay(record: DynamoDBRecord) -> None:
    relay(table(), message_of(record.raw_event["dynamodb"]["NewImage"]))
