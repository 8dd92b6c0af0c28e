"""What API Gateway itself answers is Daybook's error body too (specification: api, conventions)."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from local.api_client import Client


def refusal(request: urllib.request.Request) -> tuple[int, str, dict[str, Any]]:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)  # noqa: S310 - the local stack
    error = refused.value
    with error:
        assert error.headers["Cache-Control"] == "no-store"
        assert error.headers["X-Content-Type-Options"] == "nosniff"
        return error.code, error.headers["Content-Type"], json.loads(error.read())


@pytest.mark.parametrize("authorization", [None, "Basic bm90IGEga2V5", "Bearer x"])
def test_no_key_or_a_wrong_one(deployed: dict[str, Any], authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    request = urllib.request.Request(f"{deployed['apiUrl']}/companies", headers=headers)  # noqa: S310
    status, kind, body = refusal(request)
    assert (status, kind) == (401, "application/json")
    assert body.pop("error").startswith("Unauthorised")
    assert body.pop("correlationId")
    assert body == {
        "statusCode": 401,
        "service": "Daybook",
        "validation": None,
        "canBeRetried": "False",
        "detailedErrorCode": 0,
    }


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/companies"), ("GET", "/")])
def test_an_unknown_operation(deployed: dict[str, Any], method: str, path: str) -> None:
    request = urllib.request.Request(deployed["apiUrl"] + path, method=method)  # noqa: S310
    status, kind, body = refusal(request)
    assert (status, kind, body["statusCode"]) == (404, "application/json", 404)
    assert body["canBeRetried"] == "False"


def test_the_images_of_integrations_need_no_key(client: Client) -> None:
    for integration in client.get("/config/integrations")["results"]:
        with urllib.request.urlopen(integration["logoUrl"], timeout=30) as answer:  # noqa: S310 - the local stack
            assert answer.headers["Content-Type"] == "image/svg+xml"
            assert b"<svg" in answer.read()
