"""Writes documents to ledgers. Reads the push queue (FIFO, a group for each connection)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import messages
from daybook import telemetry
from daybook.services.push_documents import push_documents
from daybook.services.runtime import runtime
from daybook.wire.messages import DirectPushMessage, PushMessage, read_message


@telemetry.plain_failures("push_worker")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Push the documents of each message: a sync's, or one pushed by itself; those that failed come again."""

    def push(record: SQSRecord) -> None:
        if "pushOperationKey" in record.json_body:
            from daybook.services.write_direct_push import write_direct_push

            direct = read_message(DirectPushMessage, record.body)
            write_direct_push(runtime(), direct.company_id, direct.push_operation_key)
            return
        message = read_message(PushMessage, record.body)
        push_documents(runtime(), message.company_id, message.sync_id, messages.has_time(context))

    return messages.process("push", event, context, push)
