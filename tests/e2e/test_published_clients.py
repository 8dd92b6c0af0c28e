"""The published clients against the deployed stack, in their own environment: see tests/conformance."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from typing import Any

from local import admin, deploy
from local.settings import CLIENTS, ROOT, LocalStack, python_of

SUITE = ROOT / "tests" / "conformance"


def test_published_clients_work_unmodified(stack: LocalStack, deployed: dict[str, Any]) -> None:
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    own, other = (admin.create_client(target, f"Conformance {secrets.token_hex(4)}") for _ in range(2))
    told = stack.folder / "conformance.json"
    held = {
        "apiUrl": deployed["apiUrl"],
        "clientId": own.client_id,
        "apiKey": own.api_key,
        "otherKey": other.api_key,
        "results": str(stack.folder / "conformance-results.json"),
        "writeTable": os.environ.get("DAYBOOK_WRITE_TABLE"),
    }
    told.touch(mode=0o600)
    told.write_text(json.dumps(held), encoding="utf-8")
    program = [python_of(CLIENTS), "-m", "pytest", "-c", SUITE / "pytest.ini", "--rootdir", SUITE, SUITE]
    environment = {**os.environ, "DAYBOOK_CONFORMANCE": str(told)}
    run = subprocess.run(
        program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    print(run.stdout[-20000:], run.stderr[-2000:])  # noqa: T201 - pytest shows it when the suite failed
    assert run.returncode == 0
