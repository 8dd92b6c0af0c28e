"""Tells on the terminal what is being done and how long it took. Standard library only."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


def stop_with(message: str) -> NoReturn:
    """End the program with one line that says what is missing and how to mend it."""
    sys.exit(f"daybook: {message}")


def say(message: str) -> None:
    """Print a line at once, so that it is in order with what other programs print."""
    print(message, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a step and the seconds it took."""
    started = time.monotonic()
    yield
    say(f"  {title:<58}{time.monotonic() - started:6.1f} s")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process of this checkout at a time do what follows."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def run_quietly(command: Sequence[object], environment: Mapping[str, str], folder: Path, log: Path) -> None:
    """Run a program, its words given as text or paths, with its output in a log file.

    If it fails, show the end of the log and stop.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        say("\n".join(log.read_text(encoding="utf-8").splitlines()[-40:]))
        stop_with(f"{command[0]} failed; all of its output is in {log}")
