"""`sam build` of the application for the Python and the processor of this machine. Standard library only."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from typing import TYPE_CHECKING

from local.settings import ARCHITECTURE, BUILD, ROOT, RUNTIME, TOOLS, aws_environment, python_of
from local.steps import alone, run_quietly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.settings import LocalStack

SOURCES = ("functions", "layers")
PARAMETERS = ("template.yaml", "samconfig.toml")
MARK = BUILD.parent / "built"


def source_files() -> Iterator[Path]:
    """Give every file that the build depends on, in a fixed order."""
    for name in PARAMETERS:
        yield ROOT / name
    for name in SOURCES:
        for folder, _, files in sorted(os.walk(ROOT / name)):
            if "__pycache__" not in folder:
                yield from sorted(ROOT / folder / file for file in files)


def digest() -> str:
    """Give a digest of the sources and of what they are built for."""
    total = hashlib.sha256(f"{RUNTIME} {ARCHITECTURE} {platform.system()}".encode())
    for path in source_files():
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def parameter_overrides(stack: LocalStack) -> list[str]:
    """Give the template's parameters that this machine and this stack decide."""
    of_this_machine = [f"Runtime={RUNTIME}", f"Architecture={ARCHITECTURE}", "QueuesNeedTls=false"]
    of_this_stack = [f"LocalEndpoint={stack.endpoint}", "LocalTargets=true"]
    return ["--parameter-overrides", *of_this_machine, *of_this_stack]


def install_for_this_system(stack: LocalStack) -> None:
    """Replace the packages of the dependencies layer, built for Linux, by those for this system."""
    target = BUILD / "DependenciesLayer" / "python"
    shutil.rmtree(target)
    pip = [python_of(TOOLS), "-m", "pip", "install", "--quiet", "--require-hashes", "--target", target]
    requirements = ROOT / "layers" / "dependencies" / "requirements.txt"
    log = stack.folder / "log" / "install-layer.txt"
    run_quietly([*pip, "-r", requirements], aws_environment(stack), ROOT, log)


def compile_bytecode() -> None:
    """Compile everything that was built, as Lambda will see it: it cannot keep what it compiles itself."""
    for cache in sorted(BUILD.rglob("__pycache__")):
        shutil.rmtree(cache)
    for folder in sorted(path for path in BUILD.iterdir() if path.is_dir()):
        seen_as = "/opt" if folder.name.endswith("Layer") else "/var/task"
        compiler = [str(python_of(TOOLS)), "-m", "compileall", "-q", "-j", "0"]
        options = ["-s", str(folder), "-p", seen_as, "--invalidation-mode", "unchecked-hash"]
        subprocess.run([*compiler, *options, str(folder)], check=True)


def build(stack: LocalStack) -> str:
    """Build unless the sources are those of the last build; give their digest."""
    with alone(ROOT / ".local" / "build.lock"):
        return build_alone(stack)


def build_alone(stack: LocalStack) -> str:
    """Build while no other process of this checkout does."""
    wanted = digest()
    if MARK.exists() and MARK.read_text() == wanted and BUILD.exists():
        return wanted
    MARK.unlink(missing_ok=True)
    sam = [TOOLS / "bin" / "sam", "build", "--config-env", "local", *parameter_overrides(stack)]
    run_quietly(sam, aws_environment(stack), ROOT, stack.folder / "log" / "build.txt")
    if platform.system() != "Linux":
        install_for_this_system(stack)
    compile_bytecode()
    MARK.write_text(wanted)
    return wanted
