"""`python -m local.browser`: the browser that tests drive, installed where that can be done for them.

Chromium is not a Python package: it is the machine's own. On Debian and for root it is installed; elsewhere
whoever runs the tests is told what is missing. `DAYBOOK_CHROMIUM` names one that lies somewhere else.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from local.settings import ROOT
from local.steps import run_quietly, step, stop_with

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "there is no Chromium: install it, or name one in DAYBOOK_CHROMIUM"


def find() -> str | None:
    """The browser's program, or None where there is none."""
    given = os.environ.get("DAYBOOK_CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    return next((found for found in map(shutil.which, NAMES) if found), None)


def can_install() -> bool:
    """Whether this machine installs packages for who asks."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install() -> None:
    """Install Debian's Chromium."""
    log = ROOT / ".local" / "log" / "chromium-install.txt"
    quietly = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    run_quietly(["apt-get", "update", "-qq"], quietly, ROOT, log)
    packages = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"]
    run_quietly(packages, quietly, ROOT, log)


def main() -> None:
    """See that there is a browser; stop with what to do where there is none."""
    if find() is None and can_install():
        with step("Debian's Chromium"):
            install()
    if find() is None:
        stop_with(MISSING)


if __name__ == "__main__":
    main()
