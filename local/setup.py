"""`python -m local.setup run|test|bench`: makes the virtual environments, if they are not as they should be.

One for the tools (SAM CLI, and for `test` the linters and test runners), one for MiniStack, which needs
another botocore, and for `test` one for the published clients, which know nothing of this checkout, and one
for the accounting platforms' own libraries. `bench` has one with what Daybook is measured against. Every
package is pinned by hash. Standard library only, and in a syntax that an old Python can read far enough to
say that it is too old.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)

if sys.version_info < OLDEST:
    sys.exit("daybook: Python 3.11, 3.12 or 3.13 is needed: make run PYTHON=python3.13")

from local.settings import BENCH, CLIENTS, MINISTACK, ROOT, RUNTIME, SDKS, TOOLS, python_of  # noqa: E402 - after the check of the version
from local.steps import alone, run_quietly, step, stop_with  # noqa: E402

REQUIREMENTS = {
    "run": {TOOLS: ["run.txt"], MINISTACK: ["ministack.txt"]},
    "test": {
        TOOLS: ["run.txt", "test.txt"],
        MINISTACK: ["ministack.txt"],
        CLIENTS: ["clients.txt"],
        SDKS: ["sdk-build.txt", "sdks.txt"],
    },
    "bench": {
        TOOLS: ["run.txt", "test.txt"],
        MINISTACK: ["ministack.txt"],
        BENCH: ["run.txt", "test.txt", "bench.txt"],
    },
}
# Published as source only: built with what sdk-build.txt has installed before, and nothing else.
FROM_SOURCE = "xero-python"


def check_prerequisites() -> None:
    """Stop with one line when this Python cannot make a virtual environment or is too new for Lambda."""
    if sys.version_info[:2] > NEWEST:
        stop_with("Lambda has no runtime for this Python yet: make run PYTHON=python3.13")
    if importlib.util.find_spec("ensurepip") is None:
        stop_with(f"this Python cannot make virtual environments: apt-get install {RUNTIME}-venv")


def mark_of(requirements: list[Path]) -> str:
    """Give what an environment's mark holds when these requirements are installed with this Python."""
    digest = hashlib.sha256(f"{sys.version} {sys.base_prefix} {ROOT}".encode())
    for path in requirements:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(environment: Path, names: list[str]) -> None:
    """Make a virtual environment and install the named requirement files into it, unless that was done."""
    requirements = [ROOT / "requirements" / name for name in names]
    mark = environment / ".installed"
    wanted = mark_of(requirements)
    installed = mark.read_text().split() if mark.exists() else []
    if wanted in installed:
        return
    if mark_of(requirements[:1]) not in installed:
        shutil.rmtree(environment, ignore_errors=True)
        log = ROOT / ".local" / "log" / f"{environment.name.lstrip('.')}-create.txt"
        run_quietly([sys.executable, "-m", "venv", environment], dict(os.environ), ROOT, log)
    options = [option for path in requirements for option in ("-r", str(path))]
    pip = [python_of(environment), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    quietly = ["--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--no-compile"]
    if environment == SDKS:
        quietly += [f"--no-binary={FROM_SOURCE}", "--no-build-isolation"]
    log = ROOT / ".local" / "log" / f"{environment.name.lstrip('.')}-install.txt"
    run_quietly([*pip, *quietly, *options], dict(os.environ), ROOT, log)
    if environment not in (CLIENTS, SDKS):
        link_sources(environment)
    # What was installed holds whatever a shorter list asks for.
    mark.write_text("\n".join(mark_of(requirements[:count]) for count in range(1, len(requirements) + 1)))


def link_sources(environment: Path) -> None:
    """Let the environment import the package and the functions from this checkout."""
    for packages in (environment / "lib").glob("python*/site-packages"):
        paths = [str(ROOT / "layers" / "daybook"), str(ROOT / "functions")]
        (packages / "daybook.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")


def make(environment: Path, names: list[str]) -> None:
    """Make an environment; one that builds packages in it has what they are built with first."""
    if environment == SDKS:
        install(environment, names[:1])
    install(environment, names)


def main() -> None:
    """Make the environments, side by side."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    check_prerequisites()
    lock = alone(ROOT / ".local" / "setup.lock")
    with step(f"packages for `make {purpose}`"), lock, concurrent.futures.ThreadPoolExecutor() as pool:
        for done in [pool.submit(make, *each) for each in REQUIREMENTS[purpose].items()]:
            done.result()


if __name__ == "__main__":
    main()
