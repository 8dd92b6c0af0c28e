"""IAM is enforced on the embedded stack: what a role does not allow fails here, and fails cleanly.

One statement at a time is taken from a role; the call that needs it is answered by the error body of a fault
of ours, without a word of what went wrong inside, and works again once the role is as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.api_client import ApiError, Client, wait_until

Aws = Callable[[str], Any]
POLICY = "own"


@contextmanager
def without(aws: Aws, function: str, action: str) -> Iterator[None]:
    """The role of a function without the statements that allow an action."""
    iam = aws("iam")
    configured = aws("lambda").get_function_configuration(FunctionName=function)
    role = configured["Role"].rpartition("/")[2]
    document = iam.get_role_policy(RoleName=role, PolicyName=POLICY)["PolicyDocument"]
    left = [each for each in document["Statement"] if action not in each["Action"]]
    assert len(left) < len(document["Statement"]), f"{role} never could {action}"

    def put(statements: list[Any]) -> None:
        changed = json.dumps({**document, "Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=changed)

    put(left)
    try:
        yield
    finally:
        put(document["Statement"])


def fails_as_ours(call: Callable[[], object]) -> dict[str, Any] | None:
    """The error body, once the call fails."""
    try:
        call()
    except ApiError as error:
        return error.body if error.status == 500 else None
    return None


@pytest.mark.parametrize(
    ("function", "action", "method", "path", "body"),
    [
        ("companies", "dynamodb:PutItem", "POST", "/companies", {"name": "Never made"}),
        ("companies", "dynamodb:GetItem", "GET", "/companies/0b8f8b1a-5d6c-7c3e-9a51-3f1d2c4b5a60", None),
        ("keys", "dynamodb:PutItem", "POST", "/apiKeys", {"name": "never made"}),
        ("webhooks", "kms:Encrypt", "POST", "/webhooks", {"url": "https://example.com/", "disabled": True}),
    ],
)
def test_without_its_permission_a_function_fails_cleanly(
    client: Client,
    deployed: dict[str, Any],
    aws: Aws,
    function: str,
    action: str,
    method: str,
    path: str,
    body: Any,
) -> None:
    def call() -> object:
        return client.call(method, path, None if body is None else json.dumps(body).encode())

    with without(aws, deployed["functions"][function], action):
        failed = wait_until(lambda: fails_as_ours(call), f"{function} to do without {action}")
    assert failed["statusCode"] == 500
    assert failed["service"] == "Daybook"
    assert failed["correlationId"]
    assert failed["validation"] is None
    told = json.dumps(failed).lower()
    for inside in (
        action.lower(),
        "dynamodb",
        "kms",
        "arn:",
        "denied",
        "traceback",
        deployed["tableName"].lower(),
    ):
        assert inside not in told


def test_no_function_may_read_the_whole_table(deployed: dict[str, Any], aws: Aws) -> None:
    """With the credentials of its role, as somebody who took it over would have them."""
    for function in deployed["functions"].values():
        role = aws("lambda").get_function_configuration(FunctionName=function)["Role"]
        decision = aws("iam").simulate_principal_policy(
            PolicySourceArn=role, ActionNames=["dynamodb:Scan"], ResourceArns=["*"]
        )["EvaluationResults"][0]["EvalDecision"]
        assert decision != "allowed", function
