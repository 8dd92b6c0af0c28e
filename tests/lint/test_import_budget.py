"""What each function imports at a cold start: how many modules, and which it never does.

Modules are counted, not milliseconds, so that the test says the same everywhere; benchmarks/cold_start.py has
the times. A function beyond its budget has gained something at its start: let those of its calls import it
that need it, or give it a larger budget and say what for (docs/adr/0031).
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))

# The most modules, ours and of packages, that a function imports beyond boto3 and aws_lambda_powertools.
# Workers count the batch utility of Powertools with its 40 (most of them the events of other services).
BUDGETS = {
    # Workers: no pydantic.
    "authorizer": 16,
    "deliverer": 98,
    "dispatcher": 56,
    "eraser": 108,
    "ingest_worker": 115,
    "notifier": 97,
    "push_worker": 105,
    "relay": 67,
    "sync_worker": 136,
    # The API: pydantic and its models at the edge, the event handler of Powertools.
    "assets": 173,
    "companies": 206,
    "configuration": 222,
    "data": 233,
    "description": 166,
    "keys": 173,
    "sync_flow": 228,
    "syncs": 246,
    "webhooks": 214,
    # Pages for people: Jinja2 as well.
    "books": 258,
    "flow": 337,
    "linking": 258,
    "portal": 280,
    "sandbox": 256,
}
# What `services.runtime.runtime` imports when it is first called, and each platform when it is first reached.
RUNTIME = (
    "daybook.store.aws",
    "daybook.store.dynamodb",
    "daybook.store.platform_credentials",
    "daybook.store.secrets",
)
RUNTIME_BUDGET = 8
PLATFORM_BUDGETS = {"freeagent": 17, "quickbooks": 18, "sandbox": 7, "xero": 17}

WORKERS = {
    "authorizer",
    "deliverer",
    "dispatcher",
    "eraser",
    "ingest_worker",
    "notifier",
    "push_worker",
    "relay",
    "sync_worker",
}
WITH_PAGES = {"books", "flow", "linking", "portal", "sandbox"}
# Shows and changes the merchant's books that Daybook itself keeps.
WITH_SANDBOX = {"books", "sandbox"}


@cache
def imported(*modules: str) -> frozenset[str]:
    """What these modules import beyond boto3 and Powertools, without the standard library."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("imported.py")), *modules],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT / "functions"), str(ROOT / "layers" / "daybook")]),
            "AWS_DEFAULT_REGION": "eu-west-1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(done.stdout.split())


def packages(function: str) -> set[str]:
    return {module.split(".")[0] for module in imported(f"{function}.app")}


def platforms(modules: frozenset[str]) -> set[str]:
    return {module.split(".")[2] for module in modules if module.startswith("daybook.platforms.")} & set(
        PLATFORM_BUDGETS
    )


def test_every_function_has_a_budget() -> None:
    assert set(FUNCTIONS) == set(BUDGETS)
    assert set(BUDGETS) >= WORKERS | WITH_PAGES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_no_more_than_its_budget(function: str) -> None:
    modules = imported(f"{function}.app")
    assert f"{function}.app" in modules
    assert len(modules) <= BUDGETS[function], "\n".join(sorted(modules))
    # A budget nobody comes near keeps nothing.
    assert len(modules) >= BUDGETS[function] - 20


@pytest.mark.parametrize("function", sorted(WORKERS))
def test_a_worker_imports_neither_pydantic_nor_the_event_handler(function: str) -> None:
    assert not packages(function) & {"pydantic", "pydantic_core", "jinja2", "yaml"}
    assert not [name for name in imported(f"{function}.app") if ".event_handler" in name]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_pages_import_templates_and_nothing_reads_yaml(function: str) -> None:
    assert "yaml" not in packages(function)
    assert "jinja2" not in packages(function) or function in WITH_PAGES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_platform_is_imported_before_it_is_reached(function: str) -> None:
    assert platforms(imported(f"{function}.app")) <= ({"sandbox"} if function in WITH_SANDBOX else set())


def test_what_the_first_call_imports_to_reach_the_table() -> None:
    before = imported("push_worker.app")
    assert len(imported("push_worker.app", *RUNTIME) - before) <= RUNTIME_BUDGET


@pytest.mark.parametrize("platform", PLATFORM_BUDGETS)
def test_a_connection_imports_its_own_platform_and_no_other(platform: str) -> None:
    before = imported("push_worker.app", *RUNTIME)
    after = imported("push_worker.app", *RUNTIME, f"daybook.platforms.{platform}")
    assert platforms(after) == {platform}
    assert len(after - before) <= PLATFORM_BUDGETS[platform]
