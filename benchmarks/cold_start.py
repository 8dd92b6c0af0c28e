"""What every function imports at a cold start, beyond one that imports boto3 and Powertools alone.

    python -m benchmarks.cold_start [rounds] [function ...]

A process imports boto3 and Powertools: the logger, then the utility that the function uses, batches or event
handler. Then it imports the function. It tells the processor time of each from compiled modules: what a busy
machine adds, it adds to all alike. Beside its own imports a function is charged with those of its first call
that reaches the table and its secrets, the push and sync functions with each platform as well. Medians are
printed: what the function adds to boto3 and Powertools, how many times as long all of it takes, and how many
times as long as boto3 and the logger alone.

Fails when the push function adds more than 60 ms with any platform. Which functions take more than 1.25 times
is printed, and explained in docs/performance.md; tests/lint/test_import_budget.py keeps what was reached, by
counting modules.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PUSH_BUDGET_MILLISECONDS = 60
GOAL = 1.25
_BARE = "import boto3; from aws_lambda_powertools import Logger"
# `services.runtime.runtime` imports these when it is first called.
_RUNTIME = (
    "import daybook.store.aws, daybook.store.dynamodb; "
    "import daybook.store.platform_credentials, daybook.store.secrets"
)
_BATCH = "from aws_lambda_powertools.utilities import batch"
_HANDLER = "from aws_lambda_powertools.event_handler import APIGatewayRestResolver"
_WITH_LOGGER = ("authorizer", "dispatcher")
_WITH_BATCH = (
    "deliverer", "eraser", "ingest_worker", "notifier", "push_worker", "relay", "sync_worker",
)  # fmt: skip
_REACHED = "import daybook.services.pace, daybook.services.reference_cache, daybook.services.tokens; "
# With what `services.platform_access` imports to reach them.
_PLATFORMS = {
    "sandbox": "import daybook.platforms.sandbox, daybook.store.ledger",
    "xero": f"{_REACHED}import daybook.platforms.xero",
    "quickbooks": f"{_REACHED}import daybook.platforms.quickbooks",
    "freeagent": f"{_REACHED}import daybook.platforms.freeagent",
}
_WITH_PLATFORM = ("push_worker", "sync_worker")
_WITHOUT_RUNTIME = ("authorizer", "relay")
_MEASURED = """
import sys, time
took = [time.process_time()]
{bare}
took.append(time.process_time())
{utility}
took.append(time.process_time())
known = len(sys.modules)
{imports}
took.append(time.process_time())
print(*((later - earlier) * 1000 for earlier, later in zip(took, took[1:])), len(sys.modules) - known)
"""


class Start(NamedTuple):
    """A cold start: milliseconds of boto3 and the logger, of the utility, of the function; its modules."""

    bare: float
    utility: float
    added: float
    modules: int

    @property
    def times(self) -> float:
        """How many times as long as boto3 and Powertools all of it takes."""
        return 1 + self.added / (self.bare + self.utility)

    @property
    def times_bare(self) -> float:
        """How many times as long as boto3 and the logger all of it takes."""
        return 1 + (self.utility + self.added) / self.bare


def starts() -> dict[str, str]:
    """What is measured, by name: import statements."""
    found = {}
    for function in sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")):
        imports = f"import {function}.app"
        if function not in _WITHOUT_RUNTIME:
            imports = f"{imports}; {_RUNTIME}"
        if function in _WITH_PLATFORM:
            found |= {
                f"{function}, {name}": f"{imports}; {platform}" for name, platform in _PLATFORMS.items()
            }
        else:
            found[function] = imports
    return found


def main() -> None:
    """Measure, print, and hold the push function against its budget."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    asked = sys.argv[2:]
    chosen = {name: each for name, each in starts().items() if not asked or name.split(",")[0] in asked}
    measured = measure_all(chosen, rounds)
    every = [start for runs in measured.values() for start in runs]
    print(f"Medians of {rounds} rounds, Python {sys.version.split()[0]}, ms of processor time")
    print(f"boto3 and Powertools' logger: {median(each.bare for each in every):.0f}")
    for utility in (_BATCH, _HANDLER):
        took = [run.utility for name, runs in measured.items() for run in runs if _utility(name) == utility]
        if took:
            print(f"and {utility.split()[-1]}: {median(took):.0f}")
    print(f"{'':28}{'added':>7}{'modules':>9}{'times':>8}{'times bare':>12}")
    slow, push = [], 0.0
    for name, runs in measured.items():
        added, times = median(run.added for run in runs), median(run.times for run in runs)
        bare = median(run.times_bare for run in runs)
        print(f"{name:28}{added:7.0f}{runs[0].modules:9}{times:8.2f}{bare:12.2f}")
        slow += [name] if times > GOAL else []
        push = max(push, added) if name.startswith("push_worker") else push
    print(f"Above {GOAL:g} times: {'; '.join(slow) or 'none'}")
    print(f"The push function adds {push:.0f} ms at most, of {PUSH_BUDGET_MILLISECONDS}")
    assert push <= PUSH_BUDGET_MILLISECONDS, "the push function imports too much"


def measure_all(imports: Mapping[str, str], rounds: int) -> dict[str, list[Start]]:
    """The starts of each, measured in turn."""
    found: dict[str, list[Start]] = {name: [] for name in imports}
    with TemporaryDirectory() as compiled:
        for number in range(rounds + 1):
            for name, each in imports.items():
                start = measure(each, _utility(name), compiled)
                if number:  # the first round compiles the modules, as the build does for a function
                    found[name].append(start)
    return found


def _utility(name: str) -> str:
    """The import of what a function uses of Powertools beside its logger."""
    function, _, _ = name.partition(",")
    if function in _WITH_LOGGER:
        return ""
    return _BATCH if function in _WITH_BATCH else _HANDLER


def measure(imports: str, utility: str, compiled: str) -> Start:
    """The start of a new process with these imports."""
    paths = os.pathsep.join([str(ROOT / "functions"), str(ROOT / "layers" / "daybook")])
    done = subprocess.run(  # noqa: S603 - our own imports
        [sys.executable, "-c", _MEASURED.format(bare=_BARE, utility=utility, imports=imports)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": paths,
            "PYTHONPYCACHEPREFIX": compiled,
            "AWS_DEFAULT_REGION": "eu-west-1",
            # As the template has it.
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    bare, utility_took, added, modules = done.stdout.split()
    return Start(float(bare), float(utility_took), float(added), int(modules))


if __name__ == "__main__":
    main()
