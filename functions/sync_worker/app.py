"""Starts syncs: plans a company's oldest queued one. Reads the sync queue (FIFO, a group per company)."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import messages
from daybook import telemetry
from daybook.services.plan_sync import start_sync
from daybook.services.runtime import runtime
from daybook.wire.messages import SyncMessage, read_message


@telemetry.plain_failures("sync_worker")
def handler(event: dict[str, Any], context: Any) -> Any:
    """Start a sync for each message; those that failed come again."""

    def start(record: SQSRecord) -> None:
        company_id = read_message(SyncMessage, record.body).company_id
        start_sync(runtime(), company_id, messages.has_time(context))

    return messages.process("sync", event, context, start)
