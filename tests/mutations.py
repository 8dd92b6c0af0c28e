"""`python -m tests.mutations`: break each soundness point of the design on purpose, and see the tests fail.

One at a time, in a copy of the tree: the change is made, the state machine is run as `make test` runs it, and
it must fail. A mutation that it lives through, or whose place is not found any more, ends this with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = "layers/daybook/daybook/"
JUDGE = "tests/simulation/test_state_machine.py"


@dataclass(frozen=True, slots=True)
class Mutation:
    """`before` becomes `after` in the files named; `breaks` is the point that no longer holds."""

    name: str
    breaks: str
    changes: tuple[tuple[str, str, str], ...]


MUTATIONS = (
    Mutation(
        "a mark is cleared without its version",
        "1: a sync clears only the version of a mark that it read",
        (
            (
                "store/days.py",
                'unchanged = Equals("version", mark.version)',
                "unchanged = None",
            ),
        ),
    ),
    Mutation(
        "what is posted moves before the document is confirmed",
        "2: posted moves only in the transaction that confirms a document",
        (
            (
                "services/plan_sync.py",
                "amounts=add_effects(dict(posted.amounts), rendering.silent.items()),",
                (
                    "amounts=add_effects(dict(posted.amounts), [*rendering.silent.items(), "
                    "*(effect for each in rendering.documents for effect in each.effects)]),"
                ),
            ),
            (
                "services/confirm_document.py",
                "amounts = add_effects(dict(posted.amounts), stored.document.effects)",
                "amounts = posted.amounts",
            ),
        ),
    ),
    Mutation(
        "a document is sent again without being looked up",
        "3: after any unclear outcome a document is looked up before it is ever sent again",
        (
            (
                "services/look_up.py",
                "found = platform.find(document.kind, document.reference, document.dated)",
                "found = None",
            ),
        ),
    ),
    Mutation(
        "two syncs of a company run at once",
        "4: one company syncs one at a time",
        (
            ("services/plan_sync.py", "    if active is None:\n", "    if True:\n"),
            ("store/syncs.py", "Put(active, Absent()),", "Put(active),"),
        ),
    ),
)


def main() -> int:
    """Try every mutation; 0 when each made the judge fail."""
    with tempfile.TemporaryDirectory(prefix="daybook-mutations-") as folder:
        tree = Path(folder) / "tree"
        for name in ("functions", "layers", "local", "tests", "pyproject.toml"):
            copy(ROOT / name, tree / name)
        if not judge(tree, "nothing changed", passes=True):
            return 1
        caught = [attempt(tree, mutation) for mutation in MUTATIONS]
    say(f"mutations: {sum(caught)} of {len(caught)} made the state machine fail")
    return int(not all(caught))


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, without what was made from it."""
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".hypothesis")
        shutil.copytree(source, target, ignore=ignored)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def attempt(tree: Path, mutation: Mutation) -> bool:
    """Make a change, judge, and take it back; whether the judge noticed."""
    originals = {}
    for name, before, after in mutation.changes:
        path = tree / PRODUCT / name
        text = originals.setdefault(path, path.read_text())
        if text.count(before) != 1:
            say(f"mutation, {mutation.name}: {name} no longer has its place. Mend this script.")
            return False
        path.write_text(path.read_text().replace(before, after))
    try:
        return judge(tree, f"{mutation.name} ({mutation.breaks})", passes=False)
    finally:
        for path, text in originals.items():
            path.write_text(text)


def judge(tree: Path, what: str, *, passes: bool) -> bool:
    """Run the state machine over a tree; whether it came out as it must."""
    begun = time.monotonic()
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-p", "no:cacheprovider", JUDGE]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, env=os.environ)
    passed = done.returncode == 0
    outcome = "passes" if passed else "fails"
    verdict = "as it must" if passed == passes else "AND MUST NOT"
    say(f"mutation, {what}: the state machine {outcome}, {verdict} ({time.monotonic() - begun:.0f} s)")
    if passed != passes:
        say(done.stdout[-4000:])
    return passed == passes


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
