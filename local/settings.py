"""Where the local stack lives: its folders, its port, its names.

Standard library only: this is read before anything is installed.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".aws-sam" / "build"
TOOLS = ROOT / ".venv"
MINISTACK = ROOT / ".venv-ministack"
CLIENTS = ROOT / ".venv-clients"
SDKS = ROOT / ".venv-sdks"
BENCH = ROOT / ".venv-bench"
REGION = "eu-west-1"
STACK_NAME = "daybook"
DEFAULT_PORT = 4566
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
ARCHITECTURE = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


@dataclass(frozen=True)
class LocalStack:
    """One embedded AWS with one Daybook in it. Everything it leaves behind is in its folder."""

    folder: Path
    port: int

    @property
    def endpoint(self) -> str:
        """The URL at which every AWS service of this stack answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid_file(self) -> Path:
        """Holds the process id of the embedded AWS while it runs."""
        return self.folder / "ministack.pid"

    @property
    def log_file(self) -> Path:
        """What the embedded AWS printed."""
        return self.folder / "ministack.log"

    @property
    def description(self) -> Path:
        """`stack.json`: URLs, names and the API key of what is deployed."""
        return self.folder / "stack.json"


def local_stack() -> LocalStack:
    """Give the stack of this checkout, at the port that DAYBOOK_PORT names."""
    return LocalStack(ROOT / ".local", int(os.environ.get("DAYBOOK_PORT", str(DEFAULT_PORT))))


def python_of(environment: Path) -> Path:
    """Give the interpreter of a virtual environment."""
    return environment / "bin" / "python"


def aws_environment(stack: LocalStack) -> dict[str, str]:
    """Give environment variables with which AWS tools speak to the stack, and to nothing else."""
    # Tools keep their bytecode, whatever is set: installed without, they would compile at every start.
    left_out = ("AWS_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return inherited | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        "PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
