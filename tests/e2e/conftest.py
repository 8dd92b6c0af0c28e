"""A stack of the suite's own, on a free port, whatever else runs in this checkout.

`DAYBOOK_E2E_STACK` may name the `stack.json` of a stack that runs already: no start while writing tests.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local import build, deploy, ministack
from local.api_client import Client
from local.settings import ROOT, LocalStack

FOLDER = ROOT / ".local" / "e2e"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The deployed application; stopped after the suite, its logs left in the folder."""
    given = os.environ.get("DAYBOOK_E2E_STACK")
    if given:
        folder = Path(given).resolve().parent
        port = int(deploy.read_description(LocalStack(folder, 0))["endpointUrl"].rpartition(":")[2])
        yield LocalStack(folder, port)
        return
    ministack.stop(LocalStack(FOLDER, 0))
    shutil.rmtree(FOLDER, ignore_errors=True)
    own = LocalStack(FOLDER, free_port())
    digest = build.build(own)
    process = ministack.start(own)
    assert process is not None
    try:
        deploy.deploy(own, digest)
        deploy.ensure_client(own)
        yield own
    finally:
        ministack.stop(own)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def description(stack: LocalStack) -> Path:
    """The `stack.json` of the stack."""
    return stack.description


@pytest.fixture(scope="session")
def deployed(stack: LocalStack) -> dict[str, Any]:
    """What `stack.json` tells."""
    return deploy.read_description(stack)


@pytest.fixture(scope="session")
def client(description: Path) -> Client:
    """The API, called with the key of the stack's client."""
    return Client.of_stack(description)


@pytest.fixture(scope="session")
def aws(stack: LocalStack) -> Callable[[str], Any]:
    """Clients of the stack's AWS services, with the rights of the account's owner."""
    return lambda service: deploy.client(stack, service)
