"""What a request may be and how it is answered, through API Gateway: allowance, versions, repeats, keys."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import admin, deploy
from local.api_client import Client, wait_until
from local.settings import LocalStack

Aws = Callable[[str], Any]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass
class Answered:
    """An answer with its headers."""

    status: int
    headers: HTTPResponse
    body: Any

    def header(self, name: str) -> str | None:
        """One of its headers."""
        return self.headers.getheader(name)


def ask(
    client: Client, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Answered:
    target = urlsplit(client.url)
    connection = http.client.HTTPConnection(target.netloc, timeout=60)
    authorization = base64.b64encode(client.key.encode()).decode()
    sent = {"Authorization": f"Basic {authorization}", **(headers or {})}
    raw = None if body is None else json.dumps(body).encode()
    if raw is not None:
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, f"{target.path}{path}", raw, sent)
        answer = connection.getresponse()
        text = answer.read()
        return Answered(answer.status, answer, json.loads(text) if text else None)
    finally:
        connection.close()


def new_client(stack: LocalStack, deployed: dict[str, Any], name: str) -> tuple[Client, str]:
    """A client of its own, and its id."""
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    made = admin.create_client(target, name)
    return Client(deployed["apiUrl"].rstrip("/"), made.api_key), made.client_id


def test_a_client_that_asks_too_often_waits_and_others_do_not(
    stack: LocalStack, deployed: dict[str, Any], client: Client, aws: Aws
) -> None:
    """The client is moved to a plan of one request a second, two at once."""
    greedy, client_id = new_client(stack, deployed, "Greedy")
    gateway = aws("apigateway")
    (key,) = [each for each in gateway.get_api_keys(limit=500)["items"] if client_id in each["name"]]
    stage = {"apiId": deployed["apiId"], "stage": "v1"}
    narrow = gateway.create_usage_plan(
        name="narrow", apiStages=[stage], throttle={"rateLimit": 1, "burstLimit": 2}
    )
    gateway.delete_usage_plan_key(usagePlanId=deployed["usagePlanId"], keyId=key["id"])
    gateway.create_usage_plan_key(usagePlanId=narrow["id"], keyId=key["id"], keyType="API_KEY")
    try:
        answers = [ask(greedy, "GET", f"/companies/{UNKNOWN}") for _ in range(8)]
        refused = [answer for answer in answers if answer.status == 429]
        assert [answer.status for answer in answers[:2]] == [404, 404]
        assert refused
        assert refused[0].header("Retry-After") == "1"
        assert refused[0].header("Content-Type") == "application/json"
        body = refused[0].body
        assert (body["statusCode"], body["service"], body["canBeRetried"]) == (429, "Daybook", "True")
        assert body["correlationId"]
        assert ask(client, "GET", f"/companies/{UNKNOWN}").status == 404
        # The allowance is the client's, whichever of its keys it uses; it is served again after a while.
        wait_until(lambda: ask(greedy, "GET", f"/companies/{UNKNOWN}").status == 404, "another allowance", 30)
    finally:
        gateway.delete_usage_plan_key(usagePlanId=narrow["id"], keyId=key["id"])
        gateway.delete_usage_plan(usagePlanId=narrow["id"])


def test_keys_are_made_and_revoked(stack: LocalStack, deployed: dict[str, Any]) -> None:
    first, _ = new_client(stack, deployed, "Two keys")
    made = ask(first, "POST", "/apiKeys", {"name": "second"})
    assert made.status == 200
    second = Client(first.url, made.body["apiKey"])
    listed = ask(second, "GET", "/apiKeys").body["results"]
    assert [key["name"] for key in listed] == ["first key", "second"]
    assert ask(second, "DELETE", f"/apiKeys/{listed[0]['id']}").body == {}
    revoked = ask(first, "GET", "/apiKeys")
    assert (revoked.status, revoked.body["statusCode"]) == (401, 401)
    last = ask(second, "DELETE", f"/apiKeys/{made.body['id']}")
    assert (last.status, last.body["statusCode"]) == (400, 400)


def test_a_repeat_is_answered_alike(client: Client) -> None:
    headers = {"Idempotency-Key": "e2e 1".replace(" ", "-")}
    first, again = (ask(client, "POST", "/companies", {"name": "Once"}, headers) for _ in range(2))
    assert first.status == 200
    assert again.body == first.body
    assert ask(client, "POST", "/companies", {"name": "Other"}, headers).status == 400


def test_a_configuration_names_its_version(client: Client) -> None:
    company = client.post("/companies", {"name": "Two editors"})["id"]
    path = f"/config/companies/{company}/sync/commerce"
    read = ask(client, "GET", path)
    assert (read.status, read.header("ETag")) == (200, '"0"')
    refused = ask(client, "POST", path, {"enabled": False}, {"If-Match": '"7"'})
    assert (refused.status, refused.body["statusCode"]) == (409, 409)


def test_a_query_encoded_twice(client: Client) -> None:
    for query in ("key%3Dmqjo", "key%253Dmqjo", "enabled%253Dtrue%2526%2526key%253Dmqjo"):
        found = client.get(f"/config/integrations?page=1&pageSize=100&query={query}")["results"]
        assert [each["key"] for each in found] == ["mqjo"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/companies?query=name~{'x' * 2048}", 400),
        ("/companies?" + "&".join(f"p{number}=1" for number in range(200)), 200),
        ("/companies?page=1&page=2&page=3", 200),
        ("/companies/..%2f..%2fclients", 404),
        ("/companies/%2e%2e/%2e%2e/x", 404),
        (f"/companies/{'x' * 2049}", 404),
        ("/companies/%00", 404),
        (f"/companies/{UNKNOWN}%2fconnections", 404),
    ],
)
def test_hostile_paths_and_queries(client: Client, path: str, status: int) -> None:
    answer = ask(client, "GET", path)
    assert (answer.status, answer.header("Set-Cookie")) == (status, None)
    assert answer.header("Content-Type") == "application/json"
    if status != 200:
        assert answer.body["statusCode"] == status


def test_a_line_break_in_a_path_breaks_no_header(client: Client) -> None:
    """API Gateway may refuse it before any function sees it: no policy's pattern holds a line break."""
    answer = ask(client, "GET", "/companies/a%0d%0aSet-Cookie:%20x")
    assert answer.status in (401, 403, 404)
    assert answer.header("Set-Cookie") is None
    assert answer.body["statusCode"] == answer.status


def test_no_header_changes_the_method_or_the_caller(client: Client) -> None:
    company = client.post("/companies", {"name": "Stays"})["id"]
    headers = {
        "X-HTTP-Method-Override": "DELETE",
        "X-HTTP-Method": "DELETE",
        "X-Method-Override": "DELETE",
        "X-Forwarded-For": "127.0.0.1",
        "X-Original-URL": "/apiKeys",
    }
    assert ask(client, "GET", f"/companies/{company}", headers=headers).body["id"] == company
    assert ask(client, "GET", f"/companies/{company}").status == 200
