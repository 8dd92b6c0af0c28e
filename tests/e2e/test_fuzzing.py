"""Thousands of requests made up from the served description: each answer is one that it allows, none a 5xx.

schemathesis runs with every check but those that schemathesis.toml leaves out, each with its reason; with the
examples, the limits of every value, random bodies and parameters, and the links from answer to operation.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from local import admin, deploy
from local.settings import TOOLS, LocalStack

CONFIG = Path(__file__).with_name("schemathesis.toml")
FEWEST = 5000
# The same operations by other paths, which end in a number: the sweep of wrong callers goes by each of them.
OTHER_SPELLINGS = "[0-9]$"
# In case the machine hangs. On two busy cores it takes five minutes.
SECONDS = 900


def test_made_up_requests_are_answered_as_described(stack: LocalStack, deployed: dict[str, Any]) -> None:
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    made = admin.create_client(target, "Schemathesis")
    key = base64.b64encode(made.api_key.encode()).decode()
    report = stack.folder / "schemathesis.json"
    url = deployed["apiUrl"].rstrip("/")
    program = [TOOLS / "bin" / "schemathesis", "--config-file", CONFIG, "run", f"{url}/openapi.json"]
    options = ["--url", url, "--report", "json", "--report-json-path", report, "--no-color"]
    options += ["--exclude-operation-id-regex", OTHER_SPELLINGS]
    environment = {**os.environ, "DAYBOOK_AUTHORIZATION": f"Basic {key}"}
    run = subprocess.run(
        [*program, *options],
        cwd=stack.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    count, seconds = told["test_cases"]["generated"], told["running_time"]
    operations = told["operations"]
    print(f"\n{count} made-up requests to {operations} in {seconds:.0f} s")  # noqa: T201
    assert run.returncode == 0, run.stdout[-20000:] + run.stderr[-2000:]
    assert told["failures"] == []
    assert count >= FEWEST
