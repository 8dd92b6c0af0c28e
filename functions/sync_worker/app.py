"""Starts syncs: plans a company's oldest queued one. Reads the sync queue (FIFO, a group per company)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from daybook.services.plan_sync import start_sync
from daybook.services.runtime import runtime
from daybook.wire.messages import SyncMessage

# A company in trouble must not hold up the others of its batch.
_processor = SqsFifoPartialProcessor(skip_group_on_error=True)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Start a sync for each message; those that failed come again."""
    return process_partial_response(event, _start, _processor, context)


def _start(record: SQSRecord) -> None:
    start_sync(runtime(), SyncMessage.model_validate_json(record.body).company_id)
