"""`sam deploy` of the built application to the embedded AWS, and the description of what is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local import admin, build
from local.settings import REGION, ROOT, STACK_NAME, TOOLS, aws_environment
from local.steps import run_quietly

if TYPE_CHECKING:
    from local.settings import LocalStack

OWNER = "test"  # id and secret of the embedded AWS's own owner
QUEUES = (
    "Ingest",
    "Sync",
    "Push",
    "Notify",
    "Deliver",
    "Erase",
    "IngestFailed",
    "SyncFailed",
    "PushFailed",
    "NotifyFailed",
    "DeliverFailed",
    "EraseFailed",
)


def session() -> boto3.Session:
    """Give a session with the credentials that the embedded AWS takes for the account's owner."""
    return boto3.Session(OWNER, OWNER, region_name=REGION)


def client(stack: LocalStack, service: str) -> Any:
    """Give a client of one service of the embedded AWS."""
    return session().client(service, endpoint_url=stack.endpoint)  # type: ignore[call-overload]


def outputs(stack: LocalStack) -> dict[str, str] | None:
    """Give the outputs of the deployed application, or None when it is not deployed."""
    try:
        found = client(stack, "cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError:
        return None
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def functions(stack: LocalStack) -> dict[str, str]:
    """Give the names of the deployed functions by the names of their folders."""
    pages = client(stack, "lambda").get_paginator("list_functions").paginate()
    names = [function["FunctionName"] for page in pages for function in page["Functions"]]
    prefix = f"{STACK_NAME}-"
    return {name.removeprefix(prefix).replace("-", "_"): name for name in names if name.startswith(prefix)}


def describe(stack: LocalStack, found: dict[str, str], digest: str) -> dict[str, Any]:
    """Give what `stack.json` tells, all but the client and its key."""
    account = client(stack, "sts").get_caller_identity()["Account"]
    address = f"{stack.endpoint}/restapis/{found['ApiId']}/{found['StageName']}/_user_request_"
    queues = {name[0].lower() + name[1:]: found[f"{name}QueueUrl"] for name in QUEUES}
    return {
        "apiUrl": address,
        "endpointUrl": stack.endpoint,
        "region": REGION,
        "accountId": account,
        "stackName": STACK_NAME,
        "apiId": found["ApiId"],
        "usagePlanId": found["UsagePlanId"],
        "tableName": found["TableName"],
        "eventBusName": found["EventBusName"],
        "scheduleGroup": found["ScheduleGroup"],
        "keyId": found["KeyId"],
        "queues": queues | {"undelivered": found["UndeliveredQueueUrl"]},
        "functions": functions(stack),
        "buildDigest": digest,
    }


def read_description(stack: LocalStack) -> dict[str, Any]:
    """Give what `stack.json` holds; nothing when there is none."""
    if not stack.description.exists():
        return {}
    held: dict[str, Any] = json.loads(stack.description.read_text(encoding="utf-8"))
    return held


def write_description(stack: LocalStack, description: dict[str, Any]) -> None:
    """Write `stack.json`, readable by its owner only for the API key in it."""
    stack.description.touch(mode=0o600)
    stack.description.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def is_deployed(stack: LocalStack, digest: str) -> bool:
    """Tell whether the stack runs what was built."""
    held = read_description(stack)
    found = outputs(stack)
    return held.get("buildDigest") == digest and found is not None and found.get("ApiId") == held.get("apiId")


def deploy(stack: LocalStack, digest: str) -> None:
    """Deploy what was built and write `stack.json`; the client and key made before are kept."""
    held = read_description(stack)
    log = stack.folder / "log" / "deploy.txt"
    sam = [TOOLS / "bin" / "sam", "deploy", "--config-env", "local"]
    run_quietly([*sam, *build.parameter_overrides(stack)], aws_environment(stack), ROOT, log)
    found = outputs(stack)
    if found is None:
        message = "sam deploy ended well but there is no stack"
        raise RuntimeError(message)
    description = describe(stack, found, digest)
    kept = {name: held[name] for name in ("clientId", "apiKey") if name in held}
    write_description(stack, description | kept)


def ensure_client(stack: LocalStack) -> None:
    """Make the local client and its API key unless the stack has them."""
    held = read_description(stack)
    target = admin.Target(session(), stack.endpoint, held["tableName"], held["usagePlanId"])
    if "apiKey" in held and admin.knows_key(target, held["apiKey"]):
        return
    made = admin.create_client(target, "Local partner")
    write_description(stack, held | {"clientId": made.client_id, "apiKey": made.api_key})
