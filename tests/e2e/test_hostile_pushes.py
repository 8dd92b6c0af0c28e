"""Hostile bodies over HTTP to the deployed application (tests/hostile.py makes them)."""

from __future__ import annotations

import base64
import http.client
import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from local.api_client import Client, wait_until
from local.merchant import Merchant
from tests.hostile import DATA_TYPES, KINDS, good, shots

SEED = 4
COUNT = 253
SHOP = "high-street"
ERROR = {"statusCode", "service", "error", "correlationId", "validation", "canBeRetried", "detailedErrorCode"}


def send(
    client: Client, method: str, path: str, raw: bytes, headers: dict[str, str]
) -> tuple[int, str | None, dict[str, Any]]:
    """Send bytes as they are, under headers as they are."""
    target = urlsplit(client.url)
    connection = http.client.HTTPConnection(target.netloc, timeout=60)
    authorization = base64.b64encode(client.key.encode()).decode()
    sent = {"Content-Type": "application/json", "Authorization": f"Basic {authorization}", **headers}
    try:
        connection.putrequest(method, f"{target.path}{path}")
        for name, value in {**sent, "Content-Length": str(len(raw))}.items():
            connection.putheader(name, value.encode())
        connection.endheaders(raw)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())
    finally:
        connection.close()


def test_a_part_of_the_hostile_bodies(client: Client) -> None:
    merchant = Merchant.create(client, "Under fire", [SHOP])
    came: Counter[tuple[str, int]] = Counter()
    accepted: list[str] = []
    for shot in shots(SEED, COUNT):
        path = shot.path.format(company=merchant.company_id, own=merchant.shops[SHOP])
        status, content_type, body = send(client, shot.method, path, shot.raw, shot.headers)
        assert status in (200, 400, 413), (shot.kind, path, shot.raw[:300], body)
        assert content_type == "application/json"
        came[shot.kind, status] += 1
        if status == 200:
            accepted.append(body["datasetId"])
        else:
            assert set(body) == ERROR
            assert body["statusCode"] == status
    assert {kind for kind, _ in came} == set(KINDS)
    assert accepted

    def done() -> dict[str, str]:
        path = f"/companies/{merchant.company_id}/data/history"
        kept = {row["id"]: row for row in client.get(path, page=1, pageSize=2000)["results"]}
        return (
            {each: kept[each]["status"] for each in accepted}
            if all(kept[each]["isCompleted"] for each in accepted)
            else {}
        )

    ended = wait_until(done, f"{len(accepted)} datasets", 240)
    assert set(ended.values()) <= {"Complete", "ValidationError"}
    pushed = [merchant.push(SHOP, data_type, [good(data_type, "after")]) for data_type in DATA_TYPES]
    assert {dataset["status"] for dataset in merchant.wait_for(pushed)} == {"Complete"}
