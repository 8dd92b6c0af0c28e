"""`sam local start-api`: the API in containers, its keys and its pages, over the stack's own data."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local import deploy, sam_local, samples
from local.api_client import ApiError, Client, decode, wait_until
from local.settings import ROOT
from tests.deployed import free_port

if TYPE_CHECKING:
    from tests.sam_local.conftest import Invoked, Local

START_SECONDS = 120
CALL_SECONDS = 90


def call(url: str, path: str, key: str = "", body: bytes | None = None) -> tuple[int, bytes]:
    """Call the API; a first call waits for its container."""
    request = urllib.request.Request(url + path, data=body)  # noqa: S310 - http
    if key:
        request.add_header("Authorization", f"Basic {b64encode(key.encode()).decode()}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 - http
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()


def is_up(process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
    return "Running on" in log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def url(local: Local, invoked: dict[str, Invoked], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `sam local start-api` answers; after the single calls, so that its image is there."""
    assert invoked
    port = free_port()
    log = tmp_path_factory.mktemp("start-api") / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *local.command("start-api"),
                "--port",
                str(port),
                "--add-host",
                f"{sam_local.HOST}:host-gateway",
            ],
            cwd=ROOT,
            env=local.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: is_up(process, log), "sam local start-api", START_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def test_a_client_reads_what_the_stack_holds(url: str, key: str) -> None:
    status, raw = call(url, f"/companies/{samples.COMPANY}", key)
    assert status == HTTPStatus.OK
    assert decode(raw)["name"] == "Sample shop"


def test_what_a_client_writes_is_in_the_stack(url: str, key: str, local: Local) -> None:
    status, raw = call(url, "/companies", key, b'{"name": "Made in a container"}')
    assert status == HTTPStatus.OK
    deployed = Client(deploy.read_description(local.stack)["apiUrl"], key)
    assert deployed.get(f"/companies/{decode(raw)['id']}")["name"] == "Made in a container"


@pytest.mark.parametrize("key", ["", "nobody's"])
def test_without_a_key_nothing_is_shown(url: str, key: str, local: Local) -> None:
    status, _ = call(url, "/companies", key)
    assert status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    with pytest.raises(ApiError):
        Client(deploy.read_description(local.stack)["apiUrl"], key or "x").get("/companies")


def test_what_is_public_needs_no_key(url: str) -> None:
    status, raw = call(url, "/openapi.json")
    assert status == HTTPStatus.OK
    assert "/companies" in decode(raw)["paths"]


def test_samconfig_names_the_files_that_are_written() -> None:
    text = (ROOT / "samconfig.toml").read_text(encoding="utf-8")
    for path in sam_local.files_of(sam_local.local_stack()):
        assert text.count(f'"{path.relative_to(ROOT)}"') == 2
