"""Writes documents to ledgers. Reads the push queue (FIFO, a group for each connection)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from daybook.services.push_documents import push_documents
from daybook.services.runtime import runtime
from daybook.wire.messages import PushMessage

# Enough to finish a business day that was begun: its documents, each within the platform's own time-out.
_RESERVE_MILLISECONDS = 120_000


def handler(event: dict[str, Any], context: Any) -> Any:
    """Push the documents of each message's sync; those that failed come again."""

    def has_time() -> bool:
        return int(context.get_remaining_time_in_millis()) > _RESERVE_MILLISECONDS

    def push(record: SQSRecord) -> None:
        message = PushMessage.model_validate_json(record.body)
        push_documents(runtime(), message.company_id, message.sync_id, has_time)

    # A connection in trouble must not hold up the others of its batch.
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    return process_partial_response(event, push, processor, context)
