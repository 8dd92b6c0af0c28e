"""Erases what was deleted, and what is past its retention. Reads the erase queue."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import messages
from causes import traced
from daybook import telemetry
from daybook.services.erase import erase
from daybook.services.retention import retire
from daybook.services.runtime import runtime
from daybook.wire.messages import EraseMessage, RetireMessage, read_message

_processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


@telemetry.plain_failures("eraser")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Erase what each message names; those that failed come again."""

    def erase_named(record: SQSRecord) -> None:
        has_time = messages.has_time(context)
        if "retireFrom" in record.json_body:
            retire(runtime(), read_message(RetireMessage, record.body), has_time)
        else:
            erase(runtime(), read_message(EraseMessage, record.body), has_time)

    return process_partial_response(event, traced("erase", erase_named), _processor, context)
