"""Writes documents to ledgers. Reads the push queue (FIFO, a group for each connection)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import messages
from daybook.services.push_documents import push_documents
from daybook.services.runtime import runtime
from daybook.wire.messages import PushMessage


def handler(event: dict[str, Any], context: Any) -> Any:
    """Push the documents of each message's sync; those that failed come again."""

    def push(record: SQSRecord) -> None:
        message = PushMessage.model_validate_json(record.body)
        push_documents(runtime(), message.company_id, message.sync_id, messages.has_time(context))

    return messages.process("push", event, context, push)
