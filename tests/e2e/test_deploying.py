"""Every command of docs/deploying.md, run in its order on an empty embedded AWS.

What the embedded AWS needs instead of AWS is substituted: this machine's Python and processor, the parameters
that say there is no TLS, and what only a run can know, such as the API key that was printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local import deploy
from local.api_client import ApiError, Client, wait_until
from local.settings import ARCHITECTURE, ROOT, RUNTIME, LocalStack, aws_environment
from local.steps import say
from tests.deployed import empty_account

PAGE = ROOT / "docs" / "deploying.md"
FOLDER = ROOT / ".local" / "deploying"
COPIED = ("functions", "layers")
LINKED = ("local", "Makefile", ".venv")
# Commands that cannot be run here, and why; each is marked in the document.
NOT_TRIED = {"git pull": "it fetches from wherever the operator keeps the repository"}
MARK = "   # not tried"
SECONDS = 180
PROMPT = re.compile(r"([^\n]*?) ?\[[^\]\n]*\]: ?$")


def blocks(kind: str) -> list[str]:
    """The fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every command of the page, in its order."""
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def answers() -> dict[str, str]:
    """What the page answers to `sam deploy --guided`."""
    (block,) = blocks("answers")
    return dict(line.split(": ", 1) for line in block.splitlines())


@dataclass
class Operator:
    """Somebody who follows the page: a checkout of their own, a shell's variables, what was printed."""

    stack: LocalStack
    checkout: Path
    variables: dict[str, str]
    key: str = ""
    took: list[tuple[float, str]] = field(default_factory=list)

    @property
    def embedded(self) -> dict[str, str]:
        """The parameters that tell the template that it is not in AWS."""
        return {"QueuesNeedTls": "false", "LocalEndpoint": self.stack.endpoint, "LocalTargets": "true"}

    def substituted(self, text: str) -> str:
        """A text of the page with what differs here."""
        told = " ".join(f"{name}={value}" for name, value in self.embedded.items())
        for there, here in (
            ("python3.13", RUNTIME),
            ("arm64", ARCHITECTURE),
            ("the-key-that-was-printed", self.key),
            ("sam deploy --parameter-overrides", f"sam deploy --parameter-overrides {told}"),
            ("daybook-staging --parameter-overrides", f"daybook-staging --parameter-overrides {told}"),
        ):
            text = text.replace(there, here)
        return text

    def run(self, command: str) -> str:
        """Run one command in the shell; what it printed. Its variables are those of the next."""
        kept = self.checkout / "variables"
        script = f"set -euo pipefail\n{self.substituted(command)}\nenv -0 > {kept}"
        done = subprocess.run(
            ["bash", "-c", script],  # noqa: S607 - the page's shell
            cwd=self.checkout,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        self.variables = dict(
            line.split("=", 1) for line in kept.read_text(encoding="utf-8").split("\0") if line
        )
        return done.stdout

    def answer(self, command: str) -> str:
        """Run a command that asks, with the page's answers; a question that it does not answer gets none."""
        known = answers() | {f"Parameter {name}": value for name, value in self.embedded.items()}
        process = subprocess.Popen(
            ["bash", "-c", self.substituted(command)],  # noqa: S607 - the page's shell
            cwd=self.checkout,
            env=self.variables | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        said, seen, asked = "", 0, set()
        with process:
            while part := os.read(process.stdout.fileno(), 65536):
                said += re.sub(r"\x1b\[[0-9;]*m", "", part.decode(errors="replace"))
                question = PROMPT.search(said, seen)
                if question is not None:
                    seen = len(said)
                    name = next((each for each in known if question[1].strip().startswith(each)), "")
                    asked.add(name)
                    process.stdin.write(f"{self.substituted(known.get(name, ''))}\n".encode())
                    process.stdin.flush()
        assert process.returncode == 0, said[-3000:]
        if "--guided" in command:
            assert set(known) <= asked, f"never asked: {set(known) - asked}"
        return said

    def client(self, service: str) -> Any:
        """A client of the embedded AWS."""
        return deploy.client(self.stack, service)


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    """Nothing deployed yet."""
    with empty_account(FOLDER) as stack:
        checkout = stack.folder / "checkout"
        (checkout / "bin").mkdir(parents=True)
        for name in LINKED:
            (checkout / name).symlink_to(ROOT / name)
        for name in COPIED:
            shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("samconfig.toml", "template.yaml"):
            shutil.copy(ROOT / name, checkout)
        aws = checkout / "bin" / "aws"
        aws.write_text(
            f'#!/bin/sh\nexec env PYTHONPATH={ROOT} {sys.executable} -m tests.e2e.aws_command "$@"\n'
        )
        aws.chmod(0o755)
        variables = aws_environment(stack)
        variables["PATH"] = f"{checkout / 'bin'}{os.pathsep}{variables['PATH']}"
        made = Operator(stack, checkout, variables)
        yield made
        for seconds, command in sorted(made.took, reverse=True)[:8]:
            say(f"{seconds:6.1f} s  {command[:90]}")


def api(operator: Operator) -> Client:
    """The API that was deployed, called with the key that was printed."""
    found = deploy.outputs(operator.stack)
    assert found is not None
    return Client(found["ApiUrl"], operator.key)


def test_the_page_from_its_beginning_to_its_end(operator: Operator) -> None:
    merchant = after = None
    for command in commands():
        if command.endswith(MARK):
            continue
        if "operate restore " in command:
            assert merchant is not None
            after = happen_after_the_copy(operator, merchant)
        began = time.monotonic()
        said = operator.answer(command) if "sam deploy" in command else operator.run(command)
        operator.took.append((time.monotonic() - began, command))
        if "create-client" in command and "staging" not in command:
            operator.key = re.search(r"API key +(\S+)", said)[1]  # type: ignore[index]
        if "first-sync" in command:
            assert "pushed, synced and proven" in said
        if command.endswith("operate pause") and merchant is None:
            merchant = push_while_paused(api(operator))
        if command.endswith("operate resume") and merchant is not None:
            merchant.is_written(api(operator))
        if "operate restore " in command:
            assert merchant is not None
            assert after is not None
            is_restored(operator, merchant, after, said)
        if "TableStream=" in command:  # only what the stream brings is worked on within the minute
            merchant = push_while_paused(api(operator))
    stacks = operator.client("cloudformation").describe_stacks()["Stacks"]
    left = [each["StackName"] for each in stacks if not each["StackStatus"].startswith("DELETE")]
    assert "daybook" in left
    assert "daybook-staging" not in left


@dataclass(frozen=True)
class Pushed:
    """A merchant who pushed something while nobody worked; the second connection and key are of no use."""

    company: str
    connection: str
    dataset: str
    key_id: str
    key: str

    def is_written(self, client: Client) -> None:
        """Wait until what was pushed is written."""
        path = f"/companies/{self.company}/data/history/{self.dataset}"
        wait_until(lambda: client.get(path)["isCompleted"], "what was pushed meanwhile")


def push_while_paused(client: Client) -> Pushed:
    """Push something that nobody works on yet."""
    company = client.post("/companies", {"name": "Pushed while paused"})["id"]
    first, second = (
        client.post(f"/companies/{company}/connections", {"platformKey": "lqai"})["id"] for _ in range(2)
    )
    assert first != second
    path = f"/companies/{company}/data/commerce-customers"
    dataset = client.push(path, [{"id": "c-1", "customerName": "A regular"}])["datasetId"]
    assert not client.get(f"/companies/{company}/data/history/{dataset}")["isCompleted"]
    made = client.post("/apiKeys", {"name": "a till"})
    return Pushed(company, second, dataset, made["id"], made["apiKey"])


def rows(operator: Operator, families: tuple[str, ...]) -> dict[tuple[str, str], Any]:
    """The items of these families of keys, by key."""
    pages = operator.client("dynamodb").get_paginator("scan").paginate(TableName=operator.variables["TABLE"])
    found = [item for page in pages for item in page["Items"]]
    return {
        (item["PK"]["S"], item["SK"]["S"]): item
        for item in found
        if item["PK"]["S"].startswith(families) or item["SK"]["S"].startswith(families)
    }


def happen_after_the_copy(operator: Operator, merchant: Pushed) -> dict[tuple[str, str], Any]:
    """A key is revoked and a connection deleted; by accident a record and a dataset go, which are given."""
    client, service = api(operator), operator.client("dynamodb")
    client.call("DELETE", f"/apiKeys/{merchant.key_id}")
    client.call("DELETE", f"/companies/{merchant.company}/connections/{merchant.connection}")
    lost = rows(operator, (f"RECORD#{merchant.company}", f"DATASETS#{merchant.company}"))
    assert len(lost) == 2
    for pk, sk in lost:
        key = {"PK": {"S": pk}, "SK": {"S": sk}}
        service.delete_item(TableName=operator.variables["TABLE"], Key=key)
    return lost


def is_restored(operator: Operator, merchant: Pushed, lost: dict[tuple[str, str], Any], said: str) -> None:
    """What was lost is there again; the key stays revoked and the connection deleted, as the account says."""
    assert rows(operator, (f"RECORD#{merchant.company}", f"DATASETS#{merchant.company}")) == lost
    assert not rows(operator, (f"KEY#{merchant.key_id}", f"CONNECTION#{merchant.connection}"))
    assert said.startswith("2 items brought back")
    assert "1 API keys: one that is not there may have been revoked" in said
    assert f"if connection {merchant.connection} was not deleted on purpose" in said
    client = api(operator)
    with pytest.raises(ApiError, match="404"):
        client.get(f"/companies/{merchant.company}/connections/{merchant.connection}")
    with pytest.raises(ApiError, match="401"):
        Client(client.url, merchant.key).get("/companies")


def test_what_cannot_be_tried_is_marked_and_has_a_reason() -> None:
    marked = {line.removesuffix(MARK) for line in commands() if "# not tried" in line}
    assert marked == set(NOT_TRIED)
    assert all(NOT_TRIED.values())


def test_every_command_stands_in_a_block_that_is_run() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^```(\w*)$", text, re.MULTILINE)) == {"sh", "answers", ""}
    assert commands()
