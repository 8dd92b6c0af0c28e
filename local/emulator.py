"""Runs MiniStack, the embedded AWS, with what AWS does and it does not do yet.

Started by `local.ministack` with MiniStack's own Python. Each function below stands in for the one of
MiniStack that it is given, so that a request which AWS would refuse is refused here too:

- gateway responses in an API's OpenAPI document are taken over (Amazon API Gateway developer guide,
  "x-amazon-apigateway-gateway-responses object");
- with the API key source AUTHORIZER, the usage key that the authorizer names is the caller's;
- an invocation carries at most 6 MB each way, an API call takes at most 29 seconds (quotas of AWS Lambda and
  of Amazon API Gateway), and a request to put events holds at most 1 MB (quotas of Amazon EventBridge);
- a policy is matched against the group that a schedule is really in, not always against `default`, and
  against the path that parameters are asked for by;
- of the types that a caller accepts the first one counts (Amazon API Gateway developer guide, "Binary media
  types for REST APIs");
- a table's stream begins anew when the stack starts again, and so does whoever reads it.

MiniStack itself refuses what is too large for DynamoDB and SQS. `tests/e2e/test_aws_limits.py` checks it all.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import threading
from contextvars import ContextVar
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import iam_actions
from ministack.core.responses import error_response_json, request_scope
from ministack.services import apigateway_v1, eventbridge, lambda_svc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REQUEST_BYTES = 10 * 1024 * 1024
INVOCATION_BYTES = 6 * 1024 * 1024
EVENT_OVERHEAD_BYTES = 4096  # what API Gateway adds to a body and its headers, rounded up
API_SECONDS = 29
EVENTS_BYTES = 1024 * 1024

Answer = tuple[int, dict[str, Any], bytes]

usage_key: ContextVar[str] = ContextVar("usage_key", default="")


def event_bytes(headers: dict[str, Any], body: bytes) -> int:
    """Give about how large the event of a request is, its body as base64."""
    named = sum(len(name) + len(str(value)) for name, value in headers.items())
    return len(body) * 4 // 3 + 2 * named + EVENT_OVERHEAD_BYTES


def gateway_answer(api_id: str, stage_name: str, response_type: str) -> Answer:
    """Give what the API answers for a failure of this type, by its own gateway responses."""
    request = {
        "api_id": api_id,
        "stage_name": stage_name,
        "stage": apigateway_v1.stages_for_api(api_id)[stage_name],
        "headers": {},
        "query_params": {},
        "path_params": {},
        "resource_path": "",
        "request_id": apigateway_v1.new_uuid(),
    }
    with request_scope(*apigateway_v1.find_api_scope(api_id)):
        error = apigateway_v1._GatewayError(response_type, None)
        answer: Answer = apigateway_v1._gateway_error_response(error, request)
    return answer


def within_api_limits(execute: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """Refuse a request, an answer or a duration that API Gateway and Lambda would not allow."""

    async def handle_execute(
        api_id: str,
        stage_name: str,
        method: str,
        path: str,
        headers: dict[str, Any],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Answer:
        usage_key.set("")
        if len(body) > REQUEST_BYTES or event_bytes(headers, body) > INVOCATION_BYTES:
            return gateway_answer(api_id, stage_name, "REQUEST_TOO_LARGE")
        call = asyncio.ensure_future(execute(api_id, stage_name, method, path, headers, body, query_params))
        done, _ = await asyncio.wait([call], timeout=API_SECONDS)
        if not done:  # the function goes on, as it does in AWS; nobody waits for it
            return gateway_answer(api_id, stage_name, "INTEGRATION_TIMEOUT")
        answer = call.result()
        if answer[0] == HTTPStatus.BAD_GATEWAY or len(answer[2]) > INVOCATION_BYTES:
            return gateway_answer(api_id, stage_name, "DEFAULT_5XX")  # the function failed, or said too much
        return answer

    return handle_execute


def with_usage_key(invoke: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Remember the usage key that an authorizer's answer names, for this request."""

    async def invoke_authorizer(*arguments: Any) -> Any:
        result = await invoke(*arguments)
        answer = (result or {}).get("body")
        if isinstance(answer, (str, bytes)):
            answer = json.loads(answer)
        if isinstance(answer, dict):
            usage_key.set(str(answer.get("usageIdentifierKey") or ""))
        return result

    return invoke_authorizer


def with_gateway_responses(import_api: Callable[..., str]) -> Callable[..., str]:
    """Take over the gateway responses of an OpenAPI document."""

    def import_rest_api(document: dict[str, Any], *arguments: Any) -> str:
        api_id = import_api(document, *arguments)
        responses = document.get("x-amazon-apigateway-gateway-responses") or {}
        for response_type, response in responses.items():
            apigateway_v1._put_gateway_response(api_id, response_type, response)
        return api_id

    return import_rest_api


def within_event_limit(put: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse events that together are larger than EventBridge takes."""

    def put_events(request: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        if len(json.dumps(request.get("Entries", [])).encode()) > EVENTS_BYTES:
            return error_response_json(
                "ValidationException", "Total size of the entries is over the limit.", 400
            )
        return put(request, *arguments, **options)

    return put_events


def with_schedule_group(name_resource: Callable[..., str]) -> Callable[..., str]:
    """Name a schedule by its own group where a policy is checked."""

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, Any],
        body: bytes,
        query_params: dict[str, Any],
        *arguments: str,
    ) -> str:
        arn = name_resource(service, method, path, headers, body, query_params, *arguments)
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        asked = query_params.get("groupName") or (json.loads(body).get("GroupName") if body else None)
        group = asked[0] if isinstance(asked, list) else asked
        return arn.replace(":schedule/default/", f":schedule/{group or 'default'}/")

    return extract_resource_arn


def with_parameter_path(name_resource: Callable[..., str]) -> Callable[..., str]:
    """Name parameters by the path they are asked for by where a policy is checked."""

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, Any],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        arn = name_resource(service, method, path, headers, body, query_params, region, account_id)
        if service != "ssm" or arn != "*" or not body:
            return arn
        asked = json.loads(body).get("Path")
        return f"arn:aws:ssm:{region}:{account_id}:parameter/{asked.strip('/')}" if asked else arn

    return extract_resource_arn


def by_first_type(matches: Callable[..., bool]) -> Callable[..., bool]:
    """Look at the first type that a caller accepts, as API Gateway does; browsers list several."""

    def match(media_type: str | None, binary_media_types: list[str]) -> bool:
        return matches((media_type or "").partition(",")[0], binary_media_types)

    return match


def remove_leftovers() -> None:
    """Remove what functions were unpacked into when it ran before: hundreds of megabytes, so nobody waits."""
    own = Path(os.environ["TMPDIR"])
    for folder in own.parent.iterdir():
        if folder != own:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Serve until told to end; then keep the state."""
    apigateway_v1.handle_execute = within_api_limits(apigateway_v1.handle_execute)
    apigateway_v1._invoke_authorizer_lambda = with_usage_key(apigateway_v1._invoke_authorizer_lambda)
    apigateway_v1._api_key_from_request = lambda _headers: usage_key.get()
    apigateway_v1._media_type_matches = by_first_type(apigateway_v1._media_type_matches)
    apigateway_v1._import_rest_api = with_gateway_responses(apigateway_v1._import_rest_api)
    eventbridge._put_events = within_event_limit(eventbridge._put_events)
    lambda_svc._restore_esm_positions = lambda *_: None
    iam_actions.extract_resource_arn = with_schedule_group(iam_actions.extract_resource_arn)
    iam_actions.extract_resource_arn = with_parameter_path(iam_actions.extract_resource_arn)
    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    with Path(os.environ["PID_FILE"]).open("w", encoding="ascii") as pid_file:
        fcntl.flock(pid_file, fcntl.LOCK_EX)  # held while it runs, so that a stale file is known for one
        pid_file.write(f"{os.getpid()} {os.environ['GATEWAY_PORT']}")
        pid_file.flush()
        threading.Thread(target=remove_leftovers, daemon=True).start()
        asyncio.run(serve(ministack.app, config))


if __name__ == "__main__":
    main()
