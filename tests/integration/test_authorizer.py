"""Whose key a request carries (specification: api, conventions)."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from authorizer import app
from daybook.services.keys import create_key
from daybook.services.runtime import SystemClock, TimeOrderedIds, over
from daybook.store import clients
from daybook.store.clients import Client
from daybook.store.keys import delete_key
from tests.simulation.memory import MemoryTable

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/GET/companies/x"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    table = MemoryTable()
    monkeypatch.setattr(app, "table", lambda: table)
    return table


def key_of(table: MemoryTable, client_id: str = "client-a") -> tuple[str, str]:
    clients.create(table, Client(client_id, "Partner"))
    clock = SystemClock()
    made = create_key(over(table, clock, TimeOrderedIds(clock)), client_id, "first")
    assert datetime.fromisoformat(made.kept.created) <= datetime.now(UTC)
    return made.text, made.kept.key_id


def call(authorization: str | None, header: str = "Authorization") -> dict:
    return app.handler({"methodArn": ARN, "headers": {header: authorization} if authorization else {}}, None)


def is_refused(answer: dict) -> bool:
    (statement,) = answer["policyDocument"]["Statement"]
    return statement["Effect"] == "Deny" and answer.keys() == {"principalId", "policyDocument"}


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(key.encode()).decode()


@pytest.mark.parametrize("suffix", ["", ":"])
@pytest.mark.parametrize("header", ["Authorization", "authorization"])
def test_a_key_opens_the_whole_api_to_its_client(table: MemoryTable, suffix: str, header: str) -> None:
    key, key_id = key_of(table)
    allowed = call(basic(key + suffix), header)
    assert allowed["context"] == {"clientId": "client-a", "keyId": key_id, "keyName": "first"}
    assert allowed["principalId"] == allowed["usageIdentifierKey"] == "client-a"
    (statement,) = allowed["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == "arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/*"


def test_the_scheme_may_be_in_any_letter_case(table: MemoryTable) -> None:
    key, _ = key_of(table)
    assert call(basic(key).replace("Basic", "basic"))["principalId"] == "client-a"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + "A" * 5000,
        "Bearer abc",
        basic(""),
        basic(":"),
        basic("wrong"),
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
    ],
)
def test_anything_else_is_unauthorised(table: MemoryTable, authorization: str | None) -> None:
    key_of(table)
    assert is_refused(call(authorization))


def test_the_digest_of_a_key_is_no_key(table: MemoryTable) -> None:
    key, _ = key_of(table)
    assert is_refused(call(basic(app.hashlib.sha256(key.encode()).hexdigest())))


def test_a_deleted_key_is_unauthorised_at_once(table: MemoryTable) -> None:
    key, key_id = key_of(table)
    clock = SystemClock()
    create_key(over(table, clock, TimeOrderedIds(clock)), "client-a", "second")
    delete_key(table, "client-a", key_id)
    assert is_refused(call(basic(key)))


def test_it_imports_neither_pydantic_nor_powertools() -> None:
    slow = "{'pydantic', 'aws_lambda_powertools'}"
    code = f"import sys; sys.path[:0] = {sys.path!r}; import authorizer.app; print({slow} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
