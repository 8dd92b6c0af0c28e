"""Writes the records of pushed datasets. Reads the ingest queue."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from causes import traced
from daybook import telemetry
from daybook.services.ingest import ingest_dataset
from daybook.services.runtime import runtime
from daybook.wire.messages import IngestMessage, read_message

_processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


@telemetry.plain_failures("ingest_worker")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Write each dataset; those that failed come again."""
    return process_partial_response(event, traced("ingest", _ingest), _processor, context)


def _ingest(record: SQSRecord) -> None:
    message = read_message(IngestMessage, record.body)
    ingest_dataset(runtime(), message.company_id, message.dataset_id)
