"""What the functions log holds no text that a partner, a merchant or a shopper wrote, and no key."""

from __future__ import annotations

import io
import json
import logging
import secrets
from typing import Any

import pytest

from tests.integration.api_calls import Caller, api_over


def personal(mark: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{mark}-id",
            "customerName": f"{mark} name",
            "emailAddress": f"{mark}@example.com",
            "phoneNumbers": [{"number": mark, "type": "Mobile"}],
            "defaultCurrency": mark,
        }
    ]


@pytest.fixture
def logged(call: Caller, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the functions log."""
    written = io.StringIO()
    for name in call.handlers:
        for handler in logging.getLogger(name).handlers:
            monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    return api_over(monkeypatch)[0]


def test_no_text_of_anybody_is_logged(call: Caller, logged: io.StringIO) -> None:
    mark = f"zebra{secrets.token_hex(8)}"
    company = call("POST", "/meta/companies/sync", {"name": f"Shop {mark}", "description": mark}).body
    connection = company["dataConnections"][0]["id"]
    path = f"/companies/{company['id']}/connections/{connection}/data/commerce-customers"
    answers = [
        call("POST", path, personal(mark)),
        call("POST", path, raw=mark.encode()),
        call("POST", path, raw=b'{"' + mark.encode()),
        call("GET", f"{path}/{mark}-id"),
        call("GET", f"{path}?query=customerName%3D{mark}"),
        call("GET", f"/companies/{mark}"),
        call("POST", "/companies", {"name": {"mark": mark}}),
        call("PATCH", f"/companies/{company['id']}", {"name": f"Shop {mark}"}),
    ]
    assert {answer.status for answer in answers} >= {200, 400, 404}
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert len([line for line in lines if line["message"] == "answered"]) >= len(answers)
    assert [line for line in lines if mark in json.dumps(line)] == []


def test_a_fault_of_ours_is_logged_without_what_it_says(
    call: Caller, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    mark = f"zebra{secrets.token_hex(8)}"

    def fail(*_: object) -> object:
        raise KeyError(mark)

    monkeypatch.setattr("companies.app.companies.list_companies", fail)
    answer = call("GET", "/companies")
    assert answer.status == 500
    assert "KeyError" in logged.getvalue()
    assert mark not in logged.getvalue()
    assert mark not in json.dumps(answer.body, default=str)
