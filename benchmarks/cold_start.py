"""What the push function imports at a cold start, against a function that imports boto3 and Powertools alone.

    python -m benchmarks.cold_start [rounds]

Every import is in a process of its own, all of them in turn, so that a busy machine is busy for each; the
medians are compared. Fails when a platform adds more than the budget.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
BUDGET_MILLISECONDS = 60
_BARE = (
    "import boto3, aws_lambda_powertools; from aws_lambda_powertools.utilities import batch; "
    "from aws_lambda_powertools.utilities.data_classes import sqs_event"
)
_PUSH = _BARE + "; import push_worker.app, daybook.store.aws, daybook.store.dynamodb, daybook.store.secrets; "
FUNCTIONS = {
    "boto3 and Powertools alone": _BARE,
    "push, Sandbox books": _PUSH + "import daybook.platforms.sandbox",
    "push, Xero": _PUSH + "import daybook.platforms.xero",
    "push, QuickBooks": _PUSH + "import daybook.platforms.quickbooks",
    "push, FreeAgent": _PUSH + "import daybook.platforms.freeagent",
}
_MEASURED = (
    "import sys, time; began = time.process_time(); {imports}; "
    "print((time.process_time() - began) * 1000, len(sys.modules))"
)


def main() -> None:
    """Measure, print, and hold the difference against the budget."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    times: dict[str, list[float]] = {name: [] for name in FUNCTIONS}
    modules: dict[str, int] = {}
    with TemporaryDirectory() as compiled:
        for number in range(rounds + 1):
            for name, imports in FUNCTIONS.items():
                milliseconds, modules[name] = measure(imports, compiled)
                if number:  # the first round compiles the modules, as the build does for a function
                    times[name].append(milliseconds)
    bare, *others = FUNCTIONS
    base = statistics.median(times[bare])
    print(f"{bare}: {base:.0f} ms, {modules[bare]} modules (medians of {rounds} rounds)")
    added = {name: statistics.median(times[name]) - base for name in others}
    for name, more in added.items():
        print(f"{name}: {more:+.0f} ms, {modules[name] - modules[bare]:+} modules")
    assert max(added.values()) <= BUDGET_MILLISECONDS, f"more than {BUDGET_MILLISECONDS} ms"


def measure(imports: str, compiled: str) -> tuple[float, int]:
    """Milliseconds of processor time that imports take in a new process, and how many modules it then has."""
    paths = os.pathsep.join([str(ROOT / "functions"), str(ROOT / "layers" / "daybook")])
    done = subprocess.run(  # noqa: S603 - our own imports
        [sys.executable, "-c", _MEASURED.format(imports=imports)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": paths,
            "PYTHONPYCACHEPREFIX": compiled,
            "AWS_DEFAULT_REGION": "eu-west-1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    milliseconds, count = done.stdout.split()
    return float(milliseconds), int(count)


if __name__ == "__main__":
    main()
