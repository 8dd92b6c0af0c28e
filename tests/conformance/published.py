"""The two published clients, unmodified, and what their own source says of each of their methods."""

from __future__ import annotations

import asyncio
import base64
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, get_args

import codat_sync_for_commerce
import codatsynccommerce
import httpx
import requests
from codat_sync_for_commerce.models import errors as current_errors
from codat_sync_for_commerce.models import shared as current_shared
from codat_sync_for_commerce.utils import RetryConfig as CurrentRetryConfig
from codatsynccommerce.models import errors as v1_errors
from codatsynccommerce.models import shared as v1_shared
from codatsynccommerce.utils.retries import RetryConfig as V1RetryConfig

CURRENT, V1 = "current", "v1"
NAMES = {CURRENT: "codat-sync-for-commerce 6.1.0", V1: "codat-sync-for-commerce-version-1 0.3.0"}
ASYNC = "_async"
# Sends requests for all methods of the current client; not an operation of its own.
MACHINERY = "do_request"
STATUSES = re.compile(r"\d{3}(?!\d)")
# An answer that never comes must end the test; the clients themselves wait for ever.
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one client. `listed` are the statuses its ErrorMessage is raised for."""

    client: str
    name: str
    verb: str
    path: str
    listed: frozenset[int]

    @property
    def twin_of(self) -> str:
        """The name without the suffix of asynchronous twins."""
        return self.name.removesuffix(ASYNC)

    @property
    def success(self) -> int:
        """The only status that the client takes for success."""
        without_body = self.client == V1 and self.name in ("refresh_data.all", "companies.delete_company")
        return HTTPStatus.NO_CONTENT if without_body else HTTPStatus.OK

    @property
    def placeholders(self) -> list[str]:
        """What stands in the path, named as the fields of the client's request."""
        found = re.findall(r"{(\w+)}", self.path)
        return [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in found]

    def __str__(self) -> str:
        return f"{self.client} {self.name}"


@dataclass(slots=True)
class Exchange:
    """One request of a client and the answer, as they were on the wire."""

    status: int
    content_type: str
    text: str


@dataclass
class Caller:
    """One client with one API key. `exchanges` are kept in order."""

    client: str
    sdk: Any
    runner: asyncio.Runner | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    def call(self, name: str, fields: dict[str, Any]) -> Any:
        """Call a method with the fields of its request. Answers the model; raises what the client raises."""
        method = _bound(self.sdk, name)
        if self.client == V1:
            return model_of(method(request_type(method)(**fields)))
        coroutine_or_model = method(request=fields)
        if self.runner is None:
            return coroutine_or_model
        return self.runner.run(coroutine_or_model)

    def close(self) -> None:
        """Close the connections that an event loop holds; the others close themselves."""
        if self.runner is not None:
            self.runner.run(self.sdk.sdk_configuration.async_client.aclose())


def _bound(sdk: Any, name: str) -> Callable[..., Any]:
    group, _, method = name.partition(".")
    return getattr(getattr(sdk, group), method)


def request_type(method: Callable[..., Any]) -> Callable[..., Any]:
    """What the v1 client wants for a request."""
    wanted = inspect.signature(method).parameters["request"].annotation
    return next((each for each in get_args(wanted) if each is not type(None)), wanted)


def model_of(response: Any) -> Any:
    """The model in a response of the v1 client; nothing when the answer had no body."""
    envelope = ("content_type", "status_code", "raw_response")
    return next(
        (each for name, each in vars(response).items() if name not in envelope and each is not None), None
    )


def authorization(key: str) -> str:
    """The header both clients send verbatim."""
    return f"Basic {base64.b64encode(key.encode()).decode()}"


def current_caller(url: str, key: str, runner: asyncio.Runner | None = None) -> Caller:
    """The current client; with a runner its asynchronous twins are what is called."""
    exchanges: list[Exchange] = []

    def keep(response: httpx.Response) -> None:
        response.read()
        kind = response.headers.get("content-type", "")
        exchanges.append(Exchange(response.status_code, kind, response.text))

    async def keep_async(response: httpx.Response) -> None:
        await response.aread()
        kind = response.headers.get("content-type", "")
        exchanges.append(Exchange(response.status_code, kind, response.text))

    sdk = codat_sync_for_commerce.CodatSyncCommerce(
        security=current_shared.Security(auth_header=authorization(key)),
        server_url=url,
        client=httpx.Client(event_hooks={"response": [keep]}),
        async_client=httpx.AsyncClient(event_hooks={"response": [keep_async]}),
        retry_config=CurrentRetryConfig("none", None, False),  # noqa: FBT003 - theirs
        timeout_ms=SECONDS * 1000,
    )
    return Caller(CURRENT, sdk, runner, exchanges)


class PatientSession(requests.Session):
    """A session that gives up on a request at last: the v1 client sets no time limit."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request."""
        return super().request(*arguments, timeout=SECONDS, **options)


def v1_caller(url: str, key: str) -> Caller:
    """The v1 client."""
    exchanges: list[Exchange] = []

    def keep(response: requests.Response, **_: Any) -> None:
        kind = response.headers.get("Content-Type", "")
        exchanges.append(Exchange(response.status_code, kind, response.text))

    session = PatientSession()
    session.hooks["response"].append(keep)
    sdk = codatsynccommerce.CodatSyncCommerce(
        security=v1_shared.Security(auth_header=authorization(key)),
        server_url=url,
        client=session,
        retry_config=V1RetryConfig("none", None, False),  # noqa: FBT003 - theirs
    )
    return Caller(V1, sdk, None, exchanges)


def error_of(error: Exception) -> tuple[str, int | None]:
    """The class and the status that a partner's code gets from an error of either client."""
    if isinstance(error, current_errors.ErrorMessage):
        return "ErrorMessage", error.data.status_code
    if isinstance(error, v1_errors.ErrorMessage | current_errors.SDKError | v1_errors.SDKError):
        return type(error).__name__, error.status_code
    return type(error).__name__, None


def methods() -> list[Method]:
    """Each method of both clients, found by looking at them."""
    url, key = "http://127.0.0.1:9", "a key"
    callers = (current_caller(url, key), v1_caller(url, key))
    return [
        _described(caller.client, f"{group}.{name}", inspect.getsource(function))
        for caller in callers
        for group, part in vars(caller.sdk).items()
        if group != "sdk_configuration"
        for name, function in inspect.getmembers(part, inspect.ismethod)
        if not name.startswith("_") and name.removesuffix(ASYNC) != MACHINERY
    ]


def _described(client: str, name: str, source: str) -> Method:
    """Read verb, path and listed statuses from a method's source."""
    if client == CURRENT:
        verb, path = _first(r'method="(\w+)"', source), _first(r'path="([^"]+)"', source)
        raised = re.findall(r"match_response\(\s*http_res,\s*(\[[^\]]*\])", source)
    else:
        verb, path = _first(r"'(GET|POST|PUT|PATCH|DELETE)'", source), _first(r"'(/[^']+)'", source)
        raised = re.findall(r"elif http_res\.status_code in (\[[^\]]*\])", source)
    listed = frozenset(int(status) for each in raised for status in STATUSES.findall(each))
    return Method(client, name, verb, path, listed)


def _first(pattern: str, source: str) -> str:
    found = re.search(pattern, source)
    assert found, pattern
    return found[1]
