"""The model of scale.py held against a real run: some dozens of merchants at one midnight on the local stack.

    python -m benchmarks.scale_check [merchants] [port]

A stack of its own is deployed. One merchant is set up through the API and copied, item by item, under other
ids; all are due, and the dispatcher is struck as the scheduler strikes it. First a few, twice, for how long
each function takes on this machine once it runs, then all: the model, given those times and this machine's
processors, says how long they should take.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any

from benchmarks.measuring import table
from benchmarks.pipeline import Stage, run
from daybook.store.due import shard_of
from local import build, deploy, ministack
from local.api_client import Client
from local.demo import CATALOGUE, choices
from local.generator import generate
from local.logs import lines
from local.merchant import Merchant
from local.settings import ROOT, LocalStack

FEW, SECONDS = 8, 600
ORDERS = 30
STAGES = ("dispatcher", "relay", "sync_worker", "push_worker", "notifier")
_DURATION = re.compile(r"REPORT RequestId.*?\tDuration: ([\d.]+) ms")


class Stack:
    """The deployed application, its table, and what it logged."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.told = deploy.read_description(stack)
        self.dynamodb = deploy.client(stack, "dynamodb")

    def items(self) -> Iterator[dict[str, Any]]:
        """Everything in the table."""
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=self.told["tableName"]):
            yield from page["Items"]

    def put(self, items: list[dict[str, Any]]) -> None:
        """Write items."""
        for start in range(0, len(items), 25):
            chunk = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            self.dynamodb.batch_write_item(RequestItems={self.told["tableName"]: chunk})

    def durations(self, since: float) -> dict[str, list[float]]:
        """Seconds of each invocation since a moment, by function."""
        found: dict[str, list[float]] = defaultdict(list)
        for milliseconds, function, text in lines(self.stack, list(STAGES)):
            report = _DURATION.search(text)
            if report and milliseconds / 1000 >= since:
                found[function].append(float(report[1]) / 1000)
        return found


def main(merchants: int = 120, port: int = 4770) -> None:
    """Deploy, run, and print the model beside what was seen."""
    stack = LocalStack(ROOT / ".local" / "scale", port)
    ministack.stop(stack)
    shutil.rmtree(stack.folder, ignore_errors=True)
    digest = build.build(stack)
    process = ministack.start(stack)
    try:
        deploy.deploy(stack, digest)
        deploy.ensure_client(stack)
        print(check(Stack(stack), merchants))
    finally:
        ministack.stop(stack)
        if process is not None:
            process.wait(timeout=60)


def check(deployed: Stack, merchants: int) -> str:
    """The figures, as Markdown."""
    template = set_up(Client.of_stack(deployed.stack.description))
    midnight(deployed, template, FEW)  # the first calls of functions take longer
    few = midnight(deployed, template, FEW)
    many = midnight(deployed, template, merchants)
    stages = modelled(few, FEW)
    predicted = max(course.ended for course in run(stages, {0: {"dispatcher": merchants}}, SECONDS).values())
    rows = [
        [
            name,
            f"{len(few.durations[name]) / FEW:.1f}",
            f"{mean(few.durations[name]) * 1000:,.0f} ms",
            f"{mean(many.durations[name]) * 1000:,.0f} ms",
        ]
        for name in STAGES
    ]
    said = (
        f"{merchants} merchants due at once on {os.cpu_count()} processors, {ORDERS} orders each: predicted "
        f"{predicted:.0f} s, measured {many.seconds:.0f} s ({many.seconds / predicted:.2f} of it); every "
        f"one synced once. The times are from a run of {FEW} merchants, which took {few.seconds:.0f} s."
    )
    return "\n\n".join(
        [
            said,
            table(
                ["function", "invocations a merchant", f"each, with {FEW}", f"each, with {merchants}"], rows
            ),
        ]
    )


class Run:
    """One midnight: how long it took and what each function did."""

    def __init__(self, seconds: float, durations: dict[str, list[float]]) -> None:
        self.seconds = seconds
        self.durations = durations


def modelled(few: Run, merchants: int) -> list[Stage]:
    """The stages with this machine's times: all share its processors, and the relay has one reader."""
    each = {name: sum(few.durations[name]) / merchants for name in STAGES}
    processors = float(os.cpu_count() or 1)
    busy = sum(each.values())
    # A function that waits for another leaves the processor to it: what is shared is the time of them all.
    together = min(1.0, few.seconds / merchants * processors / busy)
    makes = dict(pairwise(STAGES))
    return [
        Stage(
            name,
            processors,
            each[name] * together,
            makes={makes[name]: 1.0} if name in makes else {},
            pool="processors",
        )
        for name in STAGES
    ]


def set_up(client: Client) -> Merchant:
    """A merchant of the cafe with a day's trade, which was yesterday."""
    trade = generate(orders=1000)
    shop = next(iter(trade.first))[0]
    merchant = Merchant.create(client, "Copper Kettle", [shop])
    pushed = [
        merchant.push(shop, kind, bodies)
        for (owner, kind), bodies in trade.first.items()
        if owner == shop and kind in CATALOGUE
    ]
    merchant.wait_for(pushed)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    chosen = choices("Invoice")
    merchant.configure(
        type(chosen)(chosen.accounts, chosen.taxes, start=f"{yesterday}T00:00:00Z", zone="Etc/UTC")
    )
    bodies = [
        {**body, "createdDate": f"{yesterday}T12:00:00Z", "closedDate": f"{yesterday}T12:00:00Z"}
        for body in trade.first[shop, "orders"][:ORDERS]
    ]
    merchant.wait_for([merchant.push(shop, "orders", bodies)])
    return merchant


def midnight(deployed: Stack, template: Merchant, merchants: int) -> Run:
    """Copy the merchant, let all copies be due, strike, and wait until each has ended its sync."""
    ids = [template.company_id, template.books_connection, *template.shops.values()]
    originals = [
        item for item in deployed.items() if any(each in json.dumps(item, default=str) for each in ids)
    ]
    companies = []
    for _ in range(merchants):
        names = {each: str(uuid.uuid4()) for each in ids}
        companies.append(names[template.company_id])
        copied = [renamed(item, names) for item in originals if not item["PK"]["S"].startswith("OUTBOX#")]
        for item in copied:
            if item["SK"]["S"] == "DUE":
                shard = shard_of(names[template.company_id])
                item["GSI1PK"] = {"S": f"DUE#{shard:02}"}
                item["GSI1SK"] = {"S": f"2026-01-01T00:00:00Z#{names[template.company_id]}"}
        deployed.put(copied)
    began = time.time()
    strike = {"version": 1, "timeZone": "Etc/UTC", "syncHour": 0}
    functions = deploy.client(deployed.stack, "lambda")
    answer = functions.invoke(
        FunctionName=deployed.told["functions"]["dispatcher"], Payload=json.dumps(strike)
    )
    assert json.loads(answer["Payload"].read())["requested"] == merchants
    left = set(companies)
    while left:
        assert time.time() - began < SECONDS, f"{len(left)} of {merchants} have not ended"
        time.sleep(0.25)
        left = {each for each in left if not ended(deployed, each)}
    seconds = time.time() - began
    time.sleep(3)  # the last logs
    return Run(seconds, deployed.durations(began))


def ended(deployed: Stack, company_id: str) -> bool:
    """Whether a company's sync has ended; it must have written its day."""
    found = deployed.dynamodb.query(
        TableName=deployed.told["tableName"],
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": {"S": f"SYNCS#{company_id}"}},
    )["Items"]
    assert len(found) <= 1
    if not found or found[0]["stage"]["S"] != "Finished":
        return False
    assert found[0]["status_code"]["N"] == "2000", found[0]
    return True


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A value with other ids in place of these."""
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, dict):
        return {renamed(name, names): renamed(part, names) for name, part in value.items()}
    return [renamed(part, names) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
