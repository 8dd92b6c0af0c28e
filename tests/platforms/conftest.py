"""Prints what was counted when the tests are over, from every process that ran some of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from local.settings import SDKS
from tests.platforms import counts
from tests.platforms.benches import benches

# The platforms' own libraries, after all that is ours.
sys.path.extend(str(found) for found in (SDKS / "lib").glob("python*/site-packages"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a process of several: hand over what was counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["platforms"] = [{name: dict(each) for name, each in counts.CHECKED.items()}, counts.SAID]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what such a process counted."""
    checked, said = getattr(node, "workeroutput", {}).get("platforms", ({}, []))
    for platform, found in checked.items():
        counts.checked(platform, Counter(found))
    counts.SAID.extend(said)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print it."""
    if not (counts.CHECKED or counts.SAID):
        return
    terminalreporter.section("platforms")
    for line in sorted(counts.SAID):
        terminalreporter.write_line(line)
    for bench in benches():
        found = counts.CHECKED.get(bench.name)
        if found:
            terminalreporter.write_line(f"{bench.title}: {verdict(found, bench.description)}")


def verdict(found: Counter[str], description: str) -> str:
    """How many requests were held against the platform's description, in a sentence."""
    if not found["requests"]:
        return f"nothing was held against {description}, which is not here (set DAYBOOK_SPECS)"
    held = f"{found['requests']:,} requests and {found['answers']:,} answers in {found['worlds']:,} worlds"
    return f"{held} held against {description}; {found['violations']} were not as it says"
