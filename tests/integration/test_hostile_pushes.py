"""Ten thousand hostile bodies to the push endpoints: a 4xx with our error body, or a dataset that ends.

Through the real handler and the real ingest: over the table in memory, which keeps DynamoDB's limits, and a
part of them over DynamoDB as moto plays it.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

import rest
from companies import app as companies
from data import app as data
from daybook.services.ingest import ingest_dataset
from daybook.services.runtime import Runtime
from daybook.store.dynamodb import DynamoTable
from tests.hostile import DATA_TYPES, KINDS, Shot, good, shots
from tests.integration.api_calls import Answer, Caller, api_over
from tests.integration.test_hostile_requests import ERROR
from tests.integration.test_table_contract import schema

SEED = 20_260_302
COUNT = 10_000
COUNT_ON_MOTO = 110
BETWEEN = 50  # pushes between two that must be taken


class Range:
    """A company to shoot at, and what came of it."""

    def __init__(self, call: Caller, runtime: Runtime) -> None:
        self.call, self.runtime = call, runtime
        company = call("POST", "/meta/companies/sync", {"name": "Target"}).body
        self.company, self.own = company["id"], company["dataConnections"][0]["id"]
        self.came: Counter[tuple[str, str]] = Counter()

    def shoot(self, shot: Shot) -> str:
        """Push; what came of it: a status, or how its dataset ended."""
        path = shot.path.format(company=self.company, own=self.own)
        answer = self.call(shot.method, path, raw=shot.raw, headers=shot.headers)
        assert answer.status in (200, 400, 413), (shot.kind, path, shot.raw[:500], answer.body)
        outcome = self.ingest(answer) if answer.status == 200 else self.refusal(answer)
        self.came[shot.kind, outcome] += 1
        return outcome

    def ingest(self, answer: Answer) -> str:
        dataset_id = answer.body["datasetId"]
        assert answer.body["id"] == dataset_id
        ingest_dataset(self.runtime, self.company, dataset_id)
        dataset = self.call("GET", f"/companies/{self.company}/data/history/{dataset_id}").body
        assert dataset["isCompleted"], dataset
        assert dataset["status"] in ("Complete", "ValidationError"), dataset
        assert dataset["accepted"] + dataset["ignored"] + dataset["refused"] == dataset["received"]
        return str(dataset["status"])

    def refusal(self, answer: Answer) -> str:
        assert set(answer.body) == ERROR
        assert answer.body["statusCode"] == answer.status
        assert answer.headers["Content-Type"] == ["application/json"]
        assert answer.status == 413 or answer.body["validation"]["errors"]
        return str(answer.status)

    def still_works(self, number: int) -> None:
        """The next good push is taken, and read back."""
        data_type = DATA_TYPES[number // BETWEEN % len(DATA_TYPES)]
        record = good(data_type, f"after-{number}")
        path = f"/companies/{self.company}/data/commerce-{data_type}"
        answer = self.call("POST", path, [record])
        assert self.ingest(answer) == "Complete"
        read = self.call(
            "GET",
            f"/companies/{self.company}/connections/{self.own}/data/commerce-{data_type}/after-{number}",
        )
        assert (read.status, read.body["id"]) == (200, record["id"])

    def report(self, seconds: float) -> str:
        lines = [f"{sum(self.came.values())} bodies in {seconds:.0f} s"]
        for kind in KINDS:
            came = {outcome: count for (each, outcome), count in self.came.items() if each == kind}
            lines.append(f"  {kind:24}" + "  ".join(f"{name} {came[name]}" for name in sorted(came)))
        return "\n".join(lines)


def bombard(target: Range, count: int) -> str:
    started = time.monotonic()
    for number, shot in enumerate(shots(SEED, count)):
        target.shoot(shot)
        if number % BETWEEN == 0:
            target.still_works(number)
    assert {kind for kind, _ in target.came} == set(KINDS)
    return target.report(time.monotonic() - started)


def test_ten_thousand_hostile_bodies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = Range(*api_over(monkeypatch, ("companies", "data")))
    report = bombard(target, COUNT)
    assert sum(target.came.values()) == COUNT
    assert target.came["good record", "Complete"] == COUNT // len(KINDS)
    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - the count is part of the proof


@pytest.mark.parametrize("data_type", ["orders", "transactions"])
def test_records_that_all_name_the_same_one(monkeypatch: pytest.MonkeyPatch, data_type: str) -> None:
    """As when a till calls every payment "cash": what joins them has room for thousands, not for all."""
    target = Range(*api_over(monkeypatch, ("companies", "data")))
    path = f"/companies/{target.company}/data/commerce-{data_type}"

    def push(first: int, last: int) -> tuple[str, int, int]:
        records = [good(data_type, f"{number:0480}") for number in range(first, last)]
        for record in records:
            for payment in record.get("payments", ()):
                payment["id"] = "cash"
        answer = target.call("POST", path, records)
        status = target.ingest(answer)
        read = target.call("GET", f"/companies/{target.company}/data/history/{answer.body['id']}").body
        return status, read["accepted"], read["refused"]

    status, accepted, refused = push(0, 700)
    assert status == "Complete"
    assert 500 < accepted < 700
    assert accepted + refused == 700
    assert push(700, 701) == ("ValidationError", 0, 1)
    assert push(0, 1)[0] == "Complete"  # known, and still well
    listed = f"/companies/{target.company}/connections/{target.own}/data/commerce-{data_type}"
    assert target.call("GET", f"{listed}?page=1&pageSize=1").body["totalResults"] == accepted
    target.still_works(0)


def test_some_of_them_over_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.Session(region_name="eu-west-1").client("dynamodb")
        client.create_table(**schema())
        call, runtime = api_over(monkeypatch, ("companies", "data"))
        runtime = replace(runtime, table=DynamoTable(client, "daybook", sleep=lambda _: None))
        for module in (rest, data, companies):
            monkeypatch.setattr(module, "runtime", lambda: runtime)
        bombard(Range(call, runtime), COUNT_ON_MOTO)
