"""`python -m local.operate COMMAND` does what an operator does to a stack that runs (docs/runbook.md).

`queues` tells what waits and for how long, `pause` and `resume` stop and start everything that works on it,
`redrive` has what was given up tried again, `restore` brings back what was lost by accident, `first-sync` has
a merchant of its own pushed, synced and deleted again. Works as `local.admin` does, in AWS and locally.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from daybook.store.dynamodb import DynamoTable
from daybook.store.values import decode_item
from local import account
from local.api_client import Client, wait_until
from local.merchant import Choices, Merchant
from local.restore import Restore
from local.samples import ACCOUNTS, order
from local.steps import say, stop_with

MAPPING = "AWS::Lambda::EventSourceMapping"
QUEUE = "AWS::SQS::Queue"
SECONDS = 120
WRITTEN = 2000


class Stack:
    """A deployed stack, with the credentials of the environment."""

    def __init__(self, name: str, endpoint: str | None = None) -> None:
        self.name = name
        self.client: Callable[[str], Any] = partial(account.session().client, endpoint_url=endpoint)

    def outputs(self) -> dict[str, str]:
        """Give what the stack says of itself."""
        found = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    def resources(self, kind: str) -> dict[str, str]:
        """Give the stack's resources of a type: the name in the template, and what AWS calls it."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == kind
        }


def set_mappings(stack: Stack, *, enabled: bool) -> None:
    """Have no function called for a message any more, or each again; wait until that is so."""
    service = stack.client("lambda")
    wanted = "Enabled" if enabled else "Disabled"
    mappings = stack.resources(MAPPING).values()
    for mapping in mappings:
        service.update_event_source_mapping(UUID=mapping, Enabled=enabled)
    for mapping in mappings:
        wait_until(partial(is_in_state, service, mapping, wanted), f"{mapping} to be {wanted}", SECONDS)
    say(f"{len(mappings)} {wanted.lower()}")


def is_in_state(service: Any, mapping: str, state: str) -> bool:
    """Tell whether an event source mapping is in a state."""
    return bool(service.get_event_source_mapping(UUID=mapping)["State"] == state)


def queues(stack: Stack) -> None:
    """Print how many messages wait in each queue and how many are being worked on."""
    service = stack.client("sqs")
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for name, url in sorted(stack.resources(QUEUE).items()):
        found = service.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
        say(f"{name:<22}{found[counts[0]]:>8} waiting{found[counts[1]]:>8} in work")


def redrive(stack: Stack, name: str) -> None:
    """Have what a queue gave up tried again, from its dead-letter queue."""
    found = stack.resources(QUEUE)
    failed = f"{name.capitalize()}FailedQueue"
    if failed not in found:
        stop_with(f"{name} is none of the queues with a dead-letter queue")
    service = stack.client("sqs")
    arn = service.get_queue_attributes(QueueUrl=found[failed], AttributeNames=["QueueArn"])["Attributes"]
    service.start_message_move_task(SourceArn=arn["QueueArn"])
    say(f"what {failed} holds is on its way back")


def items_of(service: Any, table: str) -> Iterator[dict[str, Any]]:
    """Give every item of a table."""
    for page in service.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from map(decode_item, page["Items"])


def restore(stack: Stack, copy: str, company_id: str) -> None:
    """Bring back what the stack's table has lost by accident since a copy of it was made."""
    functions = stack.client("lambda")
    if not all(is_in_state(functions, each, "Disabled") for each in stack.resources(MAPPING).values()):
        stop_with("the workers may be at it: `python -m local.operate pause` first")
    service = stack.client("dynamodb")
    live = DynamoTable(service, stack.outputs()["TableName"])
    account = Restore(DynamoTable(service, copy), live, company_id).bring_back(items_of(service, copy))
    for line in account.lines():
        say(line)


def first_sync(url: str, key: str) -> None:
    """Push an order of a merchant of its own, sync it, hold the totals together, delete the merchant."""
    now = datetime.now(UTC)
    client = Client(url.rstrip("/"), key)
    began = time.monotonic()
    merchant = Merchant.create(client, "Check of the installation", ["shop"])
    merchant.configure(Choices(ACCOUNTS, start=(now - timedelta(days=5)).isoformat()))
    merchant.wait_for([merchant.push("shop", "orders", [order("o-1", now - timedelta(days=3))])])
    ended = merchant.sync("latest")
    days = merchant.tie_out(ended["syncId"])["days"]
    client.call("DELETE", f"/companies/{merchant.company_id}")
    agrees = bool(days) and all(row["agrees"] for day in days for row in day["rows"])
    if ended["syncStatusCode"] != WRITTEN or not agrees:
        stop_with(f"the sync ended with {ended['syncStatusCode']}: {ended['errorMessage']}")
    say(f"an order was pushed, synced and proven in {time.monotonic() - began:.0f} s")


def parser() -> argparse.ArgumentParser:
    """Give what the command line may say."""
    made = argparse.ArgumentParser(prog="python -m local.operate", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    for name, text in (
        ("queues", "what waits, and what is in work"),
        ("pause", "have no function called for messages; they wait, up to 14 days"),
        ("resume", "have them called again"),
    ):
        commands.add_parser(name, help=text)
    again = commands.add_parser("redrive", help="have what a queue gave up tried again")
    again.add_argument("queue", choices=("ingest", "sync", "push", "erase", "notify", "deliver"))
    back = commands.add_parser("restore", help="bring back what was lost by accident, and say what not")
    back.add_argument("table", help="a table restored from a backup")
    back.add_argument("--company", default="", help="only what belongs to this company")
    first = commands.add_parser("first-sync", help="try it all with a merchant that is deleted again")
    first.add_argument("key", help="an API key")
    for command in commands.choices.values():
        command.add_argument("--stack", default="daybook", help="the name of the CloudFormation stack")
        command.add_argument("--endpoint", help="the URL of an embedded AWS; without it, AWS itself")
    return made


def main() -> None:
    """Do what the command line says."""
    asked = parser().parse_args()
    stack = Stack(asked.stack, asked.endpoint)
    match asked.command:
        case "queues":
            queues(stack)
        case "pause" | "resume":
            set_mappings(stack, enabled=asked.command == "resume")
        case "redrive":
            redrive(stack, asked.queue)
        case "restore":
            restore(stack, asked.table, asked.company)
        case "first-sync":
            first_sync(stack.outputs()["ApiUrl"], asked.key)


if __name__ == "__main__":
    main()
