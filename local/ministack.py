"""Starts and stops MiniStack, the embedded AWS of a local stack. Standard library only."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING

from local.settings import MINISTACK, REGION, ROOT, python_of
from local.steps import stop_with

if TYPE_CHECKING:
    from local.settings import LocalStack

START_SECONDS = 60
STOP_SECONDS = 60


def running(stack: LocalStack) -> tuple[int, int] | None:
    """Give the process id and the port of the embedded AWS of this folder, if it runs."""
    if not stack.pid_file.exists():
        return None
    with stack.pid_file.open(encoding="ascii") as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, port = pid_file.read().split()
            return int(pid), int(port)
    return None


def port_in_use(port: int) -> bool:
    """Tell whether anything listens on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(stack: LocalStack) -> dict[str, str]:
    """Give what the embedded AWS runs with; nothing else of this machine's reaches the functions."""
    scratch = stack.folder / "tmp" / str(time.time_ns())
    scratch.mkdir(parents=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(stack.folder),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(stack.port),
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(stack.folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(stack.folder / "s3"),
        "PID_FILE": str(stack.pid_file),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{stack.folder / 'no-docker.sock'}",
    }


def answers(stack: LocalStack) -> bool:
    """Tell whether the embedded AWS is ready."""
    try:
        with urllib.request.urlopen(f"{stack.endpoint}/_ministack/health", timeout=2) as response:  # noqa: S310 - http
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False


def start(stack: LocalStack) -> subprocess.Popen[bytes] | None:
    """Start the embedded AWS, unless it runs already, and wait until it answers.

    Gives the process that was started, for whoever ends it before ending itself.
    """
    found = running(stack)
    if found is not None:
        if found[1] != stack.port:
            stop_with(f"this checkout already runs on port {found[1]}: make stop first")
        return None
    if port_in_use(stack.port):
        stop_with(f"port {stack.port} is taken by another program: make run DAYBOOK_PORT={stack.port + 1}")
    stack.folder.mkdir(parents=True, exist_ok=True)
    with stack.log_file.open("ab") as log:
        process = subprocess.Popen(
            [str(python_of(MINISTACK)), "-m", "local.emulator"],
            cwd=ROOT,
            env=environment(stack),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not answers(stack):
        if process.poll() is not None or time.monotonic() > deadline:
            stop_with(f"the embedded AWS did not start; its output is in {stack.log_file}")
        time.sleep(0.1)
    return process


def stop(stack: LocalStack) -> bool:
    """End the embedded AWS so that it keeps its state; tell whether it was running."""
    found = running(stack)
    if found is None:
        return False
    os.kill(found[0], signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running(stack) is not None:
        if time.monotonic() > deadline:
            stop_with(f"process {found[0]} does not end; its output is in {stack.log_file}")
        time.sleep(0.1)
    stack.pid_file.unlink(missing_ok=True)
    return True
