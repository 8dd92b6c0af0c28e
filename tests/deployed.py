"""A stack of the suite's own, on a free port, whatever else runs in this checkout.

`DAYBOOK_E2E_STACK` may name the `stack.json` of a stack that runs already: no start while writing tests.
What deploys is imported only where a test asks for it.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from local.api_client import Client
    from local.settings import LocalStack


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def empty_account(folder: Path) -> Iterator[LocalStack]:
    """An embedded AWS with nothing in it; stopped afterwards, its logs left in the folder."""
    from local import ministack
    from local.settings import LocalStack

    ministack.stop(LocalStack(folder, 0))
    shutil.rmtree(folder, ignore_errors=True)
    own = LocalStack(folder, free_port())
    process = ministack.start(own)
    assert process is not None
    try:
        yield own
    finally:
        ministack.stop(own)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The deployed application; stopped after the suite, its logs left in the folder."""
    from local import build, deploy
    from local.settings import ROOT, LocalStack

    given = os.environ.get("DAYBOOK_E2E_STACK")
    if given:
        folder = Path(given).resolve().parent
        port = int(deploy.read_description(LocalStack(folder, 0))["endpointUrl"].rpartition(":")[2])
        yield LocalStack(folder, port)
        return
    # Each of several processes that test at once has a stack to itself.
    with empty_account(ROOT / ".local" / "e2e" / os.environ.get("PYTEST_XDIST_WORKER", "alone")) as own:
        deploy.deploy(own, build.build(own))
        deploy.ensure_client(own)
        yield own


@pytest.fixture(scope="session")
def description(stack: LocalStack) -> Path:
    """The `stack.json` of the stack."""
    return stack.description


@pytest.fixture(scope="session")
def deployed(stack: LocalStack) -> dict[str, Any]:
    """What `stack.json` tells."""
    from local import deploy

    return deploy.read_description(stack)


@pytest.fixture(scope="session")
def client(description: Path) -> Client:
    """The API, called with the key of the stack's client."""
    from local.api_client import Client

    return Client.of_stack(description)


@pytest.fixture(scope="session")
def aws(stack: LocalStack) -> Callable[[str], Any]:
    """Clients of the stack's AWS services, with the rights of the account's owner."""
    from local import deploy

    return lambda service: deploy.client(stack, service)
