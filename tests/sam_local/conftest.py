"""A container engine, Lambda's base image, and a local stack of the suite's own that containers can reach."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from local import admin, deploy, sam_local, samples
from local.settings import ROOT, TOOLS, LocalStack, aws_environment
from tests.sam_local import base_image
from tests.sam_local.engine import Engine, NoEngine, engine

FOLDER = ROOT / ".local" / "sam-local"
REQUIREMENTS = ROOT / "requirements" / "sam-local.txt"
SECONDS = 120
# Says that no engine can be started, to whoever runs this where there may be none.
NO_ENGINE = 77


@dataclass(frozen=True)
class Local:
    """What `sam local` works with: the stack, the engine, and what samconfig.toml says otherwise."""

    stack: LocalStack
    engine: Engine

    def command(self, name: str) -> list[str]:
        """`sam local <name>` with the files of this stack."""
        template, environment = sam_local.files_of(self.stack)
        sam = [str(TOOLS / "bin" / "sam"), "local", name, "--skip-pull-image"]
        files = ["--template", str(template), "--env-vars", str(environment)]
        return [*sam, *files, "--add-host", f"{sam_local.HOST}:host-gateway"]

    def environment(self) -> dict[str, str]:
        """What it runs with."""
        return aws_environment(self.stack) | self.engine.environment()


@dataclass(frozen=True)
class Invoked:
    """What a function answered, and what it wrote to its log."""

    answer: Any
    log: str


@pytest.fixture(scope="session")
def started_engine() -> Iterator[Engine]:
    """The engine, with the base image in it; it is ours when none ran before."""
    try:
        with engine(FOLDER / "engine") as found:
            if not found.client.images.list(name=f"{base_image.REPOSITORY}:{base_image.TAG}"):
                base_image.make(found, FOLDER, REQUIREMENTS)
            yield found
    except NoEngine as error:
        pytest.exit(f"sam local was not tested: {error}", NO_ENGINE)


@pytest.fixture(scope="session")
def local(started_engine: Engine, stack: LocalStack) -> Iterator[Local]:
    """The stack, open to containers for as long as the tests run."""
    held = deploy.read_description(stack)
    target = admin.Target(deploy.session(), stack.endpoint, held["tableName"], held["usagePlanId"])
    admin.set_platform(target, "fbrh", {"clientId": "sample", "clientSecret": "sample", "urls": {}})
    sam_local.prepare(stack)
    with sam_local.opened(started_engine.gateway(), stack.port) as is_open:
        assert is_open
        yield Local(stack, started_engine)


def functions() -> dict[str, str]:
    """The functions of the template, by name, with the folder of each."""
    return sam_local.functions(yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8")))


def invoke(local: Local, function: str, folder: str) -> Invoked:
    """Run `sam local invoke` with a function's sample event; SAM succeeds even where the function fails."""
    event = ROOT / "events" / f"{folder}.json"
    command = [*local.command("invoke"), function, "--event", str(event)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=local.environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Invoked(json.loads(done.stdout.splitlines()[-1]), done.stderr)


@pytest.fixture(scope="session")
def invoked(local: Local) -> dict[str, Invoked]:
    """What every function of the template made of its sample event, by its folder."""
    found = functions()
    first, *others = found.items()
    answers = {first[1]: invoke(local, *first)}  # alone: it builds the image with the layers
    with ThreadPoolExecutor(2) as threads:
        running = {folder: threads.submit(invoke, local, name, folder) for name, folder in others}
        return answers | {folder: each.result() for folder, each in running.items()}


@pytest.fixture(scope="session")
def key() -> str:
    """The API key of the samples."""
    return samples.API_KEY
